/* agents/cli/text.c */
#include "agents/cli/text.h"

#include "tests/unit/cli/run.h"

static void expect_clean(const char *in, size_t n, enum text_lines lines, const char *out)
{
	char *clean = text_clean(in, n, lines);

	assert_string_equal(clean, out);
	free(clean);
}

static void removes_what_moves_the_terminal(void **state)
{
	(void)state;
	expect_clean("a\033[31mb", 7, TEXT_LINE, "a\xEF\xBF\xBD[31mb");
	expect_clean("a\0b\x7f", 4, TEXT_LINE, "a\xEF\xBF\xBD" "b\xEF\xBF\xBD");
	expect_clean("\xC2\x9B" "2J", 4, TEXT_LINE, "\xEF\xBF\xBD" "2J");             /* C1 CSI */
	expect_clean("\xE2\x80\xAE" "gpj", 6, TEXT_LINE, "\xEF\xBF\xBD" "gpj");       /* right-to-left override */
	expect_clean("a\r\nb\tc", 6, TEXT_LINE, "a  b c");
	expect_clean("a\r\nb\tc", 6, TEXT_LINES, "a\nb\tc");
}

static void keeps_text_and_replaces_broken_utf8(void **state)
{
	(void)state;
	expect_clean("Übung – ok", strlen("Übung – ok"), TEXT_LINE, "Übung – ok");
	expect_clean("\xC3", 1, TEXT_LINE, "\xEF\xBF\xBD");
	expect_clean("\xED\xA0\x80", 3, TEXT_LINE, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* a surrogate */
	expect_clean("\xC0\x80", 2, TEXT_LINE, "\xEF\xBF\xBD\xEF\xBF\xBD");                 /* overlong */
}

static void counts_columns(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("Übung"), 5);
	assert_int_equal(text_width("u\xCC\x88"), 1); /* combining diaeresis */
	assert_int_equal(text_width("\xE6\x97\xA5"), 2);
	assert_int_equal(text_fit("Übung", 1), 2);
	assert_int_equal(text_fit("\xE6\x97\xA5x", 1), 0);
}

static void breaks_lines_at_words(void **state)
{
	(void)state;
	assert_int_equal(text_line("one two", 7), 7);
	assert_int_equal(text_line("one two", 6), 3);
	assert_int_equal(text_line("größe über", 6), strlen("größe"));
	assert_int_equal(text_line("a\nb", 10), 1);
	assert_int_equal(text_line("\nb", 10), 0);
	assert_int_equal(text_line("https://long.example/x y", 5), strlen("https://long.example/x"));
	assert_int_equal(text_line(" indented", 3), 0);
	assert_int_equal(text_line("", 3), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(removes_what_moves_the_terminal),
		cmocka_unit_test(keeps_text_and_replaces_broken_utf8),
		cmocka_unit_test(counts_columns),
		cmocka_unit_test(breaks_lines_at_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
