/* agents/cli/payload_print.c */
#include "agents/cli/payload_print.h"

#include "lagebus/payload.h"
#include "lagebus/topic.h"
#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"
#include "tests/kit/random_payload.h"
#include "tests/unit/cli/run.h"

static char *printed(const void *m, bool terminal)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .terminal = terminal, .width = 200 };

	setenv("TZ", "UTC", 1);
	payload_print(m, &cli);
	fclose(cli.out);
	return text;
}

static void assert_printed(const void *m, const char *locale, const char *expected)
{
	char *text;

	words_in(locale);
	text = printed(m, true);
	assert_string_equal(text, expected);
	free(text);
}

static void an_incident_reads_well_in_both_languages(void **state)
{
	Lagebus__Indicator one = LAGEBUS__INDICATOR__INIT, *list[] = { &one };
	Lagebus__IncidentReport x = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	const char *services[] = { "Mail", "Fachverfahren" };

	(void)state;
	x.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	x.tier = LAGEBUS__INCIDENT_TIER__INCIDENT_TIER_SIGNIFICANT;
	x.category = LAGEBUS__INCIDENT_CATEGORY__INCIDENT_CATEGORY_MALICIOUS_CODE;
	x.malicious = LAGEBUS__ANSWER__ANSWER_YES;
	x.known_at = 1000026000000; /* not today, of which the time alone is shown */
	x.title = (char *)"Mailserver";
	x.description = (char *)"Verschlüsselt.";
	x.impact = (char *)"Kein Bürgerbüro.";
	x.services = (char **)services;
	x.n_services = 2;
	x.indicators = list;
	x.n_indicators = 1;
	one.id = (ProtobufCBinaryData){ 16, (uint8_t *)"0123456789abcdef" };
	one.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_IPV4_ADDR;
	one.value = (char *)"192.0.2.66";
	one.confidence = 80;
	one.to_ids = true;
	x.contact = &contact;
	contact.function = (char *)"IT-Lagezentrum";
	contact.phone = (char *)"0341 1";
	assert_printed(&x, "C",
		"stage             first report\n"
		"tier              significant\n"
		"category          malicious code\n"
		"malicious         yes\n"
		"known at          2001-09-09 09:00\n"
		"services          Mail\n"
		"                  Fachverfahren\n"
		"indicators        IPv4 address, 192.0.2.66, confidence 80, for sensors\n"
		"contact           IT-Lagezentrum, 0341 1\n"
		"\ndescription\nVerschlüsselt.\n"
		"\nimpact\nKein Bürgerbüro.\n");
	assert_printed(&x, "de_DE.UTF-8",
		"Meldestufe        Erstmeldung\n"
		"Schwere           erheblich\n"
		"Kategorie         Schadprogramm\n"
		"böswillig         ja\n"
		"bekannt seit      09.09.2001 09:00\n"
		"Dienste           Mail\n"
		"                  Fachverfahren\n"
		"Indikatoren       IPv4-Adresse, 192.0.2.66, Konfidenz 80, für Sensoren\n"
		"Kontakt           IT-Lagezentrum, 0341 1\n"
		"\nBeschreibung\nVerschlüsselt.\n"
		"\nAuswirkungen\nKein Bürgerbüro.\n");
}

static void counts_and_what_there_are_many_of(void **state)
{
	Lagebus__SituationReport x = LAGEBUS__SITUATION_REPORT__INIT;
	Lagebus__SituationCount one = LAGEBUS__SITUATION_COUNT__INIT, *list[1500];

	(void)state;
	for (size_t i = 0; i < 1500; i++)
		list[i] = &one;
	one.name = (char *)"ransomware";
	one.value = 1200;
	x.counts = list;
	x.n_counts = 1;
	x.title = (char *)"Lage";
	x.text = (char *)"Ruhig.";
	x.attachment = (ProtobufCBinaryData){ 1, (uint8_t *)"a" };
	assert_printed(&x, "C", "counts            ransomware: 1,200\nattachment        1 byte\n\nRuhig.\n");
	assert_printed(&x, NULL, "Zahlen            ransomware: 1.200\nAnhang            1 Byte\n\nRuhig.\n");
	x.n_counts = 1500;
	words_in(NULL);
	for (unsigned terminal = 0; terminal < 2; terminal++) {
		char *text = printed(&x, terminal);

		assert_has(text, "und 1.488 weitere (alle mit --json)\n");
		free(text);
	}
}

static void a_receipts_state_is_a_word(void **state)
{
	Lagebus__Receipt x = LAGEBUS__RECEIPT__INIT;

	(void)state;
	x.state = 4;
	x.by = (char *)"CISO";
	assert_printed(&x, "C", "state             deleted\nby                CISO\n");
	assert_printed(&x, NULL, "Stand             gelöscht\ndurch             CISO\n");
}

/* Whatever is in it: every text is there or begins a line that was cut, and nothing breaks. */
static void every_type_is_shown(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++)
		for (unsigned i = 0; i < 50; i++) {
			ProtobufCMessage *m = random_payload(lb_payload_schema(type), &seed);

			for (unsigned terminal = 0; terminal < 2; terminal++)
				free(printed(m, terminal));
			protobuf_c_message_free_unpacked(m, NULL);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_incident_reads_well_in_both_languages),
		cmocka_unit_test(counts_and_what_there_are_many_of),
		cmocka_unit_test(a_receipts_state_is_a_word),
		cmocka_unit_test(every_type_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
