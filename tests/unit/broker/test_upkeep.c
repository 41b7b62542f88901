/* The upkeep by its clock: a turn does a little of what is due and no more, also where the clock was set back. */
#include "tests/unit/broker/log_fixture.h"

#include "broker/eras.h"
#include "broker/upkeep.h"
#include "lagebus/message_type.h"

#define CREATED_MS 1700000000000 /* fixture_message's */
#define SIZE 40
#define KEEP_MS 1000
#define RECORDS 10

static struct eras eras;
static struct upkeep upkeep;
static struct retention usual;
static atomic_ullong dropped;

static void open_upkeep(int64_t retention_ms)
{
	retention_init(&usual);
	atomic_store(&dropped, 0);
	assert_int_equal(eras_init(&eras, l.append.journal), LB_OK);
	upkeep = (struct upkeep){ .append = &l.append, .eras = &eras, .retention_ms = retention_ms, .dropped = &dropped };
	assert_int_equal(upkeep_open(&upkeep, &usual), LB_OK);
}

static int set_up(void **state)
{
	if (log_set_up(state) != 0)
		return -1;
	for (uint8_t id = 0; id < RECORDS; id++)
		log_append(LB_LANE_ROUTINE, id, SIZE);
	return 0;
}

static int tear_down(void **state)
{
	eras_fini(&eras);
	return log_tear_down(state);
}

static uint64_t oldest(void)
{
	return journal_oldest(l.append.journal, LB_LANE_ROUTINE);
}

static void a_turn_drops_a_few_and_goes_on_with_the_next(void **state)
{
	const int64_t now_ms = CREATED_MS + RECORDS + KEEP_MS;

	(void)state;
	open_upkeep(KEEP_MS);
	upkeep_turn(&upkeep, CREATED_MS);
	assert_int_equal(oldest(), 1);
	/* Due is once in a second, but where there is more. */
	upkeep_turn(&upkeep, CREATED_MS + UPKEEP_EVERY_MS - 1);
	assert_int_equal(oldest(), 1);
	for (uint64_t expected = 5; expected <= RECORDS + 1; expected += 4) {
		upkeep_turn(&upkeep, now_ms);
		assert_int_equal(oldest(), expected);
	}
	upkeep_turn(&upkeep, now_ms);
	assert_int_equal(oldest(), RECORDS + 1);
	assert_int_equal(atomic_load(&dropped), RECORDS);
}

static void without_retention_nothing_is_dropped(void **state)
{
	(void)state;
	open_upkeep(0);
	upkeep_turn(&upkeep, CREATED_MS + 1000 * LB_DAY_MS);
	assert_int_equal(oldest(), 1);
	assert_int_equal(atomic_load(&dropped), 0);
}

/* It had been in the future, and was due there. */
static void a_clock_that_is_set_back_does_not_stop_it(void **state)
{
	(void)state;
	open_upkeep(KEEP_MS);
	upkeep_turn(&upkeep, CREATED_MS);
	upkeep.drops_due_ms = CREATED_MS + 300 * LB_DAY_MS;
	upkeep_turn(&upkeep, CREATED_MS + 5 + KEEP_MS);
	assert_int_equal(oldest(), 5);
}

/* Records that are there are looked at by what is in force from then on, and purged in the turns after. */
static void what_is_kept_for_less_is_purged(void **state)
{
	const int64_t now_ms = CREATED_MS + 100 * LB_DAY_MS;
	struct retention brief;
	char why[200];

	(void)state;
	open_upkeep(0);
	upkeep_turn(&upkeep, now_ms);
	assert_true(log_has_payload(LB_LANE_ROUTINE, 1, 0, SIZE));
	brief = usual;
	assert_int_equal(retention_set(&brief, "indicator", "30 days", why, sizeof why), LB_OK);
	upkeep_keep(&upkeep, &brief, now_ms);
	for (unsigned i = 1; i <= 20; i++)
		upkeep_turn(&upkeep, now_ms + i * UPKEEP_EVERY_MS);
	assert_true(upkeep.review.finished);
	for (uint8_t id = 0; id < RECORDS; id++)
		assert_false(log_has_payload(LB_LANE_ROUTINE, id + 1u, id, SIZE));
	assert_int_equal(oldest(), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_turn_drops_a_few_and_goes_on_with_the_next),
		TEST(without_retention_nothing_is_dropped),
		TEST(a_clock_that_is_set_back_does_not_stop_it),
		TEST(what_is_kept_for_less_is_purged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
