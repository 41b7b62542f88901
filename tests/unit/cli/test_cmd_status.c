/* agents/cli/cmd_status.c */
#include "tests/unit/cli/fake_agent.h"

static void shows_how_it_is(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, NULL);
	assert_int_equal(run(&r, "status", NULL), CLI_OK);
	assert_has(r.out, "broker\tbroker.example:7700\n");
	assert_has(r.out, "urgent lane\t5 of 9, 4 behind\n");
	assert_has(r.out, "acts for\tde-sl\nacts for\tde-sn/leipzig\n");
	assert_int_equal(run(&r, "status", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"linked\": true");
	assert_has(r.out, "\"behind\": 4");
	assert_has(r.out, "\"acts_for\": [\n    \"de-sl\",\n    \"de-sn/leipzig\"\n  ]");
	assert_int_equal(run(&r, "status", "--table", NULL), CLI_OK);
	assert_has(r.out, "\nurgent lane       5 of 9, 4 behind\n");
	fake_stop(&f);
	ran_free(&r);
}

static void no_link_is_an_exit_code(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, NULL);
	f.broker = "";
	assert_int_equal(run(&r, "status", NULL), CLI_NO_BROKER);
	assert_has(r.out, "last error\tthe peer was silent");
	assert_int_equal(run(&r, "status", "--json", NULL), CLI_NO_BROKER);
	assert_has(r.out, "\"linked\": false");
	fake_stop(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_how_it_is),
		cmocka_unit_test(no_link_is_an_exit_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
