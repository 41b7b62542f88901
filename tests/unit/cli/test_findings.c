/* agents/cli/findings.c */
#include "agents/cli/findings.h"

#include "tests/unit/cli/run.h"

static void the_first_error_gives_the_code(void **state)
{
	struct findings f = { .n = 0 };

	(void)state;
	assert_int_equal(findings_code(&f), CLI_OK);
	findings_add(&f, FINDING_WARNING, CLI_OK, "crl", "%d days", 2);
	assert_int_equal(findings_code(&f), CLI_OK);
	findings_add(&f, FINDING_ERROR, CLI_NO_AGENT, "agent", "none");
	findings_add(&f, FINDING_ERROR, CLI_REFUSED, "key", "wrong");
	assert_int_equal(findings_code(&f), CLI_NO_AGENT);
	assert_string_equal(f.list[0].text, "2 days");
	assert_string_equal(finding_kind_name(FINDING_WARNING), "warning");
}

static void it_is_bounded(void **state)
{
	struct findings f = { .n = 0 };

	(void)state;
	for (int i = 0; i < 2 * FINDINGS_MAX; i++)
		findings_add(&f, FINDING_OK, CLI_OK, "x", "%d", i);
	assert_int_equal(f.n, FINDINGS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_error_gives_the_code),
		cmocka_unit_test(it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
