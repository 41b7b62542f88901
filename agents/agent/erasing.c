/* What is deleted is gone, not only out of sight. */
#include "agents/agent/erasing.h"

#include "agents/agent/agent.h"
#include "agents/agent/incident_store.h"
#include "lagebus/failpoint.h"
#include "proto/host/log.h"

#define LOOK_MS (10 * 60 * 1000)
#define AT_ONCE 64 /* messages, and incidents, that end in one turn */

/* What did not verify, when its time is over; *more: there may be more of it. */
static lb_err end_quarantine(struct agent *a, bool *more)
{
	unsigned n;
	lb_err e = inbox_quarantine_expire(&a->store, agent_clock_ms(), AT_ONCE, &n);

	*more = e == LB_OK && n == AT_ONCE;
	if (e == LB_OK && n > 0) {
		erasing_note(a);
		log_event(LOG_INFO, "quarantine_ended", "number=%u", n);
	}
	return e;
}

lb_err erasing_take(struct agent *a, const struct lb_uuid *id)
{
	lb_err e = inbox_erase(&a->store, id);

	if (e == LB_OK)
		erasing_note(a);
	return e;
}

int64_t erasing_due_ms(const struct agent *a)
{
	return a->erase_ms;
}

/* Incidents before what belongs to them: that is kept with them. *n is how much ended. */
static lb_err end_some(struct agent *a, unsigned *n)
{
	int64_t now_ms = agent_clock_ms();
	struct lb_uuid id;
	lb_err e = incident_store_end(&a->store, now_ms, AT_ONCE, n);

	while (e == LB_OK && *n < AT_ONCE && (e = inbox_expire(&a->store, now_ms, &id)) == LB_OK)
		++*n;
	return e == LB_NOT_FOUND ? LB_OK : e;
}

void erasing_go_on(struct agent *a)
{
	bool more = false;
	unsigned n = 0;

	if (a->now_ms < a->erase_ms)
		return;
	a->erase_ms = a->now_ms + LOOK_MS;
	/* A fault is the store's, which the turn's end reports. */
	if (agent_begin(a) != LB_OK || end_quarantine(a, &more) != LB_OK || end_some(a, &n) != LB_OK)
		return;
	if (more || n == AT_ONCE)
		a->erase_ms = a->now_ms;
	if (n == 0)
		return;
	erasing_note(a);
	log_event(LOG_INFO, "messages_expired", "number=%u", n);
}

void erasing_note(struct agent *a)
{
	a->erased = true;
}

void erasing_forget(struct agent *a)
{
	a->erased = false;
}

lb_err erasing_settle(struct agent *a)
{
	/* Deleting from the index only adds a mark to it; joining its parts lets go of the words. */
	return a->erased ? store_run(&a->store, store_use(&a->store, STORE_TEXT_OPTIMIZE)) : LB_OK;
}

void erasing_finish(struct agent *a)
{
	lb_err e;

	if (!a->erased)
		return;
	a->erased = false;
	LB_FAIL_POINT("agent-before-scrub");
	e = store_scrub(&a->store);
	if (e != LB_OK)
		log_event(LOG_WARN, "not_scrubbed", "reason=%s detail=%s", lb_err_token(e), "what was deleted stays in the database's write-ahead log until that starts over");
}
