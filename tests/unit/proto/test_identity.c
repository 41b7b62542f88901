/* Partner ids, audience entries and SPIFFE IDs. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/identity.h"

static bool partner(const char *s)
{
	return lb_partner_is_valid(s, strlen(s));
}

static bool audience(const char *s)
{
	return lb_audience_entry_is_valid(s, strlen(s));
}

static void partner_ids(void **state)
{
	static const char *const good[] = { "a", "bund-bsi", "de-sn/leipzig", "a/b/c", "0", "a--b" };
	static const char *const bad[] = { "", "/", "a/", "/a", "a//b", "a/b/c/d", "-a", "a-", "a/-b", "A", "ä", "a b", "a*", "a.b" };
	char longest[LB_PARTNER_ID_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(partner(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(partner(bad[i]));
	memset(longest, 'a', sizeof longest);
	assert_true(lb_partner_is_valid(longest, LB_PARTNER_ID_MAX));
	assert_false(lb_partner_is_valid(longest, LB_PARTNER_ID_MAX + 1));
	assert_false(lb_partner_is_valid("a\0b", 3));
}

static void below(void **state)
{
	(void)state;
	assert_true(lb_partner_is_below("de-sn/leipzig", 13, "de-sn", 5));
	assert_false(lb_partner_is_below("de-sn", 5, "de-sn", 5));
	assert_false(lb_partner_is_below("de-sn/", 6, "de-sn", 5));
	assert_false(lb_partner_is_below("de-snx/leipzig", 14, "de-sn", 5));
	assert_false(lb_partner_is_below("de-sn", 5, "de-sn/leipzig", 13));
}

static void audience_entries(void **state)
{
	static const char *const good[] = { "all", "bund-bsi", "de-sn/*", "group:cert", "group:a-1" };
	static const char *const bad[] = { "", "*", "/*", "de-sn/**", "de-*", "group:", "group:A", "group:a/b", "group:-a", "de-sn/*/x", "Group:a" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(audience(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(audience(bad[i]));
}

static lb_err parse(const char *uri, struct lb_identity *id)
{
	size_t n = strlen(uri);
	char *exact = malloc(n ? n : 1);
	lb_err e;

	/* Without its NUL, so that a sanitizer sees a read past the end. */
	memcpy(exact, uri, n);
	e = lb_identity_parse(exact, n, id);
	free(exact);
	return e;
}

static void a_spiffe_id_is_read_and_written(void **state)
{
	static const char uri[] = "spiffe://lagebus.example/partner/de-sn/leipzig/agent/edge-1";
	char text[LB_SPIFFE_ID_MAX + 1];
	struct lb_identity id;

	(void)state;
	assert_int_equal(parse(uri, &id), LB_OK);
	assert_string_equal(id.trust_domain, "lagebus.example");
	assert_string_equal(id.partner, "de-sn/leipzig");
	assert_string_equal(id.agent, "edge-1");
	lb_identity_format(&id, text);
	assert_string_equal(text, uri);
	/* A body may be called "agent": the last one counts. */
	assert_int_equal(parse("spiffe://x/partner/a/agent/agent/b", &id), LB_OK);
	assert_string_equal(id.partner, "a/agent");
	assert_string_equal(id.agent, "b");
}

static void another_uri_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "spiffe://", "spiffe://x", "spiffe://x/", "http://x/partner/a/agent/b", "SPIFFE://x/partner/a/agent/b", "spiffe:///partner/a/agent/b",
		"spiffe://X/partner/a/agent/b", "spiffe://x:1/partner/a/agent/b", "spiffe://u@x/partner/a/agent/b", "spiffe://x/partner/a", "spiffe://x/partner//agent/b",
		"spiffe://x/partner/a/agent/", "spiffe://x/partner/a/agent/b/", "spiffe://x/partner/a/agent/b/c", "spiffe://x/partner/a/agent/b?q", "spiffe://x/partner/A/agent/b",
		"spiffe://x/partners/a/agent/b", "spiffe://x/partner/a/b/c/d/agent/b", "spiffe://x/partner/a/agent/b%20", "spiffe://x/partner/agent/b",
	};
	struct lb_identity id;
	char longest[LB_SPIFFE_ID_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(parse(bad[i], &id), LB_BAD_IDENTITY);
	memset(longest, 'a', sizeof longest);
	memcpy(longest, "spiffe://x/partner/a/agent/", 27);
	assert_int_equal(lb_identity_parse(longest, 27 + LB_AGENT_NAME_MAX, &id), LB_OK);
	assert_int_equal(lb_identity_parse(longest, 27 + LB_AGENT_NAME_MAX + 1, &id), LB_BAD_IDENTITY);
	assert_int_equal(lb_identity_parse(longest, sizeof longest, &id), LB_BAD_IDENTITY);
	assert_int_equal(lb_identity_parse("spiffe://x/partner/a/agent/b\0c", 30, &id), LB_BAD_IDENTITY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partner_ids),
		cmocka_unit_test(below),
		cmocka_unit_test(audience_entries),
		cmocka_unit_test(a_spiffe_id_is_read_and_written),
		cmocka_unit_test(another_uri_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
