/* SHA-256 of FIPS 180-4's examples. */
#include "tests/kit/unit.h"

#include "proto/digest.h"

static void the_standards_examples(void **state)
{
	static const uint8_t abc[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		                       0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
	static const uint8_t nothing[] = { 0xe3, 0xb0, 0xc4, 0x42 };
	uint8_t d[LB_DIGEST_SIZE];

	(void)state;
	assert_int_equal(lb_digest("abc", 3, d), LB_OK);
	assert_memory_equal(d, abc, sizeof abc);
	assert_int_equal(lb_digest("", 0, d), LB_OK);
	assert_memory_equal(d, nothing, sizeof nothing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_standards_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
