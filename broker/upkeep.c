/* The log's upkeep. */
#include "broker/upkeep.h"

#include <stdbool.h>

#include "proto/host/log.h"
#include "broker/audit.h"
#include "broker/drop.h"
#include "broker/purge.h"
#include "broker/waits.h"

#define DROPS_A_TURN 4     /* records that are dropped at once, of each lane and of the audit */
#define PURGE_PAUSE_MS 50  /* between two commits of purges, where there are many: publishes come first */
#define WAITS_EVERY_MS 500 /* how often to look at what waits for a second person */

/* A step of the upkeep within a transaction; *changed: there is something to commit. */
typedef lb_err upkeep_step(struct upkeep *u, int64_t now_ms, bool *changed);

static lb_err commit_step(struct upkeep *u, upkeep_step *step, int64_t now_ms, bool *changed)
{
	struct journal *j = u->append->journal;
	lb_err e = journal_begin(j);

	if (e != LB_OK)
		return e;
	e = step(u, now_ms, changed);
	if (e == LB_OK && *changed)
		return journal_commit(j);
	journal_abort(j);
	return e;
}

/* A clock that was set back must not stop it. */
static bool is_due(int64_t due_ms, int64_t every_ms, int64_t now_ms)
{
	return now_ms >= due_ms || due_ms - now_ms > every_ms;
}

static void say_failed(const char *what, lb_err e)
{
	log_event(LOG_ERROR, what, "reason=%s", lb_err_token(e));
}

static lb_err end_some_waits(struct upkeep *u, int64_t now_ms, bool *changed)
{
	lb_err e = waits_end(u->append, now_ms, changed);

	return e == LB_OK && *changed ? audit_write(u->append->audit, NULL, 0, now_ms, false) : e;
}

/* Nothing waits for a second person for longer than it may. */
static void end_waits(struct upkeep *u, int64_t now_ms)
{
	bool changed = false;
	lb_err e;

	if (!is_due(u->waits_due_ms, WAITS_EVERY_MS, now_ms))
		return;
	u->waits_due_ms = now_ms + WAITS_EVERY_MS;
	e = commit_step(u, end_some_waits, now_ms, &changed);
	if (changed)
		(e == LB_OK ? audit_committed : audit_aborted)(u->append->audit);
	if (e != LB_OK)
		say_failed("waits_not_ended", e);
}

static lb_err review_some(struct upkeep *u, int64_t now_ms, bool *changed)
{
	struct review then;
	lb_err e = review_go_on(&u->review, u->append, &then);

	(void)now_ms;
	if (e == LB_OK)
		u->review = then;
	*changed = true;
	return e;
}

/* Records that are there are noted by what is in force now. */
static void review(struct upkeep *u, int64_t now_ms)
{
	const struct review before = u->review;
	bool changed = false;
	lb_err e;

	if (!review_is_due(&u->review, now_ms))
		return;
	e = commit_step(u, review_some, now_ms, &changed);
	if (e != LB_OK) {
		u->review = before;
		say_failed("retention_failed", e);
	}
	u->review.from_ms = now_ms + (e == LB_OK ? PURGE_PAUSE_MS : UPKEEP_EVERY_MS);
}

static lb_err purge_some(struct upkeep *u, int64_t now_ms, bool *changed)
{
	unsigned n = 0;
	lb_err e = purge_due(u->append, &u->review.keep, now_ms, &n);

	*changed = n > 0;
	if (e == LB_OK && n == PURGE_RECORDS)
		u->purges_due_ms = now_ms + PURGE_PAUSE_MS;
	return e;
}

/* Messages whose time is over go from the log. */
static void purge(struct upkeep *u, int64_t now_ms)
{
	bool changed = false;
	lb_err e;

	if (!is_due(u->purges_due_ms, UPKEEP_EVERY_MS, now_ms))
		return;
	u->purges_due_ms = now_ms + UPKEEP_EVERY_MS;
	e = commit_step(u, purge_some, now_ms, &changed);
	if (e != LB_OK) {
		u->purges_due_ms = now_ms + UPKEEP_EVERY_MS;
		say_failed("purge_failed", e);
	}
}

/* What is oldest is known only after the commit: a transaction each. LB_OK: there may be more. */
static lb_err drop_some(struct upkeep *u, unsigned lane, int64_t now_ms)
{
	const bool audit = lane == JOURNAL_LANES;
	int64_t keep_ms = audit ? u->audit_retention_ms : u->retention_ms;
	struct journal *j = u->append->journal;
	lb_err e = keep_ms > 0 ? LB_OK : LB_NOT_FOUND;

	for (unsigned i = 0; e == LB_OK && i < DROPS_A_TURN; i++) {
		uint32_t messages = 0;

		e = journal_begin(j);
		if (e != LB_OK)
			break;
		e = audit ? audit_drop_one(u->append->audit, now_ms - keep_ms) : drop_oldest(u->append, lane, now_ms - keep_ms, &messages);
		if (e == LB_OK)
			e = journal_commit(j);
		else
			journal_abort(j);
		if (e == LB_OK)
			atomic_fetch_add_explicit(u->dropped, messages, memory_order_relaxed);
	}
	return e;
}

static void drop(struct upkeep *u, int64_t now_ms)
{
	bool more = false;
	lb_err e;

	if (!is_due(u->drops_due_ms, UPKEEP_EVERY_MS, now_ms))
		return;
	for (unsigned lane = 0; lane <= JOURNAL_LANES; lane++) {
		e = drop_some(u, lane, now_ms);
		more |= e == LB_OK;
		if (e != LB_OK && e != LB_NOT_FOUND)
			say_failed("retention_failed", e);
	}
	e = eras_tidy(u->eras, u->append->journal);
	if (e != LB_OK)
		say_failed("retention_failed", e);
	u->drops_due_ms = more ? now_ms : now_ms + UPKEEP_EVERY_MS;
}

lb_err upkeep_open(struct upkeep *u, const struct retention *keep)
{
	u->drops_due_ms = u->waits_due_ms = u->purges_due_ms = 0;
	return review_open(&u->review, u->append, keep);
}

void upkeep_keep(struct upkeep *u, const struct retention *keep, int64_t now_ms)
{
	review_change(&u->review, keep, now_ms);
}

void upkeep_turn(struct upkeep *u, int64_t now_ms)
{
	end_waits(u, now_ms);
	review(u, now_ms);
	purge(u, now_ms);
	drop(u, now_ms);
}
