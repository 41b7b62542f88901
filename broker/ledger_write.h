/* What people did goes into the ledger: within the log writer's transaction, joined with what is there, so that of two receipts that workers took at
 * once neither is lost. The log writer's thread. */
#ifndef LAGEBUS_BROKER_LEDGER_WRITE_H
#define LAGEBUS_BROKER_LEDGER_WRITE_H

#include <stddef.h>

#include "broker/append.h"

/* Joins a row of JOURNAL_LEDGER (core/ledger.h) with the one of this key; one that cannot be read gives way. LB_OK or the log's error. */
lb_err ledger_write(struct append *a, const void *key, size_t key_n, const void *value, size_t value_n) LB_MUST_CHECK;

#endif
