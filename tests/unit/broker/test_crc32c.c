/* CRC-32C against the published values and a plain bit by bit one, at each length and alignment. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/crc32c.h"

static uint32_t slow(uint32_t crc, const uint8_t *p, size_t n)
{
	crc = ~crc;
	while (n-- > 0) {
		crc ^= *p++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
	return ~crc;
}

/* RFC 3720, B.4. */
static void is_the_rfc_s(void **state)
{
	uint8_t p[32];

	(void)state;
	memset(p, 0, sizeof p);
	assert_int_equal(crc32c(0, p, 32), 0x8a9136aa);
	memset(p, 0xff, sizeof p);
	assert_int_equal(crc32c(0, p, 32), 0x62a8ab43);
	for (uint8_t i = 0; i < 32; i++)
		p[i] = i;
	assert_int_equal(crc32c(0, p, 32), 0x46dd794e);
	assert_int_equal(crc32c(0, (const uint8_t *)"123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(0, p, 0), 0);
}

static void each_length_and_alignment_agrees(void **state)
{
	static const size_t large[] = { 767, 768, 769, 3000, 24575, 24576, 24577, 65536, 200003 };
	uint8_t *p = malloc(200016);
	unsigned seed = 3;

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < 200016; i++)
		p[i] = (uint8_t)rand_r(&seed);
	for (size_t at = 0; at < 9; at++) {
		for (size_t n = 0; n < 700; n++)
			assert_int_equal(crc32c(0, p + at, n), slow(0, p + at, n));
		for (unsigned i = 0; i < sizeof large / sizeof large[0]; i++)
			assert_int_equal(crc32c(0, p + at, large[i]), slow(0, p + at, large[i]));
	}
	/* In pieces it is the same. */
	for (size_t cut = 0; cut <= 3000; cut += 13)
		assert_int_equal(crc32c(crc32c(0, p, cut), p + cut, 3000 - cut), slow(0, p, 3000));
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_rfc_s),
		cmocka_unit_test(each_length_and_alignment_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
