/* What the files of the journal share, and nobody else: the writer's side is journal.c, the readers' journal_read.c. */
#ifndef LAGEBUS_BROKER_EDGE_JOURNAL_STATE_H
#define LAGEBUS_BROKER_EDGE_JOURNAL_STATE_H

#include <lmdb.h>
#include <stdatomic.h>
#include <string.h>

#include "broker/edge/data_file.h"
#include "broker/edge/journal.h"

#define JOURNAL_PATH_BYTES 4096
#define LANE_BIT ((uint64_t)1 << 63)

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
	char folder[JOURNAL_PATH_BYTES];
	uint64_t map_bytes, low_water_bytes;
	atomic_llong asked_s;
	atomic_bool room;
};

/* LMDB's error, or errno, as ours. */
lb_err journal_error(int rc);

static inline MDB_val value_of(const void *p, size_t n)
{
	return (MDB_val){ n, (void *)p };
}

static inline uint64_t key_of(const MDB_val *key)
{
	uint64_t v = 0;

	memcpy(&v, key->mv_data, sizeof v);
	return v;
}

/* A record begins with its count (block.h). */
static inline uint32_t count_of(const MDB_val *value)
{
	const uint8_t *p = value->mv_data;

	return value->mv_size < 4 ? 0 : (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif
