/* To whose certificates one encrypts for a partner: asked of the broker, believed of nobody but the federation's CA. */
#ifndef LAGEBUS_AGENT_DIRECTORY_H
#define LAGEBUS_AGENT_DIRECTORY_H

#include <stdint.h>

#include "agents/agent/local_server.h"
#include "lagebus/identity.h"
#include "lagebus/link.h"
#include "lagebus/zmtp.h"
#include "proto/control.pb-c.h"
#include "proto/local.pb-c.h"

struct agent;

/* May one encrypt to this certificate (DER) for this partner, now? The CA, the revocation list and the time are asked, that it is the partner's or
 * has a mandate for it, and that its key can agree on one. LB_OK and who it is; LB_TLS_UNTRUSTED, LB_TLS_REVOKED, LB_TLS_EXPIRED, LB_BAD_IDENTITY,
 * LB_WRONG_ORIGIN (another partner's), LB_NO_RECIPIENT (its key), LB_NO_MEMORY. */
lb_err directory_check(struct lb_tls *tls, struct lb_frame certificate, const char *partner, int64_t now_ms, struct lb_identity *who) LB_MUST_CHECK;

/* A local request; answered when the broker has answered, or at once if it cannot be asked. */
void directory_ask(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__DirectoryRequest *r);
void directory_answered(struct agent *a, const Lagebus__Directory *d);

#endif
