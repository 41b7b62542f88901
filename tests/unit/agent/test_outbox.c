/* The outbox: order within a lane, leaving it either way, and coming back. */
#include "tests/unit/agent/store_fixture.h"

#include "agents/agent/outbox.h"

static lb_err add(unsigned n, enum lb_lane lane, size_t payload_n)
{
	static uint8_t payload[5000];
	struct lb_frame frames[3] = { { (const uint8_t *)"header", 6 }, { payload, payload_n }, { (const uint8_t *)"signature", 9 } };
	struct lb_uuid id = store_id(n);

	payload[0] = (uint8_t)n;
	return outbox_add(&store, &id, lane, frames);
}

/* The next of a lane is message n, or there is none (0). */
static void assert_next(enum lb_lane lane, int64_t *row, unsigned n, size_t payload_n)
{
	struct lb_buf out = LB_BUF_INIT;
	struct lb_zmtp_message m;
	struct lb_uuid id, expected = store_id(n);
	size_t need;

	assert_int_equal(outbox_next(&store, lane, row, &id, &out), n ? LB_OK : LB_NOT_FOUND);
	if (n) {
		assert_memory_equal(id.b, expected.b, 16);
		assert_int_equal(lb_zmtp_parse(lb_buf_data(&out), lb_buf_len(&out), LB_MESSAGE_MAX, &m, &need), LB_OK);
		assert_int_equal(m.frames_n, 3);
		assert_int_equal(m.frames[1].n, payload_n);
		assert_memory_equal(m.frames[2].p, "signature", 9);
	}
	lb_buf_fini(&out);
}

static uint64_t count(enum lb_lane lane)
{
	uint64_t n = 99;

	assert_int_equal(outbox_count(&store, lane, &n), LB_OK);
	return n;
}

static void a_lane_keeps_its_order_across_a_restart(void **state)
{
	int64_t urgent = 0, routine = 0;

	(void)state;
	assert_next(LB_LANE_URGENT, &urgent, 0, 0);
	assert_int_equal(add(9, LB_LANE_ROUTINE, 10), LB_OK);
	assert_int_equal(add(3, LB_LANE_URGENT, 0), LB_OK);
	assert_int_equal(add(5, LB_LANE_ROUTINE, 4000), LB_OK);
	store_reopen();
	assert_int_equal(count(LB_LANE_ROUTINE), 2);
	assert_int_equal(count(LB_LANE_URGENT), 1);
	assert_next(LB_LANE_URGENT, &urgent, 3, 0);
	assert_next(LB_LANE_URGENT, &urgent, 0, 0);
	assert_next(LB_LANE_ROUTINE, &routine, 9, 10);
	assert_next(LB_LANE_ROUTINE, &routine, 5, 4000);
	assert_next(LB_LANE_ROUTINE, &routine, 0, 0);
	routine = 0; /* a new link begins again */
	assert_next(LB_LANE_ROUTINE, &routine, 9, 10);
}

static void an_id_is_added_once(void **state)
{
	(void)state;
	assert_int_equal(add(1, LB_LANE_ROUTINE, 1), LB_OK);
	assert_int_not_equal(add(1, LB_LANE_URGENT, 2), LB_OK);
	assert_int_equal(count(LB_LANE_ROUTINE), 1);
	assert_int_equal(count(LB_LANE_URGENT), 0);
}

static int refused_rows(const char *reason)
{
	sqlite3_stmt *q;
	int n;

	assert_int_equal(sqlite3_prepare_v2(store.db, "SELECT count(*) FROM refused WHERE reason=?1", -1, &q, NULL), SQLITE_OK);
	sqlite3_bind_text(q, 1, reason, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void what_is_answered_leaves(void **state)
{
	struct lb_uuid first = store_id(1), second = store_id(2), none = store_id(3);
	int64_t row = 0;

	(void)state;
	assert_int_equal(add(1, LB_LANE_ROUTINE, 1), LB_OK);
	assert_int_equal(add(2, LB_LANE_ROUTINE, 1), LB_OK);
	assert_int_equal(outbox_accepted(&store, &first), LB_OK);
	assert_int_equal(outbox_accepted(&store, &first), LB_OK);
	assert_next(LB_LANE_ROUTINE, &row, 2, 1);
	assert_int_equal(outbox_refused(&store, &second, "bad-time", "text", 5), LB_OK);
	assert_int_equal(outbox_refused(&store, &second, "again", "text", 6), LB_OK);
	assert_int_equal(outbox_refused(&store, &none, "bad-time", "text", 5), LB_OK);
	assert_int_equal(count(LB_LANE_ROUTINE), 0);
	assert_int_equal(refused_rows("bad-time"), 1);
	assert_int_equal(refused_rows("again"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_lane_keeps_its_order_across_a_restart),
		STORE_TEST(an_id_is_added_once),
		STORE_TEST(what_is_answered_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
