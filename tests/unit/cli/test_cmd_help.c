/* agents/cli/cmd_help.c */
#include "tests/unit/cli/run.h"

static void shows_one_command_or_all(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "help", NULL), CLI_OK);
	assert_has(r.out, "receipts");
	assert_int_equal(run(&r, "help", "ca", "issue", NULL), CLI_OK);
	assert_has(r.out, "usage: lagebus ca issue [OPTION...] DIR");
	assert_int_equal(run(&r, "help", "ca", NULL), CLI_OK);
	assert_has(r.out, "  ca crl ");
	assert_int_equal(run(&r, "help", "ca", "isue", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "help", "sned", NULL), CLI_USAGE);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_one_command_or_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
