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

/* A log that was restored from a backup has the id of the one that an agent read, and may have lost what the agent has. */
static void only_what_stands_where_the_agent_says_is_its_past(void **state)
{
	struct lb_uuid log, routine[2], urgent, unknown = lb_uuid7_now();
	struct caller *bsi;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	routine[0] = stand_send(bsi, "de-sn", 10);
	routine[1] = stand_send(bsi, "de-sn", 10);
	urgent = stand_warn(bsi, "de-sn", 10);
	log = journal_id(stand.parts.journal);
	const struct {
		size_t log_n;
		uint64_t position;
		const struct lb_uuid *id; /* NULL: an agent that does not say which */
		size_t id_n;
		uint64_t from; /* where its routine goes on */
	} cases[] = {
		{ 16, 2, &routine[1], 16, 2 },
		{ 16, 1, &routine[0], 16, 1 },
		{ 16, 2, NULL, 0, 2 },
		{ 16, 2, &unknown, 16, 0 },
		{ 16, 2, &routine[0], 16, 0 }, /* it stands, elsewhere */
		{ 16, 1, &urgent, 16, 0 },     /* at the position, in the other lane */
		{ 16, 2, &routine[1], 15, 0 },
		{ 16, 3, NULL, 0, 0 }, /* beyond the end */
		{ 15, 2, &routine[1], 16, 0 },
		{ 0, 2, &routine[1], 16, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
		struct caller *sn;

		hello.version = LB_PROTOCOL_VERSION;
		hello.log = (ProtobufCBinaryData){ cases[i].log_n, log.b };
		hello.routine = cases[i].position;
		if (cases[i].id)
			hello.routine_id = (ProtobufCBinaryData){ cases[i].id_n, (uint8_t *)cases[i].id->b };
		sn = stand_agent_from("sn", &hello);
		if (sn->control->welcome->routine != cases[i].from)
			fail_msg("case %zu: from %llu", i, (unsigned long long)sn->control->welcome->routine);
		caller_fini(sn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(an_agent_that_comes_and_goes_is_saved_once),
		STAND_TEST(what_it_has_stored_is_saved_when_it_goes),
		STAND_TEST(only_what_stands_where_the_agent_says_is_its_past),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
