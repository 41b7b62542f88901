/* When types are to be kept for less than before, the records that are there already are looked at anew, some at a time, from the oldest on; over restarts,
 * also where the file changed in between. The log writer's alone. */
#ifndef LAGEBUS_BROKER_REVIEW_H
#define LAGEBUS_BROKER_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/append.h"
#include "proto/host/retention.h"

struct review {
	struct retention keep;        /* what is in force */
	bool finished;                /* every record is noted by it */
	bool written;                 /* and that stands in the log */
	uint64_t next[JOURNAL_LANES]; /* where to go on */
	int64_t from_ms;              /* not before: workers take over one by one */
};

/* Compares what is in force with what the log says. LB_OK, LB_CORRUPT, or the log's error. Outside a transaction. */
lb_err review_open(struct review *r, struct append *a, const struct retention *keep) LB_MUST_CHECK;
/* Another retention is in force from now on. */
void review_change(struct review *r, const struct retention *keep, int64_t now_ms);
bool review_is_due(const struct review *r, int64_t now_ms);
/* Within a transaction of its own: looks at up to PURGE_RECORDS records, and writes how far it is. *then is how it stands when that is committed. LB_OK or the
 * log's error. */
lb_err review_go_on(const struct review *r, struct append *a, struct review *then) LB_MUST_CHECK;

#endif
