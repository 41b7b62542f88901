/* agents/cli/ca_crl.c */
#include <openssl/x509v3.h>
#include <time.h>

#include "agents/cli/ca_x509.h"
#include "tests/unit/cli/run.h"

static long number_of(X509_CRL *crl)
{
	ASN1_INTEGER *n = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
	long value = ASN1_INTEGER_get(n);

	ASN1_INTEGER_free(n);
	return value;
}

static void lists_what_is_revoked_and_counts_up(void **state)
{
	struct ca_index_row rows[] = { { .serial = "0a", .revoked_s = 0 }, { .serial = "ff01", .revoked_s = 1795424400 } };
	struct ca_index index = { rows, 2 };
	struct ca_pair ca = { NULL, NULL };
	X509_CRL *first = NULL, *second = NULL;
	unsigned n = 0;
	struct why why;
	int64_t next_s;

	(void)state;
	assert_int_equal(ca_key_new("p256", &ca.key, &why), LB_OK);
	assert_int_equal(ca_root_new(ca.key, "lagebus.example", 10, &ca.certificate, &why), LB_OK);
	assert_int_equal(ca_crl_new(&ca, &index, NULL, 30, &first, &n, &why), LB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(first)), 1);
	assert_int_equal(X509_CRL_verify(first, ca.key), 1);
	next_s = ca_time_s(X509_CRL_get0_nextUpdate(first));
	assert_in_range(next_s, time(NULL) + 30 * 86400 - 60, time(NULL) + 30 * 86400 + 60);
	assert_int_equal(number_of(first), 1);
	rows[0].revoked_s = 1795424401;
	assert_int_equal(ca_crl_new(&ca, &index, first, 1, &second, &n, &why), LB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(number_of(second), 2);
	X509_CRL_free(first);
	X509_CRL_free(second);
	X509_free(ca.certificate);
	EVP_PKEY_free(ca.key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_is_revoked_and_counts_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
