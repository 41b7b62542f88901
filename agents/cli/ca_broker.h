/* Is a certificate a broker's of the federation? */
#ifndef CLI_CA_BROKER_H
#define CLI_CA_BROKER_H

#include <stddef.h>
#include <stdint.h>

#include "agents/cli/why.h"

struct ca_trust; /* CA certificates; one thread at a time */

/* LB_OK, LB_NOT_FOUND (the file cannot be read as CA certificates), LB_NO_MEMORY. Blocks on the file. */
lb_err ca_trust_load(const char *ca, struct ca_trust **out, struct why *why) LB_MUST_CHECK;
void ca_trust_free(struct ca_trust *t);
/* By one of these CAs, for a TLS server, with a SPIFFE ID; when it was valid does not matter: what it signed is of that time. LB_OK, LB_INVALID (no
 * certificate), LB_TLS_UNTRUSTED, LB_BAD_IDENTITY. `trust` is a struct ca_trust: an lb_audit_trust. */
lb_err ca_broker_check(void *trust, const uint8_t *der, size_t der_n) LB_MUST_CHECK;

#endif
