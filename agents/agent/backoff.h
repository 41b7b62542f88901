/* When to try again: exponential, with jitter, so that a federation does not come back all at once. Pure. */
#ifndef LAGEBUS_AGENT_BACKOFF_H
#define LAGEBUS_AGENT_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_LAST_MS 30000
#define BACKOFF_STEADY_MS 10000 /* a link that lasted this long counts as a success */

struct backoff {
	unsigned failures;
};

/* How long to wait after a link that lasted lasted_ms (0: none came about): between half and all of 100 ms, 200 ms, ... 30 s.
 * `random` is any number. */
int64_t backoff_next_ms(struct backoff *b, int64_t lasted_ms, uint32_t random);

#endif
