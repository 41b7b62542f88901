/* CRC-32C. */
#include "broker/core/crc32c.h"

#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* reflected */

static uint32_t in_software(uint32_t crc, const uint8_t *p, size_t n)
{
	while (n--) {
		crc ^= *p++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
	}
	return crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t in_hardware(uint32_t crc, const uint8_t *p, size_t n)
{
	uint64_t wide = crc;

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t eight;

		memcpy(&eight, p, 8);
		wide = _mm_crc32_u64(wide, eight);
	}
	crc = (uint32_t)wide;
	while (n--)
		crc = _mm_crc32_u8(crc, *p++);
	return crc;
}

static uint32_t run(uint32_t crc, const uint8_t *p, size_t n)
{
	return __builtin_cpu_supports("sse4.2") ? in_hardware(crc, p, n) : in_software(crc, p, n);
}
#else
static uint32_t run(uint32_t crc, const uint8_t *p, size_t n)
{
	return in_software(crc, p, n);
}
#endif

uint32_t crc32c(uint32_t crc, const void *p, size_t n)
{
	return ~run(~crc, p, n);
}
