#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lagebus/message_type.h"

static void every_type_has_a_row(void **state)
{
	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX; type++) {
		assert_int_not_equal(lb_message_type(type)->tlp, LB_TLP_UNSET);
		assert_true(lb_message_type(type)->keep_ms > 0);
	}
	assert_int_equal(lb_message_type(LB_TYPE_DIGITAL_VIOLENCE_CASE)->keep_ms, 14 * LB_DAY_MS);
	assert_int_equal(lb_message_type(LB_TYPE_DIGITAL_VIOLENCE_CASE)->tlp, LB_TLP_RED);
	assert_int_equal(lb_message_type(LB_TYPE_INCIDENT_REPORT)->ack_ms, LB_DAY_MS);
}

static void an_unknown_type_is_strict_and_kept(void **state)
{
	(void)state;
	assert_int_equal(lb_message_type(LB_TYPE_MAX + 1)->tlp, LB_TLP_AMBER_STRICT);
	assert_int_equal(lb_message_type(LB_TYPE_MAX + 1)->keep_ms, lb_message_type(LB_TYPE_WARNING)->keep_ms);
}

static void a_message_goes_when_it_says_so_or_its_type_does(void **state)
{
	struct lb_header h = { .type = LB_TYPE_DIGITAL_VIOLENCE_CASE, .created_ms = 1000 };

	(void)state;
	assert_int_equal(lb_header_keep_until(&h), 1000 + 14 * LB_DAY_MS);
	h.expires_ms = 5000;
	assert_int_equal(lb_header_keep_until(&h), 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_a_row),
		cmocka_unit_test(an_unknown_type_is_strict_and_kept),
		cmocka_unit_test(a_message_goes_when_it_says_so_or_its_type_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
