/* A record past retention: it goes whole, with its messages' ids and rows; a newer one, or one that is new in part, stays. */
#include "tests/unit/broker/log_fixture.h"

#include "broker/core/ledger.h"
#include "broker/drop.h"

/* The fixture's ids are of so many milliseconds after this. */
#define CREATED_MS 1700000000000

static lb_err drop(enum lb_lane lane, int64_t before_ms, uint32_t *messages)
{
	lb_err e;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	e = drop_oldest(&l.append, lane, before_ms, messages);
	if (e == LB_OK)
		assert_int_equal(journal_commit(l.append.journal), LB_OK);
	else
		journal_abort(l.append.journal);
	return e;
}

static bool is_known(uint8_t id)
{
	struct lb_uuid u = log_id(id);
	uint64_t position;
	unsigned lane;
	lb_err e;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	e = journal_peek_id(l.append.journal, &u, &lane, &position);
	journal_abort(l.append.journal);
	assert_true(e == LB_OK || e == LB_NOT_FOUND);
	return e == LB_OK;
}

static void put(enum journal_table t, const void *key, size_t key_n)
{
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(journal_put(l.append.journal, t, key, key_n, "row", 3), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
}

static bool has(enum journal_table t, const void *key, size_t key_n)
{
	struct lb_buf value = LB_BUF_INIT;
	lb_err e;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	e = journal_peek_row(l.append.journal, t, key, key_n, &value);
	journal_abort(l.append.journal);
	lb_buf_fini(&value);
	return e == LB_OK;
}

static void only_what_is_older_goes(void **state)
{
	uint32_t messages = 7;

	(void)state;
	assert_int_equal(drop(LB_LANE_ROUTINE, INT64_MAX, &messages), LB_NOT_FOUND);
	log_append(LB_LANE_ROUTINE, 10, 20);
	log_append(LB_LANE_ROUTINE, 20, 20);
	assert_int_equal(drop(LB_LANE_ROUTINE, CREATED_MS + 10, &messages), LB_NOT_FOUND);
	assert_int_equal(drop(LB_LANE_URGENT, INT64_MAX, &messages), LB_NOT_FOUND);
	assert_int_equal(messages, 7);
	assert_int_equal(drop(LB_LANE_ROUTINE, CREATED_MS + 11, &messages), LB_OK);
	assert_int_equal(messages, 1);
	assert_false(is_known(10));
	assert_true(is_known(20));
	assert_int_equal(journal_oldest(l.append.journal, LB_LANE_ROUTINE), 2);
	assert_int_equal(drop(LB_LANE_ROUTINE, CREATED_MS + 11, &messages), LB_NOT_FOUND);
}

static void a_record_waits_for_its_newest_message(void **state)
{
	struct block *b = log_block(LB_LANE_ROUTINE, (uint8_t[]){ 10, 20, 30 }, 3, 20);
	uint32_t messages = 0;

	(void)state;
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_block(&l.append, b, 1), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	block_unref(b);
	assert_int_equal(drop(LB_LANE_ROUTINE, CREATED_MS + 25, &messages), LB_NOT_FOUND);
	assert_true(is_known(10));
	assert_int_equal(drop(LB_LANE_ROUTINE, CREATED_MS + 31, &messages), LB_OK);
	assert_int_equal(messages, 3);
	assert_false(is_known(10) || is_known(20) || is_known(30));
}

static void what_refers_to_it_goes_along_and_its_neighbours_rows_stay(void **state)
{
	static const enum journal_table of_id[] = { JOURNAL_RECALLED, JOURNAL_ERASED };
	struct lb_uuid id = log_id(10), other = log_id(20);
	uint8_t key[LEDGER_KEY_MAX], neighbour[LEDGER_KEY_MAX];
	size_t n = ledger_key(&id, "de-sn/leipzig", key), neighbour_n = ledger_key(&other, "a", neighbour);
	uint32_t messages;

	(void)state;
	log_append(LB_LANE_ROUTINE, 10, 20);
	log_append(LB_LANE_ROUTINE, 20, 20);
	put(JOURNAL_LEDGER, key, n);
	put(JOURNAL_DELETED, key, n);
	put(JOURNAL_LEDGER, neighbour, neighbour_n);
	for (unsigned i = 0; i < 2; i++) {
		put(of_id[i], id.b, sizeof id.b);
		put(of_id[i], other.b, sizeof other.b);
	}
	assert_int_equal(drop(LB_LANE_ROUTINE, CREATED_MS + 15, &messages), LB_OK);
	assert_false(has(JOURNAL_LEDGER, key, n) || has(JOURNAL_DELETED, key, n));
	assert_true(has(JOURNAL_LEDGER, neighbour, neighbour_n));
	for (unsigned i = 0; i < 2; i++) {
		assert_false(has(of_id[i], id.b, sizeof id.b));
		assert_true(has(of_id[i], other.b, sizeof other.b));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, log_set_up, log_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_is_older_goes),
		TEST(a_record_waits_for_its_newest_message),
		TEST(what_refers_to_it_goes_along_and_its_neighbours_rows_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
