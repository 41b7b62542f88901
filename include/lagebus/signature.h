/* The signature frame: the origin's signature over header and payload, by the key of its agent's certificate.
 * protobuf { signer = 1 bytes, the first 8 bytes of SHA-256 of the certificate's DER; value = 2 bytes }.
 * Signed bytes: "lagebus-1" and a NUL, the header's length as 4 bytes big-endian, the header frame, the payload frame.
 * ECDSA with SHA-256/384/512 for P-256/384/521 (value: DER Ecdsa-Sig-Value, RFC 3279 section 2.2.3), or RSASSA-PSS with SHA-256. */
#ifndef LAGEBUS_SIGNATURE_H
#define LAGEBUS_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/zmtp.h"

#define LB_SIGNER_SIZE 8
#define LB_DIGEST_SIZE 32

struct lb_signer;   /* a private key and its certificate's name; one thread at a time */
struct lb_verifier; /* a certificate's public key; one thread at a time */

/* Loads a PEM key and certificate; `why` says what is wrong. LB_OK, LB_CONFIG, LB_NO_MEMORY. Blocks on files. */
lb_err lb_signer_load(const char *certificate, const char *key, struct lb_signer **out, char *why, size_t why_n) LB_MUST_CHECK;
void lb_signer_free(struct lb_signer *s);
/* Its certificate, DER; borrowed. */
void lb_signer_certificate(const struct lb_signer *s, const uint8_t **der, size_t *der_n);
/* The hint that names the signer's certificate. */
void lb_signer_hint(const uint8_t *der, size_t der_n, uint8_t out[LB_SIGNER_SIZE]);
/* Appends a signature frame's bytes to out. LB_OK, LB_NO_MEMORY, LB_INVALID (the key cannot sign). */
lb_err lb_sign(struct lb_signer *s, struct lb_frame header, struct lb_frame payload, struct lb_buf *out) LB_MUST_CHECK;

/* Reads the hint in a signature frame. LB_OK or LB_BAD_SIGNATURE (malformed). */
lb_err lb_signature_hint(struct lb_frame signature, uint8_t out[LB_SIGNER_SIZE]) LB_MUST_CHECK;
/* From a certificate in DER whose trust the caller has checked (lb_tls_check_signer). LB_OK, LB_INVALID, LB_NO_MEMORY. */
lb_err lb_verifier_new(const uint8_t *der, size_t der_n, struct lb_verifier **out) LB_MUST_CHECK;
void lb_verifier_free(struct lb_verifier *v);
/* SHA-256 of the public key, the same in whatever certificate and form it stands: two certificates of one key are one person's. LB_OK or
 * LB_INVALID (memory is out, or the key cannot be read). */
lb_err lb_verifier_key(const struct lb_verifier *v, uint8_t out[LB_DIGEST_SIZE]) LB_MUST_CHECK;
/* SHA-256 of the bytes that are signed: what an Approval says that it approves. LB_OK or LB_NO_MEMORY. */
lb_err lb_message_digest(struct lb_frame header, struct lb_frame payload, uint8_t out[LB_DIGEST_SIZE]) LB_MUST_CHECK;
/* LB_OK or LB_BAD_SIGNATURE. */
lb_err lb_verify(struct lb_verifier *v, struct lb_frame header, struct lb_frame payload, struct lb_frame signature) LB_MUST_CHECK;

#endif
