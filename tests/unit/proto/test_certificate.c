/* What is kept of a certificate: who it is, its digest, and the certificate itself. */
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "tests/unit/proto/pair.h"
#include "proto/certificate.h"

static X509 *read_pem(const char *name)
{
	FILE *f = fopen(pair_path(name, ".pem"), "r");
	X509 *x;

	assert_non_null(f);
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	assert_non_null(x);
	return x;
}

static void a_certificate_is_kept_whole(void **state)
{
	X509 *x = read_pem("agent"), *again;
	struct certificate *c = NULL, *same;
	uint8_t digest[SHA256_DIGEST_LENGTH];

	(void)state;
	assert_int_equal(certificate_new(x, &c), LB_OK);
	assert_string_equal(c->identity.trust_domain, "lagebus.example");
	assert_string_equal(c->identity.partner, "de-sn/leipzig");
	assert_string_equal(c->identity.agent, "edge-1");
	SHA256(c->der, c->der_n, digest);
	assert_memory_equal(c->digest, digest, sizeof digest);
	same = certificate_ref(c);
	certificate_unref(c);
	again = certificate_decode(same);
	assert_non_null(again);
	assert_int_equal(X509_cmp(again, x), 0);
	X509_free(again);
	certificate_unref(same);
	certificate_unref(NULL);
	X509_free(x);
}

static void without_one_uri_it_is_nobody(void **state)
{
	X509 *x = read_pem("no-uri");
	struct certificate *c = NULL;
	struct lb_identity id;

	(void)state;
	assert_int_equal(certificate_identity(x, &id), LB_BAD_IDENTITY);
	assert_int_equal(certificate_new(x, &c), LB_BAD_IDENTITY);
	assert_null(c);
	X509_free(x);
}

/* The SAN of an existing certificate is replaced: its signature does not matter here. */
static lb_err identity_with(const char *san)
{
	X509 *x = read_pem("no-uri");
	X509V3_CTX v3;
	X509_EXTENSION *ext;
	struct lb_identity id;
	lb_err e;

	X509V3_set_ctx_nodb(&v3);
	X509V3_set_ctx(&v3, NULL, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &v3, NID_subject_alt_name, san);
	assert_non_null(ext);
	for (int i = X509_get_ext_by_NID(x, NID_subject_alt_name, -1); i >= 0; i = X509_get_ext_by_NID(x, NID_subject_alt_name, -1))
		X509_EXTENSION_free(X509_delete_ext(x, i));
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	e = certificate_identity(x, &id);
	X509_EXTENSION_free(ext);
	X509_free(x);
	return e;
}

static void exactly_one_uri_counts(void **state)
{
	(void)state;
	assert_int_equal(identity_with("URI:" PAIR_AGENT), LB_OK);
	assert_int_equal(identity_with("DNS:broker.example,URI:" PAIR_AGENT), LB_OK);
	assert_int_equal(identity_with("DNS:broker.example"), LB_BAD_IDENTITY);
	assert_int_equal(identity_with("URI:" PAIR_AGENT ",URI:" PAIR_BROKER), LB_BAD_IDENTITY);
	assert_int_equal(identity_with("URI:https://lagebus.example/partner/de-sn"), LB_BAD_IDENTITY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_is_kept_whole),
		cmocka_unit_test(without_one_uri_it_is_nobody),
		cmocka_unit_test(exactly_one_uri_counts),
	};
	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
