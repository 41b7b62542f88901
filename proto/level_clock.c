/* The clocks of the warning levels. */
#include "lagebus/level_clock.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define WORKING_DAY_ENDS_H 17
#define LEVELS 5
#define LAST_MS ((int64_t)253402300800 * 1000) /* the year 10000: a header may carry any time */

static const struct {
	enum lb_ack_policy ack;
	int64_t within_ms; /* 0: one working day */
} levels[LEVELS] = {
	[2] = { LB_ACK_ACKNOWLEDGED, 0 },
	[3] = { LB_ACK_ACKNOWLEDGED, 4 * HOUR_MS },
	[4] = { LB_ACK_ACKNOWLEDGED, HOUR_MS },
};

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

/* The last Sunday of a month that begins at `first` and has 31 days. */
static int64_t last_sunday(int64_t first)
{
	return first + 30 - (weekday(first + 30) + 1) % 7;
}

/* German legal time's lead over UTC (EU directive 2000/84): summer time from the last Sunday of March, 01:00 UTC, to that of October. */
static int64_t lead_ms(int64_t ms)
{
	int64_t day = day_of(ms), year = 1970 + day / 366, first, march;

	first = (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
	for (; day >= first + days_in(year); year++)
		first += days_in(year);
	march = first + 31 + days_in(year) - 337; /* 365 days: 28 in February */
	if (ms < last_sunday(march) * DAY_MS + HOUR_MS || ms >= last_sunday(march + 214) * DAY_MS + HOUR_MS)
		return HOUR_MS;
	return 2 * HOUR_MS;
}

static int64_t next_working_day_ms(int64_t ms)
{
	int64_t day = day_of(ms + lead_ms(ms)) + 1, end;

	while (weekday(day) >= 5)
		day++;
	end = day * DAY_MS + WORKING_DAY_ENDS_H * HOUR_MS;
	return end - lead_ms(end - HOUR_MS);
}

enum lb_ack_policy lb_level_ack(unsigned level)
{
	return level < LEVELS ? levels[level].ack : LB_ACK_NONE;
}

int64_t lb_level_deadline_ms(unsigned level, int64_t created_ms)
{
	if (lb_level_ack(level) == LB_ACK_NONE || created_ms < 0 || created_ms > LAST_MS)
		return 0;
	return levels[level].within_ms ? created_ms + levels[level].within_ms : next_working_day_ms(created_ms);
}

lb_err lb_header_check_clock(const struct lb_header *h)
{
	if (h->type != LB_TYPE_WARNING || lb_level_ack(h->level) == LB_ACK_NONE)
		return LB_OK;
	if (h->ack_policy < lb_level_ack(h->level))
		return LB_ACK_TOO_WEAK;
	return h->ack_deadline_ms == 0 || h->ack_deadline_ms > lb_level_deadline_ms(h->level, h->created_ms) ? LB_ACK_TOO_LATE : LB_OK;
}
