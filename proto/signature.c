/* The origin's signature over header and payload. */
#include "lagebus/signature.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/credential.h"
#include "proto/wire.h"

#define VALUE_MAX (LB_SIGNATURE_MAX - LB_SIGNER_SIZE - 8)
#define TAG_SIGNER 0x0a
#define TAG_VALUE 0x12

static const char domain[] = "lagebus-1"; /* with its NUL */

/* A key with everything that is the same for each message prepared. */
struct key {
	EVP_PKEY *pkey;
	EVP_MD *digest;
	EVP_MD_CTX *hash;
	EVP_PKEY_CTX *operation;
};

struct lb_signer {
	struct key key;
	uint8_t hint[LB_SIGNER_SIZE];
	unsigned char *der;
	size_t der_n;
};

struct lb_verifier {
	struct key key;
};

static const char *digest_of(const EVP_PKEY *pkey)
{
	int bits = EVP_PKEY_get_bits(pkey);

	if (!EVP_PKEY_is_a(pkey, "EC"))
		return "SHA2-256";
	return bits <= 256 ? "SHA2-256" : bits <= 384 ? "SHA2-384" : "SHA2-512";
}

static void key_fini(struct key *k)
{
	EVP_PKEY_CTX_free(k->operation);
	EVP_MD_CTX_free(k->hash);
	EVP_MD_free(k->digest);
	EVP_PKEY_free(k->pkey);
}

/* Takes over pkey. */
static lb_err key_init(struct key *k, EVP_PKEY *pkey, int (*begin)(EVP_PKEY_CTX *))
{
	bool rsa = EVP_PKEY_is_a(pkey, "RSA");

	k->pkey = pkey;
	k->digest = EVP_MD_fetch(NULL, digest_of(pkey), NULL);
	k->hash = EVP_MD_CTX_new();
	k->operation = EVP_PKEY_CTX_new(pkey, NULL);
	if (k->digest && k->hash && k->operation && (rsa || EVP_PKEY_is_a(pkey, "EC")) && begin(k->operation) == 1 &&
	    (!rsa || (EVP_PKEY_CTX_set_rsa_padding(k->operation, RSA_PKCS1_PSS_PADDING) == 1 &&
	              EVP_PKEY_CTX_set_rsa_pss_saltlen(k->operation, RSA_PSS_SALTLEN_DIGEST) == 1)) &&
	    EVP_PKEY_CTX_set_signature_md(k->operation, k->digest) == 1)
		return LB_OK;
	key_fini(k);
	ERR_clear_error();
	return LB_INVALID;
}

/* Hash of what is signed. False: memory is out. */
static bool hash(struct key *k, struct lb_frame header, struct lb_frame payload, uint8_t out[EVP_MAX_MD_SIZE], unsigned *n)
{
	uint8_t length[4] = { (uint8_t)(header.n >> 24), (uint8_t)(header.n >> 16), (uint8_t)(header.n >> 8), (uint8_t)header.n };

	return EVP_DigestInit_ex2(k->hash, k->digest, NULL) == 1 && EVP_DigestUpdate(k->hash, domain, sizeof domain) == 1 &&
	       EVP_DigestUpdate(k->hash, length, sizeof length) == 1 && EVP_DigestUpdate(k->hash, header.p, header.n) == 1 &&
	       EVP_DigestUpdate(k->hash, payload.p, payload.n) == 1 && EVP_DigestFinal_ex(k->hash, out, n) == 1;
}

static lb_err fail(char *why, size_t why_n, const char *file, const char *what)
{
	snprintf(why, why_n, "%s: %s", file, what);
	ERR_clear_error();
	return LB_CONFIG;
}

void lb_signer_hint(const uint8_t *der, size_t der_n, uint8_t out[LB_SIGNER_SIZE])
{
	uint8_t digest[EVP_MAX_MD_SIZE] = { 0 };

	/* Hashing with a built-in algorithm fails only where memory is out; the hint then names no one. */
	if (EVP_Digest(der, der_n, digest, NULL, EVP_sha256(), NULL) != 1)
		memset(digest, 0, sizeof digest);
	memcpy(out, digest, LB_SIGNER_SIZE);
}

static bool keep_certificate(struct lb_signer *s, X509 *x)
{
	int n = i2d_X509(x, &s->der);

	if (n <= 0)
		return false;
	s->der_n = (size_t)n;
	lb_signer_hint(s->der, s->der_n, s->hint);
	return true;
}

lb_err lb_signer_load(const char *certificate, const char *key, struct lb_signer **out, char *why, size_t why_n)
{
	struct lb_signer *s = calloc(1, sizeof *s);
	struct credential_pair own = { NULL, NULL };
	lb_err e = s ? credential_load(certificate, key, &own, why, why_n) : LB_NO_MEMORY;

	if (e == LB_OK && !keep_certificate(s, own.certificate))
		e = fail(why, why_n, certificate, "the certificate cannot be read");
	if (e == LB_OK) {
		e = key_init(&s->key, own.key, EVP_PKEY_sign_init);
		own.key = NULL;
		if (e != LB_OK)
			e = fail(why, why_n, key, "the key is neither EC nor RSA");
	}
	credential_fini(&own);
	if (e != LB_OK) {
		if (s)
			OPENSSL_free(s->der);
		free(s);
		return e;
	}
	*out = s;
	return LB_OK;
}

void lb_signer_free(struct lb_signer *s)
{
	key_fini(&s->key);
	OPENSSL_free(s->der);
	free(s);
}

void lb_signer_certificate(const struct lb_signer *s, const uint8_t **der, size_t *der_n)
{
	*der = s->der;
	*der_n = s->der_n;
}

static size_t put_length(uint8_t *p, size_t n)
{
	if (n < 0x80) {
		p[0] = (uint8_t)n;
		return 1;
	}
	p[0] = (uint8_t)(n | 0x80);
	p[1] = (uint8_t)(n >> 7);
	return 2;
}

lb_err lb_sign(struct lb_signer *s, struct lb_frame header, struct lb_frame payload, struct lb_buf *out)
{
	uint8_t digest[EVP_MAX_MD_SIZE], value[VALUE_MAX], *p = lb_buf_reserve(out, LB_SIGNATURE_MAX);
	size_t value_n = sizeof value, at = 0;
	unsigned digest_n;

	if (!p)
		return LB_NO_MEMORY;
	if (!hash(&s->key, header, payload, digest, &digest_n) || EVP_PKEY_sign(s->key.operation, value, &value_n, digest, digest_n) != 1) {
		ERR_clear_error();
		return LB_INVALID;
	}
	p[at++] = TAG_SIGNER;
	p[at++] = LB_SIGNER_SIZE;
	memcpy(p + at, s->hint, LB_SIGNER_SIZE);
	at += LB_SIGNER_SIZE;
	p[at++] = TAG_VALUE;
	at += put_length(p + at, value_n);
	memcpy(p + at, value, value_n);
	lb_buf_added(out, at + value_n);
	return LB_OK;
}

/* Reads proto/frames.proto's Signature. */
static bool read_frame(struct lb_frame frame, struct lb_frame *signer, struct lb_frame *value)
{
	struct wire w = wire_of(frame.p, frame.n);

	*signer = *value = (struct lb_frame){ NULL, 0 };
	if (frame.n > LB_SIGNATURE_MAX)
		return false;
	while (w.at < w.end) {
		struct lb_frame *to;
		enum wire_type type;
		unsigned field;

		if (!wire_tag(&w, &field, &type))
			return false;
		to = field == 1 ? signer : field == 2 ? value : NULL;
		if (to ? type != WIRE_BYTES || !wire_bytes(&w, &to->p, &to->n) : !wire_skip(&w, type))
			return false;
	}
	return signer->n == LB_SIGNER_SIZE && value->n > 0;
}

lb_err lb_signature_hint(struct lb_frame signature, uint8_t out[LB_SIGNER_SIZE])
{
	struct lb_frame signer, value;

	if (!read_frame(signature, &signer, &value))
		return LB_BAD_SIGNATURE;
	memcpy(out, signer.p, LB_SIGNER_SIZE);
	return LB_OK;
}

lb_err lb_verifier_new(const uint8_t *der, size_t der_n, struct lb_verifier **out)
{
	const unsigned char *p = der;
	X509 *x = d2i_X509(NULL, &p, (long)der_n);
	EVP_PKEY *pkey = x ? X509_get_pubkey(x) : NULL;
	struct lb_verifier *v = calloc(1, sizeof *v);
	lb_err e = LB_INVALID;

	X509_free(x);
	if (!v)
		e = LB_NO_MEMORY;
	if (v && pkey) {
		e = key_init(&v->key, pkey, EVP_PKEY_verify_init);
		pkey = NULL;
	}
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	if (e != LB_OK) {
		free(v);
		return e;
	}
	*out = v;
	return LB_OK;
}

void lb_verifier_free(struct lb_verifier *v)
{
	key_fini(&v->key);
	free(v);
}

lb_err lb_verify(struct lb_verifier *v, struct lb_frame header, struct lb_frame payload, struct lb_frame signature)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	struct lb_frame signer, value;
	unsigned n;
	bool good;

	if (!read_frame(signature, &signer, &value) || !hash(&v->key, header, payload, digest, &n))
		return LB_BAD_SIGNATURE;
	good = EVP_PKEY_verify(v->key.operation, value.p, value.n, digest, n) == 1;
	ERR_clear_error();
	return good ? LB_OK : LB_BAD_SIGNATURE;
}

/* One number of the public key, with its length in front. False: it has none of this name. */
static bool hash_number(EVP_MD_CTX *c, const EVP_PKEY *pkey, const char *name)
{
	uint8_t bytes[2048 + 4];
	BIGNUM *n = NULL;
	int size = EVP_PKEY_get_bn_param(pkey, name, &n) == 1 ? BN_num_bytes(n) : -1;
	bool good = size >= 0 && size <= 2048;

	if (good) {
		uint8_t length[4] = { 0, 0, (uint8_t)(size >> 8), (uint8_t)size };

		memcpy(bytes, length, sizeof length);
		good = EVP_DigestUpdate(c, bytes, 4 + (size_t)BN_bn2bin(n, bytes + 4)) == 1;
	}
	BN_free(n);
	return good;
}

/* The numbers are hashed, not the certificate's encoding of them, of which a point on a curve has several. */
static bool hash_key(EVP_MD_CTX *c, const EVP_PKEY *pkey)
{
	char group[64] = "";
	size_t n = 0;

	if (EVP_PKEY_is_a(pkey, "RSA"))
		return EVP_DigestUpdate(c, "RSA", 4) == 1 && hash_number(c, pkey, OSSL_PKEY_PARAM_RSA_N) && hash_number(c, pkey, OSSL_PKEY_PARAM_RSA_E);
	return EVP_PKEY_get_group_name(pkey, group, sizeof group, &n) == 1 && EVP_DigestUpdate(c, group, sizeof group) == 1 &&
	       hash_number(c, pkey, OSSL_PKEY_PARAM_EC_PUB_X) && hash_number(c, pkey, OSSL_PKEY_PARAM_EC_PUB_Y);
}

lb_err lb_verifier_key(const struct lb_verifier *v, uint8_t out[LB_DIGEST_SIZE])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	uint8_t digest[EVP_MAX_MD_SIZE];
	bool good = c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1 && hash_key(c, v->key.pkey) && EVP_DigestFinal_ex(c, digest, NULL) == 1;

	EVP_MD_CTX_free(c);
	ERR_clear_error();
	if (good)
		memcpy(out, digest, LB_DIGEST_SIZE);
	return good ? LB_OK : LB_INVALID;
}

lb_err lb_message_digest(struct lb_frame header, struct lb_frame payload, uint8_t out[LB_DIGEST_SIZE])
{
	struct key k = { .digest = EVP_MD_fetch(NULL, "SHA2-256", NULL), .hash = EVP_MD_CTX_new() };
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned n;
	bool good = k.digest && k.hash && hash(&k, header, payload, digest, &n);

	key_fini(&k);
	ERR_clear_error();
	if (good)
		memcpy(out, digest, LB_DIGEST_SIZE);
	return good ? LB_OK : LB_NO_MEMORY;
}
