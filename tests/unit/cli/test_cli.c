/* agents/cli/cli.c */
#include "agents/cli/cli.h"

#include "tests/unit/cli/run.h"

static void version_help_and_nothing(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "--version", NULL), CLI_OK);
	assert_string_equal(r.out, "lagebus " LAGEBUS_VERSION "\n");
	assert_int_equal(run(&r, "send", "--version", NULL), CLI_OK);
	assert_int_equal(run(&r, "-h", NULL), CLI_OK);
	assert_has(r.out, "commands:");
	assert_int_equal(run(&r, NULL), CLI_USAGE);
	assert_has(r.err, "commands:");
	assert_int_equal(run(&r, "warn", "--help", NULL), CLI_OK);
	assert_has(r.out, "--csaf FILE");
	ran_free(&r);
}

static void says_what_is_wrong_with_the_command_line(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "sned", NULL), CLI_USAGE);
	assert_has(r.err, "no command 'sned'; is 'send' meant?");
	assert_int_equal(run(&r, "cca", "init", NULL), CLI_USAGE);
	assert_has(r.err, "is 'ca' meant?");
	assert_int_equal(run(&r, "exfiltrate", NULL), CLI_USAGE);
	assert_has_not(r.err, "meant");
	assert_int_equal(run(&r, "--bogus", NULL), CLI_USAGE);
	assert_has(r.err, "--bogus");
	assert_int_equal(run(&r, "show", NULL), CLI_USAGE);
	assert_has(r.err, "usage: lagebus show ID");
	assert_int_equal(run(&r, "show", "a", "b", NULL), CLI_USAGE);
	assert_has(r.err, "'b' is one word too many");
	assert_int_equal(run(&r, "status", "--timeout", "soon", NULL), CLI_USAGE);
	assert_has(r.err, "--timeout");
	ran_free(&r);
}

static void a_group_lists_its_commands(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "ca", NULL), CLI_USAGE);
	assert_has(r.err, "  ca revoke ");
	assert_has_not(r.err, "inbox");
	assert_int_equal(run(&r, "ca", "--help", NULL), CLI_OK);
	assert_has(r.out, "  ca issue ");
	assert_int_equal(run(&r, "ca", "isue", NULL), CLI_USAGE);
	assert_has(r.err, "no command 'ca isue' (lagebus help ca ");
	ran_free(&r);
}

static void an_error_is_a_document_with_json(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "show", "--json", NULL), CLI_USAGE);
	assert_has(r.out, "\"exit\": 2");
	assert_int_equal(run(&r, "--json", "sned", NULL), CLI_USAGE);
	assert_has(r.out, "\"exit\": 2");
	ran_free(&r);
}

static void what_it_says_is_cleaned(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "a\033[2J", NULL), CLI_USAGE);
	assert_has_not(r.err, "\033");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_help_and_nothing),
		cmocka_unit_test(says_what_is_wrong_with_the_command_line),
		cmocka_unit_test(a_group_lists_its_commands),
		cmocka_unit_test(an_error_is_a_document_with_json),
		cmocka_unit_test(what_it_says_is_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
