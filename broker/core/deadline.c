/* Deadlines as keys. */
#include "broker/core/deadline.h"

#include <string.h>

#include "broker/core/bytes.h"

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

enum deadline_stage deadline_stage(const struct lb_header *h, int64_t now_ms)
{
	if (now_ms >= h->ack_deadline_ms)
		return DEADLINE_OVERDUE;
	return now_ms >= deadline_remind_ms(h) ? DEADLINE_REMINDED : DEADLINE_OPEN;
}

void deadline_key(const struct lb_header *h, enum deadline_stage stage, uint8_t out[DEADLINE_KEY_SIZE])
{
	uint64_t due = (uint64_t)(stage == DEADLINE_OPEN ? deadline_remind_ms(h) : h->ack_deadline_ms);

	if (stage == DEADLINE_OVERDUE)
		due = ~due;
	out[0] = (uint8_t)stage;
	put_big(out + 1, due, 8);
	memcpy(out + 9, h->id.b, sizeof h->id.b);
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
