/* agents/cli/cmd_training_list.c, training_rows.c */
#include "agents/cli/file.h"
#include "tests/unit/cli/training_rows.h"

static void what_is_announced_is_listed_and_shown(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "list", NULL), CLI_OK);
	assert_has(r.out, "2099-12-01T00:00:00Z\tworkshop\tstaff\tconfirmed\tbund-bsi\tPhishing\xef\xbf\xbd[31m\tBonn\t5\t2\t" EVENT_UID "\n");
	assert_has(r.out, "ÜBUNG – ÜBUNG – ÜBUNG Phishing");
	assert_has(r.out, "\tcancelled\t");
	assert_int_equal(run(&r, "training", NULL), CLI_OK);
	assert_has(r.out, EVENT_UID);
	assert_int_equal(run(&r, "training", "list", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"left\": 1");
	assert_has(r.out, "\"tlp\": \"TLP:GREEN\"");
	assert_int_equal(run(&r, "training", "show", "0c3d1a2b3c4d", NULL), CLI_OK);
	assert_has(r.out, "cert@x.example");
	assert_has_not(r.out, "ÜBUNG");
	assert_int_equal(run(&r, "training", "show", OTHER_UID, NULL), CLI_OK);
	assert_has(r.out, "ÜBUNG – ÜBUNG – ÜBUNG");
	assert_int_equal(run(&r, "training", "show", "018f3c2a", NULL), CLI_USAGE);
	assert_has(r.err, "stands for 2 events");
	assert_int_equal(run(&r, "training", "show", "018", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "training", "list", "--past", NULL), CLI_OK);
	fake_stop(&f);
	assert_true(f.last->training->past);
	fake_forget(&f);
	ran_free(&r);
}

static void registrations_are_listed_with_what_is_left(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, answer_training);
	assert_int_equal(run(&r, "training", "registrations", EVENT_UID, NULL), CLI_OK);
	assert_string_equal(r.out, "de-hb\t3\twaiting list\t\t\t\tzu dritt\n");
	assert_int_equal(run(&r, "training", "registrations", EVENT_UID, "--table", NULL), CLI_OK);
	assert_has(r.out, "4 seats taken, 1 left, 3 on the waiting list");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void a_calendar_is_written(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;
	struct why why;
	uint8_t *text;
	size_t n;

	(void)state;
	fake_start(&f, answer_training);
	write_text(in_scratch(f.dir, "x.ics"), "what was there before");
	assert_int_equal(run(&r, "training", "--ics", in_scratch(f.dir, "x.ics"), NULL), CLI_OK);
	assert_int_equal(file_read(in_scratch(f.dir, "x.ics"), 100000, &text, &n, &why), LB_OK);
	assert_has((char *)text, "BEGIN:VCALENDAR\r\n");
	assert_has((char *)text, "STATUS:CANCELLED\r\n");
	free(text);
	assert_int_equal(run(&r, "training", "--ics", "-", NULL), CLI_OK);
	assert_has(r.out, "UID:" EVENT_UID "\r\n");
	assert_int_equal(run(&r, "training", "--ics", in_scratch(f.dir, "no/such/folder"), NULL), CLI_IO);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_announced_is_listed_and_shown),
		cmocka_unit_test(registrations_are_listed_with_what_is_left),
		cmocka_unit_test(a_calendar_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
