/* The second person at the recipient's: a warning of level 4 is shown as real only behind an Approval that another certificate, with another
 * key, has signed. What an agent cannot know is which partners are coordinators: that the second person's is one, or the origin's own, the
 * broker vouches for by having let the Approval in (docs/decisions.md). */
#ifndef LAGEBUS_AGENT_SECOND_PERSON_H
#define LAGEBUS_AGENT_SECOND_PERSON_H

#include "agents/agent/inbox.h"
#include "lagebus/signature.h"

struct agent;

/* Of a message that verified. An Approval is noted, within the turn's transaction; a warning of level 4 without one is LB_NEEDS_APPROVAL.
 * LB_OK, or a store error. */
lb_err second_person_check(struct agent *a, const struct lb_header *h, const struct inbox_message *m, const uint8_t hint[LB_SIGNER_SIZE],
                           const char *signer) LB_MUST_CHECK;

#endif
