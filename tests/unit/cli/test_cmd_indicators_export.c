/* agents/cli/cmd_indicators_export.c, indicator_export.c, indicator_stix.c: labels and exercises hold in every format. */
#include <jansson.h>

#include "tests/unit/cli/indicator_rows.h"

static void what_is_red_or_an_exercise_stays(void **state)
{
	static const char *const formats[] = { "text", "csv", "json", "stix" };
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_rows);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(run(&r, "indicators", "export", "--format", formats[i], NULL), CLI_OK);
		assert_has(r.out, "192.0.2.7");
		assert_has(r.out, "evil.example");
		assert_has_not(r.out, "run.exe");
		assert_has_not(r.out, "drill.example");
		assert_has(r.err, "1 is stricter than TLP:AMBER+STRICT and is left out");
		assert_int_equal(run(&r, "indicators", "export", "--format", formats[i], "--tlp", "green", NULL), CLI_OK);
		assert_has_not(r.out, "evil.example");
		assert_has(r.err, "2 are stricter than TLP:GREEN");
		assert_int_equal(run(&r, "indicators", "export", "--format", formats[i], "--tlp", "red", "--exercise", NULL), CLI_OK);
		assert_has(r.out, "drill.example");
		assert_has_not(r.out, "192.0.2.7");
		assert_has_not(r.out, "run.exe");
		assert_int_equal(run(&r, "indicators", "export", "--format", formats[i], "--tlp", "red", NULL), CLI_OK);
		assert_has(r.out, "run.exe");
	}
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void each_format_is_what_it_says(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	json_t *doc, *first;

	(void)state;
	fake_start(&f, answer_rows);
	assert_int_equal(run(&r, "indicators", "export", "--to-ids", NULL), CLI_OK);
	assert_has(r.out, "# up to TLP:AMBER+STRICT, exported 2");
	assert_has(r.out, "\n192.0.2.7\n");
	assert_has_not(r.out, "evil.example");
	assert_int_equal(run(&r, "indicators", "export", "--format", "csv", NULL), CLI_OK);
	assert_has(r.out, "\"evil.example\",domain-name,TLP:AMBER,60,false,2026-11-23T09:00:00Z,2100-01-01T00:00:00Z,\"de-he\",false,\"'=cmd()\"\r\n");
	assert_int_equal(run(&r, "indicators", "export", "--json", NULL), CLI_OK);
	doc = json_loads(r.out, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(doc, "indicators")), 2);
	json_decref(doc);
	assert_int_equal(run(&r, "indicators", "export", "--format", "stix", NULL), CLI_OK);
	doc = json_loads(r.out, 0, NULL);
	assert_non_null(doc);
	first = json_array_get(json_object_get(doc, "objects"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "pattern")), "[ipv4-addr:value = '192.0.2.7']");
	assert_string_equal(json_string_value(json_object_get(first, "id")), "indicator--018f3c2a-7b1e-8c55-9a41-000000000000");
	assert_string_equal(json_string_value(json_array_get(json_object_get(first, "object_marking_refs"), 0)),
		"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb");
	json_decref(doc);
	assert_int_equal(run(&r, "indicators", "export", "--confidence", "61", NULL), CLI_OK);
	assert_has_not(r.out, "192.0.2.7");
	fake_stop(&f);
	fake_forget(&f);
	assert_int_equal(run(&r, "indicators", "export", "--format", "xml", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "indicators", "export", "--tlp", "pink", NULL), CLI_USAGE);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_red_or_an_exercise_stays),
		cmocka_unit_test(each_format_is_what_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
