/* Tests of the program lagebusd as its operator meets it: options, exit codes, start, reload, metrics, stop. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/kit/credentials.h"

#define DEADLINE_MS 20000

/* A running lagebusd and what it printed so far. */
struct broker {
	pid_t pid;
	int out;
	char said[65536];
	size_t n;
};

static char folder[] = "/tmp/lagebus-lagebusd-XXXXXX", config[128], program[512];
static struct broker b;

#define COORDINATOR "{ id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; }"
#define STATE ", { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }"

static bool write_federation(const char *partners)
{
	char text[1024];

	snprintf(text, sizeof text, "trust_domain = \"lage.example\";\npartners = (\n%s );\n", partners);
	return credentials_write(folder, "federation.conf", text);
}

static bool write_settings(const char *more)
{
	char text[2048];

	snprintf(text, sizeof text,
	         "certificate = \"%s/broker.pem\";\nkey = \"%s/broker.key\";\nca = \"%s/ca.pem\";\nfederation = \"%s/federation.conf\";\n"
	         "data = \"%s/data\";\nlisten = \"127.0.0.1:0\";\nmetrics = \"127.0.0.1:0\";\nworkers = 1;\nlow_water = 0;\n%s",
	         folder, folder, folder, folder, folder, more);
	return credentials_write(folder, "lagebusd.conf", text);
}

static int make_folder(void **state)
{
	const char *build = getenv("LAGEBUS_BUILD");

	(void)state;
	if (mkdtemp(folder) == NULL || !credentials_make(folder, "lage.example") || !write_federation(COORDINATOR) || !write_settings(""))
		return -1;
	snprintf(config, sizeof config, "%s/lagebusd.conf", folder);
	snprintf(program, sizeof program, "%s/bin/lagebusd", build != NULL ? build : "build/release");
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

static void start(char *const argv[])
{
	int pipes[2];

	assert_int_equal(pipe(pipes), 0);
	b.n = 0;
	b.pid = fork();
	assert_true(b.pid >= 0);
	if (b.pid == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		dup2(pipes[1], STDERR_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		execv(program, argv);
		_exit(127);
	}
	close(pipes[1]);
	b.out = pipes[0];
}

static int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads more of what it says; false at its end or at the deadline. */
static bool hear(int64_t until)
{
	struct pollfd p = { .fd = b.out, .events = POLLIN };
	int64_t left = until - clock_ms();
	ssize_t got;

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return false;
	got = read(b.out, b.said + b.n, sizeof b.said - 1 - b.n);
	if (got <= 0)
		return false;
	b.n += (size_t)got;
	b.said[b.n] = '\0';
	return true;
}

/* Waits until it has said this, from `from` on; returns where. */
static const char *expect(const char *words, const char *from)
{
	int64_t until = clock_ms() + DEADLINE_MS;
	const char *at;

	b.said[b.n] = '\0';
	while ((at = strstr(from, words)) == NULL)
		if (!hear(until))
			fail_msg("it did not say \"%s\" but:\n%s", words, b.said);
	return at;
}

/* Waits for its end; returns its exit code. */
static int ended(void)
{
	int64_t until = clock_ms() + DEADLINE_MS;
	int status;

	while (hear(until))
		continue;
	b.said[b.n] = '\0';
	if (clock_ms() >= until)
		kill(b.pid, SIGKILL);
	assert_int_equal(waitpid(b.pid, &status, 0), b.pid);
	b.pid = 0;
	close(b.out);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A test that failed leaves nothing running. */
static int end_it(void **state)
{
	(void)state;
	if (b.pid > 0) {
		kill(b.pid, SIGKILL);
		waitpid(b.pid, NULL, 0);
		b.pid = 0;
	}
	return 0;
}

static int run(const char *first, const char *second, const char *third)
{
	char *argv[] = { program, (char *)first, (char *)second, (char *)third, NULL };

	start(argv);
	return ended();
}

static void serve(void)
{
	char *argv[] = { program, "--config", config, NULL };

	start(argv);
	expect("event=listening address=127.0.0.1 port=", b.said);
	expect("\n", strstr(b.said, "event=listening"));
}

static unsigned port_of(const char *event)
{
	unsigned port = 0;
	const char *at = strstr(b.said, event);

	assert_non_null(at);
	at = strstr(at, " port=");
	assert_non_null(at);
	assert_int_equal(sscanf(at, " port=%u", &port), 1);
	return port;
}

static int connected_to(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

static const char *metrics(void)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
	static char text[65536];
	int fd = connected_to(port_of("event=metrics_listening"));
	size_t n = 0;
	ssize_t got;

	assert_true(fd >= 0);
	assert_int_equal(send(fd, request, sizeof request - 1, MSG_NOSIGNAL), (ssize_t)sizeof request - 1);
	while ((got = recv(fd, text + n, sizeof text - 1 - n, 0)) > 0)
		n += (size_t)got;
	close(fd);
	text[n] = '\0';
	return text;
}

static void options_are_answered(void **state)
{
	(void)state;
	assert_int_equal(run("--version", NULL, NULL), 0);
	assert_int_equal(strncmp(b.said, "lagebusd ", 9), 0);
	assert_int_equal(run("--help", NULL, NULL), 0);
	assert_non_null(strstr(b.said, "--check-config"));
	assert_int_equal(run("--colour", NULL, NULL), 2);
	assert_int_equal(run("more", NULL, NULL), 2);
	assert_int_equal(run("--config", NULL, NULL), 2);
	assert_int_equal(run("--config", "/nowhere/lagebusd.conf", NULL), 3);
	assert_non_null(strstr(b.said, "/nowhere/lagebusd.conf: the file cannot be read"));
}

static void check_config_says_what_is_wrong_and_where(void **state)
{
	(void)state;
	assert_int_equal(run("--check-config", "--config", config), 0);
	assert_non_null(strstr(b.said, "valid; 1 partners in "));
	assert_true(write_federation(COORDINATOR ",\n{ id = \"de-sn\";\nrole = \"king\"; areas = [ ]; }"));
	assert_int_equal(run("--check-config", "--config", config), 3);
	assert_non_null(strstr(b.said, "federation.conf:5: partner \"de-sn\": role \"king\" is none of coordinator, state, local, observer\n"));
	assert_int_equal(run("--config", config, NULL), 3); /* nor does it start */
	assert_true(write_federation(COORDINATOR));
}

static void it_serves_and_stops_as_told(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int fd;
		serve();
		fd = connected_to(port_of("event=listening"));
		assert_true(fd >= 0);
		close(fd);
		assert_non_null(strstr(metrics(), "application/openmetrics-text; version=1.0.0; charset=utf-8"));
		kill(b.pid, signals[i]);
		assert_int_equal(ended(), 0);
		assert_non_null(strstr(b.said, "event=draining"));
		assert_non_null(strstr(b.said, "event=stopped\n"));
		assert_int_equal(connected_to(port_of("event=listening")), -1);
	}
}

static void a_reload_is_all_or_nothing(void **state)
{
	const char *at;

	(void)state;
	serve();
	assert_true(write_federation(COORDINATOR STATE));
	kill(b.pid, SIGHUP);
	at = expect("event=reloaded", b.said);
	expect("partners=2", at);

	assert_true(write_federation(COORDINATOR STATE ","));
	kill(b.pid, SIGHUP);
	at = expect("event=reload_refused", b.said);
	expect("line=3 reason=\"syntax error\"\n", at);
	assert_non_null(strstr(at, "/federation.conf "));

	assert_true(write_federation(COORDINATOR));
	assert_true(write_settings("ca = \"/nowhere/ca.pem\";\n")); /* given twice */
	kill(b.pid, SIGHUP);
	expect("reason=\"duplicate setting name\"", at + 20);
	assert_true(write_settings("crl = \"/nowhere/crl.pem\";\n"));
	kill(b.pid, SIGHUP);
	expect("/nowhere/crl.pem", at + 20);
	assert_non_null(strstr(metrics(), "\nlagebus_reloads_total 1\n"));
	assert_non_null(strstr(metrics(), "\nlagebus_reloads_refused_total 3\n"));

	assert_true(write_settings("max_handshakes = 7;\n"));
	kill(b.pid, SIGHUP);
	expect("event=reload_ignored key=max_handshakes", b.said);
	assert_true(write_settings(""));
	kill(b.pid, SIGTERM);
	assert_int_equal(ended(), 0);
}

static void a_second_broker_on_the_same_log_does_not_start(void **state)
{
	struct broker first;

	(void)state;
	serve();
	first = b;
	assert_int_equal(run("--config", config, NULL), 1);
	assert_non_null(strstr(b.said, "event=start_failed reason="));
	b = first;
	kill(b.pid, SIGTERM);
	assert_int_equal(ended(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(options_are_answered, end_it),
		cmocka_unit_test_teardown(check_config_says_what_is_wrong_and_where, end_it),
		cmocka_unit_test_teardown(it_serves_and_stops_as_told, end_it),
		cmocka_unit_test_teardown(a_reload_is_all_or_nothing, end_it),
		cmocka_unit_test_teardown(a_second_broker_on_the_same_log_does_not_start, end_it),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
