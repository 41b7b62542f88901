/* TLS 1.3 record protection. Section numbers are RFC 8446's. */
#include "proto/record.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define HEADER 5
#define TAG 16
#define IV 12
#define PLAIN_MAX 16384              /* 5.1 */
#define CIPHER_MAX (PLAIN_MAX + 256) /* 5.2 */
#define QUIET_MAX 32                 /* records in a row that bring no data: empty ones, KeyUpdates */
#define KEY_UPDATE 24                /* handshake type */
#define KEY_UPDATE_SIZE 5

enum content { ALERT = 21, HANDSHAKE = 22, APPLICATION_DATA = 23 };
enum alert { CLOSE_NOTIFY = 0, UNEXPECTED_MESSAGE = 10, BAD_RECORD_MAC = 20, RECORD_OVERFLOW = 22, ILLEGAL_PARAMETER = 47, DECODE_ERROR = 50, INTERNAL_ERROR = 80 };

/* One way of the connection. */
struct way {
	EVP_CIPHER_CTX *cipher;
	uint8_t secret[RECORD_SECRET_MAX], iv[IV];
	uint64_t sequence;
};

struct record {
	struct way reads, writes;
	uint64_t key_limit;
	uint8_t secret_n, key_n;
	uint8_t quiet; /* records in a row without data */
	bool ended;    /* an alert of ours was the last record */
	struct lb_buf partial; /* an incomplete record */
	struct lb_buf held;    /* plaintext that had no room */
};

static EVP_KDF *kdf;
static EVP_CIPHER *aes_128, *aes_256;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Fetched once: a fetch takes locks that all threads share. */
static void fetch(void)
{
	kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_TLS1_3_KDF, NULL);
	aes_128 = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	aes_256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

/* HKDF-Expand-Label(secret, label, "", n) (7.1). */
static bool expand(const struct record *r, const uint8_t *secret, const char *label, uint8_t *out, size_t n)
{
	EVP_KDF_CTX *c = EVP_KDF_CTX_new(kdf);
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	const OSSL_PARAM params[] = {
		OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, r->secret_n == 32 ? "SHA256" : "SHA384", 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, r->secret_n),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_PREFIX, "tls13 ", 6),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_LABEL, (void *)label, strlen(label)),
		OSSL_PARAM_END,
	};
	bool ok = c && EVP_KDF_derive(c, out, n, params) == 1;

	EVP_KDF_CTX_free(c);
	return ok;
}

/* The keys of a secret (7.3). */
static bool set_keys(const struct record *r, struct way *w, bool encrypt)
{
	uint8_t key[32];
	bool ok = expand(r, w->secret, "key", key, r->key_n) && expand(r, w->secret, "iv", w->iv, sizeof w->iv) &&
	          EVP_CipherInit_ex(w->cipher, r->key_n == 16 ? aes_128 : aes_256, NULL, key, NULL, encrypt) == 1;

	OPENSSL_cleanse(key, sizeof key);
	w->sequence = 0;
	return ok;
}

/* The next generation (7.2). */
static bool update_keys(const struct record *r, struct way *w, bool encrypt)
{
	uint8_t next[RECORD_SECRET_MAX];
	bool ok = expand(r, w->secret, "traffic upd", next, r->secret_n);

	if (ok)
		memcpy(w->secret, next, r->secret_n);
	OPENSSL_cleanse(next, sizeof next);
	return ok && set_keys(r, w, encrypt);
}

lb_err record_new(const struct record_secrets *s, uint64_t key_limit, struct record **out)
{
	struct record *r = calloc(1, sizeof *r);

	pthread_once(&once, fetch);
	if (!r)
		return LB_NO_MEMORY;
	r->key_limit = key_limit;
	r->key_n = s->suite == RECORD_AES_128_GCM_SHA256 ? 16 : 32;
	r->secret_n = s->suite == RECORD_AES_128_GCM_SHA256 ? 32 : 48;
	memcpy(r->reads.secret, s->read, r->secret_n);
	memcpy(r->writes.secret, s->write, r->secret_n);
	r->reads.cipher = EVP_CIPHER_CTX_new();
	r->writes.cipher = EVP_CIPHER_CTX_new();
	if (!kdf || !aes_128 || !aes_256 || !r->reads.cipher || !r->writes.cipher || !set_keys(r, &r->reads, false) || !set_keys(r, &r->writes, true)) {
		record_free(r);
		return LB_NO_MEMORY;
	}
	r->writes.sequence = s->written;
	*out = r;
	return LB_OK;
}

void record_free(struct record *r)
{
	EVP_CIPHER_CTX_free(r->reads.cipher);
	EVP_CIPHER_CTX_free(r->writes.cipher);
	lb_buf_fini(&r->partial);
	lb_buf_fini(&r->held);
	OPENSSL_cleanse(r, sizeof *r);
	free(r);
}

/* The per-record nonce (5.3); then the header as additional data (5.2). */
static bool begin(struct way *w, const uint8_t header[HEADER])
{
	uint8_t nonce[IV];
	int n;

	memcpy(nonce, w->iv, IV);
	for (unsigned i = 0; i < 8; i++)
		nonce[IV - 1 - i] ^= (uint8_t)(w->sequence >> (8 * i));
	w->sequence++;
	return EVP_CipherInit_ex(w->cipher, NULL, NULL, NULL, nonce, -1) == 1 && EVP_CipherUpdate(w->cipher, NULL, &n, header, HEADER) == 1;
}

static lb_err seal(struct way *w, uint8_t type, const uint8_t *p, size_t n, struct lb_buf *out)
{
	size_t body = n + 1 + TAG;
	uint8_t *room = lb_buf_reserve(out, HEADER + body);
	int got, last, end;

	if (!room)
		return LB_NO_MEMORY;
	memcpy(room, (uint8_t[HEADER]){ APPLICATION_DATA, 3, 3, (uint8_t)(body >> 8), (uint8_t)body }, HEADER);
	if (!begin(w, room) || EVP_CipherUpdate(w->cipher, room + HEADER, &got, p, (int)n) != 1 ||
	    EVP_CipherUpdate(w->cipher, room + HEADER + got, &last, &type, 1) != 1 ||
	    EVP_CipherFinal_ex(w->cipher, room + HEADER + got + last, &end) != 1 ||
	    EVP_CIPHER_CTX_ctrl(w->cipher, EVP_CTRL_AEAD_GET_TAG, TAG, room + HEADER + n + 1) != 1)
		return LB_NO_MEMORY;
	lb_buf_added(out, HEADER + body);
	return LB_OK;
}

static lb_err update_ours(struct record *r, struct lb_buf *out)
{
	lb_err e = seal(&r->writes, HANDSHAKE, (const uint8_t[KEY_UPDATE_SIZE]){ KEY_UPDATE, 0, 0, 1, 0 }, KEY_UPDATE_SIZE, out);

	return e == LB_OK && !update_keys(r, &r->writes, true) ? LB_NO_MEMORY : e;
}

lb_err record_write(struct record *r, const uint8_t *p, size_t n, struct lb_buf *out)
{
	lb_err e = LB_OK;

	for (size_t at = 0, part; !r->ended && e == LB_OK && at < n; at += part) {
		part = n - at < PLAIN_MAX ? n - at : PLAIN_MAX;
		if (r->writes.sequence >= r->key_limit)
			e = update_ours(r, out);
		if (e == LB_OK)
			e = seal(&r->writes, APPLICATION_DATA, p + at, part, out);
	}
	return e;
}

static lb_err end(struct record *r, enum alert alert, struct lb_buf *out)
{
	const uint8_t body[] = { alert == CLOSE_NOTIFY ? 1 : 2, (uint8_t)alert };

	if (r->ended)
		return LB_OK;
	r->ended = true;
	return seal(&r->writes, ALERT, body, sizeof body, out);
}

lb_err record_close(struct record *r, struct lb_buf *out)
{
	return end(r, CLOSE_NOTIFY, out);
}

static lb_err refuse(struct record *r, enum alert alert, struct lb_buf *out)
{
	return end(r, alert, out) == LB_OK ? LB_TLS_BAD_RECORD : LB_NO_MEMORY;
}

static size_t whole_size(const uint8_t header[HEADER])
{
	return HEADER + ((size_t)header[3] << 8 | header[4]);
}

/* What a header says must be so before room is made for it. LB_OK or an alert. */
static lb_err check_header(struct record *r, const uint8_t *h, struct lb_buf *out)
{
	size_t body = whole_size(h) - HEADER;

	if (h[0] != APPLICATION_DATA)
		return refuse(r, UNEXPECTED_MESSAGE, out);
	if (body > CIPHER_MAX)
		return refuse(r, RECORD_OVERFLOW, out);
	return body < 1 + TAG ? refuse(r, BAD_RECORD_MAC, out) : LB_OK;
}

static lb_err gather(struct record *r, size_t wanted, const uint8_t **in, size_t *in_n)
{
	size_t n = wanted - lb_buf_len(&r->partial), part = n < *in_n ? n : *in_n;
	lb_err e = lb_buf_append(&r->partial, *in, part);

	*in += part;
	*in_n -= part;
	return e != LB_OK ? e : part == n ? LB_OK : LB_AGAIN;
}

/* The next whole record, in the input or put together in r->partial. */
static lb_err next_record(struct record *r, const uint8_t **in, size_t *in_n, const uint8_t **whole, struct lb_buf *out)
{
	lb_err e = LB_OK;

	if (lb_buf_len(&r->partial) == 0 && *in_n >= HEADER) {
		e = check_header(r, *in, out);
		if (e == LB_OK && whole_size(*in) <= *in_n) {
			*whole = *in;
			*in += whole_size(*whole);
			*in_n -= whole_size(*whole);
			return LB_OK;
		}
	}
	if (e == LB_OK && lb_buf_len(&r->partial) < HEADER) {
		e = *in_n > 0 ? gather(r, HEADER, in, in_n) : LB_AGAIN;
		if (e == LB_OK)
			e = check_header(r, lb_buf_data(&r->partial), out);
	}
	if (e == LB_OK)
		e = gather(r, whole_size(lb_buf_data(&r->partial)), in, in_n);
	if (e == LB_OK)
		*whole = lb_buf_data(&r->partial);
	return e;
}

/* Opens a record into p, which has room for its body. *n is without type and padding. */
static bool open_record(struct way *w, const uint8_t *whole, uint8_t *p, size_t *n, uint8_t *type)
{
	size_t body = whole_size(whole) - HEADER - TAG;
	int got, end;

	if (!begin(w, whole) || EVP_CipherUpdate(w->cipher, p, &got, whole + HEADER, (int)body) != 1 ||
	    EVP_CIPHER_CTX_ctrl(w->cipher, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)(whole + HEADER + body)) != 1 ||
	    EVP_CipherFinal_ex(w->cipher, p + got, &end) != 1)
		return false;
	while (body > 0 && p[body - 1] == 0)
		body--;
	*type = body > 0 ? p[body - 1] : 0;
	*n = body > 0 ? body - 1 : 0;
	return true;
}

/* After its handshake a client may only update its keys (4.6.3). */
static lb_err on_handshake(struct record *r, const uint8_t *p, size_t n, struct lb_buf *out)
{
	if (n != KEY_UPDATE_SIZE || memcmp(p, (const uint8_t[]){ KEY_UPDATE, 0, 0, 1 }, 4) != 0)
		return refuse(r, UNEXPECTED_MESSAGE, out);
	if (p[4] > 1)
		return refuse(r, ILLEGAL_PARAMETER, out);
	if (!update_keys(r, &r->reads, false))
		return refuse(r, INTERNAL_ERROR, out);
	return p[4] == 1 && !r->ended ? update_ours(r, out) : LB_OK;
}

/* LB_OK: there is data of n bytes, or none and it goes on. */
static lb_err on_record(struct record *r, uint8_t type, const uint8_t *p, size_t n, struct lb_buf *out)
{
	lb_err e = LB_OK;

	if (type == APPLICATION_DATA && n > 0) {
		r->quiet = 0;
		return n > PLAIN_MAX ? refuse(r, RECORD_OVERFLOW, out) : LB_OK;
	}
	if (type == ALERT)
		return n == 2 ? LB_CLOSED : refuse(r, DECODE_ERROR, out);
	if (type == HANDSHAKE)
		e = on_handshake(r, p, n, out);
	else if (type != APPLICATION_DATA)
		e = refuse(r, UNEXPECTED_MESSAGE, out);
	return e == LB_OK && ++r->quiet > QUIET_MAX ? refuse(r, UNEXPECTED_MESSAGE, out) : e;
}

static size_t give_held(struct record *r, uint8_t *plain, size_t cap)
{
	size_t n = lb_buf_len(&r->held) < cap ? lb_buf_len(&r->held) : cap;

	if (n == 0)
		return 0;
	memcpy(plain, lb_buf_data(&r->held), n);
	lb_buf_consume(&r->held, n);
	if (lb_buf_len(&r->held) == 0)
		lb_buf_fini(&r->held);
	return n;
}

/* One record. LB_OK with *got == 0: it brought no data. */
static lb_err read_one(struct record *r, const uint8_t *whole, uint8_t *plain, size_t cap, size_t *got, struct lb_buf *out)
{
	size_t size = whole_size(whole) - HEADER - TAG, n;
	bool fits = size <= cap;
	uint8_t *p = fits ? plain : lb_buf_reserve(&r->held, size), type;
	lb_err e;

	*got = 0;
	if (!p)
		return LB_NO_MEMORY;
	if (!open_record(&r->reads, whole, p, &n, &type))
		return refuse(r, BAD_RECORD_MAC, out);
	e = on_record(r, type, p, n, out);
	if (e != LB_OK || type != APPLICATION_DATA)
		return e;
	if (fits)
		*got = n;
	else
		lb_buf_added(&r->held, n);
	return LB_OK;
}

lb_err record_read(struct record *r, const uint8_t **in, size_t *in_n, uint8_t *plain, size_t cap, size_t *got, struct lb_buf *out)
{
	*got = give_held(r, plain, cap);
	while (*got == 0) {
		const uint8_t *whole;
		lb_err e = next_record(r, in, in_n, &whole, out);

		if (e == LB_OK)
			e = read_one(r, whole, plain, cap, got, out);
		if (e != LB_OK)
			return e;
		lb_buf_fini(&r->partial);
		if (*got == 0)
			*got = give_held(r, plain, cap);
	}
	return LB_OK;
}
