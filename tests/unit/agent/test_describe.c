/* agents/agent/describe.c */
#include <stdlib.h>
#include <string.h>

#include "agents/agent/describe.h"
#include "proto/approval.pb-c.h"
#include "proto/assistance.pb-c.h"
#include "proto/exercise.pb-c.h"
#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"
#include "proto/training.pb-c.h"
#include "proto/violence.pb-c.h"
#include "proto/warning.pb-c.h"
#include "tests/kit/unit.h"
#include "tests/kit/words.h"

static const ProtobufCBinaryData id = { 16, (uint8_t *)"\x01\x8f\x3c\x2a\x7b\x1e\x7c\x55\x9a\x41\x0c\x3d\x1a\x2b\x3c\x4d" };

static struct description described(unsigned type, const void *message)
{
	struct lb_header h = { .type = type, .schema_version = 1 };
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *p = malloc(n + 1);
	struct description d;

	assert_non_null(p);
	protobuf_c_message_pack(message, p);
	assert_int_equal(describe(&h, (struct lb_frame){ p, n }, &d), LB_OK);
	free(p);
	return d;
}

static void assert_title(unsigned type, const void *message, const char *english, const char *german)
{
	static const char *const locales[] = { "C.UTF-8", NULL };

	/* Whatever the agent speaks. */
	for (size_t i = 0; i < 2; i++) {
		struct description d;

		words_in(locales[i]);
		d = described(type, message);
		assert_string_equal(d.wrong, "");
		assert_string_equal(description_text(&d.title), english);
		assert_string_equal(description_text(&d.title_german), strcmp(english, german) == 0 ? "" : german);
		assert_int_equal(words_are_german(), i == 1);
		description_fini(&d);
	}
}

static void indicators_are_counted(void **state)
{
	Lagebus__Indicator one = LAGEBUS__INDICATOR__INIT, **list = calloc(1200, sizeof *list);
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;

	(void)state;
	assert_non_null(list);
	one.id = id;
	one.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_IPV4_ADDR;
	one.value = (char *)"192.0.2.66";
	for (size_t i = 0; i < 1200; i++)
		list[i] = &one;
	all.indicators = list;
	all.n_indicators = 1;
	assert_title(LB_TYPE_INDICATOR, &all, "192.0.2.66", "192.0.2.66");
	one.title = (char *)"C2";
	all.source = (char *)"MISP";
	assert_title(LB_TYPE_INDICATOR, &all, "C2 (MISP)", "C2 (MISP)");
	all.n_indicators = 1200;
	assert_title(LB_TYPE_INDICATOR, &all, "1,200 indicators (MISP)", "1.200 Indikatoren (MISP)");
	free(list);
}

static void incidents_and_assistance_say_where_they_stand(void **state)
{
	Lagebus__IncidentReport x = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__AssistanceRequest r = LAGEBUS__ASSISTANCE_REQUEST__INIT;
	Lagebus__AssistanceOffer o = LAGEBUS__ASSISTANCE_OFFER__INIT;

	(void)state;
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	x.title = (char *)"Mailserver";
	x.known_at = 1795424400000;
	assert_title(LB_TYPE_INCIDENT_REPORT, &x, "first report: Mailserver", "Erstmeldung: Mailserver");
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	x.title = (char *)"";
	assert_title(LB_TYPE_INCIDENT_REPORT, &x, "confirmed by the Land", "Bestätigung des Landes");
	x.stage = 40;
	x.title = (char *)"Mailserver";
	assert_title(LB_TYPE_INCIDENT_REPORT, &x, "40: Mailserver", "40: Mailserver");
	r.state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;
	r.capability = (char *)"Forensik";
	assert_title(LB_TYPE_ASSISTANCE_REQUEST, &r, "assistance wanted: Forensik", "Hilfe gesucht: Forensik");
	r.state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_DONE;
	r.request = o.request = id;
	assert_title(LB_TYPE_ASSISTANCE_REQUEST, &r, "assistance wanted: Forensik (done)", "Hilfe gesucht: Forensik (erledigt)");
	o.state = LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_WITHDRAWN;
	assert_title(LB_TYPE_ASSISTANCE_OFFER, &o, "assistance offered (withdrawn)", "Hilfe angeboten (zurückgezogen)");
}

static void training_says_what_happens(void **state)
{
	Lagebus__TrainingEvent e = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__TrainingRegistration r = LAGEBUS__TRAINING_REGISTRATION__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;

	(void)state;
	e.uid = r.uid = (char *)"1@bsi.example";
	e.kind = LAGEBUS__TRAINING_KIND__TRAINING_KIND_LECTURE;
	e.title = (char *)"Vortrag";
	e.begins = 1795424400000;
	assert_title(LB_TYPE_TRAINING_EVENT, &e, "Vortrag", "Vortrag");
	e.status = LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED;
	assert_title(LB_TYPE_TRAINING_EVENT, &e, "cancelled: Vortrag", "abgesagt: Vortrag");
	r.event = id;
	r.contact = &contact;
	contact.function = (char *)"CISO";
	assert_title(LB_TYPE_TRAINING_REGISTRATION, &r, "registration withdrawn (CISO)", "Anmeldung zurückgezogen (CISO)");
	r.seats = 3;
	assert_title(LB_TYPE_TRAINING_REGISTRATION, &r, "registration for 3 seats (CISO)", "Anmeldung für 3 Plätze (CISO)");
}

static void the_small_ones(void **state)
{
	Lagebus__Sighting seen = LAGEBUS__SIGHTING__INIT, *list[] = { &seen, &seen };
	Lagebus__Sightings sightings = LAGEBUS__SIGHTINGS__INIT;
	Lagebus__DigitalViolenceCase violence = LAGEBUS__DIGITAL_VIOLENCE_CASE__INIT;
	Lagebus__Receipt receipt = LAGEBUS__RECEIPT__INIT;
	Lagebus__Approval approval = LAGEBUS__APPROVAL__INIT;
	Lagebus__Recall recall = LAGEBUS__RECALL__INIT;
	Lagebus__Exercise exercise = LAGEBUS__EXERCISE__INIT;
	Lagebus__SituationReport situation = LAGEBUS__SITUATION_REPORT__INIT;

	(void)state;
	seen.indicator = violence.pseudonym = violence.ciphertext = receipt.refers_to = approval.refers_to = recall.refers_to = id;
	sightings.sightings = list;
	sightings.n_sightings = 2;
	assert_title(LB_TYPE_SIGHTING, &sightings, "2 sightings", "2 Sichtungen");
	assert_title(LB_TYPE_DIGITAL_VIOLENCE_CASE, &violence, "case: 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d", "Fall: 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d");
	receipt.state = LB_ACK_ACKNOWLEDGED;
	assert_title(LB_TYPE_RECEIPT, &receipt, "acknowledged", "bestätigt");
	receipt.by = (char *)"CISO";
	assert_title(LB_TYPE_RECEIPT, &receipt, "acknowledged by CISO", "bestätigt durch CISO");
	approval.digest = (ProtobufCBinaryData){ 32, (uint8_t *)"0123456789abcdef0123456789abcdef" };
	approval.decision = LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_REFUSED;
	assert_title(LB_TYPE_APPROVAL, &approval, "refused", "abgelehnt");
	recall.reason = (char *)"Fehlalarm\nund mehr";
	assert_title(LB_TYPE_RECALL, &recall, "recall: Fehlalarm", "Rückruf: Fehlalarm");
	exercise.phase = LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN;
	exercise.title = (char *)"LÜKEX";
	assert_title(LB_TYPE_EXERCISE, &exercise, "exercise begins: LÜKEX", "Übungsbeginn: LÜKEX");
	situation.title = (char *)"Lage";
	assert_title(LB_TYPE_SITUATION_REPORT, &situation, "Lage", "Lage");
}

static void every_text_is_found_by_the_search(void **state)
{
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	const char *product = "Exchange";
	struct description d;

	(void)state;
	w.title = (char *)"Titel";
	w.tracking_id = (char *)"LB-1";
	w.summary = (char *)"Zusammenfassung";
	w.products = (char **)&product;
	w.n_products = 1;
	d = described(LB_TYPE_WARNING, &w);
	assert_string_equal(description_text(&d.tracking_id), "LB-1");
	assert_string_equal(description_text(&d.body), "Titel\nZusammenfassung\nExchange");
	description_fini(&d);
}

static void what_cannot_be_read_has_no_title(void **state)
{
	struct lb_header h = { .type = LB_TYPE_WARNING, .schema_version = 1 };
	struct description d;

	(void)state;
	assert_int_equal(describe(&h, (struct lb_frame){ (const uint8_t *)"\x0a\x01\xff", 3 }, &d), LB_OK);
	assert_string_equal(description_text(&d.title), "");
	assert_string_equal(description_text(&d.body), "");
	assert_string_equal(d.wrong, "title: is no UTF-8");
	description_fini(&d);
	h.schema_version = 2;
	assert_int_equal(describe(&h, (struct lb_frame){ (const uint8_t *)"\x0a\x01x", 3 }, &d), LB_OK);
	assert_string_equal(d.wrong, "its schema is of version 2, this agent knows 1");
	description_fini(&d);
}

/* Whatever is red: nothing of it is told or can be found, but what a case is called. */
static void what_is_red_is_only_called_something(void **state)
{
	static const uint8_t clear[] = "\x0a\x05Title\x12\x04text";
	struct lb_header h = { .type = LB_TYPE_DIGITAL_VIOLENCE_CASE, .tlp = LB_TLP_RED };
	struct description d;

	(void)state;
	for (unsigned type = LB_TYPE_INDICATOR; type < LB_TYPE_RECEIPT; type++) {
		h.type = type;
		assert_int_equal(describe(&h, (struct lb_frame){ clear, sizeof clear - 1 }, &d), LB_OK);
		assert_string_equal(description_text(&d.title), "");
		assert_string_equal(description_text(&d.body), "");
		description_fini(&d);
	}
}

/* The longest title that is shown ends in front of a character, not in it. */
static void a_long_title_is_cut_at_a_character(void **state)
{
	Lagebus__Indicator one = LAGEBUS__INDICATOR__INIT, *list[] = { &one };
	Lagebus__Indicators all = LAGEBUS__INDICATORS__INIT;
	struct description d;
	char value[1801] = "";

	(void)state;
	for (size_t i = 0; i < 1800; i += 3)
		memcpy(value + i, "\xe2\x82\xac", 3);
	one.id = id;
	one.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_FILE_NAME;
	one.value = value;
	all.indicators = list;
	all.n_indicators = 1;
	d = described(LB_TYPE_INDICATOR, &all);
	assert_int_equal(strlen(description_text(&d.title)), 1197);
	assert_true(lb_utf8_is_valid(description_text(&d.title), 1197));
	description_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indicators_are_counted),
		cmocka_unit_test(incidents_and_assistance_say_where_they_stand),
		cmocka_unit_test(training_says_what_happens),
		cmocka_unit_test(the_small_ones),
		cmocka_unit_test(every_text_is_found_by_the_search),
		cmocka_unit_test(what_cannot_be_read_has_no_title),
		cmocka_unit_test(a_long_title_is_cut_at_a_character),
		cmocka_unit_test(what_is_red_is_only_called_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
