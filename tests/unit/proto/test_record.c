/* Record protection: RFC 8448's bytes, every size both ways, key updates against OpenSSL, and everything a peer may get wrong. */
#include "tests/kit/unit.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "proto/record.c" /* a peer that holds the keys can seal anything */
#include "tests/unit/proto/pair.h"

/* RFC 8448, 3: "Simple 1-RTT Handshake". */
static const uint8_t client_secret[32] = {
	0x9e, 0x40, 0x64, 0x6c, 0xe7, 0x9a, 0x7f, 0x9d, 0xc0, 0x5a, 0xf8, 0x88, 0x9b, 0xce, 0x65, 0x52,
	0x87, 0x5a, 0xfa, 0x0b, 0x06, 0xdf, 0x00, 0x87, 0xf7, 0x92, 0xeb, 0xb7, 0xc1, 0x75, 0x04, 0xa5,
};
static const uint8_t client_record[] = {
	0x17, 0x03, 0x03, 0x00, 0x43, 0xa2, 0x3f, 0x70, 0x54, 0xb6, 0x2c, 0x94, 0xd0, 0xaf, 0xfa, 0xfe, 0x82, 0x28, 0xba, 0x55, 0xcb, 0xef, 0xac, 0xea,
	0x42, 0xf9, 0x14, 0xaa, 0x66, 0xbc, 0xab, 0x3f, 0x2b, 0x98, 0x19, 0xa8, 0xa5, 0xb4, 0x6b, 0x39, 0x5b, 0xd5, 0x4a, 0x9a, 0x20, 0x44, 0x1e, 0x2b,
	0x62, 0x97, 0x4e, 0x1f, 0x5a, 0x62, 0x92, 0xa2, 0x97, 0x70, 0x14, 0xbd, 0x1e, 0x3d, 0xea, 0xe6, 0x3a, 0xee, 0xbb, 0x21, 0x69, 0x49, 0x15, 0xe4,
};
static const uint8_t client_close[] = {
	0x17, 0x03, 0x03, 0x00, 0x13, 0xc9, 0x87, 0x27, 0x60, 0x65, 0x56, 0x66, 0xb7, 0x4d, 0x7f, 0xf1, 0x15, 0x3e, 0xfd, 0x6d, 0xb6, 0xd0, 0xb0, 0xe3,
};

static struct record *make(enum record_suite suite, uint8_t reads, uint8_t writes, uint64_t limit)
{
	struct record_secrets s = { .suite = suite };
	struct record *r;

	memset(s.read, reads, sizeof s.read);
	memset(s.write, writes, sizeof s.write);
	assert_int_equal(record_new(&s, limit, &r), LB_OK);
	return r;
}

/* Feeds everything in `wire` to r, `step` bytes at a time, and appends what it gives to plain, read `cap` at a time. */
static lb_err take(struct record *r, struct lb_buf *wire, size_t step, size_t cap, struct lb_buf *plain, struct lb_buf *answer)
{
	static uint8_t bytes[40000];
	lb_err e = LB_AGAIN;

	while (e == LB_AGAIN && lb_buf_len(wire) > 0) {
		size_t n = lb_buf_len(wire) < step ? lb_buf_len(wire) : step, left = n, got;
		const uint8_t *p = lb_buf_data(wire);

		while ((e = record_read(r, &p, &left, bytes, cap, &got, answer)) == LB_OK) {
			assert_in_range(got, 1, cap);
			assert_int_equal(lb_buf_append(plain, bytes, got), LB_OK);
		}
		if (e == LB_AGAIN)
			assert_int_equal(left, 0);
		lb_buf_consume(wire, n);
	}
	return e;
}

static void the_rfc_s_records_are_ours(void **state)
{
	struct record_secrets secrets = { .suite = RECORD_AES_128_GCM_SHA256 };
	struct lb_buf wire = LB_BUF_INIT, plain = LB_BUF_INIT, answer = LB_BUF_INIT;
	uint8_t expected[50];
	struct record *r;

	(void)state;
	for (unsigned i = 0; i < sizeof expected; i++)
		expected[i] = (uint8_t)i;
	memcpy(secrets.read, client_secret, sizeof client_secret);
	memcpy(secrets.write, client_secret, sizeof client_secret);
	assert_int_equal(record_new(&secrets, RECORD_KEY_LIMIT, &r), LB_OK);
	assert_int_equal(record_write(r, expected, sizeof expected, &wire), LB_OK);
	assert_int_equal(record_close(r, &wire), LB_OK);
	assert_int_equal(lb_buf_len(&wire), sizeof client_record + sizeof client_close);
	assert_memory_equal(lb_buf_data(&wire), client_record, sizeof client_record);
	assert_memory_equal(lb_buf_data(&wire) + sizeof client_record, client_close, sizeof client_close);
	assert_int_equal(take(r, &wire, 1, 100, &plain, &answer), LB_CLOSED);
	assert_int_equal(lb_buf_len(&plain), sizeof expected);
	assert_memory_equal(lb_buf_data(&plain), expected, sizeof expected);
	lb_buf_fini(&wire);
	lb_buf_fini(&plain);
	record_free(r);
}

/* 100,000 bytes in pieces of every kind, through keys that are updated every third record. */
static void assert_passes(enum record_suite suite, size_t piece, size_t step, size_t cap)
{
	struct record *a = make(suite, 1, 2, 3), *b = make(suite, 2, 1, 3);
	struct lb_buf wire = LB_BUF_INIT, plain = LB_BUF_INIT, answer = LB_BUF_INIT;
	static uint8_t data[100000];

	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t at = 0; at < sizeof data; at += piece)
		assert_int_equal(record_write(a, data + at, piece < sizeof data - at ? piece : sizeof data - at, &wire), LB_OK);
	assert_int_equal(take(b, &wire, step, cap, &plain, &answer), LB_AGAIN);
	assert_int_equal(lb_buf_len(&plain), sizeof data);
	assert_memory_equal(lb_buf_data(&plain), data, sizeof data);
	assert_int_equal(lb_buf_len(&answer), 0);
	lb_buf_fini(&wire);
	lb_buf_fini(&plain);
	record_free(a);
	record_free(b);
}

static void any_size_in_any_pieces_passes(void **state)
{
	static const size_t pieces[] = { 1000, 16384, 16385, 100000 }, steps[] = { 1, 3, 16405, SIZE_MAX }, caps[] = { 1, 1000, 40000 };

	(void)state;
	for (unsigned p = 0; p < 4; p++)
		for (unsigned s = 0; s < 4; s++)
			for (unsigned c = 0; c < 3; c++)
				assert_passes((p + s + c) % 2 ? RECORD_AES_128_GCM_SHA256 : RECORD_AES_256_GCM_SHA384, pieces[p], steps[s], caps[c]);
}

/* The alert in the answer, as the peer reads it. */
static uint8_t alert_of(struct record *peer, struct lb_buf *answer)
{
	uint8_t body[16], type;
	size_t n;

	assert_true(lb_buf_len(answer) == HEADER + 2 + 1 + TAG);
	assert_true(open_record(&peer->reads, lb_buf_data(answer), body, &n, &type));
	assert_int_equal(type, ALERT);
	assert_int_equal(n, 2);
	assert_int_equal(body[0], 2); /* fatal */
	return body[1];
}

/* What comes of `times` records of this type and body. The alert that answers it, or the outcome without one. */
static void assert_answer(uint8_t type, const void *body, size_t n, unsigned times, lb_err outcome, uint8_t alert)
{
	struct record *reader = make(RECORD_AES_128_GCM_SHA256, 5, 6, RECORD_KEY_LIMIT), *peer = make(RECORD_AES_128_GCM_SHA256, 6, 5, RECORD_KEY_LIMIT);
	struct lb_buf wire = LB_BUF_INIT, plain = LB_BUF_INIT, answer = LB_BUF_INIT;

	for (unsigned i = 0; i < times; i++)
		assert_int_equal(seal(&peer->writes, type, body, n, &wire), LB_OK);
	assert_int_equal(take(reader, &wire, SIZE_MAX, 40000, &plain, &answer), outcome);
	if (outcome == LB_TLS_BAD_RECORD) {
		assert_int_equal(alert_of(peer, &answer), alert);
		/* Nothing follows a fatal alert. */
		lb_buf_consume(&answer, lb_buf_len(&answer));
		assert_int_equal(record_write(reader, body, 1, &answer), LB_OK);
		assert_int_equal(record_close(reader, &answer), LB_OK);
		assert_int_equal(lb_buf_len(&answer), 0);
	}
	lb_buf_fini(&wire);
	lb_buf_fini(&plain);
	lb_buf_fini(&answer);
	record_free(reader);
	record_free(peer);
}

static void what_a_client_may_not_send_is_answered_with_its_alert(void **state)
{
	static const uint8_t zeros[PLAIN_MAX + 300];

	(void)state;
	assert_answer(APPLICATION_DATA, "data", 4, 1000, LB_AGAIN, 0);
	assert_answer(APPLICATION_DATA, "", 0, QUIET_MAX, LB_AGAIN, 0);
	assert_answer(APPLICATION_DATA, "", 0, QUIET_MAX + 1, LB_TLS_BAD_RECORD, UNEXPECTED_MESSAGE);
	assert_answer(APPLICATION_DATA, zeros, PLAIN_MAX + 1, 1, LB_TLS_BAD_RECORD, RECORD_OVERFLOW);
	assert_answer(APPLICATION_DATA, zeros, PLAIN_MAX + 257, 1, LB_TLS_BAD_RECORD, RECORD_OVERFLOW);
	assert_answer(HANDSHAKE, "\x18\0\0\1\2", 5, 1, LB_TLS_BAD_RECORD, ILLEGAL_PARAMETER);
	assert_answer(HANDSHAKE, "\x18\0\0\1", 4, 1, LB_TLS_BAD_RECORD, UNEXPECTED_MESSAGE);
	assert_answer(HANDSHAKE, "\1\0\0\1\0", 5, 1, LB_TLS_BAD_RECORD, UNEXPECTED_MESSAGE); /* a new ClientHello: renegotiation */
	assert_answer(20, "\1", 1, 1, LB_TLS_BAD_RECORD, UNEXPECTED_MESSAGE);                 /* change_cipher_spec */
	assert_answer(0, "", 0, 1, LB_TLS_BAD_RECORD, UNEXPECTED_MESSAGE);                    /* padding alone */
	assert_answer(ALERT, "\2\x28", 2, 1, LB_CLOSED, 0);
	assert_answer(ALERT, "\2", 1, 1, LB_TLS_BAD_RECORD, DECODE_ERROR);
}

/* Any byte of the wire that differs ends it, before the data is given. */
static void a_changed_byte_is_noticed(void **state)
{
	struct record *peer = make(RECORD_AES_256_GCM_SHA384, 6, 5, RECORD_KEY_LIMIT);
	struct lb_buf good = LB_BUF_INIT;

	(void)state;
	assert_int_equal(record_write(peer, (const uint8_t *)"Hochwasser", 10, &good), LB_OK);
	for (size_t i = 0; i < lb_buf_len(&good); i++) {
		struct record *reader = make(RECORD_AES_256_GCM_SHA384, 5, 6, RECORD_KEY_LIMIT);
		struct lb_buf bad = LB_BUF_INIT, plain = LB_BUF_INIT, answer = LB_BUF_INIT;

		assert_int_equal(lb_buf_append(&bad, lb_buf_data(&good), lb_buf_len(&good)), LB_OK);
		lb_buf_data(&bad)[i] ^= 0x40;
		/* A length that is larger but allowed waits for its bytes. */
		assert_int_equal(take(reader, &bad, SIZE_MAX, 100, &plain, &answer), i == 3 || i == 4 ? LB_AGAIN : LB_TLS_BAD_RECORD);
		assert_int_equal(lb_buf_len(&plain), 0);
		lb_buf_fini(&bad);
		lb_buf_fini(&answer);
		record_free(reader);
	}
	lb_buf_fini(&good);
	record_free(peer);
}

/* A server link of ours and a client of OpenSSL's that shook hands. */
struct meeting {
	struct lb_tls *tls;
	struct lb_link *link;
	SSL_CTX *context;
	SSL *ssl;
	BIO *in, *out;
};

static lb_err carry(struct meeting *m, struct lb_buf *plain)
{
	static uint8_t bytes[65536], data[65536];
	struct lb_buf *sent = lb_link_output(m->link);
	int n = BIO_read(m->out, bytes, sizeof bytes);
	size_t got;
	lb_err e;

	lb_link_feed(m->link, bytes, n > 0 ? (size_t)n : 0);
	e = lb_link_handshake(m->link);
	while (e == LB_OK && (e = lb_link_read(m->link, data, sizeof data, &got)) == LB_OK)
		assert_int_equal(lb_buf_append(plain, data, got), LB_OK);
	if (lb_buf_len(sent) > 0)
		BIO_write(m->in, lb_buf_data(sent), (int)lb_buf_len(sent));
	lb_link_output_sent(m->link, lb_buf_len(sent));
	return e;
}

static void meet(struct meeting *m, const char *suite)
{
	struct lb_buf none = LB_BUF_INIT;

	m->tls = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	m->link = lb_link_new(m->tls, NULL);
	m->context = SSL_CTX_new(TLS_client_method());
	assert_int_equal(SSL_CTX_use_certificate_file(m->context, pair_path("agent", ".pem"), SSL_FILETYPE_PEM), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(m->context, pair_path("agent", ".key"), SSL_FILETYPE_PEM), 1);
	assert_int_equal(SSL_CTX_set_ciphersuites(m->context, suite), 1);
	m->ssl = SSL_new(m->context);
	SSL_set_connect_state(m->ssl);
	m->in = BIO_new(BIO_s_mem());
	m->out = BIO_new(BIO_s_mem());
	SSL_set_bio(m->ssl, m->in, m->out);
	for (unsigned i = 0; i < 3; i++) {
		SSL_do_handshake(m->ssl);
		assert_int_equal(carry(m, &none), LB_AGAIN);
	}
	assert_int_equal(SSL_is_init_finished(m->ssl), 1);
}

static void part(struct meeting *m)
{
	SSL_free(m->ssl);
	SSL_CTX_free(m->context);
	lb_link_free(m->link);
	lb_tls_unref(m->tls);
}

/* Ours to OpenSSL's and back, again after it has updated its keys, and after it has asked us to update ours. */
static void openssl_understands(const char *suite)
{
	static const int updates[] = { -1, SSL_KEY_UPDATE_NOT_REQUESTED, SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_REQUESTED };
	struct lb_buf heard = LB_BUF_INIT;
	struct meeting m;
	char text[100];

	meet(&m, suite);
	lb_link_describe(m.link, text, sizeof text);
	assert_int_equal(strncmp(text, suite, strlen(suite)), 0);
	for (unsigned i = 0; i < 4; i++) {
		if (updates[i] >= 0)
			assert_int_equal(SSL_key_update(m.ssl, updates[i]), 1);
		assert_int_equal(SSL_write(m.ssl, "Lage?", 5), 5);
		assert_int_equal(carry(&m, &heard), LB_AGAIN);
		assert_int_equal(lb_buf_len(&heard), 5);
		lb_buf_consume(&heard, 5);
		assert_int_equal(lb_link_write(m.link, (const uint8_t *)"ruhig", 5), LB_OK);
		assert_int_equal(carry(&m, &heard), LB_AGAIN);
		assert_int_equal(SSL_read(m.ssl, text, sizeof text), 5);
		assert_memory_equal(text, "ruhig", 5);
	}
	lb_link_close(m.link);
	assert_int_equal(carry(&m, &heard), LB_AGAIN);
	assert_int_equal(SSL_read(m.ssl, text, sizeof text), 0);
	assert_int_equal(SSL_get_shutdown(m.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
	lb_buf_fini(&heard);
	part(&m);
}

static void openssl_is_the_judge(void **state)
{
	(void)state;
	openssl_understands("TLS_AES_128_GCM_SHA256");
	openssl_understands("TLS_AES_256_GCM_SHA384");
	openssl_understands("TLS_AES_128_CCM_SHA256"); /* stays with OpenSSL */
}

static void a_flood_of_key_updates_ends_the_link(void **state)
{
	struct lb_buf heard = LB_BUF_INIT;
	struct meeting m;
	lb_err e = LB_AGAIN;

	(void)state;
	meet(&m, "TLS_AES_128_GCM_SHA256");
	for (unsigned i = 0; i <= QUIET_MAX && e == LB_AGAIN; i++) {
		assert_int_equal(SSL_key_update(m.ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
		assert_int_equal(SSL_do_handshake(m.ssl), 1);
		e = carry(&m, &heard);
		assert_int_equal(e, i < QUIET_MAX ? LB_AGAIN : LB_TLS_BAD_RECORD);
	}
	part(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfc_s_records_are_ours),
		cmocka_unit_test(any_size_in_any_pieces_passes),
		cmocka_unit_test(what_a_client_may_not_send_is_answered_with_its_alert),
		cmocka_unit_test(a_changed_byte_is_noticed),
		cmocka_unit_test(openssl_is_the_judge),
		cmocka_unit_test(a_flood_of_key_updates_ends_the_link),
	};

	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
