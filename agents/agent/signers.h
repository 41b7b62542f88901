/* The certificates that messages were signed with, checked, ready to verify. A certificate is checked once, when it is learned, and
 * again after a reload; whether it was in its time when the message was created is asked of each message, so that what is old is
 * judged as it was (lb_tls_check_signer says more). A bounded memory; one thread. */
#ifndef LAGEBUS_AGENT_SIGNERS_H
#define LAGEBUS_AGENT_SIGNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/header.h"
#include "lagebus/link.h"
#include "lagebus/signature.h"
#include "lagebus/zmtp.h"

#define SIGNERS_MAX 256
#define SIGNERS_ASK_AGAIN_MS 5000 /* for whom somebody waits */
#define SIGNERS_PATIENCE_MS 60000 /* from the beginning of a link: nobody is given up */
#define SIGNERS_UNKNOWN_MS 60000  /* whoever was given up is not asked for again any sooner */

struct signers;

/* NULL if memory is out. Takes a reference to tls. */
struct signers *signers_new(struct lb_tls *tls);
void signers_free(struct signers *s);
/* Trust has changed: everything is asked for and checked again. */
void signers_reload(struct signers *s, struct lb_tls *tls);
/* A link is up. Nobody counts as unknown any more, and for a while a certificate that the broker does not know is waited for: its owner
 * may be on the way back, too. After that an unknown one is given up, so that nobody can stop the inbox of others by naming a
 * certificate that does not exist. */
void signers_linked(struct signers *s, int64_t now_ms);

/* Must the broker be asked for this certificate, now? If so it counts as asked. Whoever is waited for is asked for again in a while,
 * whoever was given up later; who is known, never. */
bool signers_ask(struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], int64_t now_ms);
/* The broker's answer: a certificate for a hint, or none (der_n is 0). What is not good is remembered as such. */
void signers_learn(struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], const uint8_t *der, size_t der_n, int64_t now_ms);

/* Names the key of a certificate that is known and good, as lb_verifier_key does. LB_OK, LB_UNKNOWN_SIGNER, LB_INVALID. */
lb_err signers_key(const struct signers *s, const uint8_t hint[LB_SIGNER_SIZE], uint8_t out[LB_DIGEST_SIZE]) LB_MUST_CHECK;

/* Verifies a message. LB_OK and *signer is the SPIFFE ID (valid until the signer is learned again); LB_AGAIN: the signer, whose hint
 * is set, is waited for; LB_UNKNOWN_SIGNER: it was given up, unless it is to be asked for again; LB_BAD_SIGNATURE; LB_WRONG_ORIGIN
 * (the certificate is another partner's and has no mandate for the origin); LB_TLS_EXPIRED (the message was not created in the
 * certificate's time); or why the certificate is not good. */
lb_err signers_verify(struct signers *s, const struct lb_header *h, struct lb_frame header, struct lb_frame payload, struct lb_frame signature,
                      uint8_t hint[LB_SIGNER_SIZE], const char **signer) LB_MUST_CHECK;

#endif
