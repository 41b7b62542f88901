/* Messages on their way out: from the tail for a session that is up to date, from the log for one that lags. */
#include "broker/deliver.h"

#include "proto/host/log.h"
#include "broker/core/block.h"
#include "broker/control.h"
#include "broker/cursor.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "proto/control.pb-c.h"

#define PIECE (32 * 1024)     /* bytes encrypted at once: after each, what is urgent goes first */
#define LOOKS_MAX 32          /* blocks looked at in one turn, so that one who gets little does not hold up the others */

void deliver_forget(struct worker *w)
{
	for (unsigned lane = 0; lane < LB_LANES; lane++)
		for (unsigned i = 0; i < CATCHUP_BLOCKS; i++) {
			if (w->catchup[lane][i])
				block_unref(w->catchup[lane][i]);
			w->catchup[lane][i] = NULL;
		}
}

static struct block *find_remembered(struct worker *w, enum lb_lane lane, uint64_t position)
{
	for (unsigned i = 0; i < CATCHUP_BLOCKS; i++) {
		struct block *b = w->catchup[lane][i];

		if (b && b->first <= position && position < block_end(b))
			return b;
	}
	return NULL;
}

static lb_err read_block(struct worker *w, enum lb_lane lane, uint64_t position, struct block **out)
{
	struct block *b = NULL, **slot;
	uint64_t first;
	lb_err e = journal_read(w->reader, lane, position, &w->record, &first);

	if (e == LB_OK)
		e = block_record_read(lane, first, &w->record, &b);
	if (e == LB_OK)
		e = block_route(b, w->router);
	if (e != LB_OK) {
		if (b)
			block_unref(b);
		return e;
	}
	metric_add(&w->metrics.catchup_records, 1);
	slot = &w->catchup[lane][w->catchup_next[lane]++ % CATCHUP_BLOCKS];
	if (*slot)
		block_unref(*slot);
	*slot = *out = b;
	return LB_OK;
}

lb_err deliver_find(struct worker *w, enum lb_lane lane, uint64_t position, struct block **out)
{
	struct block *b = tail_find(&w->tail[lane], position);

	if (!b)
		b = find_remembered(w, lane, position);
	if (!b)
		return read_block(w, lane, position, out);
	*out = b;
	return LB_OK;
}

static void announce_gap(struct worker *w, struct session *s, enum lb_lane lane, uint64_t to)
{
	Lagebus__Gap gap = LAGEBUS__GAP__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	gap.lane = lane;
	gap.from = s->feed.lane[lane].next;
	gap.to = to;
	control.body_case = LAGEBUS__CONTROL__BODY_GAP;
	control.gap = &gap;
	control_send(w, s, &control);
	feed_skip(&s->feed, lane, to);
	metric_add(&w->metrics.gaps, 1);
	log_event(LOG_WARN, "gap", "agent=%s lane=%d to=%llu", s->agent, (int)lane, (unsigned long long)to);
}

static bool lane_is_due(const struct worker *w, const struct session *s, enum lb_lane lane)
{
	return s->feed.lane[lane].next <= w->tail[lane].last;
}

bool deliver_is_due(const struct worker *w, const struct session *s)
{
	return s->state == SESSION_OPEN && !s->publish_only &&
	       (s->feed.rest || lane_is_due(w, s, LB_LANE_URGENT) || lane_is_due(w, s, LB_LANE_ROUTINE));
}

bool deliver_is_urgent(const struct worker *w, const struct session *s)
{
	return s->state == SESSION_OPEN && !s->publish_only && lane_is_due(w, s, LB_LANE_URGENT);
}

static lb_err gather(struct worker *w, struct session *s, enum lb_lane lane)
{
	struct block *b;
	struct feed_bytes bytes;
	uint64_t lapse = s->feed.lane[lane].lapse.from;
	uint32_t messages;
	lb_err e = deliver_find(w, lane, s->feed.lane[lane].next, &b);

	if (e == LB_NOT_FOUND) {
		announce_gap(w, s, lane, w->tail[lane].last); /* nothing that the lane had is kept */
		return LB_OK;
	}
	if (e != LB_OK)
		return e;
	if (b->first > s->feed.lane[lane].next)
		announce_gap(w, s, lane, b->first - 1);
	bytes = feed_gather(&s->feed, b, w->router, (uint32_t)(w->now_ms / 1000), w->scratch, &messages);
	if (s->feed.lane[lane].lapse.from != lapse)
		cursor_lapsed(w, s, lane);
	s->cursor_changed |= messages > 0;
	metric_add(&w->metrics.delivered, messages);
	metric_add(&w->metrics.delivered_bytes, bytes.n);
	return bytes.n > 0 ? lb_link_write(s->link, bytes.p, bytes.n) : LB_OK;
}

static lb_err write_rest(struct worker *w, struct session *s)
{
	struct feed_bytes bytes = feed_rest(&s->feed, PIECE);
	lb_err e = lb_link_write(s->link, bytes.p, bytes.n);

	if (e != LB_OK)
		return e;
	feed_rest_taken(&s->feed, bytes.n);
	metric_add(&w->metrics.delivered_bytes, bytes.n);
	return s->feed.rest ? LB_OK : session_say_later(s);
}

/* The next piece of what is due. False: the session is closed for it. */
static bool feed_one(struct worker *w, struct session *s)
{
	lb_err e = s->feed.rest ? write_rest(w, s) : gather(w, s, lane_is_due(w, s, LB_LANE_URGENT) ? LB_LANE_URGENT : LB_LANE_ROUTINE);

	if (e == LB_OK)
		return true;
	if (e != LB_NO_MEMORY)
		log_event(LOG_ERROR, "log_unreadable", "agent=%s reason=%s", s->agent, lb_err_token(e));
	session_fail(w, s, e, NULL);
	return false;
}

/* True: it has enough for this turn. */
static bool is_full(const struct session *s, unsigned looks)
{
	return lb_buf_len(lb_link_output(s->link)) >= OUTPUT_TARGET || looks >= LOOKS_MAX;
}

bool deliver(struct worker *w, struct session *s)
{
	for (unsigned looks = 0; deliver_is_due(w, s); looks++) {
		if (is_full(s, looks))
			return true;
		if (!feed_one(w, s))
			return false;
	}
	return false;
}

void deliver_urgent(struct worker *w, struct session *s)
{
	for (unsigned looks = 0; deliver_is_urgent(w, s) && !is_full(s, looks); looks++)
		if (!feed_one(w, s))
			return;
}
