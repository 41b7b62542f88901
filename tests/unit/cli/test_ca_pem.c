/* agents/cli/ca_pem.c */
#include <sys/stat.h>

#include "agents/cli/ca_x509.h"
#include "tests/unit/cli/run.h"

static void writes_and_reads_keys_and_certificates(void **state)
{
	char *dir = scratch_make(), uri[64], serial[CA_SERIAL_TEXT], small[4];
	const char *key_path = in_scratch(dir, "a.key"), *path = in_scratch(dir, "a.pem");
	EVP_PKEY *key = NULL, *key_again = NULL;
	X509 *x = NULL, *again = NULL;
	struct stat st;
	struct why why;

	(void)state;
	assert_int_equal(ca_key_new("p256", &key, &why), LB_OK);
	assert_int_equal(ca_root_new(key, "lagebus.example", 10, &x, &why), LB_OK);
	assert_int_equal(ca_write_key(key_path, key, &why), LB_OK);
	assert_int_equal(ca_write_certificate(path, x, &why), LB_OK);
	assert_int_equal(stat(key_path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(ca_write_key(key_path, key, &why), LB_INVALID);
	assert_int_equal(ca_read_key(key_path, &key_again, &why), LB_OK);
	assert_int_equal(ca_read_certificate(path, &again, &why), LB_OK);
	assert_int_equal(X509_check_private_key(again, key_again), 1);
	assert_int_equal(ca_uri_of(again, uri, sizeof(uri)), LB_OK);
	assert_string_equal(uri, "spiffe://lagebus.example");
	assert_int_equal(ca_uri_of(again, small, sizeof(small)), LB_NOT_FOUND);
	ca_serial_text(again, serial);
	assert_int_equal(strlen(serial), 32);
	assert_int_equal(strspn(serial, "0123456789abcdef"), 32);
	X509_free(x);
	X509_free(again);
	EVP_PKEY_free(key);
	EVP_PKEY_free(key_again);
	scratch_remove(dir);
}

static void says_what_a_file_is_not(void **state)
{
	char *dir = scratch_make();
	const char *path = in_scratch(dir, "a.pem");
	X509_CRL *crl = NULL;
	EVP_PKEY *key = NULL;
	X509 *x = NULL;
	struct why why;

	(void)state;
	assert_int_equal(ca_read_certificate(path, &x, &why), LB_NOT_FOUND);
	write_text(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	assert_int_equal(ca_read_certificate(path, &x, &why), LB_INVALID);
	assert_has(why.text, "not a certificate");
	assert_int_equal(ca_read_key(path, &key, &why), LB_INVALID);
	assert_has(why.text, "not a private key");
	assert_int_equal(ca_read_crl(path, &crl, &why), LB_INVALID);
	assert_has(why.text, "not a revocation list");
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_and_reads_keys_and_certificates),
		cmocka_unit_test(says_what_a_file_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
