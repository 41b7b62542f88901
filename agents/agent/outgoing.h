/* What the agent does not queue, whatever the broker would say. */
#ifndef LAGEBUS_AGENT_OUTGOING_H
#define LAGEBUS_AGENT_OUTGOING_H

#include "agents/agent/store.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

/* LB_INVALID, LB_LIMIT, LB_UNKNOWN_TYPE: the payload breaks its schema's rules (lagebus/payload.h).
 * LB_CLASSIFIED: a text of the header or the payload carries a classification marking (lagebus/classified.h).
 * LB_RED_NOT_ENCRYPTED, LB_CASE_NOT_RED: something that is TLP:RED could be read on the way (lagebus/sealed.h).
 * LB_TLP_WIDENED: the inbox has a message that it belongs to or replaces, of another origin and stricter. LB_OK, or the store's error.
 * Unless it is LB_OK, why is a sentence for people. */
lb_err outgoing_check(struct store *s, const struct lb_header *h, struct lb_frame payload, char *why, size_t why_n) LB_MUST_CHECK;

#endif
