/* The running broker's parts: started in the order of the message's way, ended in the opposite one. Main thread only. */
#ifndef LAGEBUS_BROKER_PARTS_H
#define LAGEBUS_BROKER_PARTS_H

#include "broker/configuration.h"
#include "broker/core/roster.h"
#include "broker/door.h"
#include "broker/edge/channel.h"
#include "broker/edge/journal.h"
#include "broker/edge/scrape.h"
#include "broker/worker.h"
#include "broker/writer.h"

struct parts {
	struct configuration configuration; /* as at start; a reload changes its federation and tls only */
	struct journal *journal;
	struct roster *roster;
	struct pace *pace;
	struct channel_hub *hub;
	struct worker *workers[WRITER_WORKERS_MAX];
	struct channel_end *to_workers[WRITER_WORKERS_MAX];
	unsigned workers_n; /* that were made */
	unsigned running_n; /* that have a thread */
	struct writer *writer;
	struct channel_end *to_writer;
	struct door *door;
	struct scrape *scrape; /* NULL: no metrics wanted */
	atomic_ullong reloads, reloads_refused;
};

/* Takes over the configuration (also on error; *c is then empty) and starts everything; on error parts_end ends what had
 * started. LB_OK, or the part's error with `why`. */
lb_err parts_start(struct parts *p, struct configuration *c, char *why, size_t why_n) LB_MUST_CHECK;
/* Puts the federation and the certificates of a newly loaded configuration in force, which stays the caller's but for its signer. LB_OK or LB_NO_MEMORY. */
lb_err parts_reload(struct parts *p, struct configuration *c) LB_MUST_CHECK;
/* One was not valid: the audit has that, too. */
void parts_reload_refused(struct parts *p, const char *why);
/* Lets no one in any more and asks every session to end. */
void parts_drain(struct parts *p);
/* Sessions there are. */
unsigned parts_sessions(const struct parts *p);
/* Commits what is under way, ends every thread, frees everything; after a start that ended between making the workers and running
 * them (memory was out) only the threads end, and the process should. */
void parts_end(struct parts *p);

#endif
