/* The end of what waits for a second person in vain. */
#include "broker/waits.h"

#include <string.h>

#include "broker/audit.h"
#include "broker/core/approval.h"
#include "broker/core/exercise.h"
#include "broker/deeds.h"
#include "proto/host/log.h"

/* Ids of rows: whose time is over, and those of exercises. */
struct due {
	int64_t now_ms;
	struct lb_uuid id[WAITS_AT_ONCE], played[DEEDS_WAITING_MAX];
	unsigned n, played_n;
};

static void note_due(struct due *due, const void *key, size_t key_n)
{
	if (key_n == sizeof due->id[0].b)
		memcpy(due->id[due->n++].b, key, key_n);
}

static bool is_over(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct due *due = user;
	struct lb_zmtp_message m;
	struct waiting_row row;
	struct lb_header h;

	/* A row that cannot be read waits for nobody. */
	if (waiting_row_read(value, value_n, &row) != LB_OK || row.until_ms <= due->now_ms)
		note_due(due, key, key_n);
	else if (waiting_row_open(&row, &m, &h) == LB_OK && !lb_header_is_real(&h) && due->played_n < DEEDS_WAITING_MAX && key_n == sizeof h.id.b)
		due->played[due->played_n++] = h.id;
	return due->n < WAITS_AT_ONCE;
}

/* Ids sort by the time that they were made. */
static bool is_old(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct due *due = user;
	struct lb_uuid id;

	(void)value;
	(void)value_n;
	if (key_n != sizeof id.b)
		return false;
	memcpy(id.b, key, key_n);
	if (lb_uuid7_ms(&id) >= due->now_ms - WAITS_SETTLED_MS)
		return false;
	note_due(due, key, key_n);
	return due->n < WAITS_AT_ONCE;
}

static void report(const struct lb_uuid *id, enum approval_state state)
{
	char text[LB_UUID_TEXT];

	lb_uuid_format(id, text);
	log_event(LOG_WARN, state == APPROVAL_EXPIRED ? "approval_expired" : "approval_ended", "id=%s detail=%s", text,
	          state == APPROVAL_EXPIRED ? "no second person approved it in time; it was not sent" : "its exercise is over; it was not sent");
}

/* Settles what stands in a->record. */
static lb_err settle(struct append *a, const struct lb_uuid *id, enum approval_state state, int64_t now_ms, bool *changed)
{
	struct settled_row settled = { .state = state, .at_ms = now_ms, .by = { "", 0 }, .function = { "", 0 }, .note = { "", 0 } };
	struct lb_buf out = LB_BUF_INIT;
	struct lb_zmtp_message m;
	struct waiting_row row;
	struct lb_header h;
	lb_err e = LB_OK;

	if (waiting_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row) == LB_OK && waiting_row_open(&row, &m, &h) == LB_OK) {
		settled.came_ms = row.came_ms;
		settled.until_ms = row.until_ms;
		settled.signer = row.signer;
		settled.header = m.frames[0];
		e = lb_message_digest(m.frames[0], m.frames[1], settled.digest);
		if (e == LB_OK)
			e = settled_row_write(&settled, &out);
		if (e == LB_OK)
			e = journal_put(a->journal, JOURNAL_SETTLED, id->b, sizeof id->b, lb_buf_data(&out), lb_buf_len(&out));
		if (e == LB_OK)
			e = audit_wait(a->audit, id, state, settled.by, NULL);
		if (e == LB_OK)
			e = deeds_note_end(a, id);
	}
	if (e == LB_OK)
		e = journal_remove(a->journal, JOURNAL_WAITING, id->b, sizeof id->b);
	*changed = true;
	report(id, state);
	lb_buf_fini(&out);
	return e;
}

static lb_err expire_one(struct append *a, const struct lb_uuid *id, int64_t now_ms, bool *changed)
{
	lb_err e = append_peek(a, JOURNAL_WAITING, id);

	return e == LB_OK ? settle(a, id, APPROVAL_EXPIRED, now_ms, changed) : e;
}

struct search {
	int64_t now_ms;
	bool found;
};

static bool find_open(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct search *s = user;
	struct exercise_row row;

	(void)key;
	(void)key_n;
	s->found = exercise_row_read(value, value_n, &row) == LB_OK && !exercise_is_over(&row, s->now_ms);
	return !s->found;
}

/* Where several have its name it waits for the last of them; to approve it, one has to run for its sender. */
static lb_err end_one(struct append *a, const struct lb_uuid *id, int64_t now_ms, bool *changed)
{
	struct search s = { now_ms, false };
	uint8_t prefix[EXERCISE_KEY_MAX];
	struct lb_zmtp_message m;
	struct waiting_row row;
	struct lb_header h;
	lb_err e = append_peek(a, JOURNAL_WAITING, id);

	if (e == LB_OK)
		e = waiting_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row);
	if (e == LB_OK)
		e = waiting_row_open(&row, &m, &h);
	if (e == LB_OK)
		e = journal_peek_each(a->journal, JOURNAL_EXERCISES, prefix, exercise_key(h.exercise_name, "", prefix), find_open, &s);
	return e == LB_OK && !s.found ? settle(a, id, APPROVAL_ENDED, now_ms, changed) : e;
}

/* The id stays taken where it stands for a message of the log. */
static lb_err forget_one(struct append *a, const struct lb_uuid *id)
{
	uint64_t position;
	unsigned lane;
	lb_err e = journal_peek_id(a->journal, id, &lane, &position);

	if (e == LB_OK && position == 0)
		e = journal_forget(a->journal, id);
	return e == LB_OK || e == LB_NOT_FOUND ? journal_remove(a->journal, JOURNAL_SETTLED, id->b, sizeof id->b) : e;
}

lb_err waits_end(struct append *a, int64_t now_ms, bool *changed)
{
	struct due due = { .now_ms = now_ms };
	lb_err e = journal_peek_each(a->journal, JOURNAL_WAITING, NULL, 0, is_over, &due);

	*changed = due.n > 0;
	for (unsigned i = 0; e == LB_OK && i < due.n; i++)
		e = expire_one(a, &due.id[i], now_ms, changed);
	for (unsigned i = 0; e == LB_OK && i < due.played_n; i++)
		e = end_one(a, &due.played[i], now_ms, changed);
	due.n = 0;
	if (e == LB_OK)
		e = journal_peek_each(a->journal, JOURNAL_SETTLED, NULL, 0, is_old, &due);
	for (unsigned i = 0; e == LB_OK && i < due.n; i++)
		e = forget_one(a, &due.id[i]);
	*changed |= due.n > 0;
	return e;
}
