/* The door: who gets through, with what came early; its limits and time-out; reload; and its end while hands are shaken. */
#include "tests/kit/stand.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const struct metrics *at_door(void)
{
	return door_metrics(stand.parts.door, 0);
}

/* A caller that has dialled and opened its session; it ends with the stand. */
static struct caller *dialled(const char *who)
{
	struct caller *c = &stand.callers[stand.callers_n++];

	assert_true(caller_dial(c, door_port(stand.parts.door), stand_tls(who)));
	assert_true(caller_open(c, NULL));
	return c;
}

static int connected(void)
{
	int fd = caller_connect(door_port(stand.parts.door));

	assert_true(fd >= 0);
	return fd;
}

/* Reads up to the end that the other side makes, within the deadline. */
static void assert_ends(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char bytes[4096];
	ssize_t n;

	do {
		assert_int_equal(poll(&p, 1, CALLER_MS), 1);
		n = recv(fd, bytes, sizeof bytes, 0);
	} while (n > 0);
	assert_true(n == 0 || errno == ECONNRESET);
	close(fd);
}

/* A connection is counted until a moment after its end shows. */
static void await_connections(uint32_t n)
{
	for (unsigned i = 0; i < CALLER_MS && roster_connections(stand.parts.roster) != n; i++)
		poll(NULL, 0, 1);
	assert_int_equal(roster_connections(stand.parts.roster), n);
}

static void who_is_through_gets_a_session(void **state)
{
	struct caller *first, *second;
	struct lb_uuid id;

	(void)state;
	stand_start();
	stand_open_door();
	first = dialled("bsi");
	second = dialled("sn");
	stand_wait(&at_door()->handshakes, 2);
	assert_int_equal(roster_connections(stand.parts.roster), 2);
	id = stand_send(first, "de-sn", 10);
	stand_assert_delivered(second, &id, 1, 0);
	caller_fini(second);
	await_connections(1);
	dialled("sn");
	stand_wait(&at_door()->handshakes_resumed, 1);
	assert_int_equal(roster_connections(stand.parts.roster), 2);
}

static void what_comes_with_the_handshake_goes_along(void **state)
{
	struct caller *c = &stand.callers[stand.callers_n++];
	uint8_t greeting[LB_ZMTP_GREETING];

	(void)state;
	stand_start();
	stand_open_door();
	lb_zmtp_greeting(greeting);
	assert_true(caller_dial_early(c, door_port(stand.parts.door), stand_tls("sn"), greeting, sizeof greeting));
	assert_int_equal(caller_hear(c), HEARD_GREETING);
	assert_int_equal(caller_hear(c), HEARD_COMMAND); /* READY answers the greeting that came early */
	caller_say_ready(c, LB_ZMTP_DEALER);
	caller_say_hello(c, NULL);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_WELCOME));
}

static void each_goes_to_the_worker_with_the_least_to_do(void **state)
{
	(void)state;
	stand_set("workers", 2);
	stand_set("door_threads", 2);
	stand_start();
	stand_open_door();
	assert_int_equal(door_threads(stand.parts.door), 2);
	dialled("bsi");
	dialled("sn");
	dialled("sn2");
	dialled("he");
	assert_int_equal(worker_load(stand.parts.workers[0]), 2);
	assert_int_equal(worker_load(stand.parts.workers[1]), 2);
}

static void so_many_shake_hands_at_once(void **state)
{
	int first, second;

	(void)state;
	stand_set("max_handshakes", 2);
	stand_start();
	stand_open_door();
	first = connected();
	second = connected();
	assert_ends(connected()); /* at once, not after a time-out */
	assert_int_equal(atomic_load(&at_door()->connections_refused), 1);
	close(first);
	await_connections(1);
	assert_true(caller_is_answered(dialled("sn")));
	close(second);
}

static void so_many_are_connected_at_once(void **state)
{
	struct caller *first, *second;

	(void)state;
	stand_set("max_connections", 2);
	stand_start();
	stand_open_door();
	first = dialled("bsi");
	second = dialled("sn");
	assert_ends(connected());
	assert_int_equal(atomic_load(&at_door()->connections_refused), 1);
	assert_true(caller_is_answered(first));
	caller_fini(second);
	await_connections(1);
	assert_true(caller_is_answered(dialled("he")));
}

/* The beginning of a ClientHello's record, which says that more follows. */
static const uint8_t hello_begin[] = { 0x16, 0x03, 0x01, 0x01, 0x00, 0x01, 0x00, 0x00, 0xfc, 0x03, 0x03 };

static void who_does_not_go_on_is_closed(void **state)
{
	int silent, half, dribbling;
	struct pollfd p;
	size_t i = 0;

	(void)state;
	stand_set("handshake_timeout", 1);
	stand_start();
	stand_open_door();
	silent = connected();
	half = connected();
	dribbling = connected();
	assert_int_equal(send(half, hello_begin, sizeof hello_begin, MSG_NOSIGNAL), sizeof hello_begin);
	assert_true(caller_is_answered(dialled("sn"))); /* others need not wait for them */
	p = (struct pollfd){ .fd = dribbling, .events = POLLIN };
	while (i < 100 && poll(&p, 1, 50) == 0) {
		uint8_t byte = i < sizeof hello_begin ? hello_begin[i] : 0;

		send(dribbling, &byte, 1, MSG_NOSIGNAL);
		i++;
	}
	assert_true(i < 100); /* five seconds */
	assert_ends(dribbling);
	assert_ends(silent);
	assert_ends(half);
	assert_int_equal(atomic_load(&at_door()->handshakes_failed), 3);
	await_connections(1);
}

static void what_is_no_handshake_is_closed(void **state)
{
	static const char *const sayings[] = { "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x40\x01", "\x17\x03\x03\x00\x01x", "\x80\x2e\x01\x03\x01" };
	int fd;

	(void)state;
	stand_start();
	stand_open_door();
	for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
		fd = connected();
		send(fd, sayings[i], i == 0 ? 18 : i == 2 ? 6 : 5, MSG_NOSIGNAL);
		shutdown(fd, SHUT_WR);
		assert_ends(fd);
	}
	assert_int_equal(atomic_load(&at_door()->handshakes_failed), sizeof sayings / sizeof sayings[0]);
	await_connections(0);
}

static void new_certificates_count_at_once(void **state)
{
	struct caller *before, *after = &stand.callers[1];

	(void)state;
	stand_start();
	stand_open_door();
	before = dialled("sn2");
	stand_revoke("sn", "door.crl");
	stand_reload(NULL, "door.crl");
	stand.callers_n++;
	if (caller_dial(after, door_port(stand.parts.door), stand_tls("sn")))
		assert_int_equal(caller_hear(after), HEARD_CLOSED); /* TLS 1.3: a client is done before it is looked at */
	assert_int_equal(atomic_load(&at_door()->handshakes_failed), 1);
	assert_true(caller_is_answered(before));
	assert_true(caller_is_answered(dialled("he")));
}

static void it_ends_while_hands_are_shaken(void **state)
{
	int fd[8];

	(void)state;
	stand_set("door_threads", 2);
	stand_start();
	stand_open_door();
	for (unsigned i = 0; i < 8; i++) {
		fd[i] = connected();
		if (i % 2)
			assert_int_equal(send(fd[i], hello_begin, sizeof hello_begin, MSG_NOSIGNAL), sizeof hello_begin);
	}
	dialled("sn"); /* behind them: they are accepted, on one thread at least */
	door_stop(stand.parts.door);
	stand.parts.door = NULL;
	for (unsigned i = 0; i < 8; i++)
		assert_ends(fd[i]);
	assert_int_equal(roster_connections(stand.parts.roster), 1); /* a session is the worker's, and stays */
	assert_true(caller_is_answered(&stand.callers[0]));
}

static void an_address_that_cannot_be_had_is_said(void **state)
{
	struct settings s;
	struct door_settings d = { .settings = &s };
	struct door *second = NULL;
	char taken[32], why[256] = "";

	(void)state;
	stand_start();
	stand_open_door();
	snprintf(taken, sizeof taken, "127.0.0.1:%u", door_port(stand.parts.door));
	s = stand.parts.configuration.settings;
	s.listen = taken;
	d.hub = stand.parts.hub;
	d.tls = stand.parts.configuration.tls;
	d.workers = stand.parts.workers;
	d.workers_n = stand.parts.workers_n;
	d.roster = stand.parts.roster;
	assert_int_equal(door_start(&d, &second, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, taken));
	s.listen = (char *)"nowhere";
	assert_int_equal(door_start(&d, &second, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "nowhere"));
	assert_null(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(who_is_through_gets_a_session),
		STAND_TEST(what_comes_with_the_handshake_goes_along),
		STAND_TEST(each_goes_to_the_worker_with_the_least_to_do),
		STAND_TEST(so_many_shake_hands_at_once),
		STAND_TEST(so_many_are_connected_at_once),
		STAND_TEST(who_does_not_go_on_is_closed),
		STAND_TEST(what_is_no_handshake_is_closed),
		STAND_TEST(new_certificates_count_at_once),
		STAND_TEST(it_ends_while_hands_are_shaken),
		STAND_TEST(an_address_that_cannot_be_had_is_said),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
