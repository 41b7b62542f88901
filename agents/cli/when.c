/* Points in time: for people in local time, for programs in ISO 8601 UTC. */
#include "agents/cli/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/host/words.h"

#define DAY_MS (24LL * 3600 * 1000)

int64_t when_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void when_iso(int64_t ms, char text[WHEN_TEXT])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	text[0] = 0;
	if (ms != 0 && gmtime_r(&t, &tm) && !strftime(text, WHEN_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm))
		text[0] = 0;
}

void when_iso_ms(int64_t ms, char text[WHEN_TEXT])
{
	int64_t rest = ms % 1000 < 0 ? ms % 1000 + 1000 : ms % 1000;
	time_t t = (time_t)((ms - rest) / 1000);
	struct tm tm;
	size_t n;

	text[0] = 0;
	if (!gmtime_r(&t, &tm) || !(n = strftime(text, WHEN_TEXT, "%Y-%m-%dT%H:%M:%S", &tm)))
		return;
	if (rest)
		snprintf(text + n, WHEN_TEXT - n, ".%03dZ", (int)rest);
	else
		snprintf(text + n, WHEN_TEXT - n, "Z");
}

/* "Z" or "+01:00", and nothing behind it. */
static bool read_offset(const char *p, int64_t *seconds)
{
	unsigned hours, minutes;
	int n = 0;

	*seconds = 0;
	if ((*p == 'Z' || *p == 'z') && !p[1])
		return true;
	if ((*p != '+' && *p != '-') || strlen(p) != 6 || sscanf(p + 1, "%2u:%2u%n", &hours, &minutes, &n) != 2 || n != 5 || hours > 23 || minutes > 59)
		return false;
	*seconds = (*p == '-' ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
	return true;
}

bool when_from_iso(const char *text, int64_t *ms)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t offset, rest = 0;

	if (end != text + 19)
		return false;
	if (*end == '.') {
		size_t digits = strspn(++end, "0123456789");

		if (digits == 0)
			return false;
		for (size_t i = 0; i < 3; i++)
			rest = rest * 10 + (i < digits ? end[i] - '0' : 0);
		end += digits;
	}
	if (!read_offset(end, &offset))
		return false;
	*ms = ((int64_t)timegm(&tm) - offset) * 1000 + rest;
	return true;
}

void when_short(int64_t ms, int64_t now_ms, char text[WHEN_TEXT])
{
	time_t t = (time_t)(ms / 1000), now = (time_t)(now_ms / 1000);
	struct tm tm, today;
	bool same;

	text[0] = 0;
	if (ms == 0 || !localtime_r(&t, &tm) || !localtime_r(&now, &today))
		return;
	same = tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday;
	if (!strftime(text, WHEN_TEXT, same ? "%H:%M" : _("%Y-%m-%d %H:%M"), &tm))
		text[0] = 0;
}

/* As people write a point in time, and as we show it to them: in local time. A day is its midnight. */
static bool read_local(const char *text, int64_t *seconds)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y", "%d.%m.%Y %H:%M" };

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { .tm_isdst = -1, .tm_mday = 1 };
		const char *end = strptime(text, forms[i], &tm);

		if (end && !*end && tm.tm_year >= 70) {
			*seconds = (int64_t)mktime(&tm);
			return true;
		}
	}
	return false;
}

lb_err when_date_s(const char *text, int64_t *seconds, struct why *why)
{
	struct tm tm = { .tm_mday = 1 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (end && !*end)
		*seconds = (int64_t)timegm(&tm);
	else if (!read_local(text, seconds))
		return why_set(why, LB_INVALID, "'%.40s' is not a date; write 2026-12-01, 2026-12-01 14:00 or 2026-12-01T13:00:00Z", text);
	return LB_OK;
}

lb_err when_deadline_ms(const char *text, int64_t now_ms, int64_t *out, struct why *why)
{
	int64_t seconds;
	char *end;
	long n;
	lb_err e;

	errno = 0;
	n = strtol(text, &end, 10);
	if (!errno && end != text && n > 0 && n < 100000 && (*end == 'm' || *end == 'h' || *end == 'd') && !end[1]) {
		*out = now_ms + n * (*end == 'm' ? 60000LL : *end == 'h' ? 3600000LL : DAY_MS);
		return LB_OK;
	}
	e = when_date_s(text, &seconds, why);
	if (e)
		return why_set(why, e, "'%.40s' is not a time; write 90m, 4h, 2d, 2026-12-01, 2026-12-01 14:00 or 2026-12-01T13:00:00Z", text);
	if (seconds * 1000 <= now_ms)
		return why_set(why, LB_INVALID, "'%.40s' is in the past", text);
	*out = seconds * 1000;
	return LB_OK;
}

/* "14:20": today, or yesterday if it is not that yet. */
static bool read_clock(const char *text, int64_t now_ms, int64_t *out)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm tm, given = { .tm_sec = 0 };
	const char *end = strptime(text, "%H:%M", &given);

	if (!end || *end || !localtime_r(&now, &tm))
		return false;
	tm.tm_hour = given.tm_hour;
	tm.tm_min = given.tm_min;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	*out = (int64_t)mktime(&tm) * 1000;
	if (*out > now_ms)
		*out -= DAY_MS;
	return true;
}

static bool read_ago(const char *text, int64_t now_ms, int64_t *out)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || n < 0 || n > 100000 || (*end != 'm' && *end != 'h' && *end != 'd') || end[1])
		return false;
	*out = now_ms - n * (*end == 'm' ? 60000LL : *end == 'h' ? 3600000LL : DAY_MS);
	return true;
}

lb_err when_past_ms(const char *text, int64_t now_ms, int64_t *out, struct why *why)
{
	int64_t ms = now_ms, seconds;

	if (strcmp(text, "now") != 0 && strcmp(text, "jetzt") != 0 && !read_clock(text, now_ms, &ms) && !read_ago(text, now_ms, &ms)) {
		if (when_date_s(text, &seconds, why))
			return why_set(why, LB_INVALID, "'%.40s' is not a time; write now, 14:20, 3h, 2026-11-23 14:20 or 2026-11-23T14:20:00Z", text);
		ms = seconds * 1000;
	}
	if (ms > now_ms)
		return why_set(why, LB_INVALID, "'%.40s' is in the future", text);
	*out = ms;
	return LB_OK;
}
