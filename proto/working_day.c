/* Working days in Germany. */
#include "proto/working_day.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS ((int64_t)60 * 60 * 1000)
#define DAY_MS (24 * HOUR_MS)
#define ENDS_H 17
#define DAYS_MAX 60 /* whoever names more days off in a row has made a mistake */

static int64_t day_of(int64_t ms)
{
	return ms >= 0 ? ms / DAY_MS : -((-ms + DAY_MS - 1) / DAY_MS);
}

/* Monday is 0; 1 January 1970 was a Thursday. */
static unsigned weekday(int64_t day)
{
	return (unsigned)(((day + 3) % 7 + 7) % 7);
}

static int64_t days_in(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365;
}

static int64_t first_of(int64_t year)
{
	return (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
}

static int64_t year_of(int64_t day)
{
	int64_t year = 1970 + day / 366;

	while (day >= first_of(year) + days_in(year))
		year++;
	return year;
}

/* Month and day of a month, from 1 on. */
static int64_t date(int64_t year, unsigned month, unsigned day)
{
	static const int64_t before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };

	return first_of(year) + before[month - 1] + (month > 2 ? days_in(year) - 365 : 0) + day - 1;
}

/* Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher). */
static int64_t easter(int64_t year)
{
	int64_t a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int64_t h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int64_t m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;

	return date(year, (unsigned)(n / 31), (unsigned)(n % 31 + 1));
}

bool working_day_is_holiday(int64_t day)
{
	static const struct {
		unsigned month, day;
	} fixed[] = { { 1, 1 }, { 5, 1 }, { 10, 3 }, { 12, 25 }, { 12, 26 } };
	static const int from_easter[] = { -2, 1, 39, 50 }; /* Good Friday, Easter Monday, Ascension, Whit Monday */
	int64_t year;

	if (day < 0)
		return false;
	year = year_of(day);
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		if (day == date(year, fixed[i].month, fixed[i].day))
			return true;
	for (size_t i = 0; i < sizeof from_easter / sizeof from_easter[0]; i++)
		if (day == easter(year) + from_easter[i])
			return true;
	return false;
}

/* The last Sunday of a month that begins at `first` and has 31 days. */
static int64_t last_sunday(int64_t first)
{
	return first + 30 - (weekday(first + 30) + 1) % 7;
}

/* German legal time's lead over UTC (EU directive 2000/84): summer time from the last Sunday of March, 01:00 UTC, to that of October. */
static int64_t lead_ms(int64_t ms)
{
	int64_t year = year_of(day_of(ms));

	if (ms < last_sunday(date(year, 3, 1)) * DAY_MS + HOUR_MS || ms >= last_sunday(date(year, 10, 1)) * DAY_MS + HOUR_MS)
		return HOUR_MS;
	return 2 * HOUR_MS;
}

static int64_t end_of(int64_t day)
{
	int64_t end = day * DAY_MS + ENDS_H * HOUR_MS;

	return end - lead_ms(end - HOUR_MS);
}

int64_t working_day_end_ms(int64_t ms, working_day_off *off, const void *user)
{
	int64_t day = day_of(ms + lead_ms(ms)) + 1, last = day + DAYS_MAX;

	while (day < last && (weekday(day) >= 5 || working_day_is_holiday(day) || (off && off(user, day))))
		day++;
	return end_of(day);
}

int64_t working_day_later_ms(int64_t ms, unsigned days)
{
	return end_of(day_of(ms + lead_ms(ms)) + days);
}

bool working_day_read(const char *text, int32_t *day)
{
	static const unsigned days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned y, m, d;
	char again[32];

	if (sscanf(text, "%4u-%2u-%2u", &y, &m, &d) != 3)
		return false;
	snprintf(again, sizeof again, "%04u-%02u-%02u", y, m, d);
	if (strcmp(again, text) != 0 || y < 1970 || m < 1 || m > 12 || d < 1 || d > days[m - 1] || (m == 2 && d == 29 && days_in(y) == 365))
		return false;
	*day = (int32_t)date(y, m, d);
	return true;
}
