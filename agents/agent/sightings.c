/* The table of sightings. */
#include "agents/agent/sightings.h"

#include <string.h>

#include "agents/agent/bind.h"
#include "lagebus/indicator.h"
#include "proto/indicator.pb-c.h"

#define LISTED 1000
#define EXPIRED_A_TURN 20000
#define COUNT_MAX 1000000000000 /* of one sighting: sums stay sums */

static lb_err add(struct store *s, const struct lb_header *h, size_t n, const Lagebus__Sighting *from)
{
	sqlite3_stmt *q = store_use(s, STORE_SIGHTING_ADD);
	int64_t last = from->last_seen > 0 ? from->last_seen : h->created_ms;
	uint64_t count = from->count == 0 ? 1 : from->count < COUNT_MAX ? from->count : COUNT_MAX;

	bind_id(q, 1, &h->id);
	sqlite3_bind_int64(q, 2, (int64_t)n);
	bind_frame(q, 3, (struct lb_frame){ from->indicator.data, from->indicator.len });
	bind_slice(q, 4, h->origin);
	sqlite3_bind_int64(q, 5, (int64_t)count);
	sqlite3_bind_int64(q, 6, from->first_seen > 0 ? from->first_seen : last);
	sqlite3_bind_int64(q, 7, last);
	bind_text(q, 8, lb_utf8_is_valid(from->source, strlen(from->source)) ? from->source : "");
	sqlite3_bind_int(q, 9, h->exercise);
	sqlite3_bind_int64(q, 10, retention_until(&s->keep, h));
	sqlite3_bind_int64(q, 11, h->created_ms);
	return store_run(s, q);
}

lb_err sightings_take(struct store *s, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__Sightings *all = lagebus__sightings__unpack(NULL, payload.n, payload.p);
	lb_err e = LB_OK;

	for (size_t i = 0; all && all->n_sightings <= LB_INDICATORS_MAX && e == LB_OK && i < all->n_sightings; i++)
		if (all->sightings[i]->indicator.len == sizeof h->id.b)
			e = add(s, h, i, all->sightings[i]);
	if (all)
		lagebus__sightings__free_unpacked(all, NULL);
	return e;
}

lb_err sightings_total(struct store *s, const struct lb_uuid *indicator, bool exercise, Lagebus__IndicatorRow *row)
{
	sqlite3_stmt *q = store_use(s, STORE_SIGHTING_TOTAL);
	int64_t first, last;
	lb_err e;

	bind_id(q, 1, indicator);
	sqlite3_bind_int(q, 2, exercise);
	e = store_row(s, q);
	if (e != LB_OK)
		return e;
	first = sqlite3_column_int64(q, 1);
	last = sqlite3_column_int64(q, 2);
	row->sighted += (uint64_t)sqlite3_column_int64(q, 0);
	if (first > 0 && (row->first_seen == 0 || first < row->first_seen))
		row->first_seen = first;
	if (last > row->last_seen)
		row->last_seen = last;
	sqlite3_reset(q);
	return LB_OK;
}

static lb_err pack_row(sqlite3_stmt *q, struct lb_buf *to)
{
	Lagebus__SightingRow sighting = LAGEBUS__SIGHTING_ROW__INIT, *sightings = &sighting;
	Lagebus__IndicatorRow row = LAGEBUS__INDICATOR_ROW__INIT;
	uint8_t *room;
	size_t n;

	sighting.message = (ProtobufCBinaryData){ column_frame(q, 0).n, (uint8_t *)column_frame(q, 0).p };
	sighting.origin = (char *)column_text(q, 1);
	sighting.count = (uint64_t)sqlite3_column_int64(q, 2);
	sighting.first_seen = sqlite3_column_int64(q, 3);
	sighting.last_seen = sqlite3_column_int64(q, 4);
	sighting.source = (char *)column_text(q, 5);
	row.sightings = &sightings;
	row.n_sightings = 1;
	n = lagebus__indicator_row__get_packed_size(&row);
	room = lb_buf_reserve(to, n);
	if (!room)
		return LB_NO_MEMORY;
	lagebus__indicator_row__pack(&row, room);
	lb_buf_added(to, n);
	return LB_OK;
}

lb_err sightings_list(struct store *s, const struct lb_uuid *indicator, bool exercise, struct lb_buf *to)
{
	sqlite3_stmt *q = store_use(s, STORE_SIGHTING_LIST);
	lb_err e;

	bind_id(q, 1, indicator);
	sqlite3_bind_int(q, 2, exercise);
	sqlite3_bind_int(q, 3, LISTED);
	while ((e = store_row(s, q)) == LB_OK)
		if ((e = pack_row(q, to)) != LB_OK)
			break;
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

lb_err sightings_forget(struct store *s, const struct lb_uuid *message, struct lb_text origin)
{
	sqlite3_stmt *q = store_use(s, STORE_SIGHTING_REMOVE);

	bind_id(q, 1, message);
	bind_slice(q, 2, origin);
	return store_run(s, q);
}

lb_err sightings_expire(struct store *s, int64_t now_ms, bool *more)
{
	sqlite3_stmt *q = store_use(s, STORE_SIGHTING_EXPIRE);
	lb_err e;

	sqlite3_bind_int64(q, 1, now_ms);
	sqlite3_bind_int(q, 2, EXPIRED_A_TURN);
	e = store_run(s, q);
	if (e == LB_OK)
		*more = sqlite3_changes(s->db) == EXPIRED_A_TURN;
	return e;
}
