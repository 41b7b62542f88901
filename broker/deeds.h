/* What the log writer does with blocks that have a deed, within its transaction: what needs a second person waits, is approved, refused or
 * withdrawn, once, whoever comes first; what is recalled goes from the log, and so does a case that its recipients have acknowledged. */
#ifndef LAGEBUS_BROKER_DEEDS_H
#define LAGEBUS_BROKER_DEEDS_H

#include <stdint.h>

#include "broker/append.h"

#define DEEDS_WAITING_MAX 256        /* messages that wait, in all */
#define DEEDS_WAITING_OF_ORIGIN 16   /* and of one origin */

/* Reads how far the log has come. LB_OK or the log's error. */
lb_err deeds_begin(struct append *a) LB_MUST_CHECK;
/* Does the block's deed. The results are its publishes'; LB_OK, or what ends the transaction. `first` as for append_block. */
lb_err deeds_do(struct append *a, struct block *b, uint64_t first) LB_MUST_CHECK;
/* This one does not wait any more: for those who are to be told. Within the transaction that settles it. */
lb_err deeds_note_end(struct append *a, const struct lb_uuid *id) LB_MUST_CHECK;

#endif
