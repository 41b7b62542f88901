/* agents/cli/ca_cert.c */
#include <openssl/x509v3.h>
#include <time.h>

#include "agents/cli/ca_x509.h"
#include "lagebus/mandate.h"
#include "tests/unit/cli/run.h"

#define SPIFFE_ID "spiffe://lagebus.example/partner/bund-bsi/agent/broker"

static struct ca_pair ca;
static struct why why;

static int make(void **state)
{
	(void)state;
	return ca_key_new("p384", &ca.key, &why) || ca_root_new(ca.key, "lagebus.example", 100, &ca.certificate, &why);
}

static int drop(void **state)
{
	(void)state;
	X509_free(ca.certificate);
	EVP_PKEY_free(ca.key);
	return 0;
}

static bool critical(const X509 *x, int nid)
{
	int at = X509_get_ext_by_NID(x, nid, -1);

	return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x, at));
}

static void the_root_signs_and_nothing_else(void **state)
{
	(void)state;
	assert_true(critical(ca.certificate, NID_basic_constraints));
	assert_true(critical(ca.certificate, NID_key_usage));
	assert_int_equal(X509_get_key_usage(ca.certificate), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	assert_int_equal(X509_get_pathlen(ca.certificate), 0);
	assert_true(X509_check_ca(ca.certificate) == 1);
	assert_int_equal(X509_verify(ca.certificate, ca.key), 1);
	assert_int_equal(X509_get_signature_nid(ca.certificate), NID_ecdsa_with_SHA384);
}

static X509 *issue(const struct ca_request *r)
{
	EVP_PKEY *key = NULL;
	X509 *x = NULL;

	assert_int_equal(ca_key_new("p256", &key, &why), LB_OK);
	assert_int_equal(ca_leaf_new(&ca, key, r, SPIFFE_ID, &x, &why), LB_OK);
	EVP_PKEY_free(key);
	return x;
}

static X509 *leaf(bool broker)
{
	struct ca_request r = { .partner = "bund-bsi", .name = "broker", .broker = broker, .days = 30, .dns = { "broker.example" },
		.ip = { "192.0.2.7" }, .dns_n = broker, .ip_n = broker };

	return issue(&r);
}

static void a_brokers_certificate_has_what_a_server_needs(void **state)
{
	char uri[LB_SPIFFE_ID_MAX + 1];
	X509 *x = leaf(true);

	(void)state;
	assert_int_equal(X509_verify(x, ca.key), 1);
	assert_true(critical(x, NID_basic_constraints));
	assert_true(critical(x, NID_key_usage));
	assert_int_equal(X509_check_ca(x), 0);
	assert_int_equal(X509_get_key_usage(x), KU_DIGITAL_SIGNATURE);
	assert_int_equal(X509_get_extended_key_usage(x), XKU_SSL_SERVER | XKU_SSL_CLIENT);
	assert_int_equal(X509_check_host(x, "broker.example", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(x, "192.0.2.7", 0), 1);
	assert_int_equal(ca_uri_of(x, uri, sizeof(uri)), LB_OK);
	assert_string_equal(uri, SPIFFE_ID);
	assert_int_equal(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(x), X509_get0_subject_key_id(ca.certificate)), 0);
	assert_non_null(X509_get0_subject_key_id(x));
	X509_free(x);
}

static void an_agents_certificate_is_for_clients(void **state)
{
	X509 *a = leaf(false), *b = leaf(false);

	(void)state;
	assert_int_equal(X509_get_extended_key_usage(a), XKU_SSL_CLIENT);
	assert_int_equal(X509_get_key_usage(a), KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT);
	assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(a), X509_get0_serialNumber(b)), 0);
	assert_in_range(ca_time_s(X509_get0_notBefore(a)), time(NULL) - 400, time(NULL));
	X509_free(a);
	X509_free(b);
}

static void a_mandate_is_in_the_certificate(void **state)
{
	struct ca_request r = { .partner = "de-sn", .name = "main", .days = 30, .acts_for = { "de-sn/leipzig", "de-sl" }, .acts_for_n = 2 };
	X509 *mandated = issue(&r), *plain = leaf(false);
	unsigned char *der = NULL, *plain_der = NULL;
	int n = i2d_X509(mandated, &der), plain_n = i2d_X509(plain, &plain_der);

	(void)state;
	assert_true(n > 0 && plain_n > 0);
	assert_int_equal(X509_verify(mandated, ca.key), 1);
	assert_true(lb_mandate_names(der, (size_t)n, "de-sn/leipzig", 13));
	assert_true(lb_mandate_names(der, (size_t)n, "de-sl", 5));
	assert_false(lb_mandate_names(der, (size_t)n, "de-sn", 5));
	assert_false(lb_mandate_names(plain_der, (size_t)plain_n, "de-sl", 5));
	OPENSSL_free(der);
	OPENSSL_free(plain_der);
	X509_free(mandated);
	X509_free(plain);
}

static void what_cannot_be_is_refused(void **state)
{
	struct ca_request r = { .partner = "de-sn", .name = "main", .days = 101 };
	EVP_PKEY *key = NULL;
	X509 *x = NULL;

	(void)state;
	assert_int_equal(ca_key_new("x25519", &key, &why), LB_INVALID);
	assert_has(why.text, "p256, p384");
	assert_int_equal(ca_key_new("p521", &key, &why), LB_OK);
	assert_ptr_equal(ca_digest(key), EVP_sha512());
	assert_int_equal(ca_leaf_new(&ca, key, &r, SPIFFE_ID, &x, &why), LB_INVALID);
	assert_has(why.text, "CA's own certificate ends in ");
	r.from_s = ca_time_s(X509_get0_notAfter(ca.certificate)) + 1;
	assert_int_equal(ca_leaf_new(&ca, key, &r, SPIFFE_ID, &x, &why), LB_INVALID);
	assert_has(why.text, "CA's own certificate ends before");
	assert_null(x);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_root_signs_and_nothing_else),
		cmocka_unit_test(a_brokers_certificate_has_what_a_server_needs),
		cmocka_unit_test(an_agents_certificate_is_for_clients),
		cmocka_unit_test(a_mandate_is_in_the_certificate),
		cmocka_unit_test(what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
