/* agents/cli/cmd_check.c */
#include "agents/cli/ca.h"
#include "tests/unit/cli/fake_agent.h"

static void checks_files_agent_and_broker(void **state)
{
	char *dir = scratch_make(), text[4096];
	const char *conf = in_scratch(dir, "agent.conf");
	struct ca_request request = { .partner = "de-sn", .name = "main", .curve = "p256", .days = 365 };
	struct ca_issued issued;
	struct ran r = { .code = 0 };
	struct fake f;
	struct why why;

	(void)state;
	assert_int_equal(ca_init(dir, "lagebus.example", "p256", 3650, &why), LB_OK);
	assert_int_equal(ca_issue(dir, &request, &issued, &why), LB_OK);
	snprintf(text, sizeof(text), "certificate = \"%s\"; key = \"%s\"; ca = \"%s/ca.pem\"; crl = \"%s/crl.pem\";\n",
		issued.certificate, issued.key, dir, dir);
	write_text(conf, text);
	fake_start(&f, NULL);
	assert_int_equal(run(&r, "check", conf, NULL), CLI_OK);
	assert_has(r.out, "ok\tidentity\tspiffe://lagebus.example/partner/de-sn/agent/main\n");
	assert_has(r.out, "ok\tdates\t364 days left\n");
	assert_has(r.out, "ok\tbroker\tlinked to broker.example:7700");
	f.broker = "";
	assert_int_equal(run(&r, "check", conf, "--json", NULL), CLI_NO_BROKER);
	assert_has(r.out, "\"ok\": false");
	assert_has(r.out, "the way to its port");
	f.last_error = "tls-revoked";
	assert_int_equal(run(&r, "check", conf, NULL), CLI_NO_BROKER);
	assert_has(r.out, "no link: the certificate was revoked; ask the coordinator");
	fake_stop(&f);
	assert_int_equal(run(&r, "--agent", "ipc:///nowhere/agent.sock", "check", conf, NULL), CLI_NO_AGENT);
	assert_has(r.out, "error\tagent\tthe agent at ipc:///nowhere/agent.sock cannot be reached");
	assert_has_not(r.out, "\n\n");
	assert_string_equal(r.err, "");
	assert_int_equal(run(&r, "check", "--files-only", conf, NULL), CLI_OK);
	assert_int_equal(run(&r, "check", "--files-only", "/nowhere/agent.conf", NULL), CLI_NOT_FOUND);
	ran_free(&r);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_files_agent_and_broker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
