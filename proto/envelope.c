/* Encryption end to end: CMS AuthEnvelopedData through OpenSSL. */
#include "lagebus/envelope.h"

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/credential.h"
#include "proto/der.h"

#define KEY_BITS_MIN 256
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31
#define TAG_OCTETS 0x04
#define TAG_KEY_AGREEMENT 0xa1 /* RecipientInfo's kari */
#define NONCE 12
#define MAC 16

struct lb_opener {
	struct credential_pair own[LB_OPENER_KEYS];
	unsigned n;
};

static lb_err fail(lb_err e)
{
	ERR_clear_error();
	return e;
}

static X509 *decode(struct lb_frame der)
{
	const unsigned char *p = der.p;
	X509 *x = der.n <= LB_CONTROL_MAX ? d2i_X509(NULL, &p, (long)der.n) : NULL;

	if (x && p != der.p + der.n) {
		X509_free(x);
		return NULL;
	}
	return x;
}

/* Without the extension any use is allowed (RFC 5280, 4.2.1.3). */
static bool can_agree(X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);

	return key && EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) >= KEY_BITS_MIN && (X509_get_key_usage(x) & KU_KEY_AGREEMENT) != 0;
}

lb_err lb_envelope_check_recipient(struct lb_frame certificate)
{
	X509 *x = decode(certificate);
	bool can = x && can_agree(x);

	X509_free(x);
	return fail(can ? LB_OK : LB_NO_RECIPIENT);
}

/* As strong as the curve; OpenSSL's own choice would be SHA-1. */
static const EVP_MD *kdf_digest(const EVP_PKEY *key)
{
	int bits = EVP_PKEY_get_bits(key);

	return bits <= 256 ? EVP_sha256() : bits <= 384 ? EVP_sha384() : EVP_sha512();
}

static lb_err add_recipient(CMS_ContentInfo *cms, X509 *x)
{
	CMS_RecipientInfo *r;
	EVP_PKEY_CTX *agreement;

	if (!can_agree(x))
		return LB_NO_RECIPIENT;
	r = CMS_add1_recipient_cert(cms, x, CMS_KEY_PARAM);
	agreement = r ? CMS_RecipientInfo_get0_pkey_ctx(r) : NULL;
	return agreement && EVP_PKEY_CTX_set_ecdh_kdf_md(agreement, kdf_digest(X509_get0_pubkey(x))) == 1 ? LB_OK : LB_NO_MEMORY;
}

static lb_err add_recipients(CMS_ContentInfo *cms, const struct lb_frame *certificates, unsigned n)
{
	lb_err e = LB_OK;

	for (unsigned i = 0; e == LB_OK && i < n; i++) {
		X509 *x = decode(certificates[i]);

		e = x ? add_recipient(cms, x) : LB_NO_RECIPIENT;
		X509_free(x);
	}
	return e;
}

/* The content and its padding; BIO_free wipes it. NULL if memory is out. */
static BIO *pad(struct lb_frame plain)
{
	static const uint8_t padding[LB_ENVELOPE_PAD] = { 0x80 };
	int n = (int)(LB_ENVELOPE_PAD - plain.n % LB_ENVELOPE_PAD);
	BIO *b = BIO_new(BIO_s_secmem());

	if (b && (plain.n == 0 || BIO_write(b, plain.p, (int)plain.n) == (int)plain.n) && BIO_write(b, padding, n) == n)
		return b;
	BIO_free(b);
	return NULL;
}

static lb_err write_out(CMS_ContentInfo *cms, struct lb_buf *out)
{
	int n = i2d_CMS_ContentInfo(cms, NULL);
	uint8_t *room;

	if (n <= 0)
		return LB_NO_MEMORY;
	if (n > LB_PAYLOAD_MAX)
		return LB_LIMIT;
	room = lb_buf_reserve(out, (size_t)n);
	if (!room || i2d_CMS_ContentInfo(cms, &room) != n)
		return LB_NO_MEMORY;
	lb_buf_added(out, (size_t)n);
	return LB_OK;
}

lb_err lb_envelope_seal(const struct lb_frame *certificates, unsigned n, struct lb_frame plain, struct lb_buf *out)
{
	CMS_ContentInfo *cms = NULL;
	BIO *content = NULL;
	lb_err e = LB_OK;

	if (n == 0 || n > LB_ENVELOPE_RECIPIENTS_MAX)
		return LB_NO_RECIPIENT;
	if (plain.n > LB_ENVELOPE_PLAIN_MAX)
		return LB_LIMIT;
	content = pad(plain);
	cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL);
	if (!content || !cms)
		e = LB_NO_MEMORY;
	if (e == LB_OK)
		e = add_recipients(cms, certificates, n);
	if (e == LB_OK && CMS_final(cms, content, NULL, CMS_BINARY) != 1)
		e = LB_NO_MEMORY;
	if (e == LB_OK)
		e = write_out(cms, out);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return fail(e);
}

/* AlgorithmIdentifier: aes256-GCM, a nonce of 12 bytes, a tag of 16 (a shorter one would be easier to forge). */
static bool is_cipher(struct der d)
{
	static const uint8_t oid[] = { 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2e }, tag[] = { 0x02, 0x01, MAC };
	struct der parameters, nonce;

	return der_is(&d, oid, sizeof oid) && der_take(&d, TAG_SEQUENCE, &parameters) && der_left(&d) == 0 && der_take(&parameters, TAG_OCTETS, &nonce) &&
	       der_left(&nonce) == NONCE && der_is(&parameters, tag, sizeof tag) && der_left(&parameters) == 0;
}

static bool is_content(struct der d)
{
	static const uint8_t data[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 };
	struct der cipher, encrypted;

	return der_is(&d, data, sizeof data) && der_take(&d, TAG_SEQUENCE, &cipher) && is_cipher(cipher) && der_take(&d, 0x80, &encrypted) &&
	       der_left(&d) == 0 && der_left(&encrypted) > 0 && der_left(&encrypted) % LB_ENVELOPE_PAD == 0;
}

static bool are_recipients(struct der d)
{
	struct der one;
	unsigned n = 0;

	for (; der_left(&d) > 0; n++)
		if (n == LB_ENVELOPE_RECIPIENTS_MAX || !der_take(&d, TAG_KEY_AGREEMENT, &one))
			return false;
	return n > 0;
}

/* No originatorInfo, no attributes: there is no room in which something readable could travel along. */
bool lb_envelope_is_plausible(struct lb_frame envelope)
{
	static const uint8_t oid[] = { 0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17 }, version[] = { 0x02, 0x01, 0x00 };
	struct der d = { envelope.p, envelope.p + envelope.n }, info, wrapped, body, recipients, content, mac;

	if (envelope.n == 0 || envelope.n > LB_PAYLOAD_MAX || !der_take(&d, TAG_SEQUENCE, &info) || der_left(&d) != 0)
		return false;
	if (!der_is(&info, oid, sizeof oid) || !der_take(&info, 0xa0, &wrapped) || der_left(&info) != 0)
		return false;
	if (!der_take(&wrapped, TAG_SEQUENCE, &body) || der_left(&wrapped) != 0 || !der_is(&body, version, sizeof version))
		return false;
	return der_take(&body, TAG_SET, &recipients) && are_recipients(recipients) && der_take(&body, TAG_SEQUENCE, &content) && is_content(content) &&
	       der_take(&body, TAG_OCTETS, &mac) && der_left(&mac) == MAC && der_left(&body) == 0;
}

lb_err lb_opener_add(struct lb_opener *o, const char *certificate, const char *key, char *why, size_t why_n)
{
	lb_err e = LB_LIMIT;

	if (o->n < LB_OPENER_KEYS)
		e = credential_load(certificate, key, &o->own[o->n], why, why_n);
	else
		snprintf(why, why_n, "%s: no more than %d keys are kept", key, LB_OPENER_KEYS);
	o->n += e == LB_OK;
	return e;
}

lb_err lb_opener_load(const char *certificate, const char *key, struct lb_opener **out, char *why, size_t why_n)
{
	struct lb_opener *o = calloc(1, sizeof *o);
	lb_err e = o ? lb_opener_add(o, certificate, key, why, why_n) : LB_NO_MEMORY;

	if (e == LB_OK)
		*out = o;
	else
		free(o);
	return e;
}

void lb_opener_free(struct lb_opener *o)
{
	for (unsigned i = 0; i < o->n; i++)
		credential_fini(&o->own[i]);
	free(o);
}

/* Is one of these recipients ours? */
static bool names(CMS_RecipientInfo *r, X509 *own)
{
	STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_type(r) == CMS_RECIPINFO_AGREE ? CMS_RecipientInfo_kari_get0_reks(r) : NULL;

	for (int i = 0; i < sk_CMS_RecipientEncryptedKey_num(keys); i++)
		if (CMS_RecipientEncryptedKey_cert_cmp(sk_CMS_RecipientEncryptedKey_value(keys, i), own) == 0)
			return true;
	return false;
}

static bool is_for(CMS_ContentInfo *cms, X509 *own)
{
	STACK_OF(CMS_RecipientInfo) *all = CMS_get0_RecipientInfos(cms);

	for (int i = 0; i < sk_CMS_RecipientInfo_num(all); i++)
		if (names(sk_CMS_RecipientInfo_value(all, i), own))
			return true;
	return false;
}

/* Without its padding. */
static lb_err take_content(BIO *content, struct lb_buf *out)
{
	char *p = NULL;
	long n = BIO_get_mem_data(content, &p);

	while (n > 0 && p[n - 1] == 0)
		n--;
	if (n <= 0 || (uint8_t)p[n - 1] != 0x80)
		return LB_BAD_ENVELOPE;
	return lb_buf_append(out, p, (size_t)n - 1);
}

static lb_err decrypt_with(const struct credential_pair *own, CMS_ContentInfo *cms, struct lb_buf *out)
{
	BIO *content = BIO_new(BIO_s_secmem());
	lb_err e = LB_BAD_ENVELOPE;

	if (!content)
		return LB_NO_MEMORY;
	if (CMS_decrypt_set1_pkey(cms, own->key, own->certificate) == 1 && CMS_decrypt(cms, NULL, NULL, NULL, content, CMS_BINARY) == 1)
		e = take_content(content, out);
	BIO_free(content);
	return e;
}

static lb_err decrypt(struct lb_opener *o, CMS_ContentInfo *cms, struct lb_buf *out)
{
	for (unsigned i = 0; i < o->n; i++)
		if (is_for(cms, o->own[i].certificate))
			return decrypt_with(&o->own[i], cms, out);
	return LB_NOT_A_RECIPIENT;
}

lb_err lb_envelope_open(struct lb_opener *o, struct lb_frame envelope, struct lb_buf *out)
{
	const unsigned char *p = envelope.p;
	CMS_ContentInfo *cms = lb_envelope_is_plausible(envelope) ? d2i_CMS_ContentInfo(NULL, &p, (long)envelope.n) : NULL;
	lb_err e = cms ? decrypt(o, cms, out) : LB_BAD_ENVELOPE;

	CMS_ContentInfo_free(cms);
	return fail(e);
}
