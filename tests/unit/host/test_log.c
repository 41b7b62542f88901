/* Tests of the log lines: what stands in them, and that no value can make another line or another pair. */
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

#include "proto/host/log.h"

static char got[2 * LOG_LINE_MAX];
static int pipes[2], real_stderr;

static void begin(void)
{
	assert_int_equal(pipe(pipes), 0);
	real_stderr = dup(STDERR_FILENO);
	assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
}

/* What follows the time and level of the only line that was written; "" if there was none. */
static const char *end(void)
{
	ssize_t n;
	const char *event;

	assert_true(dup2(real_stderr, STDERR_FILENO) >= 0);
	close(real_stderr);
	close(pipes[1]);
	n = read(pipes[0], got, sizeof got - 1);
	assert_true(n >= 0);
	close(pipes[0]);
	got[n] = '\0';
	if (n == 0)
		return "";
	assert_ptr_equal(strchr(got, '\n'), got + n - 1);
	got[n - 1] = '\0';
	event = strstr(got, " event=");
	assert_non_null(event);
	return event + 1;
}

#define LINE(...) (begin(), log_event(LOG_INFO, __VA_ARGS__), end())

static void a_line_has_time_level_event_and_pairs(void **state)
{
	const char *event = LINE("link_closed", "peer=%s reason=%s n=%d", "de-sn", "timeout", -3);
	int year, month, day, hour, minute, second, ms, used = 0;

	(void)state;
	assert_string_equal(event, "event=link_closed peer=de-sn reason=timeout n=-3");
	assert_int_equal(sscanf(got, "ts=%4d-%2d-%2dT%2d:%2d:%2d.%3dZ level=info %n", &year, &month, &day, &hour, &minute, &second,
	                        &ms, &used), 7);
	assert_ptr_equal(got + used, event);
}

static void an_event_may_stand_alone(void **state)
{
	(void)state;
	assert_string_equal(LINE("stopped", NULL), "event=stopped");
	assert_string_equal(LINE("stopped", "%s", ""), "event=stopped %s"); /* no pair: the format itself, never its argument */
}

static void every_conversion_is_known(void **state)
{
	(void)state;
	assert_string_equal(LINE("e", "a=%u b=%lu c=%llu d=%zu e=%ld f=%lld g=%x h=%04X i=%c j=%.2f k=%d%% l=%i", 1u, 2ul, 3ull,
	                         (size_t)4, -5l, -6ll, 0xbeefu, 0xafu, 'q', 1.5, 99, 7),
	                    "event=e a=1 b=2 c=3 d=4 e=-5 f=-6 g=beef h=00AF i=q j=1.50 k=99% l=7");
	assert_string_equal(LINE("e", "a=%.3s b=%.*s c=%hu", "abcdef", 2, "xyz", (unsigned short)65535), "event=e a=abc b=xy c=65535");
	assert_string_equal(LINE("e", "at=%s:%u next=%s", "127.0.0.1", 7700u, "x"), "event=e at=127.0.0.1:7700 next=x");
}

static void a_value_cannot_leave_its_pair(void **state)
{
	(void)state;
	assert_string_equal(LINE("e", "peer=%s ok=%d", "x\nts=2026-01-01 level=info event=forged", 1),
	                    "event=e peer=\"x\\nts=2026-01-01 level=info event=forged\" ok=1");
	assert_string_equal(LINE("e", "peer=%s ok=%d", "x\" forged=\"1", 1), "event=e peer=\"x\\\" forged=\\\"1\" ok=1");
	assert_string_equal(LINE("e", "peer=%s ok=%d", "a\\", 1), "event=e peer=\"a\\\\\" ok=1");
	assert_string_equal(LINE("e", "peer=%s", "a=b"), "event=e peer=\"a=b\"");
	assert_string_equal(LINE("e", "peer=%s", "\r\t\x01\x1b[2J\x7f"), "event=e peer=\"\\r\\t\\x01\\x1b[2J\\x7f\"");
	assert_string_equal(LINE("e", "peer=%s", "%s%n"), "event=e peer=%s%n");
	assert_string_equal(LINE("e", "peer=%s", ""), "event=e peer=\"\"");
}

static void text_stays_text_and_what_is_none_is_escaped(void **state)
{
	(void)state;
	assert_string_equal(LINE("e", "name=%s", "Göttingen"), "event=e name=Göttingen");
	assert_string_equal(LINE("e", "name=%s", "\xff\xc3"), "event=e name=\"\\xff\\xc3\"");
	assert_string_equal(LINE("e", "name=%s", "\xc2\x9b" "31m"), "event=e name=\"\\xc2\\x9b31m\"");     /* C1: CSI */
	assert_string_equal(LINE("e", "name=%s", "a\xe2\x80\xae" "b"), "event=e name=\"a\\xe2\\x80\\xaeb\""); /* right-to-left override */
	assert_string_equal(LINE("e", "name=%s", "a\xe2\x80\xa8" "b"), "event=e name=\"a\\xe2\\x80\\xa8" "b\""); /* line separator */
}

static void what_is_too_long_is_cut_and_closed(void **state)
{
	static char big[3 * LOG_LINE_MAX];
	const char *event;
	size_t n;

	(void)state;
	memset(big, 'a', sizeof big - 1);
	event = LINE("e", "peer=%s ok=%d", big, 1);
	assert_non_null(strstr(event, "aaa...\" ok=1"));
	memset(big, '\n', sizeof big - 1);
	event = LINE("e", "a=%s b=%s c=%s d=%s", big, big, big, big);
	n = strlen(event);
	assert_true(strlen(got) < LOG_LINE_MAX);
	assert_string_equal(event + n - 4, "...\"");
}

static void lines_above_the_level_are_left_out(void **state)
{
	enum log_level level;

	(void)state;
	begin();
	log_event(LOG_DEBUG, "e", NULL);
	assert_string_equal(end(), "");
	assert_true(log_level_from_name("debug", &level));
	log_set_level(level);
	begin();
	log_event(LOG_DEBUG, "e", NULL);
	assert_string_equal(end(), "event=e");
	log_set_level(LOG_INFO);
	assert_false(log_level_from_name("verbose", &level));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_time_level_event_and_pairs),
		cmocka_unit_test(an_event_may_stand_alone),
		cmocka_unit_test(every_conversion_is_known),
		cmocka_unit_test(a_value_cannot_leave_its_pair),
		cmocka_unit_test(text_stays_text_and_what_is_none_is_escaped),
		cmocka_unit_test(what_is_too_long_is_cut_and_closed),
		cmocka_unit_test(lines_above_the_level_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
