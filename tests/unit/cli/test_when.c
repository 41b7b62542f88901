/* agents/cli/when.c */
#include "agents/cli/when.h"

#include <time.h>

#include "tests/unit/cli/run.h"

#define NOON INT64_C(1000036800000) /* 2001-09-09T12:00:00Z */
#define MONDAY 1795424400000 /* 2026-11-23T09:00:00Z */
#define HOUR 3600000LL

static void formats_for_people_and_programs(void **state)
{
	char text[WHEN_TEXT];

	(void)state;
	when_iso(MONDAY, text);
	assert_string_equal(text, "2026-11-23T09:00:00Z");
	when_short(MONDAY, MONDAY + HOUR, text);
	assert_string_equal(text, "09:00");
	when_short(MONDAY, MONDAY + 24 * HOUR, text);
	assert_string_equal(text, "2026-11-23 09:00");
	when_iso(0, text);
	assert_string_equal(text, "");
	when_short(0, MONDAY, text);
	assert_string_equal(text, "");
}

static void reads_dates_and_deadlines(void **state)
{
	struct why why;
	int64_t t = 0;

	(void)state;
	assert_int_equal(when_date_s("2026-11-23", &t, &why), LB_OK);
	assert_int_equal(t, MONDAY / 1000 - 9 * 3600);
	/* As a German terminal shows it, and in local time. */
	assert_int_equal(when_date_s("23.11.2026", &t, &why), LB_OK);
	assert_int_equal(t, MONDAY / 1000 - 9 * 3600);
	assert_int_equal(when_date_s("23.11.2026 09:00", &t, &why), LB_OK);
	assert_int_equal(t, MONDAY / 1000);
	assert_int_equal(when_date_s("2026-11-23 09:00", &t, &why), LB_OK);
	assert_int_equal(t, MONDAY / 1000);
	assert_int_equal(when_date_s("2026-11-23T09:00", &t, &why), LB_OK);
	assert_int_equal(t, MONDAY / 1000);
	assert_int_equal(when_date_s("23.11.26", &t, &why), LB_INVALID);
	assert_int_equal(when_date_s("2026-11-23 09:00 Uhr", &t, &why), LB_INVALID);
	assert_int_equal(when_deadline_ms("4h", MONDAY, &t, &why), LB_OK);
	assert_int_equal(t, MONDAY + 4 * HOUR);
	assert_int_equal(when_deadline_ms("90m", MONDAY, &t, &why), LB_OK);
	assert_int_equal(t, MONDAY + 90 * 60000);
	assert_int_equal(when_deadline_ms("2026-11-23T10:00:00Z", MONDAY, &t, &why), LB_OK);
	assert_int_equal(t, MONDAY + HOUR);
	assert_int_equal(when_deadline_ms("2026-11-22", MONDAY, &t, &why), LB_INVALID);
	assert_has(why.text, "past");
	assert_int_equal(when_deadline_ms("-4h", MONDAY, &t, &why), LB_INVALID);
	assert_int_equal(when_deadline_ms("soon", MONDAY, &t, &why), LB_INVALID);
}

static void assert_past(const char *text, int64_t expected)
{
	struct why why;
	int64_t ms = 0;

	if (when_past_ms(text, NOON, &ms, &why) != LB_OK)
		fail_msg("%s", why.text);
	assert_true(ms == expected);
}

static void a_time_that_has_been_is_read(void **state)
{
	struct why why;
	int64_t ms = 77;

	(void)state;
	assert_past("now", NOON);
	assert_past("11:30", NOON - HOUR / 2);
	assert_past("14:00", NOON - 22 * HOUR); /* it was that yesterday */
	assert_past("3h", NOON - 3 * HOUR);
	assert_past("90m", NOON - 3 * HOUR / 2);
	assert_past("2d", NOON - 48 * HOUR);
	assert_past("2001-09-09 10:00", NOON - 2 * HOUR);
	assert_past("9.9.2001 10:00", NOON - 2 * HOUR);
	assert_past("2001-09-09T11:00:00Z", NOON - HOUR);
	assert_int_equal(when_past_ms("2001-09-10 10:00", NOON, &ms, &why), LB_INVALID);
	assert_has(why.text, "in the future");
	assert_int_equal(when_past_ms("yesterday", NOON, &ms, &why), LB_INVALID);
	assert_int_equal(when_past_ms("3w", NOON, &ms, &why), LB_INVALID);
	assert_int_equal(when_past_ms("-3h", NOON, &ms, &why), LB_INVALID);
	assert_int_equal(ms, 77);
}

static int utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_for_people_and_programs),
		cmocka_unit_test(reads_dates_and_deadlines),
		cmocka_unit_test(a_time_that_has_been_is_read),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
