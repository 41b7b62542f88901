/* The end of a record. */
#include "broker/drop.h"

#include <stdbool.h>
#include <string.h>

#include "broker/core/block.h"
#include "broker/deadlines.h"

static bool is_past(const struct block *b, int64_t before_ms)
{
	struct lb_header newest;

	return block_header(b, b->count - 1, &newest) == LB_OK && lb_uuid7_ms(&newest.id) < before_ms;
}

/* The rows of tables whose keys begin with the message's id, or are it. */
static lb_err drop_rows(struct journal *j, const struct lb_uuid *id)
{
	static const enum journal_table begin[] = { JOURNAL_LEDGER, JOURNAL_DELETED }, are[] = { JOURNAL_ERASED, JOURNAL_RECALLED };
	uint8_t end[sizeof id->b + 1];
	lb_err e = LB_OK;

	/* The keys go on with a partner's id or an agent's, which are ASCII. */
	memcpy(end, id->b, sizeof id->b);
	end[sizeof id->b] = UINT8_MAX;
	for (unsigned i = 0; e == LB_OK && i < sizeof begin / sizeof *begin; i++)
		e = journal_clear(j, begin[i], id->b, sizeof id->b, end, sizeof end);
	for (unsigned i = 0; e == LB_OK && i < sizeof are / sizeof *are; i++)
		e = journal_remove(j, are[i], id->b, sizeof id->b);
	return e;
}

static lb_err drop_message(struct journal *j, const struct lb_header *h)
{
	lb_err e = journal_forget(j, &h->id);

	if (e == LB_OK)
		e = deadlines_forget(j, h);
	return e == LB_OK ? drop_rows(j, &h->id) : e;
}

static lb_err drop_messages(struct journal *j, const struct block *b)
{
	lb_err e = LB_OK;

	for (uint32_t i = 0; e == LB_OK && i < b->count; i++) {
		struct lb_header h;

		e = block_header(b, i, &h);
		if (e == LB_OK)
			e = drop_message(j, &h);
	}
	return e;
}

lb_err drop_oldest(struct append *a, unsigned lane, int64_t before_ms, uint32_t *messages)
{
	struct block *b;
	lb_err e = append_read(a, lane, journal_oldest(a->journal, lane), &b);

	if (e != LB_OK)
		return e;
	e = is_past(b, before_ms) ? drop_messages(a->journal, b) : LB_NOT_FOUND;
	if (e == LB_OK)
		e = journal_drop_oldest(a->journal, lane);
	if (e == LB_OK)
		*messages = b->count;
	block_unref(b);
	return e;
}
