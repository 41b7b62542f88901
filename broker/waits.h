/* The end of what waits for a second person in vain: its time is over, or its exercise is. And what became of messages is forgotten in the end.
 * The log writer's thread. */
#ifndef LAGEBUS_BROKER_WAITS_H
#define LAGEBUS_BROKER_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/append.h"
#include "lagebus/limits.h"

#define WAITS_AT_ONCE 64 /* rows of each kind that are settled in one transaction */
#define WAITS_SETTLED_MS ((int64_t)90 * 24 * 60 * 60 * 1000) /* what became of a message is known for this long */

/* What was not sent, who signed it, and by which rule: LB_NEEDS_APPROVAL (nobody approved it in time), LB_EXERCISE_UNKNOWN (its exercise is over). */
struct waits_ended {
	unsigned n;
	struct {
		struct lb_uuid id;
		lb_err rule;
		char signer[LB_SPIFFE_ID_MAX + 1];
	} one[WAITS_AT_ONCE];
};

/* Within a transaction of its own: *changed says whether there is something to commit. LB_OK or the log's error. */
lb_err waits_end(struct append *a, int64_t now_ms, struct waits_ended *ended, bool *changed) LB_MUST_CHECK;

#endif
