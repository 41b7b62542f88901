/* agents/cli/ics.c: what a calendar library reads back is what was written. */
#include "agents/cli/ics.h"

#include <libical/ical.h>

#include "tests/unit/cli/run.h"

#define BEGINS_MS INT64_C(1796133600000) /* 2026-12-01T14:00:00Z */

static struct training training_of(Lagebus__TrainingEvent *e, const Lagebus__TrainingRow *row)
{
	struct training t = { .row = row, .event = e };

	t.header.origin = lb_text_of("de-sn");
	t.header.created_ms = BEGINS_MS - 86400000;
	t.header.tlp = LB_TLP_CLEAR;
	return t;
}

static char *write_calendar(struct training *list, size_t n)
{
	struct trainings all = { .list = list, .n = n };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	ics_write(f, &all);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* RFC 5545, section 3.1: lines end with CRLF and have at most 75 octets, and none breaks a character. */
static void expect_folded(const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\r\n");

		assert_non_null(end);
		assert_true(end - text <= 75);
		assert_true((end[2] & 0xc0) != 0x80 && (text[0] & 0xc0) != 0x80);
		text = end + 2;
	}
}

static void libical_reads_all_of_it_back(void **state)
{
	static const char title[] = "Phishing, erkannt; \"und\" nun? \\o/ ÄÖÜß – und ein Titel, der so lang ist, daß er gefaltet werden muß: ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ";
	static const char description[] = "Zeile 1\nZeile 2: a,b;c\\d\n\n\xe2\x82\xac 0";
	Lagebus__TrainingEvent e = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__TrainingRow row = LAGEBUS__TRAINING_ROW__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	struct training t;
	icalcomponent *calendar, *event;
	icalproperty *organiser;
	char *text;

	(void)state;
	contact.function = (char *)"CERT \"Sachsen\"; Dresden";
	contact.email = (char *)"cert@sn.example";
	e.uid = (char *)"018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d@de-sn";
	e.sequence = 7;
	e.kind = LAGEBUS__TRAINING_KIND__TRAINING_KIND_WORKSHOP;
	e.status = LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CONFIRMED;
	e.title = (char *)title;
	e.description = (char *)description;
	e.begins = BEGINS_MS;
	e.ends = BEGINS_MS + 7200000;
	e.place = (char *)"Dresden, Raum 1; Erdgeschoß";
	e.url = (char *)"https://sn.example/termine?id=7&x=1";
	e.organiser = &contact;
	t = training_of(&e, &row);
	text = write_calendar(&t, 1);
	expect_folded(text);
	calendar = icalparser_parse_string(text);
	assert_non_null(calendar);
	assert_int_equal(icalcomponent_count_errors(calendar), 0);
	assert_true(icalrestriction_check(calendar));
	assert_int_equal(icalcomponent_get_method(calendar), ICAL_METHOD_PUBLISH);
	assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 1);
	event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	assert_string_equal(icalcomponent_get_uid(event), e.uid);
	assert_int_equal(icalcomponent_get_sequence(event), 7);
	assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
	assert_string_equal(icalcomponent_get_summary(event), title);
	assert_string_equal(icalcomponent_get_description(event), description);
	assert_string_equal(icalcomponent_get_location(event), e.place);
	assert_int_equal(icaltime_as_timet(icalcomponent_get_dtstart(event)), BEGINS_MS / 1000);
	assert_int_equal(icaltime_as_timet(icalcomponent_get_dtend(event)), BEGINS_MS / 1000 + 7200);
	assert_int_equal(icaltime_as_timet(icalcomponent_get_dtstamp(event)), BEGINS_MS / 1000 - 86400);
	assert_true(icaltime_is_utc(icalcomponent_get_dtstart(event)));
	assert_string_equal(icalproperty_get_url(icalcomponent_get_first_property(event, ICAL_URL_PROPERTY)), e.url);
	organiser = icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY);
	assert_string_equal(icalproperty_get_organizer(organiser), "mailto:cert@sn.example");
	icalcomponent_free(calendar);
	free(text);
}

static void what_is_cancelled_or_an_exercise_says_so(void **state)
{
	Lagebus__TrainingEvent e[2] = { LAGEBUS__TRAINING_EVENT__INIT, LAGEBUS__TRAINING_EVENT__INIT };
	Lagebus__TrainingRow row = LAGEBUS__TRAINING_ROW__INIT;
	struct training t[2];
	icalcomponent *calendar, *event;
	char *text;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		e[i].uid = (char *)(i ? "b@de-sn" : "a@de-sn");
		e[i].title = (char *)"Planspiel";
		e[i].begins = BEGINS_MS;
		t[i] = training_of(&e[i], &row);
	}
	e[0].status = LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED;
	t[1].header.exercise = true;
	t[1].header.tlp = LB_TLP_AMBER;
	text = write_calendar(t, 2);
	calendar = icalparser_parse_string(text);
	assert_non_null(calendar);
	assert_true(icalrestriction_check(calendar));
	event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CANCELLED);
	assert_string_equal(icalcomponent_get_summary(event), "Planspiel");
	event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
	assert_string_equal(icalcomponent_get_summary(event), "ÜBUNG – ÜBUNG – ÜBUNG Planspiel");
	assert_has(text, "CLASS:PUBLIC\r\n");
	assert_has(text, "CLASS:CONFIDENTIAL\r\n");
	icalcomponent_free(calendar);
	free(text);
}

static void nothing_breaks_out_of_its_line(void **state)
{
	Lagebus__TrainingEvent e = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__TrainingRow row = LAGEBUS__TRAINING_ROW__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	struct training t;
	icalcomponent *calendar, *event;
	char *text;

	(void)state;
	contact.function = (char *)"x\":mailto:evil@example.org\r\nATTACH:http://evil.example/";
	contact.email = (char *)"a@b.example\r\nATTACH:http://evil.example/";
	e.uid = (char *)"a\r\nATTACH:http://evil.example/";
	e.title = (char *)"a\r\nATTACH:http://evil.example/ \xff\x1b[31m";
	e.url = (char *)"http://evil.example/\r\nATTACH:http://evil.example/";
	e.begins = BEGINS_MS;
	e.organiser = &contact;
	t = training_of(&e, &row);
	text = write_calendar(&t, 1);
	expect_folded(text);
	assert_has_not(text, "\nATTACH");
	assert_has_not(text, "\x1b");
	calendar = icalparser_parse_string(text);
	event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	assert_null(icalcomponent_get_first_property(event, ICAL_ATTACH_PROPERTY));
	assert_null(icalcomponent_get_first_property(event, ICAL_URL_PROPERTY));
	assert_string_equal(icalproperty_get_organizer(icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY)), "invalid:nomail");
	icalcomponent_free(calendar);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libical_reads_all_of_it_back),
		cmocka_unit_test(what_is_cancelled_or_an_exercise_says_so),
		cmocka_unit_test(nothing_breaks_out_of_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
