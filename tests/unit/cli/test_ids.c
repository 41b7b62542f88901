/* agents/cli/ids.c */
#include "agents/cli/ids.h"

#include "tests/unit/cli/fake_agent.h"

static void matches_beginnings_and_ends(void **state)
{
	struct lb_uuid id;

	(void)state;
	assert_int_equal(lb_uuid_parse("018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d", &id), LB_OK);
	assert_true(id_matches(&id, "018f3c2a-7b"));
	assert_true(id_matches(&id, "018F3C2A7B"));
	assert_true(id_matches(&id, "1a2b3c4d"));
	assert_true(id_matches(&id, "0c3d1a2b3c4d"));
	assert_false(id_matches(&id, "7b1e"));
	assert_false(id_matches(&id, "1a2b3c4d0"));
}

/* An inbox with the samples 3, 2 and 1, newest first; it heeds limit and before. */
static void inbox(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__InboxReply body = LAGEBUS__INBOX_REPLY__INIT;
	Lagebus__StoredMessage *messages[3];
	struct sample samples[3];

	if (request->body_case != LAGEBUS__REQUEST__BODY_INBOX)
		return;
	for (uint8_t i = 0; i < 3; i++)
		sample_init(&samples[i], (uint8_t)(3 - i), "title");
	body.messages = messages;
	for (unsigned i = 0; i < 3; i++)
		if ((request->inbox->before == 0 || samples[i].stored.row < request->inbox->before) &&
		    body.n_messages < request->inbox->limit)
			messages[body.n_messages++] = &samples[i].stored;
	reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
	reply.inbox = &body;
	fake_reply(f, &reply);
	for (unsigned i = 0; i < 3; i++)
		sample_fini(&samples[i]);
}

static enum cli_exit resolve(const char *written, struct lb_uuid *out, const char *because)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .err = open_memstream(&text, &n), .out = stdout, .timeout_ms = 5000, .agent = getenv("LAGEBUS_AGENT") };
	struct client client;
	enum cli_exit code;

	assert_int_equal(client_open(&cli, &client), CLI_OK);
	code = id_resolve(&client, written, out);
	client_close(&client);
	fclose(cli.err);
	assert_has(text, because);
	free(text);
	return code;
}

static void asks_the_inbox(void **state)
{
	struct lb_uuid id, expected = sample_header(2).id, newest = sample_header(3).id;
	char text[LB_UUID_TEXT];
	struct fake f;

	(void)state;
	fake_start(&f, inbox);
	assert_int_equal(resolve("last", &id, ""), CLI_OK);
	assert_memory_equal(&id, &newest, sizeof(id));
	assert_int_equal(resolve("172802", &id, "no message in the inbox"), CLI_NOT_FOUND);
	sample_id(2, text);
	assert_int_equal(resolve(text + strlen(text) - 6, &id, ""), CLI_OK);
	assert_memory_equal(&id, &expected, sizeof(id));
	assert_int_equal(resolve(text, &id, ""), CLI_OK);
	text[8] = 0;
	assert_int_equal(resolve(text, &id, "more than one"), CLI_NOT_FOUND);
	assert_int_equal(resolve("abc", &id, "not a message id"), CLI_USAGE);
	assert_int_equal(resolve("nonsense", &id, "not a message id"), CLI_USAGE);
	fake_stop(&f);
	fake_forget(&f);
}

static void empty(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__InboxReply body = LAGEBUS__INBOX_REPLY__INIT;

	(void)request;
	reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
	reply.inbox = &body;
	fake_reply(f, &reply);
}

/* Twelve receipts, newest first, then a warning: more than the first page has. */
static void receipts_first(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__InboxReply body = LAGEBUS__INBOX_REPLY__INIT;
	Lagebus__StoredMessage *messages[13];
	struct sample samples[13];

	for (uint8_t i = 0; i < 13; i++) {
		struct lb_header h = sample_header((uint8_t)(13 - i));

		if (i < 12)
			h.type = LB_TYPE_RECEIPT;
		h.lane = LB_LANE_URGENT;
		sample_init_header(&samples[i], &h, "title");
		if ((request->inbox->before == 0 || samples[i].stored.row < request->inbox->before) && body.n_messages < request->inbox->limit)
			messages[body.n_messages++] = &samples[i].stored;
	}
	body.messages = messages;
	reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
	reply.inbox = &body;
	fake_reply(f, &reply);
	for (unsigned i = 0; i < 13; i++)
		sample_fini(&samples[i]);
}

static void receipts_are_not_the_last_message(void **state)
{
	struct lb_uuid id, warning = sample_header(1).id;
	struct fake f;

	(void)state;
	fake_start(&f, receipts_first);
	assert_int_equal(resolve("last", &id, ""), CLI_OK);
	assert_memory_equal(&id, &warning, sizeof(id));
	fake_stop(&f);
	fake_forget(&f);
}

static void an_empty_inbox_has_no_last(void **state)
{
	struct lb_uuid id;
	struct fake f;

	(void)state;
	fake_start(&f, empty);
	assert_int_equal(resolve("last", &id, "no last message"), CLI_NOT_FOUND);
	fake_stop(&f);
	fake_forget(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_beginnings_and_ends),
		cmocka_unit_test(asks_the_inbox),
		cmocka_unit_test(receipts_are_not_the_last_message),
		cmocka_unit_test(an_empty_inbox_has_no_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
