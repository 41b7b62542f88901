/* A log's table, read from outside. */
#include "broker/edge/journal_copy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "broker/edge/journal_state.h"

#define ROWS_A_TRANSACTION 256 /* a broker that writes keeps for each open one what it would use again */
#define KEY_MAX 511            /* LMDB's bound */
#define TABLES_MAX 64

struct place {
	uint8_t key[KEY_MAX];
	size_t n;
	bool begun, done;
};

static int read_some(MDB_cursor *c, struct place *at, journal_visit *visit, void *user)
{
	MDB_val key = { at->n, at->key }, value;
	int rc = mdb_cursor_get(c, &key, &value, at->begun ? MDB_SET_RANGE : MDB_FIRST);

	/* The row that was shown last, unless it has gone since. */
	if (rc == 0 && at->begun && key.mv_size == at->n && memcmp(key.mv_data, at->key, at->n) == 0)
		rc = mdb_cursor_get(c, &key, &value, MDB_NEXT);
	for (unsigned i = 0; rc == 0 && i < ROWS_A_TRANSACTION; i++) {
		memcpy(at->key, key.mv_data, key.mv_size);
		at->n = key.mv_size;
		at->begun = true;
		if (!visit(user, key.mv_data, key.mv_size, value.mv_data, value.mv_size)) {
			at->done = true;
			return 0;
		}
		rc = mdb_cursor_get(c, &key, &value, MDB_NEXT);
	}
	at->done = rc == MDB_NOTFOUND;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int read_all(MDB_env *env, const char *table, journal_visit *visit, void *user)
{
	struct place at = { .n = 0 };
	int rc = 0;

	while (rc == 0 && !at.done) {
		MDB_txn *txn;
		MDB_cursor *c;
		MDB_dbi dbi;

		rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
		if (rc != 0)
			break;
		rc = mdb_dbi_open(txn, table, 0, &dbi);
		if (rc == 0)
			rc = mdb_cursor_open(txn, dbi, &c);
		if (rc == 0) {
			rc = read_some(c, &at, visit, user);
			mdb_cursor_close(c);
		}
		mdb_txn_abort(txn);
	}
	return rc;
}

lb_err journal_copy(const char *folder, enum journal_table t, journal_visit *visit, void *user, char *why, size_t why_n)
{
	MDB_env *env = NULL;
	int rc = mdb_env_create(&env);

	if (rc == 0)
		rc = mdb_env_set_maxdbs(env, TABLES_MAX);
	if (rc == 0)
		rc = mdb_env_open(env, folder, MDB_RDONLY | MDB_NOTLS, 0600);
	if (rc == 0)
		rc = read_all(env, journal_table_name(t), visit, user);
	if (env)
		mdb_env_close(env);
	if (rc == 0)
		return LB_OK;
	snprintf(why, why_n, "%s: the log cannot be read: %s", folder, mdb_strerror(rc));
	return rc == ENOENT ? LB_NOT_FOUND : journal_error(rc);
}
