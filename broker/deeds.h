/* What the log writer does with blocks that have a deed, within its transaction: what needs a second person waits, is approved, refused or
 * withdrawn, once, whoever comes first; what is recalled goes from the log, and so does a case that its recipients have acknowledged. */
#ifndef LAGEBUS_BROKER_DEEDS_H
#define LAGEBUS_BROKER_DEEDS_H

#include <stdint.h>

#include "broker/append.h"

#define DEEDS_WAITING_MAX 256        /* messages that wait, in all */
#define DEEDS_WAITING_OF_ORIGIN 16   /* and of one origin */
#define DEEDS_SETTLED_MS ((int64_t)90 * 24 * 60 * 60 * 1000) /* what became of a message is known for this long */

/* Reads how far the log has come. LB_OK or the log's error. */
lb_err deeds_begin(struct append *a) LB_MUST_CHECK;
/* Does the block's deed. The results are its publishes'; LB_OK, or what ends the transaction. `first` as for append_block. */
lb_err deeds_do(struct append *a, struct block *b, uint64_t first) LB_MUST_CHECK;
/* Ends the wait of what has waited for long enough, and forgets what was settled long ago. Within a transaction of its own: *changed says
 * whether there is something to commit. LB_OK or the log's error. */
lb_err deeds_expire(struct append *a, int64_t now_ms, bool *changed) LB_MUST_CHECK;

#endif
