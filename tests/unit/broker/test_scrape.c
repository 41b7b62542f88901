/* Tests of the metrics' HTTP: what is answered, and that it listens on this machine only. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "broker/edge/scrape.h"

static char why[512], answer[65536];

static lb_err render(void *user, struct lb_buf *out)
{
	const char *text = user;

	return text != NULL ? lb_buf_append(out, text, strlen(text)) : LB_NO_MEMORY;
}

static struct scrape *started(const char *text)
{
	struct scrape *s = NULL;

	assert_int_equal(scrape_start("127.0.0.1:0", render, (void *)text, &s, why, sizeof why), LB_OK);
	assert_int_not_equal(scrape_port(s), 0);
	return s;
}

/* Sends a request and reads until the other side closes. */
static const char *ask(const struct scrape *s, const char *request)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)scrape_port(s)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const struct timeval deadline = { .tv_sec = 10 };
	size_t n = 0;
	ssize_t got;

	assert_true(fd >= 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
	while ((got = recv(fd, answer + n, sizeof answer - 1 - n, 0)) > 0)
		n += (size_t)got;
	assert_int_equal(got, 0);
	close(fd);
	answer[n] = '\0';
	return answer;
}

#define REQUEST(method, path) method " " path " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void metrics_are_openmetrics_text(void **state)
{
	struct scrape *s = started("lagebus_sessions 7\n");
	const char *a = ask(s, REQUEST("GET", "/metrics"));

	(void)state;
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_non_null(strstr(a, "\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
	assert_non_null(strstr(a, "\r\n\r\nlagebus_sessions 7\n# EOF\n"));
	assert_string_equal(a + strlen(a) - 6, "# EOF\n");
	a = ask(s, REQUEST("HEAD", "/metrics"));
	assert_true(begins(a, "HTTP/1.1 200 "));
	assert_null(strstr(a, "# EOF"));
	scrape_stop(s);
}

static void everything_else_is_refused(void **state)
{
	struct scrape *s = started("");

	(void)state;
	assert_true(begins(ask(s, REQUEST("GET", "/")), "HTTP/1.1 404 "));
	assert_true(begins(ask(s, REQUEST("GET", "/metrics/")), "HTTP/1.1 404 "));
	assert_true(begins(ask(s, REQUEST("GET", "/../etc/passwd")), "HTTP/1.1 404 "));
	assert_true(begins(ask(s, REQUEST("DELETE", "/metrics")), "HTTP/1.1 405 "));
	assert_non_null(strstr(answer, "Allow: GET, HEAD\r\n"));
	assert_true(begins(ask(s, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"), "HTTP/1.1 405 "));
	scrape_stop(s);
}

static void what_cannot_be_rendered_is_an_error(void **state)
{
	struct scrape *s = started(NULL);

	(void)state;
	assert_true(begins(ask(s, REQUEST("GET", "/metrics")), "HTTP/1.1 500 "));
	scrape_stop(s);
	scrape_stop(NULL);
}

static void only_addresses_of_this_machine_are_listened_on(void **state)
{
	static const char *const foreign[] = { "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "128.0.0.1:0", "example.org:0", "*:0", "[::2]:0" };
	static const char *const malformed[] = { "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1",
		"127.0.0.1:80 ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1" };
	struct scrape *s = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		assert_int_equal(scrape_start(foreign[i], render, "", &s, why, sizeof why), LB_CONFIG);
		assert_non_null(strstr(why, "is not an address of this machine alone"));
	}
	for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
		assert_int_equal(scrape_check_address(malformed[i], why, sizeof why), LB_CONFIG);
		assert_non_null(strstr(why, "is no address and port"));
	}
	assert_null(s);
	assert_int_equal(scrape_check_address("127.1.2.3:9700", why, sizeof why), LB_OK);
	assert_int_equal(scrape_check_address("localhost:9700", why, sizeof why), LB_OK);
	assert_int_equal(scrape_check_address("[::1]:9700", why, sizeof why), LB_OK);
}

static void a_port_in_use_is_said(void **state)
{
	struct scrape *first = started(""), *second = NULL;
	char address[32];

	(void)state;
	snprintf(address, sizeof address, "127.0.0.1:%u", scrape_port(first));
	assert_int_equal(scrape_start(address, render, "", &second, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, address));
	scrape_stop(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_are_openmetrics_text),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(what_cannot_be_rendered_is_an_error),
		cmocka_unit_test(only_addresses_of_this_machine_are_listened_on),
		cmocka_unit_test(a_port_in_use_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
