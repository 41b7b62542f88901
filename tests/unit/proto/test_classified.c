/* Classification markings: what is one, in the spellings that people use, and what only speaks of one. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/classified.h"

static void markings_are_seen(void **state)
{
	static const char *const marked[] = {
		"VS-NfD", "VS-NFD", "vs-nfd", "VS NfD", "VSNfD", "VS - NfD", "VS\xe2\x80\x93NfD", "VS \xe2\x80\x93 NfD", "VS\xc2\xa0NfD", "VS\xe2\x80\x91NfD",
		"VS - NUR FÜR DEN DIENSTGEBRAUCH", "VS-Nur für den Dienstgebrauch", "VS \xe2\x80\x94 NUR FUER DEN DIENSTGEBRAUCH",
		"VS-NUR FU\xcc\x88R DEN DIENSTGEBRAUCH", "NUR FÜR DEN DIENSTGEBRAUCH",
		"VS-VERTRAULICH", "VS-Vertraulich", "VS-VERTRAULICH - amtlich geheimgehalten", "VS-Vertraulich amtlich geheimgehalten",
		"GEHEIM", "GEHEIM amtlich geheimgehalten", "STRENG GEHEIM", "Streng geheim\nSTRENG  GEHEIM\n",
		"Lage\nVS-NfD\nText", "Lage\r\n   VS-NfD   \r\nText", "- VS-NfD -", "\xe2\x80\x93 GEHEIM \xe2\x80\x93", "*** VS-NfD ***", "# VS-NfD",
		"[VS-NfD] Lage", "VS-NfD: Lage", "VS-NfD - Lage", "VS-NfD \xe2\x80\x93 Lage", "Lage (VS-NfD)", "Lage - VS-NfD", "Lage | VS-NfD", "TLP:RED / VS-NfD",
		"Einstufung: VS-NfD.", "Einstufung:VS-NfD, nicht weitergeben", "VS-Grad: GEHEIM", "2026-11_VS-NfD_Lage.pdf",
	};

	(void)state;
	for (size_t i = 0; i < sizeof marked / sizeof marked[0]; i++)
		if (!lb_text_is_classified(marked[i], strlen(marked[i])))
			fail_msg("'%s' is marked", marked[i]);
}

static void words_are_none(void **state)
{
	static const char *const plain[] = {
		"", "VS", "VS-", "VS-Nf", "NfD", "AVS-NfD", "VS-NfDA", "VS-Nur für", "Dienstgebrauch", "GEHEIMNIS", "STRENG", "TLP:RED",
		"freigegeben für VS-NfD", "ein VS-NfD-Arbeitsplatz", "VS-NfD-Zulassung läuft aus", "das VPN ist für VS-NfD zugelassen", "VS-NfD und höher wird abgelehnt",
		"die Kennzeichnung „VS-NfD“", "the marking \"VS-NfD\"", "Dokumente bis VS-Vertraulich", "Nicht-VS-NfD",
		"geheim", "Geheim", "Streng geheim: gute Passwörter", "- geheime Schlüssel -", "GEHEIMe Schlüssel", "Zugangsdaten streng GEHEIM halten",
		"Vertraulich", "vertraulich: nur intern", "VS Code - Vertraulichkeit", "nur für den Dienstgebrauch geeignet",
	};

	(void)state;
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
		if (lb_text_is_classified(plain[i], strlen(plain[i])))
			fail_msg("'%s' is not marked", plain[i]);
}

/* Nothing behind the end is looked at, wherever it is cut. */
static void the_end_is_the_end(void **state)
{
	static const char text[] = "VS - NUR FÜR DEN DIENSTGEBRAUCH";

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++) {
		char *cut = test_malloc(n + 1);

		memcpy(cut, text, n);
		assert_false(lb_text_is_classified(cut, n));
		test_free(cut);
	}
	assert_true(lb_text_is_classified("\0VS\0\nVS-NfD", 11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markings_are_seen),
		cmocka_unit_test(words_are_none),
		cmocka_unit_test(the_end_is_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
