/* agents/cli/indicator_set.c */
#include "agents/cli/indicator_set.h"

#include "tests/unit/cli/run.h"

static void each_value_is_there_once(void **state)
{
	struct indicator_set s = INDICATOR_SET_INIT;
	Lagebus__Indicator *out;
	char value[20];

	(void)state;
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 5000; i++) {
			snprintf(value, sizeof(value), "h%u.example", i);
			assert_int_equal(indicator_set_add(&s, LB_INDICATOR_DOMAIN_NAME, value, &out), LB_OK);
			assert_true((out != NULL) == (round == 0));
		}
	assert_int_equal(s.n, 5000);
	assert_int_equal(s.duplicates, 5000);
	assert_string_equal(s.items[4999]->value, "h4999.example");
	assert_int_equal(indicator_set_add(&s, LB_INDICATOR_FILE_NAME, "h1.example", &out), LB_OK);
	assert_non_null(out); /* of another kind */
	indicator_set_fini(&s);
}

static void the_same_of_the_same_is_the_same(void **state)
{
	struct indicator_set s[3] = { INDICATOR_SET_INIT, INDICATOR_SET_INIT, INDICATOR_SET_INIT };
	Lagebus__Indicator *out;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(indicator_set_add(&s[i], LB_INDICATOR_FILE_NAME, "a", &out), LB_OK);
		assert_int_equal(indicator_set_add(&s[i], LB_INDICATOR_MUTEX, "a", &out), LB_OK);
		assert_int_equal(indicator_set_identify(&s[i], i == 2 ? "de-he" : "de-sn"), LB_OK);
		assert_int_equal(s[i].items[0]->id.len, 16);
	}
	assert_memory_equal(s[0].items[0]->id.data, s[1].items[0]->id.data, 16);
	assert_memory_not_equal(s[0].items[0]->id.data, s[0].items[1]->id.data, 16);
	assert_memory_not_equal(s[0].items[0]->id.data, s[2].items[0]->id.data, 16);
	assert_int_equal(s[0].items[0]->id.data[6] >> 4, 8); /* RFC 9562, section 5.8 */
	assert_int_equal(s[0].items[0]->id.data[8] >> 6, 2);
	for (unsigned i = 0; i < 3; i++)
		indicator_set_fini(&s[i]);
}

static void texts_are_checked(void **state)
{
	char *text = NULL, **list = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(indicator_set_text(&text, "\xff"), LB_OK);
	assert_int_equal(indicator_set_text(&text, NULL), LB_OK);
	assert_null(text);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(indicator_set_append(&list, &n, i ? "x" : "\xff"), LB_OK);
	assert_int_equal(n, 50);
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_is_there_once),
		cmocka_unit_test(the_same_of_the_same_is_the_same),
		cmocka_unit_test(texts_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
