/* A bounded reader of protobuf's wire format: every read says whether the bytes were there. */
#ifndef LAGEBUS_PROTO_WIRE_H
#define LAGEBUS_PROTO_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct wire {
	const uint8_t *at, *end;
};

/* Of n bytes; p may be NULL where there are none. */
static inline struct wire wire_of(const uint8_t *p, size_t n)
{
	return (struct wire){ p, n > 0 ? p + n : p };
}

static inline bool wire_varint(struct wire *w, uint64_t *out)
{
	uint64_t v = 0;

	/* Most are one byte. */
	if (w->at < w->end && *w->at < 0x80) {
		*out = *w->at++;
		return true;
	}
	for (unsigned shift = 0; shift < 64 && w->at < w->end; shift += 7) {
		uint8_t b = *w->at++;

		/* The tenth byte has room for one bit. */
		if (shift == 63 && b > 1)
			return false;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (b < 0x80) {
			*out = v;
			return true;
		}
	}
	return false;
}

static inline bool wire_bytes(struct wire *w, const uint8_t **p, size_t *n)
{
	uint64_t len;

	if (!wire_varint(w, &len) || len > (uint64_t)(w->end - w->at))
		return false;
	*p = w->at;
	*n = (size_t)len;
	w->at += len;
	return true;
}

static inline bool wire_tag(struct wire *w, unsigned *field, enum wire_type *type)
{
	uint64_t tag;

	if (!wire_varint(w, &tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
		return false;
	*field = (unsigned)(tag >> 3);
	*type = (enum wire_type)(tag & 7);
	return true;
}

/* Skips the value of an unknown field. Groups are refused: they nest. */
static inline bool wire_skip(struct wire *w, enum wire_type type)
{
	const uint8_t *p;
	uint64_t v;
	size_t n;

	switch (type) {
	case WIRE_VARINT:
		return wire_varint(w, &v);
	case WIRE_BYTES:
		return wire_bytes(w, &p, &n);
	case WIRE_FIXED64:
	case WIRE_FIXED32:
		n = type == WIRE_FIXED64 ? 8 : 4;
		if (n > (size_t)(w->end - w->at))
			return false;
		w->at += n;
		return true;
	}
	return false;
}

#endif
