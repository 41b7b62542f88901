/* A message in the log by its id: where it stands and what it says; and whether what refers to one may be less strict. */
#include "tests/kit/idle_worker.h"

#include <string.h>
#include <time.h>

#include "broker/deliver.h"
#include "broker/lookup.h"
#include "broker/worker_state.h"

static struct lb_header header_of(const char *origin, unsigned tlp, enum lb_lane lane)
{
	struct lb_header h = { .id = lb_uuid7_now(), .area = LB_AREA_CYBER_DEFENCE, .created_ms = (int64_t)time(NULL) * 1000, .schema_version = 1 };

	h.type = lane == LB_LANE_URGENT ? LB_TYPE_WARNING : LB_TYPE_INDICATOR;
	h.level = lane == LB_LANE_URGENT ? 3 : 0;
	h.lane = lane;
	h.tlp = tlp;
	h.origin = lb_text_of(origin);
	h.audience_n = 1;
	h.audience[0] = lb_text_of("all");
	return h;
}

static void append(struct block *b, const struct lb_header *h)
{
	struct lb_buf header = LB_BUF_INIT, raw = LB_BUF_INIT;
	const struct block_publish publish = { .id = h->id };
	struct lb_frame frames[3] = { [1] = { (const uint8_t *)"payload", 7 }, [2] = { (const uint8_t *)"signature", 9 } };

	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(lb_zmtp_put_message(&raw, frames, 3), LB_OK);
	assert_int_equal(block_append(b, lb_buf_data(&raw), lb_buf_len(&raw), 0, router_route(idle_worker->router, PARTNER_NONE, h), &publish), LB_OK);
	lb_buf_fini(&raw);
	lb_buf_fini(&header);
}

/* Puts the block into the log as the writer does, or with a byte of its data changed; takes it. */
static void store(struct block *b, bool spoilt)
{
	struct journal *j = stand.parts.journal;
	uint8_t *room;

	block_number(b, journal_last(j, b->lane) + 1);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_append(j, b->lane, b->first, b->count, block_record_size(b), &room), LB_OK);
	block_record_write(b, room);
	if (spoilt)
		room[block_record_size(b) - 1] ^= 1;
	for (uint32_t i = 0; i < b->count; i++) {
		unsigned lane = b->lane;
		uint64_t position = b->first + i;

		assert_int_equal(journal_remember(j, &b->publishes[i].id, &lane, &position), LB_OK);
	}
	assert_int_equal(journal_commit(j), LB_OK);
	block_unref(b);
}

static void store_one(const struct lb_header *h, bool spoilt)
{
	struct block *b = block_new(h->lane, 0);

	assert_non_null(b);
	append(b, h);
	store(b, spoilt);
}

static void assert_found(const struct lb_header *h, uint64_t position)
{
	struct logged m = { .frame = LB_BUF_INIT };
	struct lb_buf header = LB_BUF_INIT;

	assert_int_equal(lookup(idle_worker, &h->id, &m), LB_OK);
	assert_int_equal(m.lane, h->lane);
	assert_int_equal(m.position, position);
	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	assert_int_equal(lb_buf_len(&m.frame), lb_buf_len(&header));
	assert_memory_equal(lb_buf_data(&m.frame), lb_buf_data(&header), lb_buf_len(&header));
	assert_memory_equal(&m.header.id, &h->id, sizeof h->id);
	assert_int_equal(m.header.tlp, h->tlp);
	lb_buf_fini(&header);
	lb_buf_fini(&m.frame);
}

static lb_err look(const struct lb_uuid *id)
{
	struct logged m = { .frame = LB_BUF_INIT };
	lb_err e = lookup(idle_worker, id, &m);

	lb_buf_fini(&m.frame);
	return e;
}

static void a_message_is_found_wherever_it_stands(void **state)
{
	struct lb_header one = header_of("bund-bsi", LB_TLP_GREEN, LB_LANE_ROUTINE), several[3], urgent = header_of("de-sn", LB_TLP_RED, LB_LANE_URGENT);
	struct block *b;

	(void)state;
	store_one(&one, false);
	b = block_new(LB_LANE_ROUTINE, 0);
	assert_non_null(b);
	for (unsigned i = 0; i < 3; i++) {
		several[i] = header_of("de-he", LB_TLP_AMBER, LB_LANE_ROUTINE);
		append(b, &several[i]);
	}
	store(b, false);
	store_one(&urgent, false);
	for (unsigned again = 0; again < 2; again++) { /* the second time from what it remembers */
		assert_found(&one, 1);
		for (unsigned i = 0; i < 3; i++)
			assert_found(&several[i], 2 + i);
		assert_found(&urgent, 1);
	}
}

/* Its id may still be known: it is looked up and read in two steps, and retention comes between. */
static void what_is_past_retention_is_not_found(void **state)
{
	struct lb_header old = header_of("bund-bsi", LB_TLP_GREEN, LB_LANE_ROUTINE), kept = header_of("bund-bsi", LB_TLP_GREEN, LB_LANE_ROUTINE);
	struct lb_uuid never = lb_uuid7_now();
	struct journal *j;

	(void)state;
	j = stand.parts.journal;
	assert_int_equal(look(&never), LB_NOT_FOUND);
	store_one(&old, false);
	store_one(&kept, false);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_drop_oldest(j, LB_LANE_ROUTINE), LB_OK);
	assert_int_equal(journal_commit(j), LB_OK);
	assert_int_equal(look(&old.id), LB_NOT_FOUND);
	assert_found(&kept, 2);
	deliver_forget(idle_worker);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_drop_oldest(j, LB_LANE_ROUTINE), LB_OK);
	assert_int_equal(journal_commit(j), LB_OK);
	assert_int_equal(look(&kept.id), LB_NOT_FOUND);
}

static void only_its_origin_makes_a_label_less_strict(void **state)
{
	static const struct {
		const char *origin, *about_origin;
		unsigned tlp, about_tlp;
		lb_err expected;
	} cases[] = {
		{ "de-sn", "bund-bsi", LB_TLP_AMBER, LB_TLP_RED, LB_TLP_WIDENED },
		{ "de-sn", "bund-bsi", LB_TLP_CLEAR, LB_TLP_GREEN, LB_TLP_WIDENED },
		{ "de-sn", "bund-bsi", LB_TLP_AMBER, LB_TLP_UNSET, LB_TLP_WIDENED },
		{ "de-sn", "bund-bsi", LB_TLP_RED, LB_TLP_RED, LB_OK },
		{ "de-sn", "bund-bsi", LB_TLP_RED, LB_TLP_GREEN, LB_OK },
		{ "de-sn", "bund-bsi", LB_TLP_UNSET, LB_TLP_AMBER_STRICT, LB_OK },
		{ "de-sn", "de-sn", LB_TLP_CLEAR, LB_TLP_RED, LB_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct lb_header about = header_of(cases[i].about_origin, cases[i].about_tlp, LB_LANE_ROUTINE);
		struct lb_header h = header_of(cases[i].origin, cases[i].tlp, LB_LANE_ROUTINE), later = h, both;

		store_one(&about, false);
		h.has_thread = true;
		h.thread = about.id;
		assert_int_equal(lookup_label(idle_worker, &h), cases[i].expected);
		later.has_supersedes = true;
		later.supersedes = about.id;
		assert_int_equal(lookup_label(idle_worker, &later), cases[i].expected);
		both = later; /* a thread that it may be in does not excuse the other */
		both.has_thread = true;
		both.thread = lb_uuid7_now();
		assert_int_equal(lookup_label(idle_worker, &both), cases[i].expected);
	}
}

static void what_refers_to_nothing_that_is_kept_may(void **state)
{
	struct lb_header h = header_of("de-sn", LB_TLP_CLEAR, LB_LANE_ROUTINE);

	(void)state;
	assert_int_equal(lookup_label(idle_worker, &h), LB_OK);
	h.has_thread = h.has_supersedes = true;
	h.thread = lb_uuid7_now();
	h.supersedes = lb_uuid7_now();
	assert_int_equal(lookup_label(idle_worker, &h), LB_OK);
}

/* That a label cannot be read must not mean that it does not count. */
static void what_cannot_be_read_is_no_permission(void **state)
{
	struct lb_header about = header_of("bund-bsi", LB_TLP_RED, LB_LANE_ROUTINE), h = header_of("de-sn", LB_TLP_CLEAR, LB_LANE_ROUTINE);

	(void)state;
	store_one(&about, true);
	assert_int_equal(look(&about.id), LB_CORRUPT);
	h.has_thread = true;
	h.thread = about.id;
	assert_int_equal(lookup_label(idle_worker, &h), LB_CORRUPT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, idle_worker_begin, idle_worker_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_is_found_wherever_it_stands),
		TEST(what_is_past_retention_is_not_found),
		TEST(only_its_origin_makes_a_label_less_strict),
		TEST(what_refers_to_nothing_that_is_kept_may),
		TEST(what_cannot_be_read_is_no_permission),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
