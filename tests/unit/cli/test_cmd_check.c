/* agents/cli/cmd_check.c */
#include "agents/cli/ca.h"
#include "agents/cli/check_federation.h"
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

#define FEDERATION \
	"trust_domain = \"lagebus.example\";\npartners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; } );\n"

static void assert_on_a_terminal(const char *file, const char *language, const char *title, const char *period)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .terminal = true, .width = 120 };
	struct findings findings = { .n = 0 };
	struct federation *federation = check_federation_read(file, CLI_REFUSED, &findings);

	assert_non_null(federation);
	words_in(language);
	assert_int_equal(check_federation_show(&cli, federation), CLI_OK);
	fclose(cli.out);
	assert_has(text, title);
	assert_has(text, period);
	assert_has_not(text, "\t");
	free(text);
	federation_unref(federation);
	words_in("C.UTF-8");
}

/* The file that a broker reads, whether it is given itself or a broker's configuration names it. */
static void says_how_long_a_federation_keeps_what(void **state)
{
	char *dir = scratch_make(), text[4096];
	const char *file = in_scratch(dir, "federation.conf"), *conf = in_scratch(dir, "lagebusd.conf");
	struct ran r = { .code = 0 };

	(void)state;
	write_text(file, FEDERATION "retention = { warning = \"10 years\"; };\n");
	assert_int_equal(run(&r, "check", file, NULL), CLI_OK);
	assert_has(r.out, "ok\tfederation\t");
	assert_has(r.out, ": 1 partners in lagebus.example\n");
	assert_has(r.out, "retention\twarning\t10 years\tfederation\n");
	assert_has(r.out, "retention\tindicator\t18 months\tdefault\n");
	assert_has(r.out, "retention\tdigital-violence-case\t14 days\tdefault\n");
	assert_has_not(r.out, "agent");
	assert_string_equal(r.err, "");
	assert_on_a_terminal(file, "C.UTF-8", "How long messages are kept", "18 months");
	assert_on_a_terminal(file, "de_DE.UTF-8", "Wie lange Nachrichten aufgehoben werden", "18 Monate");
	assert_int_equal(run(&r, "check", file, "--json", NULL), CLI_OK);
	assert_has(r.out, "\"type\": \"warning\"");
	assert_has(r.out, "\"days\": 3650");
	assert_has(r.out, "\"default\": false");
	write_text(file, FEDERATION "retention = { warning = \"soon\"; };\n");
	assert_int_equal(run(&r, "check", file, NULL), CLI_REFUSED);
	assert_has(r.out, "error\tfederation\t");
	assert_has(r.out, ":3: ");
	assert_has_not(r.out, "retention\t");
	snprintf(text, sizeof(text), "certificate = \"c\"; key = \"k\"; ca = \"a\"; federation = \"%s\";\n", file);
	write_text(conf, text);
	write_text(file, FEDERATION);
	run(&r, "check", conf, NULL);
	assert_has(r.out, "retention\twarning\t5 years\tdefault\n");
	ran_free(&r);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checks_files_agent_and_broker),
		cmocka_unit_test(says_how_long_a_federation_keeps_what),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
