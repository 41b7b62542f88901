/* agents/cli/incident_ask.c: which incident is meant by what was written, and in whose name. */
#include "agents/cli/incident_ask.h"

#include "tests/unit/cli/fake_agent.h"

static struct lb_uuid ids[2];
static size_t _Atomic known;

/* The agent knows the first `known` of the ids, and nothing else. */
static void answer(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__IncidentsReply body = LAGEBUS__INCIDENTS_REPLY__INIT;
	Lagebus__Incident incidents[2], *list[2];
	Lagebus__IncidentReport report = LAGEBUS__INCIDENT_REPORT__INIT;

	report.title = (char *)"Dateiserver";
	for (size_t i = 0; i < known; i++) {
		ProtobufCBinaryData id = { sizeof ids[i].b, ids[i].b };

		if (request->incidents->id.len && memcmp(request->incidents->id.data, id.data, id.len) != 0)
			continue;
		lagebus__incident__init(&incidents[i]);
		incidents[i].id = id;
		incidents[i].report = &report;
		list[body.n_incidents++] = &incidents[i];
	}
	body.incidents = list;
	if (request->incidents->id.len && body.n_incidents == 0) {
		fake_error(f, LB_NOT_FOUND, "there is no such thing");
		return;
	}
	reply.body_case = LAGEBUS__REPLY__BODY_INCIDENTS;
	reply.incidents = &body;
	fake_reply(f, &reply);
}

static void start(struct fake *f, size_t n)
{
	for (uint8_t i = 0; i < 2; i++) {
		uint8_t random[10] = { 0x11, [9] = (uint8_t)(0xa0 + i) };

		ids[i] = lb_uuid7(1795424400000 + i, random);
	}
	known = n;
	words_in("C.UTF-8");
	fake_start(f, answer);
}

static void assert_found(const char *written, unsigned which)
{
	struct ran r = { .code = 0 };
	char id[LB_UUID_TEXT];

	lb_uuid_format(&ids[which], id);
	assert_int_equal(run(&r, "incident", "show", written, NULL), CLI_OK);
	assert_has(r.out, id);
	ran_free(&r);
}

static void assert_not_found(const char *written, int code, const char *because)
{
	struct ran r = { .code = 0 };

	assert_int_equal(run(&r, "incident", "show", written, NULL), code);
	assert_has(r.err, because);
	ran_free(&r);
}

static void an_id_is_whole_or_its_ends_or_last(void **state)
{
	char id[LB_UUID_TEXT];
	struct fake f;

	(void)state;
	start(&f, 2);
	lb_uuid_format(&ids[1], id);
	assert_found(id, 1);
	assert_found(id + strlen(id) - 4, 1);
	assert_found("last", 0); /* the agent's first is the one that changed last */
	id[8] = '\0';
	assert_not_found(id, CLI_USAGE, "2 incidents have an id like");
	assert_not_found("0a1", CLI_NOT_FOUND, "there is no incident 0a1");
	assert_not_found("ffff", CLI_NOT_FOUND, "there is no incident ffff");
	assert_not_found("018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d", CLI_NOT_FOUND, "(not-found)");
	fake_stop(&f);
	fake_forget(&f);
}

static void where_there_is_none_last_says_so(void **state)
{
	struct fake f;

	(void)state;
	start(&f, 0);
	assert_not_found("last", CLI_NOT_FOUND, "there is no incident yet");
	fake_stop(&f);
	fake_forget(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_whole_or_its_ends_or_last),
		cmocka_unit_test(where_there_is_none_last_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
