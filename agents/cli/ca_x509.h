/* The X.509 parts of the authority, over OpenSSL; only ca*.c include this. */
#ifndef CLI_CA_X509_H
#define CLI_CA_X509_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "agents/cli/ca.h"
#include "agents/cli/ca_index.h"

struct ca_pair {
	X509 *certificate;
	EVP_PKEY *key;
};

/* The new key pair of a curve ("p256", "p384", "p521"). LB_OK, LB_INVALID (unknown curve), LB_NO_MEMORY. */
lb_err ca_key_new(const char *curve, EVP_PKEY **out, struct why *why) LB_MUST_CHECK;
/* Self-signed, with the trust domain as URI SAN, able to sign certificates and revocation lists and nothing else. */
lb_err ca_root_new(EVP_PKEY *key, const char *trust_domain, long days, X509 **out, struct why *why) LB_MUST_CHECK;
lb_err ca_leaf_new(const struct ca_pair *ca, EVP_PKEY *key, const struct ca_request *request, const char *spiffe_id,
	X509 **out, struct why *why) LB_MUST_CHECK;
/* A list of what the index says is revoked. `previous` (may be NULL) is the list before it. */
lb_err ca_crl_new(const struct ca_pair *ca, const struct ca_index *index, X509_CRL *previous, long days, X509_CRL **out,
	unsigned *revoked_n, struct why *why) LB_MUST_CHECK;

/* 128 random bits from the top. */
int ca_random_serial(ASN1_INTEGER *serial);
void ca_serial_text(const X509 *x, char text[CA_SERIAL_TEXT]);
int64_t ca_time_s(const ASN1_TIME *t);
/* The first URI SAN, or LB_NOT_FOUND. */
lb_err ca_uri_of(const X509 *x, char *out, size_t n) LB_MUST_CHECK;
/* The digest that fits the key: SHA-384 from P-384 on. */
const EVP_MD *ca_digest(const EVP_PKEY *key);
/* what and OpenSSL's own words. */
lb_err ca_openssl_failed(struct why *why, lb_err e, const char *what);

/* PEM files. Reading: LB_OK, LB_NOT_FOUND, LB_INVALID, LB_IO. */
lb_err ca_read_certificate(const char *path, X509 **out, struct why *why) LB_MUST_CHECK;
lb_err ca_read_key(const char *path, EVP_PKEY **out, struct why *why) LB_MUST_CHECK;
lb_err ca_read_crl(const char *path, X509_CRL **out, struct why *why) LB_MUST_CHECK;
lb_err ca_write_certificate(const char *path, X509 *x, struct why *why) LB_MUST_CHECK;
lb_err ca_write_key(const char *path, EVP_PKEY *key, struct why *why) LB_MUST_CHECK;
lb_err ca_write_crl(const char *path, X509_CRL *crl, struct why *why) LB_MUST_CHECK;

#endif
