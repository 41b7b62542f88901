/* agents/cli/cmd_incident_report.c, incident_reported.c: what a body signed goes into its Land's confirmation; and nothing goes out that breaks its schema. */
#include "tests/unit/cli/fake_agent.h"

#include "lagebus/limits.h"
#include "proto/incident.pb-c.h"

#define LEIPZIG "de-sn/leipzig"

static struct {
	unsigned tlp;            /* of what Leipzig reported */
	size_t payload_n;        /* bytes of its payload */
	bool gone;               /* it is not in the inbox any more */
	unsigned sent;           /* messages */
	Lagebus__Header *header; /* the last one's */
	Lagebus__IncidentReport *report;
} world;

static void forget(void)
{
	if (world.header)
		lagebus__header__free_unpacked(world.header, NULL);
	if (world.report)
		lagebus__incident_report__free_unpacked(world.report, NULL);
	world.header = NULL;
	world.report = NULL;
	world.sent = 0;
}

static struct lb_header reported(void)
{
	struct lb_header h = sample_header(7);

	h.type = LB_TYPE_INCIDENT_REPORT;
	h.origin = lb_text_of(LEIPZIG);
	h.tlp = world.tlp;
	h.level = 0;
	h.personal_data = true;
	h.lane = lb_header_lane(h.type, 0);
	return h;
}

static void answer_incident(struct fake *f)
{
	struct lb_header h = reported();
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__IncidentsReply incidents = LAGEBUS__INCIDENTS_REPLY__INIT;
	Lagebus__Incident incident = LAGEBUS__INCIDENT__INIT, *one = &incident;
	Lagebus__IncidentReport report = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__IncidentEntry entry = LAGEBUS__INCIDENT_ENTRY__INIT, corrected = LAGEBUS__INCIDENT_ENTRY__INIT, *entries[] = { &corrected, &entry };

	report.title = (char *)"servers";
	report.known_at = h.created_ms;
	incident.id = entry.id = (ProtobufCBinaryData){ sizeof h.id.b, h.id.b };
	incident.report = &report;
	incident.reporter = incident.lead = entry.origin = corrected.origin = (char *)LEIPZIG;
	incident.tlp = world.tlp;
	incident.area = LB_AREA_INCIDENT_RESPONSE;
	incident.stage = 1;
	corrected.type = entry.type = LB_TYPE_INCIDENT_REPORT;
	corrected.fault = (char *)"superseded";
	incident.entries = entries;
	incident.n_entries = 2;
	incidents.incidents = &one;
	incidents.n_incidents = 1;
	incidents.to = (char *)"bund-bsi";
	reply.body_case = LAGEBUS__REPLY__BODY_INCIDENTS;
	reply.incidents = &incidents;
	fake_reply(f, &reply);
}

static void answer_show(struct fake *f)
{
	struct lb_header h = reported();
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__StoredMessage m = LAGEBUS__STORED_MESSAGE__INIT;
	struct lb_buf header = LB_BUF_INIT;
	uint8_t *payload = calloc(1, world.payload_n + 1);

	assert_non_null(payload);
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	m.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	m.payload = (ProtobufCBinaryData){ world.payload_n, payload };
	m.signature = (ProtobufCBinaryData){ 3, (uint8_t *)"sig" };
	reply.body_case = LAGEBUS__REPLY__BODY_MESSAGE;
	reply.message = &m;
	if (world.gone)
		fake_error(f, LB_NOT_FOUND, "there is no such message");
	else
		fake_reply(f, &reply);
	lb_buf_fini(&header);
	free(payload);
}

static void answer_send(struct fake *f, const Lagebus__SendRequest *r)
{
	struct lb_uuid id = lb_uuid7_now();
	unsigned n = world.sent;

	forget();
	world.sent = n + 1;
	world.header = lagebus__header__unpack(NULL, r->header.len, r->header.data);
	world.report = lagebus__incident_report__unpack(NULL, r->payload.len, r->payload.data);
	fake_sent(f, &id, true);
}

static void answer(struct fake *f, const Lagebus__Request *request)
{
	if (request->body_case == LAGEBUS__REQUEST__BODY_INCIDENTS)
		answer_incident(f);
	else if (request->body_case == LAGEBUS__REQUEST__BODY_SHOW)
		answer_show(f);
	else if (request->body_case == LAGEBUS__REQUEST__BODY_SEND)
		answer_send(f, request->send);
}

static int begin(void **state)
{
	static struct fake f;

	world.tlp = LB_TLP_AMBER_STRICT;
	world.payload_n = 10;
	world.gone = false;
	fake_start(&f, answer);
	setenv("XDG_STATE_HOME", f.dir, 1);
	*state = &f;
	return 0;
}

static int end(void **state)
{
	struct fake *f = *state;

	fake_stop(f);
	fake_forget(f);
	forget();
	return 0;
}

static void what_the_body_signed_goes_into_the_confirmation(void **state)
{
	struct lb_header h = reported(), inner;
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "incident", "confirm", "last", "--as", "de-sn", "--tier", "severe", NULL), CLI_OK);
	assert_int_equal(world.sent, 1);
	assert_int_equal(world.report->stage, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM);
	assert_non_null(world.report->reported);
	assert_int_equal(world.report->reported->payload.len, 10);
	assert_int_equal(world.report->reported->signature.len, 3);
	assert_int_equal(lb_header_decode(world.report->reported->header.data, world.report->reported->header.len, &inner), LB_OK);
	assert_memory_equal(&inner.id, &h.id, sizeof h.id);
	assert_true(world.header->personal_data);
	assert_int_equal(world.header->n_audience, 2);
	assert_string_equal(world.header->audience[0], "bund-bsi");
	assert_string_equal(world.header->audience[1], LEIPZIG);
	/* Nothing else has it inside. */
	assert_int_equal(run(&r, "incident", "update", "last", "--as", "de-sn", "--text", "more", NULL), CLI_OK);
	assert_null(world.report->reported);
	ran_free(&r);
}

static void its_label_is_not_loosened(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "incident", "confirm", "last", "--as", "de-sn", "--tlp", "amber", NULL), CLI_REFUSED);
	assert_has(r.err, "de-sn/leipzig reported it as TLP:AMBER+STRICT, and nobody else may loosen that");
	assert_int_equal(world.sent, 0);
	world.tlp = LB_TLP_AMBER;
	assert_int_equal(run(&r, "incident", "confirm", "last", "--as", "de-sn", "--tlp", "amber+strict", NULL), CLI_OK);
	ran_free(&r);
}

static void it_goes_up_also_where_it_cannot_prove_who_reported(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	world.gone = true;
	assert_int_equal(run(&r, "incident", "confirm", "last", "--as", "de-sn", NULL), CLI_OK);
	assert_has(r.err, "not in the inbox any more");
	assert_null(world.report->reported);
	world.gone = false;
	world.payload_n = LB_PAYLOAD_MAX;
	assert_int_equal(run(&r, "incident", "confirm", "last", "--as", "de-sn", NULL), CLI_OK);
	assert_has(r.err, "too large to go with the confirmation");
	assert_null(world.report->reported);
	assert_int_equal(world.sent, 2);
	ran_free(&r);
}

static void what_breaks_its_schema_goes_nowhere(void **state)
{
	struct ran r = { .code = 0 };
	char title[1100];

	(void)state;
	memset(title, 'x', sizeof title);
	title[sizeof title - 1] = 0;
	assert_int_not_equal(run(&r, "incident", "update", "last", "--as", "de-sn", "--title", title, "--text", "x", NULL), CLI_OK);
	assert_has(r.err, "title");
	assert_int_not_equal(run(&r, "incident", "assist", "last", "--as", "de-sn", "--to", "de-he", "--capability", title, NULL), CLI_OK);
	assert_has(r.err, "capability");
	assert_int_not_equal(run(&r, "incident", "update", "last", "--as", "de-sn", "--contact", "IT, +49 341 1230, it@@leipzig", NULL), CLI_OK);
	assert_has(r.err, "contact");
	assert_int_not_equal(run(&r, "incident", "update", "last", "--as", "de-sn", "--title", "a\x01" "b", NULL), CLI_OK);
	assert_has(r.err, "title: has a control character");
	assert_int_equal(world.sent, 0);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_body_signed_goes_into_the_confirmation, begin, end),
		cmocka_unit_test_setup_teardown(its_label_is_not_loosened, begin, end),
		cmocka_unit_test_setup_teardown(it_goes_up_also_where_it_cannot_prove_who_reported, begin, end),
		cmocka_unit_test_setup_teardown(what_breaks_its_schema_goes_nowhere, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
