/* What is saved of where an agent stands: what has changed, and no more. */
#include "tests/kit/stand.h"

#include <string.h>

#define SN "spiffe://lagebus.example/partner/de-sn/agent/main"

static void saved(struct lb_buf *row)
{
	struct journal_reader *r;
	lb_err e;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	e = journal_get(r, JOURNAL_CURSORS, SN, strlen(SN), row);
	assert_true(e == LB_OK || e == LB_NOT_FOUND);
	journal_reader_free(r);
}

static void visit(struct caller *from, unsigned long long visits)
{
	struct caller *c = stand_agent("sn");

	caller_fini(c);
	stand_wait(&stand_metrics(0)->sessions_closed, visits);
	/* Behind what the session left to the log writer: it is in the log with this, or before. */
	stand_send(from, "de-he", 10);
}

static void an_agent_that_comes_and_goes_is_saved_once(void **state)
{
	struct lb_buf first = LB_BUF_INIT, then = LB_BUF_INIT;
	struct caller *bsi;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	visit(bsi, 1);
	saved(&first);
	assert_true(lb_buf_len(&first) > 0);
	for (unsigned i = 2; i < 6; i++) {
		visit(bsi, i);
		saved(&then);
		assert_int_equal(lb_buf_len(&then), lb_buf_len(&first));
		assert_memory_equal(lb_buf_data(&then), lb_buf_data(&first), lb_buf_len(&first));
	}
	lb_buf_fini(&first);
	lb_buf_fini(&then);
}

static void what_it_has_stored_is_saved_when_it_goes(void **state)
{
	struct lb_buf first = LB_BUF_INIT, then = LB_BUF_INIT;
	struct caller *bsi, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	visit(bsi, 1);
	saved(&first);
	sn = stand_agent("sn");
	id = stand_send(bsi, "de-sn", 10);
	stand_assert_delivered(sn, &id, 2, 0);
	caller_say_received(sn, 0, 2);
	assert_true(caller_is_answered(sn));
	caller_fini(sn);
	stand_wait(&stand_metrics(0)->sessions_closed, 2);
	stand_send(bsi, "de-he", 10);
	saved(&then);
	assert_memory_not_equal(lb_buf_data(&then), lb_buf_data(&first), lb_buf_len(&first));
	lb_buf_fini(&first);
	lb_buf_fini(&then);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(an_agent_that_comes_and_goes_is_saved_once),
		STAND_TEST(what_it_has_stored_is_saved_when_it_goes),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
