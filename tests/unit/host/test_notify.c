/* Tests of what systemd is told, with a socket of our own in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "proto/host/notify.h"

static char folder[] = "/tmp/lagebus-notify-XXXXXX", path[64], told[512];
static int listener;

static int open_listener(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/notify", folder);
	memcpy(at.sun_path, path, strlen(path) + 1);
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof at) != 0)
		return -1;
	return setenv("NOTIFY_SOCKET", path, 1);
}

static int close_listener(void **state)
{
	(void)state;
	close(listener);
	unlink(path);
	return rmdir(folder);
}

/* A datagram is there as soon as it was sent. */
static const char *next(void)
{
	ssize_t n = recv(listener, told, sizeof told - 1, MSG_DONTWAIT);

	told[n > 0 ? n : 0] = '\0';
	return told;
}

static void each_state_is_told(void **state)
{
	(void)state;
	notify_ready();
	assert_string_equal(next(), "READY=1\nSTATUS=serving");
	notify_stopping();
	assert_string_equal(next(), "STOPPING=1\nSTATUS=draining");
	notify_alive();
	assert_string_equal(next(), "WATCHDOG=1");
	notify_reloading();
	assert_int_equal(strncmp(next(), "RELOADING=1\nSTATUS=reloading\nMONOTONIC_USEC=", 44), 0);
	assert_true(strtoll(told + 44, NULL, 10) > 0);
	assert_string_equal(next(), "");
}

static void the_watchdog_is_fed_at_half_its_time(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("WATCHDOG_PID"), 0);
	assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
	assert_int_equal(notify_alive_ms(), -1);
	assert_int_equal(setenv("WATCHDOG_USEC", "30000000", 1), 0);
	assert_int_equal(notify_alive_ms(), 15000);
	assert_int_equal(setenv("WATCHDOG_USEC", "1", 1), 0);
	assert_int_equal(notify_alive_ms(), 1);
	assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0); /* somebody else's */
	assert_int_equal(notify_alive_ms(), -1);
}

static void without_systemd_nothing_happens(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	notify_ready();
	notify_reloading();
	notify_stopping();
	notify_alive();
	assert_string_equal(next(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_is_told),
		cmocka_unit_test(the_watchdog_is_fed_at_half_its_time),
		cmocka_unit_test(without_systemd_nothing_happens),
	};

	return cmocka_run_group_tests(tests, open_listener, close_listener);
}
