/* When to try again. */
#include "agents/agent/backoff.h"

int64_t backoff_next_ms(struct backoff *b, int64_t lasted_ms, uint32_t random)
{
	int64_t full = BACKOFF_FIRST_MS;

	if (lasted_ms >= BACKOFF_STEADY_MS)
		b->failures = 0;
	for (unsigned i = 0; i < b->failures && full < BACKOFF_LAST_MS; i++)
		full *= 2;
	if (full > BACKOFF_LAST_MS)
		full = BACKOFF_LAST_MS;
	if (b->failures < 32)
		b->failures++;
	return full / 2 + random % (full / 2 + 1);
}
