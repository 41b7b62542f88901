/* What a worker holds, for the files that are a worker's: worker.c runs the loop; session.c is a link's way in and out; publish.c takes
 * messages in; deliver.c hands them out; lookup.c finds one; cursor.c keeps where an agent stands, mandates.c whom it acts for;
 * exercises.c which exercises run; approvals.c and recalls.c do what two people, or an origin, decide; control.c, receipts.c answer;
 * remind.c keeps the deadlines, wait_ends.c tells what does not wait any more. All of it is one thread's. */
#ifndef LAGEBUS_BROKER_WORKER_STATE_H
#define LAGEBUS_BROKER_WORKER_STATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "broker/core/metrics.h"
#include "broker/core/tail.h"
#include "broker/exercises.h"
#include "broker/explain.h"
#include "broker/line.h"
#include "broker/remind.h"
#include "broker/worker.h"
#include "lagebus/buf.h"
#include "lagebus/header.h"

struct block;
struct router;
struct session;

#define TICK_MS 250 /* how often a worker looks at what is due */
#define TICKS_A_SECOND (1000 / TICK_MS)
#define CATCHUP_BLOCKS 8         /* blocks read from the log that a worker remembers, per lane */
#define CIPHER_SIZE (64 * 1024)  /* bytes read from a socket at once: what is urgent waits for the end of it */
#define CARRY_MAX (64 * 1024)    /* an incomplete message up to this size is carried through the worker's buffer */
#define DECRYPTED_MAX (CIPHER_SIZE + 32 * 1024) /* what one read can decrypt to: OpenSSL may hold the beginning of a record */
#define PLAIN_SIZE (CARRY_MAX + DECRYPTED_MAX)

struct worker {
	unsigned index, workers;
	const struct settings *settings;
	struct channel_hub *hub;
	struct channel *channel;
	struct channel_end *urgent, *routine; /* to the writer */
	struct channel_end **peers;           /* to the workers */
	struct journal *journal;
	struct journal_reader *reader;
	struct roster *roster;
	struct pace *pace;
	struct router *router;
	struct lb_tls *tls;
	pthread_t thread;
	int poller;

	struct session **sessions; /* by handle; capacity is max_connections */
	uint32_t *free_handles, *generations;
	uint32_t free_n, used; /* handles in use are below `used` */
	atomic_uint load;
	struct line line[LB_LANES];

	struct tail tail[LB_LANES];
	struct block *catchup[LB_LANES][CATCHUP_BLOCKS];
	unsigned catchup_next[LB_LANES];
	struct block *filling[LB_LANES];
	uint64_t in_flight;
	int64_t now_ms, next_tick_ms;
	int64_t slice_us; /* when it had the core last */
	int64_t looked_us; /* when it looked at its sockets last */
	uint64_t refused, untold; /* publishes in this tick; those of them that the audit has a number of only */
	uint64_t quarantined;     /* messages that agents reported in this tick */
	bool draining, stopping, pacing; /* pacing: a publisher is held back until who can take more has caught up */
	struct metrics metrics;
	struct exercises exercises;
	struct remind remind;
	uint64_t wait_ends; /* number of the last one that its sessions were told of */
	struct explained explained;
	int64_t tick_ms;
	const atomic_llong *ahead_ms;

	struct lb_buf record;  /* read from the journal */
	struct lb_buf message; /* a control message on its way out */
	uint8_t *cipher, *plain, *scratch;
};

#endif
