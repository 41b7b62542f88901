/* What is said of incidents by the clock: that one has run out, and, once, that nobody closes it, before it is forgotten. */
#include "tests/unit/agent/incident_messages.h"
#include "tests/unit/agent/post.h"

#include "agents/agent/incident_store.h"
#include "agents/agent/incident_watch.h"
#include "lagebus/message_type.h"
#include "proto/incident.pb-c.h"

#define DAYS(n) ((n) * LB_DAY_MS)

static int64_t started_ms;

/* So many days before the test began, by the agent's own clock. */
static int64_t days_ago(int n)
{
	return started_ms - DAYS(n) - T0;
}

static void receive(struct word w)
{
	struct inbox_message m = { .lane = LB_LANE_URGENT, .position = w.n };
	bool stored = false, touched = false;
	struct lb_header h;
	struct told t;

	told_write(&t, &w);
	m.header = told_message(&t).header;
	m.payload = told_message(&t).payload;
	m.signature = (struct lb_frame){ (const uint8_t *)"s", 1 };
	assert_int_equal(lb_header_decode(m.header.p, m.header.n, &h), LB_OK);
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(inbox_add(&agent.store, &m, &h, "", &stored), LB_OK);
	assert_int_equal(incident_store_received(&agent.store, &h, &touched), LB_OK);
	assert_true(stored && touched);
	incident_watch_begin(&agent);
	told_fini(&t);
	step_at(now_ms + 1);
}

/* Idle since, its end, or what else is asked of it. */
static Lagebus__Incident *incident(unsigned n)
{
	struct incident_times t = incident_watch_times(&agent);
	struct lb_uuid id = told_id(n);
	Lagebus__Incident *i = NULL;

	assert_int_equal(incident_store_load(&agent.store, &id, &t, started_ms, &i), LB_OK);
	return i;
}

static void assert_idle(unsigned n, int64_t since_ms, int64_t ends_at_least_ms)
{
	Lagebus__Incident *i = incident(n);

	assert_true(i->idle_since == since_ms);
	if (ends_at_least_ms)
		assert_true(i->ends >= ends_at_least_ms && i->ends < ends_at_least_ms + LB_DAY_MS);
	else
		assert_true(i->ends == 0);
	lagebus__incident__free_unpacked(i, NULL);
}

static int64_t said(unsigned n)
{
	struct lb_uuid id = told_id(n);
	struct incident_said s;

	assert_int_equal(incident_store_said(&agent.store, &id, &s), LB_OK);
	return s.idle_ms;
}

static unsigned end_at(int64_t ms)
{
	unsigned n = 0;

	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(incident_store_end(&agent.store, ms, 10, &n), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	return n;
}

static uint64_t idle_in_status(void)
{
	struct incident_counts c;

	assert_int_equal(incident_store_counts(&agent.store, agent_clock_ms(), &c), LB_OK);
	return c.idle;
}

static void what_nobody_touched_for_a_year_is_said_once(void **state)
{
	int64_t first_ms;

	(void)state;
	started_ms = agent_clock_ms();
	receive((struct word){ .n = 1, .by = "de-sn/leipzig", .title = "old", .at = days_ago(366) });
	receive((struct word){ .n = 2, .by = "de-sn/leipzig", .title = "new", .at = days_ago(364) });
	first_ms = said(1);
	assert_true(first_ms >= started_ms);
	assert_int_equal(said(2), 0);
	assert_int_equal(idle_in_status(), 1);
	assert_idle(1, started_ms - DAYS(366), started_ms + DAYS(3 * 365 - 366)); /* three years after its last message */
	assert_idle(2, 0, 0);
	/* Not again: after a restart it is what it was. */
	agent_close(&agent);
	fixture_open();
	step_at(now_ms + 1);
	assert_true(said(1) == first_ms);
	/* Somebody goes on with it. */
	receive((struct word){ .n = 3, .thread = 1, .by = "de-sn/leipzig", .at = days_ago(0), .stage = STAGE(UPDATE) });
	assert_int_equal(said(1), 0);
	assert_idle(1, 0, 0);
	assert_int_equal(idle_in_status(), 0);
}

/* Also where the federation keeps reports for less: the notice is a month. */
static void it_is_not_forgotten_before_the_notice_is_over(void **state)
{
	(void)state;
	started_ms = agent_clock_ms();
	agent.store.keep.keep_ms[LB_TYPE_INCIDENT_REPORT] = DAYS(10);
	receive((struct word){ .n = 1, .by = "de-sn/leipzig", .title = "old", .at = days_ago(2000) });
	assert_idle(1, started_ms - DAYS(2000), started_ms + DAYS(30));
	assert_int_equal(end_at(started_ms + DAYS(30) - 1000), 0);
	assert_int_equal(end_at(started_ms + DAYS(31)), 1);
	assert_int_equal(end_at(started_ms + DAYS(31)), 0);
}

/* One that was never said, as nobody was here to hear it, stays; one that is closed needs no notice. */
static void who_closes_needs_no_notice(void **state)
{
	(void)state;
	started_ms = agent_clock_ms();
	receive((struct word){ .n = 1, .by = "de-sn/leipzig", .title = "x", .at = days_ago(1200) });
	receive((struct word){ .n = 2, .thread = 1, .by = "de-sn/leipzig", .at = days_ago(1100), .stage = STAGE(FINAL), .closed = true });
	receive((struct word){ .n = 3, .by = "de-sn/leipzig", .title = "y", .at = days_ago(1200) });
	assert_int_equal(sqlite3_exec(agent.store.db, "UPDATE incident SET idle_said=0", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(end_at(started_ms), 1);
	assert_int_equal(end_at(started_ms + DAYS(5000)), 0);
}

/* Messages of which none counts are no incident that anybody could be told of. */
static void what_is_no_incident_ends_with_its_messages(void **state)
{
	(void)state;
	started_ms = agent_clock_ms();
	receive((struct word){ .n = 2, .thread = 1, .by = "de-sn", .at = days_ago(1000), .stage = 99 });
	assert_int_equal(end_at(started_ms), 0);
	assert_int_equal(end_at(started_ms + DAYS(100)), 1);
}

static void watch(bool exercises)
{
	Lagebus__WatchRequest w = LAGEBUS__WATCH_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	w.from_now = true;
	w.exercises = exercises;
	request.number = 7;
	request.body_case = LAGEBUS__REQUEST__BODY_WATCH;
	request.watch = &w;
	client_say(&client, &request);
	UNTIL(agent.watchers[0].here);
}

/* A first report of what has been known for ten days. */
static void report(unsigned n, bool exercise)
{
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	struct post p;

	init_post(&p, n, LB_TYPE_INCIDENT_REPORT);
	p.h.exercise = exercise;
	p.h.exercise_name = lb_text_of(exercise ? "LÜKEX" : "");
	r.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	r.title = (char *)"Ransomware";
	r.known_at = p.h.created_ms - 10 * DAY_MS;
	p.payload_n = lagebus__incident_report__pack(&r, p.payload);
	post_next(&p);
}

/* The next incident that is shown; messages before it are passed over. */
static struct lb_uuid shown(void)
{
	for (;;) {
		Lagebus__Reply *reply = client_hear();
		bool incident = reply->body_case == LAGEBUS__REPLY__BODY_INCIDENTS;
		struct lb_uuid id = { { 0 } };

		if (incident)
			id = fixture_id(reply->incidents->incidents[0]->id);
		lagebus__reply__free_unpacked(reply, NULL);
		if (incident)
			return id;
	}
}

static void an_exercise_has_no_clock(void **state)
{
	struct lb_uuid id, real = letter_id(2);

	(void)state;
	post_begin();
	watch(true);
	report(1, true);
	report(2, false);
	id = shown();
	assert_memory_equal(&id, &real, sizeof id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_nobody_touched_for_a_year_is_said_once),
		AGENT_TEST(it_is_not_forgotten_before_the_notice_is_over),
		AGENT_TEST(who_closes_needs_no_notice),
		AGENT_TEST(what_is_no_incident_ends_with_its_messages),
		AGENT_TEST(an_exercise_has_no_clock),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
