/* The newest blocks of one lane. */
#include "broker/core/tail.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static struct block **slot(const struct tail *t, uint32_t i)
{
	return (struct block **)&t->block[i % TAIL_BLOCKS];
}

static size_t weight(const struct block *b)
{
	return b->capacity + (size_t)b->count * sizeof(struct block_entry) + sizeof *b;
}

void tail_init(struct tail *t, size_t limit_bytes, uint64_t last)
{
	memset(t, 0, sizeof *t);
	t->limit = limit_bytes;
	t->last = last;
}

static void drop_oldest(struct tail *t)
{
	struct block *b = *slot(t, t->begin);

	t->bytes -= weight(b);
	*slot(t, t->begin++) = NULL;
	block_unref(b);
}

void tail_fini(struct tail *t)
{
	while (t->begin != t->end)
		drop_oldest(t);
}

void tail_push(struct tail *t, struct block *b)
{
	if (b->count == 0)
		return;
	assert(b->first == t->last + 1);
	if (t->end - t->begin == TAIL_BLOCKS)
		drop_oldest(t);
	t->pushed += b->bytes;
	t->through[t->end % TAIL_BLOCKS] = t->pushed;
	*slot(t, t->end++) = block_ref(b);
	t->bytes += weight(b);
	t->last = block_end(b) - 1;
	while (t->bytes > t->limit && t->end - t->begin > 1)
		drop_oldest(t);
}

void tail_forget(struct tail *t, uint64_t position)
{
	while (t->begin != t->end && (*slot(t, t->begin))->first <= position)
		drop_oldest(t);
}

/* Finds the block that holds a position; false: it is not here. */
static bool find(const struct tail *t, uint64_t position, uint32_t *at)
{
	uint32_t low = 0, high = t->end - t->begin;

	if (high == 0 || position > t->last || position < (*slot(t, t->begin))->first)
		return false;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if ((*slot(t, t->begin + middle))->first <= position)
			low = middle;
		else
			high = middle;
	}
	*at = t->begin + low;
	return true;
}

struct block *tail_find(const struct tail *t, uint64_t position)
{
	uint32_t at;

	return find(t, position, &at) ? *slot(t, at) : NULL;
}

uint64_t tail_oldest(const struct tail *t)
{
	return t->begin != t->end ? (*slot(t, t->begin))->first : t->last + 1;
}

uint64_t tail_behind(const struct tail *t, uint64_t position)
{
	uint32_t at;

	return find(t, position, &at) ? t->pushed - t->through[at % TAIL_BLOCKS] + (*slot(t, at))->bytes : 0;
}
