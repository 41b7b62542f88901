/* agents/cli/cmd_status.c */
#include "tests/unit/cli/fake_agent.h"

static void shows_how_it_is(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, NULL);
	assert_int_equal(run(&r, "status", NULL), CLI_OK);
	assert_has(r.out, "broker\tbroker.example:7700\n");
	assert_has(r.out, "urgent lane\t5 of 9, 4 behind\n");
	assert_has(r.out, "acts for\tde-sl\nacts for\tde-sn/leipzig\n");
	assert_int_equal(run(&r, "status", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"linked\": true");
	assert_has(r.out, "\"behind\": 4");
	assert_has(r.out, "\"acts_for\": [\n    \"de-sl\",\n    \"de-sn/leipzig\"\n  ]");
	assert_int_equal(run(&r, "status", "--table", NULL), CLI_OK);
	assert_has(r.out, "\nurgent lane       5 of 9, 4 behind\n");
	fake_stop(&f);
	ran_free(&r);
}

static void no_link_is_an_exit_code(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, NULL);
	f.broker = "";
	assert_int_equal(run(&r, "status", NULL), CLI_NO_BROKER);
	assert_has(r.out, "last error\tthe peer was silent");
	assert_int_equal(run(&r, "status", "--json", NULL), CLI_NO_BROKER);
	assert_has(r.out, "\"linked\": false");
	fake_stop(&f);
	ran_free(&r);
}

static void what_is_open_is_listed(void **state)
{
	static uint8_t id[16] = { 1, 2 };
	static char *names[] = { (char *)"de-sn", (char *)"de-he" };
	Lagebus__OpenDeadline ours = LAGEBUS__OPEN_DEADLINE__INIT, late, others = LAGEBUS__OPEN_DEADLINE__INIT, *all[] = { &ours, &late, &others };
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	ours.id = (ProtobufCBinaryData){ sizeof id, id };
	ours.partner = (char *)"bund-bsi";
	ours.ack_policy = LB_ACK_ACKNOWLEDGED;
	ours.deadline = 1795442400000;
	ours.title = (char *)"Lage\033[2J";
	late = ours;
	late.overdue = late.exercise = true;
	others.id = ours.id;
	others.deadline = ours.deadline;
	others.ack_policy = LB_ACK_IMPLEMENTED;
	others.overdue = true;
	others.partners = names;
	others.n_partners = 2;
	others.partners_in_all = 70;
	fake_start(&f, NULL);
	f.open = all;
	f.open_n = 3;
	assert_int_equal(run(&r, "status", NULL), CLI_OK);
	assert_has(r.out, "\nacknowledge\tuntil 2026-11-23T14:00:00Z, by bund-bsi: Lage");
	assert_has(r.out, "\noverdue\tsince 2026-11-23T14:00:00Z, by bund-bsi: ÜBUNG – ÜBUNG – ÜBUNG  Lage");
	assert_has(r.out, "\nothers overdue\tsince 2026-11-23T14:00:00Z: de-sn, de-he and 68 more: 0102");
	assert_has_not(r.out, "\033");
	assert_int_equal(run(&r, "status", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"event\": \"reminder\"");
	assert_has(r.out, "\"event\": \"others-overdue\"");
	assert_has(r.out, "\"asks\": \"implemented\"");
	assert_has(r.out, "\"partners_in_all\": 70");
	fake_stop(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_how_it_is),
		cmocka_unit_test(no_link_is_an_exit_code),
		cmocka_unit_test(what_is_open_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
