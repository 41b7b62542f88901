/* Who has not done what a message asks; and the rows of deadlines as the log writer writes them. */
#include "tests/kit/idle_worker.h"

#include <string.h>
#include <time.h>

#include "broker/core/deadline.h"
#include "broker/core/ledger.h"
#include "broker/deadlines.h"
#include "broker/lookup.h"
#include "broker/outstanding.h"
#include "broker/worker_state.h"

static struct logged message(const char *origin, const char *to, unsigned policy)
{
	struct logged m = { .frame = LB_BUF_INIT, .lane = LB_LANE_URGENT, .position = 1 };

	m.header = (struct lb_header){ .id = lb_uuid7_now(), .type = LB_TYPE_WARNING, .level = 3, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_GREEN,
		                       .created_ms = (int64_t)time(NULL) * 1000, .schema_version = 1, .audience_n = 1 };
	m.header.origin = lb_text_of(origin);
	m.header.audience[0] = lb_text_of(to);
	m.header.ack_policy = policy;
	m.header.ack_deadline_ms = m.header.created_ms + 1000;
	return m;
}

static void note(const struct logged *m, const char *partner, const struct ledger_row *row)
{
	uint8_t key[LEDGER_KEY_MAX], value[LEDGER_ROW_MAX] = { 0 };
	struct journal *j = stand.parts.journal;

	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_put(j, JOURNAL_LEDGER, key, ledger_key(&m->header.id, partner, key), value, row ? ledger_row_write(row, value) : 3), LB_OK);
	assert_int_equal(journal_commit(j), LB_OK);
}

/* Partners are joined with commas, in the federation file's order. */
static void assert_outstanding(const struct logged *m, const char *partners)
{
	const struct federation *f = stand.parts.configuration.federation;
	struct partner_set open;
	char names[256] = "";

	assert_int_equal(outstanding(idle_worker, m, &open), LB_OK);
	for (uint16_t i = 0; i < federation_count(f); i++)
		if (partner_set_has(&open, i)) {
			strcat(names, names[0] ? "," : "");
			strcat(names, federation_at(f, i)->id);
		}
	assert_string_equal(names, partners);
}

static void who_has_done_it_is_out(void **state)
{
	const struct ledger_row displayed = { .displayed_ms = 1 }, implemented = { .displayed_ms = 1, .acknowledged_ms = 1, .implemented_ms = 1 };
	struct logged m = message("bund-bsi", "all", LB_ACK_ACKNOWLEDGED), other = message("bund-bsi", "all", LB_ACK_DISPLAYED);

	(void)state;
	assert_outstanding(&m, "de-sn,de-sn/leipzig,de-he,uni");
	note(&m, "de-sn", &displayed);
	note(&m, "de-he", &implemented);
	note(&m, "de-xx", &implemented); /* who is no member any more */
	assert_outstanding(&m, "de-sn,de-sn/leipzig,uni");
	note(&other, "de-sn", &displayed);
	assert_outstanding(&other, "de-sn/leipzig,de-he,uni");
}

static void its_own_origin_owes_nothing(void **state)
{
	struct logged m = message("bund-bsi", "bund-bsi", LB_ACK_ACKNOWLEDGED);

	(void)state;
	assert_outstanding(&m, "");
}

static void a_row_that_is_none_is_no_acknowledgement(void **state)
{
	struct logged m = message("bund-bsi", "de-he", LB_ACK_ACKNOWLEDGED);

	(void)state;
	note(&m, "de-he", NULL);
	assert_outstanding(&m, "de-he");
}

static void append(struct block *b, const struct lb_header *h)
{
	struct lb_buf bytes = LB_BUF_INIT, raw = LB_BUF_INIT;
	const struct block_publish publish = { .id = h->id };
	struct lb_frame frames[3] = { [1] = { (const uint8_t *)"payload", 7 }, [2] = { (const uint8_t *)"signature", 9 } };

	assert_int_equal(lb_header_encode(h, &bytes), LB_OK);
	frames[0] = (struct lb_frame){ lb_buf_data(&bytes), lb_buf_len(&bytes) };
	assert_int_equal(lb_zmtp_put_message(&raw, frames, 3), LB_OK);
	assert_int_equal(block_append(b, lb_buf_data(&raw), lb_buf_len(&raw), 0, router_route(idle_worker->router, PARTNER_NONE, h), &publish), LB_OK);
	lb_buf_fini(&raw);
	lb_buf_fini(&bytes);
}

static bool count_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct deadline d;

	(void)value;
	(void)value_n;
	assert_int_equal(deadline_read(key, key_n, &d), LB_OK);
	++*(unsigned *)user;
	return true;
}

static unsigned count_rows(void)
{
	unsigned n = 0;

	assert_int_equal(journal_each(idle_worker->reader, JOURNAL_DEADLINES, "", 0, count_row, &n), LB_OK);
	return n;
}

static void a_block_writes_a_row_for_what_asks_and_each_goes_in_any_stage(void **state)
{
	static const uint8_t none = 0;
	struct logged asks = message("bund-bsi", "all", LB_ACK_ACKNOWLEDGED), quiet = message("bund-bsi", "all", LB_ACK_NONE);
	struct journal *j = stand.parts.journal;
	struct block *b = block_new(LB_LANE_URGENT, 0);
	uint8_t key[DEADLINE_KEY_SIZE];
	unsigned keys = 0;

	(void)state;
	append(b, &quiet.header);
	append(b, &asks.header);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(deadlines_write(j, b), LB_OK);
	for (; deadline_key_at(&asks.header, keys, key); keys++)
		assert_int_equal(journal_put(j, JOURNAL_DEADLINES, key, sizeof key, &none, sizeof none), LB_OK);
	assert_int_equal(journal_commit(j), LB_OK);
	assert_int_equal(count_rows(), keys);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(deadlines_forget(j, &quiet.header), LB_OK);
	assert_int_equal(deadlines_forget(j, &asks.header), LB_OK);
	assert_int_equal(journal_commit(j), LB_OK);
	assert_int_equal(count_rows(), 0);
	b->data[b->entries[0].at + BLOCK_PREFIX + 2] ^= 0xff; /* of its header */
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_not_equal(deadlines_write(j, b), LB_OK);
	journal_abort(j);
	block_unref(b);
}

#define OUTSTANDING_TEST(f) cmocka_unit_test_setup_teardown(f, idle_worker_begin, idle_worker_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OUTSTANDING_TEST(who_has_done_it_is_out),
		OUTSTANDING_TEST(its_own_origin_owes_nothing),
		OUTSTANDING_TEST(a_row_that_is_none_is_no_acknowledgement),
		OUTSTANDING_TEST(a_block_writes_a_row_for_what_asks_and_each_goes_in_any_stage),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
