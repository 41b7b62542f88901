/* Digital-violence cases are deleted when a person has acknowledged them, and when their time is over. */
#ifndef LAGEBUS_AGENT_ERASING_H
#define LAGEBUS_AGENT_ERASING_H

#include <stdint.h>

#include "lagebus/uuid.h"
#include "lagebus/err.h"

struct agent;

/* Deletes a message's content in this turn's transaction, for good when that is committed. LB_OK or a store error. */
lb_err erasing_take(struct agent *a, const struct lb_uuid *id) LB_MUST_CHECK;
/* Deletes the cases whose time is over, when it is time to look: at this time of the agent's clock. */
int64_t erasing_due_ms(const struct agent *a);
void erasing_go_on(struct agent *a);
/* After the commit: what was deleted is overwritten in SQLite's own log, too. */
void erasing_finish(struct agent *a);

#endif
