/* What the files of a worker share: the worker and its sessions. worker.c runs the loop; session.c is a link's way in and out;
 * publish.c takes messages in; deliver.c hands them out; lookup.c finds one; cursor.c keeps where an agent stands, mandates.c whom it acts
 * for; approvals.c and recalls.c do what two people, or an origin, decide; control.c, receipts.c answer. All of it is one thread's. */
#ifndef LAGEBUS_BROKER_WORKER_STATE_H
#define LAGEBUS_BROKER_WORKER_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "broker/core/approval.h"
#include "broker/core/feed.h"
#include "broker/core/ledger.h"
#include "broker/core/roster.h"
#include "broker/core/tail.h"
#include "broker/edge/socket.h"
#include "broker/line.h"
#include "broker/worker.h"
#include "broker/writer.h"
#include "lagebus/signature.h"
#include "lagebus/zmtp.h"

#define TICK_MS 250                   /* how often a worker looks at what is due */
#define TICKS_A_SECOND (1000 / TICK_MS)
#define CATCHUP_BLOCKS 8              /* blocks read from the log that a worker remembers, per lane */
#define OUTPUT_TARGET (32 * 1024)    /* ciphertext that a session is fed ahead of its socket */
#define PACE_SHARE 8                  /* who can take more may be behind by this part of the tail */
#define PACE_FREE (256 * 1024)        /* bytes of publishes in a tick for which nobody is held back */
#define OUTPUT_MAX (4 * 1024 * 1024)  /* ciphertext above which a session is not read from: it must take its answers first */
#define CIPHER_SIZE (64 * 1024)       /* bytes read from a socket at once: what is urgent waits for the end of it */
#define CARRY_MAX (64 * 1024)         /* an incomplete message up to this size is carried through the worker's buffer */
#define DECRYPTED_MAX (CIPHER_SIZE + 32 * 1024) /* what one read can decrypt to: OpenSSL may hold the beginning of a record */
#define PLAIN_SIZE (CARRY_MAX + DECRYPTED_MAX)

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
	bool readable, writable, ended, waiting, asked, cursor_changed, publish_only, joined, pinged;
	int64_t heard_ms, closing_since_ms, seen_saved_ms;
	uint64_t in_flight; /* bytes of its publishes that wait for the disk */
	uint64_t published; /* bytes of its publishes in this tick */
	uint64_t received;  /* bytes of its link in this tick */
	int64_t tokens;     /* where the rate is limited: a tick gives publish_rate, a publish costs TICKS_A_SECOND, none is taken below 1 */
	uint8_t signer[LB_SIGNER_SIZE];
	struct line_place place[LB_LANES];
	char *agent;   /* SPIFFE ID */
	char *address; /* the peer's */
};

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
	bool draining, stopping, pacing; /* pacing: a publisher is held back until who can take more has caught up */
	struct metrics metrics;

	struct lb_buf record;  /* read from the journal */
	struct lb_buf message; /* a control message on its way out */
	uint8_t *cipher, *plain, *scratch;
};

/* session.c */
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
/* NULL if the handle has been used again since. */
struct session *session_find(struct worker *w, uint32_t handle, uint32_t generation);
/* Something is due: heartbeat, cursor, rate. */
void session_tick(struct worker *w, struct session *s);
/* May it be read from now? */
bool session_is_held(struct worker *w, const struct session *s);

/* mandates.c */
/* Whom the agent acts for under the federation in force. LB_OK, LB_NOT_A_MEMBER, LB_NO_MEMORY. */
lb_err mandates_read(struct worker *w, struct session *s) LB_MUST_CHECK;
/* Notes from where on the agent acts for whom: behind where its feed stands now. */
void mandates_note(struct worker *w, struct session *s);
/* From which position on an agent was given what is for a partner that it acts for. False: it does not act for it. */
bool mandates_since(struct worker *w, const char *agent, const char *partner, unsigned lane, uint64_t *from);

/* publish.c */
void publish_receive(struct worker *w, struct session *s, const struct lb_zmtp_message *m);
/* Sends what was filled to the writer, of one lane or of both. */
void publish_flush_lane(struct worker *w, enum lb_lane lane);
void publish_flush(struct worker *w);
/* Answers the publishes of a committed block. */
void publish_answer(struct worker *w, struct block *b);
/* Counts n bytes of a publish that was given to the writer, until it is answered. */
void publish_count(struct worker *w, struct session *s, size_t n);
/* Gives the writer a row for a table, or what is to be cleared; takes the note. */
void publish_note(struct worker *w, struct channel_end *to, struct note *note);

/* deliver.c */
/* Feeds a session up to OUTPUT_TARGET. True if there is more for it. */
bool deliver(struct worker *w, struct session *s);
/* Feeds it what is urgent, and before that only what it must, to end a message that it has the beginning of. */
void deliver_urgent(struct worker *w, struct session *s);
bool deliver_is_due(const struct worker *w, const struct session *s);
bool deliver_is_urgent(const struct worker *w, const struct session *s);
/* The block that holds a position or the next one kept, from the tail or the log; borrowed until the next call. */
lb_err deliver_find(struct worker *w, enum lb_lane lane, uint64_t position, struct block **out) LB_MUST_CHECK;
void deliver_forget(struct worker *w);

/* control.c */
void control_receive(struct worker *w, struct session *s, struct lb_frame frame);
/* Packs and queues a Control (a struct of proto/control.proto). */
void control_send(struct worker *w, struct session *s, const void *control);
void control_goodbye(struct worker *w, struct session *s, lb_err reason, const char *detail);

/* cursor.c */
/* Where delivery goes on after this Hello (a struct of proto/control.proto). */
void cursor_open(struct worker *w, struct session *s, const void *hello);
void cursor_save(struct worker *w, struct session *s);
/* The session ends: saves what has changed, and when the agent was seen. */
void cursor_close(struct worker *w, struct session *s);
/* The lane has a new lapse: to be called before anything behind it is sent. */
void cursor_lapsed(struct worker *w, struct session *s, enum lb_lane lane);
/* The lapse of an agent that a position is in. LB_OK, LB_NOT_FOUND (none), or the log's error. */
lb_err cursor_find_lapse(struct worker *w, const char *agent, unsigned lane, uint64_t position, struct lapse *out) LB_MUST_CHECK;

/* lookup.c */
/* A message in the log: a copy of its header frame, and where it stands. */
struct logged {
	struct lb_buf frame;
	struct lb_header header;
	unsigned lane;
	uint64_t position;
	int64_t expires_ms; /* after which it is not given out: its own, or that of a purge; 0: none */
};
/* LB_OK, LB_NOT_FOUND, or the log's error; out->frame is the caller's to free in any case. Asks the router. */
lb_err lookup(struct worker *w, const struct lb_uuid *id, struct logged *out) LB_MUST_CHECK;
/* LB_TLP_WIDENED: a message that it belongs to or replaces is another's and stricter. LB_OK, or the log's error. Asks the router. */
lb_err lookup_label(struct worker *w, const struct lb_header *h) LB_MUST_CHECK;

/* deed_publish.c */
/* Gives the writer a message in a block of its own with a deed, which it takes; `behind` (NULL: none) is what waited and comes behind it, as
 * nobody's publish. The answer comes as for any publish. Asks the router. LB_OK, LB_NO_MEMORY, LB_CORRUPT. */
lb_err deed_publish(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m, struct deed *deed,
                    const struct waiting_row *behind) LB_MUST_CHECK;

/* signed_by.c */
/* Is the message signed by the session's agent, with a certificate that is good and was when it was created? LB_OK and the key's name
 * (lb_verifier_key); LB_BAD_SIGNATURE, LB_UNKNOWN_SIGNER, LB_WRONG_ORIGIN (another agent's), or why the certificate is not good. */
lb_err signed_by_session(struct worker *w, const struct session *s, const struct lb_header *h, const struct lb_frame frames[3],
                         uint8_t key[LB_DIGEST_SIZE]) LB_MUST_CHECK;

/* approvals.c */
/* Puts a message that needs a second person on hold. LB_OK (it is answered when that is on disk) or why it is refused. Asks the router. */
lb_err approvals_hold(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* Takes an Approval of a partner that the session speaks for. LB_OK, LB_NOT_FOUND (nothing waits under this id), LB_ROLE_MAY_NOT_SEND,
 * LB_SAME_PERSON, LB_OTHER_CONTENT, LB_BAD_AUDIENCE (it must go where the message goes), or why else it is refused. Asks the router. */
lb_err approvals_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* The origin recalls what waits. LB_OK, LB_NOT_FOUND (nothing of this origin's waits under the id), or why it is refused. */
lb_err approvals_withdraw(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* Adds to Receipts what became of a message that waits or waited, and sends them. LB_OK; LB_NOT_FOUND: it never did, or the session may not
 * know, and nothing was sent. */
lb_err approvals_tell(struct worker *w, struct session *s, const struct lb_uuid *id, bool logged, void *receipts) LB_MUST_CHECK;
/* Answers a WaitingQuery. */
void approvals_answer(struct worker *w, struct session *s, const void *query);
/* Does a message have the audience, label, area and exercise flag of the one that it is about, and no expiry? Then it reaches the same. */
bool header_goes_along(const struct lb_header *h, const struct lb_header *about);

/* recalls.c */
/* Takes a Recall: of what waits, or of what is in the log. LB_OK, LB_NOT_FOUND, LB_WRONG_ORIGIN (it is another's), LB_BAD_AUDIENCE (it must go to
 * all who were to have the message), or why else it is refused. Asks the router. */
lb_err recalls_take(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* A block is committed: if it recalls something, that is nowhere in this worker's memory any more. */
void recalls_committed(struct worker *w, const struct block *b);

/* receipts.c */
/* Sends Receipts (a struct of proto/control.proto). */
void receipts_send(struct worker *w, struct session *s, void *receipts);
/* Checks a Receipt message of a partner that the session speaks for, and notes it in the ledger. LB_OK or why it is refused. */
lb_err receipts_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* Answers a coordinator's or origin's question. */
void receipts_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame id);
/* Answers who would get a message of this header. */
void receipts_route(struct worker *w, struct session *s, uint64_t request, struct lb_frame header);

#endif
