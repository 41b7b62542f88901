/* Messages whose bytes go from the log while their places stay: recalled ones, and those whose time is over. */
#ifndef LAGEBUS_BROKER_PURGE_H
#define LAGEBUS_BROKER_PURGE_H

#include <stdint.h>

#include "broker/append.h"

/* Rewrites the record that holds the position without the message's payload and signature (block_purge), within the transaction. LB_OK,
 * LB_NOT_FOUND (it is past retention), or what ends the transaction. */
lb_err purge_message(struct append *a, unsigned lane, uint64_t position, uint32_t at_s) LB_MUST_CHECK;

#endif
