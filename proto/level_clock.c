/* The clocks of the warning levels. */
#include "lagebus/level_clock.h"

#include "proto/working_day.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define HOUR_MS (60 * MINUTE_MS)
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

enum lb_ack_policy lb_level_ack(unsigned level)
{
	return level < LEVELS ? levels[level].ack : LB_ACK_NONE;
}

int64_t lb_level_deadline_ms(unsigned level, int64_t created_ms)
{
	if (lb_level_ack(level) == LB_ACK_NONE || created_ms < 0 || created_ms > LAST_MS)
		return 0;
	return levels[level].within_ms ? created_ms + levels[level].within_ms : working_day_end_ms(created_ms, NULL, NULL);
}

lb_err lb_header_check_clock(const struct lb_header *h)
{
	if (h->type != LB_TYPE_WARNING || lb_level_ack(h->level) == LB_ACK_NONE)
		return LB_OK;
	if (h->ack_policy < lb_level_ack(h->level))
		return LB_ACK_TOO_WEAK;
	return h->ack_deadline_ms == 0 || h->ack_deadline_ms > lb_level_deadline_ms(h->level, h->created_ms) ? LB_ACK_TOO_LATE : LB_OK;
}
