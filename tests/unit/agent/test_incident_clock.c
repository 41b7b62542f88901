/* agents/agent/incident_clock.c: when an incident's clocks run, run out, are met and stop. */
#include "tests/unit/agent/incident_messages.h"

#include "agents/agent/incident_clock.h"

#define CLOCK(name) LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_##name
#define DAY (24 * HOUR)

static const struct incident_times law = { 24 * HOUR, 72 * HOUR, 30 * DAY, 6 * HOUR };

static Lagebus__Incident *at(const struct word *words, size_t n, int64_t now)
{
	struct told told[8];
	struct incident_message m[8];
	struct lb_uuid id = told_id(1);
	Lagebus__Incident *out = NULL;

	for (size_t k = 0; k < n; k++) {
		told_write(&told[k], &words[k]);
		m[k] = told_message(&told[k]);
	}
	assert_int_equal(incident_derive(&id, m, n, &out), LB_OK);
	for (size_t k = 0; k < n; k++)
		told_fini(&told[k]);
	incident_clocks_set(out, &law, T0 + now);
	return out;
}

/* Known two hours before it is reported. */
#define FIRST { .n = 1, .by = "de-sn", .title = "x", .known = -2 * HOUR }

static void they_run_from_knowledge_on_and_say_so_before_they_run_out(void **state)
{
	static const struct word words[] = { FIRST };
	static const struct {
		int64_t now;
		unsigned update;
		int64_t next;
	} cases[] = {
		{ 0, CLOCK(RUNS), 64 * HOUR },
		{ 64 * HOUR - 1, CLOCK(RUNS), 64 * HOUR },
		{ 64 * HOUR, CLOCK(SOON), 70 * HOUR },
		{ 70 * HOUR - 1, CLOCK(SOON), 70 * HOUR },
		{ 70 * HOUR, CLOCK(OVERDUE), 70 * HOUR + 30 * DAY - 6 * HOUR },
	};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
		Lagebus__Incident *i = at(words, 1, cases[k].now);

		assert_int_equal(i->clocks[0]->state, CLOCK(MET));
		assert_int_equal(i->clocks[0]->due, T0 + 22 * HOUR);
		assert_int_equal(i->clocks[1]->due, T0 + 70 * HOUR);
		assert_int_equal(i->clocks[1]->state, cases[k].update);
		assert_int_equal(i->clocks[2]->due, T0 + 70 * HOUR + 30 * DAY);
		assert_int_equal(i->clocks[2]->state, CLOCK(RUNS));
		assert_int_equal(incident_clocks_next(i, &law), T0 + cases[k].next);
		lagebus__incident__free_unpacked(i, NULL);
	}
}

static void a_report_meets_them_in_time_or_late(void **state)
{
	static const struct word words[] = { { .n = 1, .by = "de-sn", .title = "x", .known = -30 * HOUR },
		                             { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(INTERIM) },
		                             { .n = 3, .thread = 1, .by = "de-sn", .at = 10 * HOUR, .stage = STAGE(UPDATE) } };
	Lagebus__Incident *i = at(words, 3, 11 * HOUR);

	(void)state;
	assert_int_equal(i->clocks[0]->state, CLOCK(LATE));
	assert_int_equal(i->clocks[1]->state, CLOCK(MET));
	assert_int_equal(i->clocks[1]->met, T0 + 10 * HOUR);
	/* The last one runs from the update on. */
	assert_int_equal(i->clocks[2]->due, T0 + 10 * HOUR + 30 * DAY);
	lagebus__incident__free_unpacked(i, NULL);
	i = at(words, 2, 11 * HOUR);
	assert_int_equal(i->clocks[1]->met, 0); /* what was asked for in between is no update */
	lagebus__incident__free_unpacked(i, NULL);
}

static void while_it_goes_on_a_progress_report_is_enough(void **state)
{
	static const struct word words[] = { FIRST, { .n = 2, .thread = 1, .by = "de-sn", .at = 10 * HOUR, .stage = STAGE(UPDATE) },
		                             { .n = 3, .thread = 1, .by = "de-sn", .at = 20 * DAY, .stage = STAGE(PROGRESS) },
		                             { .n = 4, .thread = 1, .by = "de-sn", .at = 45 * DAY, .stage = STAGE(FINAL) } };
	Lagebus__Incident *i = at(words, 3, 40 * DAY);

	(void)state;
	assert_int_equal(i->clocks[2]->due, T0 + 50 * DAY);
	assert_int_equal(i->clocks[2]->state, CLOCK(RUNS));
	lagebus__incident__free_unpacked(i, NULL);
	i = at(words, 4, 90 * DAY);
	assert_int_equal(i->clocks[2]->state, CLOCK(MET));
	assert_true(incident_clocks_next(i, &law) == INT64_MAX);
	lagebus__incident__free_unpacked(i, NULL);
}

static void closing_stops_them(void **state)
{
	static const struct word words[] = { FIRST, { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(FINAL), .closed = true } };
	Lagebus__Incident *i = at(words, 2, 900 * DAY);

	(void)state;
	assert_int_equal(i->clocks[1]->state, CLOCK(MET)); /* a final report is an update, too */
	assert_true(incident_clocks_next(i, &law) == INT64_MAX);
	i->clocks[1]->met = 0; /* as if it had met nothing */
	incident_clocks_set(i, &law, T0 + 900 * DAY);
	assert_int_equal(i->clocks[1]->state, CLOCK(STOPPED));
	lagebus__incident__free_unpacked(i, NULL);
}

/* Nobody gains time by knowing it later. */
static void the_earliest_knowledge_counts(void **state)
{
	static const struct word words[] = { FIRST, { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(INTERIM), .known = HOUR },
		                             { .n = 3, .thread = 1, .by = "de-sn", .at = 2 * HOUR, .stage = STAGE(INTERIM), .known = -5 * HOUR },
		                             { .n = 4, .thread = 1, .by = "de-sn", .at = 3 * HOUR, .stage = STAGE(INTERIM), .known = 900 * DAY } };
	Lagebus__Incident *i = at(words, 4, 4 * HOUR);

	(void)state;
	assert_int_equal(i->clocks[0]->due, T0 - 5 * HOUR + 24 * HOUR);
	lagebus__incident__free_unpacked(i, NULL);
}

static void times_are_read(void **state)
{
	static const char *const wrong[] = { "", "24", "h", "-1 h", "0 h", "1 w", "24 hours", "99999 d", " 1 h", "9223372036854775807 d" };
	int64_t ms = 0;

	(void)state;
	assert_int_equal(incident_time_parse("24 h", &ms), LB_OK);
	assert_int_equal(ms, DAY);
	assert_int_equal(incident_time_parse("30d", &ms), LB_OK);
	assert_int_equal(ms, 30 * DAY);
	assert_int_equal(incident_time_parse("90 min", &ms), LB_OK);
	assert_int_equal(ms, 90 * HOUR / 60);
	for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++)
		if (incident_time_parse(wrong[k], &ms) != LB_INVALID)
			fail_msg("'%s' is taken for a time", wrong[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_run_from_knowledge_on_and_say_so_before_they_run_out),
		cmocka_unit_test(a_report_meets_them_in_time_or_late),
		cmocka_unit_test(while_it_goes_on_a_progress_report_is_enough),
		cmocka_unit_test(closing_stops_them),
		cmocka_unit_test(the_earliest_knowledge_counts),
		cmocka_unit_test(times_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
