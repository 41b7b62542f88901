/* proto/payload.c, payload_rules.c, payload_field.c */
#include <stdlib.h>
#include <string.h>

#include "lagebus/header.h"
#include "lagebus/limits.h"
#include "lagebus/payload.h"
#include "proto/approval.pb-c.h"
#include "proto/assistance.pb-c.h"
#include "proto/exercise.pb-c.h"
#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/payload_field.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"
#include "proto/training.pb-c.h"
#include "proto/violence.pb-c.h"
#include "proto/warning.pb-c.h"
#include "tests/kit/unit.h"

#define NOW ((int64_t)1795424400000)

static uint8_t sixteen[17] = { 1, 2, 3 };
static const ProtobufCBinaryData id = { 16, sixteen };

static void assert_payload(unsigned type, const void *message, const char *reason)
{
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *p = malloc(n + 1);
	char why[LB_PAYLOAD_WHY] = "";
	lb_err e;

	assert_non_null(p);
	protobuf_c_message_pack(message, p);
	e = lb_payload_check(type, (struct lb_frame){ p, n }, why, sizeof why);
	free(p);
	if (e != (reason ? LB_INVALID : LB_OK) || (reason && strcmp(why, reason) != 0))
		fail_msg("%s: %s, not %s", lb_err_token(e), why, reason ? reason : "fine");
}

static void assert_bytes(unsigned type, const void *p, size_t n, const char *reason)
{
	char why[LB_PAYLOAD_WHY] = "";
	lb_err e = lb_payload_check(type, (struct lb_frame){ p, n }, why, sizeof why);

	assert_string_equal(why, reason);
	assert_int_equal(e, *reason ? LB_INVALID : LB_OK);
}

static void each_type_has_a_schema(void **state)
{
	char why[LB_PAYLOAD_WHY];

	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++)
		assert_non_null(lb_payload_schema(type));
	assert_null(lb_payload_schema(0));
	assert_null(lb_payload_schema(LB_TYPE_MAX + 1));
	assert_int_equal(lb_payload_check(LB_TYPE_MAX + 1, (struct lb_frame){ NULL, 0 }, why, sizeof why), LB_UNKNOWN_TYPE);
}

/* A row for a field that is not there, bytes of which nobody says whether they are an id, and what the walker does not know. */
static void check_schema(const ProtobufCMessageDescriptor *schema, unsigned depth)
{
	const struct payload_rules *rules = payload_rules(schema);

	assert_true(depth <= FIELD_DEPTH_MAX);
	assert_true(schema->n_fields <= 32);
	assert_ptr_equal(rules->schema, schema);
	for (size_t i = 0; i < rules->fields_n; i++)
		if (!field_find(schema, rules->fields[i].name))
			fail_msg("%s has no %s", schema->name, rules->fields[i].name);
	for (unsigned i = 0; i < schema->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &schema->fields[i];
		struct field_rule rule = field_rule(rules, f);

		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			assert_true(f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE);
		if (f->type == PROTOBUF_C_TYPE_BYTES && rule.max == 0 && !(rule.flags & FIELD_IS_ID))
			fail_msg("%s.%s: id or bytes of which size?", schema->name, f->name);
		if (f->type == PROTOBUF_C_TYPE_MESSAGE)
			check_schema(f->descriptor, depth + 1);
	}
}

static void the_rules_fit_the_schemas(void **state)
{
	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++)
		check_schema(lb_payload_schema(type), 1);
	check_schema(&lagebus__digital_violence_report__descriptor, 1);
}

static void what_is_required_is_missed(void **state)
{
	static const struct {
		unsigned type;
		const char *reason;
	} rows[] = {
		{ LB_TYPE_INDICATOR, "indicators: is missing" },
		{ LB_TYPE_SIGHTING, "sightings: is missing" },
		{ LB_TYPE_WARNING, "title: is missing" },
		{ LB_TYPE_INCIDENT_REPORT, "stage: is missing" },
		{ LB_TYPE_ASSISTANCE_REQUEST, "state: is missing" },
		{ LB_TYPE_ASSISTANCE_OFFER, "request: is missing" },
		{ LB_TYPE_SITUATION_REPORT, "title: is missing" },
		{ LB_TYPE_TRAINING_EVENT, "uid: is missing" },
		{ LB_TYPE_DIGITAL_VIOLENCE_CASE, "pseudonym: is missing" },
		{ LB_TYPE_RECEIPT, "refers_to: is missing" },
		{ LB_TYPE_APPROVAL, "refers_to: is missing" },
		{ LB_TYPE_RECALL, "refers_to: is missing" },
		{ LB_TYPE_TRAINING_REGISTRATION, "uid: is missing" },
		{ LB_TYPE_EXERCISE, "phase: is missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_bytes(rows[i].type, "", 0, rows[i].reason);
}

static Lagebus__Indicator indicator_of(Lagebus__IndicatorKind kind, const char *value)
{
	Lagebus__Indicator x = LAGEBUS__INDICATOR__INIT;

	x.id = id;
	x.kind = kind;
	x.value = (char *)value;
	return x;
}

static void assert_indicator(const Lagebus__Indicator *x, const char *reason)
{
	Lagebus__Indicator first = indicator_of(LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_MUTEX, "m"), *list[2] = { &first, (Lagebus__Indicator *)x };
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;

	all.n_indicators = 2;
	all.indicators = list;
	assert_payload(LB_TYPE_INDICATOR, &all, reason);
}

static void indicators_are_what_they_say(void **state)
{
	Lagebus__Indicator x = indicator_of(LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_IPV4_ADDR, "192.0.2.66");
	const char *reference = "https://beispiel.example/a";

	(void)state;
	assert_indicator(&x, NULL);
	x.value = (char *)"192.0.2.256";
	assert_indicator(&x, "indicators[1].value: is no IPv4 address");
	x.kind = 99;
	assert_indicator(&x, NULL);
	x.confidence = 101;
	assert_indicator(&x, "indicators[1].confidence: is more than 100");
	x.confidence = 100;
	x.valid_from = NOW;
	x.valid_until = NOW - 1;
	assert_indicator(&x, "indicators[1].valid_until: lies before the beginning");
	x.valid_until = NOW;
	x.references = (char **)&reference;
	x.n_references = 1;
	assert_indicator(&x, NULL);
	reference = "beispiel";
	assert_indicator(&x, "indicators[1].references[0]: is no URL");
	x.n_references = 0;
	x.id.len = 15;
	assert_indicator(&x, "indicators[1].id: is no id of 16 bytes");
	x.id.len = 0;
	assert_indicator(&x, "indicators[1].id: is missing");
	x.id = id;
	x.kind = 0;
	assert_indicator(&x, "indicators[1].kind: is missing");
	x.kind = 4;
	x.value = (char *)"";
	assert_indicator(&x, "indicators[1].value: is missing");
}

static void lists_end_where_the_schema_says(void **state)
{
	Lagebus__Indicator one = indicator_of(LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_MUTEX, "m"), **list = calloc(10001, sizeof *list);
	Lagebus__IncidentReport report = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;

	(void)state;
	assert_non_null(list);
	for (size_t i = 0; i < 10001; i++)
		list[i] = &one;
	all.indicators = report.indicators = list;
	all.n_indicators = 10000;
	assert_payload(LB_TYPE_INDICATOR, &all, NULL);
	all.n_indicators++;
	assert_payload(LB_TYPE_INDICATOR, &all, "indicators[10000]: is one more than allowed");
	report.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE;
	report.n_indicators = 1000;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &report, NULL);
	report.n_indicators++;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &report, "indicators[1000]: is one more than allowed");
	free(list);
}

static void texts_are_clean(void **state)
{
	Lagebus__SituationReport x = LAGEBUS__SITUATION_REPORT__INIT;
	char longer[FIELD_TEXT_MAX + 2];

	(void)state;
	x.title = (char *)"Lage, 47. Woche – Überblick";
	x.text = (char *)"eine\n\tzweite\r\nZeile";
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, NULL);
	x.text = (char *)"\033[31m";
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "text: has a control character");
	x.text = (char *)"\xc2\x9b";
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "text: has a control character");
	x.text = (char *)"\xff";
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "text: is no UTF-8");
	x.text = (char *)"";
	x.title = (char *)"a\nb";
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "title: has a control character or a line break");
	memset(longer, 'x', sizeof longer);
	longer[FIELD_TEXT_MAX + 1] = 0;
	x.title = longer;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "title: has more than 1000 bytes");
	longer[FIELD_TEXT_MAX] = 0;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, NULL);
}

static void dates_are_plausible_and_in_order(void **state)
{
	Lagebus__SituationReport x = LAGEBUS__SITUATION_REPORT__INIT;

	(void)state;
	x.title = (char *)"Lage";
	x.from = 1;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "from: is not plausible: the time lies between 1990 and 2200");
	x.from = INT64_MIN;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "from: is not plausible: the time lies between 1990 and 2200");
	x.from = NOW;
	x.to = NOW * 10;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "to: is not plausible: the time lies between 1990 and 2200");
	x.to = NOW - 1;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, "to: lies before the beginning");
	x.to = NOW;
	assert_payload(LB_TYPE_SITUATION_REPORT, &x, NULL);
}

static void an_incident_has_what_its_stage_needs(void **state)
{
	Lagebus__IncidentReport x = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__OriginalReport reported = LAGEBUS__ORIGINAL_REPORT__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;

	(void)state;
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "title: is missing");
	x.title = (char *)"Mailserver";
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "known_at: is missing");
	x.known_at = NOW;
	x.contact = &contact;
	contact.email = (char *)"lage";
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "contact.email: is no e-mail address");
	contact.email = (char *)"lage@leipzig.example";
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, NULL);
	x.reported = &reported;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "reported.header: is missing");
	reported.header = reported.signature = (ProtobufCBinaryData){ 1, (uint8_t *)"x" };
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "reported: goes with a confirmation only");
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, NULL);
	x.reported = NULL;
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	x.closed = true;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "closed: goes with the final report only");
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, NULL);
	x.closed = false;
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER;
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "lead: is missing");
	x.lead = (char *)"De SN";
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, "lead: is no partner id");
	x.lead = (char *)"de-sn";
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, NULL);
	x.stage = 77; /* of a later version */
	assert_payload(LB_TYPE_INCIDENT_REPORT, &x, NULL);
}

static void assistance_says_what_about(void **state)
{
	Lagebus__AssistanceRequest x = LAGEBUS__ASSISTANCE_REQUEST__INIT;
	Lagebus__AssistanceOffer o = LAGEBUS__ASSISTANCE_OFFER__INIT;

	(void)state;
	x.state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;
	assert_payload(LB_TYPE_ASSISTANCE_REQUEST, &x, "capability: is missing");
	x.capability = (char *)"Forensik, 2 Personen";
	assert_payload(LB_TYPE_ASSISTANCE_REQUEST, &x, NULL);
	x.state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED;
	assert_payload(LB_TYPE_ASSISTANCE_REQUEST, &x, "request: is missing");
	x.request = id;
	assert_payload(LB_TYPE_ASSISTANCE_REQUEST, &x, "offer: is missing");
	x.offer = id;
	assert_payload(LB_TYPE_ASSISTANCE_REQUEST, &x, NULL);
	o.request = id;
	o.state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;
	assert_payload(LB_TYPE_ASSISTANCE_OFFER, &o, "capability: is missing");
	o.capability = x.capability;
	o.from = NOW;
	o.until = NOW - 1;
	assert_payload(LB_TYPE_ASSISTANCE_OFFER, &o, "until: lies before the beginning");
	o.until = NOW;
	assert_payload(LB_TYPE_ASSISTANCE_OFFER, &o, NULL);
}

static void a_warning_has_cves_and_a_web_address(void **state)
{
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	const char *cve = "CVE-2026-12345";

	(void)state;
	w.title = (char *)"Exchange";
	w.cves = (char **)&cve;
	w.n_cves = 1;
	w.url = (char *)"https://wid.example/1";
	assert_payload(LB_TYPE_WARNING, &w, NULL);
	w.url = (char *)"javascript://x";
	assert_payload(LB_TYPE_WARNING, &w, "url: is no http or https URL");
	w.url = (char *)"";
	cve = "CVE-2026-1";
	assert_payload(LB_TYPE_WARNING, &w, "cves[0]: is no CVE number");
}

static void the_other_types_are_checked_too(void **state)
{
	Lagebus__Sighting seen = LAGEBUS__SIGHTING__INIT, *list[] = { &seen };
	Lagebus__Sightings sightings = LAGEBUS__SIGHTINGS__INIT;
	Lagebus__TrainingEvent event = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__DigitalViolenceCase violence = LAGEBUS__DIGITAL_VIOLENCE_CASE__INIT;
	Lagebus__Approval approval = LAGEBUS__APPROVAL__INIT;
	Lagebus__Exercise exercise = LAGEBUS__EXERCISE__INIT;

	(void)state;
	sightings.n_sightings = 1;
	sightings.sightings = list;
	assert_payload(LB_TYPE_SIGHTING, &sightings, "sightings[0].indicator: is missing");
	seen.indicator = id;
	seen.first_seen = NOW;
	seen.last_seen = NOW - 1;
	assert_payload(LB_TYPE_SIGHTING, &sightings, "sightings[0].last_seen: lies before the beginning");
	seen.last_seen = 0;
	assert_payload(LB_TYPE_SIGHTING, &sightings, NULL);
	event.uid = (char *)"1@bsi.example";
	event.kind = LAGEBUS__TRAINING_KIND__TRAINING_KIND_LECTURE;
	event.title = (char *)"Vortrag";
	event.begins = NOW;
	event.ends = NOW - 1;
	assert_payload(LB_TYPE_TRAINING_EVENT, &event, "ends: lies before the beginning");
	event.ends = NOW + 1;
	assert_payload(LB_TYPE_TRAINING_EVENT, &event, NULL);
	violence.pseudonym = id;
	assert_payload(LB_TYPE_DIGITAL_VIOLENCE_CASE, &violence, "ciphertext: is missing");
	violence.ciphertext = id;
	assert_payload(LB_TYPE_DIGITAL_VIOLENCE_CASE, &violence, NULL);
	approval.refers_to = approval.digest = id;
	approval.decision = LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED;
	assert_payload(LB_TYPE_APPROVAL, &approval, "digest: is no SHA-256 digest of 32 bytes");
	exercise.phase = LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN;
	exercise.title = (char *)"LÜKEX 26";
	exercise.begins = NOW;
	exercise.ends = NOW - 1;
	assert_payload(LB_TYPE_EXERCISE, &exercise, "ends: lies before the beginning");
	exercise.ends = 0;
	assert_payload(LB_TYPE_EXERCISE, &exercise, NULL);
}

static void hostile_bytes_are_refused_before_they_are_decoded(void **state)
{
	uint8_t unknown[17 * 3], deep[64];
	size_t n = 0;

	(void)state;
	assert_bytes(LB_TYPE_SITUATION_REPORT, "\x0a\x02" "a\0", 4, "title: has a NUL");
	assert_bytes(LB_TYPE_SITUATION_REPORT, "\x0a\x01" "a\x0a\x01" "b", 6, "title: is there twice");
	assert_bytes(LB_TYPE_SITUATION_REPORT, "\x0a\x05" "a", 3, "title: is cut off");
	assert_bytes(LB_TYPE_SITUATION_REPORT, "\x08\x01", 2, "title: has another wire type than its schema says");
	assert_bytes(LB_TYPE_SITUATION_REPORT, "\x0a\x01" "a\xf3\x01", 5, "is no protobuf message"); /* a group */
	assert_bytes(LB_TYPE_SITUATION_REPORT, "\xff", 1, "is no protobuf message");
	assert_bytes(LB_TYPE_INDICATOR, "\x0a\x03\x0a\x05" "a", 5, "indicators[0].id: is cut off");
	for (size_t i = 0; i < 17; i++) {
		memcpy(unknown + 3 * i, "\xf8\x01\x01", 3);
		n += 3;
	}
	assert_bytes(LB_TYPE_SITUATION_REPORT, unknown, n, "has too many unknown fields");
	memcpy(deep, "\x0a\x01" "a", 3);
	memcpy(deep + 3, unknown, 16 * 3);
	assert_bytes(LB_TYPE_SITUATION_REPORT, deep, 3 + 16 * 3, "");
}

static void what_is_marked_is_found_in_every_text(void **state)
{
	Lagebus__IncidentReport x = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__SituationReport s = LAGEBUS__SITUATION_REPORT__INIT;
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	const char *text = "VPN (VS-NfD)";

	(void)state;
	x.contact = &contact;
	assert_null(lb_payload_marked(&x.base));
	contact.name = (char *)"VS-NfD";
	assert_string_equal(lb_payload_marked(&x.base), "name");
	w.products = w.measures = (char **)&text;
	w.n_products = 1;
	assert_null(lb_payload_marked(&w.base));
	w.n_measures = 1;
	text = "VS-NfD";
	assert_string_equal(lb_payload_marked(&w.base), "measures");
	s.attachment = (ProtobufCBinaryData){ 12, (uint8_t *)"Text\nVS-NfD\n" };
	assert_string_equal(lb_payload_marked(&s.base), "attachment");
	s.attachment.data = (uint8_t *)"\xff" "xxx\nVS-NfD\n";
	assert_null(lb_payload_marked(&s.base));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_has_a_schema),
		cmocka_unit_test(the_rules_fit_the_schemas),
		cmocka_unit_test(what_is_required_is_missed),
		cmocka_unit_test(indicators_are_what_they_say),
		cmocka_unit_test(lists_end_where_the_schema_says),
		cmocka_unit_test(texts_are_clean),
		cmocka_unit_test(dates_are_plausible_and_in_order),
		cmocka_unit_test(an_incident_has_what_its_stage_needs),
		cmocka_unit_test(assistance_says_what_about),
		cmocka_unit_test(a_warning_has_cves_and_a_web_address),
		cmocka_unit_test(the_other_types_are_checked_too),
		cmocka_unit_test(hostile_bytes_are_refused_before_they_are_decoded),
		cmocka_unit_test(what_is_marked_is_found_in_every_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
