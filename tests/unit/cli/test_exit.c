/* agents/cli/exit.c */
#include "agents/cli/exit.h"

#include "tests/unit/cli/run.h"

static void each_error_has_its_code(void **state)
{
	(void)state;
	assert_int_equal(exit_of(LB_OK), CLI_OK);
	assert_int_equal(exit_of(LB_NOT_FOUND), CLI_NOT_FOUND);
	assert_int_equal(exit_of(LB_IO), CLI_IO);
	assert_int_equal(exit_of(LB_TIMEOUT), CLI_NO_BROKER);
	assert_int_equal(exit_of(LB_NEEDS_APPROVAL), CLI_REFUSED);
	assert_int_equal(exit_of(LB_AREA_NOT_AGREED), CLI_REFUSED);
}

static void the_rows_are_in_order_without_gaps(void **state)
{
	int n = 0;

	(void)state;
	for (const struct exit_row *r = exit_rows; r->text; r++)
		assert_int_equal(r->code, n++);
	assert_int_equal(n, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_has_its_code),
		cmocka_unit_test(the_rows_are_in_order_without_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
