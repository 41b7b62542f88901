/* The way to a broker: addresses, and what a proxy may answer. */
#include "tests/kit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agents/agent/dial.h"

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = { "", "host", ":", ":5", "host:", "127.0.0.1:x", "127.0.0.1:70000", "no.such.host.invalid:1", "[]:5" };
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(dial_begin(bad[i], &fd), LB_CONFIG);
}

static void a_listener_is_reached_and_a_closed_port_is_not(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd;
	char address[40];
	struct pollfd p = { .events = POLLOUT };

	(void)state;
	assert_int_equal(bind(listening, (const struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(getsockname(listening, (struct sockaddr *)&a, &n), 0);
	assert_int_equal(listen(listening, 1), 0);
	snprintf(address, sizeof address, "127.0.0.1:%u", ntohs(a.sin_port));
	for (int reached = 1; reached >= 0; reached--) {
		lb_err e = dial_begin(address, &fd);

		if (reached || e == LB_OK) {
			assert_int_equal(e, LB_OK);
			p.fd = fd;
			assert_int_equal(poll(&p, 1, 20000), 1);
			assert_int_equal(dial_connected(fd), reached ? LB_OK : LB_IO);
			close(fd);
		} else {
			assert_int_equal(e, LB_IO);
		}
		if (reached)
			close(listening);
	}
}

static void the_request_fits_or_is_none(void **state)
{
	char out[100];

	(void)state;
	assert_int_equal(dial_proxy_request("h:1", out, sizeof out), strlen("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n"));
	assert_memory_equal(out, "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n", 35);
	assert_int_equal(dial_proxy_request("h:1", out, 35), 0);
}

static lb_err answer(const char *text, size_t n, size_t *used, int *status)
{
	uint8_t *exact = malloc(n ? n : 1);
	lb_err e;

	memcpy(exact, text, n);
	e = dial_proxy_answer(exact, n, used, status);
	free(exact);
	return e;
}

static void a_proxy_s_answer_is_read_at_any_split(void **state)
{
	static const char good[] = "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\nTLS";
	size_t used = 0, end = sizeof good - 1 - 3;
	int status;

	(void)state;
	for (size_t n = 0; n < end; n++)
		assert_int_equal(answer(good, n, &used, &status), LB_AGAIN);
	for (size_t n = end; n < sizeof good; n++) {
		assert_int_equal(answer(good, n, &used, &status), LB_OK);
		assert_int_equal(used, end);
		assert_int_equal(status, 200);
	}
}

static void a_refusal_has_its_status(void **state)
{
	static char endless[DIAL_REPLY_MAX + 10];
	size_t used;
	int status = 9;

	(void)state;
	assert_int_equal(answer("HTTP/1.0 407 No\r\n\r\n", 19, &used, &status), LB_IO);
	assert_int_equal(status, 407);
	assert_int_equal(answer("SSH-2.0-x\r\n\r\n", 13, &used, &status), LB_IO);
	assert_int_equal(status, 0);
	assert_int_equal(answer("\r\n\r\n", 4, &used, &status), LB_IO);
	assert_int_equal(answer("HTTP/1.1 \r\n\r\n", 13, &used, &status), LB_IO);
	memset(endless, 'x', sizeof endless);
	assert_int_equal(answer(endless, DIAL_REPLY_MAX - 1, &used, &status), LB_AGAIN);
	assert_int_equal(answer(endless, sizeof endless, &used, &status), LB_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(a_listener_is_reached_and_a_closed_port_is_not),
		cmocka_unit_test(the_request_fits_or_is_none),
		cmocka_unit_test(a_proxy_s_answer_is_read_at_any_split),
		cmocka_unit_test(a_refusal_has_its_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
