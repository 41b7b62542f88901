/* The agent: what its parts share. intake.c takes deliveries in, publish.c sends, requests.c answers the local socket; all in one
 * thread, everything durable in one transaction a turn. */
#ifndef LAGEBUS_AGENT_AGENT_H
#define LAGEBUS_AGENT_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/inbox.h"
#include "agents/agent/local_server.h"
#include "agents/agent/publish.h"
#include "agents/agent/settings.h"
#include "agents/agent/signers.h"
#include "agents/agent/store.h"
#include "agents/agent/uplink.h"
#include "agents/agent/waiting.h"
#include "agents/agent/watchers.h"
#include "lagebus/envelope.h"
#include "lagebus/signature.h"

struct agent {
	bool german; /* whoever asks without a language reads titles in it; everything else, as the log, is English */
	char *config; /* the configuration's file */
	struct settings settings;
	struct lb_tls *tls;
	struct lb_signer *signer;
	struct lb_opener *opener;
	struct signers *signers;
	struct store store;
	struct uplink uplink;
	struct local_server *local;
	int64_t now_ms; /* monotonic */

	struct lb_uuid log;
	uint64_t cursor[LB_LANES];     /* taken in: the chain */
	struct lb_uuid last[LB_LANES]; /* the message at the cursor; zero: not known */
	uint64_t announced[LB_LANES];  /* acknowledged to the broker */
	uint64_t newest[LB_LANES];     /* the broker's, as last heard */
	uint64_t missed;
	int64_t link; /* this link's number: none comes twice */
	struct lb_buf acts_for; /* the further partners that the broker says we act for, each with its NUL; as last heard */
	bool in_transaction, from_broker, cursors_changed; /* the turn's, and what is in it */
	bool holding, inbox_grew;
	int64_t expire_ms; /* when what has ended is dropped again */
	bool erased;      /* something was deleted in the turn's transaction, and is to be overwritten behind it */
	int64_t erase_ms; /* when to look for what is to be erased */
	bool review_due;    /* it is to be looked whether what is here has the end that it should have */
	int64_t review_row; /* the message with which that goes on; 0: with none */
	int64_t held_ms; /* when what is held is taken up again */

	int64_t sent_row[LB_LANES];
	struct in_flight in_flight[IN_FLIGHT_MAX];
	unsigned in_flight_n;
	size_t in_flight_bytes;
	int64_t resend_ms; /* 0: nothing was refused for the time being */

	struct waiting waiting[WAITING_MAX];
	uint64_t last_request;
	struct watcher watchers[WATCHERS_MAX];
	int64_t show_ms; /* 0: no watcher has to be shown the rest */

	bool incidents_changed;    /* some are to be looked at */
	int64_t incidents_next_ms; /* since 1970: when a clock of one is about to run out, or does; INT64_MAX: never */
};

/* Opens everything; `why` says what is wrong. LB_OK, LB_CONFIG, LB_IO, ... */
lb_err agent_open(struct agent *a, const char *config, char *why, size_t why_n) LB_MUST_CHECK;
void agent_close(struct agent *a);
/* The configuration is read again, and the certificates, CA and CRL that it names; if anything does not check, everything old stays in force. What is read at
 * start only (settings.h) is announced and waits for a restart. */
void agent_reload(struct agent *a);
/* One turn: waits at most until something is due, or `wake_fd` is readable, and does what there is to do. */
void agent_turn(struct agent *a, int wake_fd);
/* A turn without the waiting: `events` is what poll said of the uplink, `now_ms` a monotonic clock. */
void agent_step(struct agent *a, short events, int64_t now_ms);
/* Begins the turn's transaction if it has not begun. LB_OK or a store error. */
lb_err agent_begin(struct agent *a) LB_MUST_CHECK;
/* Commits the turn's transaction. LB_OK: all of it is on disk; or a store error: nothing is, and the link is closed if something of the
 * broker's was lost. */
lb_err agent_settle(struct agent *a) LB_MUST_CHECK;
int64_t agent_clock_ms(void); /* since 1970 */
/* The partner behind `previous` (NULL: the first) of those that we act for besides our own; NULL: there is none. Valid until the broker says others. */
const char *agent_acts_for(const struct agent *a, const char *previous);

#endif
