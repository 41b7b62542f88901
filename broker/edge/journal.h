/* The one door to the log: LMDB on one machine; where that is not enough, a replicated engine stands behind the same door.
 * Writing is the writer thread's alone, in transactions; reading is anyone's, through a reader of its own, in short read
 * transactions that end inside each call. Everything given out is a copy. */
#ifndef LAGEBUS_BROKER_EDGE_JOURNAL_H
#define LAGEBUS_BROKER_EDGE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/uuid.h"

#define JOURNAL_LANES 2

struct journal;
struct journal_reader;

struct journal_settings {
	const char *folder;       /* made (0700) if it is not there */
	uint64_t map_bytes;       /* the most the log may grow to */
	uint64_t low_water_bytes; /* of free disk, below which journal_has_room says no */
	uint64_t grow_bytes;      /* the file is extended ahead of need by this much, so that commits seldom change metadata */
};

/* The small tables beside the log. */
enum journal_table {
	JOURNAL_CURSORS, /* SPIFFE ID of an agent -> its cursors */
	JOURNAL_SIGNERS, /* signer hint (lagebus/signature.h) -> certificate, DER */
	JOURNAL_LEDGER,  /* message id, partner -> what people did */
	JOURNAL_LAPSES,  /* agent, lane, position -> what was left out from there on */
	JOURNAL_MANDATES, /* agent, partner -> from where on the agent acts for the partner */
	JOURNAL_AUDIT, /* number, big-endian -> row (proto/audit.proto) */
	JOURNAL_AGENTS,  /* partner, agent -> hint of the agent's newest certificate */
	JOURNAL_DEADLINES, /* stage, time, message id -> who has not acknowledged is to be looked at then */
	JOURNAL_ERAS,        /* lane, position -> SHA-256 of the federation file that messages were accepted under from there on */
	JOURNAL_FEDERATIONS, /* SHA-256 -> federation file */
	JOURNAL_WAITING,  /* message id -> the message, which waits for a second person */
	JOURNAL_SETTLED,  /* message id -> what became of one that waited */
	JOURNAL_RECALLED, /* message id -> id of its Recall, and when */
	JOURNAL_DELETED,  /* message id, agent -> when the agent has deleted what was recalled */
	JOURNAL_DUE,      /* time, lane, position -> nothing: when something of a record is to be purged */
	JOURNAL_EXERCISES, /* exercise, partner that began it -> from when to when, and its messages */
	JOURNAL_ERASED, /* message id -> when a case went whose recipients have acknowledged it, and its digest */
	JOURNAL_WAIT_ENDS, /* number, counted down -> id of a message that does not wait any more (core/approval.h) */
	JOURNAL_TABLES,
};
/* Its name in LMDB. Static storage. */
const char *journal_table_name(enum journal_table t);

/* Opens or makes the log; clears stale readers. LB_OK, LB_IO, LB_CORRUPT, LB_DISK_FULL, LB_NO_MEMORY; `why` names the file
 * and what to do. Blocks. */
lb_err journal_open(const struct journal_settings *s, struct journal **out, char *why, size_t why_n) LB_MUST_CHECK;
/* No transaction or reader may be open. */
void journal_close(struct journal *j);
/* The log's own id, made with it. */
struct lb_uuid journal_id(const struct journal *j);
/* Position of a lane's newest committed message (0: none), and of its oldest kept one (last + 1 if none is). Any thread. */
uint64_t journal_last(const struct journal *j, unsigned lane);
uint64_t journal_oldest(const struct journal *j, unsigned lane);
/* Is the disk above its low-water mark, and the map below its end? Asks the file system at most once a second. Any thread. */
bool journal_has_room(struct journal *j);
/* Bytes of the log's file in use, and free bytes on its disk; for metrics. Any thread. */
void journal_usage(struct journal *j, uint64_t *used_bytes, uint64_t *free_bytes);

/* Writer thread. After an error the transaction must be aborted. Commit blocks until everything is on disk: LB_OK,
 * LB_DISK_FULL, LB_IO, LB_NO_MEMORY; on error (it is then aborted) nothing of the transaction is there. */
lb_err journal_begin(struct journal *j) LB_MUST_CHECK;
lb_err journal_commit(struct journal *j) LB_MUST_CHECK;
void journal_abort(struct journal *j);
/* Room for a record of n bytes, to be filled before the next call; it holds `count` messages from position `first`, which
 * must be the position after the lane's last. */
lb_err journal_append(struct journal *j, unsigned lane, uint64_t first, uint32_t count, size_t n, uint8_t **room) LB_MUST_CHECK;
/* Remembers where the message of this id stands. LB_OK; LB_ID_REUSED: it was there, *lane and *position say where. */
lb_err journal_remember(struct journal *j, const struct lb_uuid *id, unsigned *lane, uint64_t *position) LB_MUST_CHECK;
lb_err journal_forget(struct journal *j, const struct lb_uuid *id) LB_MUST_CHECK;
lb_err journal_put(struct journal *j, enum journal_table t, const void *key, size_t key_n, const void *value, size_t value_n) LB_MUST_CHECK;
/* Removes the rows from one key up to another, which stays. */
lb_err journal_clear(struct journal *j, enum journal_table t, const void *from, size_t from_n, const void *to, size_t to_n) LB_MUST_CHECK;
/* Room for other bytes of the record that begins at `first`, which holds as many messages as before. LB_OK, LB_NOT_FOUND, or as above. */
lb_err journal_replace(struct journal *j, unsigned lane, uint64_t first, size_t n, uint8_t **room) LB_MUST_CHECK;
/* Removes one row. LB_OK, also if there is none. */
lb_err journal_remove(struct journal *j, enum journal_table t, const void *key, size_t key_n) LB_MUST_CHECK;
/* Drops the lane's oldest record; the ids in it are the caller's to forget. LB_OK or LB_NOT_FOUND. */
lb_err journal_drop_oldest(struct journal *j, unsigned lane) LB_MUST_CHECK;
/* The row with the greatest key, or the least one, as it is on disk. Writer thread. LB_OK or LB_NOT_FOUND. */
lb_err journal_newest(struct journal *j, enum journal_table t, struct lb_buf *key, struct lb_buf *value) LB_MUST_CHECK;
lb_err journal_first(struct journal *j, enum journal_table t, struct lb_buf *key, struct lb_buf *value) LB_MUST_CHECK;
/* journal_read inside the write transaction: sees what it wrote. */
lb_err journal_peek(struct journal *j, unsigned lane, uint64_t position, struct lb_buf *record, uint64_t *first) LB_MUST_CHECK;
/* journal_find, journal_get and journal_each, likewise. */
lb_err journal_peek_id(struct journal *j, const struct lb_uuid *id, unsigned *lane, uint64_t *position) LB_MUST_CHECK;
lb_err journal_peek_row(struct journal *j, enum journal_table t, const void *key, size_t key_n, struct lb_buf *value) LB_MUST_CHECK;

/* A reader, for one thread at a time. LB_OK, LB_LIMIT (too many), LB_NO_MEMORY. */
lb_err journal_reader_new(struct journal *j, struct journal_reader **out) LB_MUST_CHECK;
void journal_reader_free(struct journal_reader *r);
/* Replaces *record's content by the record that holds `position`, or the next one where that is no longer kept; *first is
 * the position of its first message. LB_OK, LB_NOT_FOUND (past the end), LB_NO_MEMORY, LB_IO. */
lb_err journal_read(struct journal_reader *r, unsigned lane, uint64_t position, struct lb_buf *record, uint64_t *first) LB_MUST_CHECK;
/* Where the message of this id stands. LB_OK or LB_NOT_FOUND. */
lb_err journal_find(struct journal_reader *r, const struct lb_uuid *id, unsigned *lane, uint64_t *position) LB_MUST_CHECK;
/* Replaces *value. LB_OK, LB_NOT_FOUND, LB_NO_MEMORY, LB_IO. */
lb_err journal_get(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, struct lb_buf *value) LB_MUST_CHECK;
/* The same of the first row at or behind the key that begins with the key's first prefix_n bytes. */
lb_err journal_seek(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, size_t prefix_n, struct lb_buf *value) LB_MUST_CHECK;
/* Shows each row whose key begins with prefix (no bytes: each row), in key order, until the visitor returns false; it must not call the journal. */
typedef bool journal_visit(void *user, const void *key, size_t key_n, const void *value, size_t value_n);
lb_err journal_each(struct journal_reader *r, enum journal_table t, const void *prefix, size_t prefix_n, journal_visit *visit, void *user) LB_MUST_CHECK;
/* The same from a key on, whose first prefix_n bytes are the prefix. */
lb_err journal_each_from(struct journal_reader *r, enum journal_table t, const void *key, size_t key_n, size_t prefix_n, journal_visit *visit,
                         void *user) LB_MUST_CHECK;
/* The same inside the write transaction: sees what it wrote. */
lb_err journal_peek_each(struct journal *j, enum journal_table t, const void *prefix, size_t prefix_n, journal_visit *visit, void *user) LB_MUST_CHECK;

#endif
