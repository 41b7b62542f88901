/* Deadlines as keys. */
#include "broker/core/deadline.h"

#include <string.h>

#include "broker/core/bytes.h"
#include "lagebus/level_clock.h"

bool deadline_is_set(const struct lb_header *h)
{
	return h->ack_policy != LB_ACK_NONE && h->ack_deadline_ms > 0;
}

int64_t deadline_remind_ms(const struct lb_header *h)
{
	/* Both are not negative: the header was decoded. */
	int64_t whole = h->ack_deadline_ms > h->created_ms ? h->ack_deadline_ms - h->created_ms : 0, left = whole / DEADLINE_REMIND_PART;

	if (left < DEADLINE_REMIND_LEAST_MS)
		left = DEADLINE_REMIND_LEAST_MS;
	if (left > DEADLINE_REMIND_MOST_MS)
		left = DEADLINE_REMIND_MOST_MS;
	return h->ack_deadline_ms - (left < whole / 2 ? left : whole / 2);
}

static bool is_working_day(const struct lb_header *h)
{
	return h->type == LB_TYPE_WARNING && h->level == 2 && deadline_is_set(h) && h->ack_deadline_ms == lb_level_deadline_ms(h->level, h->created_ms);
}

int64_t deadline_of(const struct lb_header *h, working_day_off *off, const void *user)
{
	int64_t later, last;

	if (!off || !is_working_day(h))
		return h->ack_deadline_ms;
	later = working_day_end_ms(h->created_ms, off, user);
	last = working_day_later_ms(h->ack_deadline_ms, DEADLINE_LATER_DAYS);
	return later < last ? later : last;
}

unsigned deadline_days_later(const struct lb_header *h, int64_t deadline_ms)
{
	unsigned days = 0;

	if (deadline_ms > h->ack_deadline_ms)
		for (days = 1; days < DEADLINE_LATER_DAYS && working_day_later_ms(h->ack_deadline_ms, days) < deadline_ms; days++)
			;
	return days;
}

enum deadline_stage deadline_stage(const struct lb_header *h, int64_t now_ms)
{
	if (now_ms >= h->ack_deadline_ms)
		return DEADLINE_OVERDUE;
	return now_ms >= deadline_remind_ms(h) ? DEADLINE_REMINDED : DEADLINE_OPEN;
}

static void make_key(const struct lb_header *h, enum deadline_stage stage, int64_t due_ms, uint8_t out[DEADLINE_KEY_SIZE])
{
	uint64_t due = (uint64_t)due_ms;

	if (stage == DEADLINE_OVERDUE)
		due = ~due;
	out[0] = (uint8_t)stage;
	put_big(out + 1, due, 8);
	memcpy(out + 9, h->id.b, sizeof h->id.b);
}

void deadline_key(const struct lb_header *h, enum deadline_stage stage, uint8_t out[DEADLINE_KEY_SIZE])
{
	make_key(h, stage, stage == DEADLINE_OPEN ? deadline_remind_ms(h) : h->ack_deadline_ms, out);
}

void deadline_key_later(const struct lb_header *h, unsigned days, uint8_t out[DEADLINE_KEY_SIZE])
{
	make_key(h, DEADLINE_LATER, working_day_later_ms(h->ack_deadline_ms, days), out);
}

bool deadline_key_at(const struct lb_header *h, unsigned n, uint8_t out[DEADLINE_KEY_SIZE])
{
	if (n < DEADLINE_LATER)
		deadline_key(h, (enum deadline_stage)n, out);
	else if (is_working_day(h) && n < DEADLINE_LATER + DEADLINE_LATER_DAYS)
		deadline_key_later(h, n - DEADLINE_LATER + 1, out);
	else
		return false;
	return true;
}

lb_err deadline_read(const uint8_t *key, size_t n, struct deadline *out)
{
	uint64_t due;

	if (n != DEADLINE_KEY_SIZE || key[0] >= DEADLINE_STAGES)
		return LB_CORRUPT;
	due = get_big(key + 1, 8);
	if (key[0] == DEADLINE_OVERDUE)
		due = ~due;
	if (due > INT64_MAX)
		return LB_CORRUPT;
	out->stage = (enum deadline_stage)key[0];
	out->due_ms = (int64_t)due;
	memcpy(out->id.b, key + 9, sizeof out->id.b);
	return LB_OK;
}
