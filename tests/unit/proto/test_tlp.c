/* TLP labels: names, strictness, and that an unknown one is treated strictly. */
#include "tests/kit/unit.h"

#include "lagebus/tlp.h"

static void every_name_is_read_back(void **state)
{
	(void)state;
	for (unsigned t = LB_TLP_CLEAR; t <= LB_TLP_RED; t++) {
		assert_int_equal(lb_tlp_from_name(lb_tlp_name(t)), t);
		assert_int_equal(lb_tlp_from_name(lb_tlp_name(t) + 4), t);
		assert_int_equal(lb_tlp_effective(t), t);
	}
	assert_string_equal(lb_tlp_name(LB_TLP_UNSET), "TLP:AMBER+STRICT");
	assert_null(lb_tlp_name(LB_TLP_RED + 1));
}

static void other_spellings_are_known(void **state)
{
	(void)state;
	assert_int_equal(lb_tlp_from_name("tlp:amber+strict"), LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_tlp_from_name("amber"), LB_TLP_AMBER);
	assert_int_equal(lb_tlp_from_name("TLP:WHITE"), LB_TLP_CLEAR);
	assert_int_equal(lb_tlp_from_name("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"), LB_TLP_RED);
	assert_int_equal(lb_tlp_from_name("939a9414-2ddd-4d32-a0cd-375ea402b003"), LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_tlp_from_name("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"), LB_TLP_GREEN);
}

static void what_is_no_label_is_none(void **state)
{
	static const char *const bad[] = { "", "TLP:", "TLP:TLP:RED", "REDD", "RE", "AMBER STRICT", "marking-definition--", "RED " };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(lb_tlp_from_name(bad[i]), LB_TLP_UNSET);
}

static void the_unknown_counts_as_strict(void **state)
{
	(void)state;
	assert_int_equal(lb_tlp_effective(LB_TLP_UNSET), LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_tlp_effective(6), LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_tlp_effective(~0u), LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_tlp_strictest(LB_TLP_CLEAR, LB_TLP_UNSET), LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_tlp_strictest(99, LB_TLP_RED), LB_TLP_RED);
	assert_int_equal(lb_tlp_strictest(LB_TLP_GREEN, LB_TLP_CLEAR), LB_TLP_GREEN);
}

/* Letters by depth 0, 1, 2: + may have it, r, s, h, o as the rules' names, a the area. */
static void the_table_says_who_may_have_it(void **state)
{
	static const struct {
		unsigned label;
		struct lb_tlp_reader reader;
		const char *by_depth;
	} cases[] = {
		{ LB_TLP_CLEAR, { .has_area = true }, "+++" },
		{ LB_TLP_CLEAR, { .observer = true }, "+++" },
		{ LB_TLP_GREEN, { .has_area = true }, "+++" },
		{ LB_TLP_GREEN, { .observer = true, .has_area = true }, "+++" },
		{ LB_TLP_GREEN, { .by_id = true }, "aaa" },
		{ LB_TLP_AMBER, { .has_area = true }, "++h" },
		{ LB_TLP_AMBER, { .observer = true, .by_id = true }, "ooh" },
		{ LB_TLP_AMBER, { .by_id = true }, "aah" },
		{ LB_TLP_AMBER_STRICT, { .has_area = true }, "+ss" },
		{ LB_TLP_AMBER_STRICT, { .observer = true, .by_id = true, .has_area = true }, "oss" },
		{ LB_TLP_AMBER_STRICT, { .by_id = true }, "ass" },
		{ LB_TLP_RED, { .by_id = true, .has_area = true }, "+rr" },
		{ LB_TLP_RED, { .has_area = true }, "rrr" },
		{ LB_TLP_RED, { .by_id = true, .observer = true, .has_area = true }, "orr" },
		{ LB_TLP_RED, { .by_id = true }, "arr" },
		{ LB_TLP_UNSET, { .has_area = true }, "+ss" },
		{ 6, { .has_area = true }, "+ss" },
	};
	static const lb_err rules[] = { ['+'] = LB_OK, ['r'] = LB_TLP_RED_NAMED_ONLY, ['s'] = LB_TLP_STRICT_NAMED, ['h'] = LB_TLP_NO_FURTHER_HOP,
		                        ['o'] = LB_TLP_OBSERVER_GREEN, ['a'] = LB_AREA_NOT_AGREED };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (unsigned depth = 0; depth < 3; depth++) {
			struct lb_tlp_reader reader = cases[i].reader;

			reader.depth = depth;
			assert_int_equal(lb_tlp_allows(cases[i].label, &reader), rules[(unsigned char)cases[i].by_depth[depth]]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_read_back),
		cmocka_unit_test(other_spellings_are_known),
		cmocka_unit_test(what_is_no_label_is_none),
		cmocka_unit_test(the_unknown_counts_as_strict),
		cmocka_unit_test(the_table_says_who_may_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
