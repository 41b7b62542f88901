/* agents/cli/cmd_ack.c */
#include "tests/unit/cli/fake_agent.h"

static void take(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;

	(void)request;
	sent.accepted = true;
	reply.body_case = LAGEBUS__REPLY__BODY_SEND;
	reply.send = &sent;
	fake_reply(f, &reply);
}

static void says_state_function_and_note(void **state)
{
	char id[LB_UUID_TEXT];
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	sample_id(1, id);
	fake_start(&f, take);
	assert_int_equal(run(&r, "ack", id, "--displayed", NULL), CLI_OK);
	assert_has(r.out, "\tdisplayed\taccepted\n");
	assert_int_equal(run(&r, "ack", id, "--by", "CISO on duty", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"state\": \"acknowledged\"");
	assert_int_equal(run(&r, "ack", id, "--by", "CISO on duty", "--implemented", "--note", "patched", "--as", "de-sn/leipzig", "--no-wait", NULL), CLI_OK);
	fake_stop(&f);
	assert_int_equal(f.last->ack->state, 3);
	assert_string_equal(f.last->ack->by, "CISO on duty");
	assert_string_equal(f.last->ack->note, "patched");
	assert_string_equal(f.last->ack->as, "de-sn/leipzig");
	assert_false(f.last->ack->wait);
	assert_int_equal(f.last->ack->id.len, 16);
	fake_forget(&f);
	ran_free(&r);
}

static void says_what_is_missing(void **state)
{
	char long_text[1026] = "";
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "ack", "last", NULL), CLI_USAGE);
	assert_has(r.err, "who acknowledges");
	assert_int_equal(run(&r, "ack", "last", "--displayed", "--implemented", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ack", "last", "--by", "\xFF", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ack", "last", "--by", "CISO on duty", "--as", "all of us", NULL), CLI_USAGE);
	assert_has(r.err, "--as all of us: is no partner id");
	memset(long_text, 'x', 256);
	assert_int_equal(run(&r, "ack", "last", "--by", long_text, NULL), CLI_USAGE);
	assert_has(r.err, "at most 255 bytes");
	memset(long_text, 'x', 1025);
	assert_int_equal(run(&r, "ack", "last", "--by", "x", "--note", long_text, NULL), CLI_USAGE);
	assert_has(r.err, "at most 1024 bytes");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_state_function_and_note),
		cmocka_unit_test(says_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
