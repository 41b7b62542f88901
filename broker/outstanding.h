/* Who has not done what a message asks. A worker's thread. */
#ifndef LAGEBUS_BROKER_OUTSTANDING_H
#define LAGEBUS_BROKER_OUTSTANDING_H

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "proto/host/federation.h"

struct logged;
struct worker;

/* Who was to have a message when it was accepted, is to have it now, and has not done what it asks. LB_OK, or the log's error. */
lb_err outstanding(struct worker *w, const struct logged *m, struct partner_set *out) LB_MUST_CHECK;
/* Until when a partner has to do it (core/deadline.h), with its own holidays; ms since 1970. Of PARTNER_NONE: the message's deadline. */
int64_t outstanding_until_ms(const struct federation *f, uint16_t partner, const struct lb_header *h);

#endif
