/* The log in LMDB. Tables: "urgent" and "routine" (first position -> record), "ids" (message id -> lane and position), the
 * small ones, and "meta". */
#include "broker/edge/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "broker/edge/journal_state.h"

#define FORMAT 1 /* of records and rows: goes up with each change that an earlier broker would misread */
#define READERS_MAX 128
#define MAP_RESERVE (64 * 1024 * 1024) /* of the map: what deleting and the small tables may need */

lb_err journal_error(int rc)
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
	return journal_error(rc);
}

/* One broker a log: two would overwrite each other's positions. */
static lb_err take_lock(struct journal *j, char *why, size_t why_n)
{
	char path[JOURNAL_PATH_BYTES + 16];

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
	                                                    "federations", "waiting", "settled", "recalled", "deleted", "due", "exercises", "erased", "wait-ends" };

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
	char path[JOURNAL_PATH_BYTES + 16];
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
	return journal_error(rc);
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
		return journal_error(rc);
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
	return journal_error(rc);
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
		return journal_error(rc);
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
		return journal_error(rc);
	memcpy(&place, value.mv_data, sizeof place);
	*lane = place & LANE_BIT ? 1 : 0;
	*position = place & ~LANE_BIT;
	return LB_ID_REUSED;
}

lb_err journal_forget(struct journal *j, const struct lb_uuid *id)
{
	MDB_val key = value_of(id->b, sizeof id->b);
	int rc = mdb_del(j->txn, j->ids, &key, NULL);

	return rc == MDB_NOTFOUND ? LB_OK : journal_error(rc);
}

lb_err journal_put(struct journal *j, enum journal_table t, const void *key, size_t key_n, const void *value, size_t value_n)
{
	MDB_val k = value_of(key, key_n), v = value_of(value, value_n);

	return journal_error(mdb_put(j->txn, j->table[t], &k, &v, 0));
}

lb_err journal_clear(struct journal *j, enum journal_table t, const void *from, size_t from_n, const void *to, size_t to_n)
{
	MDB_val key = value_of(from, from_n), end = value_of(to, to_n), value;
	MDB_cursor *c;
	int rc = mdb_cursor_open(j->txn, j->table[t], &c);

	if (rc != 0)
		return journal_error(rc);
	rc = mdb_cursor_get(c, &key, &value, MDB_SET_RANGE);
	while (rc == 0 && mdb_cmp(j->txn, j->table[t], &key, &end) < 0) {
		rc = mdb_cursor_del(c, 0);
		if (rc == 0)
			rc = mdb_cursor_get(c, &key, &value, MDB_NEXT);
	}
	mdb_cursor_close(c);
	return rc == MDB_NOTFOUND ? LB_OK : journal_error(rc);
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
	return journal_error(rc);
}

lb_err journal_remove(struct journal *j, enum journal_table t, const void *key, size_t key_n)
{
	MDB_val k = value_of(key, key_n);
	int rc = mdb_del(j->txn, j->table[t], &k, NULL);

	return rc == MDB_NOTFOUND ? LB_OK : journal_error(rc);
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
		return journal_error(rc);
	rc = mdb_cursor_get(c, &key, &value, MDB_FIRST);
	if (rc == 0)
		rc = mdb_cursor_del(c, 0);
	if (rc == 0)
		rc = keep_last(j, lane);
	mdb_cursor_close(c);
	return journal_error(rc);
}
