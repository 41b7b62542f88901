/* agents/cli/cmd_watch.c */
#include "tests/unit/cli/fake_agent.h"

#include <signal.h>

static _Atomic bool unwatched;
static pthread_t watcher;

static void three(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	if (request->body_case == LAGEBUS__REQUEST__BODY_UNWATCH) {
		unwatched = true;
		fake_reply(f, &reply);
		return;
	}
	for (uint8_t i = 1; i <= 3; i++) {
		char title[] = "title 0";
		struct sample s;

		title[6] = (char)('0' + i);
		sample_init(&s, i, title);
		reply.more = true;
		reply.body_case = LAGEBUS__REPLY__BODY_MESSAGE;
		reply.message = &s.stored;
		fake_reply(f, &reply);
		sample_fini(&s);
	}
}

static void shows_each_and_says_goodbye(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	unwatched = false;
	fake_start(&f, three);
	assert_int_equal(run(&r, "watch", "--count", "2", NULL), CLI_OK);
	assert_has(r.out, "title 1\t");
	assert_has(r.out, "title 2\t");
	assert_has_not(r.out, "title 3\t");
	assert_int_equal(run(&r, "watch", "--count", "1", "--json", NULL), CLI_OK);
	assert_int_equal(strcspn(r.out, "\n") + 1, strlen(r.out));
	assert_int_equal(run(&r, "watch", "--timeout", "1", "--topic", "warning/*", NULL), CLI_NO_BROKER);
	assert_has(r.err, "nothing came for 1 s");
	assert_int_equal(run(&r, "watch", "--topic", "warning", NULL), CLI_USAGE);
	fake_stop(&f);
	assert_true(unwatched);
	fake_forget(&f);
	ran_free(&r);
}

static void interrupt(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	if (request->body_case == LAGEBUS__REQUEST__BODY_WATCH) {
		pthread_kill(watcher, SIGINT);
		return;
	}
	unwatched = true;
	fake_reply(f, &reply);
}

static void ends_well_when_interrupted(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	unwatched = false;
	watcher = pthread_self();
	fake_start(&f, interrupt);
	assert_int_equal(run(&r, "watch", NULL), CLI_OK);
	fake_stop(&f);
	assert_true(unwatched);
	fake_forget(&f);
	ran_free(&r);
}

static void remind(struct fake *f, const Lagebus__Request *request)
{
	static uint8_t id[16] = { 1, 2 };
	Lagebus__OpenDeadline d = LAGEBUS__OPEN_DEADLINE__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	if (request->body_case == LAGEBUS__REQUEST__BODY_UNWATCH) {
		fake_reply(f, &reply);
		return;
	}
	d.id = (ProtobufCBinaryData){ sizeof id, id };
	d.partner = (char *)"de-sn";
	d.deadline = 1795442400000;
	reply.more = true;
	reply.body_case = LAGEBUS__REPLY__BODY_DEADLINE;
	reply.deadline = &d;
	fake_reply(f, &reply);
	d.overdue = true;
	fake_reply(f, &reply);
	three(f, request);
}

static void a_reminder_is_an_event_and_no_message(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, remind);
	assert_int_equal(run(&r, "watch", "--count", "1", NULL), CLI_OK);
	assert_has(r.out, "\treminder\t2026-11-23T14:00:00Z\tde-sn\t0102");
	assert_has(r.out, "\toverdue\t2026-11-23T14:00:00Z\tde-sn\t0102");
	assert_has(r.out, "title 1\t");
	assert_int_equal(run(&r, "watch", "--count", "1", "--json", NULL), CLI_OK);
	assert_int_equal(strncmp(r.out, "{\"event\":\"reminder\",", 20), 0);
	assert_has(r.out, "\n{\"event\":\"overdue\",");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_each_and_says_goodbye),
		cmocka_unit_test(ends_well_when_interrupted),
		cmocka_unit_test(a_reminder_is_an_event_and_no_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
