/* Looking for indicators: what a pattern means, and the entries that it finds joined by kind and value. */
#ifndef LAGEBUS_AGENT_INDICATOR_FIND_H
#define LAGEBUS_AGENT_INDICATOR_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/buf.h"
#include "proto/local.pb-c.h"

#define INDICATORS_A_PAGE 5000 /* rows of one answer */

/* Appends the packed rows that are asked for to `rows`, each as a field of an IndicatorsReply; *more: there are others behind. LB_OK; LB_INVALID: the
 * pattern or the id cannot be understood; LB_NO_MEMORY or a store error. */
lb_err indicator_find(struct store *s, const Lagebus__IndicatorsRequest *r, int64_t now_ms, struct lb_buf *rows, bool *more) LB_MUST_CHECK;

#endif
