/* Bytes go from the log while their places stay: one message, and whatever is over. */
#include "tests/unit/broker/log_fixture.h"

#include "broker/purge.h"
#include "lagebus/message_type.h"

#define CREATED_MS 1700000000000 /* fixture_message's */
#define SIZE 40

static void purge(enum lb_lane lane, uint64_t position, lb_err expected)
{
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(purge_message(&l.append, lane, position, 77), expected);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
}

/* What is over by then goes; how many records were looked at. */
static unsigned purge_past(int64_t now_ms)
{
	unsigned n = 0;

	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(purge_due(&l.append, now_ms, &n), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	return n;
}

/* A record of these ids, each of which is to be gone at its time. */
static uint64_t append_due_at(enum lb_lane lane, const uint8_t *ids, const int64_t *due_ms, unsigned n)
{
	struct block *b = block_new(lane, 0);
	uint64_t first = log_next(lane);

	for (unsigned i = 0; i < n; i++) {
		struct lb_buf raw = LB_BUF_INIT, header = LB_BUF_INIT, whole = LB_BUF_INIT;
		struct block_publish publish = { .session = ids[i] };
		struct lb_zmtp_message m;
		struct lb_header h;
		size_t need;

		fixture_message(&raw, &h, ids[i], lane, "all", SIZE);
		assert_int_equal(lb_zmtp_parse(lb_buf_data(&raw), lb_buf_len(&raw), LB_MESSAGE_MAX, &m, &need), LB_OK);
		h.expires_ms = due_ms[i];
		assert_int_equal(lb_header_encode(&h, &header), LB_OK);
		m.frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
		assert_int_equal(lb_zmtp_put_message(&whole, m.frames, 3), LB_OK);
		publish.id = h.id;
		assert_int_equal(block_append(b, lb_buf_data(&whole), lb_buf_len(&whole), h.expires_ms, router_route(l.router, 0, &h), &publish), LB_OK);
		block_due(b, lb_header_keep_until(&h));
		lb_buf_fini(&raw);
		lb_buf_fini(&header);
		lb_buf_fini(&whole);
	}
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_block(&l.append, b, first), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	block_unref(b);
	return first;
}

static void one_goes_and_its_neighbours_stay(void **state)
{
	struct block *b = log_block(LB_LANE_URGENT, (const uint8_t[]){ 1, 2, 3 }, 3, SIZE), *read;
	struct lb_header h;

	(void)state;
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_block(&l.append, b, 1), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	block_unref(b);
	purge(LB_LANE_URGENT, 2, LB_OK);
	purge(LB_LANE_URGENT, 2, LB_OK); /* again is nothing */
	assert_true(log_has_payload(LB_LANE_URGENT, 1, 1, SIZE));
	assert_false(log_has_payload(LB_LANE_URGENT, 2, 2, SIZE));
	assert_true(log_has_payload(LB_LANE_URGENT, 3, 3, SIZE));
	/* Its header and its place stay, and it counts as expired. */
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(append_read(&l.append, LB_LANE_URGENT, 2, &read), LB_OK);
	journal_abort(l.append.journal);
	assert_int_equal(read->count, 3);
	assert_int_equal(block_header(read, 1, &h), LB_OK);
	assert_memory_equal(&h.id, &(struct { struct lb_uuid id; }){ log_id(2) }, sizeof h.id);
	assert_int_equal(read->entries[1].expires_s, 77);
	assert_int_equal(read->entries[0].expires_s, 0);
	block_unref(read);
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	log_append(LB_LANE_ROUTINE, 1, SIZE);
	log_append(LB_LANE_ROUTINE, 2, SIZE);
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(journal_drop_oldest(l.append.journal, LB_LANE_ROUTINE), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	purge(LB_LANE_ROUTINE, 1, LB_NOT_FOUND);
	purge(LB_LANE_ROUTINE, 3, LB_NOT_FOUND);
	purge(LB_LANE_URGENT, 1, LB_NOT_FOUND);
	assert_true(log_has_payload(LB_LANE_ROUTINE, 2, 2, SIZE));
}

static void what_is_over_goes_and_the_rest_in_its_time(void **state)
{
	const int64_t s = CREATED_MS / 1000 * 1000, due[] = { s + 5000, s + 2000, 0 };
	uint64_t first = append_due_at(LB_LANE_ROUTINE, (const uint8_t[]){ 1, 2, 3 }, due, 3);

	(void)state;
	assert_int_equal(purge_past(s + 1999), 0);
	assert_int_equal(purge_past(s + 2000), 1);
	assert_true(log_has_payload(LB_LANE_ROUTINE, first, 1, SIZE));
	assert_false(log_has_payload(LB_LANE_ROUTINE, first + 1, 2, SIZE));
	/* A record is not written anew for each message: once a minute. */
	assert_int_equal(purge_past(s + 5000), 0);
	assert_int_equal(purge_past(s + 62000), 1);
	assert_false(log_has_payload(LB_LANE_ROUTINE, first, 1, SIZE));
	/* What has no end of its own has its type's. */
	assert_true(log_has_payload(LB_LANE_ROUTINE, first + 2, 3, SIZE));
	assert_int_equal(purge_past(CREATED_MS + lb_message_type(LB_TYPE_INDICATOR)->keep_ms), 1);
	assert_false(log_has_payload(LB_LANE_ROUTINE, first + 2, 3, SIZE));
	assert_int_equal(purge_past(INT64_C(4000000000000)), 0);
}

static void many_go_in_turns(void **state)
{
	const int64_t due = CREATED_MS + 1000;

	(void)state;
	for (uint8_t id = 0; id < PURGE_RECORDS + 3; id++)
		append_due_at(LB_LANE_ROUTINE, &id, &due, 1);
	assert_int_equal(purge_past(due), PURGE_RECORDS);
	assert_int_equal(purge_past(due), 3);
	assert_int_equal(purge_past(due), 0);
	for (uint8_t id = 0; id < PURGE_RECORDS + 3; id++)
		assert_false(log_has_payload(LB_LANE_ROUTINE, id + 1u, id, SIZE));
}

static void what_retention_has_dropped_needs_nothing(void **state)
{
	const int64_t due = CREATED_MS + 1000;

	(void)state;
	append_due_at(LB_LANE_ROUTINE, (const uint8_t[]){ 1 }, &due, 1);
	log_append(LB_LANE_ROUTINE, 2, SIZE);
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(journal_drop_oldest(l.append.journal, LB_LANE_ROUTINE), LB_OK);
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
	assert_int_equal(purge_past(due), 1);
	assert_int_equal(purge_past(due), 0);
	assert_true(log_has_payload(LB_LANE_ROUTINE, 2, 2, SIZE));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, log_set_up, log_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_goes_and_its_neighbours_stay),
		TEST(what_is_not_there_is_not_found),
		TEST(what_is_over_goes_and_the_rest_in_its_time),
		TEST(many_go_in_turns),
		TEST(what_retention_has_dropped_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
