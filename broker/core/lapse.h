/* Lapses: which messages an agent was not given because they had expired. A row for each would be as many as messages, so a row says
 * more: from a position on, up to the next row's, a message for the agent was left out if and only if it had expired at one time. A row is
 * needed only where something is left out that had not yet expired at the time of the row before: at most one a second.
 * Encoding only; the rows stand in JOURNAL_LAPSES. */
#ifndef LAGEBUS_BROKER_CORE_LAPSE_H
#define LAGEBUS_BROKER_CORE_LAPSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/limits.h"

struct lapse {
	uint64_t from; /* position; 0: none */
	uint32_t at_s; /* since 1970 */
};

/* By the agent's SPIFFE ID, the lane and the position. The newest row of a lane comes first, so that the first one at or behind a
 * position's key is the one that the position is in, if it begins with the same n - LAPSE_KEY_POSITION bytes. */
#define LAPSE_KEY_POSITION 8
#define LAPSE_KEY_MAX (LB_SPIFFE_ID_MAX + 2 + LAPSE_KEY_POSITION)
#define LAPSE_ROW_SIZE 12
/* Returns the bytes written. */
size_t lapse_key(const char *agent, unsigned lane, uint64_t position, uint8_t out[LAPSE_KEY_MAX]);
void lapse_write(const struct lapse *l, uint8_t out[LAPSE_ROW_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err lapse_read(const uint8_t *p, size_t n, struct lapse *out) LB_MUST_CHECK;
/* Was a message that expires then (ms since 1970, 0: never) left out there? */
bool lapse_left_out(const struct lapse *l, int64_t expires_ms);

#endif
