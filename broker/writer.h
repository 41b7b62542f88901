/* The log writer: one thread that takes blocks and notes from the workers, urgent before routine, commits as soon as the
 * last commit has returned, and hands every commit to every worker. */
#ifndef LAGEBUS_BROKER_WRITER_H
#define LAGEBUS_BROKER_WRITER_H

#include <stdatomic.h>
#include <stdint.h>

#include "broker/audit.h"
#include "broker/core/block.h"
#include "broker/edge/channel.h"
#include "broker/edge/journal.h"
#include "proto/host/retention.h"

#define WRITER_WORKERS_MAX 64

/* What workers send to the writer, on the channels "urgent" and "routine"; ownership goes along. */
enum writer_in {
	WRITER_BLOCK = 1, /* struct block *, one reference */
	WRITER_NOTE,      /* struct note *, malloc'd */
	WRITER_EVENT,     /* struct audit_event *, malloc'd: told in the audit */
	WRITER_SIGNER,    /* struct lb_signer *: signs the audit's checkpoints from here on */
	WRITER_RETENTION, /* struct retention *, malloc'd: how long each type is kept from here on */
	WRITER_STOP,      /* NULL: commit everything that is there, then end; sent on "routine" by the main thread */
};

/* A row for one of the small tables, committed with or before whatever its sender sends after it on the same channel. */
struct note {
	enum journal_table table;
	bool clears; /* the value is a key, too: the rows from the first up to it go */
	uint32_t key_n, value_n;
	uint8_t bytes[]; /* key, value */
};
/* Both NULL if memory is out. */
struct note *note_new(enum journal_table table, const void *key, size_t key_n, const void *value, size_t value_n);
struct note *note_new_clear(enum journal_table table, const void *from, size_t from_n, const void *to, size_t to_n);

/* What every worker gets on its own channel "worker-0", "worker-1"...: struct commit *, to be given back with commit_unref. */
enum writer_out { WRITER_COMMIT = 100 };
struct commit {
	atomic_uint refs;
	unsigned blocks_n;
	struct block *blocks[]; /* a reference each. Numbered and on disk, but empty ones and those whose publishes say otherwise */
};
void commit_unref(struct commit *c);

struct writer_stats { /* read by the metrics at any time */
	atomic_ullong commits, commit_us, messages, bytes, refused, dropped;
};

struct writer_settings {
	struct channel_hub *hub;
	struct journal *journal;
	unsigned workers;
	uint64_t commit_bytes; /* a commit takes at most about this much routine */
	int64_t retention_ms;  /* records whose newest message is older are dropped; 0: never */
	int64_t audit_retention_ms; /* the same of the audit's rows */
	const struct retention *keep; /* how long each type is kept; NULL: the defaults. Only read by writer_start */
};

struct writer;

/* Opens the channels "urgent" and "routine" and starts the thread. The workers' channels must be open. LB_OK, LB_IO, LB_NO_MEMORY, LB_CORRUPT. */
lb_err writer_start(const struct writer_settings *s, struct writer **out) LB_MUST_CHECK;
/* Waits for the thread, after WRITER_STOP was sent. */
void writer_join(struct writer *w);
/* When no worker can give it anything any more: frees it, and what they gave it after its end. */
void writer_free(struct writer *w);
const struct writer_stats *writer_stats(const struct writer *w);

#endif
