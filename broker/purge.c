/* Messages whose bytes go from the log while their places stay. */
#include "broker/purge.h"

static lb_err read_block(struct append *a, unsigned lane, uint64_t position, struct block **out)
{
	uint64_t first;
	lb_err e = journal_peek(a->journal, lane, position, &a->record, &first);

	return e == LB_OK ? block_record_read((enum lb_lane)lane, first, &a->record, out) : e;
}

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
	lb_err e = read_block(a, lane, position, &b);

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
