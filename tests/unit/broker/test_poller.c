/* The poller: tags, limits of what is given out, a listening socket until it is accepted, and what cannot be watched. */
#include "tests/kit/unit.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/edge/poller.h"

static void each_descriptor_has_its_tag(void **state)
{
	struct poller_event e[8];
	int poller = poller_new(), fd[5];
	unsigned seen = 0, n;

	(void)state;
	assert_true(poller >= 0);
	for (unsigned i = 0; i < 5; i++) {
		fd[i] = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
		assert_int_equal(poller_add(poller, fd[i], (uint64_t)i << 40), LB_OK);
	}
	assert_int_equal(poller_add(poller, fd[0], 9), LB_LIMIT);
	while ((n = poller_wait(poller, e, 2, 0)) > 0) {
		assert_true(n <= 2);
		for (unsigned i = 0; i < n; i++) {
			assert_true(e[i].readable && e[i].writable);
			seen |= 1u << (e[i].tag >> 40);
		}
	}
	assert_int_equal(seen, 31);
	for (unsigned i = 0; i < 5; i++)
		close(fd[i]);
	close(poller);
}

static void a_level_shows_until_it_is_gone(void **state)
{
	int poller = poller_new(), fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
	struct poller_event e[2];
	uint64_t value;

	(void)state;
	assert_int_equal(poller_add_listening(poller, fd, 3), LB_OK);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(poller_wait(poller, e, 2, 0), 1);
		assert_true(e[0].tag == 3 && e[0].readable);
	}
	assert_int_equal(read(fd, &value, sizeof value), sizeof value);
	assert_int_equal(poller_wait(poller, e, 2, 0), 0);
	close(fd);
	close(poller);
}

static void an_end_comes_with_what_was_said_before_it(void **state)
{
	int poller = poller_new(), fd[2];
	struct poller_event e[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
	assert_int_equal(poller_add(poller, fd[0], 1), LB_OK);
	assert_int_equal(send(fd[1], "last", 4, 0), 4);
	assert_int_equal(poller_wait(poller, e, 2, 0), 1);
	assert_true(e[0].readable && !e[0].ended);
	assert_int_equal(send(fd[1], "word", 4, 0), 4);
	close(fd[1]);
	assert_int_equal(poller_wait(poller, e, 2, 0), 1);
	assert_true(e[0].readable && e[0].ended);
	close(fd[0]);
	close(poller);
}

static void what_is_no_descriptor_is_refused(void **state)
{
	int poller = poller_new();

	(void)state;
	assert_int_equal(poller_add(poller, -1, 1), LB_LIMIT);
	assert_int_equal(poller_add_listening(poller, -1, 1), LB_LIMIT);
	poller_remove(poller, -1);
	close(poller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_descriptor_has_its_tag),
		cmocka_unit_test(a_level_shows_until_it_is_gone),
		cmocka_unit_test(an_end_comes_with_what_was_said_before_it),
		cmocka_unit_test(what_is_no_descriptor_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
