/* The uplink: one connection to a broker at a time, kept up. It speaks TCP, TLS and ZMTP up to Hello and Welcome, and hands on what
 * comes in an open session. Never blocks; one thread. */
#ifndef LAGEBUS_AGENT_UPLINK_H
#define LAGEBUS_AGENT_UPLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/backoff.h"
#include "agents/agent/settings.h"
#include "lagebus/buf.h"
#include "lagebus/link.h"
#include "lagebus/zmtp.h"
#include "proto/control.pb-c.h"

/* Each state expects one thing from the other side. */
enum uplink_state {
	UPLINK_DOWN,       /* waits until it tries again */
	UPLINK_CONNECTING, /* TCP */
	UPLINK_PROXY,      /* the proxy's answer */
	UPLINK_TLS,        /* the handshake */
	UPLINK_GREETING,   /* the ZMTP greeting */
	UPLINK_READY,      /* the READY command */
	UPLINK_WELCOME,    /* Welcome */
	UPLINK_OPEN,
};

/* What is done with what comes in; `user` is theirs. Each may fail the uplink with uplink_fail. */
struct uplink_calls {
	void (*hello)(void *user, Lagebus__Hello *hello); /* fill in the cursors; texts and bytes stay the callee's */
	void (*open)(void *user, const Lagebus__Welcome *welcome);
	void (*control)(void *user, const Lagebus__Control *control);
	void (*delivery)(void *user, const struct lb_zmtp_message *m); /* four frames */
	void (*down)(void *user);
};

struct uplink {
	const struct settings *settings;
	struct lb_tls *tls;
	struct uplink_calls calls;
	void *user;
	enum uplink_state state;
	int fd;
	unsigned broker; /* index of the one tried */
	struct lb_link *link;
	struct lb_buf input, plain; /* of the proxy; an incomplete message */
	struct backoff backoff;
	int64_t now_ms, retry_ms, since_ms, heard_ms, ping_ms;
	lb_err last_error;
	char last_error_text[256];
	uint8_t *bytes;
};

/* tls: a reference is taken. LB_OK or LB_NO_MEMORY. */
lb_err uplink_init(struct uplink *u, const struct settings *s, struct lb_tls *tls, const struct uplink_calls *calls, void *user) LB_MUST_CHECK;
void uplink_fini(struct uplink *u);
/* The next connection, which is tried at once, uses these, and what the settings say now. While there is none. */
void uplink_reload(struct uplink *u, struct lb_tls *tls);

/* What to poll for: fd (-1: nothing), POLLIN, POLLOUT; and until when to wait, in ms of the same clock as `now_ms`. */
int uplink_poll_fd(const struct uplink *u, short *events, int64_t *deadline_ms);
/* Does what there is to do. now_ms: a monotonic clock. */
void uplink_step(struct uplink *u, short events, int64_t now_ms);

bool uplink_is_open(const struct uplink *u);
/* "host:port" of the broker it is linked to, or is trying. */
const char *uplink_broker(const struct uplink *u);
/* Queues a message or a control in an open session. LB_OK, LB_NO_MEMORY, LB_CLOSED (not open). */
lb_err uplink_send(struct uplink *u, const uint8_t *message, size_t n) LB_MUST_CHECK;
lb_err uplink_send_control(struct uplink *u, const Lagebus__Control *control) LB_MUST_CHECK;
/* Sends what the socket takes of what is queued. */
void uplink_flush(struct uplink *u);
/* Bytes that wait for the socket. */
size_t uplink_queued(const struct uplink *u);
/* Closes for a reason (detail may be NULL), and tries again later. */
void uplink_fail(struct uplink *u, lb_err reason, const char *detail);

#endif
