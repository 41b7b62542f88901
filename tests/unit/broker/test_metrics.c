/* Tests of the OpenMetrics text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/core/metrics.h"

static char *rendered(const struct metrics *const *sets, size_t n)
{
	struct lb_buf out = LB_BUF_INIT;

	assert_int_equal(metrics_render(sets, n, &out), LB_OK);
	assert_int_equal(lb_buf_append(&out, "", 1), LB_OK);
	return (char *)out.p;
}

static void sets_are_summed(void **state)
{
	static struct metrics a, b;
	const struct metrics *const sets[] = { &a, &b };
	char *text;

	(void)state;
	metric_add(&a.published, 40);
	metric_add(&b.published, 2);
	metric_add(&b.sessions, 7);
	metric_add(&a.delivered_bytes, 1ull << 40);
	text = rendered(sets, 2);
	assert_non_null(strstr(text, "# TYPE lagebus_published counter\n"
	                             "# HELP lagebus_published publishes that were accepted\n"
	                             "lagebus_published_total 42\n"));
	assert_non_null(strstr(text, "# TYPE lagebus_sessions gauge\n"
	                             "# HELP lagebus_sessions connected agents\n"
	                             "lagebus_sessions 7\n"));
	assert_non_null(strstr(text, "# TYPE lagebus_delivered_bytes counter\n"
	                             "# UNIT lagebus_delivered_bytes bytes\n"
	                             "# HELP lagebus_delivered_bytes bytes of messages handed to links\n"
	                             "lagebus_delivered_bytes_total 1099511627776\n"));
	free(text);
}

/* OpenMetrics 1.0: a metric's name ends with its unit; help texts have no line ends, quotes or backslashes to escape. */
static void every_row_is_well_formed(void **state)
{
	(void)state;
#define X(name, type, unit, text)                                                                                       \
	assert_true(unit[0] == '\0' || strcmp(#name + strlen(#name) - strlen(unit), unit) == 0);                     \
	assert_null(strpbrk(text, "\n\\\""));                                                                        \
	assert_true(strlen(#name) < 40 && strlen(text) < 200);
	METRICS_TABLE(X)
#undef X
}

static void a_time_is_in_seconds(void **state)
{
	struct lb_buf out = LB_BUF_INIT;

	(void)state;
	assert_int_equal(metrics_put_us(&out, "commit_seconds", METRIC_COUNTER, "time spent in commits", 12000345), LB_OK);
	assert_int_equal(lb_buf_append(&out, "", 1), LB_OK);
	assert_string_equal((const char *)out.p, "# TYPE lagebus_commit_seconds counter\n"
	                                         "# UNIT lagebus_commit_seconds seconds\n"
	                                         "# HELP lagebus_commit_seconds time spent in commits\n"
	                                         "lagebus_commit_seconds_total 12.000345\n");
	lb_buf_fini(&out);
}

static void no_sets_are_zeros(void **state)
{
	char *text = rendered(NULL, 0);

	(void)state;
	assert_non_null(strstr(text, "\nlagebus_refused_total 0\n"));
	assert_null(strstr(text, "# EOF"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_summed),
		cmocka_unit_test(every_row_is_well_formed),
		cmocka_unit_test(a_time_is_in_seconds),
		cmocka_unit_test(no_sets_are_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
