/* One TLS connection, bytes in and bytes out. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/record.h"
#include "proto/resumption.h"
#include "proto/tls.h"

/* What the handshake tells on its way of what comes after it (a server's). */
struct takeover {
	struct record_secrets secrets;
	bool has_read, has_write, has_ticket;
	uint8_t ticket[RESUMPTION_TICKET]; /* the peer's, whose session was found */
};

/* A client's link stays with OpenSSL, which takes tickets; a server's is taken over from it after the handshake. */
struct lb_link {
	struct lb_tls *tls;
	SSL *ssl;               /* NULL: taken over */
	struct record *record;  /* then this */
	struct takeover *takeover;
	struct certificate *peer; /* NULL until its certificate was found good */
	const char *suite, *group; /* NULL until the handshake is done */
	bool resumed;
	const uint8_t *in; /* borrowed: what the socket brought */
	size_t in_n;
	struct lb_buf out;
	char *expected;
};

static BIO_METHOD *method;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int bio_create(BIO *b)
{
	BIO_set_init(b, 1);
	return 1;
}

static int bio_read(BIO *b, char *p, size_t n, size_t *got)
{
	struct lb_link *l = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	if (l->in_n == 0) {
		BIO_set_retry_read(b);
		return 0;
	}
	if (n > l->in_n)
		n = l->in_n;
	memcpy(p, l->in, n);
	l->in += n;
	l->in_n -= n;
	*got = n;
	return 1;
}

static int bio_write(BIO *b, const char *p, size_t n, size_t *sent)
{
	struct lb_link *l = BIO_get_data(b);

	BIO_clear_retry_flags(b);
	if (lb_buf_append(&l->out, p, n) != LB_OK)
		return 0;
	*sent = n;
	return 1;
}

static long bio_control(BIO *b, int command, long number, void *pointer)
{
	(void)b;
	(void)number;
	(void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static void make_method(void)
{
	method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lagebus link");
	if (!method)
		return;
	BIO_meth_set_create(method, bio_create);
	BIO_meth_set_read_ex(method, bio_read);
	BIO_meth_set_write_ex(method, bio_write);
	BIO_meth_set_ctrl(method, bio_control);
}

struct certificate *link_peer_of(SSL *ssl)
{
	return ((struct lb_link *)SSL_get_app_data(ssl))->peer;
}

const char *link_expected_of(SSL *ssl)
{
	return ((struct lb_link *)SSL_get_app_data(ssl))->expected;
}

void link_take_peer(SSL *ssl, struct certificate *peer)
{
	struct lb_link *l = SSL_get_app_data(ssl);

	certificate_unref(l->peer);
	l->peer = peer;
}

void link_resume(SSL *ssl, struct certificate *peer, const uint8_t *ticket)
{
	struct takeover *t = ((struct lb_link *)SSL_get_app_data(ssl))->takeover;

	link_take_peer(ssl, peer);
	memcpy(t->ticket, ticket, sizeof t->ticket);
	t->has_ticket = true;
}

/* A line of the key log: "LABEL CLIENT-RANDOM SECRET". */
void link_take_secret(const SSL *ssl, const char *line)
{
	struct takeover *t = ((struct lb_link *)SSL_get_app_data(ssl))->takeover;
	bool reads = t && strncmp(line, "CLIENT_TRAFFIC_SECRET_0 ", 24) == 0, writes = t && strncmp(line, "SERVER_TRAFFIC_SECRET_0 ", 24) == 0;
	const char *hex = strrchr(line, ' ');
	size_t n;

	if (!reads && !writes)
		return;
	if (OPENSSL_hexstr2buf_ex(reads ? t->secrets.read : t->secrets.write, RECORD_SECRET_MAX, &n, hex + 1, '\0') != 1)
		return;
	t->has_read |= reads;
	t->has_write |= writes;
}

/* Counts the records that OpenSSL sends under the key that is ours next: its tickets. */
static void count_written(int write, int version, int type, const void *p, size_t n, SSL *ssl, void *user)
{
	struct lb_link *l = user;

	(void)version;
	(void)p;
	(void)n;
	(void)ssl;
	if (write && type == SSL3_RT_HEADER && l->takeover && l->takeover->has_write)
		l->takeover->secrets.written++;
}

static bool resume(struct lb_link *l)
{
	SSL_SESSION *s = tls_take_session(l->tls);
	bool ok = !s || SSL_set_session(l->ssl, s) == 1;

	SSL_SESSION_free(s);
	return ok;
}

static bool set_up(struct lb_link *l, const char *expect)
{
	BIO *b;

	pthread_once(&once, make_method);
	l->expected = expect ? strdup(expect) : NULL;
	l->ssl = SSL_new(tls_context(l->tls));
	b = method ? BIO_new(method) : NULL;
	if ((expect && !l->expected) || !l->ssl || !b) {
		BIO_free(b);
		return false;
	}
	BIO_set_data(b, l);
	SSL_set_bio(l->ssl, b, b);
	SSL_set_app_data(l->ssl, l);
	if (tls_side(l->tls) == LB_LINK_SERVER) {
		SSL_set_accept_state(l->ssl);
		SSL_set_msg_callback(l->ssl, count_written);
		SSL_set_msg_callback_arg(l->ssl, l);
		l->takeover = OPENSSL_zalloc(sizeof *l->takeover);
		return l->takeover;
	}
	SSL_set_connect_state(l->ssl);
	return resume(l);
}

struct lb_link *lb_link_new(struct lb_tls *tls, const char *expect)
{
	struct lb_link *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->tls = lb_tls_ref(tls);
	if (!set_up(l, expect)) {
		lb_link_free(l);
		return NULL;
	}
	return l;
}

static void forget_ssl(struct lb_link *l)
{
	/* A link that was cut off is no reason to distrust its ticket, as OpenSSL would: after a crash everyone comes back at once. */
	if (l->ssl)
		SSL_set_shutdown(l->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(l->ssl);
	l->ssl = NULL;
	OPENSSL_clear_free(l->takeover, sizeof *l->takeover);
	l->takeover = NULL;
}

void lb_link_free(struct lb_link *l)
{
	forget_ssl(l);
	if (l->record)
		record_free(l->record);
	lb_tls_unref(l->tls);
	certificate_unref(l->peer);
	lb_buf_fini(&l->out);
	free(l->expected);
	free(l);
}

void lb_link_feed(struct lb_link *l, const uint8_t *p, size_t n)
{
	l->in = p;
	l->in_n = n;
}

/* What OpenSSL's error queue says. The peer's alerts have reasons of their own. */
static lb_err reason(const struct lb_link *l, lb_err otherwise)
{
	unsigned long code = ERR_peek_error();
	long verified = SSL_get_verify_result(l->ssl);
	lb_err e = otherwise;

	if (ERR_GET_LIB(code) == ERR_LIB_SSL)
		switch (ERR_GET_REASON(code)) {
		case SSL_R_CERTIFICATE_VERIFY_FAILED:
			e = tls_error((int)verified);
			break;
		case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
		case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
			e = LB_TLS_NO_CERTIFICATE;
			break;
		case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
			e = LB_TLS_EXPIRED;
			break;
		case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
			e = LB_TLS_REVOKED;
			break;
		case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
		case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
		case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
		case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
			e = LB_TLS_UNTRUSTED;
			break;
		case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		case SSL_R_UNSUPPORTED_PROTOCOL:
		case SSL_R_WRONG_VERSION_NUMBER:
		case SSL_R_NO_PROTOCOLS_AVAILABLE:
			e = LB_TLS_VERSION;
			break;
		default:
			break;
		}
	ERR_clear_error();
	return e;
}

static lb_err outcome(struct lb_link *l, int rc, lb_err otherwise)
{
	switch (SSL_get_error(l->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return LB_AGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return LB_CLOSED;
	default:
		return reason(l, otherwise);
	}
}

/* A resumed client has verified nothing in this handshake: its session's certificate must still be good. */
static lb_err identify(struct lb_link *l)
{
	X509 *x = SSL_get0_peer_certificate(l->ssl);
	lb_err e = x ? certificate_new(x, &l->peer) : LB_TLS_NO_CERTIFICATE;

	if (e == LB_OK)
		e = tls_recheck(l->tls, l->peer);
	return e == LB_OK && l->expected && strcmp(l->peer->identity.partner, l->expected) != 0 ? LB_BAD_IDENTITY : e;
}

static void remember_handshake(struct lb_link *l)
{
	l->resumed = SSL_session_reused(l->ssl);
	if (l->resumed && l->takeover && l->takeover->has_ticket)
		resumption_forget(l->takeover->ticket);
	l->suite = SSL_get_cipher_name(l->ssl);
	l->group = SSL_group_to_name(l->ssl, (int)SSL_get_negotiated_group(l->ssl));
}

/* Nothing of the peer's may be in OpenSSL's hands any more, and the suite must be one of ours: a CCM link stays as it is. */
static lb_err take_over(struct lb_link *l)
{
	struct takeover *t = l->takeover;
	uint32_t suite = (uint32_t)SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(l->ssl));
	lb_err e;

	if ((suite != RECORD_AES_128_GCM_SHA256 && suite != RECORD_AES_256_GCM_SHA384) || !t->has_read || !t->has_write || SSL_has_pending(l->ssl))
		return LB_OK;
	t->secrets.suite = (enum record_suite)suite;
	e = record_new(&t->secrets, RECORD_KEY_LIMIT, &l->record);
	if (e == LB_OK)
		forget_ssl(l);
	return e;
}

lb_err lb_link_handshake(struct lb_link *l)
{
	lb_err e;
	int rc;

	if (l->suite)
		return LB_OK; /* done already */
	ERR_clear_error();
	rc = SSL_do_handshake(l->ssl);
	if (rc != 1)
		return outcome(l, rc, LB_TLS_HANDSHAKE);
	e = l->peer ? LB_OK : identify(l);
	if (e == LB_OK)
		remember_handshake(l);
	return e == LB_OK && l->takeover ? take_over(l) : e;
}

lb_err lb_link_read(struct lb_link *l, uint8_t *out, size_t cap, size_t *got)
{
	if (l->record)
		return record_read(l->record, &l->in, &l->in_n, out, cap, got, &l->out);
	if (SSL_read_ex(l->ssl, out, cap, got) == 1)
		return LB_OK;
	return outcome(l, 0, LB_TLS_BAD_RECORD);
}

lb_err lb_link_write(struct lb_link *l, const uint8_t *p, size_t n)
{
	size_t written;

	if (n == 0)
		return LB_OK;
	if (l->record)
		return record_write(l->record, p, n, &l->out);
	if (SSL_write_ex(l->ssl, p, n, &written) == 1)
		return LB_OK;
	ERR_clear_error();
	return LB_NO_MEMORY;
}

void lb_link_close(struct lb_link *l)
{
	/* Without memory for it the peer sees the connection end. */
	if (l->record && record_close(l->record, &l->out) != LB_OK)
		return;
	/* Before the handshake is through there is nothing to close, and OpenSSL says so in its queue. */
	if (l->ssl && !SSL_in_init(l->ssl))
		SSL_shutdown(l->ssl);
	ERR_clear_error();
}

struct lb_buf *lb_link_output(struct lb_link *l)
{
	return &l->out;
}

void lb_link_output_sent(struct lb_link *l, size_t n)
{
	lb_buf_consume(&l->out, n);
}

void lb_link_rest(struct lb_link *l)
{
	if (lb_buf_len(&l->out) == 0)
		lb_buf_fini(&l->out);
}

const struct lb_identity *lb_link_peer(const struct lb_link *l)
{
	return &l->peer->identity;
}

bool lb_link_resumed(const struct lb_link *l)
{
	return l->resumed;
}

lb_err lb_link_recheck(const struct lb_link *l, struct lb_tls *tls)
{
	return tls_recheck(tls, l->peer);
}

void lb_link_peer_certificate(const struct lb_link *l, const uint8_t **der, size_t *der_n)
{
	*der = l->peer->der;
	*der_n = l->peer->der_n;
}

void lb_link_describe(const struct lb_link *l, char *text, size_t n)
{
	snprintf(text, n, "%s %s", l->suite ? l->suite : "none", l->group ? l->group : "unknown");
}
