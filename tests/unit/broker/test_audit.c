/* The audit's rows: chained, in the commit that they tell of or not at all, signed, dropped when they are old. */
#include "tests/unit/broker/fixture.h"

#include <stdlib.h>

#include "broker/audit.h"
#include "broker/core/bytes.h"
#include "lagebus/audit.h"
#include "proto/audit.pb-c.h"
#include "tests/kit/credentials.h"

static char folder[64], keys[] = "/tmp/lagebus-audit-keys-XXXXXX";
static struct journal *journal;
static struct audit *audit;
static struct federation *federation;
static struct router *router;

static void open_all(void)
{
	struct journal_settings s = { .folder = folder, .map_bytes = 1 << 24 };
	char why[400] = "";

	if (journal_open(&s, &journal, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_int_equal(audit_open(journal, &audit), LB_OK);
}

static void close_all(void)
{
	audit_close(audit);
	journal_close(journal);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/lagebus-audit-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	open_all();
	federation = fixture_federation();
	router = router_new(federation);
	return router ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	router_free(router);
	federation_unref(federation);
	close_all();
	credentials_remove(folder);
	return 0;
}

static lb_err write_row(struct block *const *blocks, unsigned n, int64_t now_ms, bool final)
{
	lb_err e;

	assert_int_equal(journal_begin(journal), LB_OK);
	e = audit_write(audit, blocks, n, now_ms, final);
	assert_int_equal(journal_commit(journal), LB_OK);
	audit_committed(audit);
	return e;
}

/* The newest row, to be freed; `bytes` (may be NULL) gets it as it stands. */
static Lagebus__AuditRow *newest(struct lb_buf *bytes)
{
	struct lb_buf key = LB_BUF_INIT, row = LB_BUF_INIT;
	Lagebus__AuditRow *r;

	assert_int_equal(journal_newest(journal, JOURNAL_AUDIT, &key, &row), LB_OK);
	r = lagebus__audit_row__unpack(NULL, lb_buf_len(&row), lb_buf_data(&row));
	assert_non_null(r);
	assert_int_equal(lb_buf_len(&key), 8);
	assert_int_equal(get_big(lb_buf_data(&key), 8), r->number);
	lb_buf_fini(&key);
	if (bytes)
		*bytes = row;
	else
		lb_buf_fini(&row);
	return r;
}

static uint64_t last_number(void)
{
	Lagebus__AuditRow *r = newest(NULL);
	uint64_t number = r->number;

	lagebus__audit_row__free_unpacked(r, NULL);
	return number;
}

static void add(struct audit_event *event)
{
	assert_non_null(event);
	assert_int_equal(audit_add(audit, event), LB_OK);
	free(event);
}

static void each_row_has_the_hash_of_the_one_before(void **state)
{
	struct lb_hasher *h = lb_hasher_new();
	uint8_t hash[LB_AUDIT_HASH], none[LB_AUDIT_HASH] = { 0 };
	struct lb_buf bytes = LB_BUF_INIT;
	Lagebus__AuditRow *r;

	(void)state;
	add(audit_broker("started", "one", NULL, 0));
	assert_int_equal(write_row(NULL, 0, 1000, false), LB_OK);
	r = newest(&bytes);
	assert_true(r->number == 1 && r->at == 1000 && r->n_events == 1);
	assert_memory_equal(r->previous.data, none, sizeof none);
	assert_int_equal(lb_hasher_sum(h, lb_buf_data(&bytes), lb_buf_len(&bytes), hash), LB_OK);
	lb_buf_fini(&bytes);
	lagebus__audit_row__free_unpacked(r, NULL);
	for (uint64_t number = 2; number < 5; number++) {
		if (number == 4) {
			/* Also behind a restart. */
			close_all();
			open_all();
		}
		add(audit_broker("started", "another", NULL, 0));
		assert_int_equal(write_row(NULL, 0, 2000, false), LB_OK);
		r = newest(&bytes);
		assert_int_equal(r->number, number);
		assert_memory_equal(r->previous.data, hash, sizeof hash);
		assert_string_equal(r->events[0]->broker->detail, "another");
		assert_int_equal(lb_hasher_sum(h, lb_buf_data(&bytes), lb_buf_len(&bytes), hash), LB_OK);
		lb_buf_fini(&bytes);
		lagebus__audit_row__free_unpacked(r, NULL);
	}
	lb_hasher_free(h);
}

static void nothing_to_tell_is_no_row(void **state)
{
	struct lb_buf key = LB_BUF_INIT, row = LB_BUF_INIT;
	struct block *empty = block_new(LB_LANE_URGENT, 0);

	(void)state;
	assert_false(audit_is_due(audit, 1000, false));
	assert_int_equal(write_row(&empty, 1, 1000, false), LB_OK);
	assert_int_equal(journal_newest(journal, JOURNAL_AUDIT, &key, &row), LB_NOT_FOUND);
	block_unref(empty);
	lb_buf_fini(&key);
	lb_buf_fini(&row);
}

/* An event waits for a commit that succeeds; what a commit itself does is told with it, or not at all. */
static void what_is_aborted_is_not_told(void **state)
{
	struct lb_uuid id = lb_uuid7_now();
	Lagebus__AuditRow *r;

	(void)state;
	add(audit_receipt(&id, "de-sn", 2, "CISO"));
	assert_true(audit_is_due(audit, 1000, false));
	assert_int_equal(journal_begin(journal), LB_OK);
	assert_int_equal(audit_wait(audit, &id, APPROVAL_EXPIRED, lb_text_of(""), NULL), LB_OK);
	assert_int_equal(audit_write(audit, NULL, 0, 1000, false), LB_OK);
	journal_abort(journal);
	audit_aborted(audit);
	assert_int_equal(write_row(NULL, 0, 2000, false), LB_OK);
	r = newest(NULL);
	assert_true(r->number == 1 && r->n_events == 1);
	assert_int_equal(r->events[0]->body_case, LAGEBUS__AUDIT_EVENT__BODY_RECEIPT);
	assert_string_equal(r->events[0]->receipt->partner, "de-sn");
	lagebus__audit_row__free_unpacked(r, NULL);
	assert_false(audit_is_due(audit, 2000, false));
}

static void a_run_says_who_gets_it_and_when_each_expires(void **state)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	const Lagebus__AuditPublished *p;
	Lagebus__AuditRow *r;
	struct lb_header h;

	(void)state;
	fixture_append(b, router, 1, "de-he", 10, 0);
	fixture_append(b, router, 2, "de-he", 10, 1800000001000);
	fixture_append(b, router, 3, "all", 10, 0);
	block_number(b, 7);
	assert_int_equal(write_row(&b, 1, 1000, false), LB_OK);
	r = newest(NULL);
	assert_int_equal(r->n_events, 3);
	assert_int_equal(r->events[0]->body_case, LAGEBUS__AUDIT_EVENT__BODY_FEDERATION);
	assert_int_equal(r->events[0]->federation->n_partners, 3);
	assert_string_equal(r->events[0]->federation->partners[2], "de-he");
	p = r->events[1]->published;
	assert_true(p->first == 7 && p->lane == LB_LANE_ROUTINE && p->type == LB_TYPE_INDICATOR);
	assert_string_equal(p->origin, "bund-bsi");
	assert_string_equal(p->audience[0], "de-he");
	assert_int_equal(p->messages.len, 2 * LB_AUDIT_ENTRY);
	assert_int_equal(block_header(b, 1, &h), LB_OK);
	assert_memory_equal(p->messages.data + LB_AUDIT_ENTRY, h.id.b, sizeof h.id.b);
	assert_int_equal(p->recipients.len, 1);
	assert_int_equal(p->recipients.data[0], 1 << 2);
	assert_int_equal(p->expires.len, 8);
	assert_memory_equal(p->expires.data, "\0\0\0\0", 4);
	assert_memory_equal(p->expires.data + 4, "\x01\xd2\x49\x6b", 4);
	p = r->events[2]->published;
	assert_true(p->first == 9 && p->expires.len == 0);
	assert_int_equal(p->recipients.data[0], 1 << 1 | 1 << 2);
	lagebus__audit_row__free_unpacked(r, NULL);
	/* The same federation is told once. */
	assert_int_equal(write_row(&b, 1, 2000, false), LB_OK);
	r = newest(NULL);
	assert_int_equal(r->events[0]->body_case, LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED);
	lagebus__audit_row__free_unpacked(r, NULL);
	block_unref(b);
}

static void a_recall_says_of_what(void **state)
{
	struct block *b = block_new(LB_LANE_URGENT, 0);
	struct lb_buf raw = LB_BUF_INIT, header = LB_BUF_INIT;
	struct block_publish publish = { .session = 1 };
	struct lb_frame frames[3] = { [1] = { (const uint8_t *)"x", 1 }, [2] = { (const uint8_t *)"signature", 9 } };
	Lagebus__AuditRow *r;
	struct lb_header h;

	(void)state;
	fixture_message(&raw, &h, 1, LB_LANE_URGENT, "de-he", 1);
	lb_buf_fini(&raw);
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("de-he");
	h.type = LB_TYPE_RECALL;
	h.level = 0;
	h.has_thread = true;
	h.thread = lb_uuid7(1700000000000, (const uint8_t[10]){ 9 });
	publish.id = h.id;
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(lb_zmtp_put_message(&raw, frames, 3), LB_OK);
	assert_int_equal(block_append(b, lb_buf_data(&raw), lb_buf_len(&raw), 0, router_route(router, 0, &h), &publish), LB_OK);
	block_number(b, 1);
	assert_int_equal(write_row(&b, 1, 1000, false), LB_OK);
	r = newest(NULL);
	assert_int_equal(r->events[1]->published->about.len, sizeof h.thread.b);
	assert_memory_equal(r->events[1]->published->about.data, h.thread.b, sizeof h.thread.b);
	lagebus__audit_row__free_unpacked(r, NULL);
	lb_buf_fini(&header);
	lb_buf_fini(&raw);
	block_unref(b);
}

static void a_wait_says_what_waits_and_who_ended_it(void **state)
{
	struct block *b = block_new(LB_LANE_URGENT, 0);
	struct lb_zmtp_message m;
	Lagebus__AuditRow *r;
	struct lb_header h;

	(void)state;
	fixture_append(b, router, 1, "all", 10, 0);
	assert_int_equal(block_message(b, 0, &m), LB_OK);
	assert_int_equal(block_header(b, 0, &h), LB_OK);
	assert_int_equal(audit_wait(audit, &h.id, APPROVAL_WAITING, lb_text_of("spiffe://x/a"), &m), LB_OK);
	assert_int_equal(audit_wait(audit, &h.id, APPROVAL_REFUSED, lb_text_of("spiffe://x/b"), NULL), LB_OK);
	assert_int_equal(write_row(NULL, 0, 1000, false), LB_OK);
	r = newest(NULL);
	assert_int_equal(r->n_events, 2);
	assert_int_equal(r->events[0]->wait->state, 1);
	assert_string_equal(r->events[0]->wait->agent, "spiffe://x/a");
	assert_memory_equal(r->events[0]->wait->id.data, h.id.b, sizeof h.id.b);
	assert_int_equal(r->events[0]->wait->message->type, LB_TYPE_WARNING);
	assert_int_equal(r->events[0]->wait->message->level, 3);
	assert_int_equal(r->events[0]->wait->message->messages.len, LB_AUDIT_ENTRY);
	assert_int_equal(r->events[1]->wait->state, 3);
	assert_null(r->events[1]->wait->message);
	lagebus__audit_row__free_unpacked(r, NULL);
	block_unref(b);
}

static struct lb_signer *signer(void)
{
	char certificate[100], key[100], why[200];
	struct lb_signer *s;

	snprintf(certificate, sizeof certificate, "%s/broker.pem", keys);
	snprintf(key, sizeof key, "%s/broker.key", keys);
	assert_int_equal(lb_signer_load(certificate, key, &s, why, sizeof why), LB_OK);
	return s;
}

static bool is_signed(void)
{
	Lagebus__AuditRow *r = newest(NULL);
	bool yes = r->events[r->n_events - 1]->body_case == LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT;

	lagebus__audit_row__free_unpacked(r, NULL);
	return yes;
}

/* Once a minute and at the end, where something has been told since. */
static void what_was_told_is_signed(void **state)
{
	(void)state;
	audit_sign_with(audit, signer());
	add(audit_broker("started", "", NULL, 0));
	assert_int_equal(write_row(NULL, 0, 1000000, false), LB_OK);
	assert_false(is_signed());
	add(audit_broker("reloaded", "", NULL, 0));
	assert_int_equal(write_row(NULL, 0, 1059999, false), LB_OK);
	assert_false(is_signed());
	assert_true(audit_is_due(audit, 1060000, false));
	assert_int_equal(write_row(NULL, 0, 1060000, false), LB_OK);
	assert_true(is_signed());
	assert_false(audit_is_due(audit, 2000000, true));
	add(audit_refused_more(7));
	assert_int_equal(write_row(NULL, 0, 1060001, false), LB_OK);
	assert_true(audit_is_due(audit, 1060002, true));
	assert_int_equal(write_row(NULL, 0, 1060002, true), LB_OK);
	assert_true(is_signed());
}

static void old_rows_are_dropped_one_by_one(void **state)
{
	(void)state;
	for (int64_t at = 1000; at <= 3000; at += 1000) {
		add(audit_broker("reloaded", "", NULL, 0));
		assert_int_equal(write_row(NULL, 0, at, false), LB_OK);
	}
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(journal_begin(journal), LB_OK);
		assert_int_equal(audit_drop_one(audit, 3000), LB_OK);
		assert_int_equal(journal_commit(journal), LB_OK);
	}
	assert_int_equal(journal_begin(journal), LB_OK);
	assert_int_equal(audit_drop_one(audit, 3000), LB_NOT_FOUND);
	journal_abort(journal);
	assert_int_equal(last_number(), 3);
}

static int make(void **state)
{
	(void)state;
	return mkdtemp(keys) && credentials_make(keys, "lagebus.example") ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	credentials_remove(keys);
	return 0;
}

#define AUDIT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUDIT_TEST(each_row_has_the_hash_of_the_one_before),
		AUDIT_TEST(nothing_to_tell_is_no_row),
		AUDIT_TEST(what_is_aborted_is_not_told),
		AUDIT_TEST(a_run_says_who_gets_it_and_when_each_expires),
		AUDIT_TEST(a_recall_says_of_what),
		AUDIT_TEST(a_wait_says_what_waits_and_who_ended_it),
		AUDIT_TEST(what_was_told_is_signed),
		AUDIT_TEST(old_rows_are_dropped_one_by_one),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
