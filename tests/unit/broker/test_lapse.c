/* Lapses there and back, the order of their keys, and what they say. */
#include "tests/kit/unit.h"

#include <string.h>

#include "broker/core/lapse.h"

#define AGENT "spiffe://lagebus.example/partner/de-sn/agent/main"

static void a_row_is_read_back(void **state)
{
	const struct lapse l = { UINT64_MAX - 3, UINT32_MAX };
	uint8_t p[LAPSE_ROW_SIZE + 1];
	struct lapse back;

	(void)state;
	lapse_write(&l, p);
	for (size_t n = 0; n <= sizeof p; n++)
		assert_int_equal(lapse_read(p, n, &back), n == LAPSE_ROW_SIZE ? LB_OK : LB_CORRUPT);
	assert_true(back.from == l.from && back.at_s == l.at_s);
}

/* As LMDB compares keys. */
static int order(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n)
{
	int d = memcmp(a, b, a_n < b_n ? a_n : b_n);

	return d != 0 ? d : (a_n > b_n) - (a_n < b_n);
}

static void keys_sort_from_the_newest_on(void **state)
{
	static const uint64_t positions[] = { UINT64_MAX, UINT64_MAX - 1, (uint64_t)1 << 32, 65536, 256, 255, 2, 1, 0 };
	uint8_t p[LAPSE_KEY_MAX], q[LAPSE_KEY_MAX];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof positions / sizeof positions[0]; i++) {
		size_t p_n = lapse_key(AGENT, 1, positions[i], p), q_n = lapse_key(AGENT, 1, positions[i + 1], q);

		assert_true(order(p, p_n, q, q_n) < 0);
	}
}

static void keys_of_one_lane_of_one_agent_begin_alike(void **state)
{
	static const char *const others[] = { AGENT "2", "spiffe://lagebus.example/partner/de-sn/agent/mai", "a" };
	uint8_t p[LAPSE_KEY_MAX], q[LAPSE_KEY_MAX];
	size_t n = lapse_key(AGENT, 0, 7, p), prefix_n = n - LAPSE_KEY_POSITION;

	(void)state;
	assert_int_equal(lapse_key(AGENT, 0, 9, q), n);
	assert_memory_equal(p, q, prefix_n);
	lapse_key(AGENT, 1, 7, q);
	assert_memory_not_equal(p, q, prefix_n);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		size_t other_n = lapse_key(others[i], 0, 7, q);

		assert_true(other_n < prefix_n || memcmp(p, q, prefix_n) != 0);
	}
}

static void the_longest_name_has_room(void **state)
{
	static char name[LB_SPIFFE_ID_MAX + 50];
	uint8_t p[LAPSE_KEY_MAX];

	(void)state;
	memset(name, 'a', sizeof name - 1);
	assert_int_equal(lapse_key(name, 1, 1, p), LAPSE_KEY_MAX);
}

static void what_had_expired_was_left_out(void **state)
{
	const struct lapse l = { 5, 1000 };

	(void)state;
	assert_false(lapse_left_out(&l, 0));
	assert_true(lapse_left_out(&l, 1));
	assert_true(lapse_left_out(&l, 1000 * 1000));
	assert_false(lapse_left_out(&l, 1000 * 1000 + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_read_back),
		cmocka_unit_test(keys_sort_from_the_newest_on),
		cmocka_unit_test(keys_of_one_lane_of_one_agent_begin_alike),
		cmocka_unit_test(the_longest_name_has_room),
		cmocka_unit_test(what_had_expired_was_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
