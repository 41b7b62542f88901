/* Back-off: doubles to its bound, never less than half, and starts over after a link that held. */
#include "tests/kit/unit.h"

#include "agents/agent/backoff.h"

static void doubles_to_its_bound(void **state)
{
	struct backoff low = { 0 }, high = { 0 };
	int64_t full = BACKOFF_FIRST_MS;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(backoff_next_ms(&low, 0, 0), full / 2);
		assert_int_equal(backoff_next_ms(&high, 0, (uint32_t)(full / 2)), full);
		full = full * 2 < BACKOFF_LAST_MS ? full * 2 : BACKOFF_LAST_MS;
	}
	assert_int_equal(full, BACKOFF_LAST_MS);
}

static void any_random_number_stays_within(void **state)
{
	struct backoff b = { 0 };

	(void)state;
	for (uint32_t r = UINT32_MAX; r > UINT32_MAX - 1000; r--) {
		int64_t ms = backoff_next_ms(&b, 0, r);

		assert_in_range(ms, BACKOFF_FIRST_MS / 2, BACKOFF_LAST_MS);
	}
}

static void a_link_that_held_starts_over(void **state)
{
	struct backoff b = { 0 };

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		backoff_next_ms(&b, BACKOFF_STEADY_MS - 1, 0);
	assert_int_equal(backoff_next_ms(&b, BACKOFF_STEADY_MS - 1, 0), BACKOFF_LAST_MS / 2);
	assert_int_equal(backoff_next_ms(&b, BACKOFF_STEADY_MS, 0), BACKOFF_FIRST_MS / 2);
	assert_int_equal(backoff_next_ms(&b, 0, 0), BACKOFF_FIRST_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_to_its_bound),
		cmocka_unit_test(any_random_number_stays_within),
		cmocka_unit_test(a_link_that_held_starts_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
