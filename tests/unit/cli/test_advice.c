/* agents/cli/advice.c */
#include "agents/cli/advice.h"

#include "lagebus/topic.h"
#include "tests/unit/cli/run.h"

static void says_where_what_and_what_to_do(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(advice_why(&why, LB_EXPIRED, "here"), LB_EXPIRED);
	assert_string_equal(why.text, "here: the message has expired (expired): give a later --expires");
	advice_why(&why, LB_ID_REUSED, "here");
	assert_true(strlen(why.text) > 0 && why.text[strlen(why.text) - 1] == ')');
}

static void says_what_to_do(void **state)
{
	(void)state;
	assert_has(advice_for(LB_NEEDS_APPROVAL), "second person");
	assert_has(advice_for(LB_AREA_NOT_AGREED), "--area");
	assert_string_equal(advice_for(LB_OK), "");
	assert_string_equal(advice_for(LB_ERR_COUNT), "");
}

/* To whom a type goes depends on it. */
static void who_may_not_send_hears_of_the_type(void **state)
{
	(void)state;
	assert_has(advice_to_sender(LB_ROLE_MAY_NOT_SEND, LB_TYPE_WARNING), "bodies below you");
	assert_has(advice_to_sender(LB_ROLE_MAY_NOT_SEND, LB_TYPE_INCIDENT_REPORT), "the office above one's own");
	assert_string_equal(advice_to_sender(LB_ROLE_MAY_NOT_SEND, LB_TYPE_RECALL), advice_for(LB_ROLE_MAY_NOT_SEND));
	assert_string_equal(advice_to_sender(LB_ROLE_MAY_NOT_SEND, LB_TYPE_MAX + 1), advice_for(LB_ROLE_MAY_NOT_SEND));
	assert_string_equal(advice_to_sender(LB_EXPIRED, LB_TYPE_INCIDENT_REPORT), advice_for(LB_EXPIRED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_to_do),
		cmocka_unit_test(who_may_not_send_hears_of_the_type),
		cmocka_unit_test(says_where_what_and_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
