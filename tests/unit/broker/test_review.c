/* Records that are there, by a retention that is shorter: each is found, once, also after a restart in the middle. */
#include "tests/unit/broker/log_fixture.h"

#include "broker/purge.h"
#include "broker/review.h"
#include "lagebus/message_type.h"

#define CREATED_MS 1700000000000 /* fixture_message's */
#define LATER_MS (CREATED_MS + 100 * LB_DAY_MS)
#define SIZE 40
#define RECORDS (2 * PURGE_RECORDS + 3)

static struct review review;
static struct retention usual, brief;

static void open_review(const struct retention *keep)
{
	assert_int_equal(review_open(&review, &l.append, keep), LB_OK);
}

static void go_on(bool committed)
{
	struct review then;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(review_go_on(&review, &l.append, &then), LB_OK);
	if (committed) {
		assert_int_equal(journal_commit(l.append.journal), LB_OK);
		review = then;
	} else {
		journal_abort(l.append.journal);
	}
}

static void purge(void)
{
	unsigned n = PURGE_RECORDS;

	while (n == PURGE_RECORDS) {
		assert_int_equal(journal_begin(l.append.journal), LB_OK);
		assert_int_equal(purge_due(&l.append, &review.keep, LATER_MS, &n), LB_OK);
		assert_int_equal(journal_commit(l.append.journal), LB_OK);
	}
}

static unsigned left(void)
{
	unsigned n = 0;

	for (uint8_t id = 0; id < RECORDS; id++)
		n += log_has_payload(LB_LANE_ROUTINE, id + 1u, id, SIZE);
	return n;
}

static int set_up(void **state)
{
	char why[200];

	if (log_set_up(state) != 0)
		return -1;
	retention_init(&usual);
	brief = usual;
	assert_int_equal(retention_set(&brief, "indicator", "30 days", why, sizeof why), LB_OK);
	for (uint8_t id = 0; id < RECORDS; id++)
		log_append(LB_LANE_ROUTINE, id, SIZE);
	log_append(LB_LANE_URGENT, 100, SIZE);
	return 0;
}

static void a_log_that_is_as_it_was_needs_nothing(void **state)
{
	(void)state;
	open_review(&usual);
	assert_true(review.finished);
	go_on(true);
	assert_false(review_is_due(&review, LATER_MS));
	open_review(&usual);
	assert_false(review_is_due(&review, LATER_MS));
	purge();
	assert_int_equal(left(), RECORDS);
}

static void a_shorter_one_finds_every_record(void **state)
{
	unsigned turns = 0;

	(void)state;
	open_review(&usual);
	go_on(true);
	review_change(&review, &brief, 1000);
	assert_false(review_is_due(&review, 1000)); /* the workers take over first */
	for (; review_is_due(&review, LATER_MS); turns++)
		go_on(true);
	assert_in_range(turns, 3, 4);
	purge();
	assert_int_equal(left(), 0);
	assert_true(log_has_payload(LB_LANE_URGENT, 1, 100, SIZE)); /* a warning */
	/* The longer one again: nothing to do, but to note it. */
	review_change(&review, &usual, 1000);
	assert_true(review.finished && !review.written);
}

static void it_goes_on_after_a_restart(void **state)
{
	(void)state;
	open_review(&brief); /* the file was changed while the broker was stopped */
	assert_true(review_is_due(&review, LATER_MS));
	go_on(true);
	go_on(false); /* lost with its transaction */
	log_close();
	log_open();
	open_review(&brief);
	assert_false(review.finished);
	assert_int_equal(review.next[LB_LANE_URGENT], 2);
	assert_true(review.next[LB_LANE_ROUTINE] > 1 && review.next[LB_LANE_ROUTINE] < RECORDS);
	while (review_is_due(&review, LATER_MS))
		go_on(true);
	purge();
	assert_int_equal(left(), 0);
	open_review(&brief);
	assert_false(review_is_due(&review, LATER_MS));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, log_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_log_that_is_as_it_was_needs_nothing),
		TEST(a_shorter_one_finds_every_record),
		TEST(it_goes_on_after_a_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
