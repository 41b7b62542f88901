/* What an origin takes back or replaces, at the recipient's: a verified Recall deletes the message of the same origin, whichever comes first, and
 * says so to the broker; a message that supersedes one of the same origin marks it. */
#ifndef LAGEBUS_AGENT_RECALLS_H
#define LAGEBUS_AGENT_RECALLS_H

#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct agent;

/* Of a message that verified and was just stored, within the turn's transaction. LB_OK or a store error. */
lb_err recalls_stored(struct agent *a, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;

#endif
