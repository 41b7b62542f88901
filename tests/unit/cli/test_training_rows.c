/* agents/cli/training_rows.c: words, seats, and one event as people name it; the agent's answers are in test_cmd_training_list.c. */
#include "tests/unit/cli/run.h"

#include "agents/cli/training_rows.h"

static Lagebus__TrainingRow row;
static Lagebus__TrainingEvent event[3];
static struct training list[3];
static struct trainings all = { .list = list, .n = 3 };

static int set_up(void **state)
{
	static const char *const uids[] = { "20261201-abcd1234@de-sn", "20261202-abcd9999@de-he", "20261202" };

	(void)state;
	lagebus__training_row__init(&row);
	for (unsigned i = 0; i < 3; i++) {
		lagebus__training_event__init(&event[i]);
		event[i].uid = (char *)uids[i];
		list[i] = (struct training){ .row = &row, .event = &event[i] };
	}
	return 0;
}

/* What is found, or NULL; `says` is in what is said otherwise. */
static const struct training *find(const char *written, enum cli_exit code, const char *says)
{
	const struct training *found = NULL;
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = stdout, .err = open_memstream(&text, &n) };

	assert_int_equal(training_find(&cli, &all, written, &found), code);
	fclose(cli.err);
	if (code != CLI_OK && !strstr(text, says))
		fail_msg("%s is not in: %s", says, text);
	free(text);
	return code == CLI_OK ? found : NULL;
}

static void an_event_is_named_by_its_uid_or_a_part(void **state)
{
	(void)state;
	assert_ptr_equal(find("20261201-abcd1234@de-sn", CLI_OK, ""), &list[0]);
	assert_ptr_equal(find("20261201", CLI_OK, ""), &list[0]);
	assert_ptr_equal(find("1234", CLI_OK, ""), &list[0]);
	assert_ptr_equal(find("abcd9999", CLI_OK, ""), &list[1]);
	/* The whole uid of one is the beginning of another's. */
	assert_ptr_equal(find("20261202", CLI_OK, ""), &list[2]);
	find("2026", CLI_USAGE, "3 events");
	find("999", CLI_NOT_FOUND, "no event '999'"); /* too short */
	find("de-sn", CLI_NOT_FOUND, "no event");
	find("", CLI_NOT_FOUND, "no event");
}

static void what_is_not_known_has_no_word(void **state)
{
	(void)state;
	assert_string_equal(training_kind(2), "workshop");
	assert_string_equal(training_kind(0), "");
	assert_string_equal(training_kind(99), "");
	assert_string_equal(training_audience(2), "citizens");
	assert_string_equal(training_audience(3), "");
	assert_string_equal(training_status(3), "cancelled");
	assert_string_equal(training_status(UINT32_MAX), "");
}

static void seats_do_not_go_below_none(void **state)
{
	(void)state;
	assert_int_equal(training_seats_left(&list[0]), -1);
	event[0].seats = 20;
	row.taken = 15;
	assert_int_equal(training_seats_left(&list[0]), 5);
	row.taken = 25;
	assert_int_equal(training_seats_left(&list[0]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_event_is_named_by_its_uid_or_a_part, set_up),
		cmocka_unit_test_setup(what_is_not_known_has_no_word, set_up),
		cmocka_unit_test_setup(seats_do_not_go_below_none, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
