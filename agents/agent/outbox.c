/* The outbox. */
#include "agents/agent/outbox.h"

#include <string.h>

static void bind_blob(sqlite3_stmt *q, int at, const void *p, size_t n)
{
	/* An empty payload is an empty blob, not NULL. */
	sqlite3_bind_blob64(q, at, n ? p : "", n, SQLITE_STATIC);
}

lb_err outbox_add(struct store *s, const struct lb_uuid *id, enum lb_lane lane, const struct lb_frame frames[3])
{
	sqlite3_stmt *q = store_use(s, STORE_OUTBOX_ADD);

	bind_blob(q, 1, id->b, sizeof id->b);
	sqlite3_bind_int(q, 2, (int)lane);
	for (int i = 0; i < 3; i++)
		bind_blob(q, 3 + i, frames[i].p, frames[i].n);
	return store_run(s, q);
}

static struct lb_frame column(sqlite3_stmt *q, int at)
{
	return (struct lb_frame){ sqlite3_column_blob(q, at), (size_t)sqlite3_column_bytes(q, at) };
}

lb_err outbox_next(struct store *s, enum lb_lane lane, int64_t *row, struct lb_uuid *id, struct lb_buf *out)
{
	sqlite3_stmt *q = store_use(s, STORE_OUTBOX_NEXT);
	struct lb_frame frames[3];
	lb_err e;

	sqlite3_bind_int(q, 1, (int)lane);
	sqlite3_bind_int64(q, 2, *row);
	e = store_row(s, q);
	if (e != LB_OK)
		return e;
	for (int i = 0; i < 3; i++)
		frames[i] = column(q, 2 + i);
	e = column(q, 1).n == sizeof id->b ? lb_zmtp_put_message(out, frames, 3) : LB_CORRUPT;
	if (e == LB_OK) {
		*row = sqlite3_column_int64(q, 0);
		memcpy(id->b, column(q, 1).p, sizeof id->b);
	}
	sqlite3_reset(q);
	return e;
}

lb_err outbox_accepted(struct store *s, const struct lb_uuid *id)
{
	sqlite3_stmt *q = store_use(s, STORE_OUTBOX_REMOVE);

	bind_blob(q, 1, id->b, sizeof id->b);
	return store_run(s, q);
}

lb_err outbox_refused(struct store *s, const struct lb_uuid *id, const char *reason, const char *text, int64_t now_ms)
{
	sqlite3_stmt *q = store_use(s, STORE_REFUSED_ADD);
	lb_err e;

	bind_blob(q, 1, id->b, sizeof id->b);
	sqlite3_bind_text(q, 2, reason, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 4, now_ms);
	e = store_run(s, q);
	return e == LB_OK ? outbox_accepted(s, id) : e;
}

lb_err outbox_count(struct store *s, enum lb_lane lane, uint64_t *out)
{
	sqlite3_stmt *q = store_use(s, STORE_OUTBOX_COUNT);
	lb_err e;

	sqlite3_bind_int(q, 1, (int)lane);
	e = store_row(s, q);
	if (e == LB_OK)
		*out = (uint64_t)sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return e;
}
