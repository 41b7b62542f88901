/* agents/cli/advice.c */
#include "agents/cli/advice.h"

#include "tests/unit/cli/run.h"

static void says_what_to_do(void **state)
{
	(void)state;
	assert_has(advice_for(LB_NEEDS_APPROVAL), "second person");
	assert_has(advice_for(LB_AREA_NOT_AGREED), "--area");
	assert_string_equal(advice_for(LB_OK), "");
	assert_string_equal(advice_for(LB_ERR_COUNT), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
