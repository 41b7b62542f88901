/* Eras as keys: which one a position is in. */
#include "tests/kit/unit.h"

#include <string.h>

#include "broker/core/era.h"

static void the_newest_sorts_first_lane_by_lane(void **state)
{
	uint8_t one[ERA_KEY_SIZE], two[ERA_KEY_SIZE], other[ERA_KEY_SIZE], last[ERA_KEY_SIZE];

	(void)state;
	era_key(0, 1, one);
	era_key(0, 300, two);
	era_key(1, UINT64_MAX, other);
	era_key(0, UINT64_MAX, last);
	assert_true(memcmp(two, one, sizeof one) < 0);
	assert_true(memcmp(last, two, sizeof one) < 0);
	assert_true(memcmp(one, other, sizeof one) < 0);
}

static void a_row_says_what_it_was_made_of(void **state)
{
	static const uint64_t positions[] = { 0, 1, 255, 256, UINT64_MAX };
	uint8_t key[ERA_KEY_SIZE], digest[ERA_DIGEST_SIZE], read[ERA_DIGEST_SIZE];

	(void)state;
	memset(digest, 7, sizeof digest);
	for (size_t i = 0; i < sizeof positions / sizeof positions[0]; i++) {
		uint64_t from;

		era_key(1, positions[i], key);
		assert_int_equal(era_read(key, sizeof key, digest, sizeof digest, &from, read), LB_OK);
		assert_true(from == positions[i]);
		assert_memory_equal(read, digest, sizeof digest);
		assert_int_equal(era_read(key, sizeof key - 1, digest, sizeof digest, &from, read), LB_CORRUPT);
		assert_int_equal(era_read(key, sizeof key, digest, sizeof digest - 1, &from, read), LB_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_sorts_first_lane_by_lane),
		cmocka_unit_test(a_row_says_what_it_was_made_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
