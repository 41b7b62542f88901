/* ZMTP 3.1 (ZeroMQ RFC 37) with the NULL mechanism: a codec over bytes, without sockets, clocks or allocation. */
#ifndef LAGEBUS_ZMTP_H
#define LAGEBUS_ZMTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/limits.h"

#define LB_ZMTP_GREETING 64       /* bytes (RFC 37, 3.2 "greeting") */
#define LB_ZMTP_FRAME_HEAD_MAX 9  /* flags and an 8-byte length */

enum lb_zmtp_socket { LB_ZMTP_DEALER, LB_ZMTP_ROUTER };

struct lb_frame {
	const uint8_t *p;
	size_t n;
};

/* One multipart message or one command, as it stands in the caller's bytes. */
struct lb_zmtp_message {
	bool command;
	unsigned frames_n;
	struct lb_frame frames[LB_FRAMES_MAX]; /* a command has one: its body */
	const uint8_t *raw;                    /* the whole encoding, heads included */
	size_t raw_n;
};

enum lb_zmtp_command_kind { LB_ZMTP_READY, LB_ZMTP_ERROR, LB_ZMTP_PING, LB_ZMTP_PONG, LB_ZMTP_OTHER };

struct lb_zmtp_command {
	enum lb_zmtp_command_kind kind;
	bool peer_is_dealer, peer_is_router; /* READY: Socket-Type */
	struct lb_frame text;                /* ERROR: the reason; PING, PONG: the context (at most 16 bytes) */
	unsigned ttl_ds;                     /* PING: time to live in tenths of a second */
};

/* The greeting both sides begin with: version 3.1, mechanism NULL, as-server 0. */
void lb_zmtp_greeting(uint8_t out[LB_ZMTP_GREETING]);
/* Checks the peer's greeting. LB_AGAIN while n is less than 64 and what is there is right so far;
 * LB_ZMTP_BAD_GREETING if signature, version (>= 3) or mechanism is wrong. */
lb_err lb_zmtp_check_greeting(const uint8_t *p, size_t n) LB_MUST_CHECK;

/* Parses one whole message or command at the front of p[0..n). LB_OK: *out points into p. LB_AGAIN: incomplete; *need is
 * how many bytes in all are known to be needed from p (more than n). LB_ZMTP_FRAME: reserved flags, a command with MORE,
 * a command between frames; LB_ZMTP_TOO_BIG: more than LB_FRAMES_MAX frames, a message over `max` bytes, a command body over
 * LB_COMMAND_MAX. A length is judged before its bytes are there. Short and long forms are both taken at any length. */
lb_err lb_zmtp_parse(const uint8_t *p, size_t n, size_t max, struct lb_zmtp_message *out, size_t *need) LB_MUST_CHECK;
/* Reads a command's body. LB_OK or LB_ZMTP_BAD_COMMAND. Unknown names give LB_ZMTP_OTHER. */
lb_err lb_zmtp_command(const uint8_t *p, size_t n, struct lb_zmtp_command *out) LB_MUST_CHECK;

/* Writes the head of a message frame of n bytes in its shortest form; returns its size (2 or 9). */
size_t lb_zmtp_frame_head(uint8_t out[LB_ZMTP_FRAME_HEAD_MAX], size_t n, bool more);
/* Append whole frames or commands to out. LB_OK or LB_NO_MEMORY; out is unchanged on error. */
lb_err lb_zmtp_put_message(struct lb_buf *out, const struct lb_frame *frames, unsigned frames_n) LB_MUST_CHECK;
lb_err lb_zmtp_put_ready(struct lb_buf *out, enum lb_zmtp_socket socket) LB_MUST_CHECK;
lb_err lb_zmtp_put_error(struct lb_buf *out, const char *reason) LB_MUST_CHECK; /* at most 255 bytes are sent */
lb_err lb_zmtp_put_ping(struct lb_buf *out, unsigned ttl_ds, const void *context, size_t n) LB_MUST_CHECK; /* n <= 16 */
lb_err lb_zmtp_put_pong(struct lb_buf *out, const void *context, size_t n) LB_MUST_CHECK;

#endif
