/* What an origin takes back or replaces, at the recipient's: a verified Recall deletes the message of the same origin, whichever comes first, and
 * says so to the broker; a message that supersedes one of the same origin marks it. */
#ifndef LAGEBUS_AGENT_RECALLS_H
#define LAGEBUS_AGENT_RECALLS_H

#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct agent;

/* Of a message that verified and was just stored, within the turn's transaction. LB_OK or a store error. */
lb_err recalls_stored(struct agent *a, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* Before the turn's commit, if something was deleted: takes it out of the search index's old parts, too. LB_OK or a store error. */
lb_err recalls_scrub(struct agent *a) LB_MUST_CHECK;
/* And behind it. */
void recalls_scrubbed(struct agent *a);

#endif
