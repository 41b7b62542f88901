/* The table of errors: each token stands once and is read back. */
#include "tests/kit/unit.h"

#include <ctype.h>
#include <string.h>

#include "lagebus/err.h"

static void tokens_are_unique_and_read_back(void **state)
{
	(void)state;
	for (unsigned e = 0; e < LB_ERR_COUNT; e++) {
		const char *token = lb_err_token((lb_err)e);

		assert_true(*token != '\0');
		for (const char *c = token; *c; c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-');
		assert_int_equal(lb_err_from_token(token), e);
		assert_true(strlen(lb_err_text((lb_err)e)) > 5);
	}
	assert_int_equal(LB_OK, 0);
}

static void what_is_outside_the_table_is_unknown(void **state)
{
	(void)state;
	assert_string_equal(lb_err_token(LB_ERR_COUNT), "unknown");
	assert_string_equal(lb_err_token((lb_err)-1), "unknown");
	assert_non_null(lb_err_text(LB_ERR_COUNT));
	assert_int_equal(lb_err_from_token(""), LB_ERR_COUNT);
	assert_int_equal(lb_err_from_token("OK"), LB_ERR_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_unique_and_read_back),
		cmocka_unit_test(what_is_outside_the_table_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
