/* Numbers as bytes: big-endian in keys, which sort by them, little-endian in rows. */
#ifndef LAGEBUS_BROKER_CORE_BYTES_H
#define LAGEBUS_BROKER_CORE_BYTES_H

#include <stdint.h>

/* The low n bytes of v; returns where it goes on. */
static inline uint8_t *put_big(uint8_t *p, uint64_t v, unsigned n)
{
	while (n-- > 0)
		*p++ = (uint8_t)(v >> (8 * n));
	return p;
}

static inline uint64_t get_big(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

static inline uint8_t *put_little64(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

static inline uint64_t get_little64(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

#endif
