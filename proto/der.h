/* A bounded reader of DER (X.690): every read says whether the bytes were there, in their one form. */
#ifndef LAGEBUS_PROTO_DER_H
#define LAGEBUS_PROTO_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct der {
	const uint8_t *at, *end;
};

/* Definite and shortest, at most four bytes of length. */
static inline bool der_length(struct der *d, size_t *out)
{
	size_t n, value = 0;

	if (d->at == d->end)
		return false;
	n = *d->at++;
	if (n < 0x80) {
		*out = n;
		return n <= (size_t)(d->end - d->at);
	}
	n &= 0x7f;
	if (n == 0 || n > 4 || n > (size_t)(d->end - d->at) || *d->at == 0)
		return false;
	while (n-- > 0)
		value = value << 8 | *d->at++;
	*out = value;
	return value >= 0x80 && value <= (size_t)(d->end - d->at);
}

/* Takes an element of this tag (one byte) off the front; its content. */
static inline bool der_take(struct der *d, uint8_t tag, struct der *content)
{
	size_t n;

	if (d->at == d->end || *d->at != tag)
		return false;
	d->at++;
	if (!der_length(d, &n))
		return false;
	content->at = d->at;
	content->end = d->at += n;
	return true;
}

/* Takes exactly these bytes off the front. */
static inline bool der_is(struct der *d, const void *p, size_t n)
{
	if (n > (size_t)(d->end - d->at) || memcmp(d->at, p, n) != 0)
		return false;
	d->at += n;
	return true;
}

static inline size_t der_left(const struct der *d)
{
	return (size_t)(d->end - d->at);
}

#endif
