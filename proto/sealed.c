/* What is TLP:RED: nothing of it can be read on the way. */
#include "lagebus/sealed.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/envelope.h"
#include "lagebus/message_type.h"
#include "proto/wire.h"

#define TAG_PSEUDONYM 0x0a
#define TAG_ENVELOPE 0x12
#define LENGTH_MAX 10 /* bytes of a varint */

/* What the broker itself reads, and the field of it that is free text. */
static unsigned free_text(unsigned type)
{
	switch (type) {
	case LB_TYPE_RECEIPT:  return 5; /* note */
	case LB_TYPE_APPROVAL: return 6; /* note */
	case LB_TYPE_RECALL:   return 2; /* reason */
	default:               return 0;
	}
}

static bool is_red(const struct lb_header *h)
{
	return lb_tlp_effective(h->tlp) == LB_TLP_RED;
}

bool lb_sealed_is_due(const struct lb_header *h)
{
	return is_red(h) && free_text(h->type) == 0;
}

lb_err lb_sealed_read(struct lb_frame payload, struct lb_sealed *out)
{
	struct lb_sealed s = { { NULL, 0 }, { NULL, 0 } };
	struct wire w = wire_of(payload.p, payload.n);

	if (payload.n == 0 || payload.n > LB_PAYLOAD_MAX)
		return LB_RED_NOT_ENCRYPTED;
	if (*w.at == TAG_PSEUDONYM) {
		w.at++;
		if (!wire_bytes(&w, &s.pseudonym.p, &s.pseudonym.n) || s.pseudonym.n != LB_PSEUDONYM_SIZE || w.at == w.end)
			return LB_RED_NOT_ENCRYPTED;
	}
	if (*w.at != TAG_ENVELOPE)
		return LB_RED_NOT_ENCRYPTED;
	w.at++;
	if (!wire_bytes(&w, &s.envelope.p, &s.envelope.n) || w.at != w.end || !lb_envelope_is_plausible(s.envelope))
		return LB_RED_NOT_ENCRYPTED;
	*out = s;
	return LB_OK;
}

static size_t put_varint(uint8_t *p, size_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	return n;
}

lb_err lb_sealed_write(const uint8_t pseudonym[LB_PSEUDONYM_SIZE], struct lb_frame envelope, struct lb_buf *out)
{
	uint8_t *p = lb_buf_reserve(out, 2 + LB_PSEUDONYM_SIZE + 1 + LENGTH_MAX + envelope.n);
	size_t n = 0;

	if (!p)
		return LB_NO_MEMORY;
	if (pseudonym) {
		p[n++] = TAG_PSEUDONYM;
		p[n++] = LB_PSEUDONYM_SIZE;
		memcpy(p + n, pseudonym, LB_PSEUDONYM_SIZE);
		n += LB_PSEUDONYM_SIZE;
	}
	p[n++] = TAG_ENVELOPE;
	n += put_varint(p + n, envelope.n);
	if (envelope.n > 0)
		memcpy(p + n, envelope.p, envelope.n);
	lb_buf_added(out, n + envelope.n);
	return LB_OK;
}

lb_err lb_sealed_check_header(const struct lb_header *h)
{
	if (h->type == LB_TYPE_EXERCISE && is_red(h))
		return LB_EXERCISE_RED;
	if (h->type != LB_TYPE_DIGITAL_VIOLENCE_CASE)
		return LB_OK;
	if (!is_red(h) || h->expires_ms <= h->created_ms || h->expires_ms - h->created_ms > lb_message_type(h->type)->keep_ms)
		return LB_CASE_NOT_RED;
	return h->exercise_name.n > 0 || h->language.n > 0 ? LB_RED_NOT_ENCRYPTED : LB_OK;
}

/* Is the field there, with something in it? A payload that cannot be read is for whoever decodes it to refuse. */
static bool has_text(struct lb_frame payload, unsigned wanted)
{
	struct wire w = wire_of(payload.p, payload.n);
	enum wire_type type;
	unsigned field;
	const uint8_t *p;
	size_t n;

	while (w.at < w.end && wire_tag(&w, &field, &type)) {
		if (field != wanted || type != WIRE_BYTES) {
			if (!wire_skip(&w, type))
				return false;
		} else if (!wire_bytes(&w, &p, &n) || n > 0) {
			return true;
		}
	}
	return false;
}

lb_err lb_sealed_check(const struct lb_header *h, struct lb_frame payload)
{
	struct lb_sealed s;
	lb_err e = lb_sealed_check_header(h);

	if (e != LB_OK || !is_red(h))
		return e;
	if (!lb_sealed_is_due(h))
		return has_text(payload, free_text(h->type)) ? LB_RED_NOT_ENCRYPTED : LB_OK;
	e = lb_sealed_read(payload, &s);
	if (e == LB_OK && (s.pseudonym.n > 0) != (h->type == LB_TYPE_DIGITAL_VIOLENCE_CASE))
		e = LB_RED_NOT_ENCRYPTED;
	return e;
}

void lb_pseudonym_format(struct lb_frame pseudonym, char text[LB_PSEUDONYM_TEXT])
{
	text[0] = '\0';
	for (size_t i = 0; i < pseudonym.n && i < LB_PSEUDONYM_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", pseudonym.p[i]);
}
