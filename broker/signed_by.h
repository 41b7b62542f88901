/* Whether a message is signed by the agent that publishes it. A worker's thread. */
#ifndef LAGEBUS_BROKER_SIGNED_BY_H
#define LAGEBUS_BROKER_SIGNED_BY_H

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/signature.h"
#include "lagebus/zmtp.h"

struct session;
struct worker;

/* Is the message signed by the session's agent, with a certificate that is good and was when it was created? LB_OK and the key's name
 * (lb_verifier_key); LB_BAD_SIGNATURE, LB_UNKNOWN_SIGNER, LB_WRONG_ORIGIN (another agent's), or why the certificate is not good. */
lb_err signed_by_session(struct worker *w, const struct session *s, const struct lb_header *h, const struct lb_frame frames[3],
                         uint8_t key[LB_DIGEST_SIZE]) LB_MUST_CHECK;

#endif
