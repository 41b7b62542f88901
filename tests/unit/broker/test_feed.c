/* The feed: who gets what of a block, in one unbroken chain. */
#include "tests/unit/broker/router_fixture.h"

#include "broker/core/feed.h"

#define NOW_S 1700000100u

static uint8_t scratch[FEED_SCRATCH];

/* Everything that a recipient is fed from one block, as it would go over the wire. */
static uint32_t feed_all(struct feed *f, struct block *b, struct lb_buf *out)
{
	uint32_t total = 0;

	while (f->rest || f->lane[b->lane].next < block_end(b)) {
		struct feed_bytes bytes = feed_rest(f, 1000);
		uint32_t messages = 0;

		if (bytes.n > 0) {
			assert_int_equal(lb_buf_append(out, bytes.p, bytes.n), LB_OK);
			feed_rest_taken(f, bytes.n);
			continue;
		}
		bytes = feed_gather(f, b, router, NOW_S, scratch, &messages);
		assert_int_equal(lb_buf_append(out, bytes.p, bytes.n), LB_OK);
		total += messages;
	}
	return total;
}

/* Parses what was fed; checks the chain from `last` on; returns the positions. */
static size_t check_chain(struct lb_buf *out, uint64_t last, uint64_t *positions, size_t max)
{
	size_t n = 0;

	while (lb_buf_len(out) > 0) {
		struct lb_zmtp_message m;
		struct lb_delivery d;
		size_t need;

		assert_int_equal(lb_zmtp_parse(lb_buf_data(out), lb_buf_len(out), LB_MESSAGE_MAX, &m, &need), LB_OK);
		assert_int_equal(m.frames_n, 4);
		assert_int_equal(lb_delivery_decode(m.frames[0].p, m.frames[0].n, &d), LB_OK);
		assert_int_equal(d.previous, last);
		last = d.position;
		assert_true(n < max);
		positions[n++] = d.position;
		lb_buf_consume(out, m.raw_n);
	}
	return n;
}

static void a_run_comes_whole(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct lb_buf out = LB_BUF_INIT;
	uint64_t positions[100];
	struct feed f;

	(void)state;
	for (uint8_t i = 0; i < 100; i++)
		fixture_append(b, router, i, "all", 256, 0);
	block_number(b, 7);
	feed_init(&f, 1);
	feed_seek(&f, LB_LANE_ROUTINE, 6, 6, 6);
	assert_int_equal(feed_all(&f, b, &out), 100);
	assert_int_equal(lb_buf_len(&out), b->bytes);
	assert_memory_equal(lb_buf_data(&out), b->data, b->bytes);
	assert_int_equal(check_chain(&out, 6, positions, 100), 100);
	assert_int_equal(f.lane[LB_LANE_ROUTINE].last, 106);
	lb_buf_fini(&out);
	feed_fini(&f);
	block_unref(b);
}

static void only_what_is_for_the_recipient(void **state)
{
	static const char *const to[] = { "de-he", "de-sn", "de-sn", "de-he", "de-sn", "de-he" };
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct lb_buf out = LB_BUF_INIT;
	uint64_t positions[6];
	struct feed f;

	(void)state;
	for (uint8_t i = 0; i < 6; i++)
		fixture_append(b, router, i, to[i], 100, 0);
	block_number(b, 1);
	feed_init(&f, 1);
	assert_int_equal(feed_all(&f, b, &out), 3);
	assert_int_equal(check_chain(&out, 0, positions, 6), 3);
	assert_int_equal(positions[0], 2);
	assert_int_equal(positions[1], 3);
	assert_int_equal(positions[2], 5);
	assert_int_equal(f.lane[LB_LANE_ROUTINE].next, 7);
	lb_buf_fini(&out);
	feed_fini(&f);
	block_unref(b);
}

static void what_is_for_whom_the_recipient_acts_for_comes_once(void **state)
{
	static const char *const to[] = { "de-sn", "de-he", "all", "bund-bsi" };
	struct partner_set mandates = { { 0 } };
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct lb_buf out = LB_BUF_INIT;
	uint64_t positions[4];
	struct feed f;

	(void)state;
	for (uint8_t i = 0; i < 4; i++)
		fixture_append(b, router, i, to[i], 100, 0);
	block_number(b, 1);
	partner_set_add(&mandates, 2);
	feed_init(&f, 1);
	f.mandates = &mandates;
	assert_int_equal(feed_all(&f, b, &out), 3);
	assert_int_equal(check_chain(&out, 0, positions, 4), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(positions[i], i + 1);
	lb_buf_fini(&out);
	feed_fini(&f);
	block_unref(b);
}

static void what_has_expired_is_left_out(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct lb_buf out = LB_BUF_INIT;
	uint64_t positions[4];
	struct feed f;

	(void)state;
	fixture_append(b, router, 1, "all", 10, 0);
	fixture_append(b, router, 2, "all", 10, (int64_t)NOW_S * 1000);
	fixture_append(b, router, 3, "all", 10, ((int64_t)NOW_S + 1) * 1000);
	block_number(b, 1);
	feed_init(&f, 1);
	assert_int_equal(feed_all(&f, b, &out), 2);
	assert_int_equal(check_chain(&out, 0, positions, 4), 2);
	assert_int_equal(positions[1], 3);
	lb_buf_fini(&out);
	feed_fini(&f);
	block_unref(b);
}

static void only_what_the_recipient_might_have_had_lapses(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct lb_buf out = LB_BUF_INIT;
	struct feed_lane *l;
	struct feed f;

	(void)state;
	fixture_append(b, router, 1, "de-he", 10, ((int64_t)NOW_S - 5) * 1000);
	fixture_append(b, router, 2, "all", 10, ((int64_t)NOW_S - 4) * 1000);
	fixture_append(b, router, 3, "all", 10, ((int64_t)NOW_S - 3) * 1000);
	fixture_append(b, router, 4, "all", 10, ((int64_t)NOW_S - 2) * 1000);
	block_number(b, 1);
	feed_init(&f, 1);
	l = &f.lane[LB_LANE_ROUTINE];
	assert_int_equal(feed_all(&f, b, &out), 0);
	assert_true(l->lapse.from == 2 && l->lapse.at_s == NOW_S);
	/* One that has had the first three already: they were not left out. */
	feed_init(&f, 1);
	feed_seek(&f, LB_LANE_ROUTINE, 0, 0, 3);
	assert_int_equal(feed_all(&f, b, &out), 0);
	assert_true(l->lapse.from == 4 && l->lapse.at_s == NOW_S);
	block_unref(b);
}

enum { LAPSING = 2000 };

/* The messages' times of expiry, and who got them, where the clock moves on while they are given. */
static uint64_t feed_while_time_passes(struct feed *f, struct block *b, const uint32_t *expires_s, struct lapse *lapses, bool *given)
{
	struct feed_lane *l = &f->lane[LB_LANE_ROUTINE];
	uint32_t now_s = NOW_S;
	uint64_t n = 0;

	for (unsigned i = 0; i < LAPSING; i++) {
		uint64_t last = l->last, from = l->lapse.from;
		uint32_t messages;

		/* One message at a time: the block ends behind it. */
		b->count = i + 1;
		while (f->rest || l->next < block_end(b)) {
			feed_rest_taken(f, feed_rest(f, SIZE_MAX).n);
			feed_gather(f, b, router, now_s, scratch, &messages);
		}
		given[i] = l->last != last;
		assert_int_equal(given[i], expires_s[i] == 0 || expires_s[i] > now_s);
		if (l->lapse.from != from)
			lapses[n++] = l->lapse;
		if (i % 40 == 39)
			now_s++;
	}
	return n;
}

static void lapses_say_of_each_message_whether_it_was_left_out(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	static uint32_t expires_s[LAPSING];
	static struct lapse lapses[LAPSING];
	static bool given[LAPSING];
	struct feed f;
	uint64_t n;

	(void)state;
	for (unsigned i = 0; i < LAPSING; i++) {
		expires_s[i] = i % 3 == 0 ? 0 : NOW_S - 20 + i * 7919 % 90;
		fixture_append(b, router, (uint8_t)i, "all", 1, (int64_t)expires_s[i] * 1000);
	}
	block_number(b, 1);
	feed_init(&f, 1);
	n = feed_while_time_passes(&f, b, expires_s, lapses, given);
	assert_in_range(n, 2, LAPSING / 40);
	for (unsigned i = 0, at = 0; i < LAPSING; i++) {
		while (at < n && lapses[at].from <= i + 1)
			at++;
		assert_int_equal(!given[i], at > 0 && lapse_left_out(&lapses[at - 1], (int64_t)expires_s[i] * 1000));
	}
	feed_fini(&f);
	block_unref(b);
}

static void a_clock_that_is_set_back_changes_nothing(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct feed f;
	uint32_t messages;

	(void)state;
	fixture_append(b, router, 1, "all", 10, (int64_t)NOW_S * 1000);
	fixture_append(b, router, 2, "all", 10, ((int64_t)NOW_S - 1) * 1000);
	block_number(b, 1);
	b->count = 1;
	feed_init(&f, 1);
	feed_gather(&f, b, router, NOW_S, scratch, &messages);
	b->count = 2;
	feed_gather(&f, b, router, NOW_S - 10, scratch, &messages);
	assert_int_equal(messages, 0);
	assert_int_equal(f.lane[LB_LANE_ROUTINE].next, 3);
	block_unref(b);
}

/* Its header is all that is left of it: nobody is to get that for the message. */
static void what_was_purged_stays_gone_if_the_clock_is_set_back(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0), *back = NULL;
	struct lb_buf record = LB_BUF_INIT;
	size_t n;
	struct feed f;
	uint32_t messages;

	(void)state;
	fixture_append(b, router, 1, "all", 10, 0);
	fixture_append(b, router, 2, "all", 10, 0);
	block_number(b, 1);
	n = block_record_size(b);
	block_record_write(b, lb_buf_reserve(&record, n));
	lb_buf_added(&record, n);
	assert_int_equal(block_record_read(LB_LANE_ROUTINE, 1, &record, &back), LB_OK);
	assert_int_equal(block_purge(back, 0, NOW_S), LB_OK);
	assert_int_equal(block_route(back, router), LB_OK);
	feed_init(&f, 1);
	feed_gather(&f, back, router, NOW_S - 10, scratch, &messages);
	assert_int_equal(messages, 1);
	assert_int_equal(f.lane[LB_LANE_ROUTINE].last, 2);
	feed_fini(&f);
	block_unref(back);
	block_unref(b);
}

static void a_message_larger_than_the_scratch_space(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct lb_buf out = LB_BUF_INIT;
	uint64_t positions[1];
	struct feed f;

	(void)state;
	fixture_append(b, router, 1, "all", 300000, 0);
	block_number(b, 9);
	feed_init(&f, 1);
	feed_seek(&f, LB_LANE_ROUTINE, 3, 8, 3);
	assert_int_equal(feed_all(&f, b, &out), 1);
	assert_int_equal(check_chain(&out, 3, positions, 1), 1);
	assert_int_equal(positions[0], 9);
	lb_buf_fini(&out);
	feed_fini(&f);
	block_unref(b);
}

static void another_federation_counts_at_once(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct federation *f2 = fixture_federation(), *former = federation_ref(router_federation(router));
	struct lb_buf out = LB_BUF_INIT;
	struct feed f;

	(void)state;
	fixture_append(b, router, 1, "de-sn", 10, 0);
	block_number(b, 1);
	/* In the new federation index 1 is still de-sn; a recipient that is another partner now gets nothing. */
	router_reload(router, f2);
	feed_init(&f, 2);
	assert_int_equal(feed_all(&f, b, &out), 0);
	feed_init(&f, 1);
	assert_int_equal(feed_all(&f, b, &out), 1);
	lb_buf_fini(&out);
	router_reload(router, former);
	federation_unref(former);
	federation_unref(f2);
	block_unref(b);
}

static void acknowledging_moves_only_within_what_was_delivered(void **state)
{
	struct block *b = block_new(LB_LANE_URGENT, 0);
	struct lb_buf out = LB_BUF_INIT;
	struct feed f;

	(void)state;
	fixture_append(b, router, 1, "all", 10, 0);
	fixture_append(b, router, 2, "all", 10, 0);
	fixture_append(b, router, 3, "de-he", 10, 0);
	block_number(b, 5);
	feed_init(&f, 1);
	feed_seek(&f, LB_LANE_URGENT, 4, 4, 4);
	assert_true(feed_stored(&f, LB_LANE_URGENT, 4));
	assert_false(feed_stored(&f, LB_LANE_URGENT, 5));
	feed_all(&f, b, &out);
	assert_false(feed_stored(&f, LB_LANE_URGENT, 3));
	assert_false(feed_stored(&f, LB_LANE_URGENT, 7));
	assert_true(feed_stored(&f, LB_LANE_URGENT, 5));
	assert_true(feed_stored(&f, LB_LANE_URGENT, 6));
	lb_buf_fini(&out);
	feed_fini(&f);
	block_unref(b);
}

static void a_gap_moves_the_chain(void **state)
{
	struct feed f;

	(void)state;
	feed_init(&f, 1);
	feed_skip(&f, LB_LANE_ROUTINE, 41);
	assert_int_equal(f.lane[LB_LANE_ROUTINE].last, 41);
	assert_int_equal(f.lane[LB_LANE_ROUTINE].next, 42);
	assert_true(feed_stored(&f, LB_LANE_ROUTINE, 41));
	feed_fini(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_comes_whole),
		cmocka_unit_test(only_what_is_for_the_recipient),
		cmocka_unit_test(what_is_for_whom_the_recipient_acts_for_comes_once),
		cmocka_unit_test(what_has_expired_is_left_out),
		cmocka_unit_test(only_what_the_recipient_might_have_had_lapses),
		cmocka_unit_test(lapses_say_of_each_message_whether_it_was_left_out),
		cmocka_unit_test(a_clock_that_is_set_back_changes_nothing),
		cmocka_unit_test(what_was_purged_stays_gone_if_the_clock_is_set_back),
		cmocka_unit_test(a_message_larger_than_the_scratch_space),
		cmocka_unit_test(another_federation_counts_at_once),
		cmocka_unit_test(acknowledging_moves_only_within_what_was_delivered),
		cmocka_unit_test(a_gap_moves_the_chain),
	};

	return cmocka_run_group_tests(tests, router_begin, router_end);
}
