/* agents/cli/message_print.c */
#include "agents/cli/message.h"
#include "tests/unit/cli/fake_agent.h"

static char *print(const struct sample *s, bool terminal)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .terminal = terminal, .width = 100 };
	struct message m;

	setenv("TZ", "UTC", 1);
	assert_int_equal(message_init(&m, &s->stored), LB_OK);
	message_print(&m, &cli);
	message_fini(&m);
	fclose(cli.out);
	return text;
}

static void shows_scales_as_words_and_cleans_text(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	sample_init(&s, 1, "Titel");
	s.stored.title = (char *)"Titel\033]0;x\007";
	text = print(&s, false);
	assert_has(text, "level\t3 orange\n");
	assert_has(text, "marking\tTLP:AMBER\n");
	assert_has(text, "to\tde-sn de-he\n");
	assert_has(text, "tracking id\tLB-2026-0001\n");
	assert_has(text, "our state\tnot acknowledged\n");
	assert_has(text, "URL\thttps://beispiel.example/a\n");
	assert_has(text, "Summary");
	assert_has_not(text, "\033");
	assert_has_not(text, "\xe2\x80\xae");
	assert_has_not(text, "ÜBUNG");
	assert_has_not(text, "approved by");
	free(text);
	sample_fini(&s);
}

static void an_exercise_says_so_first_and_last(void **state)
{
	struct lb_header h = sample_header(1);
	struct sample s;
	char *text;

	(void)state;
	h.exercise = true;
	sample_init_header(&s, &h, "Titel");
	text = print(&s, true);
	assert_int_equal(strncmp(text, "ÜBUNG – ÜBUNG – ÜBUNG\n", strlen("ÜBUNG – ÜBUNG – ÜBUNG\n")), 0);
	assert_string_equal(text + strlen(text) - strlen("ÜBUNG – ÜBUNG – ÜBUNG\n"), "ÜBUNG – ÜBUNG – ÜBUNG\n");
	free(text);
	sample_fini(&s);
}

static void a_quarantined_message_warns(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	sample_init(&s, 1, "Titel");
	s.stored.quarantine = (char *)"bad-signature";
	text = print(&s, true);
	assert_has(text, "QUARANTINED: the signature does not verify (bad-signature)");
	free(text);
	sample_fini(&s);
}

static void in_german_it_is_german(void **state)
{
	struct sample s;
	char *text;

	(void)state;
	sample_init(&s, 1, "Titel");
	s.stored.approved_by = (char *)"spiffe://lagebus.example/partner/bund-bsi/agent/second";
	words_in(NULL);
	text = print(&s, true);
	assert_has(text, "freigegeben von   spiffe://lagebus.example/partner/bund-bsi/agent/second\n");
	assert_has(text, "Titel             Titel\n");
	assert_has(text, "Stufe             3 orange\n");
	assert_has(text, "Kennzeichnung     TLP:AMBER\n");
	assert_has(text, "Art               Warnung\n");
	assert_has(text, "Bereich           Cyberabwehr\n");
	assert_has(text, "erstellt          23.11.2026 09:00\n");
	assert_has(text, "unser Stand       nicht bestätigt\n");
	assert_has(text, "Advisory          4 Bytes\n");
	free(text);
	sample_fini(&s);
	sample_init(&s, 1, "");
	text = print(&s, true);
	assert_has(text, "Der Inhalt ist nicht lesbar: Titel: fehlt\n");
	free(text);
	sample_fini(&s);
	words_in("C");
}

static void an_audience_is_told_in_words(void **state)
{
	struct lb_header h = sample_header(1);
	struct sample s;
	char *text;

	(void)state;
	h.audience_n = 4;
	h.audience[0] = lb_text_of("all");
	h.audience[1] = lb_text_of("de-sn/*");
	h.audience[2] = lb_text_of("group:cert");
	h.audience[3] = lb_text_of("de-he");
	sample_init_header(&s, &h, "Titel");
	text = print(&s, true);
	assert_has(text, "all, the bodies of de-sn, the group cert, de-he\n");
	free(text);
	words_in(NULL);
	text = print(&s, true);
	assert_has(text, "an                alle, die Stellen von de-sn, die Gruppe cert, de-he\n");
	free(text);
	text = print(&s, false);
	assert_has(text, "all de-sn/* group:cert de-he\n");
	free(text);
	words_in("C");
	sample_fini(&s);
}

/* The inbox has no title of it. */
static void what_was_encrypted_has_its_title_once(void **state)
{
	struct lb_header h = sample_header(1);
	struct sample s;
	char *text;

	(void)state;
	h.tlp = LB_TLP_RED;
	sample_init_header(&s, &h, "Wunderkerze");
	s.stored.title = (char *)"verschlüsselt";
	s.stored.opened = s.stored.payload;
	words_in(NULL);
	text = print(&s, true);
	assert_has(text, "Titel             Wunderkerze\n");
	assert_has(text, "verschlüsselt     für die Empfänger; nur zum Anzeigen geöffnet\n");
	free(text);
	s.stored.opened = (ProtobufCBinaryData){ 0, NULL };
	s.stored.not_opened = (char *)"not-a-recipient";
	text = print(&s, true);
	assert_has(text, "Titel             verschlüsselt\n");
	free(text);
	words_in("C");
	sample_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_scales_as_words_and_cleans_text),
		cmocka_unit_test(an_exercise_says_so_first_and_last),
		cmocka_unit_test(a_quarantined_message_warns),
		cmocka_unit_test(in_german_it_is_german),
		cmocka_unit_test(an_audience_is_told_in_words),
		cmocka_unit_test(what_was_encrypted_has_its_title_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
