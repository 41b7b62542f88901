/* The agent: what its parts share. intake.c takes deliveries in, publish.c sends, requests.c answers the local socket; all in one
 * thread, everything durable in one transaction a turn. */
#ifndef LAGEBUS_AGENT_AGENT_H
#define LAGEBUS_AGENT_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/inbox.h"
#include "agents/agent/local_server.h"
#include "agents/agent/outbox.h"
#include "agents/agent/settings.h"
#include "agents/agent/signers.h"
#include "agents/agent/store.h"
#include "agents/agent/uplink.h"
#include "lagebus/signature.h"
#include "proto/local.pb-c.h"

#define IN_FLIGHT_MAX 1024                /* publishes without an answer */
#define IN_FLIGHT_BYTES (1024 * 1024)     /* of routine: more would be in the way of what is urgent */
#define WAITING_MAX 64                    /* local requests that wait for the broker, and watchers */

struct in_flight {
	struct lb_uuid id;
	size_t bytes;
};

/* A local request that waits for the broker, or a watcher. */
enum waiting_kind { WAITING_NOBODY, WAITING_SEND, WAITING_RECEIPTS, WAITING_ROUTE, WAITING_MESSAGES };
struct waiting {
	enum waiting_kind kind;
	struct local_peer peer;
	uint64_t number;
	struct lb_uuid id;          /* SEND */
	uint64_t request;           /* RECEIPTS, ROUTE: ours to the broker */
	int64_t deadline_ms;        /* all but MESSAGES */
	int64_t row;                /* MESSAGES: shown up to here */
	unsigned type, area;        /* MESSAGES: 0 is any */
	bool unacknowledged;        /* MESSAGES: first what is not acknowledged yet */
};

struct agent {
	struct settings settings;
	struct lb_tls *tls;
	struct lb_signer *signer;
	struct signers *signers;
	struct store store;
	struct uplink uplink;
	struct local_server *local;
	int64_t now_ms; /* monotonic */

	struct lb_uuid log;
	uint64_t cursor[LB_LANES];    /* taken in: the chain */
	struct lb_uuid last[LB_LANES]; /* the message at the cursor; zero: not known */
	uint64_t announced[LB_LANES]; /* acknowledged to the broker */
	uint64_t newest[LB_LANES];    /* the broker's, as last heard */
	uint64_t missed;
	struct lb_buf acts_for; /* the further partners that the broker says we act for, each with its NUL; as last heard */
	bool in_transaction, cursors_changed, holding, inbox_grew;

	int64_t sent_row[LB_LANES];
	struct in_flight in_flight[IN_FLIGHT_MAX];
	unsigned in_flight_n;
	size_t in_flight_bytes;
	int64_t resend_ms; /* 0: nothing was refused for the time being */

	struct waiting waiting[WAITING_MAX];
	uint64_t last_request;
};

/* agent.c */
/* Opens everything; `why` says what is wrong. LB_OK, LB_CONFIG, LB_IO, ... */
lb_err agent_open(struct agent *a, const char *config, char *why, size_t why_n) LB_MUST_CHECK;
void agent_close(struct agent *a);
/* Certificates, CA and CRL are read again; what does not check keeps the old ones in force. */
void agent_reload(struct agent *a);
/* One turn: waits at most until something is due, or `wake_fd` is readable. */
void agent_turn(struct agent *a, int wake_fd);
/* Begins the turn's transaction if it has not begun. False: the store refuses; the link is closed. */
bool agent_begin(struct agent *a);
/* Commits the turn's transaction, and does what had to wait for that. */
void agent_settle(struct agent *a);
int64_t agent_clock_ms(void); /* since 1970 */

/* intake.c */
void intake_load(struct agent *a);
void intake_hello(void *agent, Lagebus__Hello *hello);
void intake_open(void *agent, const Lagebus__Welcome *welcome);
void intake_delivery(void *agent, const struct lb_zmtp_message *m);
void intake_control(void *agent, const Lagebus__Control *control);
void intake_down(void *agent);
/* After the commit: acknowledges what is stored. */
void intake_acknowledge(struct agent *a);

/* publish.c */
/* Signs and queues a message, whose origin is our partner where it names none; *id is the new one. LB_OK or what is wrong with it. */
lb_err publish_add(struct agent *a, struct lb_header *h, struct lb_frame payload, struct lb_uuid *id) LB_MUST_CHECK;
/* Sends from the outbox what may be sent. */
void publish_pump(struct agent *a);
void publish_accepted(struct agent *a, const struct lb_uuid *id);
void publish_refused(struct agent *a, const struct lb_uuid *id, const char *reason, const char *text);
/* The link is gone: what was not answered is sent again. */
void publish_rewind(struct agent *a);

/* requests.c */
void requests_take(struct agent *a);
/* Answers one encoded Request of a peer, now or when the broker has answered. */
void requests_answer(struct agent *a, const struct local_peer *peer, const uint8_t *p, size_t n);
/* Answers whoever waits for this publish; reason is NULL if it was accepted. */
void requests_sent(struct agent *a, const struct lb_uuid *id, const char *reason, const char *text);
void requests_receipts(struct agent *a, const Lagebus__Receipts *receipts);
void requests_route(struct agent *a, const Lagebus__Route *route);
/* Shows watchers what is new. */
void requests_show_new(struct agent *a);
/* Ends those who waited too long. The next deadline, or INT64_MAX. */
int64_t requests_expire(struct agent *a);

#endif
