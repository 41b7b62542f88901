/* Points in time: for people in local time, for programs in ISO 8601 UTC. */
#include "agents/cli/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/host/words.h"

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

lb_err when_date_s(const char *text, int64_t *seconds, struct why *why)
{
	struct tm tm = { .tm_isdst = -1, .tm_mday = 1 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (end && !*end) {
		*seconds = (int64_t)timegm(&tm);
		return LB_OK;
	}
	tm = (struct tm){ .tm_isdst = -1, .tm_mday = 1 };
	end = strptime(text, "%Y-%m-%d", &tm);
	if (!end || *end)
		return why_set(why, LB_INVALID, "'%.40s' is not a date; write 2026-12-01 or 2026-12-01T14:00:00Z", text);
	*seconds = (int64_t)mktime(&tm);
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
		*out = now_ms + n * (*end == 'm' ? 60000LL : *end == 'h' ? 3600000LL : 86400000LL);
		return LB_OK;
	}
	e = when_date_s(text, &seconds, why);
	if (e)
		return why_set(why, e, "'%.40s' is not a time; write 90m, 4h, 2d, 2026-12-01 or 2026-12-01T14:00:00Z", text);
	if (seconds * 1000 <= now_ms)
		return why_set(why, LB_INVALID, "'%.40s' is in the past", text);
	*out = seconds * 1000;
	return LB_OK;
}
