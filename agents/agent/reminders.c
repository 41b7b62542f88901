/* Reminders. */
#include "agents/agent/reminders.h"

#include <string.h>

static void bind_id(sqlite3_stmt *q, int at, const struct lb_uuid *id)
{
	sqlite3_bind_blob(q, at, id->b, sizeof id->b, SQLITE_STATIC);
}

static void bind_text(sqlite3_stmt *q, int at, const char *text)
{
	sqlite3_bind_text(q, at, text, -1, SQLITE_STATIC);
}

/* Runs it; did it change a row? */
static lb_err change(struct store *s, sqlite3_stmt *q, bool *changed)
{
	int before = sqlite3_total_changes(s->db);
	lb_err e = store_run(s, q);

	*changed = e == LB_OK && sqlite3_total_changes(s->db) != before;
	return e;
}

static lb_err add(struct store *s, const struct reminder *r, int64_t link, bool *added)
{
	sqlite3_stmt *q = store_use(s, STORE_REMINDER_ADD);

	bind_id(q, 1, &r->id);
	bind_text(q, 2, r->partner);
	sqlite3_bind_int64(q, 3, r->ack_policy);
	sqlite3_bind_int64(q, 4, r->deadline_ms);
	sqlite3_bind_int(q, 5, r->exercise);
	sqlite3_bind_int64(q, 6, link);
	sqlite3_bind_int64(q, 7, REMINDERS_MAX);
	return change(s, q, added);
}

lb_err reminders_expect(struct store *s, const struct lb_header *h, const char *partner)
{
	struct reminder r = { h->id, partner, h->ack_policy, h->ack_deadline_ms, h->exercise, false };
	bool added;

	if (h->ack_policy == LB_ACK_NONE || h->ack_deadline_ms == 0)
		return LB_OK;
	/* What expires before its deadline is never overdue. */
	return h->expires_ms != 0 && h->expires_ms <= h->ack_deadline_ms ? LB_OK : add(s, &r, 0, &added);
}

/* `said` is 1 reminded, 2 overdue: what the broker has said last. */
lb_err reminders_heard(struct store *s, const struct reminder *r, int64_t link, bool *news)
{
	sqlite3_stmt *q;
	bool any;
	lb_err e = add(s, r, link, &any);

	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_REMINDER_SAID);
	bind_id(q, 1, &r->id);
	bind_text(q, 2, r->partner);
	sqlite3_bind_int(q, 3, r->overdue ? 2 : 1);
	e = change(s, q, news);
	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_REMINDER_LINK);
	bind_id(q, 1, &r->id);
	bind_text(q, 2, r->partner);
	sqlite3_bind_int64(q, 3, link);
	return store_run(s, q);
}

lb_err reminders_done(struct store *s, const struct lb_uuid *id, struct lb_text partner, unsigned state, bool *news)
{
	sqlite3_stmt *q = store_use(s, STORE_REMINDER_DONE);

	bind_id(q, 1, id);
	sqlite3_bind_text(q, 2, partner.p, (int)partner.n, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, state);
	return change(s, q, news);
}

lb_err reminders_drop(struct store *s, const struct lb_uuid *id)
{
	static const enum store_statement both[] = { STORE_REMINDER_DROP, STORE_OVERDUE_REMOVE };
	lb_err e = LB_OK;

	for (unsigned i = 0; i < 2 && e == LB_OK; i++) {
		sqlite3_stmt *q = store_use(s, both[i]);

		bind_id(q, 1, id);
		e = store_run(s, q);
	}
	return e;
}

lb_err reminders_others(struct store *s, const struct lb_uuid *id, struct lb_frame header, const char *partners, unsigned n, int64_t link, bool *news)
{
	sqlite3_stmt *q = store_use(s, n ? STORE_OVERDUE_SET : STORE_OVERDUE_REMOVE);
	lb_err e;

	bind_id(q, 1, id);
	if (n == 0)
		return change(s, q, news);
	sqlite3_bind_blob64(q, 2, header.p, header.n, SQLITE_STATIC);
	bind_text(q, 3, partners);
	sqlite3_bind_int64(q, 4, n);
	sqlite3_bind_int64(q, 5, REMINDERS_MAX);
	e = change(s, q, news);
	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_OVERDUE_LINK);
	bind_id(q, 1, id);
	sqlite3_bind_int64(q, 2, link);
	return store_run(s, q);
}

lb_err reminders_settle(struct store *s, int64_t link, int64_t now_ms)
{
	sqlite3_stmt *q = store_use(s, STORE_REMINDER_SETTLE);
	lb_err e;

	sqlite3_bind_int64(q, 1, link);
	sqlite3_bind_int64(q, 2, now_ms);
	e = store_run(s, q);
	if (e != LB_OK)
		return e;
	q = store_use(s, STORE_OVERDUE_SETTLE);
	sqlite3_bind_int64(q, 1, link);
	return store_run(s, q);
}

static bool read_id(sqlite3_stmt *q, struct lb_uuid *out)
{
	if (sqlite3_column_bytes(q, 0) != sizeof out->b)
		return false;
	memcpy(out->b, sqlite3_column_blob(q, 0), sizeof out->b);
	return true;
}

lb_err reminders_each(struct store *s, unsigned most, bool (*visit)(void *user, const struct reminder *r), void *user)
{
	sqlite3_stmt *q = store_use(s, STORE_REMINDER_LIST);
	struct reminder r;
	lb_err e;

	sqlite3_bind_int64(q, 1, most);
	while ((e = store_row(s, q)) == LB_OK) {
		r.partner = (const char *)sqlite3_column_text(q, 1);
		r.ack_policy = (unsigned)sqlite3_column_int(q, 2);
		r.deadline_ms = sqlite3_column_int64(q, 3);
		r.exercise = sqlite3_column_int(q, 4);
		r.overdue = sqlite3_column_int(q, 5) == 2;
		if (read_id(q, &r.id) && r.partner && !visit(user, &r))
			break;
	}
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

lb_err reminders_each_other(struct store *s, unsigned most, bool (*visit)(void *user, const struct reminder_others *o), void *user)
{
	sqlite3_stmt *q = store_use(s, STORE_OVERDUE_LIST);
	struct reminder_others o;
	lb_err e;

	sqlite3_bind_int64(q, 1, most);
	while ((e = store_row(s, q)) == LB_OK) {
		o.header = (struct lb_frame){ sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1) };
		o.partners = (const char *)sqlite3_column_text(q, 2);
		o.n = (unsigned)sqlite3_column_int(q, 3);
		if (read_id(q, &o.id) && o.partners && !visit(user, &o))
			break;
	}
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_OK : e;
}
