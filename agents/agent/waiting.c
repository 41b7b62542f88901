/* Local requests that wait for the broker. */
#include "agents/agent/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"

#define ANSWER_MS 5000     /* the broker's time for a question */
#define SEND_WAIT_MS 60000 /* and for a publish */

static struct waiting *take_place(struct agent *a, const struct local_peer *peer, uint64_t number, enum waiting_kind kind, int64_t timeout_ms)
{
	for (unsigned i = 0; i < WAITING_MAX; i++)
		if (a->waiting[i].kind == WAITING_NOBODY) {
			a->waiting[i] = (struct waiting){ .kind = kind, .peer = *peer, .number = number, .deadline_ms = a->now_ms + timeout_ms };
			return &a->waiting[i];
		}
	return NULL;
}

struct waiting *waiting_for_send(struct agent *a, const struct local_peer *peer, uint64_t number)
{
	return take_place(a, peer, number, WAITING_SEND, SEND_WAIT_MS);
}

struct waiting *waiting_ask(struct agent *a, const struct local_peer *peer, uint64_t number, enum waiting_kind kind, Lagebus__Control *control, uint64_t *request)
{
	struct waiting *w;
	lb_err e;

	if (!uplink_is_open(&a->uplink)) {
		answer_error(a, peer, number, lb_err_token(LB_CLOSED), "the agent is not connected to a broker; see `lagebus status`");
		return NULL;
	}
	w = take_place(a, peer, number, kind, ANSWER_MS);
	if (!w) {
		answer_refusal(a, peer, number, LB_LIMIT);
		return NULL;
	}
	w->request = *request = ++a->last_request;
	e = uplink_send_control(&a->uplink, control);
	if (e != LB_OK) {
		w->kind = WAITING_NOBODY;
		answer_refusal(a, peer, number, e);
		return NULL;
	}
	return w;
}

void waiting_sent(struct agent *a, const struct lb_uuid *id, const char *reason, const char *text)
{
	for (unsigned i = 0; i < WAITING_MAX; i++) {
		struct waiting *w = &a->waiting[i];

		if (w->kind != WAITING_SEND || memcmp(&w->id, id, sizeof *id) != 0)
			continue;
		w->kind = WAITING_NOBODY;
		if (reason)
			answer_error(a, &w->peer, w->number, reason, text);
		else
			answer_sent(a, &w->peer, w->number, id, true);
	}
}

struct waiting *waiting_question(struct agent *a, enum waiting_kind kind, uint64_t request)
{
	for (unsigned i = 0; i < WAITING_MAX; i++)
		if (a->waiting[i].kind == kind && a->waiting[i].request == request)
			return &a->waiting[i];
	return NULL;
}

static void pass_on(struct agent *a, const struct waiting *w, ProtobufCBinaryData said)
{
	Lagebus__ReceiptsReply receipts = LAGEBUS__RECEIPTS_REPLY__INIT;
	Lagebus__RouteReply route = LAGEBUS__ROUTE_REPLY__INIT;
	Lagebus__ApprovalsReply approvals = LAGEBUS__APPROVALS_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	reply.number = w->number;
	if (w->kind == WAITING_RECEIPTS) {
		receipts.receipts = said;
		reply.body_case = LAGEBUS__REPLY__BODY_RECEIPTS;
		reply.receipts = &receipts;
	} else if (w->kind == WAITING_APPROVALS) {
		approvals.waiting = said;
		reply.body_case = LAGEBUS__REPLY__BODY_APPROVALS;
		reply.approvals = &approvals;
	} else {
		route.route = said;
		reply.body_case = LAGEBUS__REPLY__BODY_ROUTE;
		reply.route = &route;
	}
	answer(a, &w->peer, &reply);
}

void waiting_answered(struct agent *a, enum waiting_kind kind, uint64_t request, const ProtobufCMessage *said)
{
	struct waiting *w = waiting_question(a, kind, request);
	size_t n = protobuf_c_message_get_packed_size(said);
	uint8_t *packed = malloc(n + 1);

	if (w && packed) {
		protobuf_c_message_pack(said, packed);
		pass_on(a, w, (ProtobufCBinaryData){ n, packed });
		w->kind = WAITING_NOBODY;
	}
	free(packed);
}

void waiting_expire(struct agent *a)
{
	for (unsigned i = 0; i < WAITING_MAX; i++) {
		struct waiting *w = &a->waiting[i];

		if (w->kind == WAITING_NOBODY || a->now_ms < w->deadline_ms)
			continue;
		w->kind = WAITING_NOBODY;
		answer_error(a, &w->peer, w->number, lb_err_token(LB_TIMEOUT), "the broker did not answer in time; what was sent stays in the outbox");
	}
}

int64_t waiting_due_ms(const struct agent *a)
{
	int64_t next = INT64_MAX;

	for (unsigned i = 0; i < WAITING_MAX; i++)
		if (a->waiting[i].kind != WAITING_NOBODY && a->waiting[i].deadline_ms < next)
			next = a->waiting[i].deadline_ms;
	return next;
}
