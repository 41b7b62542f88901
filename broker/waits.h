/* The end of what waits for a second person in vain: its time is over, or its exercise is. And what became of messages is forgotten in the end.
 * The log writer's thread. */
#ifndef LAGEBUS_BROKER_WAITS_H
#define LAGEBUS_BROKER_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/append.h"

#define WAITS_AT_ONCE 64 /* rows of each kind that are settled in one transaction */
#define WAITS_SETTLED_MS ((int64_t)90 * 24 * 60 * 60 * 1000) /* what became of a message is known for this long */

/* Within a transaction of its own, for which it gives the audit what ended: *changed says whether there is something to commit. LB_OK or the log's error. */
lb_err waits_end(struct append *a, int64_t now_ms, bool *changed) LB_MUST_CHECK;

#endif
