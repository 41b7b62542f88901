/* The receipts that an agent sends: what a person said, and that something recalled is deleted. */
#ifndef LAGEBUS_AGENT_RECEIPT_H
#define LAGEBUS_AGENT_RECEIPT_H

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"

/* Appends the payload. LB_OK or LB_NO_MEMORY. */
lb_err receipt_pack(const struct lb_uuid *id, unsigned state, const char *by, const char *note, struct lb_buf *out) LB_MUST_CHECK;
/* The header of a receipt for the message `id`: from our partner, or the one it is given as ("": ours), to the origin of `about`, with its area and
 * label. `about` is the message's own header, or one of the same origin that goes where it went. Texts stay the caller's. */
void receipt_header(const struct lb_header *about, const struct lb_uuid *id, const char *as, struct lb_header *h);

#endif
