/* broker/approval_status.c: what is said of a message that waits, or waited, stands in the answer's own bytes. */
#include "tests/kit/unit.h"

#include <string.h>

#include "broker/approval_status.h"

#define SIGNER "spiffe://lagebus.example/partner/bund-bsi/agent/main"
#define OTHER "spiffe://lagebus.example/partner/bund-bsi/agent/second"

static void what_waits_says_who_signed_it_and_until_when(void **state)
{
	char signer[] = SIGNER;
	const struct waiting_row row = { .came_ms = 5, .until_ms = 9, .signer = { signer, strlen(signer) } };
	struct approval_said said;

	(void)state;
	approval_say_waiting(&row, &said);
	memset(signer, 'x', sizeof signer - 1);
	assert_int_equal(said.status.state, APPROVAL_WAITING);
	assert_int_equal(said.status.came, 5);
	assert_int_equal(said.status.until, 9);
	assert_int_equal(said.status.at, 0);
	assert_string_equal(said.status.signer, SIGNER);
	assert_string_equal(said.status.by, "");
	assert_int_equal(said.status.n_approvers, 0);
}

static void what_is_settled_says_who_decided_and_why(void **state)
{
	char note[] = "betrifft nur Sachsen";
	const struct settled_row row = { .state = APPROVAL_REFUSED, .came_ms = 5, .until_ms = 9, .at_ms = 7, .signer = { SIGNER, strlen(SIGNER) },
		.by = { OTHER, strlen(OTHER) }, .function = { "Leitung", 7 }, .note = { note, strlen(note) } };
	struct approval_said said;

	(void)state;
	approval_say_settled(&row, &said);
	memset(note, 'x', sizeof note - 1);
	assert_int_equal(said.status.state, APPROVAL_REFUSED);
	assert_int_equal(said.status.at, 7);
	assert_string_equal(said.status.by, OTHER);
	assert_string_equal(said.status.function, "Leitung");
	assert_string_equal(said.status.note, "betrifft nur Sachsen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_says_who_signed_it_and_until_when),
		cmocka_unit_test(what_is_settled_says_who_decided_and_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
