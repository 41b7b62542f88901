/* Where one recipient stands in each lane, and the next bytes for it. */
#include "broker/core/feed.h"

#include <assert.h>
#include <string.h>

#define DIRECT_MIN 8192 /* a run of at least this many bytes is worth a write of its own instead of a copy */

void feed_init(struct feed *f, uint16_t partner)
{
	memset(f, 0, sizeof *f);
	f->partner = partner;
	for (unsigned i = 0; i < LB_LANES; i++)
		f->lane[i].next = 1;
}

static void forget_rest(struct feed *f)
{
	if (f->rest)
		block_unref(f->rest);
	f->rest = NULL;
}

void feed_fini(struct feed *f)
{
	forget_rest(f);
}

void feed_seek(struct feed *f, enum lb_lane lane, uint64_t stored, uint64_t judged, uint64_t had)
{
	struct feed_lane *l = &f->lane[lane];

	assert(judged >= stored);
	l->stored = l->last = stored;
	l->next = judged + 1;
	l->had = had;
}

void feed_skip(struct feed *f, enum lb_lane lane, uint64_t to)
{
	struct feed_lane *l = &f->lane[lane];

	l->last = to;
	l->next = to + 1;
}

bool feed_stored(struct feed *f, enum lb_lane lane, uint64_t position)
{
	struct feed_lane *l = &f->lane[lane];

	if (position < l->stored || position > l->last)
		return false;
	l->stored = position;
	return true;
}

/* The run that holds entry i. */
static uint32_t run_of(const struct block *b, uint32_t i)
{
	uint32_t low = 0, high = b->runs_n;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (b->runs[middle].first <= i)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool may_have(const struct feed *f, const struct block *b, const struct block_run *run, struct router *router)
{
	struct route *route = run->route;

	if (route->generation != federation_generation(router_federation(router))) {
		struct lb_zmtp_message m;
		struct lb_header h;

		/* The rules changed after this block was committed: what counts is who may have it now. */
		if (block_message(b, run->first, &m) || lb_header_decode(m.frames[0].p, m.frames[0].n, &h))
			return false;
		route = router_route(router, PARTNER_NONE, &h);
		if (!route)
			return false;
	}
	return partner_set_has(&route->recipients, f->partner) || (f->mandates && partner_sets_meet(&route->recipients, f->mandates));
}

static bool expired(const struct block_entry *e, uint32_t now_s)
{
	return e->expires_s != 0 && e->expires_s <= now_s;
}

/* Message i is not given to a recipient who might have had it. */
static void leave_out(struct feed_lane *l, const struct block *b, uint32_t i, uint32_t now_s)
{
	uint64_t position = b->first + i;

	if (position > l->had && b->entries[i].expires_s > l->lapse.at_s)
		l->lapse = (struct lapse){ position, now_s };
	l->next = position + 1;
}

static void patch_previous(uint8_t *message, uint64_t previous)
{
	for (unsigned i = 0; i < 8; i++)
		message[2 + LB_DELIVERY_PREVIOUS_AT + i] = (uint8_t)(previous >> (8 * i));
}

static void remember_rest(struct feed *f, struct block *b, uint32_t at, uint32_t end)
{
	f->rest = block_ref(b);
	f->rest_at = at;
	f->rest_end = end;
}

struct gather {
	uint8_t *scratch;
	size_t n;
	uint32_t messages;
};

/* Message i does not follow the one delivered before it: its `previous` is set in a copy. False: the scratch space is full. */
static bool take_patched(struct feed *f, struct block *b, uint32_t i, struct gather *g)
{
	struct feed_lane *l = &f->lane[b->lane];
	uint32_t at = b->entries[i].at, end = b->entries[i + 1].at, copied = end - at;

	if (g->n + copied > FEED_SCRATCH)
		copied = BLOCK_PREFIX;
	if (g->n + copied > FEED_SCRATCH)
		return false;
	memcpy(g->scratch + g->n, b->data + at, copied);
	patch_previous(g->scratch + g->n, l->last);
	g->n += copied;
	g->messages++;
	l->last = b->first + i;
	l->next = l->last + 1;
	if (at + copied < end)
		remember_rest(f, b, at + copied, end);
	return true;
}

/* Messages [i, j) follow each other as the block has them. */
static void take_run(struct feed *f, struct block *b, uint32_t i, uint32_t j, struct gather *g)
{
	struct feed_lane *l = &f->lane[b->lane];
	uint32_t at = b->entries[i].at, end = b->entries[j].at;

	if (end - at >= DIRECT_MIN || g->n + (end - at) > FEED_SCRATCH) {
		remember_rest(f, b, at, end);
	} else {
		memcpy(g->scratch + g->n, b->data + at, end - at);
		g->n += end - at;
	}
	g->messages += j - i;
	l->last = b->first + j - 1;
	l->next = l->last + 1;
}

struct feed_bytes feed_gather(struct feed *f, struct block *b, struct router *router, uint32_t now_s, uint8_t scratch[FEED_SCRATCH], uint32_t *messages)
{
	struct feed_lane *l = &f->lane[b->lane];
	struct gather g = { scratch, 0, 0 };
	uint32_t i = (uint32_t)(l->next - b->first), r = run_of(b, i);

	/* A clock that was set back must not make a lapse say what is not so. */
	if (now_s < l->lapse.at_s)
		now_s = l->lapse.at_s;
	/* Nor bring back what is purged. */
	if (now_s < b->purged_s)
		now_s = b->purged_s;
	while (i < b->count && !f->rest) {
		uint32_t end = r + 1 < b->runs_n ? b->runs[r + 1].first : b->count, j = i;

		if (i == end) {
			r++;
			continue;
		}
		if (!may_have(f, b, &b->runs[r], router)) {
			l->next = b->first + end;
			i = end;
			continue;
		}
		while (j < end && !expired(&b->entries[j], now_s))
			j++;
		if (j == i) {
			leave_out(l, b, i++, now_s);
		} else if (l->last + 1 != b->first + i) {
			if (!take_patched(f, b, i++, &g))
				break;
		} else {
			take_run(f, b, i, j, &g);
			i = j;
		}
	}
	*messages = g.messages;
	return (struct feed_bytes){ scratch, g.n };
}

struct feed_bytes feed_rest(const struct feed *f, size_t max)
{
	struct feed_bytes out = { NULL, 0 };

	if (!f->rest)
		return out;
	out.p = f->rest->data + f->rest_at;
	out.n = f->rest_end - f->rest_at;
	if (out.n > max)
		out.n = max;
	return out;
}

void feed_rest_taken(struct feed *f, size_t n)
{
	f->rest_at += (uint32_t)n;
	if (f->rest_at == f->rest_end)
		forget_rest(f);
}
