/* Eras as keys and rows. */
#include "broker/core/era.h"

#include <string.h>

#include "broker/core/bytes.h"

void era_key(unsigned lane, uint64_t from, uint8_t out[ERA_KEY_SIZE])
{
	out[0] = (uint8_t)lane;
	put_big(out + 1, ~from, 8);
}

lb_err era_read(const void *key, size_t key_n, const void *value, size_t value_n, uint64_t *from, uint8_t digest[ERA_DIGEST_SIZE])
{
	const uint8_t *p = key;

	if (key_n != ERA_KEY_SIZE || value_n != ERA_DIGEST_SIZE)
		return LB_CORRUPT;
	*from = ~get_big(p + 1, 8);
	memcpy(digest, value, ERA_DIGEST_SIZE);
	return LB_OK;
}
