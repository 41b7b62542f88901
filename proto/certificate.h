/* A peer's X.509 certificate, as a link and a session that may be resumed keep it: once for both. */
#ifndef LAGEBUS_PROTO_CERTIFICATE_H
#define LAGEBUS_PROTO_CERTIFICATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "lagebus/err.h"
#include "lagebus/identity.h"

#define CERTIFICATE_DIGEST 32 /* bytes: SHA-256 */

/* Never changed once made; any thread. */
struct certificate {
	atomic_uint refs;
	uint8_t digest[CERTIFICATE_DIGEST]; /* of the DER */
	struct lb_identity identity;
	size_t der_n;
	uint8_t der[];
};

/* The identity in the one URI of the subject alternative name (SPIFFE X.509-SVID, section 2). LB_OK or LB_BAD_IDENTITY. */
lb_err certificate_identity(const X509 *x, struct lb_identity *out) LB_MUST_CHECK;
/* When it is valid, in ms since 1970, both ends included: its last second counts (RFC 5280, 4.1.2.5). False: it does not say. */
bool certificate_times(const X509 *x, int64_t *from_ms, int64_t *until_ms) LB_MUST_CHECK;
/* LB_OK with one reference; LB_BAD_IDENTITY; LB_NO_MEMORY. */
lb_err certificate_new(X509 *x, struct certificate **out) LB_MUST_CHECK;
struct certificate *certificate_ref(struct certificate *c);
/* NULL is none. */
void certificate_unref(struct certificate *c);
/* Decodes it again; the caller's. NULL if memory is out. */
X509 *certificate_decode(const struct certificate *c);

#endif
