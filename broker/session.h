/* A session: a link's way in (TLS, ZMTP, message by message) and out. A worker's thread. */
#ifndef LAGEBUS_BROKER_SESSION_H
#define LAGEBUS_BROKER_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/core/feed.h"
#include "broker/line.h"
#include "broker/remind.h"
#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/link.h"
#include "lagebus/signature.h"
#include "proto/host/federation.h"

struct arrival;
struct worker;

#define PACE_SHARE 8           /* who can take more may be behind by this part of the tail */
#define PACE_FREE (256 * 1024) /* bytes of publishes in a tick for which nobody is held back */

/* Each state expects one kind of thing; everything else is LB_UNEXPECTED. */
enum session_state {
	SESSION_GREETING, /* expects the ZMTP greeting */
	SESSION_READY,    /* expects the READY command */
	SESSION_HELLO,    /* expects Hello */
	SESSION_OPEN,
	SESSION_CLOSING, /* has been told why; closes when that is sent */
};

struct session {
	int fd;
	enum session_state state;
	uint32_t handle, generation;
	struct lb_link *link;
	struct lb_buf input; /* an incomplete message; whole ones before it while the session is `waiting` */
	struct lb_buf later; /* what is to be said behind the feed's rest */
	struct feed feed;
	uint16_t partner;
	struct partner_set *mandates; /* further partners that the agent acts for; NULL: none */
	bool readable, writable, ended, waiting, asked, cursor_changed, publish_only, joined, pinged, reminders, retention;
	bool ends_due, ends_late; /* it is to be told which waits have ended; it did not take all of it */
	enum remind_state remind;
	int64_t heard_ms, closing_since_ms, seen_saved_ms;
	uint64_t in_flight; /* bytes of its publishes that wait for the disk */
	uint64_t published; /* bytes of its publishes in this tick */
	uint64_t received;  /* bytes of its link in this tick */
	uint64_t told[LB_LANES]; /* of what it has stored, what the audit has */
	int64_t told_ms;
	int64_t tokens;     /* where the rate is limited: a tick gives publish_rate, a publish costs TICKS_A_SECOND, none is taken below 1 */
	uint8_t signer[LB_SIGNER_SIZE];
	struct line_place place[LB_LANES];
	char *agent;   /* SPIFFE ID */
	char *address; /* the peer's */
};

/* Begins a session on a link that is through its handshake; takes everything in a, also when it fails. */
void session_begin(struct worker *w, struct arrival *a);
/* Does what there is to do: reads once, feeds, writes. */
void session_serve(struct worker *w, struct session *s);
/* Is it one of those that send little? Its next message may be urgent. */
bool session_is_quiet(const struct session *s);
/* Reads once if it is quiet; sends it what is urgent, and what has been queued for it. */
void session_push(struct worker *w, struct session *s);
/* Puts it in line to be served; or, in hurry, to be pushed before anyone else is served. */
void session_queue(struct worker *w, struct session *s);
void session_hurry(struct worker *w, struct session *s);
/* Queues whole frames between messages: while a message is only partly on its way out, behind it. LB_OK or LB_NO_MEMORY. */
lb_err session_say(struct session *s, const uint8_t *p, size_t n) LB_MUST_CHECK;
/* The feed's rest is out: says what had to wait for that. LB_OK or LB_NO_MEMORY. */
lb_err session_say_later(struct session *s) LB_MUST_CHECK;
/* Tells the peer why (with a detail for people, or NULL), and closes when it is sent. */
void session_fail(struct worker *w, struct session *s, lb_err reason, const char *detail);
/* Closes without a word, on its next turn. */
void session_abort(struct worker *w, struct session *s);
/* Closes at once and frees. */
void session_end(struct worker *w, struct session *s);
/* A session only moves forward: back is no move. */
void session_move(struct session *s, enum session_state to);
/* NULL if the handle has been used again since. */
struct session *session_find(struct worker *w, uint32_t handle, uint32_t generation);
/* Something is due: heartbeat, cursor, rate. */
void session_tick(struct worker *w, struct session *s);
/* May it be read from now? */
bool session_is_held(struct worker *w, const struct session *s);

#endif
