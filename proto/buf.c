/* A growable byte queue. */
#include "lagebus/buf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

static size_t grown(size_t cap, size_t needed)
{
	size_t n = cap ? cap : FIRST_CAPACITY;

	while (n < needed)
		n = n > SIZE_MAX / 2 ? needed : n * 2;
	return n;
}

uint8_t *lb_buf_reserve(struct lb_buf *b, size_t n)
{
	size_t len = lb_buf_len(b), cap;
	uint8_t *p;

	if (b->p && n <= b->cap - b->end)
		return b->p + b->end;
	if (n > SIZE_MAX - len)
		return NULL;
	/* Moving the content to the front is enough where at least half of the room is free there. */
	if (len + n <= b->cap && b->at >= b->cap / 2) {
		memmove(b->p, b->p + b->at, len);
	} else {
		cap = grown(b->cap, len + n);
		p = malloc(cap);
		if (!p)
			return NULL;
		if (len > 0)
			memcpy(p, b->p + b->at, len);
		free(b->p);
		b->p = p;
		b->cap = cap;
	}
	b->at = 0;
	b->end = len;
	return b->p + len;
}

void lb_buf_added(struct lb_buf *b, size_t n)
{
	assert(n <= b->cap - b->end);
	b->end += n;
}

lb_err lb_buf_append(struct lb_buf *b, const void *p, size_t n)
{
	uint8_t *room;

	if (n == 0)
		return LB_OK;
	room = lb_buf_reserve(b, n);
	if (!room)
		return LB_NO_MEMORY;
	memcpy(room, p, n);
	b->end += n;
	return LB_OK;
}

void lb_buf_consume(struct lb_buf *b, size_t n)
{
	assert(n <= lb_buf_len(b));
	b->at += n;
	if (b->at == b->end)
		b->at = b->end = 0;
}

void lb_buf_fini(struct lb_buf *b)
{
	free(b->p);
	*b = (struct lb_buf)LB_BUF_INIT;
}

void lb_buf_wipe(struct lb_buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	lb_buf_fini(b);
}
