/* agents/cli/cmd_indicators_list.c, indicator_rows.c */
#include "tests/unit/cli/indicator_rows.h"

static void lists_over_pages(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_rows);
	assert_int_equal(run(&r, "indicators", "list", NULL), CLI_OK);
	assert_has(r.out, "192.0.2.7\tipv4-addr\tTLP:GREEN\t60\tyes\tbund-bsi\t2100-01-01T00:00:00Z\t7\tC2\xef\xbf\xbd[31m server\n");
	assert_has(r.out, "ÜBUNG – ÜBUNG – ÜBUNG drill.example\t");
	assert_int_equal(run(&r, "indicators", "list", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"value\": \"run.exe\"");
	assert_has(r.out, "\"sighted\": 7");
	assert_has(r.out, "\"more\": false");
	assert_int_equal(run(&r, "indicators", "list", "--limit", "1", "--json", NULL), CLI_OK);
	assert_has_not(r.out, "evil.example");
	fake_stop(&f);
	assert_int_equal(f.last->indicators->limit, 1);
	fake_forget(&f);
	ran_free(&r);
}

static void asks_for_what_was_asked(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_rows);
	assert_int_equal(run(&r, "indicators", "search", "*.example", "--kind", "domain", "--no-exercises", "--limit", "2", NULL), CLI_OK);
	fake_stop(&f);
	assert_string_equal(f.last->indicators->pattern, "*.example");
	assert_int_equal(f.last->indicators->kind, LB_INDICATOR_DOMAIN_NAME);
	assert_true(f.last->indicators->leave_out_exercises);
	fake_forget(&f);
	assert_int_equal(run(&r, "indicators", "list", "--kind", "nonsense", NULL), CLI_USAGE);
	assert_has(r.err, "is none of stix-pattern, ipv4-addr");
	assert_int_equal(run(&r, "indicators", "search", NULL), CLI_USAGE);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_over_pages),
		cmocka_unit_test(asks_for_what_was_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
