/* Incidents in the agent's database. */
#include "agents/agent/incident_store.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/incident.h"

static void bind_id(sqlite3_stmt *q, int at, const struct lb_uuid *id)
{
	sqlite3_bind_blob(q, at, id->b, sizeof id->b, SQLITE_STATIC);
}

static void bind_frame(sqlite3_stmt *q, int at, struct lb_frame f)
{
	sqlite3_bind_blob64(q, at, f.n ? f.p : (const void *)"", f.n, SQLITE_STATIC);
}

static lb_err read_id(struct store *s, sqlite3_stmt *q, struct lb_uuid *out)
{
	lb_err e = store_row(s, q);

	if (e == LB_OK && sqlite3_column_bytes(q, 0) != (int)sizeof out->b)
		e = LB_CORRUPT;
	if (e == LB_OK)
		memcpy(out->b, sqlite3_column_blob(q, 0), sizeof out->b);
	sqlite3_reset(q);
	return e;
}

static lb_err touch(struct store *s, const struct lb_uuid *incident)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_TOUCH);

	bind_id(q, 1, incident);
	return store_run(s, q);
}

/* What a report passes on. */
static bool read_original(const struct lb_header *h, struct lb_frame payload, struct lb_uuid *out)
{
	Lagebus__IncidentReport *r = h->type == LB_TYPE_INCIDENT_REPORT ? lagebus__incident_report__unpack(NULL, payload.n, payload.n ? payload.p : (const uint8_t *)"") : NULL;
	struct lb_header original;
	bool there = r && r->original && lb_header_decode(r->original->header.data, r->original->header.len, &original) == LB_OK;

	if (there)
		*out = original.id;
	if (r)
		lagebus__incident_report__free_unpacked(r, NULL);
	return there;
}

static lb_err add(struct store *s, const struct lb_header *h, const struct lb_uuid *original, const struct lb_frame frames[2], bool *touched)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_PART_ADD);
	struct lb_uuid incident;
	lb_err e;

	*touched = false;
	if (!incident_of(h, &incident))
		return LB_OK;
	bind_id(q, 1, &h->id);
	bind_id(q, 2, &incident);
	sqlite3_bind_int64(q, 3, h->created_ms);
	if (original)
		bind_id(q, 4, original);
	for (int i = 0; frames && i < 2; i++)
		bind_frame(q, 5 + i, frames[i]);
	e = store_run(s, q);
	*touched = e == LB_OK;
	return e == LB_OK ? touch(s, &incident) : e;
}

lb_err incident_store_received(struct store *s, const struct lb_header *h, bool *touched)
{
	return add(s, h, NULL, NULL, touched);
}

lb_err incident_store_sent(struct store *s, const struct lb_header *h, struct lb_frame header, struct lb_frame payload, bool *touched)
{
	struct lb_frame frames[2] = { header, payload };
	struct lb_uuid original;

	return add(s, h, read_original(h, payload, &original) ? &original : NULL, frames, touched);
}

lb_err incident_store_of(struct store *s, const struct lb_uuid *id, struct lb_uuid *incident)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_PART_OF);

	bind_id(q, 1, id);
	return read_id(s, q, incident);
}

lb_err incident_store_end(struct store *s, int64_t now_ms, unsigned most, unsigned *n)
{
	static const enum store_statement both[] = { STORE_INCIDENT_PARTS_END, STORE_INCIDENT_END };
	lb_err e = LB_OK;

	*n = 0;
	for (unsigned i = 0; e == LB_OK && i < 2; i++) {
		sqlite3_stmt *q = store_use(s, both[i]);

		sqlite3_bind_int64(q, 1, now_ms - s->keep.keep_ms[LB_TYPE_INCIDENT_REPORT]);
		sqlite3_bind_int64(q, 2, most);
		sqlite3_bind_int64(q, 3, now_ms - INCIDENT_NOTICE_MS);
		e = store_run(s, q);
	}
	if (e == LB_OK)
		*n = (unsigned)sqlite3_changes(s->db);
	return e;
}

lb_err incident_store_refused(struct store *s, const struct lb_uuid *id, bool *touched)
{
	struct lb_uuid incident;
	lb_err e = incident_store_of(s, id, &incident);
	sqlite3_stmt *q;

	*touched = false;
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	q = store_use(s, STORE_INCIDENT_PART_REMOVE);
	bind_id(q, 1, id);
	e = store_run(s, q);
	*touched = e == LB_OK;
	return e == LB_OK ? touch(s, &incident) : e;
}

/* The messages, and one buffer that has all their bytes. */
struct parts {
	struct lb_buf bytes;
	struct incident_message *messages;
	size_t n;
	bool more;
};

static lb_err add_bytes(struct parts *p, sqlite3_stmt *q, int column, struct lb_frame *out)
{
	size_t n = (size_t)sqlite3_column_bytes(q, column);

	/* An offset for now: the buffer moves as it grows. */
	*out = (struct lb_frame){ (const uint8_t *)lb_buf_len(&p->bytes), n };
	return n ? lb_buf_append(&p->bytes, sqlite3_column_blob(q, column), n) : LB_OK;
}

static lb_err read_parts(struct store *s, const struct lb_uuid *incident, struct parts *p)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_PARTS);
	lb_err e = LB_OK;

	p->messages = calloc(INCIDENT_MESSAGES_MAX, sizeof *p->messages);
	if (!p->messages)
		return LB_NO_MEMORY;
	bind_id(q, 1, incident);
	while (e == LB_OK && (e = store_row(s, q)) == LB_OK) {
		if (p->n == INCIDENT_MESSAGES_MAX) {
			p->more = true;
			break;
		}
		e = add_bytes(p, q, 0, &p->messages[p->n].header);
		if (e == LB_OK)
			e = add_bytes(p, q, 1, &p->messages[p->n].payload);
		p->n++;
	}
	sqlite3_reset(q);
	for (size_t i = 0; i < p->n; i++) {
		const uint8_t *base = p->bytes.p ? lb_buf_data(&p->bytes) : NULL;

		p->messages[i].header.p = base + (uintptr_t)p->messages[i].header.p;
		p->messages[i].payload.p = base + (uintptr_t)p->messages[i].payload.p;
	}
	return e == LB_NOT_FOUND ? LB_OK : e;
}

void incident_store_set_end(const struct store *s, Lagebus__Incident *i, int64_t idle_said_ms)
{
	int64_t ends = i->changed + s->keep.keep_ms[LB_TYPE_INCIDENT_REPORT], notice = idle_said_ms + INCIDENT_NOTICE_MS;
	bool idle = !i->closed && idle_said_ms > 0;

	i->idle_since = idle ? i->changed : 0;
	i->ends = i->closed ? ends : idle ? (ends > notice ? ends : notice) : 0;
}

lb_err incident_store_load(struct store *s, const struct lb_uuid *incident, const struct incident_times *t, int64_t now_ms, Lagebus__Incident **out)
{
	struct parts p = { .bytes = LB_BUF_INIT };
	struct incident_said said = { .idle_ms = 0 };
	lb_err e = incident_store_said(s, incident, &said);

	if (e == LB_OK || e == LB_NOT_FOUND)
		e = read_parts(s, incident, &p);
	if (e == LB_OK)
		e = incident_derive(incident, p.messages, p.n, out);
	if (e == LB_OK) {
		incident_store_set_end(s, *out, said.idle_ms);
		(*out)->more = p.more;
		incident_clocks_set(*out, t, now_ms);
	}
	free(p.messages);
	lb_buf_fini(&p.bytes);
	return e;
}

lb_err incident_store_passed_on(struct store *s, const struct lb_uuid *original, struct lb_uuid *out)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_PASSED_ON);

	bind_id(q, 1, original);
	return read_id(s, q, out);
}

lb_err incident_store_list(struct store *s, bool closed, uint32_t limit, struct lb_uuid *ids, uint32_t *n)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_LIST);
	lb_err e = LB_OK;

	sqlite3_bind_int(q, 1, closed);
	sqlite3_bind_int64(q, 2, limit);
	for (*n = 0; *n < limit && (e = store_row(s, q)) == LB_OK; (*n)++) {
		if (sqlite3_column_bytes(q, 0) != (int)sizeof ids->b)
			return LB_CORRUPT;
		memcpy(ids[*n].b, sqlite3_column_blob(q, 0), sizeof ids->b);
	}
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

lb_err incident_store_counts(struct store *s, int64_t now_ms, struct incident_counts *out)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_COUNT);
	lb_err e;

	sqlite3_bind_int64(q, 1, now_ms);
	e = store_row(s, q);
	if (e == LB_OK) {
		out->open = (uint64_t)sqlite3_column_int64(q, 0);
		out->soon = (uint64_t)sqlite3_column_int64(q, 1);
		out->overdue = (uint64_t)sqlite3_column_int64(q, 2);
		out->idle = (uint64_t)sqlite3_column_int64(q, 3);
	}
	sqlite3_reset(q);
	return e;
}

lb_err incident_store_changed(struct store *s, struct lb_uuid *out)
{
	return read_id(s, store_use(s, STORE_INCIDENT_DIRTY), out);
}

lb_err incident_store_touch_open(struct store *s)
{
	return store_run(s, store_use(s, STORE_INCIDENT_TOUCH_OPEN));
}

lb_err incident_store_due(struct store *s, int64_t now_ms, struct lb_uuid *out)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_DUE);

	sqlite3_bind_int64(q, 1, now_ms);
	return read_id(s, q, out);
}

int64_t incident_store_next_ms(struct store *s)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_NEXT);
	int64_t next = store_row(s, q) == LB_OK && sqlite3_column_type(q, 0) != SQLITE_NULL ? sqlite3_column_int64(q, 0) : INT64_MAX;

	sqlite3_reset(q);
	return next;
}

lb_err incident_store_said(struct store *s, const struct lb_uuid *incident, struct incident_said *out)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_SAID);
	lb_err e;

	bind_id(q, 1, incident);
	e = store_row(s, q);
	if (e == LB_OK)
		*out = (struct incident_said){ (uint32_t)sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1) };
	sqlite3_reset(q);
	return e;
}

/* The earliest end of a clock that runs; INT64_MAX: none does. */
static int64_t earliest_due(const Lagebus__Incident *i)
{
	int64_t due = INT64_MAX;

	for (size_t k = 0; k < i->n_clocks; k++)
		if (i->clocks[k]->state <= LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_OVERDUE && i->clocks[k]->due < due)
			due = i->clocks[k]->due;
	return due;
}

static void bind_time(sqlite3_stmt *q, int at, int64_t ms)
{
	if (ms != INT64_MAX)
		sqlite3_bind_int64(q, at, ms);
}

lb_err incident_store_save(struct store *s, const struct lb_uuid *incident, const Lagebus__Incident *i, const struct incident_times *t,
                           const struct incident_said *said, int64_t look_ms)
{
	sqlite3_stmt *q = store_use(s, STORE_INCIDENT_SAVE);
	int64_t due = i ? earliest_due(i) : INT64_MAX, clock = i && !i->exercise ? incident_clocks_next(i, t) : INT64_MAX;

	bind_id(q, 1, incident);
	sqlite3_bind_int(q, 2, i && i->closed);
	sqlite3_bind_int(q, 3, i && i->exercise);
	sqlite3_bind_int64(q, 4, i ? i->changed : 0);
	sqlite3_bind_int64(q, 5, said->clocks);
	bind_time(q, 6, clock < look_ms ? clock : look_ms);
	bind_time(q, 7, due == INT64_MAX ? due : due - t->warn);
	bind_time(q, 8, due);
	sqlite3_bind_int64(q, 9, said->idle_ms);
	return store_run(s, q);
}
