/* What is past retention goes from the log as a whole: a lane's oldest record, and all that refers to its messages. The log writer's alone. */
#ifndef LAGEBUS_BROKER_DROP_H
#define LAGEBUS_BROKER_DROP_H

#include <stdint.h>

#include "lagebus/err.h"
#include "broker/append.h"

/* Within a transaction: drops the lane's oldest record if its newest message is from before then; *messages is how many it held. LB_OK,
 * LB_NOT_FOUND (it is not, or there is none), or the log's error. */
lb_err drop_oldest(struct append *a, unsigned lane, int64_t before_ms, uint32_t *messages) LB_MUST_CHECK;

#endif
