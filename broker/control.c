/* What agents and broker say to each other besides messages. */
#include "broker/control.h"

#include <string.h>

#include "proto/host/log.h"
#include "broker/approvals.h"
#include "broker/core/route.h"
#include "broker/cursor.h"
#include "broker/directory.h"
#include "broker/dry_run.h"
#include "broker/inquiry.h"
#include "broker/keeping.h"
#include "broker/mandates.h"
#include "broker/remind.h"
#include "broker/session.h"
#include "broker/wait_ends.h"
#include "proto/texts.h"
#include "broker/worker_state.h"
#include "lagebus/limits.h"
#include "proto/control.pb-c.h"

#define QUARANTINES_A_TICK 64 /* that are logged one by one; who reports them in a loop must not fill the disk, and the metric counts all */

void control_send(struct worker *w, struct session *s, const void *control)
{
	const Lagebus__Control *c = control;
	size_t n = lagebus__control__get_packed_size(c), head;
	uint8_t *room;

	lb_buf_consume(&w->message, lb_buf_len(&w->message));
	room = lb_buf_reserve(&w->message, LB_ZMTP_FRAME_HEAD_MAX + n);
	if (room) {
		head = lb_zmtp_frame_head(room, n, false);
		lagebus__control__pack(c, room + head);
		if (session_say(s, room, head + n) == LB_OK) {
			session_queue(w, s);
			return;
		}
	}
	log_event(LOG_ERROR, "out_of_memory", "agent=%s", s->agent);
	session_abort(w, s);
}

void control_goodbye(struct worker *w, struct session *s, lb_err reason, const char *detail)
{
	Lagebus__Goodbye goodbye = LAGEBUS__GOODBYE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	goodbye.reason = (char *)lb_err_token(reason);
	goodbye.text = (char *)(detail ? detail : lb_err_text(reason));
	control.body_case = LAGEBUS__CONTROL__BODY_GOODBYE;
	control.goodbye = &goodbye;
	control_send(w, s, &control);
}

static void welcome(struct worker *w, struct session *s)
{
	Lagebus__Welcome answer = LAGEBUS__WELCOME__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct lb_uuid log = journal_id(w->journal);
	char *ids[LB_PARTNERS_MAX];

	answer.version = LB_PROTOCOL_VERSION;
	answer.software = "lagebusd " LAGEBUS_VERSION;
	answer.log = (ProtobufCBinaryData){ sizeof log.b, log.b };
	answer.urgent = s->feed.lane[LB_LANE_URGENT].last;
	answer.routine = s->feed.lane[LB_LANE_ROUTINE].last;
	answer.urgent_last = w->tail[LB_LANE_URGENT].last;
	answer.routine_last = w->tail[LB_LANE_ROUTINE].last;
	answer.heartbeat_ds = (uint32_t)w->settings->heartbeat_s * 10;
	answer.partner = (char *)lb_link_peer(s->link)->partner;
	answer.acts_for = ids;
	answer.n_acts_for = mandates_names(w, s, ids);
	control.body_case = LAGEBUS__CONTROL__BODY_WELCOME;
	control.welcome = &answer;
	control_send(w, s, &control);
}

static void on_hello(struct worker *w, struct session *s, const Lagebus__Hello *hello)
{
	if (hello->version != LB_PROTOCOL_VERSION) {
		session_fail(w, s, LB_VERSION, "this broker speaks version 1");
		return;
	}
	s->publish_only = hello->publish_only;
	s->reminders = hello->reminders && !hello->publish_only;
	s->retention = hello->retention && !hello->publish_only;
	cursor_open(w, s, hello);
	if (!s->publish_only)
		mandates_note(w, s);
	directory_note(w, s);
	session_move(s, SESSION_OPEN);
	log_event(LOG_INFO, "session_open", "agent=%s software=%s urgent=%llu routine=%llu", s->agent, hello->software,
	          (unsigned long long)s->feed.lane[LB_LANE_URGENT].last, (unsigned long long)s->feed.lane[LB_LANE_ROUTINE].last);
	welcome(w, s);
	keeping_tell(w, s);
	remind_open(s);
	wait_ends_open(s);
}

static void on_received(struct worker *w, struct session *s, const Lagebus__Received *received)
{
	if (!feed_stored(&s->feed, LB_LANE_URGENT, received->urgent) || !feed_stored(&s->feed, LB_LANE_ROUTINE, received->routine)) {
		metric_add(&w->metrics.protocol_errors, 1);
		session_fail(w, s, LB_UNEXPECTED, "Received names a position that was not delivered");
		return;
	}
	s->cursor_changed = true;
}

static void on_signer_query(struct worker *w, struct session *s, const Lagebus__SignerQuery *query)
{
	Lagebus__Signers signers = LAGEBUS__SIGNERS__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	ProtobufCBinaryData certificate;

	signers.signer = query->signer;
	if (query->signer.len == LB_SIGNER_SIZE && journal_get(w->reader, JOURNAL_SIGNERS, query->signer.data, query->signer.len, &w->record) == LB_OK) {
		certificate = (ProtobufCBinaryData){ lb_buf_len(&w->record), lb_buf_data(&w->record) };
		signers.certificates = &certificate;
		signers.n_certificates = 1;
	}
	control.body_case = LAGEBUS__CONTROL__BODY_SIGNERS;
	control.signers = &signers;
	control_send(w, s, &control);
}

static void on_quarantined(struct worker *w, struct session *s, const Lagebus__Quarantined *q)
{
	char id[LB_UUID_TEXT] = "unknown";
	struct lb_uuid u;

	if (q->id.len == sizeof u.b) {
		memcpy(u.b, q->id.data, sizeof u.b);
		lb_uuid_format(&u, id);
	}
	metric_add(&w->metrics.quarantined, 1);
	if (w->quarantined++ >= QUARANTINES_A_TICK)
		return;
	log_event(LOG_ERROR, "message_quarantined", "agent=%s id=%s lane=%u position=%llu reason=%s", s->agent, id, q->lane, (unsigned long long)q->position, q->reason);
}

static struct lb_frame frame_of(ProtobufCBinaryData d)
{
	return (struct lb_frame){ d.data, d.len };
}

/* True if an open session may say this. */
static bool on_open(struct worker *w, struct session *s, const Lagebus__Control *c)
{
	switch (c->body_case) {
	case LAGEBUS__CONTROL__BODY_RECEIVED:
		on_received(w, s, c->received);
		return true;
	case LAGEBUS__CONTROL__BODY_SIGNER_QUERY:
		on_signer_query(w, s, c->signer_query);
		return true;
	case LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY:
		s->asked = true;
		inquiry_answer(w, s, c->receipts_query->request, frame_of(c->receipts_query->id));
		return true;
	case LAGEBUS__CONTROL__BODY_ROUTE_QUERY:
		s->asked = true;
		dry_run_answer(w, s, c->route_query->request, frame_of(c->route_query->header));
		return true;
	case LAGEBUS__CONTROL__BODY_DIRECTORY_QUERY:
		s->asked = true;
		directory_answer(w, s, c->directory_query->request, c->directory_query->partner);
		return true;
	case LAGEBUS__CONTROL__BODY_WAITING_QUERY:
		s->asked = true;
		approvals_answer(w, s, c->waiting_query);
		return true;
	case LAGEBUS__CONTROL__BODY_QUARANTINED:
		on_quarantined(w, s, c->quarantined);
		return true;
	case LAGEBUS__CONTROL__BODY_GOODBYE:
		session_fail(w, s, LB_CLOSED, c->goodbye->reason);
		return true;
	case LAGEBUS__CONTROL__BODY_HELLO:
	case LAGEBUS__CONTROL__BODY_WELCOME:
	case LAGEBUS__CONTROL__BODY_ACCEPTED:
	case LAGEBUS__CONTROL__BODY_REFUSED:
	case LAGEBUS__CONTROL__BODY_GAP:
	case LAGEBUS__CONTROL__BODY_SIGNERS:
	case LAGEBUS__CONTROL__BODY_RECEIPTS:
	case LAGEBUS__CONTROL__BODY_ROUTE:
	case LAGEBUS__CONTROL__BODY_DIRECTORY:
	case LAGEBUS__CONTROL__BODY_REMINDER:
	case LAGEBUS__CONTROL__BODY_OVERDUE:
	case LAGEBUS__CONTROL__BODY_WAITING:
	case LAGEBUS__CONTROL__BODY_WAIT_ENDED:
	case LAGEBUS__CONTROL__BODY_RETENTION:
	case LAGEBUS__CONTROL__BODY__NOT_SET:
	case _LAGEBUS__CONTROL__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return false;
}

void control_receive(struct worker *w, struct session *s, struct lb_frame frame)
{
	Lagebus__Control *c = frame.n <= LB_CONTROL_MAX ? lagebus__control__unpack(NULL, frame.n, frame.p) : NULL;
	lb_err e = !c ? LB_BAD_CONTROL : texts_are_utf8(&c->base) ? LB_OK : LB_NOT_UTF8;
	bool expected = false;

	if (e != LB_OK) {
		metric_add(&w->metrics.protocol_errors, 1);
		session_fail(w, s, e, NULL);
		if (c)
			lagebus__control__free_unpacked(c, NULL);
		return;
	}
	if (s->state == SESSION_OPEN) {
		expected = on_open(w, s, c);
	} else if (s->state == SESSION_HELLO && c->body_case == LAGEBUS__CONTROL__BODY_HELLO) {
		on_hello(w, s, c->hello);
		expected = true;
	}
	if (!expected && s->state != SESSION_CLOSING) {
		metric_add(&w->metrics.protocol_errors, 1);
		session_fail(w, s, LB_UNEXPECTED, s->state == SESSION_HELLO ? "Hello was expected" : NULL);
	}
	lagebus__control__free_unpacked(c, NULL);
}
