/* A publish on its way in: checked, routed, put into a block for the writer, and answered when its commit is on disk. */
#include "broker/publish.h"

#include <stdlib.h>
#include <string.h>

#include "proto/host/policy.h"
#include "proto/host/log.h"
#include "broker/audit_event.h"
#include "broker/core/block.h"
#include "broker/core/deadline.h"
#include "broker/core/route.h"
#include "broker/approvals.h"
#include "broker/control.h"
#include "broker/deed_publish.h"
#include "broker/exercises.h"
#include "broker/lookup.h"
#include "broker/recalls.h"
#include "broker/receipts.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/classified.h"
#include "lagebus/failpoint.h"
#include "lagebus/sealed.h"
#include "lagebus/level_clock.h"
#include "lagebus/message_type.h"
#include "proto/control.pb-c.h"

#define CLOCK_SKEW_MS (10 * 60 * 1000) /* a message may be this much from the future */
#define REFUSALS_A_TICK 64             /* refusals of a tick that are told one by one: whoever is refused in a loop must fill neither audit nor log */
#define ANSWER_IDS 1024                /* ids in one Accepted */

/* In the log and in the audit; `type` 0: it is not known any more. */
static void tell_refusal(struct worker *w, const struct session *s, const struct lb_uuid *id, unsigned type, lb_err rule)
{
	bool one_by_one = w->refused++ < REFUSALS_A_TICK;
	char text[LB_UUID_TEXT];

	if (one_by_one) {
		lb_uuid_format(id, text);
		log_event(LOG_WARN, "publish_refused", "agent=%s id=%s type=%s rule=%s", s->agent, text, lb_type_name(type) ? lb_type_name(type) : "unknown",
		          lb_err_token(rule));
	}
	/* A full disk is not filled further by telling of it. */
	if (rule == LB_DISK_FULL)
		return;
	if (one_by_one)
		publish_tell(w, w->routine, audit_refused(s->agent, id, type, rule));
	else
		w->untold++;
}

static void refuse(struct worker *w, struct session *s, const struct lb_uuid *id, lb_err reason, const char *text)
{
	Lagebus__Refused refused = LAGEBUS__REFUSED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	refused.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	refused.reason = (char *)lb_err_token(reason);
	refused.text = (char *)text;
	control.body_case = LAGEBUS__CONTROL__BODY_REFUSED;
	control.refused = &refused;
	metric_add(&w->metrics.refused, 1);
	control_send(w, s, &control);
}

static void refuse_and_tell(struct worker *w, struct session *s, const struct lb_header *h, lb_err reason)
{
	char text[POLICY_TEXT];

	policy_explain(router_federation(w->router), h, reason, text);
	tell_refusal(w, s, &h->id, h->type, reason);
	refuse(w, s, &h->id, reason, text);
}

static lb_err check_frames(const struct lb_zmtp_message *m)
{
	if (m->frames[0].n > LB_HEADER_MAX || m->frames[1].n > LB_PAYLOAD_MAX || m->frames[2].n > LB_SIGNATURE_MAX)
		return LB_ZMTP_TOO_BIG;
	return m->frames[2].n == 0 ? LB_BAD_SIGNATURE : LB_OK;
}

static lb_err check_times(const struct worker *w, const struct lb_header *h)
{
	if (h->created_ms > w->now_ms + CLOCK_SKEW_MS)
		return LB_BAD_TIME;
	return h->expires_ms != 0 && h->expires_ms <= w->now_ms ? LB_EXPIRED : LB_OK;
}

/* Of the texts in a header only this one is a person's own. */
static lb_err check_name(const struct lb_header *h)
{
	return h->exercise_name.n > 0 && lb_text_is_classified(h->exercise_name.p, h->exercise_name.n) ? LB_CLASSIFIED : LB_OK;
}

lb_err publish_check_header(const struct worker *w, const struct lb_header *h)
{
	lb_err e = check_times(w, h);

	if (e == LB_OK)
		e = check_name(h);
	return e == LB_OK ? lb_header_check_clock(h) : e;
}

void publish_count(struct worker *w, struct session *s, size_t n)
{
	s->in_flight += n;
	s->published += n;
	w->in_flight += n;
	if (session_is_held(w, s))
		metric_add(&w->metrics.throttled, 1);
}

static lb_err fill(struct worker *w, struct session *s, const struct lb_zmtp_message *m, const struct lb_header *h, struct route *route)
{
	enum lb_lane lane = (enum lb_lane)h->lane;
	struct block_publish publish = { h->id, s->handle, s->generation, (uint32_t)m->raw_n, !lb_header_is_real(h), LB_OK };
	lb_err e;

	if (w->filling[lane] && !block_fits(w->filling[lane], m->raw_n))
		publish_flush_lane(w, lane);
	if (!w->filling[lane])
		w->filling[lane] = block_new(lane, w->index);
	if (!w->filling[lane])
		return LB_NO_MEMORY;
	e = block_append(w->filling[lane], m->raw, m->raw_n, h->expires_ms, route, &publish);
	if (e != LB_OK)
		return e;
	w->filling[lane]->awaited |= deadline_is_set(h);
	block_due(w->filling[lane], retention_until(federation_retention(router_federation(w->router)), h));
	publish_count(w, s, m->raw_n);
	return LB_OK;
}

static bool refers(const struct lb_header *h)
{
	return h->has_thread || h->has_supersedes || h->type == LB_TYPE_RECEIPT || exercises_concern(h);
}

/* The route of what waits for a second person has no recipients yet; its exercise is asked of now all the same. */
static lb_err check_exercise(struct worker *w, uint16_t sender, const struct lb_header *h, struct lb_frame payload, const struct route *route)
{
	struct partner_set recipients = route->recipients;

	if (route->admitted == LB_NEEDS_APPROVAL)
		policy_recipients(router_federation(w->router), h, &recipients);
	return exercises_take(w, sender, h, payload, &recipients);
}

static lb_err check_references(struct worker *w, uint16_t sender, const struct lb_header *h, struct lb_frame payload, const struct route *route)
{
	lb_err e = lookup_label(w, h);

	return e == LB_OK && exercises_concern(h) ? check_exercise(w, sender, h, payload, route) : e;
}

static lb_err take_receipt(struct worker *w, struct session *s, uint16_t sender, const struct lb_zmtp_message *m, const struct lb_header *h,
                           struct route *route)
{
	struct deed *deed;
	lb_err e = receipts_take(w, s, sender, h, m->frames[1], &deed);

	if (e != LB_OK)
		return e;
	return deed ? deed_publish(w, s, h, m, deed, NULL) : fill(w, s, m, h, route);
}

/* What a message has to do with others, whose answers ask the router: the route is the one of this. */
static lb_err take_special(struct worker *w, struct session *s, uint16_t sender, const struct lb_zmtp_message *m, const struct lb_header *h,
                           struct route *route)
{
	lb_err e = check_references(w, sender, h, m->frames[1], route);

	if (e != LB_OK)
		return e;
	if (route->admitted == LB_NEEDS_APPROVAL)
		return approvals_hold(w, s, h, m);
	if (h->type == LB_TYPE_RECEIPT)
		return take_receipt(w, s, sender, m, h, route);
	if (h->type == LB_TYPE_APPROVAL)
		return approvals_take(w, s, sender, h, m);
	if (h->type == LB_TYPE_RECALL)
		return recalls_take(w, s, h, m);
	return fill(w, s, m, h, route);
}

static bool is_special(const struct lb_header *h, const struct route *route)
{
	return refers(h) || route->admitted == LB_NEEDS_APPROVAL || h->type == LB_TYPE_APPROVAL || h->type == LB_TYPE_RECALL;
}

void publish_receive(struct worker *w, struct session *s, const struct lb_zmtp_message *m)
{
	struct lb_header h;
	struct route *route;
	uint16_t sender;
	lb_err e = check_frames(m);

	if (e == LB_OK)
		e = lb_header_decode(m->frames[0].p, m->frames[0].n, &h);
	if (e != LB_OK) {
		/* Without a header there is no id to answer to. */
		metric_add(&w->metrics.protocol_errors, 1);
		session_fail(w, s, e, NULL);
		return;
	}
	s->tokens -= TICKS_A_SECOND;
	sender = policy_sender(router_federation(w->router), s->partner, s->mandates, &h);
	route = router_route(w->router, sender, &h);
	e = !route ? LB_NO_MEMORY : route->admitted == LB_NEEDS_APPROVAL ? LB_OK : route->admitted;
	if (e == LB_OK)
		e = lb_sealed_check(&h, m->frames[1]);
	if (e == LB_OK)
		e = publish_check_header(w, &h);
	if (e == LB_OK && !journal_has_room(w->journal))
		e = LB_DISK_FULL;
	if (e == LB_OK && is_special(&h, route)) {
		route_ref(route);
		e = take_special(w, s, sender, m, &h, route);
		if (e != LB_OK)
			exercises_settle(w, &h.id);
		route_unref(route);
	} else if (e == LB_OK) {
		e = fill(w, s, m, &h, route);
	}
	if (e != LB_OK)
		refuse_and_tell(w, s, &h, e);
}

void publish_flush_lane(struct worker *w, enum lb_lane lane)
{
	struct block *b = w->filling[lane];

	/* What cannot be handed over now (memory is out) is tried again on the next turn. */
	if (b && channel_send(lane == LB_LANE_URGENT ? w->urgent : w->routine, (struct channel_item){ WRITER_BLOCK, b }) == LB_OK)
		w->filling[lane] = NULL;
}

void publish_flush(struct worker *w)
{
	publish_flush_lane(w, LB_LANE_URGENT);
	publish_flush_lane(w, LB_LANE_ROUTINE);
}

static void hand_over(struct worker *w, struct channel_end *to, unsigned kind, void *p)
{
	if (!p || channel_send(to, (struct channel_item){ kind, p }) != LB_OK) {
		log_event(LOG_ERROR, "out_of_memory", "worker=%u", w->index);
		free(p);
	}
}

void publish_note(struct worker *w, struct channel_end *to, struct note *note)
{
	hand_over(w, to, WRITER_NOTE, note);
}

void publish_tell(struct worker *w, struct channel_end *to, struct audit_event *event)
{
	hand_over(w, to, WRITER_EVENT, event);
}

void publish_tick(struct worker *w)
{
	if (w->refused > REFUSALS_A_TICK)
		log_event(LOG_WARN, "publishes_refused", "worker=%u more=%llu", w->index, (unsigned long long)(w->refused - REFUSALS_A_TICK));
	if (w->untold > 0)
		publish_tell(w, w->routine, audit_refused_more(w->untold));
	w->refused = w->untold = 0;
}

static void accept_ids(struct worker *w, struct session *s, ProtobufCBinaryData *ids, size_t n)
{
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	if (n == 0)
		return;
	accepted.ids = ids;
	accepted.n_ids = n;
	control.body_case = LAGEBUS__CONTROL__BODY_ACCEPTED;
	control.accepted = &accepted;
	LB_FAIL_POINT("broker-before-accepted");
	control_send(w, s, &control);
	LB_FAIL_POINT("broker-after-accepted");
}

/* Answers publishes [from, to), which are one session's. */
static void answer_session(struct worker *w, struct session *s, struct block_publish *p, uint32_t n)
{
	ProtobufCBinaryData ids[ANSWER_IDS];
	size_t accepted = 0;

	for (uint32_t i = 0; i < n; i++) {
		s->in_flight -= p[i].bytes;
		if (p[i].result != LB_OK) {
			tell_refusal(w, s, &p[i].id, 0, p[i].result);
			refuse(w, s, &p[i].id, p[i].result, lb_err_text(p[i].result));
			continue;
		}
		metric_add(p[i].exercise ? &w->metrics.published_exercise : &w->metrics.published, 1);
		metric_add(&w->metrics.published_bytes, p[i].bytes);
		ids[accepted++] = (ProtobufCBinaryData){ sizeof p[i].id.b, p[i].id.b };
		if (accepted == ANSWER_IDS) {
			accept_ids(w, s, ids, accepted);
			accepted = 0;
		}
	}
	accept_ids(w, s, ids, accepted);
	session_queue(w, s);
}

void publish_answer(struct worker *w, struct block *b)
{
	struct block_publish *p = b->publishes;

	for (uint32_t i = 0; w->exercises.pending_n > 0 && i < b->publishes_n; i++)
		exercises_settle(w, &p[i].id);
	for (uint32_t i = 0, n; i < b->publishes_n; i += n) {
		struct session *s = session_find(w, p[i].session, p[i].generation);

		for (n = 0; i + n < b->publishes_n && p[i + n].session == p[i].session && p[i + n].generation == p[i].generation; n++)
			w->in_flight -= p[i + n].bytes;
		if (s && s->state == SESSION_OPEN) {
			answer_session(w, s, p + i, n);
			if (b->lane == LB_LANE_URGENT)
				session_hurry(w, s);
		}
	}
}
