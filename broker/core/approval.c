/* The rows of messages that need a second person, as bytes, little-endian; each text and frame has its length in front. */
#include "broker/core/approval.h"

#include <string.h>

#include "broker/core/bytes.h"

static lb_err put64(struct lb_buf *out, int64_t v)
{
	uint8_t bytes[8];

	put_little64(bytes, (uint64_t)v);
	return lb_buf_append(out, bytes, sizeof bytes);
}

static lb_err put_bytes(struct lb_buf *out, const void *p, size_t n)
{
	lb_err e = put64(out, (int64_t)n);

	return e == LB_OK && n > 0 ? lb_buf_append(out, p, n) : e;
}

struct reader {
	const uint8_t *at, *end;
	bool bad;
};

static const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *p = r->at;

	if (r->bad || n > (size_t)(r->end - r->at)) {
		r->bad = true;
		return NULL;
	}
	r->at += n;
	return p;
}

static int64_t get64(struct reader *r)
{
	const uint8_t *p = take(r, 8);

	return p ? (int64_t)get_little64(p) : 0;
}

static void get_digest(struct reader *r, uint8_t out[LB_DIGEST_SIZE])
{
	const uint8_t *p = take(r, LB_DIGEST_SIZE);

	if (p)
		memcpy(out, p, LB_DIGEST_SIZE);
}

static struct lb_frame get_bytes(struct reader *r)
{
	uint64_t n = (uint64_t)get64(r);
	const uint8_t *p = take(r, n <= LB_MESSAGE_MAX ? (size_t)n : SIZE_MAX);

	return p ? (struct lb_frame){ p, (size_t)n } : (struct lb_frame){ NULL, 0 };
}

static struct lb_text get_text(struct reader *r)
{
	struct lb_frame f = get_bytes(r);

	return (struct lb_text){ f.p ? (const char *)f.p : "", f.n };
}

static bool finished(const struct reader *r)
{
	return !r->bad && r->at == r->end;
}

lb_err waiting_row_write(const struct waiting_row *row, struct lb_buf *out)
{
	lb_err e = put64(out, row->came_ms);

	if (e == LB_OK)
		e = put64(out, row->until_ms);
	if (e == LB_OK)
		e = lb_buf_append(out, row->key, sizeof row->key);
	if (e == LB_OK)
		e = put_bytes(out, row->signer.p, row->signer.n);
	return e == LB_OK ? put_bytes(out, row->raw.p, row->raw.n) : e;
}

lb_err waiting_row_read(const uint8_t *p, size_t n, struct waiting_row *out)
{
	struct reader r = { p, p + n, false };
	struct waiting_row row = { .came_ms = get64(&r) };

	row.until_ms = get64(&r);
	get_digest(&r, row.key);
	row.signer = get_text(&r);
	row.raw = get_bytes(&r);
	if (!finished(&r))
		return LB_CORRUPT;
	*out = row;
	return LB_OK;
}

lb_err waiting_row_open(const struct waiting_row *row, struct lb_zmtp_message *m, struct lb_header *h)
{
	size_t need;

	if (lb_zmtp_parse(row->raw.p, row->raw.n, LB_MESSAGE_MAX, m, &need) != LB_OK || m->frames_n != 3 || m->raw_n != row->raw.n ||
	    lb_header_decode(m->frames[0].p, m->frames[0].n, h) != LB_OK)
		return LB_CORRUPT;
	return LB_OK;
}

lb_err settled_row_write(const struct settled_row *row, struct lb_buf *out)
{
	const struct lb_text *const texts[] = { &row->signer, &row->by, &row->function, &row->note };
	const int64_t numbers[] = { row->state, row->came_ms, row->until_ms, row->at_ms };
	lb_err e = LB_OK;

	for (unsigned i = 0; e == LB_OK && i < sizeof numbers / sizeof numbers[0]; i++)
		e = put64(out, numbers[i]);
	if (e == LB_OK)
		e = lb_buf_append(out, row->digest, sizeof row->digest);
	for (unsigned i = 0; e == LB_OK && i < sizeof texts / sizeof texts[0]; i++)
		e = put_bytes(out, texts[i]->p, texts[i]->n);
	return e == LB_OK ? put_bytes(out, row->header.p, row->header.n) : e;
}

lb_err settled_row_read(const uint8_t *p, size_t n, struct settled_row *out)
{
	struct reader r = { p, p + n, false };
	int64_t state = get64(&r);
	struct settled_row row = { 0 };

	if (state < APPROVAL_WAITING || state > APPROVAL_WITHDRAWN)
		return LB_CORRUPT;
	row.state = (enum approval_state)state;
	row.came_ms = get64(&r);
	row.until_ms = get64(&r);
	row.at_ms = get64(&r);
	get_digest(&r, row.digest);
	row.signer = get_text(&r);
	row.by = get_text(&r);
	row.function = get_text(&r);
	row.note = get_text(&r);
	row.header = get_bytes(&r);
	if (!finished(&r))
		return LB_CORRUPT;
	*out = row;
	return LB_OK;
}

void wait_end_key(uint64_t number, uint8_t out[WAIT_END_KEY_SIZE])
{
	put_big(out, UINT64_MAX - number, WAIT_END_KEY_SIZE);
}

uint64_t wait_end_number(const uint8_t key[WAIT_END_KEY_SIZE])
{
	return UINT64_MAX - get_big(key, WAIT_END_KEY_SIZE);
}
