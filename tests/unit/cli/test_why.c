/* agents/cli/why.c */
#include "agents/cli/why.h"

#include "tests/unit/cli/run.h"

static void returns_the_error_and_the_text(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(why_set(&why, LB_LIMIT, "%s: %d", "a", 7), LB_LIMIT);
	assert_string_equal(why.text, "a: 7");
	assert_false(why.usage);
	assert_int_equal(why_usage(&why, "--%s", "b"), LB_INVALID);
	assert_string_equal(why.text, "--b");
	assert_true(why.usage);
	why_set(&why, LB_IO, "c");
	assert_false(why.usage);
}

static void cuts_what_is_too_long(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(why_set(&why, LB_IO, "%2000s", "x"), LB_IO);
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(returns_the_error_and_the_text),
		cmocka_unit_test(cuts_what_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
