/* What another federation file changes. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <string.h>

#include "broker/core/membership.h"

struct line {
	const char *id, *role, *group, *area, *agent;
};

static struct federation *make(const struct line *lines, size_t n)
{
	struct federation *f;
	char why[200] = "";

	assert_int_equal(federation_begin("lagebus.example", &f), LB_OK);
	for (size_t i = 0; i < n; i++) {
		const struct partner_line line = { lines[i].id, lines[i].id, lines[i].role, &lines[i].group, &lines[i].area, lines[i].group ? 1 : 0, 1 };

		if (federation_partner(f, &line, why, sizeof why) != LB_OK)
			fail_msg("%s", why);
		if (lines[i].agent)
			assert_int_equal(federation_mandate(f, lines[i].agent, why, sizeof why), LB_OK);
	}
	assert_int_equal(federation_finish(f, why, sizeof why), LB_OK);
	return f;
}

static const struct line before[] = {
	{ "bund-bsi", "coordinator", "cert", "all", NULL },
	{ "de-sn", "state", "cert", "all", NULL },
	{ "de-he", "state", "lage", "all", NULL },
	{ "de-sl", "state", NULL, "all", NULL },
};

static void assert_changes(const struct line *after, size_t n, const char *text)
{
	struct federation *f = make(before, 4), *g = make(after, n);
	char said[MEMBERSHIP_TEXT];

	membership_changes(f, g, said);
	assert_string_equal(said, text);
	federation_unref(f);
	federation_unref(g);
}

static void nothing_changes(void **state)
{
	/* Another order, and so other bits for the groups. */
	const struct line after[] = { before[2], before[3], before[1], before[0] };

	(void)state;
	assert_changes(before, 4, "");
	assert_changes(after, 4, "");
}

static void each_change_is_named(void **state)
{
	const struct line after[] = {
		before[0],
		{ "de-sn", "state", "lage", "cyber-defence", NULL },
		{ "de-he", "observer", "lage", "all", "spiffe://lagebus.example/partner/de-sn/agent/main" },
		{ "de-by", "state", NULL, "all", NULL },
		{ "de-by/muenchen", "local", NULL, "all", NULL },
	};

	(void)state;
	assert_changes(after, 5, "added de-by, de-by/muenchen; removed de-sl; changed de-sn (areas, groups), de-he (role, agents)");
}

static void many_find_an_end(void **state)
{
	static struct line after[LB_PARTNERS_MAX];
	static char id[LB_PARTNERS_MAX][24];
	struct federation *f = make(before, 4), *g;
	char said[MEMBERSHIP_TEXT];

	(void)state;
	memcpy(after, before, sizeof before);
	for (unsigned i = 4; i < LB_PARTNERS_MAX; i++) {
		snprintf(id[i], sizeof id[i], "de-%04u", i);
		after[i] = (struct line){ id[i], "state", NULL, "all", NULL };
	}
	g = make(after, LB_PARTNERS_MAX);
	membership_changes(f, g, said);
	assert_true(strlen(said) < sizeof said);
	assert_non_null(strstr(said, " more"));
	federation_unref(f);
	federation_unref(g);
}

static void how_long_a_type_is_kept_is_named(void **state)
{
	struct federation *f = make(before, 4), *g;
	char said[MEMBERSHIP_TEXT], why[200];
	const struct partner_line line = { "bund-bsi", "BSI", "coordinator", NULL, NULL, 0, 0 };

	(void)state;
	assert_int_equal(federation_begin("lagebus.example", &g), LB_OK);
	assert_int_equal(federation_partner(g, &line, why, sizeof why), LB_OK);
	assert_int_equal(federation_keep(g, "indicator", "12 months", why, sizeof why), LB_OK);
	assert_int_equal(federation_finish(g, why, sizeof why), LB_OK);
	membership_changes(f, g, said);
	assert_non_null(strstr(said, "retention of indicator (1 year)"));
	membership_changes(g, f, said);
	assert_non_null(strstr(said, "retention of indicator (default)"));
	federation_unref(f);
	federation_unref(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changes),
		cmocka_unit_test(each_change_is_named),
		cmocka_unit_test(many_find_an_end),
		cmocka_unit_test(how_long_a_type_is_kept_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
