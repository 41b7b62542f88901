/* broker/ledger_write.c: what people did is joined with what is there, also within one transaction. */
#include "tests/unit/broker/log_fixture.h"

#include "broker/core/ledger.h"
#include "broker/ledger_write.h"

static void write_row(const struct ledger_row *row)
{
	uint8_t key[LEDGER_KEY_MAX], value[LEDGER_ROW_MAX];
	struct lb_uuid id = log_id(1);

	assert_int_equal(ledger_write(&l.append, key, ledger_key(&id, "de-sn", key), value, ledger_row_write(row, value)), LB_OK);
}

static struct ledger_row read_row(void)
{
	uint8_t key[LEDGER_KEY_MAX];
	struct lb_uuid id = log_id(1);
	struct ledger_row row;

	assert_int_equal(journal_peek_row(l.append.journal, JOURNAL_LEDGER, key, ledger_key(&id, "de-sn", key), &l.append.record), LB_OK);
	assert_int_equal(ledger_row_read(lb_buf_data(&l.append.record), lb_buf_len(&l.append.record), &row), LB_OK);
	return row;
}

static void both_of_a_transaction_count(void **state)
{
	struct ledger_row row;

	(void)state;
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	write_row(&(struct ledger_row){ .displayed_ms = 5, .acknowledged_ms = 5, .by = "CISO" });
	write_row(&(struct ledger_row){ .displayed_ms = 6 });
	row = read_row();
	assert_true(row.displayed_ms == 5 && row.acknowledged_ms == 5 && row.implemented_ms == 0);
	assert_string_equal(row.by, "CISO");
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
}

static void what_cannot_be_read_gives_way(void **state)
{
	uint8_t key[LEDGER_KEY_MAX];
	struct lb_uuid id = log_id(1);

	(void)state;
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
	assert_int_equal(journal_put(l.append.journal, JOURNAL_LEDGER, key, ledger_key(&id, "de-sn", key), "x", 1), LB_OK);
	write_row(&(struct ledger_row){ .displayed_ms = 6 });
	assert_true(read_row().displayed_ms == 6);
	journal_abort(l.append.journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_of_a_transaction_count, log_set_up, log_tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_gives_way, log_set_up, log_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
