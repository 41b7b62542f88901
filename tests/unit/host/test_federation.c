/* Tests of the federation's snapshot and its three verbs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/host/federation.h"

static struct federation *begun(void)
{
	struct federation *f = NULL;

	assert_int_equal(federation_begin("lage.example", &f), LB_OK);
	return f;
}

static char why[256];

static lb_err add(struct federation *f, const char *id, const char *role)
{
	static const char *const all[] = { "all" };
	const struct partner_line line = { id, id, role, NULL, all, 0, 1 };

	why[0] = '\0';
	return federation_partner(f, &line, why, sizeof why);
}

static void partners_are_found_with_what_their_lines_say(void **state)
{
	static const char *const groups[] = { "cert", "lage" }, *const areas[] = { "cyber-defence", "digital-violence" };
	const struct partner_line line = { "de-sn/leipzig", "Stadt Leipzig", "local", groups, areas, 2, 2 };
	struct federation *f = begun();
	const struct partner *p;

	(void)state;
	assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK); /* before its parent: order does not matter */
	assert_int_equal(add(f, "bund-bsi", "coordinator"), LB_OK);
	assert_int_equal(add(f, "de-sn", "state"), LB_OK);
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	assert_int_equal(federation_count(f), 3);
	assert_string_equal(federation_trust_domain(f), "lage.example");
	assert_int_equal(federation_find(f, "de-sn", 5), 2);
	assert_int_equal(federation_find(f, "de-sn/leipzig and more", 13), 0);
	assert_int_equal(federation_find(f, "de-s", 4), PARTNER_NONE);
	assert_int_equal(federation_find(f, "", 0), PARTNER_NONE);
	p = federation_at(f, 0);
	assert_string_equal(p->name, "Stadt Leipzig");
	assert_int_equal(p->role, ROLE_LOCAL);
	assert_string_equal(role_name(p->role), "local");
	assert_int_equal(p->parent, 2);
	assert_int_equal(p->areas, 1 << 1 | 1 << 9);
	assert_int_equal(p->groups, federation_group(f, "cert", 4) | federation_group(f, "lage", 4));
	assert_int_equal(federation_group(f, "cer", 3), 0);
	assert_int_equal(federation_at(f, 1)->areas, 0x3fe);
	assert_int_equal(federation_at(f, 1)->parent, PARTNER_NONE);
	federation_unref(f);
}

static void a_wrong_line_says_why(void **state)
{
	static const struct {
		const char *id, *name, *role, *group, *area, *why;
	} cases[] = {
		{ "de-sn", "", "king", "cert", "all", "role \"king\" is none of coordinator, state, local, observer" },
		{ "De-SN", "", "state", "cert", "all", "the id is not 1 to 3 segments of a-z, 0-9 and '-' joined by '/'" },
		{ "", "", "state", "cert", "all", "the id is not 1 to 3 segments of a-z, 0-9 and '-' joined by '/'" },
		{ "a/b/c/d", "", "local", "cert", "all", "the id is not 1 to 3 segments of a-z, 0-9 and '-' joined by '/'" },
		{ "de-sn", "", "state", "Cert!", "all", "group \"Cert!\" is not a name of a-z, 0-9 and '-'" },
		{ "de-sn", "", "state", "", "all", "group \"\" is not a name of a-z, 0-9 and '-'" },
		{ "de-sn", "", "state", "cert", "gardening", "area \"gardening\" is none of the cooperation areas, nor \"all\"" },
		{ "de-sn", "\xff", "state", "cert", "all", "the name is not UTF-8 of at most 255 bytes" },
		{ "bund-bsi", "", "state", "cert", "all", "the id is there twice" },
	};
	struct federation *f = begun();

	(void)state;
	assert_int_equal(add(f, "bund-bsi", "coordinator"), LB_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct partner_line line = { cases[i].id, cases[i].name, cases[i].role, &cases[i].group, &cases[i].area, 1, 1 };
		assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_INVALID);
		assert_string_equal(why, cases[i].why);
		assert_int_equal(federation_count(f), 1);
	}
	federation_unref(f);
}

static lb_err finish_with(const char *id, const char *role)
{
	struct federation *f = begun();
	lb_err e;

	assert_int_equal(add(f, "bund-bsi", "coordinator"), LB_OK);
	assert_int_equal(add(f, "de-sn", "state"), LB_OK);
	assert_int_equal(add(f, id, role), LB_OK);
	e = federation_finish(f, why, sizeof why);
	federation_unref(f);
	return e;
}

static void partners_stand_where_their_role_belongs(void **state)
{
	(void)state;
	assert_int_equal(finish_with("de-xx/leipzig", "local"), LB_INVALID);
	assert_string_equal(why, "partner \"de-xx/leipzig\": there is no partner \"de-xx\" above it");
	assert_int_equal(finish_with("leipzig", "local"), LB_INVALID);
	assert_int_equal(finish_with("de-sn/north", "state"), LB_INVALID);
	assert_int_equal(finish_with("de-sn/bsi", "coordinator"), LB_INVALID);
	assert_int_equal(finish_with("de-sn/leipzig", "local"), LB_OK);
	assert_int_equal(finish_with("watch", "observer"), LB_OK);
	assert_int_equal(finish_with("de-sn/watch", "observer"), LB_OK);
}

#define AGENT(partner) "spiffe://lage.example/partner/" partner "/agent/main"

static void agents_act_for_whom_the_lines_say(void **state)
{
	struct federation *f = begun();
	struct partner_set set;

	(void)state;
	assert_int_equal(add(f, "bund-bsi", "coordinator"), LB_OK);
	assert_int_equal(add(f, "de-sl", "state"), LB_OK);
	assert_int_equal(federation_mandate(f, AGENT("de-sn"), why, sizeof why), LB_OK);
	assert_int_equal(federation_mandate(f, AGENT("bund-bsi"), why, sizeof why), LB_OK);
	assert_int_equal(add(f, "de-sn", "state"), LB_OK); /* order does not matter */
	assert_int_equal(add(f, "de-sn/leipzig", "local"), LB_OK);
	assert_int_equal(federation_mandate(f, AGENT("de-sn"), why, sizeof why), LB_OK);
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	assert_string_equal(federation_mandate_at(f, 1, 0), AGENT("de-sn"));
	assert_string_equal(federation_mandate_at(f, 1, 1), AGENT("bund-bsi"));
	assert_null(federation_mandate_at(f, 1, 2));
	assert_null(federation_mandate_at(f, 2, 0));
	assert_string_equal(federation_mandate_at(f, 3, 0), AGENT("de-sn"));
	assert_true(federation_mandates_of(f, AGENT("de-sn"), &set));
	assert_int_equal(set.word[0], 1 << 1 | 1 << 3);
	assert_true(federation_mandates_of(f, AGENT("bund-bsi"), &set));
	assert_int_equal(set.word[0], 1 << 1);
	assert_false(federation_mandates_of(f, "spiffe://lage.example/partner/de-sn/agent/other", &set));
	assert_int_equal(set.word[0], 0);
	federation_unref(f);
}

static void a_wrong_agent_says_why(void **state)
{
	static const struct {
		const char *agent, *why;
	} cases[] = {
		{ "de-sn", "agent \"de-sn\" is none as in \"spiffe://lage.example/partner/de-sn/agent/main\"" },
		{ "spiffe://other.example/partner/de-sn/agent/main",
		  "agent \"spiffe://other.example/partner/de-sn/agent/main\" is none as in \"spiffe://lage.example/partner/de-sn/agent/main\"" },
		{ AGENT("de-sl"), "agent \"" AGENT("de-sl") "\" is its own, and acts for it anyway" },
	};
	struct federation *f = begun();

	(void)state;
	assert_int_equal(add(f, "bund-bsi", "coordinator"), LB_OK);
	assert_int_equal(add(f, "de-sl", "state"), LB_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(federation_mandate(f, cases[i].agent, why, sizeof why), LB_INVALID);
		assert_string_equal(why, cases[i].why);
	}
	for (unsigned i = 0; i < LB_MANDATES_MAX; i++)
		assert_int_equal(federation_mandate(f, AGENT("de-by"), why, sizeof why), LB_OK);
	assert_int_equal(federation_mandate(f, AGENT("de-by"), why, sizeof why), LB_LIMIT);
	assert_int_equal(federation_finish(f, why, sizeof why), LB_INVALID);
	assert_string_equal(why, "partner \"de-sl\": there is no partner \"de-by\" whose agent could act for it");
	federation_unref(f);
}

static void there_must_be_a_coordinator(void **state)
{
	struct federation *f = begun();

	(void)state;
	assert_int_equal(add(f, "de-sn", "state"), LB_OK);
	assert_int_equal(federation_finish(f, why, sizeof why), LB_INVALID);
	assert_string_equal(why, "no partner has the role coordinator");
	federation_unref(f);
}

static void a_trust_domain_must_be_one(void **state)
{
	static const char *const wrong[] = { "", "Lage Example", "a/b", "lage.example/partner/x" };
	char longer[200];
	struct federation *f = NULL;

	(void)state;
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(federation_begin(wrong[i], &f), LB_INVALID);
	assert_int_equal(federation_begin(longer, &f), LB_INVALID);
	assert_null(f);
}

static void there_are_bounds(void **state)
{
	struct federation *f = begun();
	char id[32];

	(void)state;
	assert_int_equal(add(f, "bund-bsi", "coordinator"), LB_OK);
	for (unsigned i = 1; i < LB_PARTNERS_MAX; i++) {
		snprintf(id, sizeof id, "s%u", i);
		assert_int_equal(add(f, id, "state"), LB_OK);
	}
	assert_int_equal(add(f, "one-more", "state"), LB_LIMIT);
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	for (unsigned i = 1; i < LB_PARTNERS_MAX; i++) {
		snprintf(id, sizeof id, "s%u", i);
		assert_int_equal(federation_find(f, id, strlen(id)), i);
	}
	federation_unref(f);
}

static void groups_have_a_bound(void **state)
{
	struct federation *f = begun();
	char id[32], name[32];
	const char *const group = name;
	struct partner_line line = { id, "", "coordinator", &group, NULL, 1, 0 };

	(void)state;
	for (unsigned i = 0; i < LB_GROUPS_MAX; i++) {
		snprintf(id, sizeof id, "c%u", i);
		snprintf(name, sizeof name, "g%u", i);
		assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK);
	}
	snprintf(id, sizeof id, "last");
	assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_OK); /* g63 is known */
	snprintf(id, sizeof id, "more");
	snprintf(name, sizeof name, "g64");
	assert_int_equal(federation_partner(f, &line, why, sizeof why), LB_LIMIT);
	assert_int_equal(federation_group(f, "g63", 3), (uint64_t)1 << 63);
	assert_string_equal(federation_group_at(f, 63), "g63");
	assert_null(federation_group_at(f, 64));
	federation_unref(f);
}

static void each_snapshot_has_its_own_generation(void **state)
{
	struct federation *a = begun(), *b = begun();

	(void)state;
	assert_int_equal(add(a, "bund-bsi", "coordinator"), LB_OK);
	assert_int_equal(add(b, "bund-bsi", "coordinator"), LB_OK);
	assert_int_equal(federation_finish(a, why, sizeof why), LB_OK);
	assert_int_equal(federation_finish(b, why, sizeof why), LB_OK);
	assert_int_not_equal(federation_generation(a), 0);
	assert_int_not_equal(federation_generation(a), federation_generation(b));
	federation_unref(federation_ref(a));
	assert_int_equal(federation_count(a), 1);
	federation_unref(a);
	federation_unref(b);
	federation_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partners_are_found_with_what_their_lines_say),
		cmocka_unit_test(a_wrong_line_says_why),
		cmocka_unit_test(partners_stand_where_their_role_belongs),
		cmocka_unit_test(agents_act_for_whom_the_lines_say),
		cmocka_unit_test(a_wrong_agent_says_why),
		cmocka_unit_test(there_must_be_a_coordinator),
		cmocka_unit_test(a_trust_domain_must_be_one),
		cmocka_unit_test(there_are_bounds),
		cmocka_unit_test(groups_have_a_bound),
		cmocka_unit_test(each_snapshot_has_its_own_generation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
