/* Who has a message and who does not, and why. */
#include "tests/kit/stand.h"

#include <string.h>

#include "tests/unit/broker/receipts.h"

static void it_says_who_has_it_and_who_does_not_and_why(void **state)
{
	const Lagebus__PartnerReceipt *row;
	struct caller *c, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	id = stand_warn(c, "de-sn", 1);
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->online && !row->delivered);
	assert_string_equal(row->rule, "");
	assert_int_equal(row->displayed + row->acknowledged + row->implemented, 0);
	row = receipt_of(c, &id, "de-he");
	assert_true(!row->online && !row->delivered && row->last_seen == 0);
	assert_string_equal(row->rule, "not-in-audience");
	assert_string_equal(receipt_of(c, &id, "bund-bsi")->rule, "not-in-audience");
	stand_assert_delivered(sn, &id, 1, 0);
	caller_say_received(sn, 1, 0);
	caller_fini(sn);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	stand_send(c, "de-he", 1); /* committed behind the cursor */
	row = receipt_of(c, &id, "de-sn");
	assert_true(row->delivered && !row->online && row->last_seen > 0);
}

/* A cursor passes also what is not for it: that is not delivered to it. Whoever may not have it any more has it withheld, not "delivered". */
static void what_a_cursor_passes_is_not_what_it_has(void **state)
{
	static const char others[] = "trust_domain = \"lagebus.example\";\n"
				     "partners = (\n"
				     "  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n"
				     "  { id = \"de-sn\"; role = \"state\"; areas = [ \"threat-intelligence\" ]; },\n"
				     "  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; }\n"
				     ");\n";
	const Lagebus__PartnerReceipt *row;
	struct caller *c, *sn, *he;
	struct lb_uuid id, last;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	sn = stand_agent("sn");
	he = stand_agent("he");
	id = stand_send(c, "de-sn", 1);
	last = stand_send(c, "de-he", 1);
	stand_assert_delivered(sn, &id, 1, 0);
	stand_assert_delivered(he, &last, 2, 0);
	caller_say_received(sn, 0, 1);
	caller_say_received(he, 0, 2);
	caller_fini(sn);
	caller_fini(he);
	stand_wait(&stand_metrics(0)->sessions_closed, 2);
	stand_send(c, "de-he", 1); /* committed behind the cursors */
	assert_true(receipt_of(c, &id, "de-sn")->delivered);
	row = receipt_of(c, &id, "de-he");
	assert_false(row->delivered);
	assert_string_equal(row->rule, "not-in-audience");
	stand_reload(others, NULL);
	row = receipt_of(c, &id, "de-sn");
	assert_false(row->delivered);
	assert_int_equal(row->state, LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_WITHHELD);
	assert_string_equal(row->now, "area-not-agreed");
}

/* The older session ends when the newer one has stored more, and with its last word unsaved. */
static void a_session_that_was_taken_over_does_not_set_the_cursor_back(void **state)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	struct caller *sender, *first, *second;
	struct lb_uuid id, log;

	(void)state;
	stand_start();
	log = journal_id(stand.parts.journal);
	sender = stand_agent("bsi");
	first = stand_agent("sn");
	for (unsigned i = 0; i < 20; i++)
		id = stand_send(sender, "de-sn", 60000);
	caller_say_received(first, 0, 1);
	hello.version = LB_PROTOCOL_VERSION;
	hello.log = (ProtobufCBinaryData){ sizeof log.b, log.b };
	hello.routine = 20;
	second = stand_agent_from("sn", &hello);
	stand_wait(&stand_metrics(0)->sessions_closed, 1); /* the first, which took nothing any more */
	stand_send(sender, "de-he", 1);
	assert_true(receipt_of(sender, &id, "de-sn")->delivered);
	assert_true(caller_is_answered(second));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_says_who_has_it_and_who_does_not_and_why),
		STAND_TEST(what_a_cursor_passes_is_not_what_it_has),
		STAND_TEST(a_session_that_was_taken_over_does_not_set_the_cursor_back),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
