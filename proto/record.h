/* TLS 1.3 record protection (RFC 8446, 5) of a server's link after its handshake, with the keys that OpenSSL has agreed on. An
 * SSL object holds 25 KiB for what a live link needs two ciphers for, and copies each byte twice on its way. */
#ifndef LAGEBUS_PROTO_RECORD_H
#define LAGEBUS_PROTO_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"

#define RECORD_SECRET_MAX 48 /* bytes: SHA-384 */
/* Records under one key; then ours is updated (RFC 8446, 5.5: about 24 million full ones for AES-GCM). */
#define RECORD_KEY_LIMIT (1u << 24)

enum record_suite { RECORD_AES_128_GCM_SHA256 = 0x1301, RECORD_AES_256_GCM_SHA384 = 0x1302 }; /* RFC 8446, B.4 */

/* What a handshake ends with. */
struct record_secrets {
	enum record_suite suite;
	uint8_t read[RECORD_SECRET_MAX], write[RECORD_SECRET_MAX]; /* application traffic secrets */
	uint64_t written;                                          /* records sent under `write` already */
};

struct record;

/* LB_OK; LB_NO_MEMORY. `key_limit` is RECORD_KEY_LIMIT but in tests. */
lb_err record_new(const struct record_secrets *secrets, uint64_t key_limit, struct record **out) LB_MUST_CHECK;
/* Leaves no key behind. */
void record_free(struct record *r);
/* Takes bytes off *in until it has something to give or there are none; an incomplete record is kept. LB_OK with *got > 0;
 * LB_AGAIN; LB_CLOSED: close_notify, or another alert of the peer; LB_TLS_BAD_RECORD: the alert for the peer is in `out`, and nothing
 * follows it. An answer to a KeyUpdate goes to `out`, too. */
lb_err record_read(struct record *r, const uint8_t **in, size_t *in_n, uint8_t *plain, size_t cap, size_t *got, struct lb_buf *out) LB_MUST_CHECK;
/* Protects application data into `out`. LB_OK (also after an end, when it goes nowhere) or LB_NO_MEMORY. */
lb_err record_write(struct record *r, const uint8_t *p, size_t n, struct lb_buf *out) LB_MUST_CHECK;
/* Protects close_notify, once. LB_OK or LB_NO_MEMORY. */
lb_err record_close(struct record *r, struct lb_buf *out) LB_MUST_CHECK;

#endif
