/* agents/cli/client.c */
#include "agents/cli/client.h"

#include "tests/unit/cli/fake_agent.h"

static void a_missing_agent_is_said_at_once(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "--agent", "ipc:///tmp/no-such-folder/agent.sock", "status", NULL), CLI_NO_AGENT);
	assert_has(r.err, "ipc:///tmp/no-such-folder/agent.sock cannot be reached");
	assert_has(r.err, "systemctl start");
	assert_int_equal(run(&r, "--agent", "no address", "status", NULL), CLI_USAGE);
	ran_free(&r);
}

static void a_dead_socket_is_said_at_once(void **state)
{
	char *dir = scratch_make(), address[200];
	struct ran r = { .code = 0 };

	(void)state;
	snprintf(address, sizeof(address), "ipc://%s/agent.sock", dir);
	write_text(address + 6, "");
	assert_int_equal(run(&r, "--agent", address, "status", NULL), CLI_NO_AGENT);
	assert_has(r.err, "refused");
	scratch_remove(dir);
	ran_free(&r);
}

static void silence(struct fake *f, const Lagebus__Request *request)
{
	(void)f;
	(void)request;
}

static void silence_of_the_broker_is_a_timeout(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, silence);
	assert_int_equal(run(&r, "inbox", "--timeout", "1", NULL), CLI_NO_BROKER);
	assert_has(r.err, "broker.example:7700 after 1 s");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void refuse(struct fake *f, const Lagebus__Request *request)
{
	(void)request;
	fake_error(f, LB_AREA_NOT_AGREED, "");
}

static void a_refusal_has_text_token_and_advice(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, refuse);
	assert_int_equal(run(&r, "inbox", NULL), CLI_REFUSED);
	assert_has(r.err, lb_err_text(LB_AREA_NOT_AGREED));
	assert_has(r.err, "(area-not-agreed)");
	assert_has(r.err, "--area");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

/* A late answer to something else, a first answer with more to come, then the last one. */
static void in_pieces(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__InboxReply inbox = LAGEBUS__INBOX_REPLY__INIT;
	uint64_t number = f->number;

	(void)request;
	f->number = number - 1;
	fake_error(f, LB_IO, "late");
	f->number = number;
	reply.more = true;
	fake_reply(f, &reply);
	reply.more = false;
	reply.body_case = LAGEBUS__REPLY__BODY_INBOX;
	reply.inbox = &inbox;
	fake_reply(f, &reply);
}

static void takes_the_last_reply_to_its_own_question(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, in_pieces);
	assert_int_equal(run(&r, "inbox", NULL), CLI_OK);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_agent_is_said_at_once),
		cmocka_unit_test(a_dead_socket_is_said_at_once),
		cmocka_unit_test(silence_of_the_broker_is_a_timeout),
		cmocka_unit_test(a_refusal_has_text_token_and_advice),
		cmocka_unit_test(takes_the_last_reply_to_its_own_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
