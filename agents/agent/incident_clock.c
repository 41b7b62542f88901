/* The clocks of an incident. */
#include "agents/agent/incident_clock.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)
#define LONGEST_MS (INT64_C(3653) * 24 * 60 * MINUTE_MS)

lb_err incident_time_parse(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "min", MINUTE_MS }, { "h", 60 * MINUTE_MS }, { "d", 24 * 60 * MINUTE_MS } };
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || text[0] < '0' || text[0] > '9' || n < 1)
		return LB_INVALID;
	end += strspn(end, " ");
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (strcmp(end, units[i].unit) == 0 && n <= LONGEST_MS / units[i].ms) {
			*ms = n * units[i].ms;
			return LB_OK;
		}
	return LB_INVALID;
}

static unsigned state_of(const Lagebus__Incident *i, const Lagebus__IncidentClock *c, int64_t warn_ms, int64_t now_ms)
{
	if (c->met)
		return c->met > c->due ? LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_LATE : LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_MET;
	if (i->closed)
		return LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_STOPPED;
	if (now_ms >= c->due)
		return LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_OVERDUE;
	return now_ms >= c->due - warn_ms ? LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_SOON
	                                  : LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_RUNS;
}

void incident_clocks_set(Lagebus__Incident *i, const struct incident_times *t, int64_t now_ms)
{
	int64_t known_ms = i->report->known_at ? i->report->known_at : i->created, update_ms = known_ms + t->update;

	for (size_t k = 0; k < i->n_clocks; k++) {
		Lagebus__IncidentClock *c = i->clocks[k];

		switch (c->stage) {
		case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST:
			c->since = known_ms;
			c->due = known_ms + t->first;
			break;
		case LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE:
			c->since = known_ms;
			c->due = update_ms;
			update_ms = c->met ? c->met : c->due;
			break;
		default:
			c->since = c->since ? c->since : update_ms;
			c->due = c->since + t->final;
			break;
		}
		c->state = state_of(i, c, t->warn, now_ms);
	}
}

int64_t incident_clocks_next(const Lagebus__Incident *i, const struct incident_times *t)
{
	int64_t next = INT64_MAX;

	for (size_t k = 0; k < i->n_clocks; k++) {
		const Lagebus__IncidentClock *c = i->clocks[k];
		int64_t at = c->state == LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_RUNS ? c->due - t->warn : c->due;

		if (c->state <= LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_SOON && at < next)
			next = at;
	}
	return next;
}
