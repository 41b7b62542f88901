/* A publish that the log writer does something special with: in a block of its own, with its deed. A worker's thread. */
#ifndef LAGEBUS_BROKER_DEED_PUBLISH_H
#define LAGEBUS_BROKER_DEED_PUBLISH_H

#include "broker/core/approval.h"
#include "broker/core/deed.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct block;
struct session;
struct worker;

/* Gives the writer a message in a block of its own with a deed, which it takes; `behind` (NULL: none) is what waited and comes behind it, as
 * nobody's publish. The answer comes as for any publish. Asks the router. LB_OK, LB_NO_MEMORY, LB_CORRUPT. */
lb_err deed_publish(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m, struct deed *deed,
                    const struct waiting_row *behind) LB_MUST_CHECK;
/* A block is committed: the message whose bytes its deed took from the log is nowhere in this worker's memory any more. */
void deed_committed(struct worker *w, const struct block *b);

#endif
