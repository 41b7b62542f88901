/* The ledger's rows there and back, and what is not one. */
#include "tests/kit/unit.h"

#include <string.h>

#include "broker/core/ledger.h"

static void a_cursor_is_read_back(void **state)
{
	const struct cursor_row row = { { 1, UINT64_MAX - 2 }, { 2, UINT64_MAX - 1 }, { 0x0102030405060708, UINT64_MAX }, 1700000000123 };
	uint8_t p[CURSOR_ROW_SIZE];
	struct cursor_row back;

	(void)state;
	cursor_row_write(&row, p);
	assert_int_equal(cursor_row_read(p, sizeof p, &back), LB_OK);
	assert_memory_equal(&row, &back, sizeof row);
	for (size_t n = 0; n < sizeof p; n++)
		assert_int_equal(cursor_row_read(p, n, &back), LB_CORRUPT);
}

static void what_is_stored_was_given_and_what_was_given_was_judged(void **state)
{
	const struct cursor_row bad[] = {
		{ { 2, 0 }, { 1, 0 }, { 2, 0 }, 0 },
		{ { 0, 9 }, { 0, 9 }, { 0, 8 }, 0 },
	};
	uint8_t p[CURSOR_ROW_SIZE];
	struct cursor_row back;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		cursor_row_write(&bad[i], p);
		assert_int_equal(cursor_row_read(p, sizeof p, &back), LB_CORRUPT);
	}
}

static void a_mandate_is_read_back(void **state)
{
	const struct mandate_row row = { { 3, UINT64_MAX } };
	uint8_t p[MANDATE_ROW_SIZE];
	struct mandate_row back;

	(void)state;
	mandate_row_write(&row, p);
	assert_int_equal(mandate_row_read(p, sizeof p, &back), LB_OK);
	assert_memory_equal(&row, &back, sizeof row);
	for (size_t n = 0; n < sizeof p; n++)
		assert_int_equal(mandate_row_read(p, n, &back), LB_CORRUPT);
}

static void the_mandates_of_an_agent_begin_alike(void **state)
{
	static char long_agent[LB_SPIFFE_ID_MAX + 9], long_partner[LB_PARTNER_ID_MAX + 9];
	uint8_t all[MANDATE_KEY_MAX], one[MANDATE_KEY_MAX], other[MANDATE_KEY_MAX];
	size_t all_n = mandate_key("agent", "", all), one_n = mandate_key("agent", "de-sl", one);

	(void)state;
	assert_int_equal(one_n, all_n + 5);
	assert_memory_equal(one, all, all_n);
	assert_memory_equal(one + all_n, "de-sl", 5);
	mandate_key("agent2", "", other);
	assert_memory_not_equal(other, all, all_n);
	memset(long_agent, 'a', sizeof long_agent - 1);
	memset(long_partner, 'p', sizeof long_partner - 1);
	assert_int_equal(mandate_key(long_agent, long_partner, one), MANDATE_KEY_MAX);
}

static void what_people_did_is_read_back(void **state)
{
	struct ledger_row row = { .displayed_ms = 1, .acknowledged_ms = 1700000000000, .implemented_ms = INT64_MAX }, back;
	uint8_t p[LEDGER_ROW_MAX];
	size_t n;

	(void)state;
	for (size_t by = 0; by <= LB_TEXT_MAX; by += 51) {
		memset(row.by, 0, sizeof row.by);
		memset(row.by, 'b', by);
		n = ledger_row_write(&row, p);
		assert_true(n <= sizeof p);
		memset(&back, 0xee, sizeof back);
		assert_int_equal(ledger_row_read(p, n, &back), LB_OK);
		assert_true(back.displayed_ms == 1 && back.acknowledged_ms == row.acknowledged_ms && back.implemented_ms == INT64_MAX);
		assert_string_equal(back.by, row.by);
	}
	for (size_t k = 0; k < 24; k++)
		assert_int_equal(ledger_row_read(p, k, &back), LB_CORRUPT);
	assert_int_equal(ledger_row_read(p, LEDGER_ROW_MAX + 1, &back), LB_CORRUPT);
}

static void what_was_done_first_stays(void **state)
{
	struct ledger_row row = { .displayed_ms = 5, .acknowledged_ms = 5, .by = "CISO" };
	const struct ledger_row displayed = { .displayed_ms = 9 }, implemented = { .displayed_ms = 8, .acknowledged_ms = 8, .implemented_ms = 8, .by = "BSOC" };

	(void)state;
	ledger_row_join(&row, &displayed);
	assert_true(row.displayed_ms == 5 && row.acknowledged_ms == 5 && row.implemented_ms == 0);
	assert_string_equal(row.by, "CISO");
	ledger_row_join(&row, &implemented);
	assert_true(row.displayed_ms == 5 && row.acknowledged_ms == 5 && row.implemented_ms == 8);
	assert_string_equal(row.by, "BSOC");
}

static void keys_tell_message_and_partner(void **state)
{
	struct lb_uuid a = { { 1 } }, b = { { 2 } };
	uint8_t p[LEDGER_KEY_MAX], q[LEDGER_KEY_MAX];
	size_t n = ledger_key(&a, "de-sn", p);

	(void)state;
	assert_int_equal(n, 16 + 5);
	assert_memory_equal(p, a.b, 16);
	assert_memory_equal(p + 16, "de-sn", 5);
	assert_int_equal(ledger_key(&b, "de-sn", q), n);
	assert_memory_not_equal(p, q, n);
}

static void a_recall_is_read_back(void **state)
{
	struct recalled_row row = { { { 1, 2, 3 } }, 1700000000123 }, back;
	uint8_t p[RECALLED_ROW_SIZE];

	(void)state;
	recalled_row_write(&row, p);
	assert_int_equal(recalled_row_read(p, sizeof p, &back), LB_OK);
	assert_memory_equal(&back.recall, &row.recall, sizeof row.recall);
	assert_int_equal(back.at_ms, row.at_ms);
	assert_int_equal(recalled_row_read(p, sizeof p - 1, &back), LB_CORRUPT);
}

static void a_deletion_is_read_back_and_is_an_agents(void **state)
{
	struct lb_uuid id = { { 7 } };
	uint8_t key[DELETED_KEY_MAX], p[DELETED_ROW_SIZE];
	int64_t at_ms = 0;

	(void)state;
	assert_int_equal(deleted_key(&id, "spiffe://a", key), 16 + 10);
	assert_memory_equal(key, id.b, 16);
	assert_memory_equal(key + 16, "spiffe://a", 10);
	deleted_row_write(1700000000123, p);
	assert_int_equal(deleted_row_read(p, sizeof p, &at_ms), LB_OK);
	assert_int_equal(at_ms, 1700000000123);
	assert_int_equal(deleted_row_read(p, sizeof p - 1, &at_ms), LB_CORRUPT);
}

static void a_case_that_went_is_read_back(void **state)
{
	struct erased_row row = { 1700000000123, { 1, 2, 3 } }, back;
	uint8_t p[ERASED_ROW_SIZE];

	(void)state;
	erased_row_write(&row, p);
	assert_int_equal(erased_row_read(p, sizeof p, &back), LB_OK);
	assert_true(back.at_ms == row.at_ms);
	assert_memory_equal(back.digest, row.digest, sizeof row.digest);
	assert_int_equal(erased_row_read(p, sizeof p - 1, &back), LB_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cursor_is_read_back),
		cmocka_unit_test(what_is_stored_was_given_and_what_was_given_was_judged),
		cmocka_unit_test(a_mandate_is_read_back),
		cmocka_unit_test(the_mandates_of_an_agent_begin_alike),
		cmocka_unit_test(what_people_did_is_read_back),
		cmocka_unit_test(what_was_done_first_stays),
		cmocka_unit_test(keys_tell_message_and_partner),
		cmocka_unit_test(a_recall_is_read_back),
		cmocka_unit_test(a_deletion_is_read_back_and_is_an_agents),
		cmocka_unit_test(a_case_that_went_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
