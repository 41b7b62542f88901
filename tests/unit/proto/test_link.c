/* Links in memory: who is let in, what the other side hears, resumption, data of any size, and an end. */
#include "tests/unit/proto/pair.h"

/* The outcome between these two certificates, each taken bytes at a time. */
static void assert_outcome(const char *client, const char *client_ca, const char *server_crl, const char *expect, lb_err server_says, lb_err client_says)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, client, client_ca, NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", server_crl);
	static const size_t steps[] = { SIZE_MAX, 1, 17 };

	for (unsigned i = 0; i < 3; i++) {
		struct pair p;

		pair_shake(&p, c, s, expect, steps[i]);
		/* Where both go on, the client has also heard nothing bad. */
		assert_int_equal(p.server_says, server_says);
		assert_int_equal(p.client_says, client_says);
		pair_free(&p);
	}
	lb_tls_unref(c);
	lb_tls_unref(s);
}

static void both_know_each_other(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", "none.crl"), *s = pair_load(LB_LINK_SERVER, "broker", "ca", "none.crl");
	char text[200] = "";
	struct pair p;

	(void)state;
	pair_shake(&p, c, s, "bund-bsi", SIZE_MAX);
	assert_int_equal(p.client_says, LB_OK);
	assert_int_equal(p.server_says, LB_OK);
	assert_string_equal(lb_link_peer(p.client)->partner, "bund-bsi");
	assert_string_equal(lb_link_peer(p.server)->partner, "de-sn/leipzig");
	assert_string_equal(lb_link_peer(p.server)->agent, "edge-1");
	assert_false(lb_link_resumed(p.client));
	lb_link_describe(p.server, text, sizeof text);
	assert_int_equal(strncmp(text, "TLS_AES_", 8), 0);
	assert_non_null(strchr(text, ' '));
	pair_free(&p);
	lb_tls_unref(c);
	lb_tls_unref(s);
}

static void each_reason_is_told_on_both_sides(void **state)
{
	(void)state;
	assert_outcome("agent", "ca", NULL, NULL, LB_OK, LB_OK);
	assert_outcome("agent", "ca", "none.crl", "bund-bsi", LB_OK, LB_OK);
	assert_outcome("agent", "ca", "agent.crl", NULL, LB_TLS_REVOKED, LB_TLS_REVOKED);
	assert_outcome("other-agent", "ca", "agent.crl", NULL, LB_OK, LB_OK);
	assert_outcome("expired", "ca", NULL, NULL, LB_TLS_EXPIRED, LB_TLS_EXPIRED);
	assert_outcome("stranger", "ca", NULL, NULL, LB_TLS_UNTRUSTED, LB_TLS_UNTRUSTED);
	assert_outcome("weak", "ca", NULL, NULL, LB_TLS_UNTRUSTED, LB_TLS_UNTRUSTED);
}

static void the_broker_must_be_the_one_that_is_expected(void **state)
{
	(void)state;
	/* The client says no; the server hears of it as an alert. */
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	struct lb_tls *wrong = pair_load(LB_LINK_CLIENT, "stranger", "other-ca", NULL);
	struct pair p;

	pair_shake(&p, c, s, "de-he", SIZE_MAX);
	assert_int_equal(p.client_says, LB_BAD_IDENTITY);
	assert_int_not_equal(p.server_says, LB_OK);
	assert_int_not_equal(p.server_says, LB_AGAIN);
	pair_free(&p);
	pair_shake(&p, wrong, s, NULL, SIZE_MAX);
	assert_int_equal(p.client_says, LB_TLS_UNTRUSTED);
	pair_free(&p);
	lb_tls_unref(wrong);
	lb_tls_unref(c);
	lb_tls_unref(s);
}

static void another_trust_domain_is_no_identity(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "elsewhere", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	struct pair p;

	(void)state;
	pair_shake(&p, c, s, NULL, SIZE_MAX);
	/* The client, of the other domain, refuses first. */
	assert_int_equal(p.client_says, LB_BAD_IDENTITY);
	assert_int_not_equal(p.server_says, LB_OK);
	pair_free(&p);
	lb_tls_unref(c);
	lb_tls_unref(s);
}

static void a_ticket_resumes_once(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	static const bool resumed[] = { false, true, true };
	struct pair p, q;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		pair_shake(&p, c, s, "bund-bsi", SIZE_MAX);
		assert_int_equal(p.client_says, LB_OK);
		assert_int_equal(p.server_says, LB_OK);
		assert_int_equal(lb_link_resumed(p.client), resumed[i]);
		assert_int_equal(lb_link_resumed(p.server), resumed[i]);
		assert_string_equal(lb_link_peer(p.server)->partner, "de-sn/leipzig");
		assert_string_equal(lb_link_peer(p.client)->partner, "bund-bsi");
		pair_free(&p);
	}
	/* A ticket that is in use is not used again; and whom we expect counts in a resumed handshake, too. */
	q.client = lb_link_new(c, "bund-bsi");
	pair_shake(&p, c, s, "bund-bsi", SIZE_MAX);
	assert_false(lb_link_resumed(p.client));
	pair_free(&p);
	lb_link_free(q.client);
	pair_shake(&p, c, s, "de-he", SIZE_MAX);
	assert_int_equal(p.client_says, LB_BAD_IDENTITY);
	pair_free(&p);
	lb_tls_set_resumption(c, false);
	for (unsigned i = 0; i < 2; i++) {
		pair_shake(&p, c, s, NULL, SIZE_MAX);
		assert_int_equal(p.server_says, LB_OK);
		assert_false(lb_link_resumed(p.client));
		pair_free(&p);
	}
	lb_tls_unref(c);
	lb_tls_unref(s);
}

static void a_revoked_certificate_does_not_resume(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", "none.crl");
	struct lb_tls *reloaded = pair_load(LB_LINK_SERVER, "broker", "ca", "none.crl"), *revoking = pair_load(LB_LINK_SERVER, "broker", "ca", "agent.crl");
	struct pair p;

	(void)state;
	pair_shake(&p, c, s, NULL, SIZE_MAX);
	pair_free(&p);
	/* A reload that changes nothing ends no ticket. */
	pair_shake(&p, c, reloaded, NULL, SIZE_MAX);
	assert_true(lb_link_resumed(p.server));
	assert_int_equal(p.server_says, LB_OK);
	pair_free(&p);
	pair_shake(&p, c, revoking, NULL, SIZE_MAX);
	assert_int_equal(p.server_says, LB_TLS_REVOKED);
	assert_int_equal(p.client_says, LB_TLS_REVOKED);
	assert_false(lb_link_resumed(p.server));
	pair_free(&p);
	lb_tls_unref(c);
	lb_tls_unref(s);
	lb_tls_unref(reloaded);
	lb_tls_unref(revoking);
}

static void a_live_link_is_checked_again(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", "none.crl");
	struct lb_tls *revoking = pair_load(LB_LINK_SERVER, "broker", "ca", "agent.crl"), *other = pair_load(LB_LINK_SERVER, "broker", "other-ca", NULL);
	struct pair p;

	(void)state;
	for (unsigned resumed = 0; resumed < 2; resumed++) {
		const uint8_t *der;
		struct lb_signatory by;
		size_t n;

		pair_shake(&p, c, s, NULL, SIZE_MAX);
		assert_int_equal(lb_link_resumed(p.server), resumed);
		assert_int_equal(lb_link_recheck(p.server, s), LB_OK);
		assert_int_equal(lb_link_recheck(p.server, revoking), LB_TLS_REVOKED);
		assert_int_equal(lb_link_recheck(p.server, other), LB_TLS_UNTRUSTED);
		lb_link_peer_certificate(p.server, &der, &n);
		assert_int_equal(lb_tls_check_signer(s, der, n, &by), LB_OK);
		assert_string_equal(by.identity.partner, "de-sn/leipzig");
		pair_free(&p);
	}
	lb_tls_unref(c);
	lb_tls_unref(s);
	lb_tls_unref(revoking);
	lb_tls_unref(other);
}

/* Reads everything that `from` has to send, fed `step` bytes at a time, into out; the last outcome. */
static lb_err drain(struct lb_link *from, struct lb_link *to, size_t step, struct lb_buf *out)
{
	struct lb_buf *sent = lb_link_output(from);
	lb_err e = LB_AGAIN;

	while (lb_buf_len(sent) > 0 && e == LB_AGAIN) {
		size_t n = lb_buf_len(sent) < step ? lb_buf_len(sent) : step, got;

		lb_link_feed(to, lb_buf_data(sent), n);
		for (;;) {
			uint8_t *room = lb_buf_reserve(out, 5000);

			assert_non_null(room);
			e = lb_link_read(to, room, 5000, &got);
			if (e != LB_OK)
				break;
			assert_true(got > 0);
			lb_buf_added(out, got);
		}
		lb_link_output_sent(from, n);
	}
	return e;
}

static void data_of_any_size_goes_both_ways(void **state)
{
	static const size_t sizes[] = { 0, 1, 16384, 16385, LB_MESSAGE_MAX };
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	uint8_t *data = malloc(LB_MESSAGE_MAX);
	struct pair p;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < LB_MESSAGE_MAX; i++)
		data[i] = (uint8_t)(i * 31 + i / 256);
	pair_shake(&p, c, s, NULL, SIZE_MAX);
	for (unsigned i = 0; i < 10; i++) {
		struct lb_link *from = i % 2 ? p.server : p.client, *to = i % 2 ? p.client : p.server;
		struct lb_buf out = LB_BUF_INIT;
		size_t n = sizes[i / 2];

		assert_int_equal(lb_link_write(from, data, n), LB_OK);
		assert_int_equal(drain(from, to, n > 100000 ? 7001 : 100, &out), LB_AGAIN);
		assert_int_equal(lb_buf_len(&out), n);
		if (n > 0)
			assert_memory_equal(lb_buf_data(&out), data, n);
		lb_link_rest(from);
		assert_null(lb_link_output(from)->p); /* an idle link costs no buffer */
		lb_buf_fini(&out);
	}
	pair_free(&p);
	free(data);
	lb_tls_unref(c);
	lb_tls_unref(s);
}

static void an_end_and_a_broken_record_differ(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	struct lb_buf out = LB_BUF_INIT;
	struct pair p;

	(void)state;
	pair_shake(&p, c, s, NULL, SIZE_MAX);
	assert_int_equal(lb_link_write(p.client, (const uint8_t *)"last", 4), LB_OK);
	lb_link_close(p.client);
	assert_int_equal(drain(p.client, p.server, SIZE_MAX, &out), LB_CLOSED);
	assert_int_equal(lb_buf_len(&out), 4);
	pair_free(&p);
	lb_buf_fini(&out);
	pair_shake(&p, c, s, NULL, SIZE_MAX);
	assert_int_equal(lb_link_write(p.client, (const uint8_t *)"text", 4), LB_OK);
	lb_buf_data(lb_link_output(p.client))[8] ^= 1;
	assert_int_equal(drain(p.client, p.server, SIZE_MAX, &out), LB_TLS_BAD_RECORD);
	assert_int_equal(lb_buf_len(&out), 0);
	lb_buf_fini(&out);
	pair_free(&p);
	lb_tls_unref(c);
	lb_tls_unref(s);
}

/* What a server that hears these bytes first makes of them. */
static lb_err hears(const uint8_t *p, size_t n)
{
	struct lb_tls *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);
	struct lb_link *l = lb_link_new(s, NULL);
	lb_err e;

	lb_link_feed(l, p, n);
	e = lb_link_handshake(l);
	lb_link_close(l);
	lb_link_free(l);
	lb_tls_unref(s);
	return e;
}

static void other_protocols_are_named(void **state)
{
	/* A ClientHello of TLS 1.2: one suite, no extensions. */
	static const uint8_t tls12[] = {
		0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
		26, 27, 28, 29, 30, 31, 32, 0, 0, 2, 0xc0, 0x2b, 1, 0,
	};
	static const char http[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	uint8_t zeros[100] = { 0 };

	(void)state;
	assert_int_equal(hears(tls12, sizeof tls12), LB_TLS_VERSION);
	assert_int_equal(hears(tls12, 30), LB_AGAIN);
	assert_int_not_equal(hears((const uint8_t *)http, sizeof http), LB_AGAIN);
	assert_int_not_equal(hears((const uint8_t *)http, sizeof http), LB_OK);
	assert_int_not_equal(hears(zeros, sizeof zeros), LB_OK);
	assert_int_not_equal(hears(zeros, sizeof zeros), LB_AGAIN);
	assert_int_equal(hears(zeros, 0), LB_AGAIN);
}

static void a_flight_that_is_changed_ends_the_handshake(void **state)
{
	struct lb_tls *c = pair_load(LB_LINK_CLIENT, "agent", "ca", NULL), *s = pair_load(LB_LINK_SERVER, "broker", "ca", NULL);

	(void)state;
	for (unsigned at = 0; at < 1500; at += 37) {
		struct lb_link *client = lb_link_new(c, NULL), *server = lb_link_new(s, NULL);
		lb_err client_says = lb_link_handshake(client), server_says = LB_AGAIN;

		assert_int_equal(client_says, LB_AGAIN);
		pair_move(client, server, &server_says, SIZE_MAX);
		pair_move(server, client, &client_says, SIZE_MAX);
		if (at < lb_buf_len(lb_link_output(client)))
			lb_buf_data(lb_link_output(client))[at] ^= 0x40;
		else
			lb_buf_consume(lb_link_output(client), lb_buf_len(lb_link_output(client)));
		pair_move(client, server, &server_says, SIZE_MAX);
		assert_int_not_equal(server_says, LB_OK);
		lb_link_free(client);
		lb_link_free(server);
	}
	lb_tls_unref(c);
	lb_tls_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_know_each_other),
		cmocka_unit_test(each_reason_is_told_on_both_sides),
		cmocka_unit_test(the_broker_must_be_the_one_that_is_expected),
		cmocka_unit_test(another_trust_domain_is_no_identity),
		cmocka_unit_test(a_ticket_resumes_once),
		cmocka_unit_test(a_revoked_certificate_does_not_resume),
		cmocka_unit_test(a_live_link_is_checked_again),
		cmocka_unit_test(data_of_any_size_goes_both_ways),
		cmocka_unit_test(an_end_and_a_broken_record_differ),
		cmocka_unit_test(other_protocols_are_named),
		cmocka_unit_test(a_flight_that_is_changed_ends_the_handshake),
	};

	return cmocka_run_group_tests(tests, pair_begin, pair_end);
}
