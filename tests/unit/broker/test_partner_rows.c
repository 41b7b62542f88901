/* broker/partner_rows.c */
#include "broker/partner_rows.h"

#include "tests/kit/unit.h"

static void rows_are_empty_and_pointed_to(void **state)
{
	struct partner_rows rows;

	(void)state;
	assert_int_equal(partner_rows_init(&rows, 3), LB_OK);
	assert_int_equal(rows.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_ptr_equal(rows.pointer[i], &rows.receipt[i]);
		assert_ptr_equal(rows.pointer[i]->base.descriptor, &lagebus__partner_receipt__descriptor);
		assert_string_equal(rows.receipt[i].partner, "");
		assert_int_equal(rows.ledger[i].acknowledged_ms, 0);
	}
	partner_rows_fini(&rows);
}

static void zeros_are_fine(void **state)
{
	struct partner_rows rows = { 0 };

	(void)state;
	partner_rows_fini(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_empty_and_pointed_to),
		cmocka_unit_test(zeros_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
