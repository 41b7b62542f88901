/* agents/cli/cmd_approvals.c: what waits for a second person, for people and programs. */
#include "tests/unit/cli/fake_agent.h"

static struct sample waiting;
static bool _Atomic any;

static void answer(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__ApprovalsReply body = LAGEBUS__APPROVALS_REPLY__INIT;
	Lagebus__Waiting w = LAGEBUS__WAITING__INIT;
	Lagebus__WaitingMessage m = LAGEBUS__WAITING_MESSAGE__INIT, unreadable = LAGEBUS__WAITING_MESSAGE__INIT, *list[] = { &unreadable, &m };
	Lagebus__ApprovalStatus status = LAGEBUS__APPROVAL_STATUS__INIT;
	uint8_t packed[4096];

	(void)request;
	status.until = 1795442400000;
	status.came = 1795438800000;
	status.signer = (char *)"spiffe://lagebus.example/partner/bund-bsi/agent/main";
	m.header = waiting.stored.header;
	m.approval = unreadable.approval = &status;
	unreadable.header = (ProtobufCBinaryData){ 3, (uint8_t *)"abc" };
	w.now = 1795438800000;
	w.messages = list;
	w.n_messages = any ? 2 : 0;
	w.more = any;
	body.waiting = (ProtobufCBinaryData){ lagebus__waiting__pack(&w, packed), packed };
	reply.body_case = LAGEBUS__REPLY__BODY_APPROVALS;
	reply.approvals = &body;
	fake_reply(f, &reply);
}

static struct fake agent;

static int set_up(void **state)
{
	struct lb_header h = sample_header(1);

	(void)state;
	h.level = 4;
	h.exercise = true;
	sample_init_header(&waiting, &h, "Talsperre");
	any = true;
	fake_start(&agent, answer);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	run_language = "C.UTF-8";
	fake_stop(&agent);
	fake_forget(&agent);
	sample_fini(&waiting);
	return 0;
}

static void a_terminal_says_whether_this_agent_may_approve(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "approvals", "--table", NULL), CLI_OK);
	assert_has(r.out, "may approve no");
	assert_has(r.out, "level ÜBUNG – ÜBUNG – ÜBUNG 4 red");
	assert_has(r.out, "lagebus approve ID shows one and asks");
	assert_has(r.err, "more waits than is listed");
	run_language = "de_DE.UTF-8";
	run(&r, "approvals", "--table", NULL);
	assert_has(r.out, "darf freigeben nein");
	any = false;
	run(&r, "approvals", "--table", NULL);
	assert_has(r.out, "nichts wartet auf eine zweite Person");
	ran_free(&r);
}

/* What cannot be read is in no list. */
static void a_pipe_has_a_line_for_each_and_json_all(void **state)
{
	struct ran r = { .code = 0 };
	char id[LB_UUID_TEXT], line[400];

	(void)state;
	sample_id(1, id);
	run_language = "de_DE.UTF-8";
	assert_int_equal(run(&r, "approvals", NULL), CLI_OK);
	snprintf(line, sizeof(line), "2026-11-23T14:00:00Z\tÜBUNG – ÜBUNG – ÜBUNG 4 red\tTLP:AMBER\tbund-bsi\tde-sn de-he\t"
		"spiffe://lagebus.example/partner/bund-bsi/agent/main\tno\t%s\n", id);
	assert_string_equal(r.out, line);
	assert_int_equal(run(&r, "approvals", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"audience\": [\n      \"de-sn\",\n      \"de-he\"\n    ]");
	assert_has(r.out, "\"came\": \"2026-11-23T13:00:00Z\"");
	assert_has(r.out, "\"exercise\": true");
	any = false;
	assert_int_equal(run(&r, "approvals", NULL), CLI_OK);
	assert_string_equal(r.out, "");
	run(&r, "approvals", "--json", NULL);
	assert_string_equal(r.out, "[]\n");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_terminal_says_whether_this_agent_may_approve, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_pipe_has_a_line_for_each_and_json_all, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
