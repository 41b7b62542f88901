/* Tests of loading: what a file says arrives, and what is wrong is said with file, line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/load.h"

static struct config_problem problem;

static void the_example_settings_are_valid(void **state)
{
	struct settings s;

	(void)state;
	if (load_settings("docs/examples/lagebusd.conf", &s, &problem) != LB_OK)
		fail_msg("line %u: %s", problem.line, problem.reason);
	assert_string_equal(s.certificate, "/etc/lagebus/broker.pem");
	assert_string_equal(s.listen, "127.0.0.1:7700");
	settings_fini(&s);
}

static lb_err settings(const char *text, struct settings *out)
{
	char path[] = "/tmp/lagebus-settings-XXXXXX";
	int fd = mkstemp(path);
	lb_err e;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	e = load_settings(path, out, &problem);
	unlink(path);
	return e;
}

#define NEEDED "certificate = \"c\";\nkey = \"k\";\nca = \"a\";\nfederation = \"f\";\n"

static void settings_arrive_over_their_defaults(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(settings(NEEDED "in_flight = \"128 MiB\";\nheartbeat = 7;\nrequire_hybrid = true;\n", &s), LB_OK);
	assert_int_equal(s.in_flight, 128 << 20);
	assert_int_equal(s.heartbeat_s, 7);
	assert_true(s.require_hybrid);
	assert_int_equal(s.max_connections, 10000);
	settings_fini(&s);
}

static void a_wrong_setting_has_its_line(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *reason;
	} cases[] = {
		{ NEEDED "heartbeat = \"soon\";\n", 5, "heartbeat: it is not a number of seconds, as in 30 or \"5 min\"" },
		{ NEEDED "colour = 1;\n", 5, "colour: there is no such key" },
		{ NEEDED "workers = [ 1 ];\n", 5, "workers: it is neither a text, nor a whole number, nor true or false" },
		{ NEEDED "workers = 1.5;\n", 5, "workers: it is neither a text, nor a whole number, nor true or false" },
		{ "key = \"k\";\n", 0, "certificate: it has no default and must be given" },
		{ "key = ;\n", 1, "syntax error" },
	};
	struct settings s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(settings(cases[i].text, &s), LB_CONFIG);
		assert_int_equal(problem.line, cases[i].line);
		assert_string_equal(problem.reason, cases[i].reason);
	}
	assert_int_equal(load_settings("/nowhere/lagebusd.conf", &s, &problem), LB_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_settings_are_valid),
		cmocka_unit_test(settings_arrive_over_their_defaults),
		cmocka_unit_test(a_wrong_setting_has_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
