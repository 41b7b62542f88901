/* Eras as keys and rows. */
#include "broker/core/era.h"

#include <string.h>

void era_key(unsigned lane, uint64_t from, uint8_t out[ERA_KEY_SIZE])
{
	out[0] = (uint8_t)lane;
	for (unsigned i = 0; i < 8; i++)
		out[1 + i] = (uint8_t)(~from >> (56 - 8 * i));
}

lb_err era_read(const void *key, size_t key_n, const void *value, size_t value_n, uint64_t *from, uint8_t digest[ERA_DIGEST_SIZE])
{
	const uint8_t *p = key;
	uint64_t inverted = 0;

	if (key_n != ERA_KEY_SIZE || value_n != ERA_DIGEST_SIZE)
		return LB_CORRUPT;
	for (unsigned i = 0; i < 8; i++)
		inverted = inverted << 8 | p[1 + i];
	*from = ~inverted;
	memcpy(digest, value, ERA_DIGEST_SIZE);
	return LB_OK;
}
