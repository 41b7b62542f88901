/* Sockets and the poller together, on the loopback: addresses, full buffers, both ends, and edges. */
#include "tests/kit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "broker/edge/poller.h"
#include "broker/edge/socket.h"

static int listen_here(unsigned *port)
{
	char why[200] = "";
	int fd = -1;

	if (socket_listen("127.0.0.1:0", &fd, port, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_true(*port > 0);
	return fd;
}

/* A blocking peer, and our end of the connection. */
static int connect_to(int listening, unsigned port, int *ours)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char address[SOCKET_ADDRESS] = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(socket_accept(listening, ours, address), LB_OK);
	assert_non_null(strstr(address, "127.0.0.1"));
	assert_non_null(strrchr(address, ':'));
	return fd;
}

static void other_addresses_are_refused(void **state)
{
	static const char *const bad[] = { "", "127.0.0.1", ":", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "no.such.host.invalid:1", "[::1:5" };
	char why[200];
	unsigned port;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why[0] = '\0';
		assert_int_equal(socket_listen(bad[i], &fd, &port, why, sizeof why), LB_CONFIG);
		assert_true(why[0] != '\0');
	}
}

static void an_address_in_use_is_named(void **state)
{
	char address[40], why[200] = "";
	unsigned port, again;
	int fd = listen_here(&port), second;

	(void)state;
	snprintf(address, sizeof address, "127.0.0.1:%u", port);
	assert_int_equal(socket_listen(address, &second, &again, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, address));
	socket_close(fd);
	assert_int_equal(socket_listen(address, &fd, &again, why, sizeof why), LB_OK);
	assert_int_equal(again, port);
	socket_close(fd);
}

static void bytes_go_and_ends_show(void **state)
{
	char address[SOCKET_ADDRESS];
	uint8_t p[16];
	unsigned port;
	size_t n = 0;
	int listening = listen_here(&port), ours, peer, none;

	(void)state;
	assert_int_equal(socket_accept(listening, &none, address), LB_AGAIN);
	peer = connect_to(listening, port, &ours);
	assert_int_equal(socket_receive(ours, p, sizeof p, &n), LB_AGAIN);
	assert_int_equal(send(peer, "hello", 5, 0), 5);
	assert_int_equal(socket_receive(ours, p, sizeof p, &n), LB_OK);
	assert_int_equal(n, 5);
	assert_int_equal(socket_send(ours, (const uint8_t *)"back", 4, &n), LB_OK);
	assert_int_equal(n, 4);
	assert_int_equal(recv(peer, p, sizeof p, 0), 4);
	assert_int_equal(shutdown(peer, SHUT_WR), 0);
	assert_int_equal(socket_receive(ours, p, sizeof p, &n), LB_CLOSED);
	socket_close(ours);
	socket_close(peer);
	/* A reset is an end, too, and writing to it raises no signal. */
	peer = connect_to(listening, port, &ours);
	assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger)), 0);
	socket_close(peer);
	assert_int_equal(socket_receive(ours, p, sizeof p, &n), LB_CLOSED);
	assert_int_equal(socket_send(ours, p, sizeof p, &n), LB_CLOSED);
	socket_close(ours);
	socket_close(listening);
}

/* The one event of this tag, waited for. */
static struct poller_event wait_for(int poller, uint64_t tag)
{
	struct poller_event e[4];
	unsigned n = poller_wait(poller, e, 4, 20000);

	assert_int_equal(n, 1);
	assert_true(e[0].tag == tag);
	return e[0];
}

static void edges_show_once(void **state)
{
	static uint8_t block[65536];
	struct poller_event e[4], one;
	unsigned port;
	size_t n, sent = 0, received = 0;
	int listening = listen_here(&port), ours, peer = connect_to(listening, port, &ours), poller = poller_new();

	(void)state;
	assert_int_equal(poller_add(poller, ours, UINT64_MAX), LB_OK);
	one = wait_for(poller, UINT64_MAX);
	assert_true(one.writable && !one.readable);
	assert_int_equal(poller_wait(poller, e, 4, 0), 0);
	while (socket_send(ours, block, sizeof block, &n) == LB_OK)
		sent += n;
	assert_true(sent > 0);
	assert_int_equal(poller_wait(poller, e, 4, 0), 0);
	while (received < sent) {
		ssize_t got = recv(peer, block, sizeof block, 0);

		assert_true(got > 0);
		received += (size_t)got;
	}
	one = wait_for(poller, UINT64_MAX);
	assert_true(one.writable);
	assert_int_equal(send(peer, "x", 1, 0), 1);
	one = wait_for(poller, UINT64_MAX);
	assert_true(one.readable);
	assert_int_equal(poller_wait(poller, e, 4, 0), 0);
	poller_remove(poller, ours);
	assert_int_equal(send(peer, "x", 1, 0), 1);
	assert_int_equal(poller_wait(poller, e, 4, 0), 0);
	socket_close(ours);
	socket_close(peer);
	socket_close(listening);
	socket_close(poller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_addresses_are_refused),
		cmocka_unit_test(an_address_in_use_is_named),
		cmocka_unit_test(bytes_go_and_ends_show),
		cmocka_unit_test(edges_show_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
