/* A growable byte queue: bytes are appended at the end and consumed at the front. */
#ifndef LAGEBUS_BUF_H
#define LAGEBUS_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

/* Invariant: at <= end <= cap; the content is p[at..end); at == end == 0 whenever it is empty. */
struct lb_buf {
	uint8_t *p;
	size_t at, end, cap;
};

#define LB_BUF_INIT { NULL, 0, 0, 0 }

static inline size_t lb_buf_len(const struct lb_buf *b) { return b->end - b->at; }
/* NULL, to which nothing may be added, where there has been no content. */
static inline uint8_t *lb_buf_data(const struct lb_buf *b) { return b->at ? b->p + b->at : b->p; }

/* Makes room for n more bytes after the content and returns where to write them; NULL if memory is out (b unchanged).
 * The content may move. Commit what was written with lb_buf_added. */
uint8_t *lb_buf_reserve(struct lb_buf *b, size_t n) LB_MUST_CHECK;
/* Counts n bytes written to the reserved room as content; n must not exceed it. */
void lb_buf_added(struct lb_buf *b, size_t n);
/* Appends a copy of n bytes. LB_OK or LB_NO_MEMORY. */
lb_err lb_buf_append(struct lb_buf *b, const void *p, size_t n) LB_MUST_CHECK;
/* Drops n bytes from the front; n must not exceed the length. */
void lb_buf_consume(struct lb_buf *b, size_t n);
/* Frees the memory; the buffer is empty and usable again. */
void lb_buf_fini(struct lb_buf *b);
/* The same for a secret: what stood in it is overwritten first. A secret that grows leaves copies behind; reserve enough before. */
void lb_buf_wipe(struct lb_buf *b);

#endif
