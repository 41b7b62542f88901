/* The ledger's rows, joined. */
#include "broker/ledger_write.h"

#include "broker/core/ledger.h"

lb_err ledger_write(struct append *a, const void *key, size_t key_n, const void *value, size_t value_n)
{
	uint8_t joined[LEDGER_ROW_MAX];
	struct ledger_row row, more;
	lb_err e = journal_peek_row(a->journal, JOURNAL_LEDGER, key, key_n, &a->record);

	if (e != LB_OK && e != LB_NOT_FOUND)
		return e;
	if (e == LB_OK && ledger_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row) == LB_OK &&
	    ledger_row_read(value, value_n, &more) == LB_OK) {
		ledger_row_join(&row, &more);
		return journal_put(a->journal, JOURNAL_LEDGER, key, key_n, joined, ledger_row_write(&row, joined));
	}
	return journal_put(a->journal, JOURNAL_LEDGER, key, key_n, value, value_n);
}
