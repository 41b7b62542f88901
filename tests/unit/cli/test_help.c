/* agents/cli/help.c */
#include "agents/cli/text.h"
#include "tests/unit/cli/run.h"

/* Columns of the longest line before the examples, which are to be copied whole. */
static unsigned widest(const char *text)
{
	const char *end = strstr(text, "\nexamples:\n");
	unsigned most = 0;

	while (*text && text != end) {
		size_t n = strcspn(text, "\n");
		char *line = strndup(text, n);

		most = text_width(line) > most ? text_width(line) : most;
		free(line);
		text += n + (text + n != end && text[n] != 0);
	}
	return most;
}

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
		assert_true(widest(text) <= 80);
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
		assert_has(text, c->name);
	for (const struct exit_row *e = exit_rows; e->text; e++)
		assert_has(text, e->text);
	assert_true(widest(text) <= 80);
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
