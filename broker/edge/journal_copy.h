/* Reads a table of a log from outside, also while a broker writes to it. */
#ifndef LAGEBUS_BROKER_EDGE_JOURNAL_COPY_H
#define LAGEBUS_BROKER_EDGE_JOURNAL_COPY_H

#include "broker/edge/journal.h"

/* Shows every row in the order of the keys, in short read transactions; what is written meanwhile may be among them. Blocks on files. LB_OK, also if
 * `visit` said no more; LB_NOT_FOUND (no log there), LB_IO, LB_CORRUPT, LB_LIMIT (too many readers), LB_NO_MEMORY: `why` names the folder and what is wrong. */
lb_err journal_copy(const char *folder, enum journal_table t, journal_visit *visit, void *user, char *why, size_t why_n) LB_MUST_CHECK;

#endif
