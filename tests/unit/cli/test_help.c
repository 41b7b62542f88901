/* agents/cli/help.c */
#include "tests/unit/cli/run.h"

static void every_command_shows_all_its_options_and_an_example(void **state)
{
	(void)state;
	for (const struct command *c = commands; c->name; c++) {
		char *text = NULL;
		size_t n;
		FILE *f = open_memstream(&text, &n);

		help_command(f, c);
		fclose(f);
		for (const struct option_row *o = c->options; o->name; o++)
			assert_has(text, o->name);
		assert_has(text, "examples:\n  lagebus ");
		assert_has(text, "--json");
		free(text);
	}
}

static void the_overview_has_commands_options_and_exit_codes(void **state)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	help_all(f);
	fclose(f);
	for (const struct command *c = commands; c->name; c++)
		assert_has(text, c->summary);
	for (const struct exit_row *e = exit_rows; e->text; e++)
		assert_has(text, e->text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_shows_all_its_options_and_an_example),
		cmocka_unit_test(the_overview_has_commands_options_and_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
