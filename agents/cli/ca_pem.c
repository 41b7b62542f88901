/* The authority's PEM files and small things about X.509 values. */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agents/cli/ca_x509.h"
#include "agents/cli/file.h"
#include "proto/host/words.h"

#define PEM_MAX (1024 * 1024)

lb_err ca_openssl_failed(struct why *why, lb_err e, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	why_set(why, e, "%s: %s", what, reason ? reason : _("OpenSSL gives no reason"));
	ERR_clear_error();
	return e;
}

static lb_err open_pem(const char *path, uint8_t **text, BIO **bio, struct why *why)
{
	size_t n;
	lb_err e = file_read(path, PEM_MAX, text, &n, why);

	if (e)
		return e;
	*bio = BIO_new_mem_buf(*text, (int)n);
	if (*bio)
		return LB_OK;
	free(*text);
	return why_set(why, LB_NO_MEMORY, "out of memory");
}

static void close_pem(uint8_t *text, BIO *bio)
{
	size_t n = text ? strlen((char *)text) : 0;

	BIO_free(bio);
	if (text)
		OPENSSL_cleanse(text, n);
	free(text);
}

lb_err ca_read_certificate(const char *path, X509 **out, struct why *why)
{
	uint8_t *text;
	BIO *bio;
	lb_err e = open_pem(path, &text, &bio, why);

	if (e)
		return e;
	*out = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	close_pem(text, bio);
	if (*out)
		return LB_OK;
	ERR_clear_error();
	return why_set(why, LB_INVALID, "%s: is not a certificate in PEM", path);
}

lb_err ca_read_key(const char *path, EVP_PKEY **out, struct why *why)
{
	uint8_t *text;
	BIO *bio;
	lb_err e = open_pem(path, &text, &bio, why);

	if (e)
		return e;
	*out = PEM_read_bio_PrivateKey(bio, NULL, NULL, (void *)"");
	close_pem(text, bio);
	if (*out)
		return LB_OK;
	ERR_clear_error();
	return why_set(why, LB_INVALID, "%s: is not a private key in PEM without a passphrase", path);
}

lb_err ca_read_crl(const char *path, X509_CRL **out, struct why *why)
{
	uint8_t *text;
	BIO *bio;
	lb_err e = open_pem(path, &text, &bio, why);

	if (e)
		return e;
	*out = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
	close_pem(text, bio);
	if (*out)
		return LB_OK;
	ERR_clear_error();
	return why_set(why, LB_INVALID, "%s: is not a revocation list in PEM", path);
}

lb_err ca_write_certificate(const char *path, X509 *x, struct why *why)
{
	BIO *bio = BIO_new(BIO_s_mem());
	size_t n;
	lb_err e;
	char *p;

	if (!bio || !PEM_write_bio_X509(bio, x)) {
		e = ca_openssl_failed(why, LB_NO_MEMORY, path);
	} else {
		n = (size_t)BIO_get_mem_data(bio, &p);
		e = file_write_new(path, p, n, 0644, why);
	}
	BIO_free(bio);
	return e;
}

lb_err ca_write_key(const char *path, EVP_PKEY *key, struct why *why)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	size_t n;
	lb_err e;
	char *p;

	if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)) {
		e = ca_openssl_failed(why, LB_NO_MEMORY, path);
	} else {
		n = (size_t)BIO_get_mem_data(bio, &p);
		e = file_write_new(path, p, n, 0600, why);
	}
	BIO_free(bio);
	return e;
}

lb_err ca_write_crl(const char *path, X509_CRL *crl, struct why *why)
{
	BIO *bio = BIO_new(BIO_s_mem());
	size_t n;
	lb_err e;
	char *p;

	if (!bio || !PEM_write_bio_X509_CRL(bio, crl)) {
		e = ca_openssl_failed(why, LB_NO_MEMORY, path);
	} else {
		n = (size_t)BIO_get_mem_data(bio, &p);
		e = file_replace(path, p, n, 0644, why);
	}
	BIO_free(bio);
	return e;
}

void ca_serial_text(const X509 *x, char text[CA_SERIAL_TEXT])
{
	BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	uint8_t bytes[16] = { 0 };

	if (n && BN_num_bytes(n) <= (int)sizeof(bytes))
		BN_bn2binpad(n, bytes, sizeof(bytes));
	BN_free(n);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

int64_t ca_time_s(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) : 0;
}

lb_err ca_uri_of(const X509 *x, char *out, size_t n)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	lb_err e = LB_NOT_FOUND;

	for (int i = 0; e && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		int size;

		if (name->type != GEN_URI)
			continue;
		size = ASN1_STRING_length(name->d.uniformResourceIdentifier);
		if (size < 0 || (size_t)size >= n)
			continue;
		memcpy(out, ASN1_STRING_get0_data(name->d.uniformResourceIdentifier), (size_t)size);
		out[size] = 0;
		e = strlen(out) == (size_t)size ? LB_OK : LB_NOT_FOUND;
	}
	GENERAL_NAMES_free(names);
	return e;
}
