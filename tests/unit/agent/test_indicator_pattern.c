/* What people search indicators by, made into values, a prefix and a range of keys. */
#include "tests/kit/unit.h"

#include <string.h>

#include "agents/agent/indicator_pattern.h"

static void a_pattern_is_values_a_prefix_or_a_range(void **state)
{
	static const struct {
		const char *text, *values, *prefix;
		bool range;
	} rows[] = {
		{ "Setup.exe", "[\"Setup.exe\"", "", false },
		{ "a \"quoted\\ name", "[\"a \\\"quoted\\\\ name\"", "", false },
		{ "D41D8CD98F00B204E9800998ECF8427E", "[\"d41d8cd98f00b204e9800998ecf8427e\"", "", false },
		{ "www.evil.example", "[\"www.evil.example\",\"evil.example\",\"example\"", "", true },
		{ "hxxp://evil[.]example/", "[\"http://evil.example/\"", "", false },
		{ "*.Evil.example", "", "", true },
		{ "*.example", "", "", true },
		{ "192.0.2.0/31", NULL, "", true },
		{ "d41d*", "", "d41d", false },
		{ "[file:name = 'a*']", "[\"[file:name = 'a*']\"", "", false },
		{ "http://evil.example/*", "[\"http://evil.example/*\"", "", false },
	};
	struct indicator_pattern p;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(indicator_pattern_read(rows[i].text, &p), LB_OK);
		assert_false(p.all);
		assert_string_equal(p.prefix, rows[i].prefix);
		assert_int_equal(p.first_n > 0, rows[i].range);
		if (rows[i].values) {
			assert_int_equal(lb_buf_len(&p.values), strlen(rows[i].values));
			assert_memory_equal(rows[i].values, rows[i].values[0] ? lb_buf_data(&p.values) : (const uint8_t *)"", strlen(rows[i].values));
		}
		indicator_pattern_fini(&p);
	}
	assert_int_equal(indicator_pattern_read("", &p), LB_OK);
	assert_true(p.all);
	indicator_pattern_fini(&p);
}

static void what_is_no_pattern_is_refused(void **state)
{
	static const char *const texts[] = { "*", "a*b", "**", "*.a*", "*.", "a\nb", " ", "\xff" };
	struct indicator_pattern p;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		if (indicator_pattern_read(texts[i], &p) != LB_INVALID)
			fail_msg("'%s' is a pattern", texts[i]);
		indicator_pattern_fini(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pattern_is_values_a_prefix_or_a_range),
		cmocka_unit_test(what_is_no_pattern_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
