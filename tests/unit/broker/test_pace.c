/* The pace: any worker's slowest counts, until that worker says otherwise. */
#include "tests/kit/unit.h"

#include "broker/core/pace.h"

static void the_slowest_of_any_worker_counts(void **state)
{
	struct pace *p = pace_new(3);

	(void)state;
	assert_non_null(p);
	assert_false(pace_exceeds(p, 0));
	pace_tell(p, 2, 100);
	pace_tell(p, 0, 50);
	assert_true(pace_exceeds(p, 99));
	assert_false(pace_exceeds(p, 100));
	pace_tell(p, 2, 0);
	assert_false(pace_exceeds(p, 50));
	assert_true(pace_exceeds(p, 49));
	pace_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slowest_of_any_worker_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
