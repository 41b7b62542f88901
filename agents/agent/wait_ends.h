/* What does not wait for a second person any more, as the broker says it to the origin and to whoever might have approved it: kept, told to who
 * watches, in the status for a week. */
#ifndef LAGEBUS_AGENT_WAIT_ENDS_H
#define LAGEBUS_AGENT_WAIT_ENDS_H

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "proto/control.pb-c.h"

struct agent;

/* The broker says so, perhaps not for the first time. What is none ends the link. */
void wait_ends_take(struct agent *a, const Lagebus__WaitEnded *said);
/* Appends the last week's as the `wait_ends` of a StatusReply, packed. LB_OK, LB_NO_MEMORY, or a store error. */
lb_err wait_ends_list(struct agent *a, struct lb_buf *out) LB_MUST_CHECK;

#endif
