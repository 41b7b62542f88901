/* An incident whose clock has run out is shown to who watches; an exercise's has no clock. */
#include "tests/unit/agent/post.h"

#include "proto/incident.pb-c.h"

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
		AGENT_TEST(an_exercise_has_no_clock),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
