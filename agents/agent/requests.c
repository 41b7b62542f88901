/* What the command line and plugins ask. */
#include "agents/agent/requests.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"
#include "agents/agent/deadlines.h"
#include "agents/agent/derived_requests.h"
#include "agents/agent/directory.h"
#include "agents/agent/erasing.h"
#include "agents/agent/exercises.h"
#include "agents/agent/incident_answer.h"
#include "agents/agent/incident_store.h"
#include "agents/agent/opening.h"
#include "agents/agent/outbox.h"
#include "agents/agent/outgoing.h"
#include "agents/agent/reminders.h"
#include "agents/agent/wait_ends.h"
#include "lagebus/payload.h"
#include "agents/agent/receipt.h"
#include "lagebus/topic.h"
#include "proto/header.pb-c.h"
#include "proto/host/log.h"
#include "proto/host/words.h"
#include "proto/texts.h"

#define REQUESTS_A_TURN 256

/* What is to be sent for somebody. */
struct order {
	struct local_peer peer;
	uint64_t number;
	struct lb_header *header;
	struct lb_frame payload;
	bool wait;
	unsigned acknowledges; /* the state that its thread's message has with it; 0: it is no receipt of ours */
	bool erases;           /* and its content goes */
};

/* LB_OK: it is in the outbox for good; why says what the payload lacks. A receipt takes its message's row along: in the same transaction, and not without it. */
static lb_err put_into_outbox(struct agent *a, const struct order *o, struct lb_uuid *id, char why[LB_PAYLOAD_WHY])
{
	lb_err e = outgoing_check(&a->store, o->header, o->payload, why, LB_PAYLOAD_WHY);
	bool was_open;

	if (e != LB_OK) {
		log_event(LOG_WARN, "send_refused", "rule=%s detail=%s", lb_err_token(e), why);
		return e;
	}
	e = publish_add(a, o->header, o->payload, id);
	if (e == LB_OK && o->acknowledges)
		e = inbox_acknowledge(&a->store, &o->header->thread, o->acknowledges);
	if (e == LB_OK && o->erases)
		e = erasing_take(a, &o->header->thread);
	if (e == LB_OK && o->acknowledges)
		e = reminders_done(&a->store, &o->header->thread, o->header->origin, o->acknowledges, &was_open);
	return e == LB_OK ? agent_settle(a) : e;
}

/* The answer comes when it is in the outbox, or, for who waits, when the broker has answered. */
static void queue(struct agent *a, const struct order *o)
{
	char why[LB_PAYLOAD_WHY] = "";
	struct waiting *w = NULL;
	struct lb_uuid id;
	lb_err e = LB_OK;

	if (o->wait && !(w = waiting_for_send(a, &o->peer, o->number)))
		e = LB_LIMIT;
	if (e == LB_OK)
		e = put_into_outbox(a, o, &id, why);
	if (e == LB_OK && w) {
		w->id = id;
		return;
	}
	if (w)
		w->kind = WAITING_NOBODY;
	if (e != LB_OK)
		answer_error(a, &o->peer, o->number, lb_err_token(e), *why ? why : lb_err_text(e));
	else
		answer_sent(a, &o->peer, o->number, &id, false);
}

/* Decodes a header that lacks what the agent fills in: id, origin and created are put in front of it, where an origin of its own counts. */
static lb_err complete_header(struct agent *a, ProtobufCBinaryData from, struct lb_buf *bytes, struct lb_header *h)
{
	Lagebus__Header base = LAGEBUS__HEADER__INIT;
	struct lb_uuid id = lb_uuid7_now();
	uint8_t *room;
	size_t n;
	lb_err e;

	base.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	base.origin = (char *)lb_tls_identity(a->tls)->partner;
	base.created = agent_clock_ms();
	n = lagebus__header__get_packed_size(&base);
	room = lb_buf_reserve(bytes, n);
	if (!room)
		return LB_NO_MEMORY;
	lagebus__header__pack(&base, room);
	lb_buf_added(bytes, n);
	e = lb_buf_append(bytes, from.data, from.len);
	return e == LB_OK ? lb_header_decode(lb_buf_data(bytes), lb_buf_len(bytes), h) : e;
}

static void on_send(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__SendRequest *r)
{
	struct lb_buf bytes = LB_BUF_INIT;
	struct lb_header h;
	lb_err e = complete_header(a, r->header, &bytes, &h);

	if (e == LB_OK)
		queue(a, &(struct order){ *peer, number, &h, { r->payload.data, r->payload.len }, r->wait, 0, false });
	else
		answer_refusal(a, peer, number, e);
	lb_buf_fini(&bytes);
}

/* An inbox answer is packed row by row: a row's bytes are valid only while it is visited. */
static bool add_row(void *user, const struct inbox_row *row)
{
	Lagebus__StoredMessage m = LAGEBUS__STORED_MESSAGE__INIT, *one = &m;
	Lagebus__InboxReply inbox = LAGEBUS__INBOX_REPLY__INIT;
	struct lb_buf *packed = user;
	uint8_t *room;
	size_t n;

	answer_fill(row, false, &m);
	inbox.messages = &one;
	inbox.n_messages = 1;
	n = lagebus__inbox_reply__get_packed_size(&inbox);
	room = lb_buf_reserve(packed, n);
	if (!room)
		return false;
	lagebus__inbox_reply__pack(&inbox, room);
	lb_buf_added(packed, n);
	return true;
}

static bool read_topic(const char *pattern, unsigned *type, unsigned *area)
{
	char name[LB_TOPIC_TEXT];
	const char *slash = strchr(pattern, '/');

	*type = *area = 0;
	if (pattern[0] == '\0')
		return true;
	if (!lb_topic_pattern_is_valid(pattern) || !slash || (size_t)(slash - pattern) >= sizeof name)
		return false;
	memcpy(name, pattern, (size_t)(slash - pattern));
	name[slash - pattern] = '\0';
	*type = lb_type_from_name(name);
	*area = lb_area_from_name(slash + 1);
	return true;
}

static void on_inbox(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__InboxRequest *r)
{
	struct inbox_query q = { .search = r->search, .unacknowledged = r->unacknowledged, .quarantine = r->quarantine, .before = (int64_t)r->before, .exercise = r->exercise, .real = r->no_exercise,
		                 .limit = r->limit };
	struct lb_buf packed = LB_BUF_INIT;
	Lagebus__InboxReply *inbox = NULL;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	lb_err e = read_topic(r->topic, &q.type, &q.area) ? inbox_find(&a->store, &q, add_row, &packed) : LB_INVALID;

	if (e == LB_OK && !(inbox = lagebus__inbox_reply__unpack(NULL, lb_buf_len(&packed), packed.p ? lb_buf_data(&packed) : (const uint8_t *)"")))
		e = LB_NO_MEMORY;
	if (e != LB_OK) {
		answer_error(a, peer, number, lb_err_token(e), e == LB_INVALID ? "the search or the topic cannot be understood" : lb_err_text(e));
	} else {
		reply.number = number;
		reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
		reply.inbox = inbox;
		answer(a, peer, &reply);
	}
	if (inbox)
		lagebus__inbox_reply__free_unpacked(inbox, NULL);
	lb_buf_fini(&packed);
}

static lb_err get_row(struct agent *a, ProtobufCBinaryData id, struct lb_uuid *u, struct inbox_row *row)
{
	if (id.len != sizeof u->b)
		return LB_BAD_ID;
	memcpy(u->b, id.data, sizeof u->b);
	return inbox_get(&a->store, u, row);
}

static void on_show(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__ShowRequest *r)
{
	struct lb_buf content = LB_BUF_INIT;
	struct inbox_opened opened;
	struct lb_uuid id;
	struct inbox_row row;
	lb_err e = get_row(a, r->id, &id, &row);

	if (e == LB_OK) {
		opened.refused = opening_of(a->opener, &row, &content);
		opened.content = (struct lb_frame){ lb_buf_data(&content), lb_buf_len(&content) };
		e = answer_message(a, peer, number, &row, opened.refused == LB_NOT_FOUND ? NULL : &opened, false);
	}
	lb_buf_wipe(&content);
	if (e != LB_OK)
		answer_refusal(a, peer, number, e);
}

/* What a broker would refuse is not even noted; NULL: nothing is wrong. */
static const char *wrong_ack(const struct inbox_row *row, const Lagebus__AckRequest *r)
{
	if (row->gone[0])
		return strcmp(row->gone, "recalled") == 0 ? "the message was recalled; there is nothing to acknowledge any more" :
			"the message has expired; there is nothing to acknowledge any more";
	if (row->quarantine[0])
		return "the message did not verify, so there is nothing to acknowledge; tell the coordinator of it";
	if (r->state < LB_ACK_DISPLAYED || r->state > LB_ACK_IMPLEMENTED)
		return "a message is displayed (1), acknowledged (2) or implemented (3)";
	if (strlen(r->by) > LB_TEXT_MAX)
		return "who acknowledges is said in at most 255 bytes";
	return NULL;
}

/* A case is deleted where a person has it acknowledged (or implemented), wherever it stands. */
static bool erases(const struct lb_header *about, const Lagebus__AckRequest *r)
{
	return about->type == LB_TYPE_DIGITAL_VIOLENCE_CASE && r->state >= LB_ACK_ACKNOWLEDGED;
}

static lb_err check_erasing(const struct lb_header *about, const Lagebus__AckRequest *r)
{
	if (!erases(about, r))
		return LB_OK;
	if (r->as[0] != '\0' && !lb_text_equals(about->audience[0], r->as))
		return LB_NOT_IN_AUDIENCE;
	return r->erase ? LB_OK : LB_NEEDS_CONSENT;
}

static void on_ack(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__AckRequest *r)
{
	struct lb_buf payload = LB_BUF_INIT, copy = LB_BUF_INIT;
	struct lb_header about, h;
	struct inbox_row row;
	struct lb_uuid id;
	lb_err e = get_row(a, r->id, &id, &row);
	const char *wrong = e == LB_OK ? wrong_ack(&row, r) : NULL;

	if (wrong) {
		answer_error(a, peer, number, lb_err_token(LB_INVALID), wrong);
		return;
	}
	if (e == LB_OK)
		e = lb_buf_append(&copy, row.header.p, row.header.n);
	if (e == LB_OK)
		e = lb_header_decode(lb_buf_data(&copy), lb_buf_len(&copy), &about);
	if (e == LB_OK)
		e = check_erasing(&about, r);
	if (e == LB_OK)
		e = receipt_pack(&id, r->state, r->by, r->note, &payload);
	if (e == LB_OK) {
		receipt_header(&about, &id, r->as, &h);
		queue(a, &(struct order){ *peer, number, &h, { lb_buf_data(&payload), lb_buf_len(&payload) }, r->wait, r->state, erases(&about, r) });
	} else {
		answer_refusal(a, peer, number, e);
	}
	lb_buf_fini(&payload);
	lb_buf_fini(&copy);
}

static void on_receipts(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__ReceiptsRequest *r)
{
	Lagebus__ReceiptsQuery query = LAGEBUS__RECEIPTS_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.id = r->id;
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY;
	control.receipts_query = &query;
	waiting_ask(a, peer, number, WAITING_RECEIPTS, &control, &query.request);
}

static void on_route(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__RouteRequest *r)
{
	Lagebus__RouteQuery query = LAGEBUS__ROUTE_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct lb_buf bytes = LB_BUF_INIT, header = LB_BUF_INIT;
	struct lb_header h;
	lb_err e = complete_header(a, r->header, &bytes, &h);

	if (e == LB_OK) {
		h.lane = lb_header_lane(h.type, h.level);
		e = lb_header_encode(&h, &header);
	}
	if (e == LB_OK) {
		query.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
		control.body_case = LAGEBUS__CONTROL__BODY_ROUTE_QUERY;
		control.route_query = &query;
		waiting_ask(a, peer, number, WAITING_ROUTE, &control, &query.request);
	} else {
		answer_refusal(a, peer, number, e);
	}
	lb_buf_fini(&bytes);
	lb_buf_fini(&header);
}

static void on_approvals(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__ApprovalsRequest *r)
{
	Lagebus__WaitingQuery query = LAGEBUS__WAITING_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.id = r->id;
	query.offset = r->offset;
	control.body_case = LAGEBUS__CONTROL__BODY_WAITING_QUERY;
	control.waiting_query = &query;
	waiting_ask(a, peer, number, WAITING_APPROVALS, &control, &query.request);
}

static size_t list_acts_for(const struct agent *a, char *ids[LB_PARTNERS_MAX])
{
	size_t n = 0;

	for (const char *as = agent_acts_for(a, NULL); as; as = agent_acts_for(a, as))
		ids[n++] = (char *)as;
	return n;
}

static void on_status(struct agent *a, const struct local_peer *peer, uint64_t number)
{
	Lagebus__StatusReply s = LAGEBUS__STATUS_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	char id[LB_SPIFFE_ID_MAX + 1], link[96] = "", *acts_for[LB_PARTNERS_MAX];
	struct exercise_names running = { .n = 0 };
	struct incident_counts incidents = { .open = 0 };
	struct lb_buf packed = LB_BUF_INIT;
	Lagebus__StatusReply *open = NULL;
	lb_err e = outbox_count(&a->store, LB_LANE_URGENT, &s.outbox_urgent);

	if (e == LB_OK)
		e = outbox_count(&a->store, LB_LANE_ROUTINE, &s.outbox_routine);
	if (e == LB_OK)
		e = inbox_counts(&a->store, &s.inbox, &s.inbox_exercises, &s.quarantined);
	if (e == LB_OK)
		e = inbox_quarantine_ends(&a->store, &s.quarantine_ends);
	if (e == LB_OK)
		e = incident_store_counts(&a->store, agent_clock_ms(), &incidents);
	if (e == LB_OK)
		e = deadlines_list(a, &packed);
	if (e == LB_OK)
		e = wait_ends_list(a, &packed);
	if (e == LB_OK && !(open = lagebus__status_reply__unpack(NULL, lb_buf_len(&packed), packed.p ? lb_buf_data(&packed) : (const uint8_t *)"")))
		e = LB_NO_MEMORY;
	lb_buf_fini(&packed);
	if (e == LB_OK)
		e = exercises_running(&a->store, agent_clock_ms(), &running);
	if (e != LB_OK) {
		if (open)
			lagebus__status_reply__free_unpacked(open, NULL);
		exercise_names_fini(&running);
		answer_refusal(a, peer, number, e);
		return;
	}
	s.incidents_open = incidents.open;
	s.incidents_soon = incidents.soon;
	s.incidents_overdue = incidents.overdue;
	s.incidents_idle = incidents.idle;
	s.exercises = running.name;
	s.n_exercises = running.n;
	lb_identity_format(lb_tls_identity(a->tls), id);
	if (uplink_is_open(&a->uplink))
		lb_link_describe(a->uplink.link, link, sizeof link);
	s.agent = id;
	s.partner = (char *)lb_tls_identity(a->tls)->partner;
	s.broker = uplink_is_open(&a->uplink) ? (char *)uplink_broker(&a->uplink) : (char *)"";
	s.link = link;
	s.linked_since = uplink_is_open(&a->uplink) ? agent_clock_ms() - (a->now_ms - a->uplink.since_ms) : 0;
	s.last_error = a->uplink.last_error != LB_OK ? (char *)lb_err_token(a->uplink.last_error) : (char *)"";
	s.last_error_text = a->uplink.last_error_text;
	s.urgent = a->cursor[LB_LANE_URGENT];
	s.routine = a->cursor[LB_LANE_ROUTINE];
	s.urgent_last = a->newest[LB_LANE_URGENT];
	s.routine_last = a->newest[LB_LANE_ROUTINE];
	s.missed = a->missed;
	s.version = LAGEBUS_VERSION;
	s.certificate_expires = lb_tls_expires_ms(a->tls);
	s.acts_for = acts_for;
	s.n_acts_for = list_acts_for(a, acts_for);
	s.open = open->open;
	s.n_open = open->n_open;
	s.wait_ends = open->wait_ends;
	s.n_wait_ends = open->n_wait_ends;
	reply.number = number;
	reply.body_case = LAGEBUS__REPLY__BODY_STATUS;
	reply.status = &s;
	answer(a, peer, &reply);
	exercise_names_fini(&running);
	lagebus__status_reply__free_unpacked(open, NULL);
}

static void on_watch(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__WatchRequest *r)
{
	struct watcher w = { .peer = *peer, .number = number, .unacknowledged = !r->from_now, .exercises = r->exercises,
		             .german = words_are_german() };
	lb_err e;

	if (!read_topic(r->topic, &w.type, &w.area)) {
		answer_error(a, peer, number, lb_err_token(LB_INVALID), "the topic is a type, a slash and an area, * for any: warning/*");
		return;
	}
	w.row = r->from_now ? inbox_newest(&a->store) : 0;
	e = watchers_add(a, &w);
	if (e != LB_OK)
		answer_refusal(a, peer, number, e);
}

static void dispatch(struct agent *a, const struct local_peer *peer, const Lagebus__Request *r)
{
	switch (r->body_case) {
	case LAGEBUS__REQUEST__BODY_SEND:
		on_send(a, peer, r->number, r->send);
		return;
	case LAGEBUS__REQUEST__BODY_INBOX:
		on_inbox(a, peer, r->number, r->inbox);
		return;
	case LAGEBUS__REQUEST__BODY_SHOW:
		on_show(a, peer, r->number, r->show);
		return;
	case LAGEBUS__REQUEST__BODY_ACK:
		on_ack(a, peer, r->number, r->ack);
		return;
	case LAGEBUS__REQUEST__BODY_RECEIPTS:
		on_receipts(a, peer, r->number, r->receipts);
		return;
	case LAGEBUS__REQUEST__BODY_STATUS:
		on_status(a, peer, r->number);
		return;
	case LAGEBUS__REQUEST__BODY_WATCH:
		on_watch(a, peer, r->number, r->watch);
		return;
	case LAGEBUS__REQUEST__BODY_ROUTE:
		on_route(a, peer, r->number, r->route);
		return;
	case LAGEBUS__REQUEST__BODY_DIRECTORY:
		directory_ask(a, peer, r->number, r->directory);
		return;
	case LAGEBUS__REQUEST__BODY_APPROVALS:
		on_approvals(a, peer, r->number, r->approvals);
		return;
	case LAGEBUS__REQUEST__BODY_UNWATCH:
		watchers_remove(a, peer);
		return;
	case LAGEBUS__REQUEST__BODY_INCIDENTS:
		incident_answer(a, peer, r->number, r->incidents);
		return;
	case LAGEBUS__REQUEST__BODY_INDICATORS:
		indicators_answer(a, peer, r->number, r->indicators);
		return;
	case LAGEBUS__REQUEST__BODY_TRAINING:
		training_answer(a, peer, r->number, r->training);
		return;
	case LAGEBUS__REQUEST__BODY_EXERCISES:
		exercises_answer(a, peer, r->number, r->exercises);
		return;
	case LAGEBUS__REQUEST__BODY__NOT_SET:
	case _LAGEBUS__REQUEST__BODY__CASE_IS_INT_SIZE:
		break;
	}
	answer_refusal(a, peer, r->number, LB_BAD_CONTROL);
}

/* Titles are in the language of whoever asks. */
static void speak_and_dispatch(struct agent *a, const struct local_peer *peer, const Lagebus__Request *r)
{
	words_speak_german(words_tag_is_german(r->language, a->german));
	dispatch(a, peer, r);
	words_speak_german(false);
}

void requests_answer(struct agent *a, const struct local_peer *peer, const uint8_t *p, size_t n)
{
	Lagebus__Request *r = lagebus__request__unpack(NULL, n, n ? p : (const uint8_t *)"");

	if (!r)
		answer_refusal(a, peer, 0, LB_BAD_CONTROL);
	else if (!texts_are_utf8(&r->base))
		answer_refusal(a, peer, r->number, LB_NOT_UTF8);
	else
		speak_and_dispatch(a, peer, r);
	if (r)
		lagebus__request__free_unpacked(r, NULL);
}

void requests_take(struct agent *a)
{
	struct lb_buf bytes = LB_BUF_INIT;
	struct local_peer peer;

	for (unsigned i = 0; i < REQUESTS_A_TURN && local_server_receive(a->local, &peer, &bytes); i++)
		requests_answer(a, &peer, bytes.p ? lb_buf_data(&bytes) : NULL, lb_buf_len(&bytes));
	lb_buf_fini(&bytes);
}
