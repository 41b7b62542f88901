/* Signers' certificates: whose are taken, and of which time their messages may be. */
#include "tests/unit/proto/pair.h"

#define DAY_MS INT64_C(86400000)

static size_t read_der(const char *name, uint8_t der[CREDENTIALS_DER_MAX])
{
	size_t n = credentials_der(pair_folder, name, der);

	assert_true(n > 100 && n < CREDENTIALS_DER_MAX);
	return n;
}

static lb_err check_with(const char *name, const char *ca, const char *crl, struct lb_signatory *by)
{
	struct lb_tls *tls = pair_load(LB_LINK_SERVER, "broker", ca, crl);
	uint8_t der[CREDENTIALS_DER_MAX];
	size_t n = read_der(name, der);
	lb_err e = lb_tls_check_signer(tls, der, n, by);

	lb_tls_unref(tls);
	return e;
}

static lb_err check(const char *name, const char *crl)
{
	struct lb_signatory by;

	return check_with(name, "ca", crl, &by);
}

static void certificates_are_judged(void **state)
{
	(void)state;
	assert_int_equal(check("agent", NULL), LB_OK);
	assert_int_equal(check("agent", "none.crl"), LB_OK);
	assert_int_equal(check("agent", "agent.crl"), LB_TLS_REVOKED);
	assert_int_equal(check("other-agent", "agent.crl"), LB_OK);
	assert_int_equal(check("stranger", NULL), LB_TLS_UNTRUSTED);
	assert_int_equal(check("no-uri", NULL), LB_BAD_IDENTITY);
	assert_int_equal(check("elsewhere", NULL), LB_BAD_IDENTITY);
	assert_int_equal(check("weak", NULL), LB_TLS_UNTRUSTED);
}

static void what_is_no_certificate_is_not_trusted(void **state)
{
	struct lb_tls *tls = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	struct lb_signatory by = { .until_ms = 7 };
	uint8_t der[CREDENTIALS_DER_MAX] = { 0 };
	size_t n = read_der("agent", der);

	(void)state;
	assert_int_equal(lb_tls_check_signer(tls, der, 0, &by), LB_TLS_UNTRUSTED);
	assert_int_equal(lb_tls_check_signer(tls, der, n - 1, &by), LB_TLS_UNTRUSTED);
	assert_int_equal(lb_tls_check_signer(tls, der, n + 1, &by), LB_TLS_UNTRUSTED);
	der[n - 1] ^= 1;
	assert_int_equal(lb_tls_check_signer(tls, der, n, &by), LB_TLS_UNTRUSTED);
	assert_int_equal(by.until_ms, 7);
	lb_tls_unref(tls);
}

static void assert_window(const struct lb_signatory *by, int64_t from_days, int64_t until_days)
{
	int64_t now_ms = (int64_t)time(NULL) * 1000, slack_ms = 120000;

	assert_true(by->from_ms >= now_ms + from_days * DAY_MS - slack_ms && by->from_ms <= now_ms + from_days * DAY_MS);
	assert_true(by->until_ms >= now_ms + until_days * DAY_MS - slack_ms && by->until_ms <= now_ms + until_days * DAY_MS + 999);
	assert_int_equal(by->from_ms % 1000, 0);
	assert_int_equal(by->until_ms % 1000, 999);
}

/* The CA of these is younger than "expired" is: that does not cut its time. */
static void the_time_is_the_certificate_s_own(void **state)
{
	struct lb_signatory by;

	(void)state;
	assert_int_equal(check_with("agent", "ca", "none.crl", &by), LB_OK);
	assert_string_equal(by.identity.partner, "de-sn/leipzig");
	assert_window(&by, 0, 2);
	assert_int_equal(check_with("expired", "ca", "none.crl", &by), LB_OK);
	assert_string_equal(by.identity.partner, "de-sn/leipzig");
	assert_window(&by, -10, -1);
}

static void the_time_ends_with_the_ca_above(void **state)
{
	struct lb_signatory by;

	(void)state;
	assert_int_equal(check_with("of-sub", "bundle", "bundle.crl", &by), LB_OK);
	assert_window(&by, 0, 1);
	assert_int_equal(check_with("of-old-sub", "bundle", "bundle.crl", &by), LB_OK);
	assert_window(&by, -10, -1);
	assert_int_equal(check_with("late-of-old-sub", "bundle", "bundle.crl", &by), LB_OK);
	assert_window(&by, 0, -1);
	assert_int_equal(check_with("of-old-root", "old-root", NULL, &by), LB_OK);
	assert_window(&by, -10, -1);
	/* The CA between is not there. */
	assert_int_equal(check_with("of-sub", "ca", NULL, &by), LB_TLS_UNTRUSTED);
}

static void revocation_is_judged_as_of_now(void **state)
{
	struct lb_signatory by;

	(void)state;
	/* Ended, and revoked. */
	assert_int_equal(check("expired", "expired.crl"), LB_TLS_REVOKED);
	/* A list that is out of date is not skipped, for whatever time. */
	assert_int_equal(check("agent", "old.crl"), LB_TLS_UNTRUSTED);
	assert_int_equal(check("expired", "old.crl"), LB_TLS_UNTRUSTED);
	/* Nor is a CA's that has none. */
	assert_int_equal(check_with("of-sub", "bundle", "none.crl", &by), LB_TLS_UNTRUSTED);
	assert_int_equal(check_with("of-sub", "bundle", "revoked-sub.crl", &by), LB_TLS_REVOKED);
}

static bool join(const char *to, const char *names)
{
	char command[512];

	snprintf(command, sizeof command, "cd '%s' && cat %s >%s", pair_folder, names, to);
	return system(command) == 0;
}

static bool make_chains(void)
{
	const struct credential all[] = {
		{ "of-sub", "sub", PAIR_AGENT, NULL, 2 },
		{ "of-old-sub", "old-sub", PAIR_AGENT, NULL, -1 },
		{ "late-of-old-sub", "old-sub", PAIR_AGENT, NULL, 2 },
		{ "of-old-root", "old-root", PAIR_AGENT, NULL, -1 },
	};

	if (!credentials_sub_ca(pair_folder, "sub", "ca", 1) || !credentials_sub_ca(pair_folder, "old-sub", "ca", -1) ||
	    !credentials_sub_ca(pair_folder, "old-root", "old-root", -1))
		return false;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(pair_folder, &all[i]))
			return false;
	return true;
}

static int begin(void **state)
{
	return pair_begin(state) == 0 && make_chains() && credentials_revoke(pair_folder, "ca", "expired", "expired.crl", 2) &&
	                       credentials_revoke(pair_folder, "sub", NULL, "sub.crl", 2) && credentials_revoke(pair_folder, "old-sub", NULL, "old-sub.crl", 2) &&
	                       credentials_revoke(pair_folder, "ca", "sub", "ca-sub.crl", 2) && join("bundle.pem", "ca.pem sub.pem old-sub.pem") &&
	                       join("bundle.crl", "none.crl sub.crl old-sub.crl") && join("revoked-sub.crl", "ca-sub.crl sub.crl") ?
	               0 :
	               -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_are_judged),
		cmocka_unit_test(what_is_no_certificate_is_not_trusted),
		cmocka_unit_test(the_time_is_the_certificate_s_own),
		cmocka_unit_test(the_time_ends_with_the_ca_above),
		cmocka_unit_test(revocation_is_judged_as_of_now),
	};

	return cmocka_run_group_tests(tests, begin, pair_end);
}
