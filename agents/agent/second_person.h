/* The second person at the recipient's, without the broker's word: a warning of level 4 is shown as real only behind an Approval that another
 * certificate, with another key, has signed, and as whom its origin needs it: a coordinator's as a coordinator, another partner's, which goes to its own
 * bodies alone, as that partner. Who is a coordinator the agent's own settings say. */
#ifndef LAGEBUS_AGENT_SECOND_PERSON_H
#define LAGEBUS_AGENT_SECOND_PERSON_H

#include <stdbool.h>

#include "agents/agent/inbox.h"
#include "lagebus/identity.h"
#include "lagebus/signature.h"

struct agent;

/* Of a message that verified. An Approval is noted, within the turn's transaction; a warning of level 4 is LB_NEEDS_APPROVAL without one, and
 * LB_ROLE_MAY_NOT_SEND where no approval would do. LB_OK, or a store error. */
lb_err second_person_check(struct agent *a, const struct lb_header *h, const struct inbox_message *m, const uint8_t hint[LB_SIGNER_SIZE],
                           const char *signer) LB_MUST_CHECK;
/* Who approved a stored warning of level 4: the SPIFFE ID of the certificate. "" where nobody had to, where the payload is gone, and where it is not certain, as
 * approvals of several keys are there. LB_OK, or a store error. */
lb_err second_person_of(struct agent *a, const struct inbox_row *row, char out[LB_SPIFFE_ID_MAX + 1]) LB_MUST_CHECK;
/* Is this what second_person_check says of a message that is not to be shown as real, and not a store error? */
bool second_person_is_missing(lb_err e);

#endif
