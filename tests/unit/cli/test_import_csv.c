/* agents/cli/import_csv.c */
#include "tests/unit/cli/importing.h"

static void columns_are_named(void **state)
{
	struct import im = importing(IMPORT_CSV);
	const Lagebus__Indicator *i;

	(void)state;
	import_text(&im, "Type;IOC;Confidence;to_ids;comment;tags;reference;other;uuid\r\n"
		"sha1;DA39A3EE5E6B4B0D3255BFEF95601890AFD80709;90;true;\"a \"\"quoted\"\"; one\nwith two lines\";apt,c2;https://x.example/;z;abc\r\n"
		";evil.example;;;;;no url;;\r\n"
		"filename;run me.exe;;0;;;;;\r\n"
		"ipv4;evil.example;;;;;;;\r\n");
	assert_int_equal(im.set.n, 3);
	i = im.set.items[0];
	assert_indicator(&im, 0, LB_INDICATOR_FILE_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_int_equal(i->confidence, 90);
	assert_true(i->to_ids);
	assert_string_equal(i->description, "a \"quoted\"; one\nwith two lines");
	assert_int_equal(i->n_labels, 2);
	assert_string_equal(i->labels[1], "c2");
	assert_int_equal(i->n_references, 1);
	assert_string_equal(i->original_id, "abc");
	assert_indicator(&im, 1, LB_INDICATOR_DOMAIN_NAME, "evil.example");
	assert_int_equal(im.set.items[1]->n_references, 0);
	assert_indicator(&im, 2, LB_INDICATOR_FILE_NAME, "run me.exe");
	assert_false(im.set.items[2]->to_ids);
	assert_int_equal(im.nothing_n, 1);
	assert_int_equal(im.nothing[0].line, 6); /* a cell had two lines */
	import_fini(&im);
}

static void a_heading_must_name_the_value(void **state)
{
	struct import im = importing(IMPORT_CSV);
	struct why why = { .text = "" };

	(void)state;
	assert_int_equal(import_csv(&im, "a,b\nc,d\n", 8, &why), LB_INVALID);
	assert_has(why.text, "no column is named value");
	assert_int_equal(import_csv(&im, "value\n\"never closed", 19, &why), LB_OK);
	assert_int_equal(im.nothing_n, 1);
	import_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_named),
		cmocka_unit_test(a_heading_must_name_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
