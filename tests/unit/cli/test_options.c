/* agents/cli/options.c */
#include "agents/cli/options.h"

#include "tests/unit/cli/run.h"

static const struct option_row own[] = {
	{ "to", "WHO", "", 0 }, { "days", "N", "", 'd' }, { "all", NULL, "", 'a' }, { NULL, NULL, NULL, 0 },
};
static const struct option_row global[] = {
	{ "json", NULL, "", 0 }, { "agent", "ADDRESS", "", 0 }, { NULL, NULL, NULL, 0 },
};

static lb_err parse(struct args *a, enum options_order order, struct why *why, const char *w1, const char *w2, const char *w3,
	const char *w4)
{
	static char *argv[6];
	int argc = 1;

	memset(a, 0, sizeof(*a));
	argv[0] = (char *)"x";
	for (const char *const *w = (const char *const[]){ w1, w2, w3, w4, NULL }; *w; w++)
		argv[argc++] = (char *)*w;
	argv[argc] = NULL;
	return options_parse(own, global, order, argc, argv, a, why);
}

static void takes_values_words_and_repetitions(void **state)
{
	struct args a;
	struct why why;
	unsigned at = 0;

	(void)state;
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "--to=de-sn", "word", "--to", "de-he"), LB_OK);
	assert_int_equal(a.words_n, 1);
	assert_string_equal(a.words[0], "word");
	assert_string_equal(args_value(&a, "to", "none"), "de-he");
	assert_string_equal(args_next(&a, "to", &at), "de-sn");
	assert_string_equal(args_next(&a, "to", &at), "de-he");
	assert_null(args_next(&a, "to", &at));
	assert_false(args_has(&a, "json"));
	assert_string_equal(args_value(&a, "agent", "none"), "none");
}

static void stops_at_the_command(void **state)
{
	struct args a;
	struct why why;

	(void)state;
	assert_int_equal(parse(&a, OPTIONS_UNTIL_WORD, &why, "--json", "send", "--to", "de-sn"), LB_OK);
	assert_true(args_has(&a, "json"));
	assert_false(args_has(&a, "to"));
	assert_int_equal(a.words_n, 3);
}

static void says_which_option_is_wrong(void **state)
{
	struct args a;
	struct why why;

	(void)state;
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "--bogus", NULL, NULL, NULL), LB_INVALID);
	assert_has(why.text, "--bogus");
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "--to", NULL, NULL, NULL), LB_INVALID);
	assert_has(why.text, "--to WHO");
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "--json=1", NULL, NULL, NULL), LB_INVALID);
	assert_has(why.text, "takes no value");
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "-x", NULL, NULL, NULL), LB_INVALID);
	assert_has(why.text, "-x");
}

static void checks_numbers(void **state)
{
	struct args a;
	struct why why;
	long n = 5;

	(void)state;
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "-d", "12", NULL, NULL), LB_OK);
	assert_int_equal(args_number(&a, "days", 1, 20, &n, &why), LB_OK);
	assert_int_equal(n, 12);
	assert_int_equal(args_number(&a, "days", 1, 10, &n, &why), LB_INVALID);
	assert_has(why.text, "from 1 to 10");
	assert_int_equal(args_number(&a, "agent", 1, 10, &n, &why), LB_OK);
	assert_int_equal(n, 12);
	assert_int_equal(parse(&a, OPTIONS_MIXED, &why, "--days", "12x", NULL, NULL), LB_OK);
	assert_int_equal(args_number(&a, "days", 1, 20, &n, &why), LB_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_values_words_and_repetitions),
		cmocka_unit_test(stops_at_the_command),
		cmocka_unit_test(says_which_option_is_wrong),
		cmocka_unit_test(checks_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
