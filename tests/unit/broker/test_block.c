/* Blocks: what is appended comes out, also through the log's record; each changed byte of a record shows. */
#include "broker/core/crc32c.h"
#include "tests/unit/broker/router_fixture.h"

#include <stdlib.h>

static struct block *filled(unsigned n)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);

	for (unsigned i = 0; i < n; i++)
		fixture_append(b, router, (uint8_t)i, i % 4 < 2 ? "all" : "de-sn", 10 + i, i % 2 ? 1800000000001 : 0);
	return b;
}

/* Entry i is message n, at this position. */
static void assert_entry(const struct block *b, uint32_t i, uint8_t n, uint64_t position)
{
	const uint8_t *prefix = b->data + b->entries[i].at;
	struct lb_zmtp_message m;
	struct lb_header h;
	struct lb_delivery d;

	assert_int_equal(block_message(b, i, &m), LB_OK);
	assert_int_equal(lb_header_decode(m.frames[0].p, m.frames[0].n, &h), LB_OK);
	assert_int_equal(lb_uuid7_ms(&h.id), 1700000000000 + n);
	assert_int_equal(m.frames[1].n, 10u + n);
	assert_int_equal(prefix[0], 1); /* MORE */
	assert_int_equal(lb_delivery_decode(prefix + 2, LB_DELIVERY_SIZE, &d), LB_OK);
	assert_true(d.lane == LB_LANE_ROUTINE && d.position == position && d.previous == (position ? position - 1 : 0));
}

static void entries_are_numbered_in_their_bytes(void **state)
{
	struct block *b = filled(9);

	(void)state;
	assert_int_equal(b->count, 9);
	assert_int_equal(b->entries[9].at, b->bytes);
	assert_int_equal(b->entries[1].expires_s, 1800000001);
	assert_int_equal(b->entries[0].expires_s, 0);
	assert_int_equal(b->runs_n, 5);
	block_number(b, 100);
	for (uint8_t i = 0; i < 9; i++)
		assert_entry(b, i, i, 100u + i);
	assert_int_equal(block_end(b), 109);
	block_unref(b);
}

static void any_entries_can_go(void **state)
{
	struct block *whole = filled(9);

	(void)state;
	for (unsigned mask = 0; mask < 512; mask++) {
		struct block *b = filled(9);
		bool keep[9];
		uint32_t k = 0;

		for (unsigned i = 0; i < 9; i++)
			keep[i] = mask >> i & 1;
		block_keep(b, keep);
		block_number(b, 50);
		for (uint8_t i = 0; i < 9; i++) {
			struct route *found = NULL;

			if (!keep[i])
				continue;
			assert_entry(b, k, i, 50u + k);
			assert_int_equal(b->entries[k].expires_s, i % 2 ? 1800000001 : 0);
			for (uint32_t r = 0; r < b->runs_n && b->runs[r].first <= k; r++)
				found = b->runs[r].route;
			assert_ptr_equal(found, whole->runs[i / 2].route);
			k++;
		}
		assert_int_equal(b->count, k);
		assert_int_equal(b->publishes_n, 9);
		assert_int_equal(b->entries[k].at, b->bytes);
		block_unref(b);
	}
	block_unref(whole);
}

static void a_full_block_says_so(void **state)
{
	struct block *b = block_new(LB_LANE_URGENT, 0);

	(void)state;
	assert_true(block_fits(b, LB_MESSAGE_MAX)); /* alone, anything */
	fixture_append(b, router, 1, "all", 100, 0);
	assert_true(block_fits(b, BLOCK_BYTES - b->bytes - BLOCK_PREFIX));
	assert_false(block_fits(b, BLOCK_BYTES - b->bytes - BLOCK_PREFIX + 1));
	assert_false(block_fits(b, LB_MESSAGE_MAX));
	block_unref(b);
}

static void record_of(struct block *b, uint64_t first, struct lb_buf *out)
{
	size_t n;

	block_number(b, first);
	n = block_record_size(b);
	block_record_write(b, lb_buf_reserve(out, n));
	lb_buf_added(out, n);
}

static void a_record_is_read_back(void **state)
{
	struct block *b = filled(6), *back = NULL;
	struct lb_buf record = LB_BUF_INIT;

	(void)state;
	record_of(b, 7, &record);
	assert_int_equal(block_record_read(LB_LANE_ROUTINE, 7, &record, &back), LB_OK);
	assert_null(record.p);
	assert_int_equal(back->count, 6);
	assert_int_equal(back->bytes, b->bytes);
	assert_memory_equal(back->data, b->data, b->bytes);
	assert_null(back->publishes);
	for (uint8_t i = 0; i < 6; i++) {
		assert_entry(back, i, i, 7u + i);
		assert_int_equal(back->entries[i].expires_s, b->entries[i].expires_s);
	}
	assert_int_equal(back->runs_n, b->runs_n);
	for (uint32_t i = 0; i < b->runs_n; i++)
		assert_null(back->runs[i].route);
	assert_int_equal(block_route(back, router), LB_OK);
	for (uint32_t i = 0; i < b->runs_n; i++) {
		assert_int_equal(back->runs[i].first, b->runs[i].first);
		assert_memory_equal(&back->runs[i].route->recipients, &b->runs[i].route->recipients, sizeof(struct partner_set));
	}
	block_unref(back);
	block_unref(b);
}

/* A block that was read may be one that nobody routes. */
static void a_read_block_needs_no_routes(void **state)
{
	struct block *b = filled(6), *back = NULL;
	struct lb_buf record = LB_BUF_INIT;

	(void)state;
	record_of(b, 7, &record);
	assert_int_equal(block_record_read(LB_LANE_ROUTINE, 7, &record, &back), LB_OK);
	block_unref(back);
	block_unref(b);
}

static lb_err read_copy(const uint8_t *p, size_t n, enum lb_lane lane, uint64_t first)
{
	struct lb_buf record = LB_BUF_INIT;
	struct block *back = NULL;
	lb_err e;

	assert_int_equal(lb_buf_append(&record, p, n), LB_OK);
	e = block_record_read(lane, first, &record, &back);
	assert_int_equal(e == LB_OK, back != NULL);
	assert_int_equal(lb_buf_len(&record), back ? 0 : n);
	if (back)
		block_unref(back);
	lb_buf_fini(&record);
	return e;
}

static void each_changed_or_missing_byte_shows(void **state)
{
	struct block *b = filled(3);
	struct lb_buf record = LB_BUF_INIT;
	uint8_t *p;
	size_t n;

	(void)state;
	record_of(b, 7, &record);
	p = lb_buf_data(&record);
	n = lb_buf_len(&record);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(read_copy(p, i, LB_LANE_ROUTINE, 7), LB_CORRUPT);
		p[i] ^= 0x10;
		assert_int_equal(read_copy(p, n, LB_LANE_ROUTINE, 7), LB_CORRUPT);
		p[i] ^= 0x10;
	}
	assert_int_equal(read_copy(p, n, LB_LANE_ROUTINE, 7), LB_OK);
	assert_int_equal(read_copy(p, n, LB_LANE_ROUTINE, 8), LB_CORRUPT);
	assert_int_equal(read_copy(p, n, LB_LANE_URGENT, 7), LB_CORRUPT);
	lb_buf_fini(&record);
	block_unref(b);
}

/* A checksum that is right makes no table right: this is how a fault of ours, or a forger, would look. */
static void tables_that_make_no_sense_are_refused(void **state)
{
	static const struct {
		size_t at; /* of the number that is changed */
		uint32_t to;
	} wrong[] = {
		{ 16, 1 }, { 24, 0 }, { 24, 10 }, { 32, UINT32_MAX }, /* offsets: of entries 0, 1, 1, 2 */
		{ 40, 1 }, { 44, 0 }, { 44, 3 },                     /* runs 0, 1, 1 */
	};
	struct block *b = filled(3);

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct lb_buf record = LB_BUF_INIT;
		uint32_t sum;

		record_of(b, 7, &record);
		memcpy(lb_buf_data(&record) + wrong[i].at, &wrong[i].to, 4);
		sum = crc32c(0, lb_buf_data(&record) + 16, lb_buf_len(&record) - 16);
		memcpy(lb_buf_data(&record) + 12, &sum, 4);
		assert_int_equal(read_copy(lb_buf_data(&record), lb_buf_len(&record), LB_LANE_ROUTINE, 7), LB_CORRUPT);
		lb_buf_fini(&record);
	}
	block_unref(b);
}

static struct block *read_again(struct block *b, uint64_t first)
{
	struct lb_buf record = LB_BUF_INIT;
	struct block *back = NULL;
	size_t n = block_record_size(b);

	block_record_write(b, lb_buf_reserve(&record, n));
	lb_buf_added(&record, n);
	assert_int_equal(block_record_read(LB_LANE_ROUTINE, first, &record, &back), LB_OK);
	return back;
}

/* Whatever goes, the others stay where they are, and a header is left that routes. */
static void what_is_purged_is_gone_and_the_rest_stays(void **state)
{
	(void)state;
	for (unsigned mask = 0; mask < 64; mask++) {
		struct block *b = filled(6), *back, *again;
		struct lb_zmtp_message m;

		block_number(b, 7);
		back = read_again(b, 7);
		for (uint32_t i = 0; i < 6; i++)
			if (mask >> i & 1) {
				assert_int_equal(block_purge(back, i, 1700000100), LB_OK);
				assert_int_equal(block_purge(back, i, 1700000200), LB_OK); /* once more does nothing */
			}
		again = read_again(back, 7);
		assert_int_equal(again->purged_s, mask ? 1700000100 : 0);
		assert_int_equal(block_route(again, router), LB_OK);
		for (uint32_t i = 0; i < 6; i++) {
			bool purged = mask >> i & 1;

			assert_int_equal(block_is_purged(again, i), purged);
			if (!purged) {
				assert_entry(again, i, (uint8_t)i, 7u + i);
				assert_int_equal(again->entries[i].expires_s, i % 2 ? 1800000001 : 0);
				continue;
			}
			assert_int_equal(again->entries[i].expires_s, 1700000100);
			assert_int_equal(block_message(again, i, &m), LB_OK);
			assert_true(m.frames[0].n > 0);
			assert_int_equal(m.frames[1].n + m.frames[2].n, 0);
		}
		block_unref(b);
		block_unref(back);
		block_unref(again);
	}
}

/* What had expired before does not expire later. */
static void a_purge_only_brings_an_expiry_forward(void **state)
{
	struct block *b = filled(2), *back;

	(void)state;
	block_number(b, 1);
	back = read_again(b, 1);
	assert_int_equal(block_purge(back, 1, 1900000000), LB_OK);
	assert_int_equal(back->entries[1].expires_s, 1800000001);
	block_unref(b);
	block_unref(back);
}

static void a_block_is_due_with_its_first_message(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);

	(void)state;
	assert_int_equal(b->due_s, 0);
	block_due(b, 5000);
	block_due(b, 9000);
	assert_int_equal(b->due_s, 5);
	block_due(b, 3001);
	assert_int_equal(b->due_s, 4);
	block_due(b, INT64_MAX - 2000);
	assert_int_equal(b->due_s, 4);
	block_unref(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_numbered_in_their_bytes),
		cmocka_unit_test(any_entries_can_go),
		cmocka_unit_test(a_full_block_says_so),
		cmocka_unit_test(a_record_is_read_back),
		cmocka_unit_test(a_read_block_needs_no_routes),
		cmocka_unit_test(each_changed_or_missing_byte_shows),
		cmocka_unit_test(tables_that_make_no_sense_are_refused),
		cmocka_unit_test(what_is_purged_is_gone_and_the_rest_stays),
		cmocka_unit_test(a_purge_only_brings_an_expiry_forward),
		cmocka_unit_test(a_block_is_due_with_its_first_message),
	};

	return cmocka_run_group_tests(tests, router_begin, router_end);
}
