/* What the log writer does by the clock, between its commits, a little at a time: waits for a second person end, records are looked at anew when the
 * federation's retention has changed, messages whose time is over are purged, records past retention are dropped. */
#ifndef LAGEBUS_BROKER_UPKEEP_H
#define LAGEBUS_BROKER_UPKEEP_H

#include <stdatomic.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "proto/host/retention.h"
#include "broker/append.h"
#include "broker/eras.h"
#include "broker/review.h"

#define UPKEEP_EVERY_MS 1000 /* how often it is to be given a turn at least */

/* The log writer's alone. The first fields are set before upkeep_open, and what they point to outlives it. */
struct upkeep {
	struct append *append;
	struct eras *eras;
	int64_t retention_ms, audit_retention_ms; /* what is older is dropped; 0: never */
	atomic_ullong *dropped; /* counts messages */

	struct review review;
	int64_t drops_due_ms, waits_due_ms, purges_due_ms;
};

/* `keep` is for how long each type is kept, and is only read. LB_OK, LB_CORRUPT, or the log's error. */
lb_err upkeep_open(struct upkeep *u, const struct retention *keep) LB_MUST_CHECK;
/* Types are kept for this long from now on. */
void upkeep_keep(struct upkeep *u, const struct retention *keep, int64_t now_ms);
/* Does what is due, each in transactions of its own; none may be open. What fails is logged and tried again later. */
void upkeep_turn(struct upkeep *u, int64_t now_ms);

#endif
