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

/* Three streams at once hide the instruction's latency; their results are put together by tables of what LANE zero bytes do. */
#define LANE 1024

static uint32_t after_lane[4][256]; /* a CRC's byte, LANE bytes later */

__attribute__((constructor)) static void make_tables(void)
{
	static const uint8_t zeros[LANE];

	/* A CRC is linear: a byte's is that of its bits, added. */
	for (unsigned k = 0; k < 4; k++)
		for (uint32_t i = 1; i < 256; i++)
			after_lane[k][i] = i & (i - 1) ? after_lane[k][i & (i - 1)] ^ after_lane[k][i & -i] : in_software(i << (8 * k), zeros, LANE);
}

static uint32_t shift(uint32_t crc)
{
	return after_lane[0][crc & 255] ^ after_lane[1][crc >> 8 & 255] ^ after_lane[2][crc >> 16 & 255] ^ after_lane[3][crc >> 24];
}

static uint64_t load(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

__attribute__((target("sse4.2"))) static uint32_t in_hardware(uint32_t crc, const uint8_t *p, size_t n)
{
	uint64_t a = crc;

	for (; n >= 3 * LANE; p += 3 * LANE, n -= 3 * LANE) {
		uint64_t b = 0, c = 0;

		for (size_t i = 0; i < LANE; i += 8) {
			a = _mm_crc32_u64(a, load(p + i));
			b = _mm_crc32_u64(b, load(p + LANE + i));
			c = _mm_crc32_u64(c, load(p + 2 * LANE + i));
		}
		a = shift(shift((uint32_t)a) ^ (uint32_t)b) ^ (uint32_t)c;
	}
	for (; n >= 8; p += 8, n -= 8)
		a = _mm_crc32_u64(a, load(p));
	crc = (uint32_t)a;
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
