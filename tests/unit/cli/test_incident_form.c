/* agents/cli/incident_form.c, incident_state.c: only what is missing is asked for, every answer is kept, and times that are past are read. */
#include "tests/unit/cli/run.h"

#include "agents/cli/incident_form.h"
#include "agents/cli/incident_state.h"
#include "agents/cli/incident_words.h"
#include "agents/cli/when.h"

static struct cli cli;
static char *said; /* what was asked */

static struct incident_form begin(void)
{
	struct incident_form f;

	cli = (struct cli){ .out = stdout, .err = fopen("/dev/null", "w") };
	assert_non_null(cli.err);
	assert_int_equal(incident_form_init(&f, &cli), CLI_OK);
	return f;
}

static unsigned kept;

static enum cli_exit count(void *user)
{
	(void)user;
	kept++;
	return CLI_OK;
}

static enum cli_exit ask(struct incident_form *f, const char *answers)
{
	FILE *in = fmemopen((void *)answers, strlen(answers), "r"), *out;
	enum cli_exit code;
	size_t n;

	free(said);
	out = open_memstream(&said, &n);
	assert_non_null(in);
	assert_non_null(out);
	kept = 0;
	code = incident_form_ask(f, &cli, in, out, count, NULL);
	fclose(in);
	fclose(out);
	return code;
}

static void set(struct incident_form *f, const char *key, const char *value)
{
	assert_int_equal(json_object_set_new(f->values, key, json_string(value)), 0);
}

static void end(struct incident_form *f)
{
	incident_form_fini(f);
	fclose(cli.err);
}

static void asks_for_what_is_missing_and_nothing_else(void **state)
{
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	struct incident_form f = begin();

	(void)state;
	set(&f, "title", "Mail");
	set(&f, "known", "2026-11-20T10:00:00Z");
	set(&f, "malicious", "yes");
	set(&f, "contact", "IT");
	assert_int_equal(ask(&f, "it is down\n6\n\nnobody gets mail\n"), CLI_OK);
	assert_int_equal(kept, 4);
	assert_has(said, "What happened?");
	assert_has(said, " 6  availability");
	assert_has_not(said, "in a line");
	assert_has_not(said, "Since when");
	assert_has_not(said, "malicious?");
	assert_has_not(said, "Whom may one ask");
	assert_int_equal(incident_form_check(&f, &cli), CLI_OK);
	assert_int_equal(incident_form_fill(&f, &cli, &r), CLI_OK);
	assert_string_equal(r.title, "Mail");
	assert_string_equal(r.description, "it is down");
	assert_string_equal(r.impact, "nobody gets mail");
	assert_int_equal(r.category, LAGEBUS__INCIDENT_CATEGORY__INCIDENT_CATEGORY_AVAILABILITY);
	assert_int_equal(r.malicious, LAGEBUS__ANSWER__ANSWER_YES);
	assert_int_equal(r.cross_border, LAGEBUS__ANSWER__ANSWER_UNKNOWN);
	assert_true(r.known_at == INT64_C(1795082400) * 1000 || r.known_at > 0);
	end(&f);
}

static void an_answer_that_is_none_is_asked_for_again(void **state)
{
	struct incident_form f = begin();

	(void)state;
	set(&f, "title", "Mail");
	set(&f, "text", "down");
	set(&f, "contact", "IT");
	assert_int_equal(ask(&f, "tomorrow\n2099-01-01\nnow\n77\nmalicious-code\nja\nmaybe\nn\n\n"), CLI_OK);
	assert_has(said, "'tomorrow' is not a time");
	assert_has(said, "is in the future");
	assert_has(said, "A number from 1 to 10, please.");
	assert_has(said, "yes or no, please");
	assert_string_equal(json_string_value(json_object_get(f.values, "malicious")), "yes");
	assert_string_equal(json_string_value(json_object_get(f.values, "cross-border")), "no");
	end(&f);
}

static void a_municipality_is_asked_in_german(void **state)
{
	struct incident_form f;

	(void)state;
	words_in("de_DE.UTF-8");
	f = begin();
	assert_int_equal(ask(&f, "\nMail\nnichts geht\njetzt\n6\nnein\n\n\nIT-Leitung, +49 341 1230\n"), CLI_OK);
	words_in("C.UTF-8");
	assert_has(said, "Was ist es, in einer Zeile?");
	assert_has(said, "Das wird gebraucht.");
	assert_has(said, " 6  Verfügbarkeit");
	assert_has(said, "Wen kann man fragen?");
	assert_has_not(said, "What");
	assert_has_not(said, "not known");
	assert_string_equal(json_string_value(json_object_get(f.values, "category")), "availability");
	assert_string_equal(json_string_value(json_object_get(f.values, "malicious")), "no");
	end(&f);
}

static void what_was_said_before_the_input_ended_is_kept(void **state)
{
	struct incident_form f = begin();

	(void)state;
	assert_int_equal(ask(&f, "\nMail\ndown\n"), CLI_IO);
	assert_int_equal(kept, 2);
	assert_string_equal(json_string_value(json_object_get(f.values, "text")), "down");
	assert_int_equal(incident_form_check(&f, &cli), CLI_USAGE);
	end(&f);
}

static void what_is_classified_is_not_even_kept(void **state)
{
	struct incident_form f = begin();

	(void)state;
	assert_int_equal(ask(&f, "VS-NfD\nMail\n"), CLI_IO);
	assert_string_equal(json_string_value(json_object_get(f.values, "title")), "Mail");
	end(&f);
}

static void a_contact_is_taken_apart_and_remembered(void **state)
{
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	char *dir = scratch_make(), *again;
	struct incident_form f = begin();

	(void)state;
	setenv("XDG_STATE_HOME", dir, 1);
	assert_null(incident_contact_load());
	set(&f, "contact", "IT-Leitung, +49 341 1230, Frau Muster, it@leipzig.example");
	assert_int_equal(incident_form_fill(&f, &cli, &r), CLI_OK);
	assert_string_equal(r.contact->function, "IT-Leitung");
	assert_string_equal(r.contact->phone, "+49 341 1230");
	assert_string_equal(r.contact->name, "Frau Muster");
	assert_string_equal(r.contact->email, "it@leipzig.example");
	incident_contact_save("IT-Leitung, 0341 1230");
	again = incident_contact_load();
	assert_string_equal(again, "IT-Leitung, 0341 1230");
	free(again);
	json_object_clear(f.values);
	for (unsigned i = 0; i < 3; i++)
		set(&f, (const char *[]){ "title", "text", "impact" }[i], "x");
	assert_int_equal(ask(&f, "now\n2\n\n\n\n"), CLI_OK);
	assert_has(said, "Enter: IT-Leitung, 0341 1230");
	assert_string_equal(json_string_value(json_object_get(f.values, "contact")), "IT-Leitung, 0341 1230");
	unsetenv("XDG_STATE_HOME");
	scratch_remove(dir);
	end(&f);
}

static void drafts_are_found_by_name_and_the_newest_by_last(void **state)
{
	char *dir = scratch_make();
	struct incident_draft one, two, found;
	struct why why;
	json_t *values = json_pack("{s:s}", "title", "x");

	(void)state;
	setenv("XDG_STATE_HOME", dir, 1);
	assert_int_equal(incident_draft_find("last", &found, &why), LB_NOT_FOUND);
	assert_int_equal(incident_draft_new(1795082400000, &one, &why), LB_OK);
	assert_int_equal(incident_draft_save(&one, values, &why), LB_OK);
	assert_int_equal(incident_draft_new(1795082400000, &two, &why), LB_OK);
	assert_string_not_equal(one.name, two.name);
	assert_int_equal(incident_draft_save(&two, values, &why), LB_OK);
	assert_int_equal(incident_draft_find("last", &found, &why), LB_OK);
	assert_string_equal(found.name, two.name);
	assert_int_equal(incident_draft_find(one.name, &found, &why), LB_OK);
	assert_int_equal(incident_draft_find("../../etc/passwd", &found, &why), LB_NOT_FOUND);
	incident_draft_remove(&one);
	assert_int_equal(incident_draft_find(one.name, &found, &why), LB_NOT_FOUND);
	json_decref(values);
	unsetenv("XDG_STATE_HOME");
	scratch_remove(dir);
}

static void past_times_are_read(void **state)
{
	static const int64_t now = INT64_C(1795424400000); /* 2026-11-23 09:00 UTC */
	static const struct {
		const char *text;
		int64_t before; /* ms before now; -1: it is none */
	} cases[] = { { "now", 0 }, { "3h", 3 * 3600000 }, { "90m", 90 * 60000 }, { "2d", 2 * 86400000 }, { "08:30", 30 * 60000 }, { "09:30", 86400000 - 30 * 60000 },
		{ "2026-11-23 08:00", 3600000 }, { "2026-11-23T08:00:00Z", 3600000 }, { "2026-11-24", -1 }, { "soon", -1 }, { "", -1 }, { "-3h", -1 }, { "25:00", -1 } };
	struct why why;
	int64_t ms;

	(void)state;
	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		lb_err e = when_past_ms(cases[i].text, now, &ms, &why);

		if (cases[i].before < 0 ? e != LB_INVALID : e != LB_OK || ms != now - cases[i].before)
			fail_msg("'%s'", cases[i].text);
	}
}

static void every_number_has_a_token_and_back(void **state)
{
	(void)state;
	for (unsigned scale = 0; scale < WORDS_SCALES; scale++)
		for (unsigned i = 0; i <= incident_numbers(scale); i++) {
			unsigned number = 99;

			assert_true(incident_number(scale, incident_token(scale, i), &number));
			assert_int_equal(number, i);
		}
	assert_int_equal(incident_numbers(WORDS_CATEGORY), LAGEBUS__INCIDENT_CATEGORY__INCIDENT_CATEGORY_OTHER);
	assert_int_equal(incident_numbers(WORDS_STAGE), LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER);
	assert_string_equal(incident_word(WORDS_TIER, 99), "?");
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
		cmocka_unit_test(asks_for_what_is_missing_and_nothing_else),
		cmocka_unit_test(an_answer_that_is_none_is_asked_for_again),
		cmocka_unit_test(a_municipality_is_asked_in_german),
		cmocka_unit_test(what_was_said_before_the_input_ended_is_kept),
		cmocka_unit_test(what_is_classified_is_not_even_kept),
		cmocka_unit_test(a_contact_is_taken_apart_and_remembered),
		cmocka_unit_test(drafts_are_found_by_name_and_the_newest_by_last),
		cmocka_unit_test(past_times_are_read),
		cmocka_unit_test(every_number_has_a_token_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
