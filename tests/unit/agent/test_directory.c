/* To whom one encrypts: not to whom the broker names, but to whom the federation's CA has made it out. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <time.h>

#include "agents/agent/directory.h"
#include "tests/kit/credentials.h"

#define URI(partner) "spiffe://lagebus.example/partner/" partner "/agent/main"

static char folder[] = "/tmp/lagebus-directory-XXXXXX";

static lb_err check_at(const char *name, const char *partner, int64_t now_ms)
{
	struct lb_tls *tls = credentials_tls(LB_LINK_CLIENT, folder, "broker", "ca", "revoked.crl");
	struct lb_identity who;
	uint8_t der[CREDENTIALS_DER_MAX];
	size_t n = credentials_der(folder, name, der);
	lb_err e;

	assert_non_null(tls);
	assert_true(n > 0);
	e = directory_check(tls, (struct lb_frame){ der, n }, partner, now_ms, &who);
	if (e == LB_OK)
		assert_string_equal(who.partner, "de-he");
	lb_tls_unref(tls);
	return e;
}

static lb_err check(const char *name, const char *partner)
{
	return check_at(name, partner, (int64_t)time(NULL) * 1000);
}

static void its_own_agents_and_those_with_a_mandate(void **state)
{
	(void)state;
	assert_int_equal(check("he", "de-he"), LB_OK);
	assert_int_equal(check("acting", "de-sl"), LB_OK);
	assert_int_equal(check("acting", "de-he"), LB_OK);
}

static void a_directory_that_lies_is_not_believed(void **state)
{
	(void)state;
	assert_int_equal(check("he", "de-sn"), LB_WRONG_ORIGIN);
	assert_int_equal(check("he", "de"), LB_WRONG_ORIGIN);
	assert_int_equal(check("acting", "de-sn"), LB_WRONG_ORIGIN);
	assert_int_equal(check("below", "de-he"), LB_WRONG_ORIGIN);
	assert_int_equal(check("foreign", "de-he"), LB_TLS_UNTRUSTED);
	assert_int_equal(check("elsewhere", "de-he"), LB_BAD_IDENTITY);
	assert_int_equal(check("nameless", "de-he"), LB_BAD_IDENTITY);
}

static void nor_one_that_is_behind_the_times(void **state)
{
	const int64_t day_ms = (int64_t)24 * 60 * 60 * 1000, now_ms = (int64_t)time(NULL) * 1000;

	(void)state;
	assert_int_equal(check("revoked", "de-he"), LB_TLS_REVOKED);
	assert_int_equal(check("ended", "de-he"), LB_TLS_EXPIRED);
	assert_int_equal(check_at("he", "de-he", now_ms + 3 * day_ms), LB_TLS_EXPIRED);
	assert_int_equal(check_at("he", "de-he", now_ms - 3 * day_ms), LB_TLS_EXPIRED);
}

static void an_rsa_key_agrees_on_nothing(void **state)
{
	(void)state;
	assert_int_equal(check("rsa", "de-he"), LB_NO_RECIPIENT);
}

static int begin(void **state)
{
	static const struct credential all[] = {
		{ "he", "ca", URI("de-he"), NULL, 2 },
		{ "below", "ca", URI("de-he/kassel"), NULL, 2 },
		{ "foreign", "other-ca", URI("de-he"), NULL, 2 },
		{ "elsewhere", "ca", "spiffe://other.example/partner/de-he/agent/main", NULL, 2 },
		{ "nameless", "ca", NULL, NULL, 2 },
		{ "revoked", "ca", URI("de-he"), NULL, 2 },
		{ "ended", "ca", URI("de-he"), NULL, -1 },
		{ "rsa", "ca", URI("de-he"), "rsa:3072", 2 },
	};
	static const struct credential acting = { "acting", "ca", URI("de-he"), NULL, 2 };

	(void)state;
	if (!mkdtemp(folder) || !credentials_make(folder, "lagebus.example") || !credentials_ca(folder, "other-ca"))
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(folder, &all[i]))
			return -1;
	return credentials_issue_mandated(folder, &acting, "de-sl") && credentials_revoke(folder, "ca", "revoked", "revoked.crl", 2) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_agents_and_those_with_a_mandate),
		cmocka_unit_test(a_directory_that_lies_is_not_believed),
		cmocka_unit_test(nor_one_that_is_behind_the_times),
		cmocka_unit_test(an_rsa_key_agrees_on_nothing),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
