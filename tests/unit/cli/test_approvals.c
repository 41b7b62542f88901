/* agents/cli/approvals.c: what is said of one that waits or waited; lists and payloads are in test_cmd_approve.c. */
#include "tests/unit/cli/run.h"

#include "agents/cli/approvals.h"

#define NOON 1000036800000 /* 2001-09-09T12:00:00Z */

static int make(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	return 0;
}

static void assert_sentence(const Lagebus__ApprovalStatus *a, const char *expected)
{
	char text[2048];

	approvals_sentence(a, NOON, text, sizeof text);
	assert_string_equal(text, expected);
}

static void each_state_has_its_name_and_sentence(void **state)
{
	char *approvers[] = { (char *)"bund-bsi", (char *)"bund-x" };
	Lagebus__ApprovalStatus a = LAGEBUS__APPROVAL_STATUS__INIT;

	(void)state;
	a.until = NOON + 3600000;
	a.at = NOON;
	a.state = 1;
	assert_sentence(&a, "waits until 13:00 for a second person");
	a.approvers = approvers;
	a.n_approvers = 2;
	assert_sentence(&a, "waits until 13:00 for a second person of bund-bsi, bund-x");
	a.by = (char *)"spiffe://x/a";
	a.state = 2;
	assert_string_equal(approvals_state(a.state), "approved");
	assert_sentence(&a, "approved at 12:00 by spiffe://x/a");
	a.function = (char *)"Leitung";
	a.note = (char *)"gesehen";
	a.state = 3;
	assert_sentence(&a, "not sent: refused at 12:00 by spiffe://x/a (Leitung): gesehen");
	a.state = 4;
	assert_sentence(&a, "not sent: nobody approved it until 13:00");
	a.state = 5;
	a.function = a.note = (char *)"";
	assert_sentence(&a, "not sent: withdrawn at 12:00 by spiffe://x/a");
}

static void a_state_of_later_is_unknown(void **state)
{
	(void)state;
	assert_string_equal(approvals_state(0), "");
	assert_string_equal(approvals_state(1), "waiting");
	assert_string_equal(approvals_state(7), "unknown");
	assert_string_equal(approvals_state(UINT32_MAX), "unknown");
}

/* More approvers, or a longer note, than there is room for. */
static void what_is_too_long_is_cut(void **state)
{
	Lagebus__ApprovalStatus a = LAGEBUS__APPROVAL_STATUS__INIT;
	char *approvers[40], text[64];

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		approvers[i] = (char *)"de-sn/leipzig";
	a.state = 1;
	a.until = NOON;
	a.approvers = approvers;
	a.n_approvers = 40;
	approvals_sentence(&a, NOON, text, sizeof text);
	assert_int_equal(strlen(text), sizeof text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_its_name_and_sentence),
		cmocka_unit_test(a_state_of_later_is_unknown),
		cmocka_unit_test(what_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
