/* agents/cli/cmd_indicators_show.c, indicator_find.c */
#include "tests/unit/cli/indicator_rows.h"

static void one_is_shown(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_rows);
	assert_int_equal(run(&r, "indicators", "show", "EVIL.example", NULL), CLI_OK);
	assert_has(r.out, "evil.example");
	assert_has(r.out, "TLP:AMBER");
	assert_has(r.out, "018f3c2a-7b1e-8c55-9a41-000000000001");
	assert_has(r.out, "de-he\t7\t");
	assert_has_not(r.out, "192.0.2.7"); /* what is around it is not it */
	assert_int_equal(run(&r, "indicators", "show", "drill.example", NULL), CLI_OK);
	assert_has(r.out, "ÜBUNG – ÜBUNG – ÜBUNG\n");
	assert_int_equal(run(&r, "indicators", "show", "evil.example", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"source\": \"gateway\"");
	assert_int_equal(run(&r, "indicators", "show", "other.example", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "indicators", "show", "evil*", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "indicators", "show", "018f3c2a-7b1e-8c55-9a41-000000000001", NULL), CLI_OK);
	fake_stop(&f);
	assert_int_equal(f.last->indicators->id.len, 16);
	assert_true(f.last->indicators->sightings);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_is_shown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
