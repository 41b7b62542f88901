/* agents/cli/csaf.c */
#include "agents/cli/csaf.h"

#include "agents/cli/file.h"
#include "tests/unit/cli/run.h"

#define HEAD "{\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"title\":\"T\",\"tracking\":{\"id\":\"I\"}," \
	"\"publisher\":{\"name\":\"P\"}"

#define GREEN ",\"distribution\":{\"tlp\":{\"label\":\"GREEN\"}}}"
#define SHARED(label, id) ",\"distribution\":{\"tlp\":{\"label\":\"" label "\"},\"sharing_group\":{\"id\":\"" id "\"}}}}"

static void refuse(const char *text, const char *because)
{
	struct csaf c;
	struct why why;

	assert_int_equal(csaf_parse((const uint8_t *)text, strlen(text), &c, &why), LB_INVALID);
	assert_has(why.text, because);
}

static void take(const char *text, struct csaf *c)
{
	struct why why = { .text = "" };

	if (csaf_parse((const uint8_t *)text, strlen(text), c, &why))
		fail_msg("%s", why.text);
}

static void says_what_is_missing_by_its_path(void **state)
{
	(void)state;
	refuse("{", "line 1");
	refuse("[]", "/document is missing");
	refuse("{\"document\":{}}", "/document/category is missing");
	refuse("{\"document\":{\"category\":\"x\",\"csaf_version\":\"2.0\",\"title\":\"t\"}}", "/document/tracking/id is missing");
	refuse("{\"document\":{\"category\":7}}", "/document/category is not a text");
	refuse("{\"document\":{\"category\":\"x\",\"csaf_version\":\"1.2\",\"title\":\"t\",\"tracking\":{\"id\":\"i\"},"
		"\"publisher\":{\"name\":\"p\"}}}", "csaf_version is '1.2'");
	refuse(HEAD ",\"lang\":\"EZ\"}}", "/document/lang");
	refuse(HEAD ",\"distribution\":{\"tlp\":{\"label\":\"PINK\"}}}}", "tlp/label 'PINK'");
	refuse(HEAD ",\"distribution\":{\"tlp\":{\"label\":7}}}}", "tlp/label is not a text");
	refuse(HEAD SHARED("RED", "ffffffff-ffff-ffff-ffff-ffffffffffff"), "says public, but the TLP label is TLP:RED");
	refuse(HEAD SHARED("CLEAR", "86c81730-1a06-478d-82d4-978e41eb332f"), "says a group, but the TLP label is TLP:CLEAR");
	refuse(HEAD SHARED("RED", "00000000-0000-0000-0000-000000000000"), "no sharing is allowed");
	refuse("{\"document\":{\"category\":\"x\",\"csaf_version\":\"2.1\",\"title\":\"t\",\"tracking\":{\"id\":\"i\"},"
		"\"publisher\":{\"name\":\"p\"}}}", "/document/distribution/tlp/label is missing");
}

static void expect_note(const char *text, const char *note)
{
	struct csaf c;

	take(text, &c);
	assert_int_equal(c.notes_n, note ? 1 : 0);
	if (note)
		assert_has(c.notes[0], note);
	csaf_fini(&c);
}

static void notes_what_its_sender_should_know(void **state)
{
	(void)state;
	expect_note(HEAD GREEN "}", NULL);
	expect_note(HEAD "}}", "tlp/label is missing");
	expect_note(HEAD SHARED("RED", "86c81730-1a06-478d-82d4-978e41eb332f"), "members of a group");
	expect_note(HEAD SHARED("CLEAR", "ffffffff-ffff-ffff-ffff-ffffffffffff"), NULL);
	expect_note("{\"document\":{\"category\":\"csaf_base\",\"csaf_version\":\"2.0\",\"title\":\"T\",\"tracking\":{\"id\":\"I\",\"status\":\"draft\"},"
		"\"publisher\":{\"name\":\"P\"}" GREEN "}", "is draft");
	expect_note(HEAD GREEN ",\"vulnerabilities\":[{\"product_status\":{\"known_not_affected\":[\"1\"]}}]}", "of no product");
	expect_note(HEAD GREEN ",\"vulnerabilities\":[{\"product_status\":{\"fixed\":[\"1\"],\"known_affected\":[\"2\"]}}]}", NULL);
	expect_note("\xEF\xBB\xBF" HEAD GREEN "}", NULL); /* a byte order mark is no part of it (RFC 8259, 8.1) */
}

static void refuses_what_is_classified(void **state)
{
	static const char *const marked[] = {
		HEAD ",\"distribution\":{\"tlp\":{\"label\":\"VS-NfD\"}}}}",
		HEAD ",\"distribution\":{\"text\":\"VS - NUR F\\u00dcR DEN DIENSTGEBRAUCH\"}}}",
		HEAD ",\"notes\":[{\"category\":\"summary\",\"text\":\"Lage\\nGEHEIM\\n\"}]}}",
		"{\"document\":{\"category\":\"x\",\"csaf_version\":\"2.0\",\"title\":\"VS-NfD: t\",\"tracking\":{\"id\":\"i\"},\"publisher\":{\"name\":\"p\"}}}",
	};
	struct csaf c;
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++) {
		assert_int_equal(csaf_parse((const uint8_t *)marked[i], strlen(marked[i]), &c, &why), LB_CLASSIFIED);
		assert_has(why.text, "VS-NfD or higher");
	}
	take(HEAD ",\"distribution\":{\"text\":\"Nicht eingestuft\"}}}", &c);
	csaf_fini(&c);
}

static void takes_what_a_warning_needs(void **state)
{
	struct csaf c;

	(void)state;
	take(HEAD ",\"lang\":\"de-DE\",\"distribution\":{\"tlp\":{\"label\":\"WHITE\"}},"
		"\"notes\":[{\"category\":\"description\",\"text\":\"d\"},{\"category\":\"summary\",\"text\":\"s\"}],"
		"\"references\":[{\"category\":\"self\",\"url\":\"javascript:x\"},{\"category\":\"self\",\"url\":\"https://a.example\"}]},"
		"\"product_tree\":{\"branches\":[{\"branches\":[{\"product\":{\"product_id\":\"1\",\"name\":\"A 1\"}},"
		"{\"product\":{\"product_id\":\"2\",\"name\":\"A 2\"}}]}],\"full_product_names\":[{\"product_id\":\"3\",\"name\":\"B\"}]},"
		"\"vulnerabilities\":[{\"cve\":\"CVE-2026-1\",\"product_status\":{\"known_affected\":[\"1\"],\"fixed\":[\"2\",\"1\"]},"
		"\"remediations\":[{\"category\":\"vendor_fix\",\"details\":\"update\"},{\"category\":\"none_available\",\"details\":\"x\"}]},"
		"{\"cve\":\"CVE-2026-1\"}]}", &c);
	assert_string_equal(c.title, "T");
	assert_string_equal(c.tracking_id, "I");
	assert_string_equal(c.summary, "s");
	assert_string_equal(c.language, "de-DE");
	assert_string_equal(c.url, "https://a.example");
	assert_int_equal(c.tlp, LB_TLP_CLEAR);
	assert_int_equal(c.cves_n, 1);
	assert_int_equal(c.products_n, 2);
	assert_string_equal(c.products[0], "B");
	assert_string_equal(c.products[1], "A 1");
	assert_int_equal(c.measures_n, 1);
	csaf_fini(&c);
}

static void is_bounded(void **state)
{
	char *text = NULL;
	struct csaf c;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	fprintf(f, HEAD "},\"product_tree\":{\"full_product_names\":[{\"name\":\"first\"}");
	for (int i = 0; i < 1000; i++)
		fprintf(f, ",{\"name\":\"p%d\"}", i);
	fprintf(f, "],\"branches\":");
	for (int i = 0; i < 500; i++)
		fputs("[{\"branches\":", f);
	fputs("[]", f);
	for (int i = 0; i < 500; i++)
		fputs("}]", f);
	fputs("}}", f);
	fclose(f);
	take(text, &c);
	assert_int_equal(c.products_n, CSAF_PRODUCTS_MAX);
	csaf_fini(&c);
	free(text);
}

static void reads_real_documents(void **state)
{
	static const struct {
		const char *file, *id;
		enum lb_tlp tlp;
	} rows[] = {
		{ "bsi-2022-0001.json", "BSI-2022-0001", LB_TLP_CLEAR },
		{ "bsi-2022-0001.csaf21.json", "BSI-2022-0001", LB_TLP_CLEAR },
		{ "cisco-sa-20180328-smi2.json", "cisco-sa-20180328-smi2", LB_TLP_UNSET },
		{ "va-24-254-01.json", "VA-24-254-01", LB_TLP_CLEAR },
		{ "vex-2022-evd-uc-08-001.json", "2022-EVD-UC-08-001", LB_TLP_UNSET },
		{ "wid-sec-w-2026-0001.json", "WID-SEC-W-2026-0001", LB_TLP_CLEAR },
		{ "csaf21-sharing-valid-6-1-38-11.json", "OASIS_CSAF_TC-CSAF_2.1-2024-6-1-38-11", LB_TLP_RED },
		{ "csaf21-sharing-invalid-6-1-38-01.json", NULL, LB_TLP_UNSET },
		{ "invalid-6-1-12-01.json", NULL, LB_TLP_UNSET },
		{ "provider-metadata.json", NULL, LB_TLP_UNSET },
	};
	const char *data = getenv("LAGEBUS_DATA") ? getenv("LAGEBUS_DATA") : "../shared/data";

	(void)state;
	if (access(data, R_OK) != 0) {
		print_message("skipped: %s has no real documents\n", data);
		skip();
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[512];
		struct csaf c;
		struct why why;
		uint8_t *p;
		size_t n;

		snprintf(path, sizeof(path), "%s/csaf/%s", data, rows[i].file);
		assert_int_equal(file_read(path, 4 << 20, &p, &n, &why), LB_OK);
		assert_int_equal(csaf_parse(p, n, &c, &why), rows[i].id ? LB_OK : LB_INVALID);
		if (rows[i].id) {
			assert_string_equal(c.tracking_id, rows[i].id);
			assert_int_equal(c.tlp, rows[i].tlp);
			csaf_fini(&c);
		}
		free(p);
	}
}

static void reads_the_demos_advisory(void **state)
{
	struct csaf c;
	struct why why;
	uint8_t *p;
	size_t n;

	(void)state;
	assert_int_equal(file_read("tests/demo/advisory.json", 4 << 20, &p, &n, &why), LB_OK);
	take((const char *)p, &c);
	assert_string_equal(c.tracking_id, "LB-2026-0001");
	assert_int_equal(c.tlp, LB_TLP_GREEN);
	assert_int_equal(c.products_n, 2);
	assert_int_equal(c.measures_n, 2);
	csaf_fini(&c);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_missing_by_its_path),
		cmocka_unit_test(notes_what_its_sender_should_know),
		cmocka_unit_test(refuses_what_is_classified),
		cmocka_unit_test(takes_what_a_warning_needs),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(reads_real_documents),
		cmocka_unit_test(reads_the_demos_advisory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
