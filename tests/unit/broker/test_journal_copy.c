/* A log's table read from outside: whole, in order, also while it changes, and as far as the visitor wants. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/core/bytes.h"
#include "broker/edge/journal_copy.h"
#include "tests/kit/credentials.h"

#define ROWS 600 /* more than one read transaction takes */

static char folder[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/lagebus-copy-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

/* Adds the rows of these numbers, or removes them. The log is closed again: a process has one open once. */
static bool change(uint64_t from, uint64_t to, bool removes)
{
	struct journal_settings s = { .folder = folder, .map_bytes = 1 << 24 };
	struct journal *journal;
	char why[400];
	lb_err e;

	if (journal_open(&s, &journal, why, sizeof why) != LB_OK)
		return false;
	e = journal_begin(journal);
	for (uint64_t i = from; e == LB_OK && i <= to; i++) {
		uint8_t key[8];

		put_big(key, i, sizeof key);
		e = removes ? journal_remove(journal, JOURNAL_AUDIT, key, sizeof key) : journal_put(journal, JOURNAL_AUDIT, key, sizeof key, key, sizeof key);
	}
	if (e == LB_OK)
		e = journal_commit(journal);
	journal_close(journal);
	return e == LB_OK;
}

static void put(uint64_t from, uint64_t to)
{
	assert_true(change(from, to, false));
}

/* As a broker would, in a process of its own. */
static void drop(uint64_t number)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0)
		_exit(change(number, number, true) ? 0 : 1);
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

struct seen {
	uint64_t last, n;
	uint64_t most;    /* to show; 0: all */
	uint64_t drop_at; /* at this one it goes, while it is the last that was shown */
};

static bool see(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct seen *s = user;
	uint64_t number;

	assert_int_equal(key_n, 8);
	assert_int_equal(value_n, 8);
	assert_memory_equal(key, value, 8);
	number = get_big(key, 8);
	assert_true(number > s->last);
	s->last = number;
	s->n++;
	if (s->n == s->drop_at)
		drop(number);
	return s->n != s->most;
}

static void copy(struct seen *s)
{
	char why[400] = "";

	if (journal_copy(folder, JOURNAL_AUDIT, see, s, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
}

static void every_row_is_shown_in_order(void **state)
{
	struct seen s = { .n = 0 };

	(void)state;
	put(1, 0); /* an empty log */
	copy(&s);
	assert_int_equal(s.n, 0);
	put(1, ROWS);
	copy(&s);
	assert_true(s.n == ROWS && s.last == ROWS);
}

/* The place that it goes on from is gone when the next transaction begins. */
static void a_row_that_goes_meanwhile_does_not_stop_it(void **state)
{
	struct seen s = { .drop_at = 256 };

	(void)state;
	put(1, ROWS);
	copy(&s);
	assert_true(s.n == ROWS && s.last == ROWS);
}

static void the_visitor_may_stop(void **state)
{
	struct seen s = { .most = 300 };

	(void)state;
	put(1, ROWS);
	copy(&s);
	assert_int_equal(s.n, 300);
}

static void a_folder_without_a_log_is_said(void **state)
{
	struct seen s = { .n = 0 };
	char why[400] = "";

	(void)state;
	assert_int_equal(journal_copy("/nonexistent", JOURNAL_AUDIT, see, &s, why, sizeof why), LB_NOT_FOUND);
	assert_non_null(strstr(why, "/nonexistent"));
}

#define COPY_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COPY_TEST(every_row_is_shown_in_order),
		COPY_TEST(a_row_that_goes_meanwhile_does_not_stop_it),
		COPY_TEST(the_visitor_may_stop),
		COPY_TEST(a_folder_without_a_log_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
