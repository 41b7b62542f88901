/* What the log writer does besides appending: once, whoever comes first, and all of it or nothing. */
#include "tests/unit/broker/log_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/core/approval.h"
#include "broker/core/ledger.h"
#include "broker/deeds.h"

#define SIZE 40

/* Does a deed with a block of these ids, in the transaction that is open. */
static struct block *do_deed(struct deed *deed, const uint8_t *ids, unsigned n)
{
	struct block *b = log_block(LB_LANE_URGENT, ids, n, SIZE);

	b->deed = deed;
	assert_int_equal(deeds_do(&l.append, b, log_next(LB_LANE_URGENT)), LB_OK);
	return b;
}

static void begin(void) { assert_int_equal(journal_begin(l.append.journal), LB_OK); }
static void commit(void) { assert_int_equal(journal_commit(l.append.journal), LB_OK); }

static struct deed *make(enum deed_kind kind, uint8_t about)
{
	struct lb_uuid id = log_id(about);
	struct deed *deed = deed_new(kind, &id);

	assert_non_null(deed);
	return deed;
}

/* In a transaction of its own; what the first publish was answered. */
static lb_err settle(struct deed *deed, const uint8_t *ids, unsigned n)
{
	struct block *b;
	lb_err result;

	begin();
	b = do_deed(deed, ids, n);
	commit();
	result = b->publishes[0].result;
	block_unref(b);
	return result;
}

static bool has_row(enum journal_table t, uint8_t n)
{
	struct lb_buf value = LB_BUF_INIT;
	struct lb_uuid id = log_id(n);
	lb_err e;

	begin();
	e = journal_peek_row(l.append.journal, t, id.b, sizeof id.b, &value);
	journal_abort(l.append.journal);
	lb_buf_fini(&value);
	return e == LB_OK;
}

static bool is_in_log(uint8_t n)
{
	struct lb_uuid id = log_id(n);
	uint64_t position = 0;
	unsigned lane;
	lb_err e;

	begin();
	e = journal_peek_id(l.append.journal, &id, &lane, &position);
	journal_abort(l.append.journal);
	return e == LB_OK && position > 0;
}

/* The Receipt of a case that these others have to acknowledge, too: their ids, each with its NUL, and one more. */
static struct deed *erasing(uint8_t about, const char *others, size_t n)
{
	struct deed *deed = make(DEED_ERASE, about);

	deed->at_ms = 1700000100000;
	if (n > 0)
		assert_int_equal(lb_buf_append(&deed->row, others, n), LB_OK);
	return deed;
}

static void acknowledge(uint8_t about, const char *partner, bool only_seen)
{
	struct ledger_row row = { .displayed_ms = 5, .acknowledged_ms = only_seen ? 0 : 6 };
	uint8_t key[LEDGER_KEY_MAX], value[LEDGER_ROW_MAX];
	struct lb_uuid id = log_id(about);

	begin();
	assert_int_equal(journal_put(l.append.journal, JOURNAL_LEDGER, key, ledger_key(&id, partner, key), value, ledger_row_write(&row, value)), LB_OK);
	commit();
}

static bool is_erased(uint8_t id, uint64_t position)
{
	bool gone = !log_has_payload(LB_LANE_URGENT, position, id, SIZE);

	assert_int_equal(has_row(JOURNAL_ERASED, id), gone);
	return gone;
}

static void a_case_goes_with_its_receipt(void **state)
{
	struct block *b;

	(void)state;
	log_append(LB_LANE_URGENT, 1, SIZE);
	log_append(LB_LANE_URGENT, 2, SIZE);
	begin();
	b = do_deed(erasing(1, "", 0), (const uint8_t[]){ 9 }, 1);
	commit();
	assert_int_equal(b->publishes[0].result, LB_OK);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->deed->lane, LB_LANE_URGENT);
	assert_int_equal(b->deed->position, 1); /* what the workers forget */
	assert_true(is_erased(1, 1));
	assert_false(is_erased(2, 2));
	assert_true(is_in_log(9));
	block_unref(b);
	/* The same Receipt comes again, and one more of somebody else there: taken, and nothing is left to do. */
	assert_int_equal(settle(erasing(1, "", 0), (const uint8_t[]){ 9 }, 1), LB_OK);
	assert_int_equal(log_next(LB_LANE_URGENT), 4);
	begin();
	b = do_deed(erasing(1, "", 0), (const uint8_t[]){ 10 }, 1);
	commit();
	assert_int_equal(b->deed->position, 0);
	block_unref(b);
	assert_true(is_in_log(10));
}

static void a_case_stays_until_the_last_has_acknowledged_it(void **state)
{
	static const char others[] = "de-he\0de-ni";

	(void)state;
	log_append(LB_LANE_URGENT, 1, SIZE);
	assert_int_equal(settle(erasing(1, others, sizeof others), (const uint8_t[]){ 9 }, 1), LB_OK);
	assert_false(is_erased(1, 1));
	acknowledge(1, "de-he", false);
	acknowledge(1, "de-ni", true); /* who has only seen it has not acknowledged it */
	assert_int_equal(settle(erasing(1, others, sizeof others), (const uint8_t[]){ 10 }, 1), LB_OK);
	assert_false(is_erased(1, 1));
	acknowledge(1, "de-ni", false);
	assert_int_equal(settle(erasing(1, others, sizeof others), (const uint8_t[]){ 11 }, 1), LB_OK);
	assert_true(is_erased(1, 1));
	assert_true(is_in_log(9) && is_in_log(10) && is_in_log(11));
}

static void of_a_case_that_is_gone_the_receipt_is_taken_all_the_same(void **state)
{
	(void)state;
	assert_int_equal(settle(erasing(1, "", 0), (const uint8_t[]){ 9 }, 1), LB_OK);
	assert_true(is_in_log(9));
	assert_false(has_row(JOURNAL_ERASED, 1));
}

/* Killed in the middle, and started again: the Receipt and what it does are there, or neither. */
static void kill_while_erasing(bool committed)
{
	pid_t child;
	int status;

	log_append(LB_LANE_URGENT, 1, SIZE);
	log_close();
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		log_open();
		begin();
		do_deed(erasing(1, "", 0), (const uint8_t[]){ 9 }, 1);
		if (committed)
			commit();
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	log_open();
	assert_int_equal(is_in_log(9), committed);
	assert_int_equal(is_erased(1, 1), committed);
	/* The agent, which has not heard of its Receipt, sends it again. */
	assert_int_equal(settle(erasing(1, "", 0), (const uint8_t[]){ 9 }, 1), LB_OK);
	assert_true(is_erased(1, 1));
}

static void a_kill_before_the_commit_loses_neither(void **state)
{
	(void)state;
	kill_while_erasing(false);
}

static void a_kill_behind_the_commit_loses_neither(void **state)
{
	(void)state;
	kill_while_erasing(true);
}

static void a_recall_takes_the_bytes(void **state)
{
	struct deed *deed = make(DEED_RECALL, 1);
	uint8_t row[RECALLED_ROW_SIZE];

	(void)state;
	log_append(LB_LANE_URGENT, 1, SIZE);
	recalled_row_write(&(struct recalled_row){ log_id(9), 1 }, row);
	assert_int_equal(lb_buf_append(&deed->row, row, sizeof row), LB_OK);
	assert_int_equal(settle(deed, (const uint8_t[]){ 9 }, 1), LB_OK);
	assert_false(log_has_payload(LB_LANE_URGENT, 1, 1, SIZE));
	assert_true(has_row(JOURNAL_RECALLED, 1) && is_in_log(9));
	assert_int_equal(settle(make(DEED_RECALL, 7), (const uint8_t[]){ 10 }, 1), LB_NOT_FOUND);
	assert_false(is_in_log(10));
}

/* One that waits for a second person: the row of its message, signed by `signer`, until then. */
static struct deed *holding(uint8_t id, int64_t until_ms)
{
	struct waiting_row row = { .came_ms = 1, .until_ms = until_ms, .signer = lb_text_of("spiffe://x") };
	struct deed *deed = make(DEED_HOLD, id);
	struct lb_buf raw = LB_BUF_INIT;
	struct lb_header h;

	fixture_message(&raw, &h, id, LB_LANE_URGENT, "all", SIZE);
	row.raw = (struct lb_frame){ lb_buf_data(&raw), lb_buf_len(&raw) };
	assert_int_equal(waiting_row_write(&row, &deed->row), LB_OK);
	lb_buf_fini(&raw);
	return deed;
}

static struct deed *ending(enum deed_kind kind, uint8_t about, enum approval_state as)
{
	struct settled_row row = { .state = as, .at_ms = 2, .signer = { "", 0 }, .by = { "", 0 }, .function = { "", 0 }, .note = { "", 0 }, .header = { (const uint8_t *)"", 0 } };
	struct deed *deed = make(kind, about);

	assert_int_equal(settled_row_write(&row, &deed->row), LB_OK);
	return deed;
}

static void what_waits_is_not_in_the_log_until_it_is_approved(void **state)
{
	(void)state;
	assert_int_equal(settle(holding(1, 100), (const uint8_t[]){ 1 }, 1), LB_OK);
	assert_false(is_in_log(1));
	assert_true(has_row(JOURNAL_WAITING, 1));
	assert_int_equal(settle(holding(1, 100), (const uint8_t[]){ 1 }, 1), LB_OK); /* again, and the same */
	assert_int_equal(log_next(LB_LANE_URGENT), 1);
	assert_int_equal(settle(ending(DEED_APPROVE, 1, APPROVAL_APPROVED), (const uint8_t[]){ 5, 1 }, 2), LB_OK);
	assert_true(is_in_log(5) && is_in_log(1) && !has_row(JOURNAL_WAITING, 1));
	/* A second approval and a refusal come too late. */
	assert_int_equal(settle(ending(DEED_APPROVE, 1, APPROVAL_APPROVED), (const uint8_t[]){ 6, 1 }, 2), LB_NOT_FOUND);
	assert_int_equal(settle(ending(DEED_REFUSE, 1, APPROVAL_REFUSED), (const uint8_t[]){ 7 }, 1), LB_NOT_FOUND);
	assert_false(is_in_log(6) || is_in_log(7));
}

static void what_is_refused_or_withdrawn_never_goes_out(void **state)
{
	(void)state;
	for (uint8_t id = 1; id <= 2; id++)
		assert_int_equal(settle(holding(id, 100), &id, 1), LB_OK);
	assert_int_equal(settle(ending(DEED_REFUSE, 1, APPROVAL_REFUSED), (const uint8_t[]){ 5 }, 1), LB_OK);
	assert_int_equal(settle(ending(DEED_WITHDRAW, 2, APPROVAL_WITHDRAWN), (const uint8_t[]){ 6 }, 1), LB_OK);
	assert_int_equal(settle(ending(DEED_WITHDRAW, 2, APPROVAL_WITHDRAWN), (const uint8_t[]){ 6 }, 1), LB_OK); /* again */
	assert_true(is_in_log(5) && !is_in_log(6) && !is_in_log(1) && !is_in_log(2));
	assert_int_equal(settle(ending(DEED_APPROVE, 1, APPROVAL_APPROVED), (const uint8_t[]){ 7, 1 }, 2), LB_NOT_FOUND);
	assert_int_equal(settle(ending(DEED_WITHDRAW, 3, APPROVAL_WITHDRAWN), (const uint8_t[]){ 8 }, 1), LB_NOT_FOUND);
	assert_int_equal(settle(make(DEED_REPEAT, 5), (const uint8_t[]){ 5 }, 1), LB_OK);
	assert_int_equal(settle(make(DEED_REPEAT, 8), (const uint8_t[]){ 8 }, 1), LB_NOT_FOUND);
}

static void one_origin_has_only_so_many_that_wait(void **state)
{
	(void)state;
	for (uint8_t id = 0; id < DEEDS_WAITING_OF_ORIGIN; id++)
		assert_int_equal(settle(holding(id, 100), &id, 1), LB_OK);
	assert_int_equal(settle(holding(100, 100), (const uint8_t[]){ 100 }, 1), LB_LIMIT);
	assert_false(has_row(JOURNAL_WAITING, 100));
}

static bool expire(int64_t now_ms)
{
	bool changed = false;

	begin();
	assert_int_equal(deeds_expire(&l.append, now_ms, &changed), LB_OK);
	commit();
	return changed;
}

static void a_wait_ends_and_is_forgotten_later(void **state)
{
	(void)state;
	assert_int_equal(settle(holding(1, 100), (const uint8_t[]){ 1 }, 1), LB_OK);
	assert_int_equal(settle(holding(2, 200), (const uint8_t[]){ 2 }, 1), LB_OK);
	assert_false(expire(99));
	assert_true(expire(100));
	assert_true(!has_row(JOURNAL_WAITING, 1) && has_row(JOURNAL_SETTLED, 1) && has_row(JOURNAL_WAITING, 2));
	assert_int_equal(settle(holding(1, 300), (const uint8_t[]){ 1 }, 1), LB_OK); /* the same again: taken, and it waits no more */
	assert_false(has_row(JOURNAL_WAITING, 1));
	assert_true(expire(lb_uuid7_ms(&(struct lb_uuid[]){ log_id(1) }[0]) + DEEDS_SETTLED_MS + 1));
	assert_false(has_row(JOURNAL_SETTLED, 1));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, log_set_up, log_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_case_goes_with_its_receipt),
		TEST(a_case_stays_until_the_last_has_acknowledged_it),
		TEST(of_a_case_that_is_gone_the_receipt_is_taken_all_the_same),
		TEST(a_kill_before_the_commit_loses_neither),
		TEST(a_kill_behind_the_commit_loses_neither),
		TEST(a_recall_takes_the_bytes),
		TEST(what_waits_is_not_in_the_log_until_it_is_approved),
		TEST(what_is_refused_or_withdrawn_never_goes_out),
		TEST(one_origin_has_only_so_many_that_wait),
		TEST(a_wait_ends_and_is_forgotten_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
