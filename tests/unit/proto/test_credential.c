/* proto/credential.c: a certificate and its key, and what is said where they are none. Nobody is asked for a passphrase, for TLS neither. */
#include "proto/credential.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "tests/unit/proto/pair.h"

static void what_belongs_together_is_loaded(void **state)
{
	struct credential_pair p;
	char why[400] = "as it was";

	(void)state;
	assert_int_equal(credential_load(pair_path("agent", ".pem"), pair_path("agent", ".key"), &p, why, sizeof why), LB_OK);
	assert_int_equal(X509_check_private_key(p.certificate, p.key), 1);
	assert_string_equal(why, "as it was");
	credential_fini(&p);
}

/* The file that is at fault is named, and OpenSSL's queue has nothing for whoever looks at it next. */
static void what_is_wrong_is_said_of_its_file(void **state)
{
	static const struct {
		const char *certificate, *key, *file, *what;
	} cases[] = {
		{ "no-such.pem", "agent.key", "no-such.pem", "certificate cannot be read" },
		{ "agent.pem", "no-such.key", "no-such.key", "key cannot be read" },
		{ "no-such.pem", "no-such.key", "no-such.pem", "certificate cannot be read" },
		{ "agent.key", "agent.key", "agent.key", "certificate cannot be read" },
		{ "agent.pem", "agent.pem", "agent.pem", "key cannot be read" },
		{ "text", "agent.key", "text", "certificate cannot be read" },
		{ "agent.pem", "text", "text", "key cannot be read" },
		{ "agent.pem", "other-agent.key", "other-agent.key", "does not belong to the certificate" },
	};

	(void)state;
	assert_true(credentials_write(pair_folder, "text", "-----BEGIN CERTIFICATE-----\nAAAA\n"));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct credential_pair p = { NULL, NULL };
		char why[400] = "";

		assert_int_equal(credential_load(pair_path(cases[i].certificate, ""), pair_path(cases[i].key, ""), &p, why, sizeof why), LB_CONFIG);
		if (strncmp(why, pair_path(cases[i].file, ": the "), strlen(pair_path(cases[i].file, ": the "))) != 0 || !strstr(why, cases[i].what))
			fail_msg("case %zu: %s", i, why);
		assert_null(p.certificate);
		assert_null(p.key);
		assert_int_equal(ERR_peek_error(), 0);
	}
}

/* The agent's key again, with a passphrase; and that stands where OpenSSL would ask for it. */
static void lock_key(const char *passphrase)
{
	struct credential_pair p;
	char why[400];
	FILE *f = fopen(pair_path("locked", ".key"), "w");

	assert_non_null(f);
	assert_int_equal(credential_load(pair_path("agent", ".pem"), pair_path("agent", ".key"), &p, why, sizeof why), LB_OK);
	assert_int_equal(PEM_write_PKCS8PrivateKey(f, p.key, EVP_aes_256_cbc(), passphrase, (int)strlen(passphrase), NULL, NULL), 1);
	credential_fini(&p);
	fclose(f);
	f = fopen(pair_path("typed", ""), "w");
	assert_non_null(f);
	for (unsigned i = 0; i < 4; i++)
		fprintf(f, "%s\n", passphrase);
	fclose(f);
	assert_non_null(freopen(pair_path("typed", ""), "r", stdin));
}

static void nobody_is_asked_for_a_passphrase(void **state)
{
	struct lb_tls_files files = { .certificate = pair_path("agent", ".pem"), .key = pair_path("locked", ".key"), .ca = pair_path("ca", ".pem") };
	struct credential_pair p;
	struct lb_tls *tls = NULL;
	char why[400] = "";

	(void)state;
	lock_key("secret");
	assert_int_equal(credential_load(files.certificate, files.key, &p, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "without a passphrase"));
	assert_int_equal(lb_tls_load(LB_LINK_CLIENT, &files, &tls, why, sizeof why), LB_CONFIG);
	assert_non_null(strstr(why, "without a passphrase"));
	assert_int_equal(ftell(stdin), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_belongs_together_is_loaded),
		cmocka_unit_test(what_is_wrong_is_said_of_its_file),
		cmocka_unit_test(nobody_is_asked_for_a_passphrase),
	};

	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
