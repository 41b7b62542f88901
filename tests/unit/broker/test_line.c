/* Lines: first come, first served; once in each; out of one is not out of the other. */
#include "tests/kit/unit.h"

#include "broker/line.h"
#include "broker/session.h"

static void first_come_first_served_and_once(void **state)
{
	struct line l = { .lane = LB_LANE_ROUTINE };
	struct session s[3] = { { .fd = 0 } };

	(void)state;
	assert_null(line_pop(&l));
	for (unsigned i = 0; i < 3; i++) {
		line_join(&l, &s[i]);
		line_join(&l, &s[0]);
	}
	for (unsigned i = 0; i < 3; i++)
		assert_ptr_equal(line_pop(&l), &s[i]);
	assert_null(line_pop(&l));
	line_join(&l, &s[1]);
	assert_ptr_equal(line_pop(&l), &s[1]);
}

static void who_was_served_may_join_at_the_end_again(void **state)
{
	struct line l = { .lane = LB_LANE_ROUTINE };
	struct session s[2] = { { .fd = 0 } };

	(void)state;
	line_join(&l, &s[0]);
	line_join(&l, &s[1]);
	assert_ptr_equal(line_pop(&l), &s[0]);
	line_join(&l, &s[0]);
	assert_ptr_equal(line_pop(&l), &s[1]);
	assert_ptr_equal(line_pop(&l), &s[0]);
}

static void the_lines_know_nothing_of_each_other(void **state)
{
	struct line urgent = { .lane = LB_LANE_URGENT }, routine = { .lane = LB_LANE_ROUTINE };
	struct session s[2] = { { .fd = 0 } };

	(void)state;
	line_join(&routine, &s[0]);
	line_join(&routine, &s[1]);
	line_join(&urgent, &s[1]);
	assert_ptr_equal(line_pop(&urgent), &s[1]);
	assert_null(line_pop(&urgent));
	assert_true(s[1].place[LB_LANE_ROUTINE].queued);
	assert_ptr_equal(line_pop(&routine), &s[0]);
	assert_ptr_equal(line_pop(&routine), &s[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_come_first_served_and_once),
		cmocka_unit_test(who_was_served_may_join_at_the_end_again),
		cmocka_unit_test(the_lines_know_nothing_of_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
