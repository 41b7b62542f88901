/* The agent's database: SQLite in WAL mode with full sync. Opened and closed here; what stands in it is the business of outbox,
 * inbox and cursors. One thread. */
#ifndef LAGEBUS_AGENT_STORE_H
#define LAGEBUS_AGENT_STORE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "proto/host/retention.h"

/* Every statement that is kept prepared. */
enum store_statement {
	STORE_BEGIN,
	STORE_COMMIT,
	STORE_ROLLBACK,
	STORE_META_GET,
	STORE_META_SET,
	STORE_OUTBOX_ADD,
	STORE_OUTBOX_NEXT,
	STORE_OUTBOX_REMOVE,
	STORE_OUTBOX_COUNT,
	STORE_REFUSED_ADD,
	STORE_INBOX_ADD,
	STORE_INBOX_TEXT,
	STORE_INBOX_GET,
	STORE_INBOX_LAST,
	STORE_INBOX_ACKNOWLEDGE,
	STORE_INBOX_ERASE,
	STORE_INBOX_OVER,
	STORE_INBOX_KEEP,
	STORE_INBOX_COUNT,
	STORE_INBOX_NEWEST,
	STORE_QUARANTINE_ADD,
	STORE_QUARANTINE_COUNT,
	STORE_QUARANTINE_FIRST,
	STORE_QUARANTINE_EXPIRE,
	STORE_HELD_ADD,
	STORE_HELD_FIRST,
	STORE_HELD_REMOVE,
	STORE_REMINDER_ADD,
	STORE_REMINDER_SAID,
	STORE_REMINDER_LINK,
	STORE_REMINDER_DROP,
	STORE_REMINDER_DONE,
	STORE_REMINDER_SETTLE,
	STORE_REMINDER_LIST,
	STORE_OVERDUE_SET,
	STORE_OVERDUE_LINK,
	STORE_OVERDUE_REMOVE,
	STORE_OVERDUE_SETTLE,
	STORE_OVERDUE_LIST,
	STORE_RECALLED_ADD,
	STORE_RECALLED_FIND,
	STORE_SUPERSEDED_ADD,
	STORE_SUPERSEDED_FIND,
	STORE_INBOX_SUPERSEDE,
	STORE_INBOX_EMPTY,
	STORE_TEXT_REMOVE,
	STORE_TEXT_OPTIMIZE,
	STORE_QUARANTINE_REMOVE,
	STORE_APPROVED_ADD,
	STORE_APPROVED_FIND,
	STORE_APPROVED_BY,
	STORE_WAIT_END_ADD,
	STORE_WAIT_END_TRIM,
	STORE_WAIT_END_LIST,
	STORE_OUTBOX_GET,
	STORE_INDICATOR_MESSAGE_ADD,
	STORE_INDICATOR_MESSAGE_FIND,
	STORE_INDICATOR_MESSAGE_REMOVE,
	STORE_INDICATOR_MESSAGE_EXPIRE,
	STORE_INDICATOR_ADD,
	STORE_INDICATOR_REMOVE_OF,
	STORE_INDICATOR_EXPIRE,
	STORE_INDICATOR_SHORTEN,
	STORE_INDICATOR_OWNER,
	STORE_SIGHTING_ADD,
	STORE_SIGHTING_TOTAL,
	STORE_SIGHTING_LIST,
	STORE_SIGHTING_EXPIRE,
	STORE_SIGHTING_SHORTEN,
	STORE_TALLY_ALL,
	STORE_TALLY_MOST,
	STORE_INDICATOR_DROP,
	STORE_SIGHTING_DROP,
	STORE_TRAINING_ADD,
	STORE_TRAINING_LIST,
	STORE_TRAINING_REMOVE,
	STORE_REGISTRATION_REMOVE,
	STORE_SIGHTING_REMOVE,
	STORE_TRAINING_EXPIRE,
	STORE_REGISTRATION_ADD,
	STORE_REGISTRATION_LIST,
	STORE_REGISTRATION_EXPIRE,
	STORE_REGISTRATION_SHORTEN,
	STORE_INCIDENT_TOUCH,
	STORE_INCIDENT_TOUCH_OPEN,
	STORE_INCIDENT_SAVE,
	STORE_INCIDENT_SAID,
	STORE_INCIDENT_DIRTY,
	STORE_INCIDENT_DUE,
	STORE_INCIDENT_NEXT,
	STORE_INCIDENT_LIST,
	STORE_INCIDENT_COUNT,
	STORE_INCIDENT_PART_ADD,
	STORE_INCIDENT_PART_REMOVE,
	STORE_INCIDENT_PARTS_END,
	STORE_INCIDENT_END,
	STORE_INCIDENT_PART_OF,
	STORE_INCIDENT_PARTS,
	STORE_INCIDENT_PASSED_ON,
	STORE_INBOX_EXERCISES,
	STORE_EXERCISE_BEGIN,
	STORE_EXERCISE_END,
	STORE_EXERCISE_LIST,
	STORE_EXERCISE_EXPIRE,
	STORE_STATEMENTS,
};

/* A transaction in which something could not be written is not committed: SQLite may have rolled back a part of it, or all. */
struct store {
	sqlite3 *db;
	struct retention keep; /* for how long what comes in is kept (keeping.h); the defaults when it was opened */
	int64_t quarantine_ms; /* for how long what did not verify is; for ever when it was opened */
	lb_err failure; /* the first of this transaction */
	char why[160];  /* the last error in words */
	sqlite3_stmt *statement[STORE_STATEMENTS];
};

/* Opens or makes DATA/agent.db, its folder (0700) included; one that an older agent made is brought to the newest schema. LB_OK,
 * LB_IO, LB_STORE_FULL, LB_CORRUPT, LB_NO_MEMORY, LB_VERSION (a newer agent made it); `why` has the path and SQLite's words. */
lb_err store_open(const char *folder, struct store *out, char *why, size_t why_n) LB_MUST_CHECK;
void store_close(struct store *s);

/* A statement, reset and without bindings. */
sqlite3_stmt *store_use(struct store *s, enum store_statement which);
/* Runs one that gives no row. LB_OK, LB_STORE_FULL, LB_IO, LB_CORRUPT, LB_NO_MEMORY: then the transaction has failed. */
lb_err store_run(struct store *s, sqlite3_stmt *statement) LB_MUST_CHECK;
/* The next row: LB_OK, LB_NOT_FOUND (there is none), or the error. */
lb_err store_row(struct store *s, sqlite3_stmt *statement) LB_MUST_CHECK;
/* SQLite's last error as ours. */
lb_err store_error(struct store *s);

lb_err store_begin(struct store *s) LB_MUST_CHECK;
/* Blocks until it is on disk. LB_OK, or the transaction's first error or its own: then nothing of it is stored. Rows read before are
 * no longer valid. */
lb_err store_commit(struct store *s) LB_MUST_CHECK;
void store_rollback(struct store *s);
/* The database overwrites what is deleted, always; this writes the write-ahead log into it and cuts that, so that nothing stays there either. Outside
 * a transaction; rows read before are no longer valid. Blocks. LB_OK or the error; then the log holds it until it is written over. */
lb_err store_scrub(struct store *s) LB_MUST_CHECK;

#endif
