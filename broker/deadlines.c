/* Rows of deadlines in the log. */
#include "broker/deadlines.h"

#include "broker/core/deadline.h"

lb_err deadlines_write(struct journal *j, const struct block *b)
{
	static const uint8_t none = 0;
	uint8_t key[DEADLINE_KEY_SIZE];
	lb_err e = LB_OK;

	for (uint32_t i = 0; e == LB_OK && i < b->count; i++) {
		struct lb_header h;

		e = block_header(b, i, &h);
		if (e != LB_OK || !deadline_is_set(&h))
			continue;
		deadline_key(&h, DEADLINE_OPEN, key);
		e = journal_put(j, JOURNAL_DEADLINES, key, sizeof key, &none, sizeof none);
	}
	return e;
}

lb_err deadlines_forget(struct journal *j, const struct lb_header *h)
{
	uint8_t key[DEADLINE_KEY_SIZE + 1];
	lb_err e = LB_OK;

	for (unsigned n = 0; e == LB_OK && deadline_is_set(h) && deadline_key_at(h, n, key); n++) {
		key[DEADLINE_KEY_SIZE] = 0;
		e = journal_clear(j, JOURNAL_DEADLINES, key, DEADLINE_KEY_SIZE, key, sizeof key);
	}
	return e;
}
