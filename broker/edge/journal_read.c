/* Reading the log: in a reader's own transactions, and inside the writer's. */
#include "broker/edge/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "broker/edge/journal_state.h"

#define AHEAD_BYTES (1024 * 1024) /* of the log that a reader asks the disk for before it needs them */

struct journal_reader {
	struct journal *journal;
	MDB_txn *txn; /* reset between calls */
	uintptr_t ahead_from, ahead_to; /* of the map: what the disk was asked for last */
};

static lb_err replace(struct lb_buf *out, const MDB_val *value)
{
	lb_buf_consume(out, lb_buf_len(out));
	return lb_buf_append(out, value->mv_data, value->mv_size);
}

static int read_edge(MDB_txn *txn, MDB_dbi dbi, MDB_cursor_op edge, struct lb_buf *key, struct lb_buf *value)
{
	MDB_val k, v;
	MDB_cursor *c;
	int rc = mdb_cursor_open(txn, dbi, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c, &k, &v, edge);
	if (rc == 0 && (replace(key, &k) != LB_OK || replace(value, &v) != LB_OK))
		rc = ENOMEM;
	mdb_cursor_close(c);
	return rc;
}

static lb_err get_edge(struct journal *j, enum journal_table t, MDB_cursor_op edge, struct lb_buf *key, struct lb_buf *value)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(j->env, NULL, MDB_RDONLY, &txn);

	if (rc != 0)
		return journal_error(rc);
	rc = read_edge(txn, j->table[t], edge, key, value);
	mdb_txn_abort(txn);
	return journal_error(rc);
}

lb_err journal_newest(struct journal *j, enum journal_table t, struct lb_buf *key, struct lb_buf *value)
{
	return get_edge(j, t, MDB_LAST, key, value);
}

lb_err journal_first(struct journal *j, enum journal_table t, struct lb_buf *key, struct lb_buf *value)
{
	return get_edge(j, t, MDB_FIRST, key, value);
}

/* Finds the record that holds the position, or the next one. */
static int find_record(MDB_cursor *c, uint64_t position, MDB_val *key, MDB_val *value)
{
	int rc;

	*key = value_of(&position, sizeof position);
	rc = mdb_cursor_get(c, key, value, MDB_SET_RANGE);
	if (rc == MDB_NOTFOUND || (rc == 0 && key_of(key) > position)) {
		MDB_val next = *key;
		bool has_next = rc == 0;

		rc = mdb_cursor_get(c, key, value, has_next ? MDB_PREV : MDB_LAST);
		if ((rc == MDB_NOTFOUND || (rc == 0 && key_of(key) + count_of(value) <= position)) && has_next)
			rc = mdb_cursor_get(c, &next, value, MDB_SET_KEY), *key = next;
		else if (rc == 0 && key_of(key) + count_of(value) <= position)
			rc = MDB_NOTFOUND;
	}
	return rc;
}

/* Whoever reads a record reads the next ones, too, and they stand behind it: one request to the disk instead of one a page. `r` may be NULL. */
static void read_ahead(struct journal_reader *r, const MDB_val *value)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)value->mv_data & ~(page - 1);
	uintptr_t end = ((uintptr_t)value->mv_data + value->mv_size + page - 1) & ~(page - 1);

	if (!r || (at >= r->ahead_from && end + AHEAD_BYTES / 2 <= r->ahead_to))
		return;
	if (at < r->ahead_from || at > r->ahead_to)
		r->ahead_to = at;
	r->ahead_from = at;
	madvise((void *)r->ahead_to, end + AHEAD_BYTES - r->ahead_to, MADV_WILLNEED);
	r->ahead_to = end + AHEAD_BYTES;
}

static lb_err read_record(MDB_txn *txn, MDB_dbi dbi, struct journal_reader *r, uint64_t position, struct lb_buf *record, uint64_t *first)
{
	MDB_cursor *c;
	MDB_val key, value;
	lb_err e;
	int rc = mdb_cursor_open(txn, dbi, &c);

	if (rc != 0)
		return journal_error(rc);
	rc = find_record(c, position, &key, &value);
	e = journal_error(rc);
	if (e == LB_OK) {
		*first = key_of(&key);
		read_ahead(r, &value);
		e = replace(record, &value);
	}
	mdb_cursor_close(c);
	return e;
}

lb_err journal_peek(struct journal *j, unsigned lane, uint64_t position, struct lb_buf *record, uint64_t *first)
{
	return read_record(j->txn, j->lane[lane].dbi, NULL, position, record, first);
}

static lb_err read_place(const MDB_val *value, unsigned *lane, uint64_t *position)
{
	uint64_t place;

	if (value->mv_size != sizeof place)
		return LB_CORRUPT;
	memcpy(&place, value->mv_data, sizeof place);
	*lane = place & LANE_BIT ? 1 : 0;
	*position = place & ~LANE_BIT;
	return LB_OK;
}

lb_err journal_peek_id(struct journal *j, const struct lb_uuid *id, unsigned *lane, uint64_t *position)
{
	MDB_val key = value_of(id->b, sizeof id->b), value;
	lb_err e = journal_error(mdb_get(j->txn, j->ids, &key, &value));

	return e == LB_OK ? read_place(&value, lane, position) : e;
}

lb_err journal_peek_row(struct journal *j, enum journal_table t, const void *key, size_t key_n, struct lb_buf *value)
{
	MDB_val k = value_of(key, key_n), v;
	lb_err e = journal_error(mdb_get(j->txn, j->table[t], &k, &v));

	return e == LB_OK ? replace(value, &v) : e;
}

lb_err journal_reader_new(struct journal *j, struct journal_reader **out)
{
	struct journal_reader *r = calloc(1, sizeof *r);
	int rc;

	if (!r)
		return LB_NO_MEMORY;
	r->journal = j;
	rc = mdb_txn_begin(j->env, NULL, MDB_RDONLY, &r->txn);
	if (rc != 0) {
		free(r);
		return journal_error(rc);
	}
	mdb_txn_reset(r->txn);
	*out = r;
	return LB_OK;
}

void journal_reader_free(struct journal_reader *r)
{
	mdb_txn_abort(r->txn);
	free(r);
}

lb_err journal_read(struct journal_reader *r, unsigned lane, uint64_t position, struct lb_buf *record, uint64_t *first)
{
	lb_err e = journal_error(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = read_record(r->txn, r->journal->lane[lane].dbi, r, position, record, first);
	mdb_txn_reset(r->txn);
	return e;
}

static lb_err get(struct journal_reader *r, MDB_dbi dbi, const void *key, size_t key_n, struct lb_buf *value)
{
	MDB_val k = value_of(key, key_n), v;
	lb_err e = journal_error(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = journal_error(mdb_get(r->txn, dbi, &k, &v));
	if (e == LB_OK)
		e = replace(value, &v);
	mdb_txn_reset(r->txn);
	return e;
}

lb_err journal_find(struct journal_reader *r, const struct lb_uuid *id, unsigned *lane, uint64_t *position)
{
	MDB_val key = value_of(id->b, sizeof id->b), value;
	lb_err e = journal_error(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = journal_error(mdb_get(r->txn, r->journal->ids, &key, &value));
	if (e == LB_OK)
		e = read_place(&value, lane, position);
	mdb_txn_reset(r->txn);
	return e;
}

lb_err journal_get(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, struct lb_buf *value)
{
	return get(r, r->journal->table[t], key, key_n, value);
}

lb_err journal_seek(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, size_t prefix_n, struct lb_buf *value)
{
	MDB_val k = value_of(key, key_n), v;
	MDB_cursor *c;
	lb_err e = journal_error(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = journal_error(mdb_cursor_open(r->txn, r->journal->table[t], &c));
	if (e == LB_OK) {
		e = journal_error(mdb_cursor_get(c, &k, &v, MDB_SET_RANGE));
		if (e == LB_OK)
			e = k.mv_size >= prefix_n && memcmp(k.mv_data, key, prefix_n) == 0 ? replace(value, &v) : LB_NOT_FOUND;
		mdb_cursor_close(c);
	}
	mdb_txn_reset(r->txn);
	return e;
}

static int each(MDB_cursor *c, const void *from, size_t from_n, size_t prefix_n, journal_visit *visit, void *user)
{
	MDB_val key = value_of(from, from_n), value;
	int rc = mdb_cursor_get(c, &key, &value, from_n > 0 ? MDB_SET_RANGE : MDB_FIRST);

	while (rc == 0 && key.mv_size >= prefix_n && (prefix_n == 0 || memcmp(key.mv_data, from, prefix_n) == 0)) {
		if (!visit(user, key.mv_data, key.mv_size, value.mv_data, value.mv_size))
			return 0;
		rc = mdb_cursor_get(c, &key, &value, MDB_NEXT);
	}
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static lb_err visit_each(MDB_txn *txn, MDB_dbi dbi, const void *from, size_t from_n, size_t prefix_n, journal_visit *visit, void *user)
{
	MDB_cursor *c;
	int rc = mdb_cursor_open(txn, dbi, &c);

	if (rc == 0) {
		rc = each(c, from, from_n, prefix_n, visit, user);
		mdb_cursor_close(c);
	}
	return journal_error(rc);
}

lb_err journal_each(struct journal_reader *r, enum journal_table t, const void *prefix, size_t prefix_n, journal_visit *visit, void *user)
{
	return journal_each_from(r, t, prefix, prefix_n, prefix_n, visit, user);
}

lb_err journal_each_from(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, size_t prefix_n, journal_visit *visit, void *user)
{
	lb_err e = journal_error(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = visit_each(r->txn, r->journal->table[t], key, key_n, prefix_n, visit, user);
	mdb_txn_reset(r->txn);
	return e;
}

lb_err journal_peek_each(struct journal *j, enum journal_table t, const void *prefix, size_t prefix_n, journal_visit *visit, void *user)
{
	return visit_each(j->txn, j->table[t], prefix, prefix_n, prefix_n, visit, user);
}
