/* agents/cli/import_lines.c */
#include "tests/unit/cli/importing.h"

static void a_value_a_line(void **state)
{
	struct import im = importing(IMPORT_TEXT);

	(void)state;
	im.to_ids = true;
	im.valid_until = IMPORT_NOW_MS + 1;
	import_text(&im, "# a feed\r\n\n  hxxp://evil[.]example/a#b  # why\nEVIL.example\nno indicator\nevil.example\n192.0.2.7");
	assert_int_equal(im.set.n, 3);
	assert_indicator(&im, 0, LB_INDICATOR_URL, "http://evil.example/a#b");
	assert_indicator(&im, 1, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	assert_indicator(&im, 2, LB_INDICATOR_IPV4_ADDR, "192.0.2.7");
	assert_int_equal(im.set.duplicates, 1);
	assert_int_equal(im.nothing_n, 1);
	assert_int_equal(im.nothing[0].line, 5);
	assert_string_equal(im.nothing[0].text, "no indicator");
	assert_true(im.set.items[0]->to_ids);
	assert_int_equal(im.set.items[0]->confidence, 50);
	assert_int_equal(im.set.items[0]->valid_until, IMPORT_NOW_MS + 1);
	import_fini(&im);
}

static void what_is_nothing_is_counted_beyond_what_is_shown(void **state)
{
	struct import im = importing(IMPORT_TEXT);
	char text[3000] = "", long_line[2400];

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		strcat(text, "nothing\n");
	import_text(&im, text);
	assert_int_equal(im.nothing_n, 30);
	assert_int_equal(im.nothing[IMPORT_NOTED - 1].line, IMPORT_NOTED);
	import_fini(&im);
	im = importing(IMPORT_TEXT);
	memset(long_line, 'a', sizeof(long_line) - 1);
	long_line[sizeof(long_line) - 1] = 0;
	import_text(&im, long_line);
	assert_int_equal(im.nothing_n, 1);
	assert_int_equal(strlen(im.nothing[0].text), sizeof(im.nothing[0].text) - 1);
	import_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_a_line),
		cmocka_unit_test(what_is_nothing_is_counted_beyond_what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
