/* Looks at incidents when something has changed or a clock is about to run out: then it is logged, and who watches is shown the incident. */
#ifndef LAGEBUS_AGENT_INCIDENT_WATCH_H
#define LAGEBUS_AGENT_INCIDENT_WATCH_H

#include <stdint.h>

#include "agents/agent/incident_clock.h"

struct agent;

/* What the configuration says. */
struct incident_times incident_watch_times(const struct agent *a);
/* After agent_open, and when what was stored may be something else than what is known. */
void incident_watch_begin(struct agent *a);
/* The clocks may run otherwise than when they were looked at: after agent_open, and when the configuration was read again. */
void incident_watch_anew(struct agent *a);
/* When there is something to look at, by the agent's monotonic clock; INT64_MAX: nothing. */
int64_t incident_watch_due_ms(const struct agent *a);
/* Looks at what there is, within the turn's transaction. */
void incident_watch_go_on(struct agent *a);

#endif
