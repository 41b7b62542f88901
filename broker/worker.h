/* A worker: one thread with its own epoll set and sessions. It reads publishes into blocks for the writer, and feeds its
 * sessions from fresh commits (the tail) or from the log (catch-up). */
#ifndef LAGEBUS_BROKER_WORKER_H
#define LAGEBUS_BROKER_WORKER_H

#include <stdatomic.h>

#include "proto/host/federation.h"
#include "broker/core/metrics.h"
#include "broker/core/pace.h"
#include "broker/core/roster.h"
#include "broker/edge/channel.h"
#include "broker/edge/journal.h"
#include "broker/settings.h"
#include "lagebus/buf.h"
#include "lagebus/link.h"

/* What a worker gets on its channel "worker-N" besides WRITER_COMMIT; ownership goes along. */
enum worker_in {
	WORKER_ARRIVAL = 1, /* struct arrival *, from the door: a session that is through its handshake */
	WORKER_RELOAD,      /* struct reload *, from the main thread */
	WORKER_CLOSE,       /* struct roster_place *, from another worker: this agent connected there */
	WORKER_DRAIN,       /* NULL: say goodbye, send what is under way, close */
	WORKER_STOP,        /* NULL: end the thread; after the writer has ended */
	WORKER_REMIND,      /* struct remind_word *, from a worker: tell who has not acknowledged a message */
};

struct arrival {
	int fd;
	struct lb_link *link;
	struct lb_buf input; /* what the peer said right behind its handshake, decrypted */
	char address[64];    /* the peer's, for the log */
};

struct reload {
	struct federation *federation; /* a reference */
	struct lb_tls *tls;            /* a reference; every live session's certificate is checked against it */
};

struct worker_settings {
	unsigned index, workers;
	const struct settings *settings;
	struct channel_hub *hub;
	struct journal *journal;
	struct roster *roster;
	struct pace *pace;
	struct federation *federation; /* the worker takes its own references */
	struct lb_tls *tls;
	unsigned tick_ms; /* how often it looks at what is due; 0: TICK_MS (worker_state.h). For tests, which do not wait for it */
	const atomic_llong *ahead_ms; /* how far the clock that deadlines are looked at by is ahead of the machine's, for tests; NULL: not at all */
};

struct worker;

/* Opens the worker's channel. LB_OK, LB_IO, LB_NO_MEMORY. */
lb_err worker_new(const struct worker_settings *s, struct worker **out) LB_MUST_CHECK;
/* Starts its thread; the writer's and every worker's channel must be open. */
lb_err worker_run(struct worker *w) LB_MUST_CHECK;
/* Waits for the thread after WORKER_STOP and frees everything. */
void worker_join(struct worker *w);
/* Any thread. */
const struct metrics *worker_metrics(const struct worker *w);
unsigned worker_load(const struct worker *w); /* its sessions, and those on their way to it */
/* One more session is on its way (1); one did not come about or has ended (-1). Any thread. */
void worker_expect(struct worker *w, int change);

#endif
