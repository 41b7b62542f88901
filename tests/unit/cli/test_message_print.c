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
	words_in(NULL);
	text = print(&s, true);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_scales_as_words_and_cleans_text),
		cmocka_unit_test(an_exercise_says_so_first_and_last),
		cmocka_unit_test(a_quarantined_message_warns),
		cmocka_unit_test(in_german_it_is_german),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
