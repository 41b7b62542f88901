/* The ledger's questions and answers: who has a message, who acted, who is silent; and who would get one. */
#include "broker/receipts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/host/policy.h"
#include "proto/host/log.h"
#include "broker/audit.h"
#include "broker/core/deadline.h"
#include "broker/core/ledger.h"
#include "broker/core/route.h"
#include "broker/approvals.h"
#include "broker/control.h"
#include "broker/cursor.h"
#include "broker/exercises.h"
#include "broker/explain.h"
#include "broker/lookup.h"
#include "broker/outstanding.h"
#include "broker/mandates.h"
#include "broker/publish.h"
#include "broker/remind.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/classified.h"
#include "lagebus/sealed.h"
#include "lagebus/level_clock.h"
#include "proto/control.pb-c.h"
#include "proto/receipt.pb-c.h"

static bool is_id(size_t n, const uint8_t *p, struct lb_uuid *out)
{
	if (n != sizeof out->b)
		return false;
	memcpy(out->b, p, sizeof out->b);
	return lb_uuid7_is_valid(out);
}

static lb_err read_row(struct worker *w, const struct lb_uuid *id, const char *partner, struct ledger_row *row)
{
	uint8_t key[LEDGER_KEY_MAX];
	size_t n = ledger_key(id, partner, key);
	lb_err e = journal_get(w->reader, JOURNAL_LEDGER, key, n, &w->record);

	memset(row, 0, sizeof *row);
	return e == LB_OK ? ledger_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), row) : e;
}

static void set_once(int64_t *at, int64_t now_ms)
{
	if (*at == 0)
		*at = now_ms;
}

static void note_receipt(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *about, const Lagebus__Receipt *r)
{
	const struct lb_uuid *id = &about->id;
	const char *partner = federation_at(router_federation(w->router), sender)->id;
	uint8_t key[LEDGER_KEY_MAX], value[LEDGER_ROW_MAX];
	struct ledger_row row;
	lb_err e = read_row(w, id, partner, &row);
	bool open = ledger_state(&row) < about->ack_policy;

	if (e != LB_OK && e != LB_NOT_FOUND)
		log_event(LOG_ERROR, "ledger_unreadable", "agent=%s reason=%s", s->agent, lb_err_token(e));
	/* The broker's own clock counts, and whoever implemented a thing has acknowledged and seen it. */
	set_once(&row.displayed_ms, w->now_ms);
	if (r->state >= LB_ACK_ACKNOWLEDGED)
		set_once(&row.acknowledged_ms, w->now_ms);
	if (r->state >= LB_ACK_IMPLEMENTED)
		set_once(&row.implemented_ms, w->now_ms);
	if (r->by[0] != '\0')
		snprintf(row.by, sizeof row.by, "%s", r->by);
	publish_note(w, w->urgent, note_new(JOURNAL_LEDGER, key, ledger_key(id, partner, key), value, ledger_row_write(&row, value)));
	publish_tell(w, w->urgent, audit_receipt(id, partner, r->state, r->by));
	if (open && deadline_is_set(about) && ledger_state(&row) >= about->ack_policy)
		remind_done(w, about, partner);
}

/* An agent has deleted what was recalled: it says so for itself, since each agent has a copy of its own. */
static lb_err note_deleted(struct worker *w, struct session *s, const struct lb_uuid *id)
{
	uint8_t key[DELETED_KEY_MAX], value[DELETED_ROW_SIZE];
	lb_err e = journal_get(w->reader, JOURNAL_RECALLED, id->b, sizeof id->b, &w->record);

	if (e != LB_OK)
		return e;
	deleted_row_write(w->now_ms, value);
	publish_note(w, w->urgent, note_new(JOURNAL_DELETED, key, deleted_key(id, s->agent, key), value, sizeof value));
	return LB_OK;
}

static lb_err check_receipt(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, const Lagebus__Receipt *r)
{
	struct federation *f = router_federation(w->router);
	struct logged about = { .frame = LB_BUF_INIT };
	struct lb_uuid id;
	lb_err e;

	if (!is_id(r->refers_to.len, r->refers_to.data, &id) || !h->has_thread || memcmp(&id, &h->thread, sizeof id) != 0)
		return LB_BAD_ID;
	if (r->state < LB_ACK_DISPLAYED || r->state > LB_RECEIPT_DELETED || strlen(r->by) > LB_TEXT_MAX)
		return LB_INVALID;
	if (!lb_utf8_is_valid(r->by, strlen(r->by)) || !lb_utf8_is_valid(r->note, strlen(r->note)))
		return LB_NOT_UTF8;
	if (lb_text_is_classified(r->by, strlen(r->by)) || lb_text_is_classified(r->note, strlen(r->note)))
		return LB_CLASSIFIED;
	e = lookup(w, &id, &about);
	if (e == LB_OK)
		e = policy_deliver(f, sender, &about.header);
	if (e == LB_OK && (h->audience_n != 1 || h->audience[0].n != about.header.origin.n ||
	                   memcmp(h->audience[0].p, about.header.origin.p, about.header.origin.n) != 0))
		e = LB_BAD_AUDIENCE;
	if (e == LB_OK && r->state == LB_RECEIPT_DELETED)
		e = note_deleted(w, s, &id);
	else if (e == LB_OK)
		note_receipt(w, s, sender, &about.header, r);
	lb_buf_fini(&about.frame);
	return e;
}

lb_err receipts_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__Receipt *r = lagebus__receipt__unpack(NULL, payload.n, payload.p);
	lb_err e = r ? check_receipt(w, s, sender, h, r) : LB_INVALID;

	if (r)
		lagebus__receipt__free_unpacked(r, NULL);
	return e;
}

/* The SPIFFE IDs of a partner's agents, each with its NUL. */
struct names {
	struct lb_buf buf;
	lb_err e;
};

static bool add_name(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct names *names = user;

	(void)value;
	(void)value_n;
	names->e = lb_buf_append(&names->buf, key, key_n);
	if (names->e == LB_OK)
		names->e = lb_buf_append(&names->buf, "", 1);
	return names->e == LB_OK;
}

static lb_err find_agents(struct worker *w, const struct partner *partner, struct names *out)
{
	char prefix[LB_SPIFFE_ID_MAX + 1];
	int n = snprintf(prefix, sizeof prefix, "spiffe://%s/partner/%s/agent/", federation_trust_domain(router_federation(w->router)), partner->id);
	lb_err e = journal_each(w->reader, JOURNAL_CURSORS, prefix, (size_t)n, add_name, out);

	return e == LB_OK ? out->e : e;
}

/* Did this agent's cursor pass the message because it had expired? */
static lb_err was_left_out(struct worker *w, const struct logged *m, const char *agent, bool *out)
{
	struct lapse lapse;
	lb_err e = LB_NOT_FOUND;

	if (m->expires_ms != 0)
		e = cursor_find_lapse(w, agent, m->lane, m->position, &lapse);
	*out = e == LB_OK && lapse_left_out(&lapse, m->expires_ms);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

/* What an agent stored before `from` was not for the partner. */
static lb_err ask_agent(struct worker *w, const struct logged *m, const char *agent, uint64_t from, Lagebus__PartnerReceipt *out)
{
	struct cursor_row row;
	bool left_out;
	lb_err e = journal_get(w->reader, JOURNAL_CURSORS, agent, strlen(agent), &w->record);

	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	if (cursor_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row) != LB_OK)
		return LB_OK; /* it is written again when the agent is back */
	if (row.seen_ms > out->last_seen)
		out->last_seen = row.seen_ms;
	if (row.stored[m->lane] < m->position || m->position < from || out->delivered)
		return LB_OK;
	e = was_left_out(w, m, agent, &left_out);
	out->delivered = e == LB_OK && !left_out;
	return e;
}

static lb_err ask_own_agents(struct worker *w, const struct logged *m, const struct partner *partner, Lagebus__PartnerReceipt *out)
{
	struct names names = { LB_BUF_INIT, LB_OK };
	lb_err e = find_agents(w, partner, &names);

	for (size_t at = 0; e == LB_OK && at < lb_buf_len(&names.buf);) {
		const char *agent = (const char *)lb_buf_data(&names.buf) + at;

		e = ask_agent(w, m, agent, 0, out);
		at += strlen(agent) + 1;
	}
	lb_buf_fini(&names.buf);
	return e;
}

/* Those of other partners that act for it. */
static lb_err ask_other_agents(struct worker *w, const struct logged *m, uint16_t i, Lagebus__PartnerReceipt *out)
{
	const struct federation *f = router_federation(w->router);
	const char *agent;
	lb_err e = LB_OK;

	for (size_t n = 0; e == LB_OK && (agent = federation_mandate_at(f, i, n)); n++) {
		uint64_t from;

		if (!mandates_since(w, agent, federation_at(f, i)->id, m->lane, &from))
			continue;
		out->online |= roster_agent_is_online(w->roster, agent);
		e = ask_agent(w, m, agent, from, out);
	}
	return e;
}

/* When the last of a partner's agents said that it has deleted the message; 0: one of them has not. */
struct deletion {
	int64_t at_ms;
	bool open;
};

static lb_err ask_deletion(struct worker *w, const struct lb_uuid *id, const char *agent, struct deletion *d)
{
	uint8_t key[DELETED_KEY_MAX];
	int64_t at_ms;
	lb_err e = journal_get(w->reader, JOURNAL_DELETED, key, deleted_key(id, agent, key), &w->record);

	if (e == LB_OK)
		e = deleted_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &at_ms);
	d->open |= e != LB_OK;
	if (e == LB_OK && at_ms > d->at_ms)
		d->at_ms = at_ms;
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static lb_err describe_deletion(struct worker *w, const struct logged *m, uint16_t i, Lagebus__PartnerReceipt *out)
{
	const struct federation *f = router_federation(w->router);
	struct names names = { LB_BUF_INIT, LB_OK };
	struct deletion d = { 0 };
	lb_err e = find_agents(w, federation_at(f, i), &names);
	const char *agent;
	uint64_t from;

	for (size_t at = 0; e == LB_OK && at < lb_buf_len(&names.buf); at += strlen(agent) + 1) {
		agent = (const char *)lb_buf_data(&names.buf) + at;
		e = ask_deletion(w, &m->header.id, agent, &d);
	}
	for (size_t n = 0; e == LB_OK && (agent = federation_mandate_at(f, i, n)); n++)
		if (mandates_since(w, agent, federation_at(f, i)->id, m->lane, &from))
			e = ask_deletion(w, &m->header.id, agent, &d);
	lb_buf_fini(&names.buf);
	out->deleted = d.open ? 0 : d.at_ms;
	return e;
}

/* The furthest that a recipient has come. */
static Lagebus__RecipientState state_of(const Lagebus__PartnerReceipt *p, const struct ledger_row *row)
{
	switch ((enum lb_ack_policy)ledger_state(row)) {
	case LB_ACK_IMPLEMENTED:  return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_IMPLEMENTED;
	case LB_ACK_ACKNOWLEDGED: return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_ACKNOWLEDGED;
	case LB_ACK_DISPLAYED:    return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DISPLAYED;
	case LB_ACK_NONE:         break;
	}
	if (p->delivered)
		return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DELIVERED;
	return p->expired ? LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_EXPIRED : LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_QUEUED;
}

/* As outstanding() has it. */
static bool is_overdue(struct worker *w, const struct logged *m, const char *partner, int64_t until_ms, const struct ledger_row *row)
{
	const struct lb_header *h = &m->header;
	int64_t now_ms = remind_clock_ms(w);

	return deadline_is_set(h) && until_ms <= now_ms && ledger_state(row) < h->ack_policy && (h->expires_ms == 0 || h->expires_ms > now_ms) &&
	       !lb_text_equals(h->origin, partner);
}

/* The policy's answers for a partner: when the message was accepted, and now. */
struct rules {
	lb_err then, now;
};

/* `i` is the partner's index in the federation that is in force; PARTNER_NONE: it is in none any more. */
static lb_err describe_partner(struct worker *w, const struct logged *m, const struct partner *partner, uint16_t i, struct rules rules, Lagebus__PartnerReceipt *out,
                               struct ledger_row *row)
{
	int64_t until_ms;
	lb_err e;

	out->partner = (char *)partner->id;
	out->online = roster_partner_is_online(w->roster, partner->id);
	e = ask_own_agents(w, m, partner, out);
	if (e == LB_OK && i != PARTNER_NONE)
		e = ask_other_agents(w, m, i, out);
	if (e != LB_OK)
		return e;
	if (rules.then != LB_OK)
		out->rule = (char *)lb_err_token(rules.then);
	if (rules.now != rules.then)
		out->now = (char *)lb_err_token(rules.now);
	/* An agent's cursor passes what is not for it, too. */
	out->delivered &= rules.then == LB_OK && rules.now == LB_OK;
	if (rules.then != LB_OK)
		return LB_OK;
	out->expired = !out->delivered && m->expires_ms != 0 && m->expires_ms <= w->now_ms;
	e = read_row(w, &m->header.id, partner->id, row);
	if (e != LB_OK && e != LB_NOT_FOUND)
		return e;
	out->displayed = row->displayed_ms;
	out->acknowledged = row->acknowledged_ms;
	out->implemented = row->implemented_ms;
	out->by = row->by;
	out->state = state_of(out, row);
	if (rules.now != LB_OK && ledger_state(row) == LB_ACK_NONE)
		out->state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_WITHHELD;
	until_ms = outstanding_until_ms(router_federation(w->router), i, &m->header);
	out->overdue_since = rules.now == LB_OK && is_overdue(w, m, partner->id, until_ms, row) ? until_ms : 0;
	return LB_OK;
}

/* One answer row a partner, with what its strings stand in. */
struct rows {
	size_t n;
	Lagebus__PartnerReceipt *receipt, **pointer;
	struct ledger_row *ledger;
};

static void rows_fini(struct rows *r)
{
	free(r->receipt);
	free(r->pointer);
	free(r->ledger);
}

/* rows_fini it, also on error. */
static lb_err rows_init(struct rows *r, size_t n)
{
	r->receipt = calloc(n, sizeof *r->receipt);
	r->pointer = calloc(n, sizeof *r->pointer);
	r->ledger = calloc(n, sizeof *r->ledger);
	if (!r->receipt || !r->pointer || !r->ledger)
		return LB_NO_MEMORY;
	r->n = n;
	for (size_t i = 0; i < n; i++) {
		lagebus__partner_receipt__init(&r->receipt[i]);
		r->pointer[i] = &r->receipt[i];
	}
	return LB_OK;
}

void receipts_send(struct worker *w, struct session *s, void *what)
{
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	Lagebus__Receipts *receipts = what;

	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS;
	control.receipts = receipts;
	/* The functions of a thousand partners may be longer than a control can be. */
	if (lagebus__control__get_packed_size(&control) > LB_CONTROL_MAX)
		for (size_t i = 0; i < receipts->n_partners; i++)
			receipts->partners[i]->by = (char *)"";
	if (lagebus__control__get_packed_size(&control) > LB_CONTROL_MAX) {
		receipts->n_partners = 0;
		receipts->refused = (char *)lb_err_token(LB_LIMIT);
	}
	control_send(w, s, &control);
}

static bool is_entitled(const struct federation *f, uint16_t partner, const struct lb_header *h)
{
	const struct partner *p = federation_at(f, partner);

	return p->role == ROLE_COORDINATOR || lb_text_equals(h->origin, p->id);
}

bool receipts_may_ask(struct worker *w, const struct session *s, const struct lb_header *h)
{
	const struct federation *f = router_federation(w->router);
	bool may = is_entitled(f, s->partner, h);

	for (uint16_t i = 0; !may && s->mandates && i < federation_count(f); i++)
		may = partner_set_has(s->mandates, i) && is_entitled(f, i, h);
	return may;
}

/* A row for each partner that there is, and for each that there was when the message was accepted. */
static lb_err describe_partners(struct worker *w, const struct logged *m, const struct federation *then, struct rows *rows)
{
	const struct federation *f = router_federation(w->router);
	lb_err now[LB_PARTNERS_MAX], before[LB_PARTNERS_MAX], e = rows_init(rows, federation_count(f) + (then == f ? 0 : federation_count(then)));
	size_t n = 0;

	if (e != LB_OK)
		return e;
	policy_rules(f, &m->header, now);
	policy_rules(then, &m->header, before);
	for (uint16_t i = 0; e == LB_OK && i < federation_count(f); i++, n++) {
		const char *partner = federation_at(f, i)->id;
		uint16_t was = then == f ? i : federation_find(then, partner, strlen(partner));

		e = describe_partner(w, m, federation_at(f, i), i, (struct rules){ was == PARTNER_NONE ? LB_NOT_A_MEMBER : before[was], now[i] },
		                     &rows->receipt[n], &rows->ledger[n]);
	}
	for (uint16_t i = 0; e == LB_OK && then != f && i < federation_count(then); i++) {
		const char *partner = federation_at(then, i)->id;

		if (federation_find(f, partner, strlen(partner)) != PARTNER_NONE)
			continue;
		e = describe_partner(w, m, federation_at(then, i), PARTNER_NONE, (struct rules){ before[i], LB_NOT_A_MEMBER }, &rows->receipt[n],
		                     &rows->ledger[n]);
		n++;
	}
	rows->n = n;
	return e;
}

/* *then is the federation that the message was accepted under, a reference; NULL on error. */
static lb_err fill_receipts(struct worker *w, struct session *s, struct lb_frame id, struct logged *m, struct rows *rows, struct federation **then)
{
	struct lb_uuid u;
	lb_err e;

	if (!is_id(id.n, id.p, &u))
		return LB_BAD_ID;
	e = lookup(w, &u, m);
	if (e == LB_OK && !receipts_may_ask(w, s, &m->header))
		e = LB_ROLE_MAY_NOT_SEND;
	if (e != LB_OK)
		return e;
	*then = explain(w, m->lane, m->position);
	*then = federation_ref(*then ? *then : router_federation(w->router));
	return describe_partners(w, m, *then, rows);
}

/* Of a message that was recalled: when, and who has deleted it. */
static lb_err describe_recall(struct worker *w, const struct logged *m, struct rows *rows, struct recalled_row *recalled, Lagebus__Receipts *answer)
{
	lb_err e = journal_get(w->reader, JOURNAL_RECALLED, m->header.id.b, sizeof m->header.id.b, &w->record);

	if (e == LB_OK)
		e = recalled_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), recalled);
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	answer->recall = (ProtobufCBinaryData){ sizeof recalled->recall.b, recalled->recall.b };
	answer->recalled = recalled->at_ms;
	/* The rows of today's partners come first, in their order. */
	for (uint16_t i = 0; e == LB_OK && i < federation_count(router_federation(w->router)); i++) {
		rows->receipt[i].expired = false;
		if (rows->receipt[i].rule[0] == '\0')
			e = describe_deletion(w, m, i, &rows->receipt[i]);
	}
	return e;
}

/* True: the message waits for a second person, or did, and the answer is sent. */
static bool tell_approval(struct worker *w, struct session *s, lb_err found, struct lb_frame id, Lagebus__Receipts *answer)
{
	struct lb_uuid u;

	return (found == LB_OK || found == LB_NOT_FOUND) && is_id(id.n, id.p, &u) && approvals_tell(w, s, &u, found == LB_OK, answer) == LB_OK;
}

void receipts_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame id)
{
	Lagebus__Receipts answer = LAGEBUS__RECEIPTS__INIT;
	struct logged m = { .frame = LB_BUF_INIT };
	struct federation *then = NULL;
	struct recalled_row recalled;
	struct rows rows = { 0 };
	lb_err e = fill_receipts(w, s, id, &m, &rows, &then);

	answer.request = request;
	answer.id = (ProtobufCBinaryData){ id.n, (uint8_t *)id.p };
	answer.now = w->now_ms;
	if (e == LB_OK) {
		answer.lane = m.lane;
		answer.position = m.position;
		answer.header = (ProtobufCBinaryData){ lb_buf_len(&m.frame), lb_buf_data(&m.frame) };
		answer.partners = rows.pointer;
		answer.n_partners = rows.n;
		e = describe_recall(w, &m, &rows, &recalled, &answer);
	}
	if (!tell_approval(w, s, e, id, &answer)) {
		if (e != LB_OK)
			answer.refused = (char *)lb_err_token(e);
		receipts_send(w, s, &answer);
	}
	federation_unref(then);
	rows_fini(&rows);
	lb_buf_fini(&m.frame);
}

static lb_err check_exercise(struct worker *w, const struct federation *f, uint16_t sender, const struct lb_header *h)
{
	struct partner_set recipients = { { 0 } };

	policy_recipients(f, h, &recipients);
	return exercises_check(w, sender, h, &recipients);
}

void receipts_route(struct worker *w, struct session *s, uint64_t request, struct lb_frame header)
{
	struct federation *f = router_federation(w->router);
	Lagebus__Route answer = LAGEBUS__ROUTE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct rows rows = { 0 };
	lb_err rules[LB_PARTNERS_MAX];
	char text[POLICY_TEXT] = "";
	struct lb_header h;
	uint16_t sender = PARTNER_NONE;
	lb_err e = lb_header_decode(header.p, header.n, &h);

	if (e != LB_OK)
		h.audience_n = 0;
	else
		sender = policy_sender(f, s->partner, s->mandates, &h);
	if (e == LB_OK)
		e = policy_admit(f, sender, &h);
	answer.waits = e == LB_NEEDS_APPROVAL;
	if (e == LB_OK || answer.waits)
		e = lb_sealed_check_header(&h);
	if (e == LB_OK)
		e = lb_header_check_clock(&h);
	if (e == LB_OK)
		e = lookup_label(w, &h);
	if (e == LB_OK && exercises_concern(&h))
		e = check_exercise(w, f, sender, &h);
	if (e == LB_OK)
		e = rows_init(&rows, federation_count(f));
	answer.request = request;
	if (e != LB_OK) {
		policy_explain(f, &h, e, text);
		answer.refused = (char *)lb_err_token(e);
		answer.refused_text = text;
	} else {
		policy_rules(f, &h, rules);
	}
	for (uint16_t i = 0; i < rows.n; i++) {
		rows.receipt[i].partner = (char *)federation_at(f, i)->id;
		if (rules[i] != LB_OK)
			rows.receipt[i].rule = (char *)lb_err_token(rules[i]);
	}
	answer.partners = rows.pointer;
	answer.n_partners = rows.n;
	control.body_case = LAGEBUS__CONTROL__BODY_ROUTE;
	control.route = &answer;
	control_send(w, s, &control);
	rows_fini(&rows);
}
