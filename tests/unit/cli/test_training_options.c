/* agents/cli/training_options.c */
#include "tests/unit/cli/run.h"

#include "agents/cli/training_options.h"

#define HOUR INT64_C(3600000)
#define NOON INT64_C(1796126400000) /* 2026-12-01T12:00:00Z */

static struct args args;
static Lagebus__TrainingEvent event;
static Lagebus__Contact contact;
static struct why why;

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	args.given_n = 0;
	lagebus__training_event__init(&event);
	lagebus__contact__init(&contact);
	return 0;
}

static void give(const char *name, const char *value)
{
	args.given[args.given_n++] = (struct given){ name, value };
}

static lb_err read_event(void)
{
	return training_read_event(&args, &event, &contact, &why);
}

static void what_is_given_is_set(void **state)
{
	(void)state;
	give("title", "Phishing erkennen");
	give("kind", "workshop");
	give("for", "staff");
	give("begins", "2026-12-01T12:00");
	give("ends", "2026-12-01T14:00:00Z");
	give("seats", "20");
	give("contact", "Schulung");
	assert_int_equal(read_event(), LB_OK);
	assert_string_equal(event.title, "Phishing erkennen");
	assert_int_equal(event.kind, LAGEBUS__TRAINING_KIND__TRAINING_KIND_WORKSHOP);
	assert_int_equal(event.audience, LAGEBUS__TRAINING_AUDIENCE__TRAINING_AUDIENCE_STAFF);
	assert_true(event.begins == NOON && event.ends == NOON + 2 * HOUR);
	assert_int_equal(event.seats, 20);
	assert_int_equal(event.status, LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CONFIRMED);
	assert_non_null(event.organiser);
	assert_string_equal(event.organiser->function, "Schulung");
	assert_int_equal(training_check_event(&event, &why), LB_OK);
}

/* What is moved lasts as long as before, and is registered for until it begins. */
static void what_is_moved_keeps_its_length(void **state)
{
	(void)state;
	event.begins = NOON + 24 * HOUR;
	event.ends = event.begins + 3 * HOUR;
	event.register_until = event.begins - HOUR;
	event.title = (char *)"as before";
	give("begins", "2026-12-01 12:00");
	assert_int_equal(read_event(), LB_OK);
	assert_true(event.begins == NOON && event.ends == NOON + 3 * HOUR);
	assert_int_equal(event.register_until, 0);
	assert_string_equal(event.title, "as before");
	assert_null(event.organiser);
}

static void what_is_no_value_is_said(void **state)
{
	static const struct {
		const char *option, *value, *says;
	} bad[] = {
		{ "kind", "party", "lecture or workshop or event is expected" }, { "for", "everyone", "staff or citizens" },
		{ "begins", "tomorrow", "--begins tomorrow: 2026-12-01 14:00" },  { "ends", "2026-13-01T00:00", "--ends" },
		{ "begins", "1960-01-01T00:00:00Z", "no time that can be" },          { "seats", "-1", "seats" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		args.given_n = 0;
		give(bad[i].option, bad[i].value);
		assert_int_equal(read_event(), LB_INVALID);
		if (!strstr(why.text, bad[i].says))
			fail_msg("%s is not in: %s", bad[i].says, why.text);
	}
}

static void an_event_cannot_do_without(void **state)
{
	(void)state;
	assert_int_equal(training_check_event(&event, &why), LB_INVALID);
	assert_non_null(strstr(why.text, "--title"));
	event.title = (char *)"t";
	assert_int_equal(training_check_event(&event, &why), LB_INVALID);
	assert_non_null(strstr(why.text, "--kind"));
	event.kind = LAGEBUS__TRAINING_KIND__TRAINING_KIND_LECTURE;
	assert_int_equal(training_check_event(&event, &why), LB_INVALID);
	assert_non_null(strstr(why.text, "--for"));
	event.audience = LAGEBUS__TRAINING_AUDIENCE__TRAINING_AUDIENCE_CITIZENS;
	assert_int_equal(training_check_event(&event, &why), LB_INVALID);
	assert_non_null(strstr(why.text, "--begins"));
	event.begins = NOON;
	event.ends = NOON - 1;
	assert_int_equal(training_check_event(&event, &why), LB_INVALID);
	assert_non_null(strstr(why.text, "--ends"));
	event.ends = 0;
	assert_int_equal(training_check_event(&event, &why), LB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_given_is_set, set_up),
		cmocka_unit_test_setup(what_is_moved_keeps_its_length, set_up),
		cmocka_unit_test_setup(what_is_no_value_is_said, set_up),
		cmocka_unit_test_setup(an_event_cannot_do_without, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
