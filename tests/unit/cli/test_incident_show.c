/* agents/cli/incident_show.c, incident_words.c, incident_json.c: who reported, and whether that is proved, in both languages. */
#include "tests/unit/cli/run.h"

#include "agents/cli/incident_show.h"
#include "agents/cli/incident_words.h"
#include "lagebus/err.h"
#include "lagebus/topic.h"

static char *said;

struct world {
	Lagebus__Incident incident, *one;
	Lagebus__IncidentReport report;
	Lagebus__IncidentEntry entry, *entries;
	uint8_t id[16];
};

/* What the federal office has of a confirmation: of whom, and whether it verifies. */
static void make(struct world *w, const char *original, const char *verified)
{
	memset(w, 0, sizeof *w);
	lagebus__incident__init(&w->incident);
	lagebus__incident_report__init(&w->report);
	lagebus__incident_entry__init(&w->entry);
	w->entries = &w->entry;
	w->one = &w->incident;
	w->report.title = (char *)"Dateiserver";
	w->report.tier = LAGEBUS__INCIDENT_TIER__INCIDENT_TIER_SEVERE;
	w->report.category = LAGEBUS__INCIDENT_CATEGORY__INCIDENT_CATEGORY_AVAILABILITY;
	w->incident.id = w->entry.id = (ProtobufCBinaryData){ sizeof w->id, w->id };
	w->incident.report = &w->report;
	w->incident.stage = 1;
	w->incident.lead = w->entry.origin = (char *)"de-sn";
	w->incident.entries = &w->entries;
	w->incident.n_entries = 1;
	w->entry.type = LB_TYPE_INCIDENT_REPORT;
	w->entry.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	w->entry.original = (char *)original;
	w->entry.verified = (char *)verified;
}

static void show(const struct world *w, const char *language, bool terminal)
{
	struct cli cli = { .terminal = terminal, .width = 200 };
	size_t n;

	free(said);
	cli.out = cli.err = open_memstream(&said, &n);
	assert_non_null(cli.out);
	words_in(language);
	assert_int_equal(incident_show_one(&cli, &w->incident), CLI_OK);
	words_in("C.UTF-8");
	fclose(cli.out);
}

static void who_reported_is_proved_or_is_said_not_to_be(void **state)
{
	struct world w;

	(void)state;
	make(&w, "de-sn/leipzig", "ok");
	show(&w, "C.UTF-8", false);
	assert_has(said, "reported by\tde-sn/leipzig, verified\n");
	assert_has(said, "of de-sn/leipzig, verified");
	make(&w, "de-sn/leipzig", "bad-signature");
	show(&w, "C.UTF-8", false);
	assert_has(said, "reported by\tde-sn/leipzig, NOT VERIFIED: the body's signature is wrong\n");
	make(&w, "de-he/kassel", "not-its-body");
	show(&w, "C.UTF-8", false);
	assert_has(said, "NOT VERIFIED: it is of somebody who is not below that Land");
	make(&w, "de-sn/leipzig", "again");
	show(&w, "C.UTF-8", false);
	assert_has(said, "not verified yet");
	make(&w, "", "");
	show(&w, "C.UTF-8", false);
	assert_has(said, "reported by\tNOT VERIFIED: what the body signed is not in it\n");
	/* What no word is known for says its token, and is not taken for verified. */
	make(&w, "de-sn/leipzig", "some-new-reason");
	show(&w, "C.UTF-8", false);
	assert_has(said, "NOT VERIFIED: some-new-reason");
	/* Whose own report is here, it verified. */
	make(&w, "", "");
	w.incident.reporter = (char *)"de-sn/leipzig";
	show(&w, "C.UTF-8", false);
	assert_has(said, "reported by\tde-sn/leipzig\n");
}

static void a_message_that_does_not_count_proves_nothing(void **state)
{
	struct world w;

	(void)state;
	make(&w, "de-sn/leipzig", "ok");
	w.entry.fault = (char *)"not-above";
	show(&w, "C.UTF-8", false);
	assert_has_not(said, "reported by");
}

static void json_has_the_token(void **state)
{
	struct world w;
	json_t *doc;

	(void)state;
	make(&w, "de-sn/leipzig", "bad-signature");
	doc = incident_json(&w.incident);
	assert_string_equal(json_string_value(json_object_get(json_object_get(doc, "reported"), "by")), "de-sn/leipzig");
	assert_string_equal(json_string_value(json_object_get(json_object_get(doc, "reported"), "verified")), "bad-signature");
	json_decref(doc);
	make(&w, "", "");
	doc = incident_json(&w.incident);
	assert_true(json_is_null(json_object_get(json_object_get(doc, "reported"), "by")));
	assert_string_equal(json_string_value(json_object_get(json_object_get(doc, "reported"), "verified")), "not-found");
	json_decref(doc);
}

static void on_a_terminal_all_of_it_is_german(void **state)
{
	struct world w;

	(void)state;
	make(&w, "de-sn/leipzig", "bad-signature");
	show(&w, "de_DE.UTF-8", true);
	assert_has(said, "schwerwiegend");
	assert_has(said, "Verfügbarkeit");
	assert_has(said, "de-sn/leipzig, NICHT NACHGEWIESEN: die Signatur der Stelle ist falsch");
	assert_has(said, "vom Land bestätigt");
	assert_has(said, "Anmerkung");
	assert_has_not(said, "verified");
	assert_has_not(said, "severe");
	/* In a pipe the lines without heads have the same words in both. */
	show(&w, "de_DE.UTF-8", false);
	assert_has(said, "\tconfirmed by the Land\t");
}

static void every_word_is_translated(void **state)
{
	(void)state;
	words_in("de_DE.UTF-8");
	for (unsigned scale = 0; scale < WORDS_SCALES; scale++)
		for (unsigned i = 1; i <= incident_numbers((enum incident_scale)scale); i++)
			assert_string_not_equal(_(incident_word((enum incident_scale)scale, i)), incident_word((enum incident_scale)scale, i));
	words_in("C.UTF-8");
}

static int forget(void **state)
{
	(void)state;
	free(said);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_reported_is_proved_or_is_said_not_to_be),
		cmocka_unit_test(a_message_that_does_not_count_proves_nothing),
		cmocka_unit_test(json_has_the_token),
		cmocka_unit_test(on_a_terminal_all_of_it_is_german),
		cmocka_unit_test(every_word_is_translated),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
