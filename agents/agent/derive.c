/* What is kept of messages besides themselves. */
#include "agents/agent/derive.h"

#include "agents/agent/agent.h"
#include "agents/agent/bind.h"
#include "agents/agent/indicators.h"
#include "agents/agent/sightings.h"
#include "agents/agent/training.h"
#include "proto/host/log.h"

#define EXPIRE_MS (10 * 60 * 1000)

lb_err derive_received(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	lb_err e;

	switch (h->type) {
	case LB_TYPE_INDICATOR:
		return indicators_take(&a->store, h, payload, agent_clock_ms());
	case LB_TYPE_SIGHTING:
		e = sightings_take(&a->store, h, payload);
		return e == LB_OK ? sightings_pass_on(a, h, payload) : e;
	case LB_TYPE_TRAINING_EVENT:
		return training_take(&a->store, h, payload);
	case LB_TYPE_TRAINING_REGISTRATION:
		return registrations_take(&a->store, h, payload);
	default:
		return LB_OK;
	}
}

static lb_err take_sent(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	switch (h->type) {
	case LB_TYPE_INDICATOR:
		return indicators_take(&a->store, h, payload, agent_clock_ms());
	case LB_TYPE_SIGHTING:
		/* One that belongs to another was passed on: it was counted when it came. */
		return h->has_thread ? LB_OK : sightings_take(&a->store, h, payload);
	case LB_TYPE_TRAINING_EVENT:
		return training_take(&a->store, h, payload);
	case LB_TYPE_TRAINING_REGISTRATION:
		return registrations_take(&a->store, h, payload);
	default:
		return LB_OK;
	}
}

lb_err derive_sent(struct agent *a, const struct lb_uuid *id)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_OUTBOX_GET);
	struct lb_frame header;
	struct lb_header h;
	lb_err e;

	bind_id(q, 1, id);
	e = store_row(&a->store, q);
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	header = column_frame(q, 0);
	e = lb_header_decode(header.p, header.n, &h) == LB_OK ? take_sent(a, &h, column_frame(q, 1)) : LB_OK;
	sqlite3_reset(q);
	return e;
}

static lb_err forget_indicators(struct store *s, const struct lb_header *h)
{
	sqlite3_stmt *q = store_use(s, STORE_INDICATOR_MESSAGE_FIND);
	int64_t row;
	lb_err e;

	bind_id(q, 1, &h->id);
	bind_slice(q, 2, h->origin);
	e = store_row(s, q);
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	row = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	q = store_use(s, STORE_INDICATOR_REMOVE_OF);
	sqlite3_bind_int64(q, 1, row);
	e = store_run(s, q);
	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_INDICATOR_MESSAGE_REMOVE);
	sqlite3_bind_int64(q, 1, row);
	return store_run(s, q);
}

lb_err derive_forget(struct agent *a, const struct lb_header *h, struct lb_frame header)
{
	sqlite3_stmt *q;

	switch (h->type) {
	case LB_TYPE_INDICATOR:
		return forget_indicators(&a->store, h);
	case LB_TYPE_SIGHTING:
		q = store_use(&a->store, STORE_SIGHTING_FORGET);
		bind_id(q, 1, &h->id);
		return store_run(&a->store, q);
	case LB_TYPE_TRAINING_EVENT:
		q = store_use(&a->store, STORE_TRAINING_FORGET);
		bind_frame(q, 1, header);
		return store_run(&a->store, q);
	case LB_TYPE_TRAINING_REGISTRATION:
		q = store_use(&a->store, STORE_REGISTRATION_FORGET);
		bind_slice(q, 1, h->origin);
		sqlite3_bind_int64(q, 2, h->created_ms);
		return store_run(&a->store, q);
	default:
		return LB_OK;
	}
}

void derive_expire(struct agent *a)
{
	bool indicators = false, sightings = false, more;
	int64_t now_ms = agent_clock_ms();
	lb_err e;

	if (a->now_ms < a->expire_ms || agent_begin(a) != LB_OK)
		return;
	e = indicators_expire(&a->store, now_ms, &indicators);
	if (e == LB_OK)
		e = sightings_expire(&a->store, now_ms, &sightings);
	if (e == LB_OK)
		e = training_expire(&a->store, now_ms);
	more = indicators || sightings;
	a->expire_ms = a->now_ms + (e == LB_OK && more ? 0 : EXPIRE_MS);
	if (e != LB_OK)
		log_event(LOG_WARN, "not_expired", "reason=%s detail=%s", lb_err_token(e), a->store.why);
}
