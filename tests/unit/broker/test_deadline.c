/* Deadlines as keys: their order, both ways, and when there is a reminder. */
#include "tests/kit/unit.h"

#include <string.h>

#include "broker/core/deadline.h"

#define MINUTE ((int64_t)60 * 1000)
#define HOUR (60 * MINUTE)
#define BEGIN ((int64_t)1795428000 * 1000)

static struct lb_header header(int64_t within_ms)
{
	struct lb_header h = { .created_ms = BEGIN, .ack_policy = LB_ACK_ACKNOWLEDGED, .ack_deadline_ms = BEGIN + within_ms };

	memset(h.id.b, 7, sizeof h.id.b);
	return h;
}

static int64_t left(int64_t within_ms)
{
	struct lb_header h = header(within_ms);

	return h.ack_deadline_ms - deadline_remind_ms(&h);
}

static void a_reminder_comes_with_a_quarter_left(void **state)
{
	struct lb_header h = header(4 * HOUR);

	(void)state;
	assert_int_equal(left(4 * HOUR), HOUR);
	assert_int_equal(left(HOUR), 15 * MINUTE);
	assert_int_equal(left(12 * MINUTE), 5 * MINUTE);
	assert_int_equal(left(4 * MINUTE), 2 * MINUTE); /* never before half of it is over */
	assert_int_equal(left(1), 0);
	assert_int_equal(left(400 * 24 * HOUR), 24 * HOUR);
	assert_int_equal(left(-HOUR), 0); /* it waited in an outbox for too long */
	assert_int_equal(deadline_stage(&h, BEGIN), DEADLINE_OPEN);
	assert_int_equal(deadline_stage(&h, BEGIN + 3 * HOUR), DEADLINE_REMINDED);
	assert_int_equal(deadline_stage(&h, BEGIN + 4 * HOUR), DEADLINE_OVERDUE);
	h.created_ms = 0;
	h.ack_deadline_ms = INT64_MAX;
	assert_int_equal(deadline_remind_ms(&h), INT64_MAX - 24 * HOUR);
}

static void only_what_asks_for_something_until_a_time_has_one(void **state)
{
	struct lb_header h = header(HOUR);

	(void)state;
	assert_true(deadline_is_set(&h));
	h.ack_deadline_ms = 0;
	assert_false(deadline_is_set(&h));
	h = header(HOUR);
	h.ack_policy = LB_ACK_NONE;
	assert_false(deadline_is_set(&h));
}

static int compare(const struct lb_header *a, const struct lb_header *b, enum deadline_stage stage)
{
	uint8_t x[DEADLINE_KEY_SIZE], y[DEADLINE_KEY_SIZE];

	deadline_key(a, stage, x);
	deadline_key(b, stage, y);
	return memcmp(x, y, sizeof x);
}

static void what_is_due_sooner_sorts_first(void **state)
{
	struct lb_header soon = header(HOUR), late = header(300 * 24 * HOUR);

	(void)state;
	assert_true(compare(&soon, &late, DEADLINE_OPEN) < 0);
	assert_true(compare(&soon, &late, DEADLINE_REMINDED) < 0);
	assert_true(compare(&soon, &late, DEADLINE_OVERDUE) > 0); /* the newest first */
	late = soon;
	late.id.b[15]++;
	assert_true(compare(&soon, &late, DEADLINE_OPEN) < 0);
}

static void a_key_says_what_it_was_made_of(void **state)
{
	static const int64_t withins[] = { -HOUR, 0, MINUTE, 4 * HOUR, 400 * 24 * HOUR };

	(void)state;
	for (size_t i = 0; i < sizeof withins / sizeof withins[0]; i++)
		for (unsigned stage = 0; stage < DEADLINE_LATER; stage++) {
			struct lb_header h = header(withins[i]);
			uint8_t key[DEADLINE_KEY_SIZE];
			struct deadline d;

			deadline_key(&h, (enum deadline_stage)stage, key);
			assert_int_equal(deadline_read(key, sizeof key, &d), LB_OK);
			assert_int_equal(d.stage, stage);
			assert_int_equal(d.due_ms, stage == DEADLINE_OPEN ? deadline_remind_ms(&h) : h.ack_deadline_ms);
			assert_memory_equal(d.id.b, h.id.b, sizeof h.id.b);
		}
}

static void what_is_no_key_is_corrupt(void **state)
{
	struct lb_header h = header(HOUR);
	uint8_t key[DEADLINE_KEY_SIZE + 1] = { 0 };
	struct deadline d = { .due_ms = 99 };

	(void)state;
	deadline_key(&h, DEADLINE_OPEN, key);
	assert_int_equal(deadline_read(key, sizeof key, &d), LB_CORRUPT);
	assert_int_equal(deadline_read(key, DEADLINE_KEY_SIZE - 1, &d), LB_CORRUPT);
	key[0] = DEADLINE_STAGES;
	assert_int_equal(deadline_read(key, DEADLINE_KEY_SIZE, &d), LB_CORRUPT);
	key[0] = DEADLINE_OPEN;
	key[1] = 0x80;
	assert_int_equal(deadline_read(key, DEADLINE_KEY_SIZE, &d), LB_CORRUPT);
	assert_int_equal(d.due_ms, 99);
}

static bool on_day(const void *user, int64_t day)
{
	return day == *(const int64_t *)user;
}

/* BEGIN is Monday, 23 November 2026, 10:00 UTC: the level's working day ends on Tuesday. */
static void whoever_is_off_has_until_its_next_working_day(void **state)
{
	const int64_t tuesday = BEGIN / (24 * HOUR) + 1, wednesday = tuesday + 1;
	struct lb_header h = header(30 * HOUR);

	(void)state;
	h.type = LB_TYPE_WARNING;
	h.level = 2;
	assert_int_equal(deadline_of(&h, NULL, NULL), h.ack_deadline_ms);
	assert_int_equal(deadline_of(&h, on_day, &wednesday), h.ack_deadline_ms);
	assert_int_equal(deadline_of(&h, on_day, &tuesday), h.ack_deadline_ms + 24 * HOUR);
	assert_int_equal(deadline_days_later(&h, h.ack_deadline_ms), 0);
	assert_int_equal(deadline_days_later(&h, h.ack_deadline_ms + 24 * HOUR), 1);
	assert_int_equal(deadline_days_later(&h, h.ack_deadline_ms + 30 * 24 * HOUR), DEADLINE_LATER_DAYS);
	/* What was meant to be sooner stays so, and every other level. */
	h.ack_deadline_ms -= HOUR;
	assert_int_equal(deadline_of(&h, on_day, &tuesday), h.ack_deadline_ms);
	h = header(4 * HOUR);
	h.type = LB_TYPE_WARNING;
	h.level = 3;
	assert_int_equal(deadline_of(&h, on_day, &tuesday), h.ack_deadline_ms);
}

static void every_key_is_known_so_that_it_can_go(void **state)
{
	struct lb_header h = header(30 * HOUR);
	uint8_t key[DEADLINE_KEY_SIZE], later[DEADLINE_KEY_SIZE];
	struct deadline d;
	unsigned n = 0;

	(void)state;
	while (deadline_key_at(&h, n, key))
		n++;
	assert_int_equal(n, DEADLINE_LATER);
	h.type = LB_TYPE_WARNING;
	h.level = 2;
	deadline_key_later(&h, 3, later);
	assert_int_equal(deadline_read(later, sizeof later, &d), LB_OK);
	assert_int_equal(d.stage, DEADLINE_LATER);
	assert_int_equal(d.due_ms, h.ack_deadline_ms + 3 * 24 * HOUR);
	assert_true(deadline_key_at(&h, DEADLINE_LATER + 2, key));
	assert_memory_equal(key, later, sizeof key);
	assert_true(deadline_key_at(&h, DEADLINE_LATER + DEADLINE_LATER_DAYS - 1, key));
	assert_false(deadline_key_at(&h, DEADLINE_LATER + DEADLINE_LATER_DAYS, key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reminder_comes_with_a_quarter_left),
		cmocka_unit_test(only_what_asks_for_something_until_a_time_has_one),
		cmocka_unit_test(what_is_due_sooner_sorts_first),
		cmocka_unit_test(a_key_says_what_it_was_made_of),
		cmocka_unit_test(what_is_no_key_is_corrupt),
		cmocka_unit_test(whoever_is_off_has_until_its_next_working_day),
		cmocka_unit_test(every_key_is_known_so_that_it_can_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
