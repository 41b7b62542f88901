/* For how long what is here is kept: as the federation file says, which the broker tells, or by the defaults alone where the configuration wants that
 * (`retention = "own"`). What is in force stands in the store (store.h), for whoever stores something; a change counts for what is here already, too:
 * messages are looked at anew, some a turn, from the oldest on and over restarts. */
#ifndef LAGEBUS_AGENT_KEEPING_H
#define LAGEBUS_AGENT_KEEPING_H

#include <stdint.h>

#include "proto/control.pb-c.h"

struct agent;

/* Puts in force what the broker said last, or the defaults, as the configuration says, and what that says of the quarantine; after the store was opened, the configuration read again, or a turn
 * lost. */
void keeping_load(struct agent *a);
/* The broker says what the federation keeps, within the turn's transaction. */
void keeping_learn(struct agent *a, const Lagebus__Retention *said);
/* When there is something to look at, by the agent's monotonic clock; INT64_MAX: nothing. */
int64_t keeping_due_ms(const struct agent *a);
void keeping_go_on(struct agent *a);

#endif
