/* A throw-away PKI by OpenSSL's API. */
#include "tests/bench/pki.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pki {
	char folder[256];
	X509 *ca;
	EVP_PKEY *key;
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s failed\n", what);
	exit(1);
}

static void write_pem(const struct pki *p, const char *name, const char *suffix, X509 *x, EVP_PKEY *key)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s.%s", p->folder, name, suffix);
	f = fopen(path, "we");
	must(f && (x ? PEM_write_X509(f, x) : PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL)) == 1 && fclose(f) == 0, path);
}

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX c;
	X509_EXTENSION *e;

	X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
	must(e && X509_add_ext(x, e, -1) == 1, "an extension");
	X509_EXTENSION_free(e);
}

static X509 *begin(const char *name, EVP_PKEY *key)
{
	X509 *x = X509_new();
	uint64_t serial;

	must(x && RAND_bytes((unsigned char *)&serial, sizeof serial) == 1, "X509_new");
	X509_set_version(x, 2);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_pubkey(x, key);
	return x;
}

struct pki *pki_new(const char *folder)
{
	struct pki *p = calloc(1, sizeof *p);

	must(p && strlen(folder) < sizeof p->folder, "memory");
	strcpy(p->folder, folder);
	p->key = EVP_EC_gen("P-256");
	must(p->key != NULL, "a key");
	p->ca = begin("bench CA", p->key);
	X509_set_issuer_name(p->ca, X509_get_subject_name(p->ca));
	extend(p->ca, p->ca, NID_basic_constraints, "critical,CA:TRUE");
	extend(p->ca, p->ca, NID_key_usage, "critical,keyCertSign,cRLSign");
	extend(p->ca, p->ca, NID_subject_key_identifier, "hash");
	must(X509_sign(p->ca, p->key, EVP_sha256()) > 0, "signing");
	write_pem(p, "ca", "pem", p->ca, NULL);
	return p;
}

void pki_issue(struct pki *p, const char *name, const char *partner, const char *agent, int server)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = begin(name, key);
	char san[400];

	X509_set_issuer_name(x, X509_get_subject_name(p->ca));
	snprintf(san, sizeof san, "URI:spiffe://" PKI_TRUST_DOMAIN "/partner/%s/agent/%s", partner, agent);
	extend(x, p->ca, NID_subject_alt_name, san);
	extend(x, p->ca, NID_key_usage, "critical,digitalSignature,keyAgreement");
	extend(x, p->ca, NID_ext_key_usage, server ? "serverAuth,clientAuth" : "clientAuth");
	extend(x, p->ca, NID_authority_key_identifier, "keyid");
	must(X509_sign(x, p->key, EVP_sha256()) > 0, "signing");
	write_pem(p, name, "pem", x, NULL);
	write_pem(p, name, "key", NULL, key);
	X509_free(x);
	EVP_PKEY_free(key);
}

void pki_free(struct pki *p)
{
	X509_free(p->ca);
	EVP_PKEY_free(p->key);
	free(p);
}
