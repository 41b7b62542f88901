/* What the broker says of deadlines: stored, logged and shown to whoever watches. */
#ifndef LAGEBUS_AGENT_DEADLINES_H
#define LAGEBUS_AGENT_DEADLINES_H

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "proto/control.pb-c.h"

struct agent;

/* The link is up: what is said of deadlines on it is newer than all before. */
void deadlines_link(struct agent *a);
void deadlines_reminder(struct agent *a, const Lagebus__Reminder *said);
void deadlines_overdue(struct agent *a, const Lagebus__Overdue *said);
/* Appends what is open to `out` as the field `open` of a packed StatusReply. LB_OK, LB_NO_MEMORY, or a store error. */
lb_err deadlines_list(struct agent *a, struct lb_buf *out) LB_MUST_CHECK;

#endif
