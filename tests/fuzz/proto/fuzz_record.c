/* Feeds a server's link what a client with the right keys sends: records that are sealed here, each as the input says by type, length and
 * body, or, where the first byte is odd, the input as it is. What is given is what the records had, however they come in pieces. */
#include <assert.h>

#include "proto/record.c" /* a peer that holds the keys can seal anything */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A record of the input as it is sealed, and what the reader makes of it: zeros at the end are padding (RFC 8446, 5.4). */
struct piece {
	uint8_t type, inner_type;
	size_t n, inner_n;
	const uint8_t *body;
};

static void strip(struct piece *p)
{
	p->inner_type = p->type;
	p->inner_n = p->n;
	while (p->inner_type == 0 && p->inner_n > 0)
		p->inner_type = p->body[--p->inner_n];
}

static bool next_piece(const uint8_t **data, size_t *n, struct piece *out)
{
	if (*n < 3)
		return false;
	*out = (struct piece){ .type = (*data)[0], .n = (size_t)(*data)[1] << 8 | (*data)[2], .body = *data + 3 };
	if (out->n > *n - 3)
		out->n = *n - 3;
	strip(out);
	*data += 3 + out->n;
	*n -= 3 + out->n;
	return true;
}

static struct record *make(uint8_t reads, uint8_t writes)
{
	struct record_secrets s = { .suite = RECORD_AES_128_GCM_SHA256 };
	struct record *r;

	memset(s.read, reads, sizeof s.read);
	memset(s.write, writes, sizeof s.write);
	assert(record_new(&s, RECORD_KEY_LIMIT, &r) == LB_OK);
	return r;
}

static bool is_key_update(const struct piece *p)
{
	return p->inner_type == HANDSHAKE && p->inner_n == KEY_UPDATE_SIZE && memcmp(p->body, "\x18\0\0\1", 4) == 0 && p->body[4] <= 1;
}

/* Does the link go on behind this record? `quiet` counts those in a row that bring no data. */
static bool goes_on(const struct piece *p, unsigned *quiet)
{
	bool data = p->inner_type == APPLICATION_DATA && p->inner_n > 0;

	*quiet = data ? 0 : *quiet + 1;
	return (p->inner_type == APPLICATION_DATA || is_key_update(p)) && p->inner_n <= PLAIN_MAX && p->n <= CIPHER_MAX - 1 - TAG && *quiet <= QUIET_MAX;
}

/* Seals the input's records; `expected` is the data before the first record that ends the link. */
static void seal_all(const uint8_t *data, size_t n, struct lb_buf *wire, struct lb_buf *expected)
{
	struct record *peer = make(2, 1);
	struct piece p;
	unsigned quiet = 0;
	bool on = true;

	while (next_piece(&data, &n, &p)) {
		assert(seal(&peer->writes, p.type, p.body, p.n, wire) == LB_OK);
		on = on && goes_on(&p, &quiet);
		if (on && is_key_update(&p))
			assert(update_keys(peer, &peer->writes, true));
		else if (on && p.inner_n > 0)
			assert(lb_buf_append(expected, p.body, p.inner_n) == LB_OK);
	}
	record_free(peer);
}

/* All of the wire, `step` bytes at a time, until it has ended. */
static void take(struct record *r, const struct lb_buf *wire, size_t step, size_t cap, struct lb_buf *plain)
{
	static uint8_t bytes[2 * PLAIN_MAX];
	struct lb_buf answer = LB_BUF_INIT;
	lb_err e = LB_AGAIN;

	for (size_t at = 0, n; e == LB_AGAIN && at < lb_buf_len(wire); at += n) {
		const uint8_t *in = lb_buf_data(wire) + at;
		size_t left, got;

		left = n = lb_buf_len(wire) - at < step ? lb_buf_len(wire) - at : step;
		while ((e = record_read(r, &in, &left, bytes, cap, &got, &answer)) == LB_OK) {
			assert(got >= 1 && got <= cap);
			assert(lb_buf_append(plain, bytes, got) == LB_OK);
		}
		assert(e == LB_CLOSED || e == LB_TLS_BAD_RECORD || (e == LB_AGAIN && left == 0));
	}
	assert((e == LB_TLS_BAD_RECORD) == r->ended);
	lb_buf_fini(&answer);
}

static void check(const struct lb_buf *wire, const struct lb_buf *expected, size_t step, size_t cap)
{
	struct record *r = make(1, 2);
	struct lb_buf plain = LB_BUF_INIT;

	take(r, wire, step, cap, &plain);
	assert(lb_buf_len(&plain) == lb_buf_len(expected));
	assert(lb_buf_len(&plain) == 0 || memcmp(lb_buf_data(&plain), lb_buf_data(expected), lb_buf_len(&plain)) == 0);
	lb_buf_fini(&plain);
	record_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct lb_buf wire = LB_BUF_INIT, expected = LB_BUF_INIT;

	if (n < 2)
		return 0;
	if (data[0] % 2)
		assert(lb_buf_append(&wire, data + 2, n - 2) == LB_OK);
	else
		seal_all(data + 2, n - 2, &wire, &expected);
	check(&wire, &expected, (size_t)data[1] + 1, 1 + (size_t)data[0] * 128);
	check(&wire, &expected, SIZE_MAX, 2 * PLAIN_MAX);
	lb_buf_fini(&wire);
	lb_buf_fini(&expected);
	return 0;
}
