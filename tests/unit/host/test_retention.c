/* How long each type is kept: what the file says, and what it may not. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/message_type.h"
#include "proto/host/retention.h"

static struct lb_header header(unsigned type, int64_t expires_ms)
{
	return (struct lb_header){ .type = type, .created_ms = 1000, .expires_ms = expires_ms };
}

static int64_t until(const struct retention *r, unsigned type, int64_t expires_ms)
{
	struct lb_header h = header(type, expires_ms);

	return retention_until(r, &h);
}

static void set(struct retention *r, const char *type, const char *period)
{
	char why[200] = "";

	if (retention_set(r, type, period, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
}

static void what_is_not_said_is_the_type_s_own(void **state)
{
	struct retention r;

	(void)state;
	retention_init(&r);
	for (unsigned t = 0; t <= LB_TYPE_MAX + 1; t++)
		for (int64_t expires = 0; expires < 3000; expires += 2500) {
			struct lb_header h = header(t, expires);

			assert_true(retention_until(&r, &h) == lb_header_keep_until(&h));
		}
}

static void what_is_said_is_the_most(void **state)
{
	struct retention r;

	(void)state;
	retention_init(&r);
	set(&r, "indicator", "30 days");
	set(&r, "digital-violence-case", "7 days");
	assert_true(until(&r, LB_TYPE_INDICATOR, 0) == 1000 + 30 * LB_DAY_MS);
	assert_true(until(&r, LB_TYPE_INDICATOR, 1000 + 31 * LB_DAY_MS) == 1000 + 30 * LB_DAY_MS);
	assert_true(until(&r, LB_TYPE_INDICATOR, 5000) == 5000);
	assert_true(until(&r, LB_TYPE_DIGITAL_VIOLENCE_CASE, 1000 + 14 * LB_DAY_MS) == 1000 + 7 * LB_DAY_MS);
	assert_true(until(&r, LB_TYPE_WARNING, 1000 + 3650 * LB_DAY_MS) == 1000 + 3650 * LB_DAY_MS);
}

static void a_period_is_told_as_it_was_written(void **state)
{
	static const char *const periods[] = { "1 day", "45 days", "1 month", "18 months", "1 year", "10 years" };
	char text[RETENTION_PERIOD];
	struct retention r;

	(void)state;
	retention_init(&r);
	retention_period(&r, LB_TYPE_WARNING, text);
	assert_string_equal(text, "");
	for (size_t i = 0; i < sizeof periods / sizeof periods[0]; i++) {
		set(&r, "warning", periods[i]);
		retention_period(&r, LB_TYPE_WARNING, text);
		assert_string_equal(text, periods[i]);
	}
	set(&r, "warning", "18 months");
	assert_true(r.keep_ms[LB_TYPE_WARNING] == lb_message_type(LB_TYPE_INDICATOR)->keep_ms);
}

static void a_default_is_told_in_the_same_way(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = { { 18 * 365 * LB_DAY_MS / 12, "18 months" }, { 3 * 365 * LB_DAY_MS, "3 years" }, { 14 * LB_DAY_MS, "14 days" }, { LB_DAY_MS, "1 day" },
		     { 365 * LB_DAY_MS, "1 year" }, { LB_DAY_MS - 1, "0 days" } };
	char text[RETENTION_PERIOD];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		retention_span(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void what_is_no_period_is_refused(void **state)
{
	static const char *const bad[] = { "", "5", "months", "0 days", "-1 days", "+1 days", "1.5 years", "1 days ago", "5 weeks", "101 years", "1201 months",
		                           "9999999 days", " 1 day", "1 day ", "1 d" };
	struct retention r, before;
	char why[200];

	(void)state;
	retention_init(&r);
	before = r;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(retention_set(&r, "warning", bad[i], why, sizeof why), LB_INVALID);
		assert_non_null(strstr(why, "18 months"));
	}
	assert_int_equal(retention_set(&r, "letter", "1 day", why, sizeof why), LB_INVALID);
	assert_non_null(strstr(why, "letter"));
	assert_int_equal(retention_set(&r, "digital-violence-case", "15 days", why, sizeof why), LB_INVALID);
	assert_non_null(strstr(why, "14 days"));
	assert_memory_equal(&r, &before, sizeof r);
}

/* As another program says it. */
static void a_time_in_ms_is_held_to_the_same(void **state)
{
	static const struct {
		unsigned type;
		int64_t ms;
		lb_err e;
	} rows[] = {
		{ LB_TYPE_WARNING, LB_DAY_MS, LB_OK },
		{ LB_TYPE_WARNING, 100 * 365 * LB_DAY_MS, LB_OK },
		{ LB_TYPE_DIGITAL_VIOLENCE_CASE, 14 * LB_DAY_MS, LB_OK },
		{ LB_TYPE_WARNING, LB_DAY_MS - 1, LB_INVALID },
		{ LB_TYPE_WARNING, 100 * 365 * LB_DAY_MS + 1, LB_INVALID },
		{ LB_TYPE_WARNING, -1, LB_INVALID },
		{ LB_TYPE_DIGITAL_VIOLENCE_CASE, 14 * LB_DAY_MS + 1, LB_INVALID },
		{ 0, LB_DAY_MS, LB_INVALID },
		{ LB_TYPE_MAX + 1, LB_DAY_MS, LB_INVALID },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct retention r, before;

		retention_init(&r);
		before = r;
		assert_int_equal(retention_set_ms(&r, rows[i].type, rows[i].ms), rows[i].e);
		assert_true(retention_is_same(&r, &before) == (rows[i].e != LB_OK));
		if (rows[i].e == LB_OK)
			assert_true(r.most[rows[i].type] && r.keep_ms[rows[i].type] == rows[i].ms);
	}
}

static void shorter_is_what_ends_something_sooner(void **state)
{
	struct retention a, b;

	(void)state;
	retention_init(&a);
	b = a;
	assert_false(retention_is_shorter(&b, &a));
	set(&b, "warning", "10 years");
	assert_true(retention_is_shorter(&b, &a)); /* a later end counts no more */
	assert_true(retention_is_shorter(&a, &b));
	a = b;
	set(&b, "warning", "11 years");
	assert_false(retention_is_shorter(&b, &a));
	assert_true(retention_is_shorter(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_is_the_type_s_own),
		cmocka_unit_test(what_is_said_is_the_most),
		cmocka_unit_test(a_period_is_told_as_it_was_written),
		cmocka_unit_test(a_default_is_told_in_the_same_way),
		cmocka_unit_test(what_is_no_period_is_refused),
		cmocka_unit_test(a_time_in_ms_is_held_to_the_same),
		cmocka_unit_test(shorter_is_what_ends_something_sooner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
