/* How long each type of message is kept. */
#include "proto/host/retention.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/message_type.h"

#define YEARS_MAX 100
#define YEAR_DAYS 365

static int64_t days_ms(unsigned n) { return n * LB_DAY_MS; }
static int64_t months_ms(unsigned n) { return n * (YEAR_DAYS * LB_DAY_MS / 12); }
static int64_t years_ms(unsigned n) { return n * YEAR_DAYS * LB_DAY_MS; }

/* The longest first, so that a period is told in it. */
static const struct {
	const char *one, *many;
	int64_t (*ms)(unsigned n);
	unsigned most;
} units[] = {
	{ "year", "years", years_ms, YEARS_MAX },
	{ "month", "months", months_ms, 12 * YEARS_MAX },
	{ "day", "days", days_ms, YEAR_DAYS * YEARS_MAX },
};
#define UNITS (sizeof units / sizeof units[0])

void retention_init(struct retention *r)
{
	memset(r, 0, sizeof *r);
	for (unsigned t = 0; t <= LB_TYPE_MAX; t++)
		r->keep_ms[t] = lb_message_type(t)->keep_ms;
}

static bool read_period(const char *text, int64_t *ms)
{
	unsigned n;
	char unit[8];
	int end = 0;

	if (text[0] < '1' || text[0] > '9' || sscanf(text, "%6u %7[a-z]%n", &n, unit, &end) != 2 || text[end] != '\0')
		return false;
	for (size_t i = 0; i < UNITS; i++)
		if ((strcmp(unit, units[i].one) == 0 || strcmp(unit, units[i].many) == 0) && n <= units[i].most) {
			*ms = units[i].ms(n);
			return true;
		}
	return false;
}

lb_err retention_set(struct retention *r, const char *type, const char *period, char *why, size_t why_n)
{
	unsigned t = lb_type_from_name(type);
	int64_t ms;

	if (t == 0) {
		snprintf(why, why_n, "\"%.60s\" is no type of message; they are called as in lagebus send --type", type);
		return LB_INVALID;
	}
	if (!read_period(period, &ms)) {
		snprintf(why, why_n, "%s: \"%.40s\" is no time to keep it; write \"30 days\", \"18 months\" or \"5 years\"", type, period);
		return LB_INVALID;
	}
	if (t == LB_TYPE_DIGITAL_VIOLENCE_CASE && ms > lb_message_type(t)->keep_ms) {
		snprintf(why, why_n, "%s: is kept for 14 days at the most", type);
		return LB_INVALID;
	}
	return retention_set_ms(r, t, ms);
}

lb_err retention_set_ms(struct retention *r, unsigned type, int64_t ms)
{
	if (type == 0 || type > LB_TYPE_MAX || ms < LB_DAY_MS || ms > years_ms(YEARS_MAX))
		return LB_INVALID;
	if (type == LB_TYPE_DIGITAL_VIOLENCE_CASE && ms > lb_message_type(type)->keep_ms)
		return LB_INVALID;
	r->keep_ms[type] = ms;
	r->most[type] = true;
	return LB_OK;
}

int64_t retention_until(const struct retention *r, const struct lb_header *h)
{
	unsigned t = h->type <= LB_TYPE_MAX ? h->type : 0;
	int64_t end = h->created_ms < INT64_MAX - r->keep_ms[t] ? h->created_ms + r->keep_ms[t] : INT64_MAX;

	return h->expires_ms == 0 || (r->most[t] && end < h->expires_ms) ? end : h->expires_ms;
}

bool retention_is_same(const struct retention *a, const struct retention *b)
{
	for (unsigned t = 0; t <= LB_TYPE_MAX; t++)
		if (a->keep_ms[t] != b->keep_ms[t] || a->most[t] != b->most[t])
			return false;
	return true;
}

bool retention_is_shorter(const struct retention *now, const struct retention *before)
{
	for (unsigned t = 0; t <= LB_TYPE_MAX; t++)
		if (now->keep_ms[t] < before->keep_ms[t] || (now->most[t] && !before->most[t]))
			return true;
	return false;
}

void retention_span(int64_t ms, char out[RETENTION_PERIOD])
{
	size_t i = 0;

	while (i + 1 < UNITS && (ms < units[i].ms(1) || ms % units[i].ms(1) != 0))
		i++;
	snprintf(out, RETENTION_PERIOD, "%d %s", (int)(ms / units[i].ms(1)), ms / units[i].ms(1) == 1 ? units[i].one : units[i].many);
}

void retention_period(const struct retention *r, unsigned type, char out[RETENTION_PERIOD])
{
	out[0] = '\0';
	if (r->most[type])
		retention_span(r->keep_ms[type], out);
}
