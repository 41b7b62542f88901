/* A TLS 1.3 link with mutual authentication over OpenSSL: bytes in and bytes out, never a socket. */
#ifndef LAGEBUS_LINK_H
#define LAGEBUS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/identity.h"

struct lb_tls;  /* shared settings: certificates, CA, CRL. Reference-counted, thread-safe. */
struct lb_link; /* one connection's TLS state. Used by one thread at a time; may be handed from one to another. */

enum lb_link_side { LB_LINK_SERVER, LB_LINK_CLIENT };

struct lb_tls_files {
	const char *certificate; /* PEM chain, leaf first */
	const char *key;         /* PEM */
	const char *ca;          /* PEM bundle of the federation's CAs */
	const char *crl;         /* PEM CRLs, or NULL: none. Given and out of date: the handshake fails, it is not skipped. */
	bool require_hybrid;     /* only hybrid ML-KEM groups; loading fails where OpenSSL has none */
};

/* Loads everything, or says in `why` (NUL-terminated, with the file's name and what to do) what is wrong: LB_CONFIG or
 * LB_NO_MEMORY. Also fails where the key does not belong to the certificate. Blocks on files. The result has one reference. */
lb_err lb_tls_load(enum lb_link_side side, const struct lb_tls_files *files, struct lb_tls **out, char *why, size_t why_n) LB_MUST_CHECK;
struct lb_tls *lb_tls_ref(struct lb_tls *tls);
void lb_tls_unref(struct lb_tls *tls);
/* The identity in our own certificate. */
const struct lb_identity *lb_tls_identity(const struct lb_tls *tls);
/* When our own certificate ends, in ms since 1970. */
int64_t lb_tls_expires_ms(const struct lb_tls *tls);
/* Is our own certificate in its time at this one, in ms since 1970? */
bool lb_tls_is_valid_at(const struct lb_tls *tls, int64_t at_ms);

/* Who signs with a certificate, and of which time a message may be that it signed, both ends included. */
struct lb_signatory {
	struct lb_identity identity;
	int64_t from_ms, until_ms; /* since 1970 */
};
/* May messages be signed with this certificate (DER)? A message is read long after it was signed, so the question has two parts.
 * Here, once a certificate, as of now: the chain to the federation's CA, the use and the strength of the key, and that nothing in the
 * chain is on a revocation list, each of which must be current. By the caller, message by message: that it was created between
 * from_ms and until_ms. The certificate, or a CA above it, may have ended since.
 * The window begins with the certificate and ends with it, or with the first CA above it that does. It does not begin later where a CA
 * does: a CA's certificate that was renewed with the same key is younger than what was issued before.
 * A revocation list must name what was revoked also after that has ended, or it would count again for what is dated back; `lagebus ca`
 * makes such lists, RFC 5280 (section 3.3) does not demand it.
 * LB_OK, LB_TLS_UNTRUSTED (also: a revocation list is out of date), LB_TLS_REVOKED, LB_BAD_IDENTITY (no SPIFFE ID of this federation),
 * LB_NO_MEMORY. Any thread. */
lb_err lb_tls_check_signer(struct lb_tls *tls, const uint8_t *der, size_t der_n, struct lb_signatory *out) LB_MUST_CHECK;

/* A new link. For clients `expect` (may be NULL) is the SPIFFE ID's partner the
 * broker's certificate must carry. The link holds a reference to tls. NULL if memory is out. */
struct lb_link *lb_link_new(struct lb_tls *tls, const char *expect);
void lb_link_free(struct lb_link *link);

/* Offers n bytes from the socket. They are borrowed, not copied: call lb_link_handshake or lb_link_read until LB_AGAIN
 * before they go away; by then all of them have been taken. */
void lb_link_feed(struct lb_link *link, const uint8_t *p, size_t n);
/* Goes on with the handshake. LB_OK: done (then lb_link_peer is valid). LB_AGAIN: send the output, feed more.
 * Otherwise the reason: LB_TLS_*, LB_BAD_IDENTITY; the alert for the peer is in the output. */
lb_err lb_link_handshake(struct lb_link *link) LB_MUST_CHECK;
/* Decrypts into out[0..cap). LB_OK with *got > 0; LB_AGAIN: feed more; LB_CLOSED: close_notify; LB_TLS_BAD_RECORD; for a
 * client the server may refuse us only here (TLS 1.3): LB_TLS_REVOKED, LB_TLS_UNTRUSTED, ... as its alert says. */
lb_err lb_link_read(struct lb_link *link, uint8_t *out, size_t cap, size_t *got) LB_MUST_CHECK;
/* Encrypts all n bytes into the output: full 16 KiB records and a rest. LB_OK or LB_NO_MEMORY. */
lb_err lb_link_write(struct lb_link *link, const uint8_t *p, size_t n) LB_MUST_CHECK;
/* Queues close_notify. */
void lb_link_close(struct lb_link *link);
/* Ciphertext to send; say what the socket took. */
struct lb_buf *lb_link_output(struct lb_link *link);
void lb_link_output_sent(struct lb_link *link, size_t n);
/* The link is idle for a while: it keeps no buffer for output until there is some again. */
void lb_link_rest(struct lb_link *link);

/* Valid after the handshake, as long as the link. */
const struct lb_identity *lb_link_peer(const struct lb_link *link);
bool lb_link_resumed(const struct lb_link *link);
/* Would the peer's certificate still be taken under these settings, now? For live links after a reload and in the course of time.
 * LB_OK, LB_TLS_UNTRUSTED, LB_TLS_EXPIRED, LB_TLS_REVOKED. */
lb_err lb_link_recheck(const struct lb_link *link, struct lb_tls *tls) LB_MUST_CHECK;
/* The peer's certificate in DER; borrowed from the link, valid after the handshake. */
void lb_link_peer_certificate(const struct lb_link *link, const uint8_t **der, size_t *der_n);
/* "TLS_AES_128_GCM_SHA256 secp256r1", for logs and status. */
void lb_link_describe(const struct lb_link *link, char *text, size_t n);

/* Clients keep the newest session ticket in tls and resume with it, once; off: every handshake is a full one. On by default. Any thread. */
void lb_tls_set_resumption(struct lb_tls *tls, bool on);

#endif
