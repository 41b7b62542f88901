/* agents/cli/out.c */
#include "agents/cli/out.h"

#include "lagebus/tlp.h"
#include "tests/unit/cli/run.h"

static char *text;
static size_t text_n;

static struct cli on(bool colour)
{
	return (struct cli){ .out = open_memstream(&text, &text_n), .terminal = colour, .colour = colour };
}

static void lines_are_cleaned(void **state)
{
	struct cli cli = on(false);

	(void)state;
	out_line(&cli, "%s\t%s", "a\033[31m", "b");
	fclose(cli.out);
	assert_string_equal(text, "a\xEF\xBF\xBD[31m\tb\n");
	free(text);
	cli = on(true);
	out_styled(&cli, OUT_BAD, "%s", "x\033[0m");
	fclose(cli.out);
	assert_string_equal(text, "\033[1;31mx\xEF\xBF\xBD[0m\033[0m\n");
	free(text);
}

static void a_value_stays_in_its_column(void **state)
{
	struct cli cli = { .out = open_memstream(&text, &text_n), .terminal = true, .width = 34 };

	(void)state;
	out_field(&cli, OUT_PLAIN, "measures", "update to 7.4, then\nrestart\033[2J");
	out_field(&cli, OUT_PLAIN, "empty", "");
	out_text(&cli, "A summary that is longer than a line.\n\n  and more");
	cli.terminal = false;
	out_field(&cli, OUT_PLAIN, "measures", "update to 7.4, then restart");
	out_text(&cli, "A summary that is longer than a line.\033");
	fclose(cli.out);
	assert_string_equal(text, "measures          update to 7.4,\n"
				  "                  then restart\xEF\xBF\xBD[2J\n"
				  "A summary that is longer than a\n"
				  "line.\n"
				  "\n"
				  "  and more\n"
				  "measures\tupdate to 7.4, then restart\n"
				  "A summary that is longer than a line.\xEF\xBF\xBD\n");
	free(text);
}

static void json_takes_any_bytes(void **state)
{
	json_t *t = out_json_text("a\xFF", 2);

	(void)state;
	assert_string_equal(json_string_value(t), "a\xEF\xBF\xBD");
	json_decref(t);
	t = out_json_time(1795424400000);
	assert_string_equal(json_string_value(t), "2026-11-23T09:00:00Z");
	json_decref(t);
	t = out_json_time(0);
	assert_true(json_is_null(t));
}

static void what_a_terminal_obeys_is_escaped_in_json(void **state)
{
	static const char hostile[] = "ü\x7F\xC2\x9B""31m\xE2\x80\xAE\xF3\xA0\x81\x81 \033[2J";
	struct cli cli = on(false);
	json_t *again;

	(void)state;
	assert_int_equal(out_json(&cli, json_pack("{s:s}", "t", hostile)), CLI_OK);
	assert_int_equal(out_json_line(&cli, json_pack("[s]", "\xC2\x85")), CLI_OK);
	fclose(cli.out);
	assert_string_equal(text, "{\n  \"t\": \"ü\\u007F\\u009B31m\\u202E\\uDB40\\uDC41 \\u001B[2J\"\n}\n[\"\\u0085\"]\n");
	again = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
	assert_string_equal(json_string_value(json_object_get(again, "t")), hostile);
	json_decref(again);
	free(text);
}

static void scales_have_words(void **state)
{
	(void)state;
	assert_string_equal(out_level(3), "3 orange");
	assert_string_equal(out_level(0), "-");
	assert_string_equal(out_level(77), "?");
	assert_string_equal(out_ack(2), "acknowledged");
	assert_int_equal(out_tlp_style(LB_TLP_RED), OUT_RED);
	assert_int_equal(out_tlp_style(0), OUT_ORANGE);
	assert_int_equal(out_level_style(4), OUT_RED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_cleaned),
		cmocka_unit_test(a_value_stays_in_its_column),
		cmocka_unit_test(json_takes_any_bytes),
		cmocka_unit_test(what_a_terminal_obeys_is_escaped_in_json),
		cmocka_unit_test(scales_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
