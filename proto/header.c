/* The header frame, decoded in place and encoded canonically. */
#include "lagebus/header.h"

#include <string.h>

#include "lagebus/identity.h"
#include "proto/wire.h"

/* Field numbers of proto/header.proto. */
enum field {
	F_ID = 1,
	F_TYPE,
	F_ORIGIN,
	F_AREA,
	F_TLP,
	F_AUDIENCE,
	F_LEVEL,
	F_LANE,
	F_CREATED,
	F_EXPIRES,
	F_SCHEMA_VERSION,
	F_THREAD,
	F_SUPERSEDES,
	F_EXERCISE,
	F_EXERCISE_NAME,
	F_ACK_POLICY,
	F_ACK_DEADLINE,
	F_LANGUAGE,
	F_PERSONAL_DATA,
	F_APPROVALS,
};

#define APPROVAL_BY 1
#define APPROVAL_SIGNATURE 2

struct lb_text lb_text_of(const char *s)
{
	return (struct lb_text){ s, s ? strlen(s) : 0 };
}

bool lb_text_equals(struct lb_text t, const char *s)
{
	size_t n = strlen(s);

	return t.n == n && (n == 0 || memcmp(t.p, s, n) == 0);
}

bool lb_text_same(struct lb_text a, struct lb_text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool lb_header_widens(const struct lb_header *h, const struct lb_header *about)
{
	bool same_origin = lb_text_same(h->origin, about->origin);

	return !same_origin && lb_tlp_effective(h->tlp) < lb_tlp_effective(about->tlp);
}

bool lb_header_is_real(const struct lb_header *h)
{
	return !h->exercise && h->exercise_name.n == 0;
}

bool lb_header_same_exercise(const struct lb_header *h, const struct lb_header *about)
{
	const struct lb_text *a = &h->exercise_name, *b = &about->exercise_name;

	return lb_header_is_real(h) == lb_header_is_real(about) && a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

enum lb_lane lb_header_lane(unsigned type, unsigned level)
{
	switch (type) {
	case LB_TYPE_WARNING:
		return level >= 3 ? LB_LANE_URGENT : LB_LANE_ROUTINE;
	case LB_TYPE_INCIDENT_REPORT:
	case LB_TYPE_RECEIPT:
	case LB_TYPE_APPROVAL:
	case LB_TYPE_RECALL:
	case LB_TYPE_EXERCISE:
		return LB_LANE_URGENT;
	default:
		return LB_LANE_ROUTINE;
	}
}

/* Before the first field: everything that decoding may leave unset. The tables are not cleared: their counts are. */
static void clear(struct lb_header *h)
{
	memset(&h->id, 0, sizeof h->id);
	h->type = h->area = h->tlp = h->level = h->ack_policy = 0;
	h->schema_version = 1;
	h->origin = h->exercise_name = h->language = (struct lb_text){ "", 0 };
	h->created_ms = h->expires_ms = h->ack_deadline_ms = 0;
	h->audience_n = h->approvals_n = 0;
	h->has_thread = h->has_supersedes = h->exercise = h->personal_data = false;
	h->lane = LB_LANE_URGENT;
}

static lb_err take_text(const uint8_t *p, size_t n, size_t max, struct lb_text *out)
{
	if (n > max)
		return LB_BAD_HEADER;
	if (!lb_utf8_is_valid((const char *)p, n))
		return LB_NOT_UTF8;
	*out = (struct lb_text){ (const char *)p, n };
	return LB_OK;
}

static lb_err take_id(const uint8_t *p, size_t n, struct lb_uuid *out)
{
	if (n != sizeof out->b)
		return LB_BAD_ID;
	memcpy(out->b, p, sizeof out->b);
	return lb_uuid7_is_valid(out) ? LB_OK : LB_BAD_ID;
}

static lb_err take_audience(const uint8_t *p, size_t n, struct lb_header *h)
{
	if (h->audience_n == LB_AUDIENCE_MAX || !lb_audience_entry_is_valid((const char *)p, n))
		return LB_BAD_AUDIENCE;
	h->audience[h->audience_n++] = (struct lb_text){ (const char *)p, n };
	return LB_OK;
}

static lb_err take_approval(const uint8_t *p, size_t n, struct lb_header *h)
{
	struct lb_approval a = { .by = { "", 0 } };
	struct wire w = wire_of(p, n);

	if (h->approvals_n == LB_APPROVALS_MAX)
		return LB_BAD_HEADER;
	while (w.at < w.end) {
		enum wire_type type;
		unsigned field;
		lb_err e;

		if (!wire_tag(&w, &field, &type))
			return LB_BAD_HEADER;
		if (type == WIRE_BYTES && (field == APPROVAL_BY || field == APPROVAL_SIGNATURE)) {
			if (!wire_bytes(&w, &p, &n))
				return LB_BAD_HEADER;
			if (field == APPROVAL_SIGNATURE) {
				a.signature = p;
				a.signature_n = n;
			} else if ((e = take_text(p, n, LB_SPIFFE_ID_MAX, &a.by)) != LB_OK) {
				return e;
			}
		} else if (!wire_skip(&w, type)) {
			return LB_BAD_HEADER;
		}
	}
	h->approvals[h->approvals_n++] = a;
	return LB_OK;
}

static lb_err take_bytes(unsigned field, const uint8_t *p, size_t n, struct lb_header *h)
{
	switch (field) {
	case F_ID:
		return take_id(p, n, &h->id);
	case F_ORIGIN:
		h->origin = (struct lb_text){ (const char *)p, n };
		return lb_partner_is_valid(h->origin.p, n) ? LB_OK : lb_utf8_is_valid(h->origin.p, n) ? LB_BAD_HEADER : LB_NOT_UTF8;
	case F_AUDIENCE:
		return take_audience(p, n, h);
	case F_THREAD:
		h->has_thread = true;
		return take_id(p, n, &h->thread);
	case F_SUPERSEDES:
		h->has_supersedes = true;
		return take_id(p, n, &h->supersedes);
	case F_EXERCISE_NAME:
		return take_text(p, n, LB_TEXT_MAX, &h->exercise_name);
	case F_LANGUAGE:
		return take_text(p, n, LB_TEXT_MAX, &h->language);
	case F_APPROVALS:
		return take_approval(p, n, h);
	default:
		return field > F_APPROVALS ? LB_OK : LB_BAD_HEADER;
	}
}

static lb_err take_small(uint64_t v, unsigned *out)
{
	if (v > UINT32_MAX)
		return LB_BAD_HEADER;
	*out = (unsigned)v;
	return LB_OK;
}

static lb_err take_flag(uint64_t v, bool *out)
{
	*out = v != 0;
	return v <= 1 ? LB_OK : LB_BAD_HEADER;
}

static lb_err take_time(uint64_t v, int64_t *out)
{
	*out = (int64_t)v;
	return *out >= 0 ? LB_OK : LB_BAD_TIME;
}

static lb_err take_number(unsigned field, uint64_t v, struct lb_header *h)
{
	switch (field) {
	case F_TYPE:
		return take_small(v, &h->type);
	case F_AREA:
		return take_small(v, &h->area);
	case F_TLP:
		return take_small(v, &h->tlp);
	case F_LEVEL:
		return take_small(v, &h->level);
	case F_LANE:
		return take_small(v, &h->lane);
	case F_CREATED:
		return take_time(v, &h->created_ms);
	case F_EXPIRES:
		return take_time(v, &h->expires_ms);
	case F_SCHEMA_VERSION:
		return take_small(v ? v : 1, &h->schema_version);
	case F_EXERCISE:
		return take_flag(v, &h->exercise);
	case F_ACK_POLICY:
		return take_small(v, &h->ack_policy);
	case F_ACK_DEADLINE:
		return take_time(v, &h->ack_deadline_ms);
	case F_PERSONAL_DATA:
		return take_flag(v, &h->personal_data);
	default:
		return field > F_APPROVALS ? LB_OK : LB_BAD_HEADER;
	}
}

/* What no single field shows. */
static lb_err check(const struct lb_header *h)
{
	if (!lb_uuid7_is_valid(&h->id))
		return LB_BAD_ID;
	if (h->type == 0 || h->area == 0 || h->origin.n == 0 || h->lane >= LB_LANES || h->level > 4 || h->ack_policy > LB_ACK_IMPLEMENTED)
		return LB_BAD_HEADER;
	if (h->audience_n == 0)
		return LB_BAD_AUDIENCE;
	if (h->created_ms <= 0 || h->expires_ms < 0 || h->ack_deadline_ms < 0 || (h->expires_ms != 0 && h->expires_ms <= h->created_ms))
		return LB_BAD_TIME;
	return LB_OK;
}

lb_err lb_header_decode(const uint8_t *p, size_t n, struct lb_header *h)
{
	struct wire w = wire_of(p, n);

	if (n > LB_HEADER_MAX)
		return LB_BAD_HEADER;
	clear(h);
	while (w.at < w.end) {
		enum wire_type type;
		const uint8_t *bytes;
		unsigned field;
		uint64_t v;
		size_t len;
		lb_err e = LB_BAD_HEADER;

		if (!wire_tag(&w, &field, &type))
			return LB_BAD_HEADER;
		if (type == WIRE_BYTES && wire_bytes(&w, &bytes, &len))
			e = take_bytes(field, bytes, len, h);
		else if (type == WIRE_VARINT && wire_varint(&w, &v))
			e = take_number(field, v, h);
		else if (type != WIRE_BYTES && type != WIRE_VARINT && field > F_APPROVALS && wire_skip(&w, type))
			e = LB_OK;
		if (e != LB_OK)
			return e;
	}
	return check(h);
}

/* The encoder writes into room that is known to be enough: LB_HEADER_MAX bytes; `full` remembers if it was not. */
struct out {
	uint8_t *at, *end;
	bool full;
};

static void put_varint(struct out *o, uint64_t v)
{
	do {
		if (o->at == o->end) {
			o->full = true;
			return;
		}
		*o->at++ = (uint8_t)(v >= 0x80 ? v | 0x80 : v);
		v >>= 7;
	} while (v);
}

static void put_number(struct out *o, unsigned field, uint64_t v)
{
	if (v == 0)
		return;
	put_varint(o, (uint64_t)field << 3 | WIRE_VARINT);
	put_varint(o, v);
}

static void put_bytes(struct out *o, unsigned field, const void *p, size_t n)
{
	put_varint(o, (uint64_t)field << 3 | WIRE_BYTES);
	put_varint(o, n);
	if (n > (size_t)(o->end - o->at)) {
		o->full = true;
		return;
	}
	if (n > 0)
		memcpy(o->at, p, n);
	o->at += n;
}

static void put_text(struct out *o, unsigned field, struct lb_text t)
{
	if (t.n > 0)
		put_bytes(o, field, t.p, t.n);
}

static size_t varint_size(uint64_t v)
{
	size_t n = 1;

	while (v >>= 7)
		n++;
	return n;
}

static void put_approval(struct out *o, const struct lb_approval *a)
{
	size_t n = 0;

	n += a->by.n ? 1 + varint_size(a->by.n) + a->by.n : 0;
	n += a->signature_n ? 1 + varint_size(a->signature_n) + a->signature_n : 0;
	put_varint(o, (uint64_t)F_APPROVALS << 3 | WIRE_BYTES);
	put_varint(o, n);
	put_text(o, APPROVAL_BY, a->by);
	if (a->signature_n > 0)
		put_bytes(o, APPROVAL_SIGNATURE, a->signature, a->signature_n);
}

static void put_header(struct out *o, const struct lb_header *h)
{
	put_bytes(o, F_ID, h->id.b, sizeof h->id.b);
	put_number(o, F_TYPE, h->type);
	put_text(o, F_ORIGIN, h->origin);
	put_number(o, F_AREA, h->area);
	put_number(o, F_TLP, h->tlp);
	for (unsigned i = 0; i < h->audience_n; i++)
		put_bytes(o, F_AUDIENCE, h->audience[i].p, h->audience[i].n);
	put_number(o, F_LEVEL, h->level);
	put_number(o, F_LANE, h->lane);
	put_number(o, F_CREATED, (uint64_t)h->created_ms);
	put_number(o, F_EXPIRES, (uint64_t)h->expires_ms);
	put_number(o, F_SCHEMA_VERSION, h->schema_version > 1 ? h->schema_version : 0);
	if (h->has_thread)
		put_bytes(o, F_THREAD, h->thread.b, sizeof h->thread.b);
	if (h->has_supersedes)
		put_bytes(o, F_SUPERSEDES, h->supersedes.b, sizeof h->supersedes.b);
	put_number(o, F_EXERCISE, h->exercise);
	put_text(o, F_EXERCISE_NAME, h->exercise_name);
	put_number(o, F_ACK_POLICY, h->ack_policy);
	put_number(o, F_ACK_DEADLINE, (uint64_t)h->ack_deadline_ms);
	put_text(o, F_LANGUAGE, h->language);
	put_number(o, F_PERSONAL_DATA, h->personal_data);
	for (unsigned i = 0; i < h->approvals_n; i++)
		put_approval(o, &h->approvals[i]);
}

lb_err lb_header_encode(const struct lb_header *h, struct lb_buf *out)
{
	struct lb_header checked;
	uint8_t *room;
	struct out o;
	lb_err e;

	if (h->audience_n > LB_AUDIENCE_MAX)
		return LB_BAD_AUDIENCE;
	if (h->approvals_n > LB_APPROVALS_MAX)
		return LB_BAD_HEADER;
	room = lb_buf_reserve(out, LB_HEADER_MAX);
	if (!room)
		return LB_NO_MEMORY;
	o = (struct out){ room, room + LB_HEADER_MAX, false };
	put_header(&o, h);
	if (o.full)
		return LB_BAD_HEADER;
	e = lb_header_decode(room, (size_t)(o.at - room), &checked);
	if (e == LB_OK)
		lb_buf_added(out, (size_t)(o.at - room));
	return e;
}
