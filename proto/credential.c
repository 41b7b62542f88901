/* A certificate and its private key, from PEM files. */
#include "proto/credential.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

static X509 *read_certificate(const char *file)
{
	FILE *f = fopen(file, "re");
	X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

	if (f)
		fclose(f);
	return x;
}

/* With a passphrase that is empty, so that nobody is asked for one. */
static EVP_PKEY *read_key(const char *file)
{
	FILE *f = fopen(file, "re");
	EVP_PKEY *k = f ? PEM_read_PrivateKey(f, NULL, NULL, (void *)"") : NULL;

	if (f)
		fclose(f);
	return k;
}

lb_err credential_load(const char *certificate, const char *key, struct credential_pair *out, char *why, size_t why_n)
{
	struct credential_pair p = { read_certificate(certificate), read_key(key) };
	const char *file = key, *what = NULL;

	if (!p.certificate) {
		file = certificate;
		what = "the certificate cannot be read";
	} else if (!p.key) {
		what = "the private key cannot be read; it must be PEM without a passphrase";
	} else if (X509_check_private_key(p.certificate, p.key) != 1) {
		what = "the private key does not belong to the certificate";
	}
	ERR_clear_error();
	if (what) {
		snprintf(why, why_n, "%s: %s", file, what);
		credential_fini(&p);
		return LB_CONFIG;
	}
	*out = p;
	return LB_OK;
}

void credential_fini(struct credential_pair *p)
{
	X509_free(p->certificate);
	EVP_PKEY_free(p->key);
}
