/* The clocks of an incident (BSIG section 32, or what the Land's own rules say): first report, update and final report, or a progress
 * report instead of that while it goes on. Pure. */
#ifndef LAGEBUS_AGENT_INCIDENT_CLOCK_H
#define LAGEBUS_AGENT_INCIDENT_CLOCK_H

#include <stdint.h>

#include "lagebus/err.h"
#include "proto/local.pb-c.h"

/* All in ms. */
struct incident_times {
	int64_t first, update; /* from knowledge on */
	int64_t final;         /* from the update, or the last progress report, on */
	int64_t warn;          /* before the end of each */
};

/* "24 h", "30 d", "90 min", at most ten years. LB_OK or LB_INVALID. */
lb_err incident_time_parse(const char *text, int64_t *ms) LB_MUST_CHECK;
/* Sets when the clocks of a derived incident are due and how they stand. */
void incident_clocks_set(Lagebus__Incident *i, const struct incident_times *t, int64_t now_ms);
/* When the next of them gets from running to soon, or from that to overdue; INT64_MAX: never. */
int64_t incident_clocks_next(const Lagebus__Incident *i, const struct incident_times *t);

#endif
