/* How much there may be in the tables of indicators and sightings. */
#include "agents/agent/bounds.h"

#include "agents/agent/bind.h"
#include "lagebus/limits.h"
#include "proto/host/log.h"

static lb_err count(struct store *s, enum bounded what, uint64_t *out)
{
	sqlite3_stmt *q = store_use(s, STORE_TALLY_ALL);
	lb_err e;

	sqlite3_bind_int(q, 1, (int)what);
	e = store_row(s, q);
	if (e == LB_OK)
		*out = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e;
}

/* Whoever has most, and how much of it goes: down to nothing, if need be. */
static lb_err find_most(struct store *s, enum bounded what, uint64_t excess, char origin[LB_PARTNER_ID_MAX + 1], uint64_t *n)
{
	sqlite3_stmt *q = store_use(s, STORE_TALLY_MOST);
	uint64_t all;
	lb_err e;

	sqlite3_bind_int(q, 1, (int)what);
	e = store_row(s, q);
	if (e == LB_OK && column_frame(q, 0).n > LB_PARTNER_ID_MAX)
		e = LB_CORRUPT;
	if (e == LB_OK) {
		strcpy(origin, column_text(q, 0));
		all = (uint64_t)sqlite3_column_int64(q, 1);
		*n = excess < all ? excess : all;
	}
	sqlite3_reset(q);
	return e;
}

static lb_err drop(struct store *s, enum bounded what, const char *origin, uint64_t n)
{
	sqlite3_stmt *q = store_use(s, what == BOUNDED_INDICATORS ? STORE_INDICATOR_DROP : STORE_SIGHTING_DROP);

	bind_text(q, 1, origin);
	sqlite3_bind_int64(q, 2, (int64_t)n);
	return store_run(s, q);
}

lb_err bounds_keep(struct store *s, enum bounded what, uint64_t most)
{
	char origin[LB_PARTNER_ID_MAX + 1];
	uint64_t all = 0, left, n = 0;
	lb_err e = count(s, what, &all);

	left = all > most ? all - most : 0;
	if (left > BOUNDS_AT_ONCE)
		left = BOUNDS_AT_ONCE;
	for (; e == LB_OK && left > 0; left -= n) {
		e = find_most(s, what, left, origin, &n);
		if (e == LB_OK && n == 0)
			e = LB_CORRUPT;
		if (e == LB_OK)
			e = drop(s, what, origin, n);
		if (e == LB_OK)
			log_event(LOG_WARN, what == BOUNDED_INDICATORS ? "indicators_dropped" : "sightings_dropped", "origin=%s count=%llu most=%llu detail=%s", origin,
			          (unsigned long long)n, (unsigned long long)most, "the table is full: of who has most went what ends first");
	}
	return e == LB_NOT_FOUND ? LB_CORRUPT : e;
}
