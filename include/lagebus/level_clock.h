/* What a warning asks of its recipients by its level, at least, and until when, at the latest (DOMAIN: clocks): level 4 a person within an
 * hour, level 3 within four, level 2 within one working day. Pure. */
#ifndef LAGEBUS_LEVEL_CLOCK_H
#define LAGEBUS_LEVEL_CLOCK_H

#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"

/* What a warning of this level must at least be: LB_ACK_ACKNOWLEDGED from level 2 on, else LB_ACK_NONE. */
enum lb_ack_policy lb_level_ack(unsigned level);
/* Until when, ms since 1970: 0 if the level has no deadline. One working day is up to 17:00 German legal time of the first day from Monday to Friday
 * after the day of creation that is no public holiday of all Länder. Those of one Land are the broker's to know (docs/policy.md). */
int64_t lb_level_deadline_ms(unsigned level, int64_t created_ms);
/* Does a warning ask what its level demands? LB_OK, also of every other type; LB_ACK_TOO_WEAK; LB_ACK_TOO_LATE: its deadline is later, or there
 * is none. */
lb_err lb_header_check_clock(const struct lb_header *h) LB_MUST_CHECK;

#endif
