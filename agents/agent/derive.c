/* What is kept of messages besides themselves. */
#include "agents/agent/derive.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/bind.h"
#include "agents/agent/bounds.h"
#include "agents/agent/exercises.h"
#include "agents/agent/indicators.h"
#include "agents/agent/sightings.h"
#include "agents/agent/training.h"
#include "proto/approval.pb-c.h"
#include "proto/host/log.h"

#define EXPIRE_MS (10 * 60 * 1000)

lb_err derive_forget(struct agent *a, const struct lb_uuid *id, struct lb_text origin)
{
	lb_err e = indicators_forget(&a->store, id, origin);

	if (e == LB_OK)
		e = sightings_forget(&a->store, id, origin);
	return e == LB_OK ? training_forget(&a->store, id, origin) : e;
}

/* What its own origin recalls is in no table any more. */
static lb_err forget(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__Recall *r = lagebus__recall__unpack(NULL, payload.n, payload.p);
	struct lb_uuid id;
	lb_err e = LB_OK;

	if (r && r->refers_to.len == sizeof id.b) {
		memcpy(id.b, r->refers_to.data, sizeof id.b);
		e = derive_forget(a, &id, h->origin);
	}
	if (r)
		lagebus__recall__free_unpacked(r, NULL);
	return e;
}

static lb_err take_indicators(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	lb_err e = indicators_take(&a->store, h, payload, agent_clock_ms());

	return e == LB_OK ? bounds_keep(&a->store, BOUNDED_INDICATORS, BOUNDS_INDICATORS_MAX) : e;
}

static lb_err take_sightings(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	lb_err e = sightings_take(&a->store, h, payload);

	return e == LB_OK ? bounds_keep(&a->store, BOUNDED_SIGHTINGS, BOUNDS_SIGHTINGS_MAX) : e;
}

/* What is the same for what comes and for what we say. */
static lb_err take(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	switch (h->type) {
	case LB_TYPE_INDICATOR:
		return take_indicators(a, h, payload);
	case LB_TYPE_SIGHTING:
		return take_sightings(a, h, payload);
	case LB_TYPE_TRAINING_EVENT:
		return training_take(&a->store, h, payload);
	case LB_TYPE_TRAINING_REGISTRATION:
		return registrations_take(&a->store, h, payload);
	case LB_TYPE_EXERCISE:
		return exercises_take(&a->store, h, payload);
	case LB_TYPE_RECALL:
		return forget(a, h, payload);
	default:
		return LB_OK;
	}
}

lb_err derive_received(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	lb_err e = take(a, h, payload);

	return e == LB_OK && h->type == LB_TYPE_SIGHTING ? sightings_pass_on(a, h, payload) : e;
}

/* A sighting that belongs to another was passed on: it was counted when it came. */
static bool was_counted(const struct lb_header *h)
{
	return h->type == LB_TYPE_SIGHTING && h->has_thread;
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
	e = lb_header_decode(header.p, header.n, &h) == LB_OK && !was_counted(&h) ? take(a, &h, column_frame(q, 1)) : LB_OK;
	sqlite3_reset(q);
	return e;
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
	if (e == LB_OK)
		e = exercises_expire(&a->store, now_ms);
	more = indicators || sightings;
	a->expire_ms = a->now_ms + (e == LB_OK && more ? 0 : EXPIRE_MS);
	if (e != LB_OK)
		log_event(LOG_WARN, "not_expired", "reason=%s detail=%s", lb_err_token(e), a->store.why);
}
