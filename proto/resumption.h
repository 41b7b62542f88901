/* The sessions that a server's peers may resume (RFC 8446, 4.6.1), by ticket. A ticket is a random id, and what it stands for stays
 * here: one that carries the session would be decoded at every use with the certificate in it, which is half of a resumed handshake.
 * One set for the process, so that a reload ends no session; a restart ends all. */
#ifndef LAGEBUS_PROTO_RESUMPTION_H
#define LAGEBUS_PROTO_RESUMPTION_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <openssl/ssl.h>

#include "proto/certificate.h"

#define RESUMPTION_TICKET 32         /* bytes */
#define RESUMPTION_SECRET_MAX 48     /* bytes: SHA-384 */
#define RESUMPTION_S (2 * 60 * 60)   /* how long a ticket is good */
#define RESUMPTION_SESSIONS (1 << 14) /* are kept; the oldest of its bucket gives way to a new one */

struct resumption {
	uint8_t ticket[RESUMPTION_TICKET];
	uint8_t secret[RESUMPTION_SECRET_MAX];
	uint8_t secret_n;
	const SSL_CIPHER *suite;
	time_t begun;
	struct certificate *peer;
};

/* Keeps a copy with a reference to the peer. Any thread. */
void resumption_keep(const struct resumption *r);
/* The session of a ticket, with a reference to the peer that is the caller's; false: none, or it is too old. Any thread. */
bool resumption_find(const uint8_t ticket[RESUMPTION_TICKET], time_t now, struct resumption *out);
/* A ticket is used once (RFC 8446, C.4). Any thread. */
void resumption_forget(const uint8_t ticket[RESUMPTION_TICKET]);

#endif
