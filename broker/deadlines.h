/* The rows of deadlines (core/deadline.h) as the log writer writes them: with the messages, and away with them. In a transaction; results are LB_OK or the
 * log's error. */
#ifndef LAGEBUS_BROKER_DEADLINES_H
#define LAGEBUS_BROKER_DEADLINES_H

#include "broker/core/block.h"
#include "broker/edge/journal.h"
#include "lagebus/header.h"

/* A block's messages that are to be acknowledged by a time. To be asked only of a block that has some (`awaited`). */
lb_err deadlines_write(struct journal *j, const struct block *b) LB_MUST_CHECK;
/* The message is gone, or nobody has to acknowledge it any more. Nothing where it has no deadline. */
lb_err deadlines_forget(struct journal *j, const struct lb_header *h) LB_MUST_CHECK;

#endif
