/* The log in LMDB. Tables: "urgent" and "routine" (first position -> record), "ids" (message id -> lane and position), the
 * small ones, and "meta". */
#include "broker/edge/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "broker/edge/data_file.h"

#define FORMAT 1 /* of records and rows: goes up with each change that an earlier broker would misread */
#define READERS_MAX 128
#define LANE_BIT ((uint64_t)1 << 63)
#define MAP_RESERVE (64 * 1024 * 1024) /* of the map: what deleting and the small tables may need */
#define PATH_BYTES 4096
#define AHEAD_BYTES (1024 * 1024) /* of the log that a reader asks the disk for before it needs them */

struct lane {
	MDB_dbi dbi;
	uint64_t last;             /* within the transaction */
	atomic_ullong committed;   /* what every thread sees */
	atomic_ullong oldest;
};

struct journal {
	MDB_env *env;
	struct lane lane[JOURNAL_LANES];
	MDB_dbi ids, table[JOURNAL_TABLES], meta;
	MDB_txn *txn;
	MDB_cursor *ids_cursor;
	struct lb_uuid greatest, greatest_committed; /* ids beyond it are appended, not searched for */
	struct lb_uuid id;
	int lock;
	struct data_file file;
	char folder[PATH_BYTES];
	uint64_t map_bytes, low_water_bytes;
	atomic_llong asked_s;
	atomic_bool room;
};

struct journal_reader {
	struct journal *journal;
	MDB_txn *txn; /* reset between calls */
	uintptr_t ahead_from, ahead_to; /* of the map: what the disk was asked for last */
};

static lb_err error_of(int rc)
{
	switch (rc) {
	case 0:
		return LB_OK;
	case MDB_NOTFOUND:
		return LB_NOT_FOUND;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return LB_DISK_FULL;
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_INVALID:
	case MDB_VERSION_MISMATCH:
		return LB_CORRUPT;
	case MDB_READERS_FULL:
		return LB_LIMIT;
	case ENOMEM:
		return LB_NO_MEMORY;
	default:
		return LB_IO;
	}
}

static lb_err fail(char *why, size_t why_n, const char *folder, const char *what, int rc)
{
	snprintf(why, why_n, "%s: %s: %s", folder, what, mdb_strerror(rc));
	return error_of(rc);
}

static MDB_val value_of(const void *p, size_t n)
{
	return (MDB_val){ n, (void *)p };
}

/* One broker a log: two would overwrite each other's positions. */
static lb_err take_lock(struct journal *j, char *why, size_t why_n)
{
	char path[PATH_BYTES + 16];

	if (mkdir(j->folder, 0700) != 0 && errno != EEXIST) {
		snprintf(why, why_n, "%s: the folder cannot be made: %s", j->folder, strerror(errno));
		return LB_IO;
	}
	snprintf(path, sizeof path, "%s/broker.lock", j->folder);
	j->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (j->lock < 0) {
		snprintf(why, why_n, "%s: %s", path, strerror(errno));
		return LB_IO;
	}
	if (flock(j->lock, LOCK_EX | LOCK_NB) != 0) {
		snprintf(why, why_n, "%s: another broker uses this log; stop it first", j->folder);
		return LB_IO;
	}
	return LB_OK;
}

const char *journal_table_name(enum journal_table t)
{
	static const char *const names[JOURNAL_TABLES] = { "cursors", "signers", "ledger", "lapses", "mandates", "audit", "agents", "deadlines", "eras",
	                                                    "federations", "waiting", "settled", "recalled", "deleted", "due" };

	return names[t];
}

static int open_tables(struct journal *j, MDB_txn *txn)
{
	static const char *const lanes[] = { "urgent", "routine" };
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < JOURNAL_LANES; i++)
		rc = mdb_dbi_open(txn, lanes[i], MDB_CREATE | MDB_INTEGERKEY, &j->lane[i].dbi);
	for (unsigned i = 0; rc == 0 && i < JOURNAL_TABLES; i++)
		rc = mdb_dbi_open(txn, journal_table_name((enum journal_table)i), MDB_CREATE, &j->table[i]);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "ids", MDB_CREATE, &j->ids);
	if (rc == 0)
		rc = mdb_dbi_open(txn, "meta", MDB_CREATE, &j->meta);
	return rc;
}

static int make_id(struct journal *j, MDB_txn *txn)
{
	static const uint32_t format = FORMAT;
	MDB_val id_key = value_of("log", 3), format_key = value_of("format", 6), id, f = value_of(&format, sizeof format);
	int rc;

	j->id = lb_uuid7_now();
	id = value_of(j->id.b, sizeof j->id.b);
	rc = mdb_put(txn, j->meta, &id_key, &id, 0);
	return rc == 0 ? mdb_put(txn, j->meta, &format_key, &f, 0) : rc;
}

/* A log of another format is not ours to read. */
static int load_id(struct journal *j, MDB_txn *txn)
{
	static const uint32_t format = FORMAT;
	MDB_val key = value_of("log", 3), value;
	int rc = mdb_get(txn, j->meta, &key, &value);

	if (rc == MDB_NOTFOUND)
		return make_id(j, txn);
	if (rc == 0 && value.mv_size != sizeof j->id.b)
		return MDB_CORRUPTED;
	if (rc != 0)
		return rc;
	memcpy(j->id.b, value.mv_data, sizeof j->id.b);
	key = value_of("format", 6);
	rc = mdb_get(txn, j->meta, &key, &value);
	if (rc == MDB_NOTFOUND || (rc == 0 && (value.mv_size != sizeof format || memcmp(value.mv_data, &format, sizeof format) != 0)))
		return MDB_VERSION_MISMATCH;
	return rc;
}

static uint64_t key_of(const MDB_val *key)
{
	uint64_t v = 0;

	memcpy(&v, key->mv_data, sizeof v);
	return v;
}

/* A record begins with its count (block.h). */
static uint32_t count_of(const MDB_val *value)
{
	const uint8_t *p = value->mv_data;

	return value->mv_size < 4 ? 0 : (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int load_lane(struct journal *j, MDB_txn *txn, unsigned i)
{
	struct lane *l = &j->lane[i];
	uint64_t oldest = 0;
	MDB_cursor *c;
	MDB_val key, value;
	int rc = mdb_cursor_open(txn, l->dbi, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c, &key, &value, MDB_LAST);
	if (rc == 0)
		l->last = key_of(&key) + count_of(&value) - 1;
	if (rc == 0 && (rc = mdb_cursor_get(c, &key, &value, MDB_FIRST)) == 0)
		oldest = key_of(&key);
	mdb_cursor_close(c);
	if (rc == MDB_NOTFOUND) {
		/* Retention may have dropped everything; the positions go on all the same. */
		key = value_of(i ? "last-routine" : "last-urgent", i ? 12 : 11);
		rc = mdb_get(txn, j->meta, &key, &value);
		if (rc == 0 && value.mv_size == sizeof l->last)
			memcpy(&l->last, value.mv_data, sizeof l->last);
		rc = rc == MDB_NOTFOUND ? 0 : rc;
		oldest = l->last + 1;
	}
	atomic_store(&l->committed, l->last);
	atomic_store(&l->oldest, oldest);
	return rc;
}

static int load_greatest(struct journal *j, MDB_txn *txn)
{
	MDB_cursor *c;
	MDB_val key, value;
	int rc = mdb_cursor_open(txn, j->ids, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c, &key, &value, MDB_LAST);
	if (rc == 0 && key.mv_size == sizeof j->greatest.b)
		memcpy(j->greatest.b, key.mv_data, sizeof j->greatest.b);
	j->greatest_committed = j->greatest;
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int load(struct journal *j)
{
	MDB_txn *txn;
	int rc = mdb_txn_begin(j->env, NULL, 0, &txn);

	if (rc != 0)
		return rc;
	rc = open_tables(j, txn);
	if (rc == 0)
		rc = load_id(j, txn);
	for (unsigned i = 0; rc == 0 && i < JOURNAL_LANES; i++)
		rc = load_lane(j, txn, i);
	if (rc == 0)
		rc = load_greatest(j, txn);
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

static int open_environment(struct journal *j)
{
	int dead, rc = mdb_env_create(&j->env);

	if (rc == 0)
		rc = mdb_env_set_maxdbs(j->env, JOURNAL_LANES + JOURNAL_TABLES + 2);
	if (rc == 0)
		rc = mdb_env_set_maxreaders(j->env, READERS_MAX);
	if (rc == 0)
		rc = mdb_env_set_mapsize(j->env, j->map_bytes);
	if (rc == 0)
		rc = mdb_env_open(j->env, j->folder, MDB_NOTLS | MDB_NORDAHEAD, 0600);
	if (rc == 0)
		rc = mdb_reader_check(j->env, &dead);
	return rc;
}

static uint64_t used_bytes(struct journal *j)
{
	MDB_envinfo info;
	MDB_stat stat;

	mdb_env_info(j->env, &info);
	mdb_env_stat(j->env, &stat);
	return ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
}

lb_err journal_open(const struct journal_settings *s, struct journal **out, char *why, size_t why_n)
{
	struct journal *j = calloc(1, sizeof *j);
	char path[PATH_BYTES + 16];
	lb_err e;
	int rc;

	if (!j || strlen(s->folder) >= sizeof j->folder) {
		free(j);
		snprintf(why, why_n, "%s: the path is too long, or memory is out", s->folder);
		return LB_NO_MEMORY;
	}
	strcpy(j->folder, s->folder);
	j->map_bytes = s->map_bytes;
	j->low_water_bytes = s->low_water_bytes;
	j->lock = j->file.fd = -1;
	e = take_lock(j, why, why_n);
	if (e == LB_OK) {
		rc = open_environment(j);
		if (rc == 0)
			rc = load(j);
		if (rc == MDB_VERSION_MISMATCH)
			e = fail(why, why_n, j->folder, "the log was written by another version of lagebusd; start that one, or begin with an empty folder", rc);
		else if (rc != 0)
			e = fail(why, why_n, j->folder, "the log cannot be opened", rc);
	}
	if (e != LB_OK) {
		journal_close(j);
		return e;
	}
	snprintf(path, sizeof path, "%s/data.mdb", j->folder);
	data_file_open(&j->file, path, s->grow_bytes);
	*out = j;
	return LB_OK;
}

void journal_close(struct journal *j)
{
	if (j->env)
		mdb_env_close(j->env);
	data_file_close(&j->file);
	if (j->lock >= 0)
		close(j->lock);
	free(j);
}

struct lb_uuid journal_id(const struct journal *j)
{
	return j->id;
}

uint64_t journal_last(const struct journal *j, unsigned lane)
{
	return atomic_load(&j->lane[lane].committed);
}

uint64_t journal_oldest(const struct journal *j, unsigned lane)
{
	return atomic_load(&j->lane[lane].oldest);
}

static uint64_t free_bytes_of(struct journal *j)
{
	struct statvfs v;

	return statvfs(j->folder, &v) == 0 ? (uint64_t)v.f_bavail * v.f_frsize : 0;
}

bool journal_has_room(struct journal *j)
{
	struct timespec t;
	long long asked = atomic_load_explicit(&j->asked_s, memory_order_relaxed);

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	if (t.tv_sec + 1 != asked && atomic_compare_exchange_strong(&j->asked_s, &asked, t.tv_sec + 1)) {
		/* What the file has been extended by already is room, too. */
		uint64_t used = used_bytes(j), length = atomic_load(&j->file.bytes), ahead = length > used ? length - used : 0;

		atomic_store(&j->room, free_bytes_of(j) + ahead >= j->low_water_bytes && used + MAP_RESERVE < j->map_bytes);
	}
	return atomic_load_explicit(&j->room, memory_order_relaxed);
}

void journal_usage(struct journal *j, uint64_t *used, uint64_t *free_bytes)
{
	*used = used_bytes(j);
	*free_bytes = free_bytes_of(j);
}

lb_err journal_begin(struct journal *j)
{
	int rc = mdb_txn_begin(j->env, NULL, 0, &j->txn);

	if (rc == 0 && (rc = mdb_cursor_open(j->txn, j->ids, &j->ids_cursor)) != 0)
		mdb_txn_abort(j->txn);
	if (rc != 0)
		j->txn = NULL;
	return error_of(rc);
}

static void forget_transaction(struct journal *j)
{
	j->txn = NULL;
	j->ids_cursor = NULL;
	j->greatest = j->greatest_committed;
	for (unsigned i = 0; i < JOURNAL_LANES; i++)
		j->lane[i].last = atomic_load(&j->lane[i].committed);
}

void journal_abort(struct journal *j)
{
	mdb_txn_abort(j->txn);
	forget_transaction(j);
}

/* The oldest record may have been dropped in this transaction. */
static int find_oldest(struct journal *j, unsigned lane, uint64_t *oldest)
{
	MDB_cursor *c;
	MDB_val key, value;
	int rc = mdb_cursor_open(j->txn, j->lane[lane].dbi, &c);

	if (rc != 0)
		return rc;
	rc = mdb_cursor_get(c, &key, &value, MDB_FIRST);
	*oldest = rc == 0 ? key_of(&key) : j->lane[lane].last + 1;
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

lb_err journal_commit(struct journal *j)
{
	uint64_t oldest[JOURNAL_LANES];
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < JOURNAL_LANES; i++)
		rc = find_oldest(j, i, &oldest[i]);
	if (rc != 0) {
		journal_abort(j);
		return error_of(rc);
	}
	rc = mdb_txn_commit(j->txn);
	if (rc == 0) {
		j->greatest_committed = j->greatest;
		for (unsigned i = 0; i < JOURNAL_LANES; i++) {
			atomic_store(&j->lane[i].oldest, oldest[i]);
			atomic_store(&j->lane[i].committed, j->lane[i].last);
		}
	}
	forget_transaction(j);
	data_file_grow(&j->file, used_bytes(j));
	data_file_drop_old(&j->file, used_bytes(j));
	return error_of(rc);
}

lb_err journal_append(struct journal *j, unsigned lane, uint64_t first, uint32_t count, size_t n, uint8_t **room)
{
	struct lane *l = &j->lane[lane];
	MDB_val key = value_of(&first, sizeof first), value = { n, NULL };
	int rc;

	if (first != l->last + 1 || count == 0)
		return LB_INVALID;
	rc = mdb_put(j->txn, l->dbi, &key, &value, MDB_APPEND | MDB_RESERVE);
	if (rc != 0)
		return error_of(rc);
	l->last += count;
	*room = value.mv_data;
	return LB_OK;
}

lb_err journal_remember(struct journal *j, const struct lb_uuid *id, unsigned *lane, uint64_t *position)
{
	uint64_t place = (*lane ? LANE_BIT : 0) | *position;
	MDB_val key = value_of(id->b, sizeof id->b), value = value_of(&place, sizeof place);
	bool beyond = memcmp(id->b, j->greatest.b, sizeof id->b) > 0;
	int rc = mdb_cursor_put(j->ids_cursor, &key, &value, beyond ? MDB_APPEND : MDB_NOOVERWRITE);

	if (rc == 0 && beyond)
		j->greatest = *id;
	if (rc != MDB_KEYEXIST)
		return error_of(rc);
	memcpy(&place, value.mv_data, sizeof place);
	*lane = place & LANE_BIT ? 1 : 0;
	*position = place & ~LANE_BIT;
	return LB_ID_REUSED;
}

lb_err journal_forget(struct journal *j, const struct lb_uuid *id)
{
	MDB_val key = value_of(id->b, sizeof id->b);
	int rc = mdb_del(j->txn, j->ids, &key, NULL);

	return rc == MDB_NOTFOUND ? LB_OK : error_of(rc);
}

lb_err journal_put(struct journal *j, enum journal_table t, const void *key, size_t key_n, const void *value, size_t value_n)
{
	MDB_val k = value_of(key, key_n), v = value_of(value, value_n);

	return error_of(mdb_put(j->txn, j->table[t], &k, &v, 0));
}

lb_err journal_clear(struct journal *j, enum journal_table t, const void *from, size_t from_n, const void *to, size_t to_n)
{
	MDB_val key = value_of(from, from_n), end = value_of(to, to_n), value;
	MDB_cursor *c;
	int rc = mdb_cursor_open(j->txn, j->table[t], &c);

	if (rc != 0)
		return error_of(rc);
	rc = mdb_cursor_get(c, &key, &value, MDB_SET_RANGE);
	while (rc == 0 && mdb_cmp(j->txn, j->table[t], &key, &end) < 0) {
		rc = mdb_cursor_del(c, 0);
		if (rc == 0)
			rc = mdb_cursor_get(c, &key, &value, MDB_NEXT);
	}
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? LB_OK : error_of(rc);
}

lb_err journal_replace(struct journal *j, unsigned lane, uint64_t first, size_t n, uint8_t **room)
{
	MDB_val key = value_of(&first, sizeof first), value;
	int rc = mdb_get(j->txn, j->lane[lane].dbi, &key, &value);

	if (rc == 0) {
		value = (MDB_val){ n, NULL };
		rc = mdb_put(j->txn, j->lane[lane].dbi, &key, &value, MDB_RESERVE);
	}
	if (rc == 0)
		*room = value.mv_data;
	return error_of(rc);
}

lb_err journal_remove(struct journal *j, enum journal_table t, const void *key, size_t key_n)
{
	MDB_val k = value_of(key, key_n);
	int rc = mdb_del(j->txn, j->table[t], &k, NULL);

	return rc == MDB_NOTFOUND ? LB_OK : error_of(rc);
}

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
		return error_of(rc);
	rc = read_edge(txn, j->table[t], edge, key, value);
	mdb_txn_abort(txn);
	return error_of(rc);
}

lb_err journal_newest(struct journal *j, enum journal_table t, struct lb_buf *key, struct lb_buf *value)
{
	return get_edge(j, t, MDB_LAST, key, value);
}

lb_err journal_first(struct journal *j, enum journal_table t, struct lb_buf *key, struct lb_buf *value)
{
	return get_edge(j, t, MDB_FIRST, key, value);
}

/* Where the last record goes, its lane's positions are remembered. */
static int keep_last(struct journal *j, unsigned lane)
{
	MDB_val key = value_of(lane ? "last-routine" : "last-urgent", lane ? 12 : 11);
	MDB_val value = value_of(&j->lane[lane].last, sizeof j->lane[lane].last);

	return mdb_put(j->txn, j->meta, &key, &value, 0);
}

lb_err journal_drop_oldest(struct journal *j, unsigned lane)
{
	MDB_cursor *c;
	MDB_val key, value;
	int rc = mdb_cursor_open(j->txn, j->lane[lane].dbi, &c);

	if (rc != 0)
		return error_of(rc);
	rc = mdb_cursor_get(c, &key, &value, MDB_FIRST);
	if (rc == 0)
		rc = mdb_cursor_del(c, 0);
	if (rc == 0)
		rc = keep_last(j, lane);
	mdb_cursor_close(c);
	return error_of(rc);
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
		return error_of(rc);
	rc = find_record(c, position, &key, &value);
	e = error_of(rc);
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
	lb_err e = error_of(mdb_get(j->txn, j->ids, &key, &value));

	return e == LB_OK ? read_place(&value, lane, position) : e;
}

lb_err journal_peek_row(struct journal *j, enum journal_table t, const void *key, size_t key_n, struct lb_buf *value)
{
	MDB_val k = value_of(key, key_n), v;
	lb_err e = error_of(mdb_get(j->txn, j->table[t], &k, &v));

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
		return error_of(rc);
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
	lb_err e = error_of(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = read_record(r->txn, r->journal->lane[lane].dbi, r, position, record, first);
	mdb_txn_reset(r->txn);
	return e;
}

static lb_err get(struct journal_reader *r, MDB_dbi dbi, const void *key, size_t key_n, struct lb_buf *value)
{
	MDB_val k = value_of(key, key_n), v;
	lb_err e = error_of(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = error_of(mdb_get(r->txn, dbi, &k, &v));
	if (e == LB_OK)
		e = replace(value, &v);
	mdb_txn_reset(r->txn);
	return e;
}

lb_err journal_find(struct journal_reader *r, const struct lb_uuid *id, unsigned *lane, uint64_t *position)
{
	MDB_val key = value_of(id->b, sizeof id->b), value;
	lb_err e = error_of(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = error_of(mdb_get(r->txn, r->journal->ids, &key, &value));
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
	lb_err e = error_of(mdb_txn_renew(r->txn));

	if (e != LB_OK)
		return e;
	e = error_of(mdb_cursor_open(r->txn, r->journal->table[t], &c));
	if (e == LB_OK) {
		e = error_of(mdb_cursor_get(c, &k, &v, MDB_SET_RANGE));
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

	while (rc == 0 && key.mv_size >= prefix_n && memcmp(key.mv_data, from, prefix_n) == 0) {
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
	return error_of(rc);
}

lb_err journal_each(struct journal_reader *r, enum journal_table t, const void *prefix, size_t prefix_n, journal_visit *visit, void *user)
{
	return journal_each_from(r, t, prefix, prefix_n, prefix_n, visit, user);
}

lb_err journal_each_from(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, size_t prefix_n, journal_visit *visit, void *user)
{
	lb_err e = error_of(mdb_txn_renew(r->txn));

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
