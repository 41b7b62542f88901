/* Looking for indicators. */
#include "agents/agent/indicator_find.h"

#include <string.h>

#include "agents/agent/bind.h"
#include "agents/agent/indicator_pattern.h"
#include "agents/agent/sightings.h"
#include "lagebus/indicator.h"
#include "lagebus/tlp.h"

#define LIMIT_DEFAULT 100
#define AFTER_EVERY_TEXT "\xf4\x8f\xbf\xbf"

#define COLUMNS                                                                                                                     \
	"SELECT i.value,i.kind,i.exercise,i.id,i.origin,m.id,m.tlp,m.area,i.confidence,i.to_ids,i.valid_from,i.valid_until,"        \
	"i.first,i.last,m.source,m.exercise_name,i.more FROM indicator i JOIN indicator_message m ON m.row=i.message"               \
	" WHERE (i.value,i.kind,i.exercise)>(?1,?2,?3) AND i.valid_until>?4 AND (?5=0 OR i.kind=?5) AND i.exercise<=?6"
#define ORDER " ORDER BY i.value,i.kind,i.exercise,i.origin"

enum column { VALUE, KIND, EXERCISE, ID, ORIGIN, MESSAGE, TLP, AREA, CONFIDENCE, TO_IDS, FROM, UNTIL, FIRST, LAST, SOURCE, EXERCISE_NAME, MORE };

/* A value's entries come one behind another. Each is packed into `entries` as it comes; what they have in common is packed behind them. */
struct joining {
	struct store *store;
	bool sightings, open;
	char value[LB_INDICATOR_VALUE_MAX + 1];
	Lagebus__IndicatorRow row;
	struct lb_buf entries, ids;
	struct lb_buf *rows;
};

static lb_err pack(const ProtobufCMessage *m, struct lb_buf *to)
{
	size_t n = protobuf_c_message_get_packed_size(m);
	uint8_t *room = lb_buf_reserve(to, n);

	if (!room)
		return LB_NO_MEMORY;
	protobuf_c_message_pack(m, room);
	lb_buf_added(to, n);
	return LB_OK;
}

static ProtobufCBinaryData bytes_of(struct lb_frame f)
{
	return (ProtobufCBinaryData){ f.n, (uint8_t *)f.p };
}

static lb_err add_sightings(struct joining *j)
{
	lb_err e = LB_OK;

	for (size_t at = 0; e == LB_OK && at < lb_buf_len(&j->ids); at += sizeof(struct lb_uuid)) {
		struct lb_uuid id;

		memcpy(id.b, lb_buf_data(&j->ids) + at, sizeof id.b);
		e = sightings_total(j->store, &id, j->row.exercise, &j->row);
		if (e == LB_OK && j->sightings)
			e = sightings_list(j->store, &id, j->row.exercise, &j->entries);
	}
	return e;
}

/* The value is complete. */
static lb_err end_row(struct joining *j)
{
	Lagebus__IndicatorsReply reply = LAGEBUS__INDICATORS_REPLY__INIT;
	ProtobufCBinaryData row;
	lb_err e = add_sightings(j);

	if (e == LB_OK)
		e = pack(&j->row.base, &j->entries);
	if (e == LB_OK) {
		row = (ProtobufCBinaryData){ lb_buf_len(&j->entries), lb_buf_data(&j->entries) };
		reply.rows = &row;
		reply.n_rows = 1;
		e = pack(&reply.base, j->rows);
	}
	lb_buf_consume(&j->entries, lb_buf_len(&j->entries));
	lb_buf_consume(&j->ids, lb_buf_len(&j->ids));
	j->open = false;
	return e;
}

static bool is_same(const struct joining *j, sqlite3_stmt *q)
{
	return j->open && strcmp(column_text(q, VALUE), j->value) == 0 && (uint32_t)sqlite3_column_int64(q, KIND) == j->row.kind &&
	       sqlite3_column_int(q, EXERCISE) == j->row.exercise;
}

static void begin_row(struct joining *j, sqlite3_stmt *q)
{
	lagebus__indicator_row__init(&j->row);
	strncpy(j->value, column_text(q, VALUE), sizeof j->value - 1);
	j->row.value = j->value;
	j->row.kind = (uint32_t)sqlite3_column_int64(q, KIND);
	j->row.exercise = sqlite3_column_int(q, EXERCISE);
	j->open = true;
}

/* The label is the strictest. The most confident say whether a sensor may act on it, and all of them must. */
static void join(Lagebus__IndicatorRow *row, const Lagebus__IndicatorEntry *e)
{
	bool first = row->valid_until == 0;

	row->tlp = first ? e->tlp : lb_tlp_strictest(row->tlp, e->tlp);
	if (first || e->confidence > row->confidence)
		row->to_ids = e->to_ids;
	else if (e->confidence == row->confidence)
		row->to_ids = row->to_ids && e->to_ids;
	row->confidence = e->confidence > row->confidence ? e->confidence : row->confidence;
	row->valid_from = first || e->valid_from < row->valid_from ? e->valid_from : row->valid_from;
	row->valid_until = e->valid_until > row->valid_until ? e->valid_until : row->valid_until;
	row->first_received = first || e->first_received < row->first_received ? e->first_received : row->first_received;
	row->last_received = e->last_received > row->last_received ? e->last_received : row->last_received;
}

static lb_err add_entry(struct joining *j, sqlite3_stmt *q)
{
	Lagebus__IndicatorRow one = LAGEBUS__INDICATOR_ROW__INIT;
	Lagebus__IndicatorEntry entry = LAGEBUS__INDICATOR_ENTRY__INIT, *entries = &entry;
	lb_err e = lb_buf_append(&j->ids, column_frame(q, ID).p, column_frame(q, ID).n);

	entry.id = bytes_of(column_frame(q, ID));
	entry.origin = (char *)column_text(q, ORIGIN);
	entry.message = bytes_of(column_frame(q, MESSAGE));
	entry.tlp = (uint32_t)sqlite3_column_int(q, TLP);
	entry.area = (uint32_t)sqlite3_column_int64(q, AREA);
	entry.confidence = (uint32_t)sqlite3_column_int(q, CONFIDENCE);
	entry.to_ids = sqlite3_column_int(q, TO_IDS);
	entry.valid_from = sqlite3_column_int64(q, FROM);
	entry.valid_until = sqlite3_column_int64(q, UNTIL);
	entry.first_received = sqlite3_column_int64(q, FIRST);
	entry.last_received = sqlite3_column_int64(q, LAST);
	entry.source = (char *)column_text(q, SOURCE);
	entry.exercise_name = (char *)column_text(q, EXERCISE_NAME);
	entry.more = bytes_of(column_frame(q, MORE));
	join(&j->row, &entry);
	one.entries = &entries;
	one.n_entries = 1;
	return e == LB_OK ? pack(&one.base, &j->entries) : e;
}

static lb_err walk(struct joining *j, sqlite3_stmt *q, uint32_t limit, bool *more)
{
	uint32_t n = 0;
	lb_err e;

	*more = false;
	while ((e = store_row(j->store, q)) == LB_OK) {
		if (!is_same(j, q)) {
			e = j->open ? end_row(j) : LB_OK;
			*more = n == limit;
			if (e != LB_OK || *more)
				return e;
			begin_row(j, q);
			n++;
		}
		e = add_entry(j, q);
		if (e != LB_OK)
			return e;
	}
	if (e == LB_NOT_FOUND)
		e = j->open ? end_row(j) : LB_OK;
	return e;
}

static const char *select_of(const Lagebus__IndicatorsRequest *r, const struct indicator_pattern *p)
{
	if (r->id.len > 0)
		return COLUMNS " AND (i.value,i.kind,i.exercise) IN (SELECT value,kind,exercise FROM indicator WHERE id=?7)" ORDER;
	if (p->all)
		return COLUMNS ORDER;
	return COLUMNS " AND i.row IN (SELECT row FROM indicator WHERE value IN (SELECT value FROM json_each(?7))"
		       " UNION SELECT row FROM indicator WHERE value>=?8 AND value<?8||?9"
		       " UNION SELECT row FROM indicator WHERE key>=?10 AND key<=?11)" ORDER;
}

/* What is not bound is NULL, and finds nothing. */
static void bind(sqlite3_stmt *q, const Lagebus__IndicatorsRequest *r, const struct indicator_pattern *p, int64_t now_ms)
{
	bind_text(q, 1, r->after_value);
	sqlite3_bind_int64(q, 2, r->after_kind);
	sqlite3_bind_int(q, 3, r->after_exercise);
	sqlite3_bind_int64(q, 4, now_ms);
	sqlite3_bind_int64(q, 5, r->kind);
	sqlite3_bind_int(q, 6, !r->leave_out_exercises);
	if (r->id.len > 0) {
		bind_frame(q, 7, (struct lb_frame){ r->id.data, r->id.len });
		return;
	}
	if (p->all)
		return;
	sqlite3_bind_text64(q, 7, lb_buf_len(&p->values) > 0 ? (const char *)lb_buf_data(&p->values) : "[]",
	                    lb_buf_len(&p->values) > 0 ? lb_buf_len(&p->values) : 2, SQLITE_STATIC, SQLITE_UTF8);
	if (p->prefix[0]) {
		bind_text(q, 8, p->prefix);
		bind_text(q, 9, AFTER_EVERY_TEXT);
	}
	if (p->first_n > 0) {
		bind_frame(q, 10, (struct lb_frame){ p->first, p->first_n });
		bind_frame(q, 11, (struct lb_frame){ p->last, p->last_n });
	}
}

lb_err indicator_find(struct store *s, const Lagebus__IndicatorsRequest *r, int64_t now_ms, struct lb_buf *rows, bool *more)
{
	uint32_t limit = r->limit == 0 ? LIMIT_DEFAULT : r->limit < INDICATORS_A_PAGE ? r->limit : INDICATORS_A_PAGE;
	struct joining j = { .store = s, .sightings = r->sightings, .entries = LB_BUF_INIT, .ids = LB_BUF_INIT, .rows = rows };
	struct indicator_pattern pattern;
	sqlite3_stmt *q = NULL;
	lb_err e = indicator_pattern_read(r->pattern, &pattern);

	if (e == LB_OK && r->id.len > 0 && r->id.len != sizeof(struct lb_uuid))
		e = LB_INVALID;
	if (e == LB_OK && lb_buf_len(&pattern.values) > 0)
		e = lb_buf_append(&pattern.values, "]", 1);
	if (e == LB_OK && sqlite3_prepare_v2(s->db, select_of(r, &pattern), -1, &q, NULL) != SQLITE_OK)
		e = store_error(s);
	if (e == LB_OK) {
		bind(q, r, &pattern, now_ms);
		e = walk(&j, q, limit, more);
	}
	sqlite3_finalize(q);
	lb_buf_fini(&j.entries);
	lb_buf_fini(&j.ids);
	indicator_pattern_fini(&pattern);
	return e;
}
