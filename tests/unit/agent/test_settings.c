/* The configuration: the example has each key and says what it is, and errors say where they are. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/agent/settings.h"

#define REQUIRED "certificate = \"c\";\nkey = \"k\";\nca = \"a\";\ndata = \"d\";\n"

static lb_err parse(const char *text, struct settings *s, struct config_problem *problem)
{
	memset(problem, 0, sizeof *problem);
	return settings_parse("agent.conf", text, strlen(text), s, problem);
}

static void assert_refused(const char *text, unsigned line, const char *says)
{
	struct config_problem problem;
	struct settings s;

	assert_int_equal(parse(text, &s, &problem), LB_CONFIG);
	assert_string_equal(problem.file, "agent.conf");
	assert_int_equal(problem.line, line);
	assert_non_null(strstr(problem.reason, says));
}

static void the_example_has_each_key_under_a_comment(void **state)
{
#define X(field, key, required, reloadable, value, text) key,
	static const char *const keys[] = { "brokers", "coordinators", SETTINGS_TABLE(X) };
#undef X
	static char text[10000];
	FILE *f = fopen("docs/examples/agent.conf", "r");
	struct config_problem problem;
	struct settings s;
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	assert_true(n > 0 && n < sizeof text - 1);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char line[64];

		snprintf(line, sizeof line, "\n%s = ", keys[i]);
		assert_non_null(strstr(text, line));
	}
	if (settings_read("docs/examples/agent.conf", &s, &problem) != LB_OK)
		fail_msg("%u: %s", problem.line, problem.reason);
	assert_int_equal(s.brokers_n, 1);
	assert_string_equal(s.brokers[0], "lagebus.bund.example:7700");
	assert_string_equal(s.log_level, "info");
	settings_fini(&s);
}

static void what_is_not_given_has_its_default(void **state)
{
	struct config_problem problem;
	struct settings s;

	(void)state;
	assert_int_equal(parse("brokers = (\"h:1\", \"[::1]:2\");\n" REQUIRED, &s, &problem), LB_OK);
	assert_int_equal(s.brokers_n, 2);
	assert_string_equal(s.brokers[1], "[::1]:2");
	assert_string_equal(s.certificate, "c");
	assert_string_equal(s.data, "d");
	assert_string_equal(s.crl, "");
	assert_string_equal(s.proxy, "");
	assert_string_equal(s.local, "ipc:///run/lagebus/agent/agent.sock");
	assert_string_equal(s.log_level, "info");
	assert_string_equal(s.retention, "federation");
	assert_int_equal(s.coordinators_n, 1);
	assert_string_equal(s.coordinators[0], "bund-bsi");
	settings_fini(&s);
	settings_fini(&s); /* it is empty */
	assert_int_equal(parse("brokers = (\"h:1\");\ncoordinators = (\"de-sn\", \"bund-x\");\n" REQUIRED, &s, &problem), LB_OK);
	assert_int_equal(s.coordinators_n, 2);
	assert_string_equal(s.coordinators[1], "bund-x");
	settings_fini(&s);
}

static void what_is_read_at_start_only_stays(void **state)
{
	struct config_problem problem;
	struct settings s, other;
	size_t at = 0;

	(void)state;
	assert_int_equal(parse("brokers = (\"h:1\");\n" REQUIRED, &s, &problem), LB_OK);
	assert_int_equal(parse("brokers = (\"i:2\");\ncertificate = \"c2\"; key = \"k\"; ca = \"a\"; data = \"d2\"; local = \"l2\"; crl = \"r\";\n"
	                       "coordinators = (\"de-sn\", \"de-he\");\n", &other, &problem), LB_OK);
	assert_string_equal(settings_changed(&s, &other, &at), "data");
	assert_string_equal(settings_changed(&s, &other, &at), "local");
	assert_null(settings_changed(&s, &other, &at));
	settings_swap(&s, &other);
	assert_string_equal(s.brokers[0], "i:2");
	assert_string_equal(s.certificate, "c2");
	assert_string_equal(s.crl, "r");
	assert_int_equal(s.coordinators_n, 2);
	assert_string_equal(s.data, "d");
	assert_string_equal(s.local, "ipc:///run/lagebus/agent/agent.sock");
	assert_string_equal(other.certificate, "c");
	assert_string_equal(other.data, "d2");
	settings_fini(&s);
	settings_fini(&other);
}

static void each_error_has_its_line(void **state)
{
	(void)state;
	assert_refused("", 0, "brokers is missing");
	assert_refused(REQUIRED, 0, "brokers is missing");
	assert_refused("brokers = (\"h:1\");\n", 0, "certificate is missing");
	assert_refused("brokers = (\"h:1\");\n" REQUIRED "data = \"\";\n", 6, "");
	assert_refused("brokers = (\"h:1\");\nkey = 5;\n", 2, "key");
	assert_refused("\nbrokers = ();\n", 2, "brokers");
	assert_refused("brokers = \"h:1\";\n", 1, "brokers");
	assert_refused("brokers = (\"h:1\", 5);\n", 1, "host:port");
	assert_refused("brokers = (\"h\");\n", 1, "host:port");
	assert_refused("coordinators = \"bund-bsi\";\n", 1, "partner ids");
	assert_refused("coordinators = ();\n", 1, "partner ids");
	assert_refused("\ncoordinators = (\"Bund\");\n", 2, "no partner id");
	assert_refused("brokers = (\"1:1\",\"2:1\",\"3:1\",\"4:1\",\"5:1\",\"6:1\",\"7:1\",\"8:1\",\"9:1\");\n", 1, "one to eight");
	assert_refused("brokers = (\"h:1\");\n" REQUIRED "colour = \"red\";\n", 6, "colour");
	assert_refused("brokers = (\"h:1\");\n\n\nca = ;\n", 4, "");
	assert_refused("brokers = (\"h:1\");\n" REQUIRED "previous_key = \"k\";\n", 0, "both or neither");
	assert_refused("brokers = (\"h:1\");\nlog_level = \"loud\";\n", 2, "log_level: is none of error");
	assert_refused("brokers = (\"h:1\");\nretention = \"5 years\";\n", 2, "neither federation nor own");
}

static void a_file_that_is_not_there_is_named(void **state)
{
	struct config_problem problem = { .line = 0 };
	struct settings s;

	(void)state;
	assert_int_equal(settings_read("/proc/none/agent.conf", &s, &problem), LB_CONFIG);
	assert_string_equal(problem.file, "/proc/none/agent.conf");
	assert_true(problem.reason[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_has_each_key_under_a_comment),
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(what_is_read_at_start_only_stays),
		cmocka_unit_test(each_error_has_its_line),
		cmocka_unit_test(a_file_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
