/* The local socket: who asks and what, what is thrown away, who does not keep up or is gone. */
#include "tests/kit/unit.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "agents/agent/local_server.h"
#include "lagebus/limits.h"
#include "tests/kit/credentials.h"

#define DEADLINE_MS 20000

/* libzmq is not built for ThreadSanitizer, which then takes its queues for races. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:libzmq.so\ncalled_from_lib:libzmq.so\n";
}

static char folder[64], address[128];
static struct local_server *server;
static void *context;
static void *clients[4]; /* closed even when a test ends early: the context waits for them */
static unsigned clients_n;

static int setup(void **state)
{
	char why[400] = "";

	(void)state;
	strcpy(folder, "/tmp/lagebus-local-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(address, sizeof address, "ipc://%s/run/agent.sock", folder);
	context = zmq_ctx_new();
	return local_server_open(address, &server, why, sizeof why) == LB_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	while (clients_n > 0)
		zmq_close(clients[--clients_n]);
	zmq_ctx_term(context);
	local_server_close(server);
	credentials_remove(folder);
	return 0;
}

/* A client; a routing id of n bytes, or one of ZeroMQ's own choice (0). */
static void *connect_with(size_t id_n)
{
	static const char id[LOCAL_PEER_MAX + 1] = "somebody";
	int none = 0, deadline = DEADLINE_MS;
	void *socket = zmq_socket(context, ZMQ_DEALER);

	zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none);
	zmq_setsockopt(socket, ZMQ_RCVTIMEO, &deadline, sizeof deadline);
	if (id_n > 0)
		assert_int_equal(zmq_setsockopt(socket, ZMQ_ROUTING_ID, id, id_n), 0);
	assert_true(clients_n < sizeof clients / sizeof *clients);
	clients[clients_n++] = socket;
	assert_int_equal(zmq_connect(socket, address), 0);
	return socket;
}

static void leave(void *socket)
{
	unsigned i = 0;

	while (clients[i] != socket)
		i++;
	clients[i] = clients[--clients_n];
	zmq_close(socket);
}

static void say(void *socket, const char *text, bool more)
{
	assert_int_equal(zmq_send(socket, text, strlen(text), more ? ZMQ_SNDMORE : 0), strlen(text));
}

/* The next request, which is waited for, must be this text. */
static struct local_peer assert_asked(const char *text)
{
	struct pollfd p = { .fd = local_server_fd(server), .events = POLLIN };
	struct lb_buf request = LB_BUF_INIT;
	struct local_peer peer;

	assert_int_equal(lb_buf_append(&request, "what was there before", 21), LB_OK);
	while (!local_server_receive(server, &peer, &request))
		if (!local_server_is_ready(server))
			assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	assert_int_equal(lb_buf_len(&request), strlen(text));
	if (text[0])
		assert_memory_equal(lb_buf_data(&request), text, strlen(text));
	lb_buf_fini(&request);
	return peer;
}

static void a_request_is_answered(void **state)
{
	void *first = connect_with(0), *second = connect_with(LOCAL_PEER_MAX);
	struct local_peer peer;
	char answer[20] = "";

	(void)state;
	say(first, "first", false);
	peer = assert_asked("first");
	say(second, "second", false);
	assert_int_equal(assert_asked("second").n, LOCAL_PEER_MAX);
	assert_int_equal(local_server_send(server, &peer, "answer", 6), LB_OK);
	assert_int_equal(zmq_recv(first, answer, sizeof answer, 0), 6);
	assert_string_equal(answer, "answer");
}

static void what_is_no_request_is_thrown_away(void **state)
{
	void *client = connect_with(0), *long_name = connect_with(LOCAL_PEER_MAX + 1);
	struct lb_buf request = LB_BUF_INIT;
	struct local_peer peer;

	(void)state;
	say(long_name, "a name that is too long", false);
	say(client, "two", true);
	say(client, "frames", false);
	say(client, "", true);
	say(client, "an empty one in front, as a REQ socket sends it", false);
	say(client, "", false);
	assert_asked("");
	say(client, "good", false);
	assert_asked("good");
	assert_false(local_server_receive(server, &peer, &request));
	lb_buf_fini(&request);
}

/* Whoever sends more than fits loses the connection; the others do not. */
static void a_request_has_its_limit(void **state)
{
	size_t n = LB_PAYLOAD_MAX + LB_HEADER_MAX + 2000;
	void *client = connect_with(0), *other = connect_with(0);
	char *large = calloc(1, n);

	(void)state;
	assert_non_null(large);
	assert_int_equal(zmq_send(client, large, n, 0), n);
	say(other, "other", false);
	assert_asked("other");
	say(client, "after it", false); /* on a connection of its own */
	assert_asked("after it");
	free(large);
}

static void who_does_not_keep_up_is_told_from_who_is_gone(void **state)
{
	static char page[10000];
	void *slow = connect_with(0), *gone = connect_with(0), *other = connect_with(0);
	struct local_peer slow_peer, gone_peer, other_peer;
	struct pollfd p = { .fd = local_server_fd(server), .events = POLLIN };
	unsigned sent = 0;
	lb_err e;

	(void)state;
	say(slow, "slow", false);
	slow_peer = assert_asked("slow");
	say(gone, "gone", false);
	gone_peer = assert_asked("gone");
	say(other, "other", false);
	other_peer = assert_asked("other");
	while ((e = local_server_send(server, &slow_peer, page, sizeof page)) == LB_OK && sent < 100000)
		sent++;
	assert_int_equal(e, LB_LIMIT);
	assert_int_equal(local_server_send(server, &other_peer, page, sizeof page), LB_OK);
	assert_int_equal(zmq_recv(other, page, sizeof page, 0), sizeof page);
	leave(gone);
	for (sent = 0; sent < 100000 && (e = local_server_send(server, &gone_peer, "x", 1)) == LB_OK; sent++)
		if (!local_server_is_ready(server))
			assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	assert_int_equal(e, LB_CLOSED);
}

/* Its descriptor says that something changed, once: sending uses that up. */
static void readiness_outlives_the_descriptor(void **state)
{
	void *client = connect_with(0);
	struct pollfd p = { .fd = local_server_fd(server), .events = POLLIN };
	struct local_peer peer;

	(void)state;
	say(client, "one", false);
	peer = assert_asked("one");
	say(client, "two", false);
	while (!local_server_is_ready(server))
		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	assert_int_equal(local_server_send(server, &peer, "x", 1), LB_OK);
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_true(local_server_is_ready(server));
	assert_asked("two");
}

static void assert_not_opened(const char *where, lb_err reason, const char *says)
{
	struct local_server *l = NULL;
	char why[400] = "";

	assert_int_equal(local_server_open(where, &l, why, sizeof why), reason);
	assert_non_null(strstr(why, says));
	assert_null(l);
}

static void the_folder_is_made_and_bad_addresses_are_named(void **state)
{
	char path[200];
	struct stat st;

	(void)state;
	snprintf(path, sizeof path, "%s/run", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	assert_not_opened("tcp://127.0.0.1:7700", LB_CONFIG, "tcp://127.0.0.1:7700");
	assert_not_opened("", LB_CONFIG, "ipc://");
	assert_not_opened("ipc:///proc/none/agent.sock", LB_IO, "/proc/none");
	snprintf(path, sizeof path, "ipc://%s/%0110d", folder, 0); /* longer than a socket's path may be */
	assert_not_opened(path, LB_IO, path);
}

#define LOCAL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOCAL_TEST(a_request_is_answered),
		LOCAL_TEST(what_is_no_request_is_thrown_away),
		LOCAL_TEST(a_request_has_its_limit),
		LOCAL_TEST(who_does_not_keep_up_is_told_from_who_is_gone),
		LOCAL_TEST(readiness_outlives_the_descriptor),
		LOCAL_TEST(the_folder_is_made_and_bad_addresses_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
