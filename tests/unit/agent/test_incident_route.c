/* agents/agent/incident_route.c: what a body reports goes up by itself where it may, and what was passed on proves who said it. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/incident_route.h"
#include "agents/agent/incident_store.h"
#include "proto/incident.pb-c.h"

#define LEIPZIG "de-sn/leipzig"
#define ZOO "de-sn/leipzig/zoo"

/* A report, signed. */
struct signed_report {
	struct lb_header h;
	struct lb_buf header, payload, signature;
	struct lb_frame frames[3];
};

static void pack(const Lagebus__IncidentReport *r, struct lb_buf *out)
{
	size_t n = lagebus__incident_report__get_packed_size(r);
	uint8_t *room = lb_buf_reserve(out, n + 1);

	assert_non_null(room);
	lb_buf_added(out, lagebus__incident_report__pack(r, room));
}

/* A report; or the one of `inside`'s incident that passes that on or, in words of its own, confirms it. */
static void write_with(struct signed_report *s, const char *origin, const char *signer, unsigned tlp, const char *title, const struct signed_report *inside,
                       bool confirms)
{
	Lagebus__OriginalReport original = LAGEBUS__ORIGINAL_REPORT__INIT;
	struct lb_header h = { .type = LB_TYPE_INCIDENT_REPORT, .area = LB_AREA_INCIDENT_RESPONSE, .tlp = tlp, .schema_version = 1, .audience_n = 1 };
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	struct lb_signer *key = NULL;
	char why[400] = "";

	memset(s, 0, sizeof *s);
	r.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	r.title = (char *)title;
	if (inside) {
		original.header = (ProtobufCBinaryData){ inside->frames[0].n, (uint8_t *)inside->frames[0].p };
		original.payload = (ProtobufCBinaryData){ inside->frames[1].n, (uint8_t *)inside->frames[1].p };
		original.signature = (ProtobufCBinaryData){ inside->frames[2].n, (uint8_t *)inside->frames[2].p };
		*(confirms ? &r.reported : &r.original) = &original;
		h.has_thread = true;
		h.thread = inside->h.has_thread ? inside->h.thread : inside->h.id;
	}
	if (confirms)
		r.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	pack(&r, &s->payload);
	h.id = lb_uuid7_now();
	h.created_ms = agent_clock_ms();
	h.origin = lb_text_of(origin);
	h.audience[0] = lb_text_of("de-sn");
	h.exercise_name = h.language = lb_text_of("");
	h.lane = lb_header_lane(h.type, 0);
	assert_int_equal(lb_header_encode(&h, &s->header), LB_OK);
	s->frames[0] = (struct lb_frame){ lb_buf_data(&s->header), lb_buf_len(&s->header) };
	s->frames[1] = (struct lb_frame){ lb_buf_data(&s->payload), lb_buf_len(&s->payload) };
	assert_int_equal(lb_signer_load(fixture_path(signer, ".pem"), fixture_path(signer, ".key"), &key, why, sizeof why), LB_OK);
	assert_int_equal(lb_sign(key, s->frames[0], s->frames[1], &s->signature), LB_OK);
	lb_signer_free(key);
	s->frames[2] = (struct lb_frame){ lb_buf_data(&s->signature), lb_buf_len(&s->signature) };
	assert_int_equal(lb_header_decode(s->frames[0].p, s->frames[0].n, &s->h), LB_OK);
}

static void write_report(struct signed_report *s, const char *origin, const char *signer, unsigned tlp, const char *title)
{
	write_with(s, origin, signer, tlp, title, NULL, false);
}

static void fini_report(struct signed_report *s)
{
	lb_buf_fini(&s->header);
	lb_buf_fini(&s->payload);
	lb_buf_fini(&s->signature);
}

static void learn(const char *name)
{
	uint8_t der[4096], hint[LB_SIGNER_SIZE];
	size_t n = credentials_der(fixture_folder, name, der);

	lb_signer_hint(der, n, hint);
	signers_learn(agent.signers, hint, der, n, agent.now_ms);
}

/* What the agent makes of a report of de-sn with this title, under this label, that has `s` inside it: passed on, or confirmed. */
static lb_err judge(const struct signed_report *s, const char *origin, const struct lb_uuid *thread, unsigned tlp, unsigned stage, const char *title)
{
	struct lb_header h = { .type = LB_TYPE_INCIDENT_REPORT, .tlp = tlp, .origin = lb_text_of(origin), .has_thread = true, .thread = *thread };
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__OriginalReport original = LAGEBUS__ORIGINAL_REPORT__INIT;
	struct lb_buf payload = LB_BUF_INIT;
	lb_err e;

	original.header = (ProtobufCBinaryData){ s->frames[0].n, (uint8_t *)s->frames[0].p };
	original.payload = (ProtobufCBinaryData){ s->frames[1].n, (uint8_t *)s->frames[1].p };
	original.signature = (ProtobufCBinaryData){ s->frames[2].n, (uint8_t *)s->frames[2].p };
	r.stage = (Lagebus__IncidentStage)stage;
	r.title = (char *)title;
	if (stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM)
		r.reported = &original;
	else
		r.original = &original;
	pack(&r, &payload);
	e = incident_route_verify(&agent, &h, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) });
	lb_buf_fini(&payload);
	return e;
}

static lb_err verdict(const struct signed_report *s, const char *title)
{
	return judge(s, "de-sn", &s->h.id, s->h.tlp, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST, title);
}

static lb_err confirmed(const struct signed_report *s, const char *origin, const struct lb_uuid *thread, unsigned tlp)
{
	return judge(s, origin, thread, tlp, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM, "in other words");
}

static void what_is_confirmed_proves_who_reported_it(void **state)
{
	struct lb_uuid other = lb_uuid7_now();
	struct signed_report s;

	(void)state;
	write_report(&s, LEIPZIG, "leipzig", LB_TLP_AMBER_STRICT, "servers");
	assert_int_equal(confirmed(&s, "de-sn", &s.h.id, LB_TLP_AMBER_STRICT), LB_AGAIN);
	learn("leipzig");
	assert_int_equal(confirmed(&s, "de-sn", &s.h.id, LB_TLP_AMBER_STRICT), LB_OK);
	assert_int_equal(confirmed(&s, "de-sn", &s.h.id, LB_TLP_UNSET), LB_OK);
	assert_int_equal(confirmed(&s, "de-sn", &s.h.id, LB_TLP_AMBER), LB_TLP_WIDENED);
	assert_int_equal(confirmed(&s, "de-sn", &other, LB_TLP_AMBER_STRICT), LB_OTHER_INCIDENT);
	assert_int_equal(confirmed(&s, "de-he", &s.h.id, LB_TLP_AMBER_STRICT), LB_NOT_ITS_BODY);
	assert_int_equal(confirmed(&s, "de-s", &s.h.id, LB_TLP_AMBER_STRICT), LB_NOT_ITS_BODY);
	assert_int_equal(confirmed(&s, LEIPZIG, &s.h.id, LB_TLP_AMBER_STRICT), LB_NOT_ITS_BODY);
	((uint8_t *)s.payload.p)[lb_buf_len(&s.payload) - 1] ^= 1;
	assert_int_equal(confirmed(&s, "de-sn", &s.h.id, LB_TLP_AMBER_STRICT), LB_BAD_SIGNATURE);
	fini_report(&s);
	write_report(&s, LEIPZIG, "other", LB_TLP_AMBER_STRICT, "servers");
	learn("other");
	assert_int_equal(confirmed(&s, "de-sn", &s.h.id, LB_TLP_AMBER_STRICT), LB_WRONG_ORIGIN);
	fini_report(&s);
}

static void what_was_passed_on_proves_who_said_it(void **state)
{
	struct signed_report s;

	(void)state;
	write_report(&s, LEIPZIG, "leipzig", LB_TLP_AMBER_STRICT, "servers");
	assert_int_equal(verdict(&s, "servers"), LB_AGAIN); /* its certificate is asked for */
	learn("leipzig");
	assert_int_equal(verdict(&s, "servers"), LB_OK);
	assert_int_equal(verdict(&s, "nothing of note"), LB_INVALID);
	((uint8_t *)s.payload.p)[lb_buf_len(&s.payload) - 1] ^= 1;
	assert_int_equal(verdict(&s, "servers"), LB_BAD_SIGNATURE);
	fini_report(&s);
	write_report(&s, LEIPZIG, "other", LB_TLP_AMBER_STRICT, "servers");
	learn("other");
	assert_int_equal(verdict(&s, "servers"), LB_WRONG_ORIGIN);
	assert_int_equal(incident_route_verify(&agent, &s.h, s.frames[1]), LB_NOT_FOUND); /* it passes nothing on */
	assert_int_equal(incident_route_verify(&agent, &s.h, (struct lb_frame){ (const uint8_t *)"\xff", 1 }), LB_NOT_FOUND);
	fini_report(&s);
}

static void set_route(const char *route)
{
	free(agent.settings.incident_route);
	agent.settings.incident_route = strdup(route);
}

/* A report of the zoo, which the city takes up, and the Land after it; what the federal office makes of it. */
static lb_err chain(const char *zoo_signer, unsigned zoo_label, const char *city_says, bool city_confirms, bool land_confirms)
{
	struct signed_report zoo, city;
	struct lb_header land = { .type = LB_TYPE_INCIDENT_REPORT, .tlp = LB_TLP_AMBER_STRICT, .origin = lb_text_of("de-sn"), .has_thread = true };
	struct signed_report up;
	lb_err e;

	write_report(&zoo, ZOO, zoo_signer, zoo_label, "servers");
	write_with(&city, LEIPZIG, "leipzig", LB_TLP_AMBER_STRICT, city_says, &zoo, city_confirms);
	write_with(&up, "de-sn", "agent", LB_TLP_AMBER_STRICT, land_confirms ? "in our words" : city_says, &city, land_confirms);
	land.thread = zoo.h.id;
	e = incident_route_verify(&agent, &land, up.frames[1]);
	fini_report(&zoo);
	fini_report(&city);
	fini_report(&up);
	return e;
}

static void a_body_below_a_body_is_proven_too(void **state)
{
	uint8_t der[CREDENTIALS_DER_MAX], hint[LB_SIGNER_SIZE];

	(void)state;
	assert_int_equal(chain("zoo", LB_TLP_AMBER_STRICT, "servers", false, true), LB_AGAIN);
	lb_signer_hint(der, credentials_der(fixture_folder, "zoo", der), hint);
	assert_false(signers_ask(agent.signers, hint, agent.now_ms)); /* both were asked for in one go */
	learn("leipzig");
	assert_int_equal(chain("zoo", LB_TLP_AMBER_STRICT, "servers", false, true), LB_AGAIN);
	learn("zoo");
	assert_int_equal(chain("zoo", LB_TLP_AMBER_STRICT, "servers", false, false), LB_OK);
	assert_int_equal(chain("zoo", LB_TLP_AMBER_STRICT, "servers", false, true), LB_OK);
	assert_int_equal(chain("zoo", LB_TLP_AMBER_STRICT, "other words", true, true), LB_OK);
	assert_int_equal(chain("zoo", LB_TLP_AMBER_STRICT, "other words", false, true), LB_INVALID);
	assert_int_equal(chain("zoo", LB_TLP_RED, "servers", false, true), LB_TLP_WIDENED);
	assert_int_equal(chain("leipzig", LB_TLP_AMBER_STRICT, "servers", false, true), LB_WRONG_ORIGIN);
}

/* Nobody is below a body that is below a body: what claims to be inside that is nobody's. */
static void a_chain_has_an_end(void **state)
{
	struct signed_report last, zoo, city, up;
	struct lb_header land = { .type = LB_TYPE_INCIDENT_REPORT, .tlp = LB_TLP_AMBER_STRICT, .origin = lb_text_of("de-sn"), .has_thread = true };

	(void)state;
	learn("leipzig");
	learn("zoo");
	write_report(&last, ZOO, "zoo", LB_TLP_AMBER_STRICT, "servers");
	write_with(&zoo, ZOO, "zoo", LB_TLP_AMBER_STRICT, "servers", &last, true);
	write_with(&city, LEIPZIG, "leipzig", LB_TLP_AMBER_STRICT, "servers", &zoo, true);
	write_with(&up, "de-sn", "agent", LB_TLP_AMBER_STRICT, "servers", &city, true);
	land.thread = last.h.id;
	assert_int_equal(incident_route_verify(&agent, &land, up.frames[1]), LB_NOT_ITS_BODY);
	fini_report(&last);
	fini_report(&zoo);
	fini_report(&city);
	fini_report(&up);
}

/* The Land's agent passes on what the city has passed on, or confirmed; whoever gets it sees who said it first. */
static void go_further(bool city_confirms)
{
	struct signed_report zoo, city;
	struct lb_uuid up, incident;
	struct incident_times t = { 1, 1, 1, 1 };
	Lagebus__Incident *i = NULL;
	sqlite3_stmt *q = NULL;
	struct lb_header sent;

	write_report(&zoo, ZOO, "zoo", LB_TLP_AMBER_STRICT, "servers");
	write_with(&city, LEIPZIG, "leipzig", LB_TLP_AMBER_STRICT, city_confirms ? "in our words" : "servers", &zoo, city_confirms);
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(incident_route_pass_on(&agent, &city.h, city.frames), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	assert_int_equal(sqlite3_prepare_v2(agent.store.db, "SELECT header,payload FROM outbox ORDER BY row DESC", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(lb_header_decode(sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0), &sent), LB_OK);
	assert_int_equal(incident_route_verify(&agent, &sent, (struct lb_frame){ sqlite3_column_blob(q, 1), (size_t)sqlite3_column_bytes(q, 1) }), LB_OK);
	sqlite3_finalize(q);
	assert_int_equal(incident_store_passed_on(&agent.store, &city.h.id, &up), LB_OK);
	assert_int_equal(incident_store_of(&agent.store, &up, &incident), LB_OK);
	assert_memory_equal(&incident, &zoo.h.id, sizeof incident);
	assert_int_equal(incident_store_load(&agent.store, &incident, &t, 1, &i), LB_OK);
	assert_string_equal(i->entries[0]->original, ZOO);
	lagebus__incident__free_unpacked(i, NULL);
	fini_report(&zoo);
	fini_report(&city);
}

static void what_a_body_has_from_below_it_goes_further(void **state)
{
	(void)state;
	learn("leipzig");
	learn("zoo");
	set_route("forward");
	go_further(false);
	go_further(true);
}

/* How many messages go out for it. */
static uint64_t passed_on(const char *origin, unsigned tlp)
{
	uint64_t before = outbox_total();
	struct signed_report s;

	write_report(&s, origin, "leipzig", tlp, "servers");
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(incident_route_pass_on(&agent, &s.h, s.frames), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	fini_report(&s);
	return outbox_total() - before;
}

static void what_a_body_reports_goes_up_by_itself_where_it_may(void **state)
{
	(void)state;
	assert_int_equal(passed_on(LEIPZIG, LB_TLP_AMBER_STRICT), 0); /* somebody has to confirm it */
	set_route("forward");
	assert_int_equal(passed_on(LEIPZIG, LB_TLP_AMBER_STRICT), 1);
	assert_int_equal(passed_on(LEIPZIG, LB_TLP_RED), 0);
	assert_int_equal(passed_on("de-sn/leipzig/zoo", LB_TLP_AMBER_STRICT), 0); /* its own body passes that on */
	assert_int_equal(passed_on("de-snx/leipzig", LB_TLP_AMBER_STRICT), 0);
	assert_int_equal(passed_on("bund-bsi", LB_TLP_AMBER_STRICT), 0);
}

static void it_has_the_label_the_incident_and_the_original(void **state)
{
	struct signed_report s;
	struct lb_uuid up, incident;
	Lagebus__Incident *i = NULL;
	struct incident_times t = { 1, 1, 1, 1 };

	(void)state;
	set_route("forward");
	write_report(&s, LEIPZIG, "leipzig", LB_TLP_AMBER, "servers");
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(incident_route_pass_on(&agent, &s.h, s.frames), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	assert_int_equal(incident_store_passed_on(&agent.store, &s.h.id, &up), LB_OK);
	assert_int_equal(incident_store_of(&agent.store, &up, &incident), LB_OK);
	assert_memory_equal(&incident, &s.h.id, sizeof incident);
	assert_int_equal(incident_store_load(&agent.store, &incident, &t, 1, &i), LB_OK);
	assert_int_equal(i->tlp, LB_TLP_AMBER);
	assert_string_equal(i->lead, "de-sn");
	assert_string_equal(i->report->title, "servers");
	assert_string_equal(i->entries[0]->original, LEIPZIG);
	lagebus__incident__free_unpacked(i, NULL);
	fini_report(&s);
}

static void whom_a_partner_reports_to(void **state)
{
	char to[LB_PARTNER_ID_MAX + 1];

	(void)state;
	incident_route_up(&agent, to, sizeof to);
	assert_string_equal(to, "bund-bsi");
	free(agent.settings.incident_to);
	agent.settings.incident_to = strdup("de-sn");
	incident_route_up(&agent, to, sizeof to);
	assert_string_equal(to, "");
}

static int begin(void **state)
{
	const struct credential leipzig = { "leipzig", "ca", "spiffe://lagebus.example/partner/de-sn/leipzig/agent/edge", NULL, 2 };
	const struct credential zoo = { "zoo", "ca", "spiffe://lagebus.example/partner/de-sn/leipzig/zoo/agent/edge", NULL, 2 };

	return fixture_begin(state) != 0 || !credentials_issue(fixture_folder, &leipzig) || !credentials_issue(fixture_folder, &zoo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_was_passed_on_proves_who_said_it),
		AGENT_TEST(what_is_confirmed_proves_who_reported_it),
		AGENT_TEST(a_body_below_a_body_is_proven_too),
		AGENT_TEST(a_chain_has_an_end),
		AGENT_TEST(what_a_body_has_from_below_it_goes_further),
		AGENT_TEST(what_a_body_reports_goes_up_by_itself_where_it_may),
		AGENT_TEST(it_has_the_label_the_incident_and_the_original),
		AGENT_TEST(whom_a_partner_reports_to),
	};

	return cmocka_run_group_tests(tests, begin, fixture_end);
}
