/* Looks at incidents when something has changed or a clock is about to run out. */
#include "agents/agent/incident_watch.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"
#include "agents/agent/incident_store.h"
#include "proto/host/log.h"

#define LOOKS_A_TURN 64
#define AGAIN_MS 1000 /* after the store refused */
#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

static int64_t time_of(const char *text)
{
	int64_t ms = 0;

	return incident_time_parse(text, &ms) == LB_OK ? ms : 0;
}

struct incident_times incident_watch_times(const struct agent *a)
{
	const struct settings *s = &a->settings;

	return (struct incident_times){ time_of(s->incident_first), time_of(s->incident_update), time_of(s->incident_final), time_of(s->incident_warn) };
}

void incident_watch_begin(struct agent *a)
{
	a->incidents_changed = true;
}

void incident_watch_anew(struct agent *a)
{
	lb_err e = incident_store_touch_open(&a->store);

	if (e != LB_OK)
		log_event(LOG_ERROR, "incidents_unreadable", "reason=%s detail=%s", lb_err_token(e), a->store.why);
	incident_watch_begin(a);
}

int64_t incident_watch_due_ms(const struct agent *a)
{
	int64_t left;

	if (a->incidents_changed)
		return a->now_ms;
	if (a->incidents_next_ms == INT64_MAX)
		return INT64_MAX;
	left = a->incidents_next_ms - agent_clock_ms();
	return a->now_ms + (left > 0 ? left : 0);
}

static const char *name_of(unsigned stage)
{
	return stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST ? "first" : stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE ? "update" : "final";
}

static void log_clock(const Lagebus__Incident *i, const Lagebus__IncidentClock *c, int64_t now_ms)
{
	struct lb_uuid id;
	char text[LB_UUID_TEXT];

	memcpy(id.b, i->id.data, sizeof id.b);
	lb_uuid_format(&id, text);
	log_event(LOG_WARN, c->state == LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_OVERDUE ? "incident_overdue" : "incident_due",
	          "incident=%s report=%s minutes=%lld lead=%s", text, name_of(c->stage), (long long)((c->due - now_ms) / 60000), i->lead);
}

/* Who watches incident reports, or everything, is shown it. It is real: an exercise has no clock (look_at). */
static void show(struct agent *a, Lagebus__Incident *i)
{
	Lagebus__IncidentsReply incidents = LAGEBUS__INCIDENTS_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	incidents.incidents = &i;
	incidents.n_incidents = 1;
	reply.more = true;
	reply.body_case = LAGEBUS__REPLY__BODY_INCIDENTS;
	reply.incidents = &incidents;
	for (unsigned k = 0; k < WATCHERS_MAX; k++) {
		struct watcher *w = &a->watchers[k];

		if (!w->here || (w->type && w->type != LB_TYPE_INCIDENT_REPORT) || (w->area && w->area != i->area))
			continue;
		reply.number = w->number;
		answer(a, &w->peer, &reply);
	}
}

/* Says what was not said yet. A clock that runs anew can run out anew. */
static uint32_t say(struct agent *a, Lagebus__Incident *i, uint32_t said, int64_t now_ms)
{
	uint32_t before = said;

	for (size_t k = 0; k < i->n_clocks && k < 8; k++) {
		const Lagebus__IncidentClock *c = i->clocks[k];
		uint32_t soon = UINT32_C(1) << 2 * k, overdue = soon << 1;

		if (c->state == LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_SOON && !(said & soon)) {
			log_clock(i, c, now_ms);
			said |= soon;
		} else if (c->state == LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_OVERDUE && !(said & overdue)) {
			log_clock(i, c, now_ms);
			said |= soon | overdue;
		} else if (c->state == LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_RUNS) {
			said &= ~(soon | overdue);
		}
	}
	if (said & ~before)
		show(a, i);
	return said;
}

/* Nothing has come for it for so long that it is thought to be over, though nobody has closed it: whoever keeps it hears that before it is deleted. Returns when
 * to look again. */
static int64_t judge_idle(struct agent *a, Lagebus__Incident *i, int64_t *idle_said_ms, int64_t now_ms)
{
	int64_t idle_ms = i->changed + time_of(a->settings.incident_idle);
	struct lb_uuid id;
	char text[LB_UUID_TEXT];

	if (i->closed || now_ms < idle_ms) {
		*idle_said_ms = 0;
		incident_store_set_end(&a->store, i, 0);
		return i->closed ? INT64_MAX : idle_ms;
	}
	if (*idle_said_ms > 0)
		return INT64_MAX;
	*idle_said_ms = now_ms;
	incident_store_set_end(&a->store, i, now_ms);
	memcpy(id.b, i->id.data, sizeof id.b);
	lb_uuid_format(&id, text);
	log_event(LOG_WARN, "incident_idle", "incident=%s lead=%s days=%lld days_left=%lld exercise=%d detail=%s", text, i->lead,
	          (long long)((now_ms - i->changed) / DAY_MS), (long long)((i->ends - now_ms) / DAY_MS), i->exercise,
	          "it was never closed, and is deleted if nothing more comes for it");
	show(a, i);
	return INT64_MAX;
}

static lb_err look_at(struct agent *a, const struct lb_uuid *id, const struct incident_times *t, int64_t now_ms)
{
	Lagebus__Incident *i = NULL;
	struct incident_said said = { .clocks = 0 };
	int64_t look_ms = INT64_MAX;
	lb_err e = incident_store_load(&a->store, id, t, now_ms, &i);

	if (e == LB_NOT_FOUND)
		e = LB_OK;
	if (e == LB_OK)
		e = incident_store_said(&a->store, id, &said);
	if (e == LB_OK && i && !i->exercise)
		said.clocks = say(a, i, said.clocks, now_ms);
	if (e == LB_OK && i)
		look_ms = judge_idle(a, i, &said.idle_ms, now_ms);
	if (e == LB_OK)
		e = agent_begin(a);
	if (e == LB_OK)
		e = incident_store_save(&a->store, id, i, t, &said, look_ms);
	if (i)
		lagebus__incident__free_unpacked(i, NULL);
	return e;
}

void incident_watch_go_on(struct agent *a)
{
	struct incident_times t = incident_watch_times(a);
	int64_t now_ms = agent_clock_ms();
	lb_err e = LB_OK;

	if (a->now_ms < incident_watch_due_ms(a))
		return;
	for (unsigned k = 0; e == LB_OK && k < LOOKS_A_TURN; k++) {
		struct lb_uuid id;

		e = incident_store_changed(&a->store, &id);
		if (e == LB_NOT_FOUND)
			e = incident_store_due(&a->store, now_ms, &id);
		if (e == LB_OK)
			e = look_at(a, &id, &t, now_ms);
	}
	a->incidents_changed = e == LB_OK; /* there may be more */
	a->incidents_next_ms = e == LB_OK || e == LB_NOT_FOUND ? incident_store_next_ms(&a->store) : now_ms + AGAIN_MS;
	if (e != LB_OK && e != LB_NOT_FOUND)
		log_event(LOG_ERROR, "incidents_unreadable", "reason=%s detail=%s", lb_err_token(e), a->store.why);
}
