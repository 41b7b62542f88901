/* A feed: where one recipient stands in each lane, and the next bytes for it. Pure: blocks in, byte spans out. */
#ifndef LAGEBUS_BROKER_CORE_FEED_H
#define LAGEBUS_BROKER_CORE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/core/block.h"
#include "broker/core/lapse.h"
#include "broker/core/route.h"

#define FEED_SCRATCH 65536 /* bytes of the scratch space that feed_take needs */

struct feed_lane {
	uint64_t next;   /* the position to look at next */
	uint64_t last;   /* the position delivered last: the next delivery's `previous` */
	uint64_t stored; /* what the recipient has acknowledged */
	uint64_t had;    /* what it had acknowledged before; up to here its lapses stay as they are */
	struct lapse lapse; /* the newest */
};

/* Invariant, per lane: stored <= last < next. */
struct feed {
	struct feed_lane lane[LB_LANES];
	uint16_t partner;
	const struct partner_set *mandates; /* further partners that the recipient acts for; NULL: none. The caller's */
	struct block *rest; /* a reference: bytes [rest_at, rest_end) of it go out before anything else */
	uint32_t rest_at, rest_end;
};

void feed_init(struct feed *f, uint16_t partner);
void feed_fini(struct feed *f);
/* Continues a lane behind `stored`; positions up to `judged` (>= stored) hold nothing for the recipient. */
void feed_seek(struct feed *f, enum lb_lane lane, uint64_t stored, uint64_t judged, uint64_t had);
/* Positions up to `to` are no longer kept: moves behind them. */
void feed_skip(struct feed *f, enum lb_lane lane, uint64_t to);
/* The recipient has stored everything up to a position. False: it cannot have (never delivered, or it goes backwards). */
bool feed_stored(struct feed *f, enum lb_lane lane, uint64_t position);

/* Bytes to send. */
struct feed_bytes {
	const uint8_t *p;
	size_t n;
};

/* Goes through `b`, which holds lane.next, until the scratch space is full, a rest is there, or the block ends: small and patched
 * messages are gathered in scratch (what is returned), and after them long runs stand in the rest, without a copy. *messages
 * counts what is for the recipient in both. Routes of another generation than the router's are asked for again. What has expired is left out: the lane may
 * have one more lapse then. */
struct feed_bytes feed_gather(struct feed *f, struct block *b, struct router *router, uint32_t now_s, uint8_t scratch[FEED_SCRATCH], uint32_t *messages);
/* The rest, at most max bytes of it; n is 0 if there is none. It goes out before anything else; say what was taken. */
struct feed_bytes feed_rest(const struct feed *f, size_t max);
void feed_rest_taken(struct feed *f, size_t n);

#endif
