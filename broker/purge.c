/* Messages whose bytes go from the log while their places stay. */
#include "broker/purge.h"

#include <string.h>

#include "broker/core/bytes.h"

#define AGAIN_S 60 /* a record is written anew no sooner */

/* The record in its new form. */
static lb_err write_again(struct append *a, const struct block *b)
{
	uint8_t *room;
	lb_err e = journal_replace(a->journal, b->lane, b->first, block_record_size(b), &room);

	if (e == LB_OK)
		block_record_write(b, room);
	return e;
}

lb_err purge_message(struct append *a, unsigned lane, uint64_t position, uint32_t at_s)
{
	struct block *b = NULL;
	lb_err e = append_read(a, lane, position, &b);

	if (e == LB_OK && (position < b->first || position >= block_end(b)))
		e = LB_NOT_FOUND;
	if (e == LB_OK)
		e = block_purge(b, (uint32_t)(position - b->first), at_s);
	if (e == LB_OK)
		e = write_again(a, b);
	if (b)
		block_unref(b);
	return e;
}

/* Keys of what is due. */
struct due {
	uint32_t now_s;
	unsigned n;
	uint8_t key[PURGE_RECORDS][DUE_KEY_SIZE];
};

static bool add_due(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct due *due = user;

	(void)value;
	(void)value_n;
	if (key_n != DUE_KEY_SIZE || get_big(key, 4) > due->now_s)
		return false;
	memcpy(due->key[due->n++], key, key_n);
	return due->n < PURGE_RECORDS;
}

static lb_err until_of(const struct block *b, uint32_t i, const struct retention *keep, uint32_t *until_s)
{
	struct lb_header h;
	int64_t s;
	lb_err e = block_header(b, i, &h);

	if (e != LB_OK)
		return e;
	s = (retention_until(keep, &h) + 999) / 1000;
	*until_s = s < UINT32_MAX ? (uint32_t)s : UINT32_MAX;
	return LB_OK;
}

/* Takes out what is over; *next is when the next of it will be, 0: never. */
static lb_err purge_block(struct block *b, const struct retention *keep, uint32_t now_s, bool *changed, uint32_t *next_s)
{
	*changed = false;
	*next_s = 0;
	for (uint32_t i = 0; i < b->count; i++) {
		uint32_t until_s;
		lb_err e;

		if (block_is_purged(b, i))
			continue;
		e = until_of(b, i, keep, &until_s);
		if (e != LB_OK)
			return e;
		if (until_s <= now_s) {
			e = block_purge(b, i, until_s);
			*changed = true;
		} else if (*next_s == 0 || until_s < *next_s) {
			*next_s = until_s;
		}
		if (e != LB_OK)
			return e;
	}
	return LB_OK;
}

static lb_err purge_record(struct append *a, const uint8_t key[DUE_KEY_SIZE], const struct retention *keep, uint32_t now_s)
{
	unsigned lane = key[4] ? LB_LANE_ROUTINE : LB_LANE_URGENT;
	uint64_t first = get_big(key + 5, 8);
	struct block *b = NULL;
	uint32_t next_s = 0;
	bool changed = false;
	lb_err e = journal_remove(a->journal, JOURNAL_DUE, key, DUE_KEY_SIZE);

	if (e == LB_OK)
		e = append_read(a, lane, first, &b);
	if (e == LB_NOT_FOUND || (e == LB_OK && b->first != first)) {
		if (b)
			block_unref(b);
		return LB_OK; /* past retention */
	}
	if (e == LB_OK)
		e = purge_block(b, keep, now_s, &changed, &next_s);
	if (e == LB_OK && changed)
		e = write_again(a, b);
	if (e == LB_OK && next_s > 0)
		e = append_due(a, next_s > now_s + AGAIN_S ? next_s : now_s + AGAIN_S, lane, first);
	if (b)
		block_unref(b);
	return e;
}

lb_err purge_due(struct append *a, const struct retention *keep, int64_t now_ms, unsigned *n)
{
	struct due due = { .now_s = (uint32_t)(now_ms / 1000) };
	lb_err e = journal_peek_each(a->journal, JOURNAL_DUE, NULL, 0, add_due, &due);

	for (unsigned i = 0; e == LB_OK && i < due.n; i++)
		e = purge_record(a, due.key[i], keep, due.now_s);
	*n = due.n;
	return e;
}

lb_err purge_look_at(struct append *a, const struct retention *keep, unsigned lane, uint64_t position, uint64_t *next)
{
	uint32_t first_s = 0, until_s;
	struct block *b = NULL;
	lb_err e = append_read(a, lane, position, &b);

	for (uint32_t i = 0; e == LB_OK && i < b->count; i++) {
		if (block_is_purged(b, i))
			continue;
		e = until_of(b, i, keep, &until_s);
		if (e == LB_OK && (first_s == 0 || until_s < first_s))
			first_s = until_s;
	}
	if (e == LB_OK && first_s > 0)
		e = append_due(a, first_s, lane, b->first);
	if (e == LB_OK)
		*next = block_end(b);
	if (b)
		block_unref(b);
	return e;
}
