/* Blocks into the log: what is new is numbered and appended, what repeats is answered, and what an abort took back is new again. */
#include "tests/unit/broker/log_fixture.h"

#include "broker/core/bytes.h"
#include "broker/core/ledger.h"
#include "broker/purge.h"

/* Writes the block in a transaction of its own. */
static struct block *write(struct block *b)
{
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_block(&l.append, b, log_next(b->lane)), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	return b;
}

static void assert_stands(uint8_t id, unsigned lane, uint64_t position)
{
	struct lb_uuid u = log_id(id);
	uint64_t at;
	unsigned on;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(journal_peek_id(l.append.journal, &u, &on, &at), LB_OK);
	journal_abort(l.append.journal);
	assert_int_equal(on, lane);
	assert_int_equal(at, position);
}

static void what_is_new_is_numbered_and_appended(void **state)
{
	struct block *b = log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 1, 2, 3 }, 3, 10), *read;

	(void)state;
	write(b);
	assert_int_equal(b->first, 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(b->publishes[i].result, LB_OK);
	assert_stands(3, LB_LANE_ROUTINE, 3);
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_read(&l.append, LB_LANE_ROUTINE, 2, &read), LB_OK);
	assert_int_equal(read->first, 1);
	assert_int_equal(read->count, 3);
	assert_int_equal(append_read(&l.append, LB_LANE_ROUTINE, 4, &(struct block *){ NULL }), LB_NOT_FOUND);
	journal_abort(l.append.journal);
	block_unref(read);
	block_unref(b);
}

static void what_repeats_is_answered_and_not_appended(void **state)
{
	struct block *b = log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 1, 2, 1 }, 3, 10), *again;

	(void)state;
	write(b);
	assert_int_equal(b->count, 2); /* once in the block itself */
	assert_int_equal(b->publishes[2].result, LB_OK);
	again = log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 2, 3, 1 }, 3, 10);
	write(again);
	assert_int_equal(again->count, 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(again->publishes[i].result, LB_OK);
	assert_stands(3, LB_LANE_ROUTINE, 3);
	block_unref(again);
	/* Nothing of it is new: no record. */
	again = write(log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 1, 3 }, 2, 10));
	assert_int_equal(again->count, 0);
	assert_int_equal(log_next(LB_LANE_ROUTINE), 4);
	block_unref(again);
	block_unref(b);
}

static void an_id_with_other_bytes_is_refused(void **state)
{
	struct block *b = log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 1, 2 }, 2, 10), *other;

	(void)state;
	write(b);
	other = write(log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 2, 3 }, 2, 11));
	assert_int_equal(other->publishes[0].result, LB_ID_REUSED);
	assert_int_equal(other->publishes[1].result, LB_OK);
	assert_int_equal(other->count, 1);
	block_unref(other);
	/* Also on the other lane, whose positions are its own. */
	other = write(log_block(LB_LANE_URGENT, (const uint8_t[]){ 1, 9 }, 2, 10));
	assert_int_equal(other->publishes[0].result, LB_ID_REUSED);
	assert_stands(9, LB_LANE_URGENT, 1);
	block_unref(other);
	block_unref(b);
}

static void an_abort_takes_everything_back(void **state)
{
	struct block *b = log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 1 }, 1, 10);

	(void)state;
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_block(&l.append, b, 1), LB_OK);
	journal_abort(l.append.journal);
	block_unref(b);
	assert_int_equal(log_append(LB_LANE_ROUTINE, 1, 12), 1);
}

static void nothing_of_a_refused_block_stays(void **state)
{
	struct block *b = log_block(LB_LANE_ROUTINE, (const uint8_t[]){ 1, 2 }, 2, 10);

	(void)state;
	append_nothing(&l.append, b, LB_DISK_FULL);
	assert_int_equal(b->count, 0);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(b->publishes[i].result, LB_DISK_FULL);
	block_unref(b);
}

static void put_row(enum journal_table t, uint8_t n, const void *value, size_t value_n)
{
	struct lb_uuid id = log_id(n);

	assert_int_equal(journal_put(l.append.journal, t, id.b, sizeof id.b, value, value_n), LB_OK);
}

static lb_err repeat(uint8_t id, size_t payload_n)
{
	struct block *b = write(log_block(LB_LANE_ROUTINE, &id, 1, payload_n));
	lb_err result = b->publishes[0].result;

	assert_int_equal(b->count, 0);
	block_unref(b);
	return result;
}

/* Of what its recipients have acknowledged the origin may not have heard yet that it was taken. */
static void a_repeat_of_what_was_purged_is_told_why(void **state)
{
	struct erased_row row = { .at_ms = 1 };
	uint8_t erased[ERASED_ROW_SIZE], recalled[RECALLED_ROW_SIZE];
	struct lb_zmtp_message m;
	struct block *b;

	(void)state;
	for (uint8_t id = 1; id <= 3; id++)
		log_append(LB_LANE_ROUTINE, id, 10);
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_read(&l.append, LB_LANE_ROUTINE, 3, &b), LB_OK);
	assert_int_equal(block_message(b, 0, &m), LB_OK);
	assert_int_equal(lb_message_digest(m.frames[0], m.frames[1], row.digest), LB_OK);
	block_unref(b);
	erased_row_write(&row, erased);
	recalled_row_write(&(struct recalled_row){ log_id(9), 1 }, recalled);
	put_row(JOURNAL_RECALLED, 2, recalled, sizeof recalled);
	put_row(JOURNAL_ERASED, 3, erased, sizeof erased);
	for (uint64_t position = 1; position <= 3; position++)
		assert_int_equal(purge_message(&l.append, LB_LANE_ROUTINE, position, 1), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	assert_int_equal(repeat(1, 10), LB_EXPIRED);
	assert_int_equal(repeat(2, 10), LB_RECALLED);
	assert_int_equal(repeat(3, 10), LB_OK);
	assert_int_equal(repeat(3, 11), LB_ID_REUSED);
}

static bool first_due(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	(void)value;
	(void)value_n;
	assert_int_equal(key_n, DUE_KEY_SIZE);
	memcpy(user, key, key_n);
	return false;
}

static void when_something_of_it_is_due_is_noted(void **state)
{
	struct block *b = log_block(LB_LANE_URGENT, (const uint8_t[]){ 1, 2 }, 2, 10);
	uint8_t key[DUE_KEY_SIZE] = { 0 };

	(void)state;
	block_due(b, 5000000);
	block_due(b, 4000001);
	block_unref(write(b));
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(journal_peek_each(l.append.journal, JOURNAL_DUE, NULL, 0, first_due, key), LB_OK);
	journal_abort(l.append.journal);
	assert_int_equal(get_big(key, 4), 4001);
	assert_int_equal(key[4], LB_LANE_URGENT);
	assert_int_equal(get_big(key + 5, 8), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, log_set_up, log_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_new_is_numbered_and_appended),
		TEST(what_repeats_is_answered_and_not_appended),
		TEST(an_id_with_other_bytes_is_refused),
		TEST(an_abort_takes_everything_back),
		TEST(nothing_of_a_refused_block_stays),
		TEST(a_repeat_of_what_was_purged_is_told_why),
		TEST(when_something_of_it_is_due_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
