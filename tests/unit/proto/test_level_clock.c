/* What the levels of a warning demand: each level's ack policy and its latest deadline, weekends, summer time, and hostile times. */
#include "tests/kit/unit.h"

#include "lagebus/level_clock.h"

#define MINUTE ((int64_t)60 * 1000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define MONDAY (1795428000 * (int64_t)1000) /* 2026-11-23T10:00:00Z */

static void the_levels_have_their_clocks(void **state)
{
	(void)state;
	assert_int_equal(lb_level_ack(0), LB_ACK_NONE);
	assert_int_equal(lb_level_ack(1), LB_ACK_NONE);
	assert_int_equal(lb_level_ack(2), LB_ACK_ACKNOWLEDGED);
	assert_int_equal(lb_level_ack(4), LB_ACK_ACKNOWLEDGED);
	assert_int_equal(lb_level_ack(5), LB_ACK_NONE);
	assert_int_equal(lb_level_deadline_ms(1, MONDAY), 0);
	assert_int_equal(lb_level_deadline_ms(3, MONDAY), MONDAY + 4 * HOUR);
	assert_int_equal(lb_level_deadline_ms(4, MONDAY), MONDAY + HOUR);
}

static void a_working_day_ends_at_five_in_germany(void **state)
{
	/* 30 March 2026, the Monday after summer time began on Sunday, 01:00 UTC; Friday before it. */
	const int64_t friday = 1774605600 * (int64_t)1000, autumn = 1792749600 * (int64_t)1000;

	(void)state;
	assert_int_equal(lb_level_deadline_ms(2, MONDAY), MONDAY + 30 * HOUR);               /* Tuesday, 16:00 UTC */
	assert_int_equal(lb_level_deadline_ms(2, MONDAY + 4 * DAY), MONDAY + 7 * DAY + 6 * HOUR); /* Friday: Monday */
	assert_int_equal(lb_level_deadline_ms(2, MONDAY + 5 * DAY), MONDAY + 7 * DAY + 6 * HOUR); /* Saturday */
	assert_int_equal(lb_level_deadline_ms(2, MONDAY + 6 * DAY), MONDAY + 7 * DAY + 6 * HOUR);
	assert_int_equal(lb_level_deadline_ms(2, MONDAY + 13 * HOUR + 30 * MINUTE), MONDAY + 54 * HOUR); /* 23:30 UTC is Tuesday there */
	assert_int_equal(lb_level_deadline_ms(2, friday), friday + 3 * DAY + 5 * HOUR);           /* 10:00 UTC; Monday, 15:00 UTC */
	assert_int_equal(lb_level_deadline_ms(2, autumn), autumn + 3 * DAY + 6 * HOUR);           /* 23 October, 10:00 UTC; 16:00 UTC */
	assert_int_equal(lb_level_deadline_ms(2, friday + 6 * DAY), friday + 11 * DAY + 5 * HOUR);  /* 2 April: Easter is between */
}

static void a_warning_may_ask_more_but_not_less(void **state)
{
	struct lb_header h = { .type = LB_TYPE_WARNING, .level = 3, .created_ms = MONDAY, .ack_policy = LB_ACK_ACKNOWLEDGED, .ack_deadline_ms = MONDAY + 4 * HOUR };

	(void)state;
	assert_int_equal(lb_header_check_clock(&h), LB_OK);
	h.ack_deadline_ms++;
	assert_int_equal(lb_header_check_clock(&h), LB_ACK_TOO_LATE);
	h.ack_deadline_ms = 0;
	assert_int_equal(lb_header_check_clock(&h), LB_ACK_TOO_LATE);
	h.ack_deadline_ms = MONDAY + HOUR;
	h.ack_policy = LB_ACK_IMPLEMENTED;
	assert_int_equal(lb_header_check_clock(&h), LB_OK);
	h.level = 4;
	assert_int_equal(lb_header_check_clock(&h), LB_OK);
	h.ack_policy = LB_ACK_DISPLAYED;
	assert_int_equal(lb_header_check_clock(&h), LB_ACK_TOO_WEAK);
	h.ack_policy = LB_ACK_NONE;
	h.level = 2;
	assert_int_equal(lb_header_check_clock(&h), LB_ACK_TOO_WEAK);
	h.level = 1;
	assert_int_equal(lb_header_check_clock(&h), LB_OK);
	h.level = 3;
	h.type = LB_TYPE_INDICATOR;
	assert_int_equal(lb_header_check_clock(&h), LB_OK);
}

static void times_of_no_calendar_have_no_deadline(void **state)
{
	static const int64_t times[] = { INT64_MIN, -1, INT64_MAX / 2, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		for (unsigned level = 0; level < 6; level++)
			assert_int_equal(lb_level_deadline_ms(level, times[i]), 0);
	assert_int_equal(lb_level_deadline_ms(2, 0), DAY + 16 * HOUR); /* a Thursday */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_levels_have_their_clocks),
		cmocka_unit_test(a_working_day_ends_at_five_in_germany),
		cmocka_unit_test(a_warning_may_ask_more_but_not_less),
		cmocka_unit_test(times_of_no_calendar_have_no_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
