/* The inbox. */
#include "agents/agent/inbox.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/bind.h"
#include "agents/agent/describe.h"
#include "proto/host/log.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MAX 10000

static lb_err add_row(struct store *s, const struct inbox_message *m, const struct lb_header *h, const char *signer, const struct description *d)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_ADD);

	bind_frame(q, 1, (struct lb_frame){ h->id.b, sizeof h->id.b });
	sqlite3_bind_int(q, 2, (int)m->lane);
	sqlite3_bind_int64(q, 3, (int64_t)m->position);
	sqlite3_bind_int64(q, 4, m->received_ms);
	sqlite3_bind_int64(q, 5, h->type);
	sqlite3_bind_int64(q, 6, h->area);
	sqlite3_bind_int64(q, 7, h->ack_policy);
	bind_text(q, 8, description_text(&d->title));
	bind_text(q, 9, description_text(&d->tracking_id));
	bind_text(q, 10, signer);
	bind_frame(q, 11, m->header);
	bind_frame(q, 12, m->signature);
	bind_frame(q, 13, m->payload);
	if (!lb_header_is_real(h))
		bind_slice(q, 14, h->exercise_name);
	sqlite3_bind_int64(q, 15, retention_until(&s->keep, h));
	bind_text(q, 16, description_text(&d->title_german));
	return store_run(s, q);
}

/* Adds a row's words to the index, or removes them, which has to be said word for word: so the titles are those that the row has. The one in German is
 * searched like the body. */
static lb_err change_text(struct store *s, enum store_statement which, int64_t row, const char *title, const char *title_german, const struct description *d)
{
	sqlite3_stmt *q = store_use(s, which);
	char *body = sqlite3_mprintf("%s%s%s", description_text(&d->body), *title_german ? "\n" : "", title_german);
	lb_err e;

	if (!body)
		return LB_NO_MEMORY;
	sqlite3_bind_int64(q, 1, row);
	bind_text(q, 2, title);
	bind_text(q, 3, description_text(&d->tracking_id));
	bind_text(q, 4, body);
	e = store_run(s, q);
	sqlite3_free(body);
	return e;
}

/* Its signature is right, so it is kept; but people should hear that somebody sends what cannot be read. */
static void log_unreadable(const struct lb_header *h, const char *wrong)
{
	char id[LB_UUID_TEXT];

	lb_uuid_format(&h->id, id);
	log_event(LOG_WARN, "payload_unreadable", "id=%s origin=%.*s detail=%s", id, (int)h->origin.n, h->origin.p, wrong);
}

lb_err inbox_add(struct store *s, const struct inbox_message *m, const struct lb_header *h, const char *signer, bool *stored)
{
	struct description d;
	lb_err e = describe(h, m->payload, &d);

	if (e != LB_OK)
		return e;
	e = add_row(s, m, h, signer, &d);
	*stored = e == LB_OK && sqlite3_changes(s->db) == 1;
	if (*stored && d.wrong[0])
		log_unreadable(h, d.wrong);
	if (*stored && (d.title.p || d.body.p))
		e = change_text(s, STORE_INBOX_TEXT, sqlite3_last_insert_rowid(s->db), description_text(&d.title), description_text(&d.title_german), &d);
	description_fini(&d);
	return e;
}

/* Parameters 1 to 7: log, lane, position, received, header, signature, payload. */
static void bind_message(sqlite3_stmt *q, const struct inbox_message *m)
{
	bind_frame(q, 1, (struct lb_frame){ m->log.b, sizeof m->log.b });
	sqlite3_bind_int(q, 2, (int)m->lane);
	sqlite3_bind_int64(q, 3, (int64_t)m->position);
	sqlite3_bind_int64(q, 4, m->received_ms);
	bind_frame(q, 5, m->header);
	bind_frame(q, 6, m->signature);
	bind_frame(q, 7, m->payload);
}

lb_err inbox_quarantine(struct store *s, const struct inbox_message *m, const struct lb_uuid *id, lb_err reason)
{
	sqlite3_stmt *q = store_use(s, STORE_QUARANTINE_ADD);

	bind_message(q, m);
	bind_frame(q, 8, (struct lb_frame){ id->b, sizeof id->b });
	bind_text(q, 9, lb_err_token(reason));
	return store_run(s, q);
}

lb_err inbox_hold(struct store *s, const struct inbox_message *m)
{
	sqlite3_stmt *q = store_use(s, STORE_HELD_ADD);

	bind_message(q, m);
	return store_run(s, q);
}

lb_err inbox_held(struct store *s, int64_t *row, struct inbox_message *m)
{
	sqlite3_stmt *q = store_use(s, STORE_HELD_FIRST);
	lb_err e = store_row(s, q);

	if (e != LB_OK)
		return e;
	if (column_frame(q, 1).n != sizeof m->log.b)
		return LB_CORRUPT;
	*row = sqlite3_column_int64(q, 0);
	memcpy(m->log.b, column_frame(q, 1).p, sizeof m->log.b);
	m->lane = sqlite3_column_int(q, 2) ? LB_LANE_ROUTINE : LB_LANE_URGENT;
	m->position = (uint64_t)sqlite3_column_int64(q, 3);
	m->received_ms = sqlite3_column_int64(q, 4);
	m->header = column_frame(q, 5);
	m->signature = column_frame(q, 6);
	m->payload = column_frame(q, 7);
	return LB_OK;
}

lb_err inbox_release(struct store *s, int64_t row)
{
	sqlite3_stmt *q = store_use(s, STORE_HELD_REMOVE);

	sqlite3_bind_int64(q, 1, row);
	return store_run(s, q);
}

static int64_t quarantine_end(const struct store *s, int64_t received_ms)
{
	return received_ms < INT64_MAX - s->quarantine_ms ? received_ms + s->quarantine_ms : 0;
}

/* Columns: row, received, lane, position, title, tracking, acknowledged, quarantine, signer, header, payload, gone, why, when, superseded by, signature,
 * title in German. */
static void read_row(const struct store *s, sqlite3_stmt *q, struct inbox_row *out)
{
	out->row = sqlite3_column_int64(q, 0);
	out->received_ms = sqlite3_column_int64(q, 1);
	out->lane = sqlite3_column_int(q, 2);
	out->position = sqlite3_column_int64(q, 3);
	out->title = column_text(q, 4);
	out->tracking_id = column_text(q, 5);
	out->acknowledged = sqlite3_column_int(q, 6);
	out->quarantine = column_text(q, 7);
	out->signer = column_text(q, 8);
	out->header = column_frame(q, 9);
	out->payload = column_frame(q, 10);
	out->gone = column_text(q, 11);
	out->gone_reason = column_text(q, 12);
	out->gone_ms = sqlite3_column_int64(q, 13);
	out->superseded = column_frame(q, 14);
	out->signature = column_frame(q, 15);
	out->title_german = column_text(q, 16);
	if (out->quarantine[0])
		out->gone_ms = quarantine_end(s, out->received_ms);
}

lb_err inbox_get(struct store *s, const struct lb_uuid *id, struct inbox_row *out)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_GET);
	lb_err e;

	bind_frame(q, 1, (struct lb_frame){ id->b, sizeof id->b });
	e = store_row(s, q);
	if (e == LB_OK)
		read_row(s, q, out);
	return e;
}

lb_err inbox_after(struct store *s, int64_t row, struct inbox_row *out)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_LAST);
	lb_err e;

	sqlite3_bind_int64(q, 1, row);
	e = store_row(s, q);
	if (e == LB_OK)
		read_row(s, q, out);
	return e;
}

lb_err inbox_erase(struct store *s, const struct lb_uuid *id)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_ERASE);

	bind_frame(q, 1, (struct lb_frame){ id->b, sizeof id->b });
	return store_run(s, q);
}

lb_err inbox_empty(struct store *s, const struct inbox_row *row, const struct lb_header *h, const char *gone, const char *reason, int64_t at_ms)
{
	struct description d;
	sqlite3_stmt *q;
	lb_err e = describe(h, row->payload, &d);

	if (e != LB_OK)
		return e;
	if (d.title.p || d.body.p)
		e = change_text(s, STORE_TEXT_REMOVE, row->row, row->title, row->title_german, &d);
	description_fini(&d);
	if (e == LB_OK)
		e = inbox_erase(s, &h->id);
	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_INBOX_EMPTY);
	sqlite3_bind_int64(q, 1, row->row);
	bind_text(q, 2, gone);
	bind_text(q, 3, reason);
	sqlite3_bind_int64(q, 4, at_ms);
	return store_run(s, q);
}

lb_err inbox_quarantine_expire(struct store *s, int64_t now_ms, unsigned most, unsigned *n)
{
	sqlite3_stmt *q = store_use(s, STORE_QUARANTINE_EXPIRE);
	lb_err e;

	sqlite3_bind_int64(q, 1, now_ms > s->quarantine_ms ? now_ms - s->quarantine_ms : -1);
	sqlite3_bind_int64(q, 2, most);
	e = store_run(s, q);
	*n = e == LB_OK ? (unsigned)sqlite3_changes(s->db) : 0;
	return e;
}

lb_err inbox_quarantine_ends(struct store *s, int64_t *out_ms)
{
	sqlite3_stmt *q = store_use(s, STORE_QUARANTINE_FIRST);
	lb_err e = store_row(s, q);

	*out_ms = e == LB_OK && sqlite3_column_type(q, 0) != SQLITE_NULL ? quarantine_end(s, sqlite3_column_int64(q, 0)) : 0;
	sqlite3_reset(q);
	return e;
}

lb_err inbox_quarantine_remove(struct store *s, int64_t row)
{
	sqlite3_stmt *q = store_use(s, STORE_QUARANTINE_REMOVE);

	sqlite3_bind_int64(q, 1, row);
	return store_run(s, q);
}

lb_err inbox_supersede(struct store *s, const struct lb_uuid *id, const struct lb_uuid *by)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_SUPERSEDE);

	bind_frame(q, 1, (struct lb_frame){ id->b, sizeof id->b });
	bind_frame(q, 2, (struct lb_frame){ by->b, sizeof by->b });
	return store_run(s, q);
}

static lb_err count(struct store *s, enum store_statement which, uint64_t *out)
{
	sqlite3_stmt *q = store_use(s, which);
	lb_err e = store_row(s, q);

	if (e == LB_OK)
		*out = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e;
}

int64_t inbox_newest(struct store *s)
{
	uint64_t row = 0;

	return count(s, STORE_INBOX_NEWEST, &row) == LB_OK ? (int64_t)row : 0;
}

lb_err inbox_acknowledge(struct store *s, const struct lb_uuid *id, unsigned state)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_ACKNOWLEDGE);

	bind_frame(q, 1, (struct lb_frame){ id->b, sizeof id->b });
	sqlite3_bind_int64(q, 2, state);
	return store_run(s, q);
}

static lb_err find_over(struct store *s, int64_t now_ms, struct lb_uuid *id)
{
	sqlite3_stmt *q = store_use(s, STORE_INBOX_OVER);
	lb_err e;

	sqlite3_bind_int64(q, 1, now_ms);
	e = store_row(s, q);
	if (e != LB_OK)
		return e;
	if (column_frame(q, 0).n != sizeof id->b)
		return LB_CORRUPT;
	memcpy(id->b, column_frame(q, 0).p, sizeof id->b);
	sqlite3_reset(q);
	return LB_OK;
}

lb_err inbox_expire(struct store *s, int64_t now_ms, struct lb_uuid *id)
{
	struct inbox_row row;
	struct lb_header h;
	lb_err e = find_over(s, now_ms, id);

	if (e == LB_OK)
		e = inbox_get(s, id, &row);
	if (e != LB_OK)
		return e;
	e = lb_header_decode(row.header.p, row.header.n, &h);
	/* A case is found by its pseudonym also when it is gone. */
	if (e != LB_OK || h.type == LB_TYPE_DIGITAL_VIOLENCE_CASE)
		return inbox_erase(s, id);
	return inbox_empty(s, &row, &h, "expired", "", retention_until(&s->keep, &h));
}

lb_err inbox_counts(struct store *s, uint64_t *real, uint64_t *exercises, uint64_t *quarantined)
{
	uint64_t all = 0;
	lb_err e = count(s, STORE_INBOX_COUNT, &all);

	if (e == LB_OK)
		e = count(s, STORE_INBOX_EXERCISES, exercises);
	if (e == LB_OK)
		*real = all - *exercises;
	return e == LB_OK ? count(s, STORE_QUARANTINE_COUNT, quarantined) : e;
}

static const char *select_of(const struct inbox_query *q)
{
	if (q->quarantine)
		return "SELECT row,received,lane,position,'','',0,reason,'',header,payload,'','',0,NULL,signature,'' FROM quarantine"
		       " WHERE row<?1 AND ?2=?2 AND ?3=?3 AND ?4=?4 AND ?5=?5 AND ?7=?7 AND ?8=?8 ORDER BY row DESC LIMIT ?6";
	if (q->search && q->search[0])
		return "SELECT row,received,lane,position,title,tracking,acknowledged,'',signer,header,payload,gone,gone_reason,gone_at,superseded,signature,title_german FROM inbox"
		       " WHERE row<?1 AND (?2=0 OR type=?2) AND (?3=0 OR area=?3) AND (?4=0 OR acknowledged<wants)"
		       " AND (?7='' OR exercise=?7) AND (?8=0 OR exercise IS NULL)"
		       " AND row IN (SELECT rowid FROM inbox_text WHERE inbox_text MATCH ?5) ORDER BY row DESC LIMIT ?6";
	return "SELECT row,received,lane,position,title,tracking,acknowledged,'',signer,header,payload,gone,gone_reason,gone_at,superseded,signature,title_german FROM inbox"
	       " WHERE row<?1 AND (?2=0 OR type=?2) AND (?3=0 OR area=?3) AND (?4=0 OR acknowledged<wants) AND ?5=?5"
	       " AND (?7='' OR exercise=?7) AND (?8=0 OR exercise IS NULL) ORDER BY row DESC LIMIT ?6";
}

lb_err inbox_find(struct store *s, const struct inbox_query *q, bool (*visit)(void *user, const struct inbox_row *row), void *user)
{
	uint32_t limit = q->limit == 0 ? LIMIT_DEFAULT : q->limit < LIMIT_MAX ? q->limit : LIMIT_MAX;
	sqlite3_stmt *p;
	struct inbox_row row;
	lb_err e;

	if (sqlite3_prepare_v2(s->db, select_of(q), -1, &p, NULL) != SQLITE_OK)
		return store_error(s);
	sqlite3_bind_int64(p, 1, q->before ? q->before : INT64_MAX);
	sqlite3_bind_int64(p, 2, q->type);
	sqlite3_bind_int64(p, 3, q->area);
	sqlite3_bind_int(p, 4, q->unacknowledged);
	bind_text(p, 5, q->search ? q->search : "");
	sqlite3_bind_int64(p, 6, limit);
	bind_text(p, 7, q->exercise ? q->exercise : "");
	sqlite3_bind_int(p, 8, q->real);
	while ((e = store_row(s, p)) == LB_OK) {
		read_row(s, p, &row);
		if (!visit(user, &row))
			break;
	}
	/* FTS5 reports a query it cannot read as a plain error. */
	if (e == LB_IO && q->search && (sqlite3_errcode(s->db) & 0xff) == SQLITE_ERROR)
		e = LB_INVALID;
	sqlite3_finalize(p);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static lb_err get_meta(struct store *s, const char *key, sqlite3_stmt **q)
{
	*q = store_use(s, STORE_META_GET);
	bind_text(*q, 1, key);
	return store_row(s, *q);
}

static lb_err get_number(struct store *s, const char *key, uint64_t *out)
{
	sqlite3_stmt *q;
	lb_err e = get_meta(s, key, &q);

	*out = e == LB_OK ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static lb_err set_number(struct store *s, const char *key, uint64_t value)
{
	sqlite3_stmt *q = store_use(s, STORE_META_SET);

	bind_text(q, 1, key);
	sqlite3_bind_int64(q, 2, (int64_t)value);
	return store_run(s, q);
}

static lb_err get_id(struct store *s, const char *key, struct lb_uuid *out)
{
	sqlite3_stmt *q;
	lb_err e = get_meta(s, key, &q);

	memset(out, 0, sizeof *out);
	if (e == LB_OK && column_frame(q, 0).n == sizeof out->b)
		memcpy(out->b, column_frame(q, 0).p, sizeof out->b);
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static lb_err set_id(struct store *s, const char *key, const struct lb_uuid *id)
{
	sqlite3_stmt *q = store_use(s, STORE_META_SET);

	bind_text(q, 1, key);
	bind_frame(q, 2, (struct lb_frame){ id->b, sizeof id->b });
	return store_run(s, q);
}

/* What a lane's cursor stands under. */
static const struct {
	const char *position, *id;
} keys[LB_LANES] = {
	[LB_LANE_URGENT] = { "urgent", "urgent_id" },
	[LB_LANE_ROUTINE] = { "routine", "routine_id" },
};

lb_err inbox_load_cursors(struct store *s, struct lb_uuid *log, uint64_t cursor[LB_LANES], struct lb_uuid last[LB_LANES], uint64_t *missed)
{
	lb_err e = get_id(s, "log", log);

	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		if (e == LB_OK)
			e = get_number(s, keys[lane].position, &cursor[lane]);
		if (e == LB_OK)
			e = get_id(s, keys[lane].id, &last[lane]);
	}
	return e == LB_OK ? get_number(s, "missed", missed) : e;
}

lb_err inbox_save_cursors(struct store *s, const struct lb_uuid *log, const uint64_t cursor[LB_LANES], const struct lb_uuid last[LB_LANES], uint64_t missed)
{
	lb_err e = set_id(s, "log", log);

	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		if (e == LB_OK)
			e = set_number(s, keys[lane].position, cursor[lane]);
		if (e == LB_OK)
			e = set_id(s, keys[lane].id, &last[lane]);
	}
	return e == LB_OK ? set_number(s, "missed", missed) : e;
}
