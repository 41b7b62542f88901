/* Deliveries and controls on their way in. */
#include "agents/agent/intake.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/cases.h"
#include "agents/agent/deadlines.h"
#include "agents/agent/reminders.h"
#include "agents/agent/derive.h"
#include "agents/agent/directory.h"
#include "agents/agent/incident_route.h"
#include "agents/agent/incident_store.h"
#include "agents/agent/keeping.h"
#include "agents/agent/recalls.h"
#include "agents/agent/second_person.h"
#include "agents/agent/wait_ends.h"
#include "lagebus/delivery.h"
#include "lagebus/failpoint.h"
#include "proto/host/log.h"

#define HELD_A_TURN 4096 /* messages that are released */

void intake_load(struct agent *a)
{
	struct inbox_message m;
	int64_t row;

	if (inbox_load_cursors(&a->store, &a->log, a->cursor, a->last, &a->missed) != LB_OK)
		log_event(LOG_ERROR, "store_unreadable", "detail=%s", a->store.why);
	a->holding = inbox_held(&a->store, &row, &m) == LB_OK;
}

/* Empty if it is not known. */
static ProtobufCBinaryData bytes_of(struct lb_uuid *id)
{
	static const struct lb_uuid none;

	return memcmp(id, &none, sizeof none) != 0 ? (ProtobufCBinaryData){ sizeof id->b, id->b } : (ProtobufCBinaryData){ 0, NULL };
}

void intake_hello(void *agent, Lagebus__Hello *hello)
{
	struct agent *a = agent;

	hello->log = bytes_of(&a->log);
	hello->reminders = true;
	hello->retention = true;
	hello->urgent = a->cursor[LB_LANE_URGENT];
	hello->urgent_id = bytes_of(&a->last[LB_LANE_URGENT]);
	hello->routine = a->cursor[LB_LANE_ROUTINE];
	hello->routine_id = bytes_of(&a->last[LB_LANE_ROUTINE]);
}

/* The lane goes on behind a position; `id` is of the message there, NULL if it is not known. */
static void move_cursor(struct agent *a, unsigned lane, uint64_t position, const struct lb_uuid *id)
{
	a->cursor[lane] = position;
	a->last[lane] = id ? *id : (struct lb_uuid){ { 0 } };
	a->cursors_changed = true;
}

void intake_ask_for_signer(struct agent *a, uint8_t hint[LB_SIGNER_SIZE])
{
	Lagebus__SignerQuery query = LAGEBUS__SIGNER_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.signer = (ProtobufCBinaryData){ LB_SIGNER_SIZE, hint };
	control.body_case = LAGEBUS__CONTROL__BODY_SIGNER_QUERY;
	control.signer_query = &query;
	if (uplink_send_control(&a->uplink, &control) == LB_NO_MEMORY)
		uplink_fail(&a->uplink, LB_NO_MEMORY, NULL);
}

static void report(struct agent *a, const struct inbox_message *m, const struct lb_uuid *id, lb_err reason)
{
	Lagebus__Quarantined q = LAGEBUS__QUARANTINED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	char text[LB_UUID_TEXT];

	lb_uuid_format(id, text);
	log_event(LOG_ERROR, "message_quarantined", "id=%s lane=%d position=%llu reason=%s", text, (int)m->lane, (unsigned long long)m->position,
	          lb_err_token(reason));
	q.lane = m->lane;
	q.position = m->position;
	q.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	q.reason = (char *)lb_err_token(reason);
	control.body_case = LAGEBUS__CONTROL__BODY_QUARANTINED;
	control.quarantined = &q;
	if (uplink_send_control(&a->uplink, &control) == LB_NO_MEMORY)
		uplink_fail(&a->uplink, LB_NO_MEMORY, NULL);
}

/* Whom it waits for, if not for its own origin. Where we act for others, too, the broker says who of us it is. */
static lb_err expect(struct agent *a, const struct lb_header *h)
{
	const char *home = lb_tls_identity(a->tls)->partner;

	return lb_buf_len(&a->acts_for) > 0 || lb_text_equals(h->origin, home) ? LB_OK : reminders_expect(&a->store, h, home);
}

/* A message that was just stored may belong to an incident, and may have to go up. */
static lb_err note_incident(struct agent *a, const struct inbox_message *m, const struct lb_header *h)
{
	struct lb_frame frames[3] = { m->header, m->payload, m->signature };
	bool touched = false;
	lb_err e = incident_store_received(&a->store, h, &touched);

	a->incidents_changed |= touched;
	/* Whoever looks at it will want to know whether a Land passed on, or confirmed, what the body said: its certificate is asked for now. */
	if (touched && h->type == LB_TYPE_INCIDENT_REPORT && incident_route_verify(a, h, m->payload) == LB_NO_MEMORY)
		return LB_NO_MEMORY;
	return e == LB_OK && touched ? incident_route_pass_on(a, h, frames) : e;
}

/* Verifies and stores one message. LB_AGAIN: its signer is waited for; else LB_OK or a store error. */
static lb_err take_one(struct agent *a, const struct inbox_message *m)
{
	struct lb_header h = { .type = 0 };
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer;
	bool stored = false, told = false;
	lb_err e = lb_header_decode(m->header.p, m->header.n, &h), stored_e;

	if (e == LB_OK)
		e = signers_verify(a->signers, &h, m->header, m->payload, m->signature, hint, &signer);
	if (e == LB_OK) {
		e = second_person_check(a, &h, m, hint, signer);
		if (e != LB_OK && !second_person_is_missing(e))
			return e;
	}
	if ((e == LB_AGAIN || e == LB_UNKNOWN_SIGNER) && signers_ask(a->signers, hint, a->now_ms)) {
		intake_ask_for_signer(a, hint);
		e = LB_AGAIN;
	}
	if (e == LB_AGAIN)
		return e;
	if (e == LB_OK) {
		stored_e = cases_receipt(a, &h, m->payload, &told);
		if (stored_e == LB_OK && !told)
			stored_e = inbox_add(&a->store, m, &h, signer, &stored);
		a->inbox_grew |= stored;
		if (stored_e == LB_OK && stored)
			stored_e = expect(a, &h);
		if (stored_e == LB_OK && stored)
			stored_e = note_incident(a, m, &h);
		if (stored_e == LB_OK && stored)
			stored_e = derive_received(a, &h, m->payload);
		if (stored_e == LB_OK && stored)
			stored_e = recalls_stored(a, &h, m->payload);
	} else {
		stored_e = inbox_quarantine(&a->store, m, &h.id, e);
		if (stored_e == LB_OK)
			report(a, m, &h.id, e);
	}
	return stored_e;
}

/* Whoever comes while another is held waits behind it: the inbox keeps the log's order. */
static lb_err take_or_hold(struct agent *a, const struct inbox_message *m)
{
	uint8_t hint[LB_SIGNER_SIZE];
	lb_err e = LB_AGAIN;

	if (!a->holding)
		e = take_one(a, m);
	else if (lb_signature_hint(m->signature, hint) == LB_OK && signers_ask(a->signers, hint, a->now_ms))
		intake_ask_for_signer(a, hint);
	if (e != LB_AGAIN)
		return e;
	if (!a->holding)
		a->held_ms = a->now_ms + SIGNERS_ASK_AGAIN_MS;
	a->holding = true;
	return inbox_hold(&a->store, m);
}

void intake_delivery(void *agent, const struct lb_zmtp_message *m)
{
	struct agent *a = agent;
	struct inbox_message stored;
	struct lb_delivery d;
	struct lb_header h;
	lb_err e = lb_delivery_decode(m->frames[0].p, m->frames[0].n, &d);

	a->from_broker = true;
	if (e == LB_OK && d.previous != a->cursor[d.lane])
		e = LB_CHAIN_BROKEN;
	if (e != LB_OK) {
		uplink_fail(&a->uplink, e, NULL);
		return;
	}
	if (agent_begin(a) != LB_OK)
		return;
	stored = (struct inbox_message){ a->log, d.lane, d.position, agent_clock_ms(), m->frames[1], m->frames[2], m->frames[3] };
	e = take_or_hold(a, &stored);
	if (e != LB_OK) {
		uplink_fail(&a->uplink, e, a->store.why);
		return;
	}
	move_cursor(a, d.lane, d.position, lb_header_decode(stored.header.p, stored.header.n, &h) == LB_OK ? &h.id : NULL);
	if (a->newest[d.lane] < d.position)
		a->newest[d.lane] = d.position;
}

/* Takes what is held, in order, as far as its signers are known. */
static void release_held(struct agent *a)
{
	a->held_ms = a->now_ms;
	for (unsigned i = 0; i < HELD_A_TURN && a->holding && agent_begin(a) == LB_OK; i++) {
		struct inbox_message m;
		int64_t row;
		lb_err e = inbox_held(&a->store, &row, &m);

		if (e == LB_OK)
			e = take_one(a, &m);
		if (e == LB_OK)
			e = inbox_release(&a->store, row);
		if (e == LB_NOT_FOUND)
			a->holding = false;
		else if (e != LB_OK)
			a->held_ms = a->now_ms + SIGNERS_ASK_AGAIN_MS;
		if (e != LB_OK)
			return;
	}
}

int64_t intake_due_ms(const struct agent *a)
{
	return a->holding && uplink_is_open(&a->uplink) ? a->held_ms : INT64_MAX;
}

void intake_go_on(struct agent *a)
{
	if (a->now_ms >= intake_due_ms(a))
		release_held(a);
}

/* A broker may send an agent back, never forth: what it passes over would be missed without a word. */
static bool skips(uint64_t cursor, uint64_t welcome)
{
	return cursor != 0 && welcome > cursor;
}

/* Where the broker goes on, if it is not where we stand. */
static void follow(struct agent *a, const Lagebus__Welcome *welcome)
{
	const uint64_t to[LB_LANES] = { [LB_LANE_URGENT] = welcome->urgent, [LB_LANE_ROUTINE] = welcome->routine };
	bool same = memcmp(a->log.b, welcome->log.data, sizeof a->log.b) == 0;

	if (same && (skips(a->cursor[LB_LANE_URGENT], welcome->urgent) || skips(a->cursor[LB_LANE_ROUTINE], welcome->routine))) {
		uplink_fail(&a->uplink, LB_CHAIN_BROKEN, "Welcome passes over messages");
		return;
	}
	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		if (same && a->cursor[lane] == to[lane])
			continue;
		if (agent_begin(a) != LB_OK)
			return;
		memcpy(a->log.b, welcome->log.data, sizeof a->log.b);
		move_cursor(a, lane, to[lane], NULL);
	}
}

static void learn_mandates(struct agent *a, const Lagebus__Welcome *welcome)
{
	lb_buf_fini(&a->acts_for);
	for (size_t i = 0; i < welcome->n_acts_for && i < LB_PARTNERS_MAX; i++)
		if (lb_partner_is_valid(welcome->acts_for[i], strlen(welcome->acts_for[i])) &&
		    lb_buf_append(&a->acts_for, welcome->acts_for[i], strlen(welcome->acts_for[i]) + 1) != LB_OK)
			uplink_fail(&a->uplink, LB_NO_MEMORY, NULL);
}

void intake_open(void *agent, const Lagebus__Welcome *welcome)
{
	struct agent *a = agent;

	a->from_broker = true;
	if (welcome->log.len != sizeof a->log.b) {
		uplink_fail(&a->uplink, LB_UNEXPECTED, "Welcome names no log");
		return;
	}
	follow(a, welcome);
	learn_mandates(a, welcome);
	deadlines_link(a);
	if (!uplink_is_open(&a->uplink))
		return; /* it passes over messages, or the store or memory is out */
	memcpy(a->announced, a->cursor, sizeof a->cursor);
	a->newest[LB_LANE_URGENT] = welcome->urgent_last;
	a->newest[LB_LANE_ROUTINE] = welcome->routine_last;
	signers_linked(a->signers, a->now_ms);
	release_held(a);
	publish_rewind(a);
}

void intake_down(void *agent)
{
	publish_rewind(agent);
}

static void log_unknown(const uint8_t hint[LB_SIGNER_SIZE])
{
	char text[2 * LB_SIGNER_SIZE + 1];

	for (unsigned i = 0; i < LB_SIGNER_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", hint[i]);
	log_event(LOG_WARN, "signer_unknown", "signer=%s detail=%s", text, "the broker does not know the certificate");
}

static void on_signers(struct agent *a, const Lagebus__Signers *s)
{
	if (s->signer.len != LB_SIGNER_SIZE)
		return;
	if (s->n_certificates == 0) {
		log_unknown(s->signer.data);
		signers_learn(a->signers, s->signer.data, NULL, 0, a->now_ms);
	}
	for (size_t i = 0; i < s->n_certificates; i++)
		signers_learn(a->signers, s->signer.data, s->certificates[i].data, s->certificates[i].len, a->now_ms);
	release_held(a);
}

static void on_gap(struct agent *a, const Lagebus__Gap *g)
{
	if (g->lane >= LB_LANES || g->to < a->cursor[g->lane] || g->from > g->to) {
		uplink_fail(&a->uplink, LB_CHAIN_BROKEN, "a gap that goes backwards");
		return;
	}
	if (agent_begin(a) != LB_OK)
		return;
	log_event(LOG_WARN, "messages_missed", "lane=%u from=%llu to=%llu detail=%s", g->lane, (unsigned long long)g->from, (unsigned long long)g->to,
	          "the agent was away for longer than the broker keeps messages");
	a->missed += g->to - g->from + 1;
	move_cursor(a, g->lane, g->to, NULL);
}

static bool read_id(ProtobufCBinaryData from, struct lb_uuid *out)
{
	if (from.len != sizeof out->b)
		return false;
	memcpy(out->b, from.data, sizeof out->b);
	return true;
}

static void on_accepted(struct agent *a, const Lagebus__Accepted *accepted)
{
	struct lb_uuid id;

	for (size_t i = 0; i < accepted->n_ids; i++)
		if (read_id(accepted->ids[i], &id))
			publish_accepted(a, &id);
}

void intake_control(void *agent, const Lagebus__Control *c)
{
	struct agent *a = agent;
	struct lb_uuid id;

	a->from_broker = true;
	switch (c->body_case) {
	case LAGEBUS__CONTROL__BODY_ACCEPTED:
		on_accepted(a, c->accepted);
		return;
	case LAGEBUS__CONTROL__BODY_REFUSED:
		if (read_id(c->refused->id, &id))
			publish_refused(a, &id, c->refused->reason, c->refused->text);
		return;
	case LAGEBUS__CONTROL__BODY_GAP:
		on_gap(a, c->gap);
		return;
	case LAGEBUS__CONTROL__BODY_SIGNERS:
		on_signers(a, c->signers);
		return;
	case LAGEBUS__CONTROL__BODY_RECEIPTS:
		waiting_answered(a, WAITING_RECEIPTS, c->receipts->request, &c->receipts->base);
		return;
	case LAGEBUS__CONTROL__BODY_ROUTE:
		waiting_answered(a, WAITING_ROUTE, c->route->request, &c->route->base);
		return;
	case LAGEBUS__CONTROL__BODY_DIRECTORY:
		directory_answered(a, c->directory);
		return;
	case LAGEBUS__CONTROL__BODY_REMINDER:
		deadlines_reminder(a, c->reminder);
		return;
	case LAGEBUS__CONTROL__BODY_OVERDUE:
		deadlines_overdue(a, c->overdue);
		return;
	case LAGEBUS__CONTROL__BODY_WAITING:
		waiting_answered(a, WAITING_APPROVALS, c->waiting->request, &c->waiting->base);
		return;
	case LAGEBUS__CONTROL__BODY_WAIT_ENDED:
		wait_ends_take(a, c->wait_ended);
		return;
	case LAGEBUS__CONTROL__BODY_RETENTION:
		keeping_learn(a, c->retention);
		return;
	case LAGEBUS__CONTROL__BODY_HELLO:
	case LAGEBUS__CONTROL__BODY_WELCOME:
	case LAGEBUS__CONTROL__BODY_RECEIVED:
	case LAGEBUS__CONTROL__BODY_SIGNER_QUERY:
	case LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY:
	case LAGEBUS__CONTROL__BODY_QUARANTINED:
	case LAGEBUS__CONTROL__BODY_GOODBYE:
	case LAGEBUS__CONTROL__BODY_ROUTE_QUERY:
	case LAGEBUS__CONTROL__BODY_DIRECTORY_QUERY:
	case LAGEBUS__CONTROL__BODY_WAITING_QUERY:
	case LAGEBUS__CONTROL__BODY__NOT_SET:
	case _LAGEBUS__CONTROL__BODY__CASE_IS_INT_SIZE:
		break;
	}
	uplink_fail(&a->uplink, LB_UNEXPECTED, "a control that only agents send, or that is not known");
}

void intake_acknowledge(struct agent *a)
{
	Lagebus__Received received = LAGEBUS__RECEIVED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	if (!uplink_is_open(&a->uplink) || memcmp(a->announced, a->cursor, sizeof a->cursor) == 0)
		return;
	received.urgent = a->cursor[LB_LANE_URGENT];
	received.routine = a->cursor[LB_LANE_ROUTINE];
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIVED;
	control.received = &received;
	LB_FAIL_POINT("agent-before-received");
	if (uplink_send_control(&a->uplink, &control) == LB_OK)
		memcpy(a->announced, a->cursor, sizeof a->cursor);
	else
		uplink_fail(&a->uplink, LB_NO_MEMORY, NULL);
}
