/* agents/cli/import.c: formats are told apart, times and kinds read, and what has ended is left out. */
#include "tests/unit/cli/importing.h"

static void formats_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		enum import_format format;
		size_t n;
	} rows[] = {
		{ "evil.example\n192.0.2.7\n", IMPORT_TEXT, 2 },
		{ "[file:name = 'x']\n", IMPORT_TEXT, 1 },
		{ "value,confidence\nevil.example,80\n", IMPORT_CSV, 1 },
		{ "\xEF\xBB\xBFtype;value\ndomain;evil.example\n", IMPORT_CSV, 1 },
		{ "evil.example,192.0.2.7\n", IMPORT_TEXT, 0 },
		{ " {\"objects\": []}", IMPORT_STIX, 0 },
		{ "[{\"Event\": {}}]", IMPORT_STIX, 0 },
		{ "", IMPORT_TEXT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct import im = importing(IMPORT_GUESS);

		import_text(&im, rows[i].text);
		assert_int_equal(im.format, rows[i].format);
		assert_int_equal(im.set.n, rows[i].n);
		import_fini(&im);
	}
}

static void times_are_read(void **state)
{
	(void)state;
	assert_int_equal(import_time("2026-12-01T14:00:00Z"), IMPORT_NOW_MS);
	assert_int_equal(import_time("2026-12-01T14:00:00.123Z"), IMPORT_NOW_MS);
	assert_int_equal(import_time("1796133600"), IMPORT_NOW_MS);
	assert_int_equal(import_time("2026-12-01"), INT64_C(1796083200000));
	assert_int_equal(import_time("soon"), 0);
	assert_int_equal(import_time(""), 0);
}

static void kinds_have_others_names(void **state)
{
	(void)state;
	assert_int_equal(import_kind("ipv4-addr"), LB_INDICATOR_IPV4_ADDR);
	assert_int_equal(import_kind("Hostname"), LB_INDICATOR_DOMAIN_NAME);
	assert_int_equal(import_kind("SHA256"), LB_INDICATOR_FILE_SHA256);
	assert_int_equal(import_kind("ip-dst"), 0);
	assert_int_equal(import_kind("port"), 0);
}

static void what_has_ended_is_left_out(void **state)
{
	struct import im = importing(IMPORT_CSV);

	(void)state;
	import_text(&im, "value,valid_from,valid_until\na.example,2024-01-01,\nb.example,,2026-11-30\nc.example,2026-01-01,2027-01-01\n");
	assert_int_equal(im.set.n, 1);
	assert_int_equal(im.ended_n, 2);
	assert_indicator(&im, 0, LB_INDICATOR_DOMAIN_NAME, "c.example");
	assert_true(im.set.items[0]->valid_from > 0 && im.set.items[0]->valid_until > IMPORT_NOW_MS);
	import_fini(&im);
	im = importing(IMPORT_CSV);
	im.from_now = true;
	import_text(&im, "value,valid_from,valid_until\na.example,2024-01-01,2025-01-01\n");
	assert_int_equal(im.set.n, 1);
	assert_int_equal(im.set.items[0]->valid_from, 0);
	assert_int_equal(im.set.items[0]->valid_until, 0);
	import_fini(&im);
}

static void what_the_schema_does_not_take_is_dropped(void **state)
{
	struct import im = importing(IMPORT_CSV);
	char text[3000], title[1500];

	(void)state;
	memset(title, 't', sizeof(title) - 1);
	title[sizeof(title) - 1] = 0;
	snprintf(text, sizeof(text), "value,title\na.example,%s\nb.example,short\n", title);
	import_text(&im, text);
	assert_int_equal(im.set.n, 2);
	assert_int_equal(indicator_set_identify(&im.set, "de-sn"), LB_OK);
	import_check(&im);
	assert_int_equal(im.set.n, 1);
	assert_indicator(&im, 0, LB_INDICATOR_DOMAIN_NAME, "b.example");
	assert_int_equal(im.nothing_n, 1);
	assert_int_equal(im.nothing[0].line, 0);
	assert_has(im.nothing[0].text, "a.example: title");
	import_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_told_apart),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(kinds_have_others_names),
		cmocka_unit_test(what_has_ended_is_left_out),
		cmocka_unit_test(what_the_schema_does_not_take_is_dropped),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
