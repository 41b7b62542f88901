/* What was encrypted to us, opened when somebody asks to read it, and never stored. */
#ifndef LAGEBUS_AGENT_OPENING_H
#define LAGEBUS_AGENT_OPENING_H

#include "agents/agent/inbox.h"
#include "lagebus/envelope.h"

/* The content of a row that is sealed (lagebus/sealed.h) into the empty buffer `out`, which the caller wipes. LB_OK; LB_NOT_FOUND: the row is not sealed, or
 * its content has been deleted; or why it cannot be opened: LB_NOT_A_RECIPIENT, LB_BAD_ENVELOPE, LB_NO_MEMORY. */
lb_err opening_of(struct lb_opener *o, const struct inbox_row *row, struct lb_buf *out) LB_MUST_CHECK;

#endif
