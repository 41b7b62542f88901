/* Receipts: what people at a partner did with a message, noted in the ledger. A worker's thread. */
#ifndef LAGEBUS_BROKER_RECEIPTS_H
#define LAGEBUS_BROKER_RECEIPTS_H

#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct deed;
struct session;
struct worker;

/* Checks a Receipt message of a partner that the session speaks for, and notes it in the ledger. LB_OK or why it is refused. *deed, the caller's,
 * is what the log writer is to do with it; NULL: nothing but to append it. */
lb_err receipts_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, struct lb_frame payload, struct deed **deed)
	LB_MUST_CHECK;

#endif
