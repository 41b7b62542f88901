/* To whom one encrypts: not to whom the broker names, but to whom the federation's CA has made it out. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "agents/agent/directory.h"
#include "tests/kit/credentials.h"

#define DER_MAX 4096
#define URI(partner) "spiffe://lagebus.example/partner/" partner "/agent/main"

static char folder[] = "/tmp/lagebus-directory-XXXXXX";

static const char *path(const char *name, const char *suffix)
{
	static char paths[8][256];
	static unsigned next;
	char *p = paths[next++ % 8];

	snprintf(p, sizeof paths[0], "%s/%s%s", folder, name, suffix);
	return p;
}

static struct lb_tls *load(const char *crl)
{
	struct lb_tls_files f = { .certificate = path("broker", ".pem"), .key = path("broker", ".key"), .ca = path("ca", ".pem") };
	struct lb_tls *tls = NULL;
	char why[400] = "";

	f.crl = path(crl, "");
	if (lb_tls_load(LB_LINK_CLIENT, &f, &tls, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return tls;
}

static lb_err check_at(const char *name, const char *partner, int64_t now_ms)
{
	struct lb_tls *tls = load("revoked.crl");
	struct lb_identity who;
	uint8_t der[DER_MAX];
	char command[600];
	FILE *f;
	size_t n;
	lb_err e;

	snprintf(command, sizeof command, "openssl x509 -in '%s' -outform DER", path(name, ".pem"));
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(der, 1, sizeof der, f);
	assert_int_equal(pclose(f), 0);
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
