/* The rows of what needs a second person: read back as they were, and refused when a byte is missing. */
#include "tests/unit/broker/fixture.h"

#include "broker/core/approval.h"
#include "broker/core/deed.h"

static void one_that_waits_is_read_back(void **state)
{
	struct lb_buf raw = LB_BUF_INIT, bytes = LB_BUF_INIT;
	struct waiting_row row = { .came_ms = 1, .until_ms = 1700000000123, .key = { 5, 6 }, .signer = lb_text_of("spiffe://x") }, back;
	struct lb_zmtp_message m;
	struct lb_header h, read;

	(void)state;
	fixture_message(&raw, &h, 9, LB_LANE_URGENT, "all", 20);
	row.raw = (struct lb_frame){ lb_buf_data(&raw), lb_buf_len(&raw) };
	assert_int_equal(waiting_row_write(&row, &bytes), LB_OK);
	assert_int_equal(waiting_row_read(lb_buf_data(&bytes), lb_buf_len(&bytes), &back), LB_OK);
	assert_true(back.came_ms == 1 && back.until_ms == 1700000000123);
	assert_memory_equal(back.key, row.key, sizeof row.key);
	assert_true(lb_text_equals(back.signer, "spiffe://x"));
	assert_int_equal(waiting_row_open(&back, &m, &read), LB_OK);
	assert_memory_equal(&read.id, &h.id, sizeof h.id);
	assert_int_equal(m.frames[1].n, 20);
	for (size_t n = 0; n < lb_buf_len(&bytes); n++)
		assert_int_equal(waiting_row_read(lb_buf_data(&bytes), n, &back), LB_CORRUPT);
	back.raw.n--;
	assert_int_equal(waiting_row_open(&back, &m, &read), LB_CORRUPT);
	lb_buf_fini(&raw);
	lb_buf_fini(&bytes);
}

static void what_became_of_one_is_read_back(void **state)
{
	struct settled_row row = { .state = APPROVAL_REFUSED, .came_ms = 1, .until_ms = 2, .at_ms = 3, .digest = { 7 }, .signer = lb_text_of("a"),
		                   .by = lb_text_of("bb"), .function = lb_text_of(""), .note = lb_text_of("cccc"), .header = { (const uint8_t *)"head", 4 } }, back;
	struct lb_buf bytes = LB_BUF_INIT;

	(void)state;
	assert_int_equal(settled_row_write(&row, &bytes), LB_OK);
	assert_int_equal(settled_row_read(lb_buf_data(&bytes), lb_buf_len(&bytes), &back), LB_OK);
	assert_true(back.state == APPROVAL_REFUSED && back.came_ms == 1 && back.until_ms == 2 && back.at_ms == 3);
	assert_memory_equal(back.digest, row.digest, sizeof row.digest);
	assert_true(lb_text_equals(back.signer, "a") && lb_text_equals(back.by, "bb") && lb_text_equals(back.function, "") && lb_text_equals(back.note, "cccc"));
	assert_memory_equal(back.header.p, "head", 4);
	for (size_t n = 0; n < lb_buf_len(&bytes); n++)
		assert_int_equal(settled_row_read(lb_buf_data(&bytes), n, &back), LB_CORRUPT);
	lb_buf_data(&bytes)[0] = 6; /* no such state */
	assert_int_equal(settled_row_read(lb_buf_data(&bytes), lb_buf_len(&bytes), &back), LB_CORRUPT);
	lb_buf_fini(&bytes);
}

static void a_length_that_lies_is_refused(void **state)
{
	uint8_t bytes[8 + 8 + LB_DIGEST_SIZE + 8 + 8];
	struct waiting_row row;

	(void)state;
	memset(bytes, 0, sizeof bytes);
	assert_int_equal(waiting_row_read(bytes, sizeof bytes, &row), LB_OK);
	memset(bytes + 16 + LB_DIGEST_SIZE, 0xff, 8);
	assert_int_equal(waiting_row_read(bytes, sizeof bytes, &row), LB_CORRUPT);
}

static void a_deed_goes_with_its_block(void **state)
{
	struct lb_uuid id = { { 3 } };
	struct block *b = block_new(LB_LANE_URGENT, 0);

	(void)state;
	b->deed = deed_new(DEED_HOLD, &id);
	assert_non_null(b->deed);
	assert_memory_equal(&b->deed->about, &id, sizeof id);
	assert_int_equal(lb_buf_append(&b->deed->row, "row", 3), LB_OK);
	block_unref(b);
	deed_free(NULL);
}

static void the_newest_end_stands_first(void **state)
{
	uint8_t one[WAIT_END_KEY_SIZE], two[WAIT_END_KEY_SIZE];

	(void)state;
	wait_end_key(255, one);
	wait_end_key(256, two);
	assert_true(memcmp(two, one, sizeof one) < 0);
	assert_int_equal(wait_end_number(one), 255);
	assert_int_equal(wait_end_number(two), 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_waits_is_read_back),
		cmocka_unit_test(what_became_of_one_is_read_back),
		cmocka_unit_test(a_length_that_lies_is_refused),
		cmocka_unit_test(a_deed_goes_with_its_block),
		cmocka_unit_test(the_newest_end_stands_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
