/* The TLS settings: what does not load and why, and our own certificate. */
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

static void our_own_certificate_has_its_time(void **state)
{
	struct lb_tls *tls = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *ended = pair_load(LB_LINK_CLIENT, "expired", "ca", NULL);
	int64_t now_ms = (int64_t)time(NULL) * 1000, day_ms = 86400000;

	(void)state;
	assert_true(lb_tls_is_valid_at(tls, now_ms));
	assert_false(lb_tls_is_valid_at(tls, now_ms - day_ms));
	assert_true(lb_tls_is_valid_at(tls, lb_tls_expires_ms(tls)));
	assert_false(lb_tls_is_valid_at(tls, lb_tls_expires_ms(tls) + 1));
	assert_false(lb_tls_is_valid_at(ended, now_ms));
	assert_true(lb_tls_is_valid_at(ended, now_ms - 5 * day_ms));
	lb_tls_unref(tls);
	lb_tls_unref(ended);
}

/* It fails closed where there is no such group. */
static void hybrid_is_there_or_it_does_not_load(void **state)
{
	struct lb_tls_files f = { .certificate = pair_path("broker", ".pem"), .key = pair_path("broker", ".key"), .ca = pair_path("ca", ".pem"),
		                  .require_hybrid = true };
	struct lb_tls *tls = NULL;
	char why[400] = "", command[] = "openssl list -kem-algorithms 2>/dev/null | grep -qi 'SecP256r1MLKEM768'";
	lb_err e = lb_tls_load(LB_LINK_SERVER, &f, &tls, why, sizeof why);

	(void)state;
	if (system(command) != 0) {
		assert_int_equal(e, LB_CONFIG);
		assert_non_null(strstr(why, "ML-KEM"));
	} else {
		assert_int_equal(e, LB_OK);
	}
	if (e == LB_OK)
		lb_tls_unref(tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_read_is_named),
		cmocka_unit_test(a_key_of_another_certificate_is_refused),
		cmocka_unit_test(our_own_certificate_is_known),
		cmocka_unit_test(our_own_certificate_has_its_time),
		cmocka_unit_test(hybrid_is_there_or_it_does_not_load),
	};

	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
