/* Blocks into the log. */
#include "broker/append.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/bytes.h"
#include "broker/core/ledger.h"

void append_fini(struct append *a)
{
	lb_buf_fini(&a->record);
	free(a->keep);
}

static void set_results(struct block *b, lb_err result)
{
	for (uint32_t i = 0; i < b->publishes_n; i++)
		b->publishes[i].result = result;
}

static bool make_keep(struct append *a, uint32_t n)
{
	bool *grown;

	if (n <= a->keep_n)
		return true;
	grown = realloc(a->keep, n * sizeof *grown);
	if (!grown)
		return false;
	a->keep = grown;
	a->keep_n = n;
	return true;
}

void append_nothing(struct append *a, struct block *b, lb_err result)
{
	set_results(b, result);
	if (b->count > 0 && make_keep(a, b->count)) {
		memset(a->keep, 0, b->count * sizeof *a->keep);
		block_keep(b, a->keep);
	}
}

static bool same_message(const struct block *one, uint32_t i, const struct block *other, uint32_t j)
{
	struct lb_zmtp_message x, y;

	if (block_message(one, i, &x) != LB_OK || block_message(other, j, &y) != LB_OK)
		return false;
	for (unsigned f = 0; f < 3; f++)
		if (x.frames[f].n != y.frames[f].n || memcmp(x.frames[f].p, y.frames[f].p, x.frames[f].n) != 0)
			return false;
	return true;
}

lb_err append_read(struct append *a, unsigned lane, uint64_t position, struct block **out)
{
	uint64_t first;
	lb_err e = journal_peek(a->journal, lane, position, &a->record, &first);

	return e == LB_OK ? block_record_read((enum lb_lane)lane, first, &a->record, out) : e;
}

lb_err append_peek(struct append *a, enum journal_table t, const struct lb_uuid *id)
{
	return journal_peek_row(a->journal, t, id->b, sizeof id->b, &a->record);
}

/* Of a case that its recipients have acknowledged the digest is kept: its origin may not have heard yet that it was taken. */
static lb_err compare_erased(struct append *a, const struct block *b, uint32_t i)
{
	uint8_t digest[LB_DIGEST_SIZE];
	struct lb_zmtp_message m;
	struct erased_row row;
	lb_err e = erased_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row);

	if (e == LB_OK)
		e = block_message(b, i, &m);
	if (e == LB_OK)
		e = lb_message_digest(m.frames[0], m.frames[1], digest);
	return e == LB_OK && memcmp(digest, row.digest, sizeof digest) != 0 ? LB_ID_REUSED : e;
}

/* What else was purged cannot be compared any more. */
static lb_err compare_purged(struct append *a, const struct block *b, uint32_t i)
{
	const struct lb_uuid *id = &b->publishes[i].id;
	lb_err e = append_peek(a, JOURNAL_RECALLED, id);

	if (e != LB_NOT_FOUND)
		return e == LB_OK ? LB_RECALLED : e;
	e = append_peek(a, JOURNAL_ERASED, id);
	return e == LB_OK ? compare_erased(a, b, i) : e == LB_NOT_FOUND ? LB_EXPIRED : e;
}

lb_err append_compare(struct append *a, struct block *b, uint32_t i, unsigned lane, uint64_t position)
{
	struct block *stored = NULL;
	lb_err e;

	if (position == 0)
		return LB_ID_REUSED; /* it waits for a second person, or waited in vain: see deeds.h */
	e = append_read(a, lane, position, &stored);
	if (e == LB_OK && (position < stored->first || position >= block_end(stored)))
		e = LB_ID_REUSED;
	if (e == LB_OK && block_is_purged(stored, (uint32_t)(position - stored->first)))
		e = compare_purged(a, b, i);
	else if (e == LB_OK)
		e = same_message(b, i, stored, (uint32_t)(position - stored->first)) ? LB_OK : LB_ID_REUSED;
	if (stored)
		block_unref(stored);
	return e;
}

/* A publish's own fault, which is its answer; anything else ends the transaction. */
static bool is_answer(lb_err e)
{
	return e == LB_OK || e == LB_ID_REUSED || e == LB_RECALLED || e == LB_EXPIRED;
}

/* Remembers the ids of a block's messages; keep[i] says which are new. LB_OK, or what ends the transaction. */
static lb_err remember(struct append *a, struct block *b, uint64_t first, uint32_t *kept)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->count; i++) {
		unsigned lane = b->lane;
		uint64_t position = first + n;
		lb_err e = journal_remember(a->journal, &b->publishes[i].id, &lane, &position);

		a->keep[i] = e == LB_OK;
		n += e == LB_OK;
		if (e == LB_ID_REUSED && lane == b->lane && position >= first) {
			/* Earlier in this very block: entry `position - first` of those that are kept. */
			uint32_t j = 0, at = (uint32_t)(position - first);

			while (!a->keep[j] || at-- > 0)
				j++;
			e = same_message(b, i, b, j) ? LB_OK : LB_ID_REUSED;
		} else if (e == LB_ID_REUSED) {
			e = append_compare(a, b, i, lane, position);
		}
		if (!is_answer(e))
			return e;
		b->publishes[i].result = e;
	}
	*kept = n;
	return LB_OK;
}

lb_err append_due(struct append *a, uint32_t due_s, unsigned lane, uint64_t first)
{
	uint8_t key[DUE_KEY_SIZE], *p = put_big(key, due_s, 4);

	*p++ = (uint8_t)lane;
	put_big(p, first, 8);
	return journal_put(a->journal, JOURNAL_DUE, key, sizeof key, "", 0);
}

lb_err append_block(struct append *a, struct block *b, uint64_t first)
{
	uint32_t kept;
	uint8_t *room;
	lb_err e;

	if (!make_keep(a, b->count))
		return LB_NO_MEMORY;
	e = remember(a, b, first, &kept);
	if (e != LB_OK)
		return e;
	if (kept < b->count)
		block_keep(b, a->keep);
	if (kept == 0)
		return LB_OK;
	block_number(b, first);
	e = journal_append(a->journal, b->lane, first, b->count, block_record_size(b), &room);
	if (e == LB_OK)
		block_record_write(b, room);
	return e == LB_OK && b->due_s > 0 ? append_due(a, b->due_s, b->lane, first) : e;
}
