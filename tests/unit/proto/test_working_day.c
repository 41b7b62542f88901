/* proto/working_day.c: the public holidays of all Länder against the calendars of several years, and where a working day ends. */
#include "tests/kit/unit.h"

#include <stdio.h>

#include "proto/working_day.h"

#define HOUR ((int64_t)60 * 60 * 1000)
#define DAY (24 * HOUR)

static int64_t day_of(const char *text)
{
	int32_t day;

	if (!working_day_read(text, &day))
		fail_msg("%s is no date", text);
	return day;
}

/* Good Friday, Easter Monday, Ascension and Whit Monday, as the Länder have published them. */
static void the_holidays_are_the_calendars(void **state)
{
	static const char *const moved[][4] = {
		{ "2024-03-29", "2024-04-01", "2024-05-09", "2024-05-20" }, { "2025-04-18", "2025-04-21", "2025-05-29", "2025-06-09" },
		{ "2026-04-03", "2026-04-06", "2026-05-14", "2026-05-25" }, { "2027-03-26", "2027-03-29", "2027-05-06", "2027-05-17" },
		{ "2028-04-14", "2028-04-17", "2028-05-25", "2028-06-05" }, { "2029-03-30", "2029-04-02", "2029-05-10", "2029-05-21" },
		{ "2030-04-19", "2030-04-22", "2030-05-30", "2030-06-10" }, { "2038-04-23", "2038-04-26", "2038-06-03", "2038-06-14" },
	};
	static const char *const fixed[] = { "01-01", "05-01", "10-03", "12-25", "12-26" };

	(void)state;
	for (size_t i = 0; i < sizeof moved / sizeof moved[0]; i++) {
		char text[11];
		unsigned n = 0;

		for (size_t k = 0; k < 4; k++)
			assert_true(working_day_is_holiday(day_of(moved[i][k])));
		for (size_t k = 0; k < 5; k++) {
			snprintf(text, sizeof text, "%.4s-%s", moved[i][0], fixed[k]);
			assert_true(working_day_is_holiday(day_of(text)));
		}
		snprintf(text, sizeof text, "%.4s-01-01", moved[i][0]);
		for (int64_t day = day_of(text); day <= day_of(text) + 364; day++)
			n += working_day_is_holiday(day);
		assert_int_equal(n, 9); /* and no other day is one */
	}
	assert_false(working_day_is_holiday(-1));
}

static bool is_in(const void *user, int64_t day)
{
	const char *const *list = user;

	while (*list && day_of(*list) != day)
		list++;
	return *list != NULL;
}

static void the_end_is_that_of_the_next_day_that_is_worked(void **state)
{
	static const char *const saxony[] = { "2026-10-31", "2026-11-18", "2025-10-31", NULL };
	static const struct {
		const char *from, *to;
		int utc; /* 17:00 German legal time */
		const char *const *off;
	} rows[] = {
		{ "2026-04-02", "2026-04-07", 15, NULL },   /* before Good Friday: the Tuesday after Easter */
		{ "2026-05-13", "2026-05-15", 15, NULL },   /* Ascension */
		{ "2026-12-24", "2026-12-28", 16, NULL },   /* Christmas, Friday and Saturday */
		{ "2027-12-31", "2028-01-03", 16, NULL },
		{ "2025-10-02", "2025-10-06", 15, NULL },   /* 3 October is a Friday */
		{ "2025-10-30", "2025-10-31", 16, NULL },   /* Reformation Day is worked in Hessen */
		{ "2025-10-30", "2025-11-03", 16, saxony }, /* and not in Sachsen */
		{ "2026-11-17", "2026-11-18", 16, NULL },
		{ "2026-11-17", "2026-11-19", 16, saxony }, /* Buß- und Bettag */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int64_t end = working_day_end_ms(day_of(rows[i].from) * DAY + 10 * HOUR, rows[i].off ? is_in : NULL, rows[i].off);

		if (end != day_of(rows[i].to) * DAY + rows[i].utc * HOUR)
			fail_msg("after %s not %s, but day %lld", rows[i].from, rows[i].to, (long long)(end / DAY - day_of(rows[i].from)));
	}
	assert_int_equal(working_day_later_ms(day_of("2026-10-23") * DAY + 15 * HOUR, 3), day_of("2026-10-26") * DAY + 16 * HOUR); /* winter time since Sunday */
}

static bool always(const void *user, int64_t day)
{
	(void)user;
	(void)day;
	return true;
}

static void it_ends_where_every_day_is_off(void **state)
{
	(void)state;
	assert_int_equal(working_day_end_ms(0, always, NULL), 61 * DAY + 16 * HOUR);
}

static void a_date_is_one_that_there_is(void **state)
{
	static const char *const none[] = { "", "2026-10", "2026-13-01", "2026-00-01", "2026-02-29", "2026-04-31", "2026-1-1", "2026-10-31 ", "31.10.2026", "+026-10-31",
		"1969-12-31", "2026-10-31T00:00:00Z" };
	int32_t day = 7;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		if (working_day_read(none[i], &day))
			fail_msg("'%s' is a date", none[i]);
	assert_int_equal(day, 7);
	assert_int_equal(day_of("1970-01-01"), 0);
	assert_int_equal(day_of("2028-02-29"), 21243);
	assert_int_equal(day_of("2000-03-01"), 11017);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_holidays_are_the_calendars),
		cmocka_unit_test(the_end_is_that_of_the_next_day_that_is_worked),
		cmocka_unit_test(it_ends_where_every_day_is_off),
		cmocka_unit_test(a_date_is_one_that_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
