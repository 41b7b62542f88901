/* The TLS settings: what does not load and why, and which certificates are taken. */
#include "tests/unit/proto/pair.h"

static void assert_not_loaded(const char *name, const char *ca, const char *crl, const char *says)
{
	struct lb_tls *tls = NULL;
	char why[400] = "";

	assert_int_equal(pair_try_load(LB_LINK_SERVER, name, ca, crl, &tls, why), LB_CONFIG);
	assert_non_null(strstr(why, says));
	assert_null(tls);
}

static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	assert_not_loaded("missing", "ca", NULL, "missing.pem");
	assert_not_loaded("broker", "missing", NULL, "missing.pem");
	assert_not_loaded("broker", "ca", "missing.crl", "missing.crl");
	assert_not_loaded("broker", "ca", "broker.key", "broker.key");
	assert_not_loaded("no-uri", "ca", NULL, "SPIFFE");
}

static void a_key_of_another_certificate_is_refused(void **state)
{
	struct lb_tls_files f = { .certificate = pair_path("broker", ".pem"), .key = pair_path("agent", ".key"), .ca = pair_path("ca", ".pem") };
	struct lb_tls *tls = NULL;
	char why[400] = "";

	(void)state;
	assert_int_equal(lb_tls_load(LB_LINK_CLIENT, &f, &tls, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "agent.key"));
	f.key = pair_path("ca", ".pem");
	assert_int_equal(lb_tls_load(LB_LINK_CLIENT, &f, &tls, why, sizeof why), LB_CONFIG);
}

static void our_own_certificate_is_known(void **state)
{
	struct lb_tls *tls = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *same = lb_tls_ref(tls);
	int64_t days = lb_tls_expires_ms(tls) / 86400000, today = (int64_t)time(NULL) / 86400;

	(void)state;
	lb_tls_unref(tls);
	assert_string_equal(lb_tls_identity(same)->partner, "de-sn/leipzig");
	assert_string_equal(lb_tls_identity(same)->agent, "edge-1");
	assert_string_equal(lb_tls_identity(same)->trust_domain, "lagebus.example");
	assert_true(days >= today + 1 && days <= today + 3);
	lb_tls_unref(same);
}

static size_t read_der(const char *name, uint8_t *der, size_t cap)
{
	char command[600];
	FILE *f;
	size_t n;

	snprintf(command, sizeof command, "openssl x509 -in '%s' -outform DER", pair_path(name, ".pem"));
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(der, 1, cap, f);
	assert_int_equal(pclose(f), 0);
	assert_true(n > 100 && n < cap);
	return n;
}

static lb_err check(const char *name, const char *crl)
{
	struct lb_tls *tls = pair_load(LB_LINK_SERVER, "broker", "ca", crl);
	struct lb_identity id;
	uint8_t der[4096];
	size_t n = read_der(name, der, sizeof der);
	lb_err first = lb_tls_check_certificate(tls, der, n, &id);

	/* The second time it is known already, and must be judged the same. */
	assert_int_equal(lb_tls_check_certificate(tls, der, n, &id), first);
	lb_tls_unref(tls);
	return first;
}

static void certificates_are_judged(void **state)
{
	(void)state;
	assert_int_equal(check("agent", NULL), LB_OK);
	assert_int_equal(check("agent", "none.crl"), LB_OK);
	assert_int_equal(check("agent", "agent.crl"), LB_TLS_REVOKED);
	assert_int_equal(check("other-agent", "agent.crl"), LB_OK);
	assert_int_equal(check("expired", NULL), LB_TLS_EXPIRED);
	assert_int_equal(check("stranger", NULL), LB_TLS_UNTRUSTED);
	assert_int_equal(check("no-uri", NULL), LB_BAD_IDENTITY);
	assert_int_equal(check("elsewhere", NULL), LB_BAD_IDENTITY);
	assert_int_equal(check("weak", NULL), LB_TLS_UNTRUSTED);
	/* A revocation list that is out of date is not skipped. */
	assert_int_equal(check("agent", "old.crl"), LB_TLS_UNTRUSTED);
}

static void what_is_no_certificate_is_not_trusted(void **state)
{
	struct lb_tls *tls = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	struct lb_identity id;
	uint8_t der[4096] = { 0 };
	size_t n = read_der("agent", der, sizeof der - 1);

	(void)state;
	assert_int_equal(lb_tls_check_certificate(tls, der, 0, &id), LB_TLS_UNTRUSTED);
	assert_int_equal(lb_tls_check_certificate(tls, der, n - 1, &id), LB_TLS_UNTRUSTED);
	assert_int_equal(lb_tls_check_certificate(tls, der, n + 1, &id), LB_TLS_UNTRUSTED);
	der[n - 1] ^= 1;
	assert_int_equal(lb_tls_check_certificate(tls, der, n, &id), LB_TLS_UNTRUSTED);
	lb_tls_unref(tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(a_key_of_another_certificate_is_refused),
		cmocka_unit_test(our_own_certificate_is_known),
		cmocka_unit_test(certificates_are_judged),
		cmocka_unit_test(what_is_no_certificate_is_not_trusted),
	};

	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
