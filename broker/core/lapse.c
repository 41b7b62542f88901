/* Lapses as keys and rows: the position in a key is inverted and big-endian, so that keys sort from the newest on. */
#include "broker/core/lapse.h"

#include <string.h>

#include "broker/core/bytes.h"

size_t lapse_key(const char *agent, unsigned lane, uint64_t position, uint8_t out[LAPSE_KEY_MAX])
{
	size_t n = strnlen(agent, LB_SPIFFE_ID_MAX);

	memcpy(out, agent, n);
	out[n++] = '\0'; /* no agent's name goes on in another's */
	out[n++] = (uint8_t)lane;
	put_big(out + n, ~position, LAPSE_KEY_POSITION);
	return n + LAPSE_KEY_POSITION;
}

void lapse_write(const struct lapse *l, uint8_t out[LAPSE_ROW_SIZE])
{
	put_big(put_big(out, l->from, 8), l->at_s, 4);
}

lb_err lapse_read(const uint8_t *p, size_t n, struct lapse *out)
{
	if (n != LAPSE_ROW_SIZE)
		return LB_CORRUPT;
	out->from = get_big(p, 8);
	out->at_s = (uint32_t)get_big(p + 8, 4);
	return LB_OK;
}

bool lapse_left_out(const struct lapse *l, int64_t expires_ms)
{
	return expires_ms != 0 && expires_ms <= (int64_t)l->at_s * 1000;
}
