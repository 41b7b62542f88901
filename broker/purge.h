/* Messages whose bytes go from the log while their places stay: recalled ones, and those whose time is over. */
#ifndef LAGEBUS_BROKER_PURGE_H
#define LAGEBUS_BROKER_PURGE_H

#include <stdint.h>

#include "broker/append.h"
#include "proto/host/retention.h"

/* Rewrites the record that holds the position without the message's payload and signature (block_purge), within the transaction. LB_OK,
 * LB_NOT_FOUND (it is past retention), or what ends the transaction. */
lb_err purge_message(struct append *a, unsigned lane, uint64_t position, uint32_t at_s) LB_MUST_CHECK;

/* Purges messages whose time is over (retention_until), of some records, within a transaction of its own: *n says how many records were
 * looked at, PURGE_RECORDS if there may be more. A record is looked at once a minute at most, so that one whose messages end one by one is not
 * written anew for each. LB_OK or the log's error. */
#define PURGE_RECORDS 16
lb_err purge_due(struct append *a, const struct retention *keep, int64_t now_ms, unsigned *n) LB_MUST_CHECK;
/* Notes anew when the first message of the record that holds a position, or of the next one kept, is over: it may be sooner than was noted. *next is the
 * position behind it. LB_OK, LB_NOT_FOUND (there is no such record), or what ends the transaction. */
lb_err purge_look_at(struct append *a, const struct retention *keep, unsigned lane, uint64_t position, uint64_t *next) LB_MUST_CHECK;

#endif
