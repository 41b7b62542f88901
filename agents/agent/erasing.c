/* Digital-violence cases are deleted when a person has acknowledged them, and when their time is over. */
#include "agents/agent/erasing.h"

#include "agents/agent/agent.h"
#include "proto/host/log.h"

#define LOOK_MS (10 * 60 * 1000)

lb_err erasing_take(struct agent *a, const struct lb_uuid *id)
{
	lb_err e = inbox_erase(&a->store, id);

	a->erased |= e == LB_OK;
	return e;
}

int64_t erasing_due_ms(const struct agent *a)
{
	return a->erase_ms;
}

void erasing_go_on(struct agent *a)
{
	unsigned n;

	if (a->now_ms < a->erase_ms)
		return;
	a->erase_ms = a->now_ms + LOOK_MS;
	if (agent_begin(a) != LB_OK || inbox_erase_expired(&a->store, agent_clock_ms(), &n) != LB_OK || n == 0)
		return; /* nothing, or the store's fault, which the turn's end reports */
	a->erased = true;
	log_event(LOG_INFO, "cases_expired", "number=%u", n);
}

void erasing_finish(struct agent *a)
{
	if (!a->erased || a->in_transaction)
		return;
	a->erased = false;
	if (store_scrub(&a->store) != LB_OK)
		log_event(LOG_WARN, "not_scrubbed", "detail=%s", "what was deleted stays in the database's write-ahead log until that starts over");
}
