/* agents/agent/incident_answer.c: what is asked of incidents over the local socket. */
#include "tests/unit/agent/agent_fixture.h"
#include "tests/unit/agent/incident_messages.h"

#include "agents/agent/inbox.h"
#include "agents/agent/incident_store.h"

/* A report comes in; `text` is its description and its impact. */
static void receive(const struct word *w, const char *text)
{
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	struct inbox_message m = { .lane = LB_LANE_URGENT, .position = w->n, .signature = { (const uint8_t *)"s", 1 } };
	bool stored = false, touched = false;
	struct lb_header h;
	struct told t;

	told_write(&t, w);
	r.stage = w->stage ? w->stage : STAGE(FIRST);
	r.known_at = T0 - HOUR;
	r.title = (char *)w->title;
	r.description = r.impact = (char *)text;
	r.closed = w->closed;
	lb_buf_fini(&t.payload);
	told_pack(&t, &r.base);
	m.header = told_message(&t).header;
	m.payload = told_message(&t).payload;
	assert_int_equal(lb_header_decode(m.header.p, m.header.n, &h), LB_OK);
	assert_int_equal(inbox_add(&agent.store, &m, &h, "", &stored), LB_OK);
	assert_int_equal(incident_store_received(&agent.store, &h, &touched), LB_OK);
	assert_true(stored && touched);
	told_fini(&t);
}

/* Three incidents: 1 with an update, 3, and 4, which is closed. */
static void receive_three(void)
{
	receive(&(struct word){ .n = 1, .by = "de-sn/leipzig", .title = "one" }, "long");
	receive(&(struct word){ .n = 2, .thread = 1, .by = "de-sn/leipzig", .at = HOUR, .stage = STAGE(UPDATE), .title = "one, updated" }, "longer");
	receive(&(struct word){ .n = 3, .by = "de-he", .title = "three" }, "");
	receive(&(struct word){ .n = 4, .by = "de-he", .title = "four" }, "");
	receive(&(struct word){ .n = 5, .thread = 4, .by = "de-he", .at = HOUR, .stage = STAGE(FINAL), .closed = true, .title = "four" }, "");
	for (unsigned turn = 0; turn < 5; turn++) {
		agent.incidents_changed = true;
		step_at(now_ms);
	}
}

static Lagebus__Reply *ask(const void *id, size_t n, bool closed, unsigned limit)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__IncidentsRequest body = LAGEBUS__INCIDENTS_REQUEST__INIT;
	Lagebus__Reply *reply;

	body.id = (ProtobufCBinaryData){ n, (uint8_t *)id };
	body.closed = closed;
	body.limit = limit;
	request.number = 7;
	request.body_case = LAGEBUS__REQUEST__BODY_INCIDENTS;
	request.incidents = &body;
	client_say(&client, &request);
	reply = client_hear();
	assert_int_equal(reply->number, 7);
	return reply;
}

static size_t listed(bool closed, unsigned limit)
{
	Lagebus__Reply *reply = ask(NULL, 0, closed, limit);
	size_t n;

	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_INCIDENTS);
	n = reply->incidents->n_incidents;
	lagebus__reply__free_unpacked(reply, NULL);
	return n;
}

static void a_list_has_as_many_as_are_asked_for(void **state)
{
	(void)state;
	assert_int_equal(listed(true, 0), 0);
	receive_three();
	assert_int_equal(listed(false, 0), 2);
	assert_int_equal(listed(true, 0), 3);
	assert_int_equal(listed(true, 2), 2);
	assert_int_equal(listed(true, UINT32_MAX), 3);
}

static void a_list_leaves_out_what_is_long(void **state)
{
	Lagebus__Reply *reply;

	(void)state;
	receive_three();
	reply = ask(NULL, 0, true, 0);
	assert_int_equal(reply->incidents->n_incidents, 3);
	for (size_t k = 0; k < 3; k++) {
		const Lagebus__Incident *i = reply->incidents->incidents[k];

		assert_string_not_equal(i->report->title, "");
		assert_string_equal(i->report->description, "");
		assert_string_equal(i->report->impact, "");
		assert_int_equal(i->n_entries, 0);
	}
	lagebus__reply__free_unpacked(reply, NULL);
}

static void one_is_whole_by_the_id_of_any_of_its_messages(void **state)
{
	struct lb_uuid incident = told_id(1);

	(void)state;
	receive_three();
	for (unsigned n = 1; n <= 2; n++) {
		struct lb_uuid id = told_id(n);
		Lagebus__Reply *reply = ask(id.b, sizeof id.b, false, 0);
		const Lagebus__Incident *i;

		assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_INCIDENTS);
		assert_int_equal(reply->incidents->n_incidents, 1);
		i = reply->incidents->incidents[0];
		assert_memory_equal(i->id.data, incident.b, sizeof incident.b);
		assert_string_equal(i->report->title, "one, updated");
		assert_string_equal(i->report->description, "longer");
		assert_int_equal(i->n_entries, 2);
		assert_string_equal(i->entries[0]->verified, ""); /* nothing is inside it that could be proven */
		lagebus__reply__free_unpacked(reply, NULL);
	}
	{
		struct lb_uuid id = told_id(4); /* asked for by its id a closed one is there */
		Lagebus__Reply *reply = ask(id.b, sizeof id.b, false, 0);

		assert_int_equal(reply->incidents->n_incidents, 1);
		assert_true(reply->incidents->incidents[0]->closed);
		lagebus__reply__free_unpacked(reply, NULL);
	}
}

static void assert_error(const void *id, size_t n, const char *token, const char *text)
{
	Lagebus__Reply *reply = ask(id, n, false, 0);

	assert_string_equal(reply->error, token);
	assert_non_null(strstr(reply->error_text, text));
	lagebus__reply__free_unpacked(reply, NULL);
}

static void what_is_no_incident_is_said_to_be_none(void **state)
{
	struct lb_uuid id = told_id(77);

	(void)state;
	receive_three();
	assert_error(id.b, sizeof id.b, lb_err_token(LB_NOT_FOUND), "no such incident");
	id = told_id(1);
	assert_error(id.b, 15, lb_err_token(LB_BAD_ID), lb_err_text(LB_BAD_ID));
	assert_error("12345678901234567", 17, lb_err_token(LB_BAD_ID), lb_err_text(LB_BAD_ID));
}

static void it_says_where_reports_go(void **state)
{
	Lagebus__Reply *reply;

	(void)state;
	strcpy(agent.settings.incident_route, "confirm");
	reply = ask(NULL, 0, false, 0);
	assert_false(reply->incidents->forwards);
	lagebus__reply__free_unpacked(reply, NULL);
	strcpy(agent.settings.incident_route, "forward");
	reply = ask(NULL, 0, false, 0);
	assert_true(reply->incidents->forwards);
	lagebus__reply__free_unpacked(reply, NULL);
}

#define ANSWER_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ANSWER_TEST(a_list_has_as_many_as_are_asked_for),
		ANSWER_TEST(a_list_leaves_out_what_is_long),
		ANSWER_TEST(one_is_whole_by_the_id_of_any_of_its_messages),
		ANSWER_TEST(what_is_no_incident_is_said_to_be_none),
		ANSWER_TEST(it_says_where_reports_go),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
