/* Types, areas and patterns over them. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/topic.h"

static void every_name_and_topic_is_read_back(void **state)
{
	char text[LB_TOPIC_TEXT], alone[LB_TOPIC_TEXT + 2];

	(void)state;
	for (unsigned t = 1; t <= LB_TYPE_MAX; t++) {
		assert_int_equal(lb_type_from_name(lb_type_name(t)), t);
		for (unsigned a = 1; a <= LB_AREA_MAX; a++) {
			assert_int_equal(lb_area_from_name(lb_area_name(a)), a);
			assert_int_equal(lb_topic_format(t, a, text), LB_OK);
			assert_true(strlen(text) < LB_TOPIC_TEXT);
			assert_true(lb_topic_pattern_is_valid(text));
			assert_true(lb_topic_matches(text, t, a));
			assert_false(lb_topic_matches(text, t % LB_TYPE_MAX + 1, a));
			assert_false(lb_topic_matches(text, t, a % LB_AREA_MAX + 1));
			strcpy(alone, "*");
			strcat(alone, strchr(text, '/'));
			assert_true(lb_topic_matches(alone, t % LB_TYPE_MAX + 1, a));
			assert_false(lb_topic_matches(alone, t, a % LB_AREA_MAX + 1));
			assert_true(lb_topic_matches("*/*", t, a));
		}
	}
}

static void unknown_numbers_have_no_name(void **state)
{
	char text[LB_TOPIC_TEXT];

	(void)state;
	assert_null(lb_type_name(0));
	assert_null(lb_type_name(LB_TYPE_MAX + 1));
	assert_null(lb_area_name(0));
	assert_null(lb_area_name(~0u));
	assert_int_equal(lb_topic_format(0, 1, text), LB_INVALID);
	assert_int_equal(lb_topic_format(1, LB_AREA_MAX + 1, text), LB_INVALID);
	assert_int_equal(lb_type_from_name(""), 0);
	assert_int_equal(lb_area_from_name("Cyber-defence"), 0);
}

static void a_pattern_is_two_parts_each_whole_or_any(void **state)
{
	static const char *const bad[] = { "", "*", "/", "*/", "/*", "**/*", "warn*/*", "warning/*x", "warning", "warning/cyber-defence/", "nothing/*" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(lb_topic_pattern_is_valid(bad[i]));
		assert_false(lb_topic_matches(bad[i], LB_TYPE_WARNING, LB_AREA_CYBER_DEFENCE));
	}
	assert_true(lb_topic_matches("warning/*", LB_TYPE_WARNING, LB_AREA_DIGITAL_VIOLENCE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_and_topic_is_read_back),
		cmocka_unit_test(unknown_numbers_have_no_name),
		cmocka_unit_test(a_pattern_is_two_parts_each_whole_or_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
