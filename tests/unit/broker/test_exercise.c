/* The rows of exercises: read back, and when one runs. */
#include "tests/kit/unit.h"

#include <string.h>

#include "broker/core/exercise.h"

static void a_row_is_read_back(void **state)
{
	struct exercise_row row = { { { 1 } }, { { 2 } }, 3, INT64_MAX }, back;
	uint8_t p[EXERCISE_ROW_SIZE];

	(void)state;
	exercise_row_write(&row, p);
	assert_int_equal(exercise_row_read(p, sizeof p, &back), LB_OK);
	assert_memory_equal(&back, &row, sizeof row);
	for (size_t n = 0; n < sizeof p; n++)
		assert_int_equal(exercise_row_read(p, n, &back), LB_CORRUPT);
	assert_int_equal(exercise_row_read(p, sizeof p + 1, &back), LB_CORRUPT);
}

static void keys_of_a_name_begin_alike_and_of_no_other(void **state)
{
	uint8_t a[EXERCISE_KEY_MAX], b[EXERCISE_KEY_MAX], longest[EXERCISE_KEY_MAX];
	char name[LB_TEXT_MAX + 1], partner[LB_PARTNER_ID_MAX + 1];
	size_t n = exercise_key(lb_text_of("LÜKEX"), "", a);
	struct lb_text read, by;

	(void)state;
	assert_int_equal(exercise_key(lb_text_of("LÜKEX"), "de-sn", b), n + 5);
	assert_memory_equal(b, a, n);
	assert_memory_equal(b + n, "de-sn", 5);
	assert_true(exercise_key(lb_text_of("LÜKEX 26"), "de-sn", b) > n);
	assert_memory_not_equal(b, a, n);
	assert_memory_equal(b, EXERCISE_KEY_HEAD, strlen(EXERCISE_KEY_HEAD));
	assert_int_equal(exercise_key(lb_text_of("LÜKEX 26"), "de-sn", b), n + 8);
	assert_int_equal(exercise_key_read(b, n + 8, &read, &by), LB_OK);
	assert_true(lb_text_equals(read, "LÜKEX 26") && lb_text_equals(by, "de-sn"));
	assert_int_equal(exercise_key_read(b, 5, &read, &by), LB_CORRUPT);
	assert_int_equal(exercise_key_read(b, 0, &read, &by), LB_CORRUPT);
	memset(name, 'n', LB_TEXT_MAX);
	memset(partner, 'p', LB_PARTNER_ID_MAX);
	name[LB_TEXT_MAX] = partner[LB_PARTNER_ID_MAX] = '\0';
	assert_int_equal(exercise_key(lb_text_of(name), partner, longest), EXERCISE_KEY_MAX);
	assert_true(EXERCISE_KEY_MAX + 1 <= 511); /* the longest key that LMDB takes */
}

static void it_runs_from_its_beginning_to_its_end(void **state)
{
	struct exercise_row row = { .begun = { { 1 } }, .begins_ms = 100, .ends_ms = 200 };

	(void)state;
	assert_false(exercise_runs(&row, 99));
	assert_true(exercise_runs(&row, 100));
	assert_true(exercise_runs(&row, 199));
	assert_false(exercise_runs(&row, 200));
	assert_true(exercise_is_over(&row, 200));
	assert_false(exercise_is_over(&row, 99)); /* it is to come */
	row.ends_ms = 0;
	assert_false(exercise_is_over(&row, INT64_MAX));
	assert_true(exercise_runs(&row, INT64_MAX));
	assert_false(exercise_is_ended(&row));
	row.ended.b[15] = 1;
	assert_true(exercise_is_ended(&row));
	assert_true(exercise_is_over(&row, 99));
	assert_false(exercise_runs(&row, 150));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_read_back),
		cmocka_unit_test(keys_of_a_name_begin_alike_and_of_no_other),
		cmocka_unit_test(it_runs_from_its_beginning_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
