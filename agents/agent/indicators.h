/* The table of indicators: every verified Indicator message taken apart, an entry for each origin and value. What an origin says last counts;
 * what has ended goes. Everything is written within the caller's transaction; results are LB_OK or a store error. */
#ifndef LAGEBUS_AGENT_INDICATORS_H
#define LAGEBUS_AGENT_INDICATORS_H

#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

/* Takes a message apart. What it supersedes, of the same origin, goes. Entries that are none (no id, no value of their kind), that have ended, and a
 * payload of another schema are left out: the message itself is in the inbox all the same. */
lb_err indicators_take(struct store *s, const struct lb_header *h, struct lb_frame payload, int64_t now_ms) LB_MUST_CHECK;
/* Drops what a message of this origin brought: it is recalled. */
lb_err indicators_forget(struct store *s, const struct lb_uuid *message, struct lb_text origin) LB_MUST_CHECK;
/* Drops some of what ended before now; *more: there may be more of it. */
lb_err indicators_expire(struct store *s, int64_t now_ms, bool *more) LB_MUST_CHECK;
/* Whose indicator it is: of several who use the id, whoever sent it first. LB_NOT_FOUND: nobody's. */
lb_err indicators_owner(struct store *s, const struct lb_uuid *id, char owner[LB_PARTNER_ID_MAX + 1]) LB_MUST_CHECK;

#endif
