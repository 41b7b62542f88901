/* agents/cli/check_diff.c: the exit code, each way of writing it, and what is said of a file that does not check. */
#include "agents/cli/check_diff.h"

#include "tests/unit/cli/run.h"

#define BEGIN "trust_domain = \"lage.example\";\npartners = (\n{ id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n"

static char *dir;
static const char *old, *new;

static int make(void **state)
{
	(void)state;
	dir = scratch_make();
	old = strdup(in_scratch(dir, "old.conf"));
	new = strdup(in_scratch(dir, "new.conf"));
	write_text(old, BEGIN "{ id = \"de-he\"; role = \"state\"; areas = [ \"cyber-defence\" ]; });\n");
	write_text(new, BEGIN "{ id = \"de-he\"; role = \"state\"; areas = [ ]; });\n");
	return 0;
}

static int clear(void **state)
{
	(void)state;
	free((char *)old);
	free((char *)new);
	scratch_remove(dir);
	return 0;
}

static void the_exit_code_says_whether_anything_changes(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "check", "--diff", old, old, NULL), 0);
	assert_string_equal(r.out, "");
	assert_int_equal(run(&r, "check", "--diff", old, old, "--table", NULL), 0);
	assert_string_equal(r.out, "nothing changes\n");
	assert_int_equal(run(&r, "check", "--diff", old, new, NULL), 1);
	assert_string_equal(r.err, "");
	assert_int_equal(run(&r, "check", "--diff", old, NULL), CLI_USAGE);
	assert_has(r.err, "compares two files");
	ran_free(&r);
}

static void it_is_lines_a_table_or_a_document(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	run(&r, "check", "--diff", old, new, NULL);
	assert_string_equal(r.out, "change\tde-he\tareas\tremoved\tcyber-defence\n"
	                           "effect\tde-he\tsends\tremoved\tanything in cyber-defence\n"
	                           "effect\tde-he\tgets\tremoved\tanything in cyber-defence that is not TLP:CLEAR\n");
	run(&r, "check", "--diff", new, old, "--table", NULL);
	assert_has(r.out, "What changes\n");
	assert_has(r.out, "│ de-he │ areas │ from now on │ cyber-defence │\n");
	assert_has(r.out, "What follows\n");
	assert_has(r.out, "│ de-he │ sends │ from now on │ anything in cyber-defence ");
	assert_int_equal(run(&r, "check", "--diff", old, new, "--json", NULL), 1);
	assert_has(r.out, "\"differ\": true");
	assert_has(r.out, "\"what\": \"areas\"");
	assert_has(r.out, "\"effects\": [");
	ran_free(&r);
}

static void each_file_that_does_not_check_is_said_with_its_line(void **state)
{
	const char *wrong = in_scratch(dir, "wrong.conf"), *nowhere = in_scratch(dir, "nowhere.conf");
	struct ran r = { .code = 0 };
	char line[700];

	(void)state;
	write_text(wrong, BEGIN "{ id = \"de-he\";\n role = \"king\"; areas = [ ]; });\n");
	assert_int_equal(run(&r, "check", "--diff", wrong, nowhere, NULL), 2);
	snprintf(line, sizeof line, "error\tfederation\t%s:5: partner \"de-he\": role \"king\" is none of", wrong);
	assert_has(r.out, line);
	snprintf(line, sizeof line, "error\tfederation\t%s: the file cannot be read", nowhere);
	assert_has(r.out, line);
	assert_int_equal(run(&r, "check", "--diff", old, wrong, "--json", NULL), 2);
	assert_has(r.out, "\"ok\": false");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exit_code_says_whether_anything_changes),
		cmocka_unit_test(it_is_lines_a_table_or_a_document),
		cmocka_unit_test(each_file_that_does_not_check_is_said_with_its_line),
	};

	return cmocka_run_group_tests(tests, make, clear);
}
