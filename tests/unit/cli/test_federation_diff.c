/* agents/cli/federation_diff.c: each kind of change is a row, and what follows is what the rules say. */
#include "agents/cli/federation_diff.h"

#include "proto/host/federation_file.h"
#include "tests/unit/cli/run.h"

#define DOMAIN "trust_domain = \"lage.example\";\n"
#define BSI "{ id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; }"
#define SN "{ id = \"de-sn\"; name = \"Sachsen\"; role = \"state\"; areas = [ \"all\" ]; groups = [ \"cert\", \"lage\" ]; }"
#define LEIPZIG "{ id = \"de-sn/leipzig\"; role = \"local\"; areas = [ \"all\" ]; }"
#define HE "{ id = \"de-he\"; role = \"state\"; areas = [ \"cyber-defence\" ]; groups = [ \"cert\" ]; }"
#define AGENT "spiffe://lage.example/partner/de-sn/agent/main"
#define BASE BSI "," SN "," LEIPZIG "," HE

static struct federation *parse(const char *text)
{
	struct config_problem problem;
	struct federation *f = NULL;

	if (federation_file_parse("federation.conf", text, strlen(text), &f, &problem) != LB_OK)
		fail_msg("line %u: %s", problem.line, problem.reason);
	return f;
}

static char *written; /* of the last comparison, freed by the next */

static void write_rows(FILE *f, const char *kind, const json_t *rows)
{
	static const char *const sides[] = { "removed", "added" };
	static const char sign[] = "-+";

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		for (unsigned s = 0; s < 2; s++) {
			const json_t *texts = json_object_get(row, sides[s]);

			for (size_t n = 0; n < json_array_size(texts); n++)
				fprintf(f, "%s: %s %s %c%s\n", kind, json_string_value(json_object_get(row, "who")),
					json_string_value(json_object_get(row, "what")), sign[s], json_string_value(json_array_get(texts, n)));
		}
	}
}

/* A line a text, of which "-" is removed and "+" is added. */
static const char *compare(const char *before, const char *after)
{
	struct federation *old = parse(before), *new = parse(after);
	struct federation_diff diff = { NULL, NULL };
	size_t n;
	FILE *f;

	free(written);
	f = open_memstream(&written, &n);
	assert_non_null(f);
	assert_int_equal(federation_diff_make(old, new, &diff), LB_OK);
	write_rows(f, "change", diff.changes);
	write_rows(f, "effect", diff.effects);
	assert_int_equal(fclose(f), 0);
	federation_diff_fini(&diff);
	federation_unref(old);
	federation_unref(new);
	return written;
}

#define FILE_OF(partners) DOMAIN "partners = (" partners ");\n"

static void the_order_is_no_change(void **state)
{
	(void)state;
	assert_string_equal(compare(FILE_OF(BASE), FILE_OF(BASE)), "");
	assert_string_equal(compare(FILE_OF(BASE), FILE_OF(HE "," LEIPZIG ", { id = \"de-sn\"; name = \"Sachsen\"; role = \"state\"; "
	                                                   "areas = [ \"all\" ]; groups = [ \"lage\", \"cert\" ]; }," BSI)), "");
}

static void who_goes_loses_session_and_queue(void **state)
{
	static const char goes[] =
		"change: de-he partner -de-he\n"
		"change: de-he role -state\n"
		"change: de-he groups -cert\n"
		"change: de-he areas -cyber-defence\n"
		"effect: de-he session -its agents' live sessions\n"
		"effect: de-he gets -anything, also what is queued\n"
		"effect: all members sends -anything to de-he\n";
	static const char comes[] =
		"change: de-he partner +de-he\n"
		"change: de-he role +state\n"
		"change: de-he groups +cert\n"
		"change: de-he areas +cyber-defence\n"
		"effect: de-he session +its agents may connect\n"
		"effect: all members sends +anything to de-he\n";

	(void)state;
	assert_string_equal(compare(FILE_OF(BASE), FILE_OF(BSI "," SN "," LEIPZIG)), goes);
	assert_string_equal(compare(FILE_OF(BSI "," SN "," LEIPZIG), FILE_OF(BASE)), comes);
	assert_has(compare(FILE_OF(BSI "," SN), FILE_OF(BSI "," SN "," LEIPZIG)), "change: de-sn/leipzig parent +de-sn\n");
}

static void an_area_counts_for_both_directions(void **state)
{
	static const char told[] =
		"change: de-he areas -cyber-defence\n"
		"change: de-he areas +digital-violence\n"
		"effect: de-he sends -anything in cyber-defence\n"
		"effect: de-he sends +anything in digital-violence\n"
		"effect: de-he gets -anything in cyber-defence that is not TLP:CLEAR\n"
		"effect: de-he gets +anything in digital-violence that is not TLP:CLEAR\n";

	(void)state;
	assert_string_equal(compare(FILE_OF(BASE), FILE_OF(BSI "," SN "," LEIPZIG ", { id = \"de-he\"; role = \"state\"; "
	                                                   "areas = [ \"digital-violence\" ]; groups = [ \"cert\" ]; }")), told);
}

/* A group that has lost its last member is nobody's address. */
static void a_group_is_left_and_ends(void **state)
{
	static const char told[] =
		"change: de-sn groups -lage\n"
		"effect: de-sn gets -what is for group:lage\n"
		"effect: all members sends -anything to group:lage\n";

	(void)state;
	assert_string_equal(compare(FILE_OF(BASE), FILE_OF(BSI ", { id = \"de-sn\"; name = \"Sachsen\"; role = \"state\"; areas = [ \"all\" ]; "
	                                                   "groups = [ \"cert\" ]; }," LEIPZIG "," HE)), told);
}

static void a_role_is_told_as_the_rules_have_it(void **state)
{
	const char *told;

	(void)state;
	told = compare(FILE_OF(BASE), FILE_OF(BSI "," SN "," LEIPZIG ", { id = \"de-he\"; role = \"observer\"; "
	                                      "areas = [ \"cyber-defence\" ]; groups = [ \"cert\" ]; }"));
	assert_has(told, "change: de-he role -state\nchange: de-he role +observer\n");
	assert_has(told, "effect: de-he sends -indicator\n");
	assert_has(told, "effect: de-he sends -incident-report\n");
	assert_has_not(told, "effect: de-he sends -receipt");
	assert_has_not(told, "effect: de-he sends +");
	assert_has(told, "effect: de-he gets -TLP:AMBER\n");
	assert_has(told, "effect: de-he gets -TLP:RED\n");
	assert_has_not(told, "TLP:GREEN");
	assert_has(told, "effect: de-he gets -assistance-request\n");
	told = compare(FILE_OF(BASE), FILE_OF("{ id = \"bund-bsi\"; role = \"state\"; areas = [ \"all\" ]; }, { id = \"office\"; "
	                                      "role = \"coordinator\"; areas = [ \"all\" ]; }," SN "," LEIPZIG "," HE));
	assert_has(told, "effect: bund-bsi sends -warning to all, group:cert, group:lage and 7 more\n");
	assert_has(told, "effect: bund-bsi gets -incident-report\n");
}

static void who_acts_for_whom_is_told_of_the_agent(void **state)
{
	static const char told[] =
		"change: de-he agents +" AGENT "\n"
		"effect: " AGENT " acts for +de-he\n";
	const char *with = FILE_OF(BSI "," SN "," LEIPZIG ", { id = \"de-he\"; role = \"state\"; areas = [ \"cyber-defence\" ]; "
	                           "groups = [ \"cert\" ]; agents = [ \"" AGENT "\" ]; }");

	(void)state;
	assert_string_equal(compare(FILE_OF(BASE), with), told);
	assert_has(compare(with, FILE_OF(BASE)), "effect: " AGENT " acts for -de-he\n");
	assert_string_equal(compare(with, with), "");
}

static void another_trust_domain_is_nobodys_certificate(void **state)
{
	static const char told[] =
		"change: all members trust domain -lage.example\n"
		"change: all members trust domain +lage.other\n"
		"effect: all members session -every agent whose certificate is of lage.example\n";

	(void)state;
	assert_string_equal(compare(FILE_OF(BASE), "trust_domain = \"lage.other\"; partners = (" BASE ");"), told);
}

static void how_long_a_type_is_kept_is_told(void **state)
{
	static const char told[] = "change: all members retention of indicator -default\n"
				   "change: all members retention of indicator +1 year\n"
				   "change: all members retention of warning -2 years\n"
				   "change: all members retention of warning +1 year\n";

	(void)state;
	assert_string_equal(compare("retention = { warning = \"2 years\"; };" FILE_OF(BASE), "retention = { indicator = \"365 days\"; warning = \"12 months\"; };" FILE_OF(BASE)), told);
}

static void in_german_it_is_german(void **state)
{
	static const char told[] = "change: alle Mitglieder Aufbewahrung von Warnung -2 Jahre\n"
				   "change: alle Mitglieder Aufbewahrung von Warnung +1 Monat\n";

	(void)state;
	words_in(NULL);
	assert_string_equal(compare("retention = { warning = \"24 months\"; };" FILE_OF(BASE), "retention = { warning = \"1 month\"; };" FILE_OF(BASE)), told);
	words_in("C");
}

static int free_written(void **state)
{
	(void)state;
	free(written);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_no_change),
		cmocka_unit_test(who_goes_loses_session_and_queue),
		cmocka_unit_test(an_area_counts_for_both_directions),
		cmocka_unit_test(a_group_is_left_and_ends),
		cmocka_unit_test(a_role_is_told_as_the_rules_have_it),
		cmocka_unit_test(who_acts_for_whom_is_told_of_the_agent),
		cmocka_unit_test(another_trust_domain_is_nobodys_certificate),
		cmocka_unit_test(how_long_a_type_is_kept_is_told),
		cmocka_unit_test(in_german_it_is_german),
	};

	return cmocka_run_group_tests(tests, NULL, free_written);
}
