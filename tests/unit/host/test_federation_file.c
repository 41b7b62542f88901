/* Tests of the federation file: what it says arrives, and what is wrong is said with file, line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lagebus/message_type.h"
#include "proto/host/federation_file.h"

static struct config_problem problem;
static char told[1024];

static lb_err federation(const char *text, struct federation **out)
{
	lb_err e;

	problem = (struct config_problem){ .line = 0 };
	e = federation_file_parse("federation.conf", text, strlen(text), out, &problem);
	config_problem_text(&problem, told, sizeof told);
	return e;
}

#define BSI "trust_domain = \"lage.example\";\npartners = (\n{ id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n"

static void a_federation_arrives_whole(void **state)
{
	struct federation *f = NULL;
	const struct partner *p;

	(void)state;
	assert_int_equal(federation(BSI "{ id = \"de-sn\"; name = \"Sachsen\"; role = \"state\"; groups = [ \"cert\" ];\n"
	                                "  areas = [ \"cyber-defence\", \"digital-violence\" ];\n"
	                                "  agents = [ \"spiffe://lage.example/partner/bund-bsi/agent/main\" ]; }\n);\n", &f), LB_OK);
	assert_int_equal(federation_count(f), 2);
	assert_string_equal(federation_trust_domain(f), "lage.example");
	p = federation_at(f, federation_find(f, "de-sn", 5));
	assert_string_equal(p->name, "Sachsen");
	assert_int_equal(p->role, ROLE_STATE);
	assert_int_equal(p->areas, 1 << 1 | 1 << 9);
	assert_int_equal(p->groups, federation_group(f, "cert", 4));
	assert_string_equal(federation_mandate_at(f, 1, 0), "spiffe://lage.example/partner/bund-bsi/agent/main");
	assert_string_equal(federation_at(f, 0)->name, "bund-bsi"); /* no name: the id */
	federation_unref(f);
}

static void a_problem_has_file_line_and_reason(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{ BSI "{ id = \"de-sn\";\n role = \"king\";\n areas = []; });",
		  "federation.conf:5: partner \"de-sn\": role \"king\" is none of coordinator, state, local, observer" },
		{ BSI "{ id = \"de-sn\";\n role = \"state\";\n areas = [ \"gardening\" ]; });",
		  "federation.conf:6: partner \"de-sn\": area \"gardening\" is none of the cooperation areas, nor \"all\"" },
		{ BSI "{ id = \"de-sn\";\n role = \"state\";\n groups = [ \"A B\" ]; areas = []; });",
		  "federation.conf:6: partner \"de-sn\": group \"A B\" is not a name of a-z, 0-9 and '-'" },
		{ BSI "{ id = \"de-sn\"; role = \"state\"; areas = [];\n colour = \"red\"; });",
		  "federation.conf:5: partner \"de-sn\": there is no key \"colour\" here" },
		{ BSI "{ id = \"de-sn\"; role = \"state\";\n areas = \"all\"; });",
		  "federation.conf:5: partner \"de-sn\": areas: is not a list of at most 18 names, as in [ \"one\", \"two\" ]" },
		{ BSI "{ id = \"de-sn\"; role = \"state\";\n areas = [ 1, 2 ]; });",
		  "federation.conf:5: partner \"de-sn\": areas: is not a list of at most 18 names, as in [ \"one\", \"two\" ]" },
		{ BSI "{ id = \"de-sn\";\n role = 7; areas = []; });", "federation.conf:5: partner \"de-sn\": role: is not a text in quotes" },
		{ "trust_domain = \"lage.example\";\npartners = ( { id = \"de-sn\"; role = \"state\"; areas = []; } );",
		  "federation.conf:2: no partner has the role coordinator" },
		{ BSI "{ id = \"de-xx/a\"; role = \"local\"; areas = []; });",
		  "federation.conf:4: partner \"de-xx/a\": there is no partner \"de-xx\" above it" },
		{ BSI "{ id = \"de-sn\"; role = \"state\"; areas = [];\n agents = [ \"main\" ]; });",
		  "federation.conf:5: partner \"de-sn\": agent \"main\" is none as in \"spiffe://lage.example/partner/de-sn/agent/main\"" },
		{ BSI "{ id = \"de-sn\"; role = \"state\"; areas = [];\n agents = \"main\"; });",
		  "federation.conf:5: partner \"de-sn\": agents: is not a list of at most 16 names, as in [ \"one\", \"two\" ]" },
		{ BSI "{ id = \"de-sn\"; role = \"state\"; areas = [];\n agents = [ \"spiffe://lage.example/partner/de-by/agent/main\" ]; });",
		  "federation.conf:4: partner \"de-sn\": there is no partner \"de-by\" whose agent could act for it" },
		{ BSI "{ id = \"de-sn\"; role = \"state\"; areas = [];\n holidays = [ \"2026-10-31\", \"31.10.2027\" ]; });",
		  "federation.conf:5: partner \"de-sn\": holiday \"31.10.2027\" is no date, as in \"2026-10-31\"" },
		{ BSI "{ id = \"de-sn\"; role = \"state\"; areas = [];\n holidays = \"2026-10-31\"; });",
		  "federation.conf:5: partner \"de-sn\": holidays: is not a list of at most 64 names, as in [ \"one\", \"two\" ]" },
		{ "\ntrust_domain = \"Not One\";\npartners = ();",
		  "federation.conf:2: trust_domain is not one of SPIFFE, as in \"lagebus.example\"" },
		{ "trust_domain = \"lage.example\";\npartner = ();", "federation.conf:2: there is no key \"partner\" here" },
		{ "trust_domain = \"lage.example\";\npartners = { a = 1; };",
		  "federation.conf:2: partners is missing, or is not a list, as in partners = ( { id = \"bund-bsi\"; ... } );" },
		{ "trust_domain = \"lage.example\";\npartners = (;\n", "federation.conf:2: syntax error" },
		{ "partners = ();", "federation.conf: trust_domain: is missing" },
		{ "", "federation.conf: trust_domain: is missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct federation *f = NULL;
		assert_int_equal(federation(cases[i].text, &f), LB_CONFIG);
		assert_null(f);
		assert_string_equal(told, cases[i].told);
	}
}

static void what_a_partner_needs_is_asked_for(void **state)
{
	static const char *const texts[] = {
		BSI "{ role = \"state\"; areas = []; });",
		BSI "{ id = \"de-sn\"; areas = []; });",
		BSI "{ id = \"de-sn\"; role = \"state\"; });",
		BSI "\"de-sn\");",
		BSI "{ id = \"bund-bsi\"; role = \"state\"; areas = []; });",
	};
	struct federation *f = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_int_equal(federation(texts[i], &f), LB_CONFIG);
		assert_int_equal(problem.line, 4);
	}
}

static void retention_is_per_type_and_its_problems_have_their_line(void **state)
{
	static const struct {
		const char *text, *told;
	} bad[] = {
		{ "retention = \"5 years\";\n", "federation.conf:1: retention is not a group in braces" },
		{ "retention = {\n  letter = \"5 years\"; };\n", "federation.conf:2: \"letter\" is no type of message" },
		{ "retention = {\n  warning = \"5 years\";\n  indicator = 12; };\n", "federation.conf:3: indicator: \"\" is no time to keep it" },
		{ "retention = { digital-violence-case = \"1 year\"; };\n", "federation.conf:1: digital-violence-case: is kept for 14 days" },
	};
	struct federation *f = NULL;
	char text[500];

	(void)state;
	assert_int_equal(federation("retention = { indicator = \"12 months\"; digital-violence-case = \"7 days\"; };\n" BSI "{ id = \"uni\"; role = \"observer\"; areas = []; });", &f), LB_OK);
	assert_true(federation_retention(f)->keep_ms[LB_TYPE_INDICATOR] == 365 * LB_DAY_MS);
	assert_true(federation_retention(f)->keep_ms[LB_TYPE_DIGITAL_VIOLENCE_CASE] == 7 * LB_DAY_MS);
	assert_false(federation_retention(f)->most[LB_TYPE_WARNING]);
	federation_unref(f);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, "%s%s{ id = \"uni\"; role = \"observer\"; areas = []; });", bad[i].text, BSI);
		assert_int_equal(federation(text, &f), LB_CONFIG);
		if (strncmp(told, bad[i].told, strlen(bad[i].told)) != 0)
			fail_msg("%s", told);
	}
}

static void the_example_federation_is_valid(void **state)
{
	struct federation *f = NULL;

	(void)state;
	if (federation_file_read("docs/examples/federation.conf", &f, &problem) != LB_OK)
		fail_msg("line %u: %s", problem.line, problem.reason);
	assert_int_equal(federation_count(f), 15);
	assert_int_equal(federation_at(f, federation_find(f, "de-sn/leipzig", 13))->role, ROLE_LOCAL);
	assert_int_equal(federation_at(f, federation_find(f, "de-staedtetag", 13))->role, ROLE_OBSERVER);
	federation_unref(f);
	assert_int_equal(federation_file_read("docs/examples/none.conf", &f, &problem), LB_CONFIG);
}

static void holidays_count_for_a_partner_and_those_below_it(void **state)
{
	const int64_t day = 20757; /* 31 October 2026 */
	struct federation *f = NULL;

	(void)state;
	assert_int_equal(federation(BSI "{ id = \"de-sn\"; role = \"state\"; areas = []; holidays = [ \"2026-10-31\" ]; },"
		"{ id = \"de-sn/leipzig\"; role = \"local\"; areas = []; holidays = [ \"2026-11-02\" ]; }, { id = \"de-he\"; role = \"state\"; areas = []; });", &f), LB_OK);
	assert_true(federation_is_holiday(f, federation_find(f, "de-sn", 5), day));
	assert_true(federation_is_holiday(f, federation_find(f, "de-sn/leipzig", 13), day));
	assert_true(federation_is_holiday(f, federation_find(f, "de-sn/leipzig", 13), day + 2));
	assert_false(federation_is_holiday(f, federation_find(f, "de-sn", 5), day + 2));
	assert_false(federation_is_holiday(f, federation_find(f, "de-he", 5), day));
	assert_false(federation_is_holiday(f, PARTNER_NONE, day));
	federation_unref(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_federation_arrives_whole),
		cmocka_unit_test(a_problem_has_file_line_and_reason),
		cmocka_unit_test(what_a_partner_needs_is_asked_for),
		cmocka_unit_test(retention_is_per_type_and_its_problems_have_their_line),
		cmocka_unit_test(holidays_count_for_a_partner_and_those_below_it),
		cmocka_unit_test(the_example_federation_is_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
