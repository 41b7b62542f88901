/* The shared TLS settings: what is offered, whom we trust, and what we have verified already. */
#include "proto/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/certificate.h"
#include "proto/resumption.h"

/* BSI TR-02102-2: suites and groups; no X25519, no ChaCha20. */
#define SUITES "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_AES_128_CCM_SHA256"
#define HYBRID_GROUPS "SecP256r1MLKEM768:SecP384r1MLKEM1024"
#define GROUPS "P-256:P-384:P-521"
#define BRAINPOOL "brainpoolP256r1tls13:brainpoolP384r1tls13:brainpoolP512r1tls13"
#define SIGNATURES "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512"
#define RSA_BITS_MIN 3072

#define VERIFIED_SLOTS 8192    /* certificates remembered as verified; a power of two */
#define VERIFIED_S 60          /* for how long: a CRL's own end is noticed this much later */

static const unsigned char ID_CONTEXT[] = "lagebus";

struct verified {
	uint8_t digest[32];
	time_t until;
};

struct lb_tls {
	atomic_uint refs;
	enum lb_link_side side;
	SSL_CTX *context;
	struct lb_identity identity;
	pthread_mutex_t lock; /* over what follows */
	struct verified *verified;
	SSL_SESSION *session;
	bool resume;
};

static int tls_index;
static bool prepared;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void)
{
	tls_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	prepared = tls_index >= 0;
}

SSL_CTX *tls_context(struct lb_tls *tls)
{
	return tls->context;
}

enum lb_link_side tls_side(const struct lb_tls *tls)
{
	return tls->side;
}

lb_err tls_error(int x509_error)
{
	switch (x509_error) {
	case X509_V_OK:
		return LB_OK;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return LB_TLS_EXPIRED;
	case X509_V_ERR_CERT_REVOKED:
		return LB_TLS_REVOKED;
	case X509_V_ERR_APPLICATION_VERIFICATION:
		return LB_BAD_IDENTITY;
	default:
		return LB_TLS_UNTRUSTED;
	}
}

static struct verified *slot_of(struct lb_tls *tls, const uint8_t digest[32])
{
	uint32_t h;

	memcpy(&h, digest, sizeof h);
	return &tls->verified[h % VERIFIED_SLOTS];
}

static bool is_verified(struct lb_tls *tls, const uint8_t digest[32], time_t now)
{
	struct verified *v = slot_of(tls, digest);
	bool yes;

	pthread_mutex_lock(&tls->lock);
	yes = v->until > now && memcmp(v->digest, digest, sizeof v->digest) == 0;
	pthread_mutex_unlock(&tls->lock);
	return yes;
}

static void remember_verified(struct lb_tls *tls, const uint8_t digest[32], time_t now, const X509 *leaf)
{
	struct verified *v = slot_of(tls, digest);
	time_t until = now + VERIFIED_S;

	/* Never past its own end. */
	if (X509_cmp_time(X509_get0_notAfter(leaf), &until) <= 0)
		return;
	pthread_mutex_lock(&tls->lock);
	memcpy(v->digest, digest, sizeof v->digest);
	v->until = until;
	pthread_mutex_unlock(&tls->lock);
}

static bool key_is_strong(const X509 *leaf)
{
	const EVP_PKEY *key = X509_get0_pubkey(leaf);

	return key && (!EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) >= RSA_BITS_MIN);
}

X509_STORE_CTX *tls_begin_verification(struct lb_tls *tls, X509 *leaf, STACK_OF(X509) *untrusted, const char *use)
{
	X509_STORE_CTX *c = X509_STORE_CTX_new();

	if (c && X509_STORE_CTX_init(c, SSL_CTX_get_cert_store(tls->context), leaf, untrusted) == 1 && X509_STORE_CTX_set_default(c, use) == 1)
		return c;
	X509_STORE_CTX_free(c);
	return NULL;
}

int tls_verify_chain(X509_STORE_CTX *c)
{
	if (X509_verify_cert(c) != 1)
		return X509_STORE_CTX_get_error(c);
	return key_is_strong(X509_STORE_CTX_get0_cert(c)) ? X509_V_OK : X509_V_ERR_EE_KEY_TOO_SMALL;
}

bool tls_is_ours(const struct lb_tls *tls, const struct certificate *c)
{
	return c && strcmp(c->identity.trust_domain, tls->identity.trust_domain) == 0;
}

/* Is it a peer of ours? X509_V_OK, or why not. `c` is what we keep of the leaf; NULL: it has no identity. */
static int check(struct lb_tls *tls, const struct certificate *c, X509 *leaf, STACK_OF(X509) *untrusted)
{
	time_t now = time(NULL);

	if (!c || !is_verified(tls, c->digest, now)) {
		X509_STORE_CTX *v = tls_begin_verification(tls, leaf, untrusted, tls->side == LB_LINK_SERVER ? "ssl_client" : "ssl_server");
		int error = v ? tls_verify_chain(v) : X509_V_ERR_OUT_OF_MEM;

		X509_STORE_CTX_free(v);
		if (error != X509_V_OK)
			return error;
		if (c)
			remember_verified(tls, c->digest, now, leaf);
	}
	return tls_is_ours(tls, c) ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION;
}

lb_err tls_recheck(struct lb_tls *tls, const struct certificate *peer)
{
	X509 *x = NULL;
	lb_err e = LB_OK;

	if (!is_verified(tls, peer->digest, time(NULL))) {
		x = certificate_decode(peer);
		e = x ? tls_error(check(tls, peer, x, NULL)) : LB_NO_MEMORY;
		X509_free(x);
		ERR_clear_error();
	}
	return e;
}

/* OpenSSL asks this instead of verifying itself. */
static int verify_peer(X509_STORE_CTX *c, void *user)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(c, SSL_get_ex_data_X509_STORE_CTX_idx());
	X509 *leaf = X509_STORE_CTX_get0_cert(c);
	const char *expected = link_expected_of(ssl);
	struct certificate *peer = NULL;
	int error = X509_V_ERR_OUT_OF_MEM;

	if (certificate_new(leaf, &peer) != LB_NO_MEMORY)
		error = check(user, peer, leaf, X509_STORE_CTX_get0_untrusted(c));
	if (error == X509_V_OK && expected && strcmp(peer->identity.partner, expected) != 0)
		error = X509_V_ERR_APPLICATION_VERIFICATION;
	if (error == X509_V_OK)
		link_take_peer(ssl, peer);
	else
		certificate_unref(peer);
	X509_STORE_CTX_set_error(c, error);
	return error == X509_V_OK;
}

/* OpenSSL has sent a ticket: `session` is what it stands for. */
static int keep_resumption(SSL *ssl, SSL_SESSION *session)
{
	struct resumption r = { .suite = SSL_SESSION_get0_cipher(session), .begun = SSL_SESSION_get_time(session), .peer = link_peer_of(ssl) };
	unsigned n = 0;
	const unsigned char *ticket = SSL_SESSION_get_id(session, &n);

	if (r.peer && n == sizeof r.ticket && SSL_SESSION_get_master_key(session, NULL, 0) <= sizeof r.secret) {
		memcpy(r.ticket, ticket, n);
		r.secret_n = (uint8_t)SSL_SESSION_get_master_key(session, r.secret, sizeof r.secret);
		resumption_keep(&r);
	}
	OPENSSL_cleanse(&r, sizeof r);
	return 0; /* we keep no reference to it */
}

static SSL_SESSION *make_session(const struct resumption *r)
{
	SSL_SESSION *s = SSL_SESSION_new();

	if (s && SSL_SESSION_set1_id(s, r->ticket, sizeof r->ticket) == 1 && SSL_SESSION_set1_id_context(s, ID_CONTEXT, sizeof ID_CONTEXT - 1) == 1 &&
	    SSL_SESSION_set1_master_key(s, r->secret, r->secret_n) == 1 && SSL_SESSION_set_cipher(s, r->suite) == 1 &&
	    SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION) == 1 && SSL_SESSION_set_time(s, r->begun) == r->begun &&
	    SSL_SESSION_set_timeout(s, RESUMPTION_S) == 1)
		return s;
	SSL_SESSION_free(s);
	return NULL;
}

/* The certificate of a session must be as good as in a full handshake: if it is not, there is one, and it says why. */
static SSL_SESSION *find_session(SSL *ssl, const unsigned char *ticket, int n, int *copy)
{
	struct lb_tls *tls = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tls_index);
	SSL_SESSION *s = NULL;
	struct resumption r;

	*copy = 0;
	if (n != RESUMPTION_TICKET || !resumption_find(ticket, time(NULL), &r))
		return NULL;
	if (tls_recheck(tls, r.peer) == LB_OK)
		s = make_session(&r);
	if (s)
		link_resume(ssl, r.peer, ticket);
	else
		certificate_unref(r.peer);
	OPENSSL_cleanse(&r, sizeof r);
	return s;
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct lb_tls *tls = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), tls_index);

	bool kept;

	pthread_mutex_lock(&tls->lock);
	kept = tls->resume;
	if (kept) {
		SSL_SESSION_free(tls->session);
		tls->session = session;
	}
	pthread_mutex_unlock(&tls->lock);
	return kept;
}

SSL_SESSION *tls_take_session(struct lb_tls *tls)
{
	SSL_SESSION *s;

	pthread_mutex_lock(&tls->lock);
	s = tls->resume ? tls->session : NULL;
	if (s)
		tls->session = NULL; /* a ticket is used once (RFC 8446, C.4) */
	pthread_mutex_unlock(&tls->lock);
	return s;
}

void lb_tls_set_resumption(struct lb_tls *tls, bool on)
{
	pthread_mutex_lock(&tls->lock);
	tls->resume = on;
	pthread_mutex_unlock(&tls->lock);
}

static lb_err fail(char *why, size_t why_n, const char *what, const char *file, const char *todo)
{
	unsigned long code = ERR_peek_last_error();
	char text[160] = "";

	if (code)
		ERR_error_string_n(code, text, sizeof text);
	snprintf(why, why_n, "%s%s%s%s%s%s%s", file ? file : "", file ? ": " : "", what, text[0] ? " (" : "", text, text[0] ? ")" : "", todo);
	ERR_clear_error();
	return LB_CONFIG;
}

static lb_err offer(struct lb_tls *tls, bool require_hybrid, char *why, size_t why_n)
{
	SSL_CTX *c = tls->context;
	bool hybrid = SSL_CTX_set1_groups_list(c, HYBRID_GROUPS) == 1;

	if (require_hybrid && !hybrid)
		return fail(why, why_n, "require_hybrid is set, and this OpenSSL has no ML-KEM groups", NULL, "; use OpenSSL 3.5 or later, or unset it");
	if (!require_hybrid && (!hybrid || SSL_CTX_set1_groups_list(c, HYBRID_GROUPS ":" GROUPS ":" BRAINPOOL) != 1) &&
	    SSL_CTX_set1_groups_list(c, GROUPS ":" BRAINPOOL) != 1 && SSL_CTX_set1_groups_list(c, GROUPS) != 1)
		return fail(why, why_n, "this OpenSSL does not have the NIST curves", NULL, "");
	ERR_clear_error();
	if (SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) != 1 || SSL_CTX_set_max_proto_version(c, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_ciphersuites(c, SUITES) != 1 || SSL_CTX_set1_sigalgs_list(c, SIGNATURES) != 1)
		return fail(why, why_n, "this OpenSSL does not have TLS 1.3 as it is needed", NULL, "");
	return LB_OK;
}

static lb_err load_own(struct lb_tls *tls, const struct lb_tls_files *f, char *why, size_t why_n)
{
	SSL_CTX *c = tls->context;

	if (SSL_CTX_use_certificate_chain_file(c, f->certificate) != 1)
		return fail(why, why_n, "the certificate cannot be read", f->certificate, "; it must be PEM, the leaf first");
	SSL_CTX_set_default_passwd_cb_userdata(c, (void *)""); /* nobody is asked for one */
	if (SSL_CTX_use_PrivateKey_file(c, f->key, SSL_FILETYPE_PEM) != 1)
		return fail(why, why_n, "the private key cannot be read, or is not the certificate's", f->key, "; it must be PEM without a passphrase");
	if (SSL_CTX_check_private_key(c) != 1)
		return fail(why, why_n, "the private key does not belong to the certificate", f->key, "");
	if (certificate_identity(SSL_CTX_get0_certificate(c), &tls->identity) != LB_OK)
		return fail(why, why_n, "the certificate has no SPIFFE ID in its subject alternative name", f->certificate, "; issue one with `lagebus ca issue`");
	return LB_OK;
}

static lb_err load_crl(X509_STORE *store, const char *file, char *why, size_t why_n)
{
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());

	if (!lookup || X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) < 1)
		return fail(why, why_n, "the revocation list cannot be read", file, "; make one with `lagebus ca crl`");
	X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return LB_OK;
}

static lb_err load_trust(struct lb_tls *tls, const struct lb_tls_files *f, char *why, size_t why_n)
{
	if (SSL_CTX_load_verify_file(tls->context, f->ca) != 1)
		return fail(why, why_n, "the CA's certificates cannot be read", f->ca, "");
	return f->crl && f->crl[0] ? load_crl(SSL_CTX_get_cert_store(tls->context), f->crl, why, why_n) : LB_OK;
}

static void set_behaviour(struct lb_tls *tls)
{
	SSL_CTX *c = tls->context;

	SSL_CTX_set_ex_data(c, tls_index, tls);
	SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(c, verify_peer, tls);
	SSL_CTX_set_max_early_data(c, 0);
	if (tls->side == LB_LINK_SERVER) {
		SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR);
		SSL_CTX_set_options(c, SSL_OP_NO_TICKET); /* for TLS 1.3: a ticket is an id */
		SSL_CTX_set_num_tickets(c, 1);
		SSL_CTX_set_timeout(c, RESUMPTION_S);
		SSL_CTX_set_session_id_context(c, ID_CONTEXT, sizeof ID_CONTEXT - 1);
		SSL_CTX_sess_set_new_cb(c, keep_resumption);
		SSL_CTX_sess_set_get_cb(c, find_session);
		SSL_CTX_set_keylog_callback(c, link_take_secret);
	} else {
		SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
		SSL_CTX_sess_set_new_cb(c, keep_session);
	}
}

lb_err lb_tls_load(enum lb_link_side side, const struct lb_tls_files *files, struct lb_tls **out, char *why, size_t why_n)
{
	struct lb_tls *tls = calloc(1, sizeof *tls);
	lb_err e = LB_NO_MEMORY;

	snprintf(why, why_n, "%s", lb_err_text(LB_NO_MEMORY));
	if (!tls)
		return LB_NO_MEMORY;
	pthread_once(&once, prepare);
	pthread_mutex_init(&tls->lock, NULL);
	atomic_init(&tls->refs, 1);
	tls->side = side;
	tls->resume = true;
	tls->verified = calloc(VERIFIED_SLOTS, sizeof *tls->verified);
	tls->context = prepared ? SSL_CTX_new(side == LB_LINK_SERVER ? TLS_server_method() : TLS_client_method()) : NULL;
	if (tls->verified && tls->context)
		e = offer(tls, files->require_hybrid, why, why_n);
	if (e == LB_OK)
		e = load_own(tls, files, why, why_n);
	if (e == LB_OK)
		e = load_trust(tls, files, why, why_n);
	if (e != LB_OK) {
		lb_tls_unref(tls);
		return e;
	}
	set_behaviour(tls);
	*out = tls;
	return LB_OK;
}

struct lb_tls *lb_tls_ref(struct lb_tls *tls)
{
	atomic_fetch_add_explicit(&tls->refs, 1, memory_order_relaxed);
	return tls;
}

void lb_tls_unref(struct lb_tls *tls)
{
	if (atomic_fetch_sub_explicit(&tls->refs, 1, memory_order_acq_rel) != 1)
		return;
	SSL_SESSION_free(tls->session);
	SSL_CTX_free(tls->context);
	pthread_mutex_destroy(&tls->lock);
	free(tls->verified);
	free(tls);
}

const struct lb_identity *lb_tls_identity(const struct lb_tls *tls)
{
	return &tls->identity;
}

int64_t lb_tls_expires_ms(const struct lb_tls *tls)
{
	int64_t from, until;

	return certificate_times(SSL_CTX_get0_certificate(tls->context), &from, &until) ? until : 0;
}

bool lb_tls_is_valid_at(const struct lb_tls *tls, int64_t at_ms)
{
	int64_t from, until;

	return certificate_times(SSL_CTX_get0_certificate(tls->context), &from, &until) && at_ms >= from && at_ms <= until;
}
