/* agents/cli/cmd_inbox.c */
#include "tests/unit/cli/fake_agent.h"

static void two(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__InboxReply body = LAGEBUS__INBOX_REPLY__INIT;
	struct lb_header h = sample_header(1);
	Lagebus__StoredMessage *messages[2];
	struct sample a, b;

	(void)request;
	h.exercise = true;
	sample_init(&b, 2, "zwei\twith\033[31m");
	sample_init_header(&a, &h, "eins");
	a.stored.acknowledged = 2;
	messages[0] = &b.stored;
	messages[1] = &a.stored;
	body.messages = messages;
	body.n_messages = 2;
	reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
	reply.inbox = &body;
	fake_reply(f, &reply);
	sample_fini(&a);
	sample_fini(&b);
}

static void lists_lines_documents_and_a_table(void **state)
{
	char id[LB_UUID_TEXT];
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	sample_id(2, id);
	fake_start(&f, two);
	assert_int_equal(run(&r, "inbox", NULL), CLI_OK);
	assert_has(r.out, "2026-11-23T09:00:01Z\t3 orange\tTLP:AMBER\twarning\tbund-bsi\tzwei with");
	assert_has(r.out, "\topen\t");
	assert_has(r.out, id);
	assert_has(r.out, "ÜBUNG – ÜBUNG – ÜBUNG eins\tacknowledged");
	assert_has_not(r.out, "\033");
	assert_int_equal(run(&r, "inbox", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"title\": \"eins\"");
	assert_int_equal(run(&r, "inbox", "--table", NULL), CLI_OK);
	assert_has(r.out, "│ marking");
	assert_has(r.out, id + strlen(id) - 8);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void garbage(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__InboxReply body = LAGEBUS__INBOX_REPLY__INIT;
	Lagebus__StoredMessage m = LAGEBUS__STORED_MESSAGE__INIT, *messages[] = { &m };

	(void)request;
	m.row = 7;
	m.received = 1795424400000;
	m.header = (ProtobufCBinaryData){ 2, (uint8_t *)"\xff\xff" };
	m.quarantine = (char *)"bad-header";
	body.messages = messages;
	body.n_messages = 1;
	reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
	reply.inbox = &body;
	fake_reply(f, &reply);
}

static void a_header_that_cannot_be_read_is_listed(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, garbage);
	assert_int_equal(run(&r, "inbox", "--quarantine", NULL), CLI_OK);
	assert_string_equal(r.out, "2026-11-23T09:00:00Z\t-\t-\t-\t-\tits header cannot be read\tbad-header\t-\n");
	assert_int_equal(run(&r, "inbox", "--quarantine", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"quarantine\": \"bad-header\"");
	assert_has(r.out, "\"row\": 7");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void asks_for_what_was_asked(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, two);
	assert_int_equal(run(&r, "inbox", "--search", "exchange", "--unacknowledged", "--quarantine", "--topic", "warning/*", "--limit",
		"7", "--before", "9", NULL), CLI_OK);
	fake_stop(&f);
	assert_string_equal(f.last->inbox->search, "exchange");
	assert_string_equal(f.last->inbox->topic, "warning/*");
	assert_true(f.last->inbox->unacknowledged);
	assert_true(f.last->inbox->quarantine);
	assert_int_equal(f.last->inbox->limit, 7);
	assert_int_equal(f.last->inbox->before, 9);
	fake_forget(&f);
	assert_int_equal(run(&r, "inbox", "--topic", "nonsense", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "inbox", "--limit", "0", NULL), CLI_USAGE);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_lines_documents_and_a_table),
		cmocka_unit_test(a_header_that_cannot_be_read_is_listed),
		cmocka_unit_test(asks_for_what_was_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
