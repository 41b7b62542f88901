/* agents/cli/table.c */
#include "agents/cli/out.h"
#include "tests/unit/cli/run.h"

static const char *const heads[] = { "partner", "title", NULL };

static char *print(bool terminal, bool colour, unsigned width, const char *title)
{
	struct table *t = table_new(heads, 1, 1);
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .terminal = terminal, .colour = colour, .width = width };

	table_cell(t, OUT_PLAIN, "%s", "de-sn");
	table_cell(t, OUT_RED, "%s", title);
	assert_int_equal(table_print(t, &cli), CLI_OK);
	table_free(t);
	fclose(cli.out);
	return text;
}

static void in_a_pipe_lines_with_tabs(void **state)
{
	char *text = print(false, false, 80, "a\tb\033[2J\nc");

	(void)state;
	assert_string_equal(text, "de-sn\ta b\xEF\xBF\xBD[2J c\n");
	free(text);
}

static void on_a_terminal_rules(void **state)
{
	char *text = print(true, false, 80, "Übung");

	(void)state;
	assert_string_equal(text, "┌─────────┬───────┐\n"
				  "│ partner │ title │\n"
				  "├─────────┼───────┤\n"
				  "│ de-sn   │ Übung │\n"
				  "└─────────┴───────┘\n");
	free(text);
}

static void colour_only_where_it_is_wanted(void **state)
{
	char *text = print(true, true, 80, "x");

	(void)state;
	assert_has(text, "\033[1;31mx\033[0m");
	free(text);
	text = print(true, false, 80, "x");
	assert_has_not(text, "\033");
	free(text);
}

static void the_flexible_column_is_broken_into_lines(void **state)
{
	char *text = print(true, false, 40, "a title that is much longer than the Übungsteilnehmerverzeichnisse are wide");

	(void)state;
	assert_string_equal(text, "┌─────────┬────────────────────────────┐\n"
				  "│ partner │ title                      │\n"
				  "├─────────┼────────────────────────────┤\n"
				  "│ de-sn   │ a title that is much       │\n"
				  "│         │ longer than the            │\n"
				  "│         │ Übungsteilnehmerverzeichni │\n"
				  "│         │ sse are wide               │\n"
				  "└─────────┴────────────────────────────┘\n");
	free(text);
}

static void where_it_does_not_fit_each_row_is_a_card(void **state)
{
	static const char *const many[] = { "partner", "title", "acknowledged", "by", NULL };
	struct table *t = table_new(many, 1, 1);
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .terminal = true, .width = 40 };

	(void)state;
	table_cell(t, OUT_PLAIN, "%s", "de-sn");
	table_cell(t, OUT_PLAIN, "%s", "a title that is longer than the terminal is wide");
	table_cell(t, OUT_PLAIN, "%s", "2026-11-23 14:02");
	table_cell(t, OUT_PLAIN, "%s", "CISO on duty");
	table_cell(t, OUT_PLAIN, "%s", "de-he");
	table_cell(t, OUT_PLAIN, "%s", "short");
	table_cell(t, OUT_PLAIN, "%s", "-");
	table_cell(t, OUT_PLAIN, "%s", "");
	assert_int_equal(table_print(t, &cli), CLI_OK);
	table_free(t);
	fclose(cli.out);
	assert_string_equal(text, "a title that is longer than the terminal\n"
				  "is wide\n"
				  "  partner de-sn\n"
				  "  acknowledged 2026-11-23 14:02\n"
				  "  by CISO on duty\n"
				  "short\n"
				  "  partner de-he\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_a_pipe_lines_with_tabs),
		cmocka_unit_test(on_a_terminal_rules),
		cmocka_unit_test(colour_only_where_it_is_wanted),
		cmocka_unit_test(the_flexible_column_is_broken_into_lines),
		cmocka_unit_test(where_it_does_not_fit_each_row_is_a_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
