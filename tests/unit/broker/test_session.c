/* A session's way in: greeting, READY, Hello, and every wrong order; its time-outs; who takes it over; how it ends. */
#include "tests/kit/stand.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "broker/session.h"
#include "broker/worker_state.h"

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void each_step_has_its_answer(void **state)
{
	struct caller *c;
	const Lagebus__Welcome *w;
	struct lb_uuid log;

	(void)state;
	stand_start();
	log = journal_id(stand.parts.journal);
	c = stand_call("sn");
	assert_int_equal(caller_hear(c), HEARD_GREETING); /* before we have said a word */
	caller_say_greeting(c);
	assert_int_equal(caller_hear(c), HEARD_COMMAND);
	assert_int_equal(c->command.kind, LB_ZMTP_READY);
	assert_true(c->command.peer_is_router);
	caller_say_ready(c, LB_ZMTP_DEALER);
	caller_say_hello(c, NULL);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_WELCOME));
	w = c->control->welcome;
	assert_int_equal(w->version, LB_PROTOCOL_VERSION);
	assert_string_equal(w->partner, "de-sn");
	assert_int_equal(w->log.len, sizeof log.b);
	assert_memory_equal(w->log.data, log.b, sizeof log.b);
	assert_int_equal(w->heartbeat_ds, 300);
	assert_int_equal(w->urgent + w->routine + w->urgent_last + w->routine_last, 0);
	assert_true(caller_is_answered(c));
}

/* Greeting, READY, Hello and a PING, as they stand on the wire. */
static size_t opening(uint8_t out[512])
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct lb_buf b = LB_BUF_INIT;
	uint8_t packed[128];
	size_t n;

	hello.version = LB_PROTOCOL_VERSION;
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = &hello;
	n = lagebus__control__pack(&control, packed);
	lb_zmtp_greeting(out);
	assert_int_equal(lb_buf_append(&b, out, LB_ZMTP_GREETING), LB_OK);
	assert_int_equal(lb_zmtp_put_ready(&b, LB_ZMTP_DEALER), LB_OK);
	assert_int_equal(lb_zmtp_put_message(&b, &(struct lb_frame){ packed, n }, 1), LB_OK);
	assert_int_equal(lb_zmtp_put_ping(&b, 300, "at once", 7), LB_OK);
	n = lb_buf_len(&b);
	assert_true(n <= 512);
	memcpy(out, lb_buf_data(&b), n);
	lb_buf_fini(&b);
	return n;
}

static void assert_opened(struct caller *c)
{
	assert_int_equal(caller_hear(c), HEARD_GREETING);
	assert_int_equal(caller_hear(c), HEARD_COMMAND);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_WELCOME));
	assert_int_equal(caller_hear(c), HEARD_COMMAND);
	assert_int_equal(c->command.kind, LB_ZMTP_PONG);
	assert_int_equal(c->command.text.n, 7);
	assert_memory_equal(c->command.text.p, "at once", 7);
}

static void it_may_all_come_at_once_or_byte_by_byte(void **state)
{
	uint8_t bytes[512];
	size_t n = opening(bytes);
	struct caller *c;

	(void)state;
	stand_start();
	assert_opened(stand_call_early("sn", bytes, n)); /* with its handshake */
	c = stand_call("he");
	caller_say(c, bytes, n);
	assert_opened(c);
	c = stand_call("bsi");
	for (size_t i = 0; i < n; i++)
		caller_say(c, bytes + i, 1); /* a TLS record each */
	assert_opened(c);
	c = stand_call_early("uni", bytes, 70);
	caller_say(c, bytes + 70, n - 70);
	assert_opened(c);
}

/* What a peer may say, right or wrong. */
static void say_other_greeting(struct caller *c)
{
	uint8_t greeting[LB_ZMTP_GREETING];

	lb_zmtp_greeting(greeting);
	memcpy(greeting + 12, "CURVE", 5);
	caller_say(c, greeting, sizeof greeting);
}
static void say_ready(struct caller *c) { caller_say_ready(c, LB_ZMTP_DEALER); }
static void say_ready_of_a_router(struct caller *c) { caller_say_ready(c, LB_ZMTP_ROUTER); }
static void say_error(struct caller *c) { caller_say(c, "\4\7\5ERROR\0", 9); }
static void say_ping(struct caller *c) { caller_say_ping(c, NULL, 0); }
static void say_unknown_command(struct caller *c) { caller_say(c, "\4\6\5DANCE", 8); }
static void say_bad_command(struct caller *c) { caller_say(c, "\4\2\5P", 4); }
static void say_hello(struct caller *c) { caller_say_hello(c, NULL); }
static void say_received(struct caller *c) { caller_say_received(c, 0, 0); }
static void say_garbage(struct caller *c) { caller_say_frames(c, &(struct lb_frame){ (const uint8_t *)"\xff\xff\xff", 3 }, 1); }
static void say_empty_control(struct caller *c) { caller_say_frames(c, &(struct lb_frame){ (const uint8_t *)"", 0 }, 1); }
static void say_two_frames(struct caller *c) { caller_say(c, "\1\1a\0\1b", 6); }
static void say_four_frames(struct caller *c) { caller_say(c, "\1\1a\1\1b\1\1c\0\1d", 12); }
static void say_large_frame(struct caller *c) { caller_say(c, "\2\0\0\0\0\1\0\0\0", 9); } /* 16 MiB announced */
static void say_reserved_flags(struct caller *c) { caller_say(c, "\x10\1x", 3); }
static void say_publish(struct caller *c)
{
	struct lb_header h;

	caller_header(c, "de-he", &h);
	caller_publish(c, &h, "x", 1);
}

#define STATES 4 /* GREETING, READY, HELLO, OPEN */

/* The reason that each state has for it; NULL: it is taken, and the session goes on. */
static const struct {
	const char *what;
	void (*say)(struct caller *c);
	const char *reason[STATES];
} sayings[] = {
	{ "a greeting of another mechanism", say_other_greeting, { "zmtp-greeting", "zmtp-frame", "zmtp-frame", "zmtp-frame" } },
	{ "READY of a DEALER", say_ready, { "zmtp-greeting", NULL, "unexpected", "unexpected" } },
	{ "READY of a ROUTER", say_ready_of_a_router, { "zmtp-greeting", "unexpected", "unexpected", "unexpected" } },
	{ "ERROR", say_error, { "zmtp-greeting", "unexpected", "unexpected", "unexpected" } },
	{ "PING", say_ping, { "zmtp-greeting", "unexpected", NULL, NULL } },
	{ "an unknown command", say_unknown_command, { "zmtp-greeting", "unexpected", NULL, NULL } },
	{ "a command that is none", say_bad_command, { "zmtp-greeting", "zmtp-command", "zmtp-command", "zmtp-command" } },
	{ "Hello", say_hello, { "zmtp-greeting", "unexpected", NULL, "unexpected" } },
	{ "Received", say_received, { "zmtp-greeting", "unexpected", "unexpected", NULL } },
	{ "a control that is garbage", say_garbage, { "zmtp-greeting", "unexpected", "bad-control", "bad-control" } },
	{ "an empty control", say_empty_control, { "zmtp-greeting", "unexpected", "unexpected", "unexpected" } },
	{ "two frames", say_two_frames, { "zmtp-greeting", "unexpected", "unexpected", "unexpected" } },
	{ "a publish", say_publish, { "zmtp-greeting", "unexpected", "unexpected", NULL } },
	{ "four frames", say_four_frames, { "zmtp-greeting", "unexpected", "unexpected", "unexpected" } },
	{ "a large frame", say_large_frame, { "zmtp-greeting", "zmtp-too-big", "zmtp-too-big", "zmtp-too-big" } },
	{ "reserved flags", say_reserved_flags, { "zmtp-greeting", "zmtp-frame", "zmtp-frame", "zmtp-frame" } },
};

static void bring_to(struct caller *c, unsigned to)
{
	if (to >= 1)
		caller_say_greeting(c);
	if (to >= 2)
		caller_say_ready(c, LB_ZMTP_DEALER);
	if (to >= 3)
		caller_say_hello(c, NULL);
}

static void every_state_takes_what_it_expects_and_nothing_else(void **state)
{
	struct caller *bystander;

	(void)state;
	stand_start();
	bystander = stand_agent("bsi");
	for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++)
		for (unsigned at = 0; at < STATES; at++) {
			struct caller *c = stand_call("sn");
			const char *reason, *expected = sayings[i].reason[at];

			bring_to(c, at);
			sayings[i].say(c);
			if (!expected) {
				say_garbage(c); /* what took the one thing says what is wrong with this */
				expected = "bad-control";
			}
			reason = caller_hear_reason(c);
			if (strcmp(reason, expected) != 0)
				fail_msg("%s in state %u: %s", sayings[i].what, at, reason);
			caller_fini(c);
			stand.callers_n--;
		}
	assert_true(caller_is_answered(bystander));
}

/* Nobody is given room for what a session takes before it is one. */
static void what_comes_before_hello_is_small(void **state)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	static char software[5000];
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_call("sn");
	bring_to(c, 2);
	memset(software, 'x', sizeof software - 1);
	hello.version = LB_PROTOCOL_VERSION;
	hello.software = software;
	caller_say_hello(c, &hello);
	assert_string_equal(caller_hear_reason(c), "zmtp-too-big");
}

static void who_says_nothing_before_hello_is_closed(void **state)
{
	static const char *const who[STATES - 1] = { "bsi", "sn", "he" };
	struct caller *c[STATES - 1];

	(void)state;
	stand_set("handshake_timeout", 1);
	stand_start();
	for (unsigned at = 0; at < STATES - 1; at++) {
		c[at] = stand_call(who[at]);
		bring_to(c[at], at);
	}
	for (unsigned at = 0; at < STATES - 1; at++) {
		assert_string_equal(caller_hear_reason(c[at]), "timeout");
		assert_int_equal(caller_hear(c[at]), HEARD_CLOSED);
	}
}

/* A byte now and then is no session: the time runs from the beginning. */
static void who_dribbles_before_hello_is_closed(void **state)
{
	uint8_t bytes[512];
	struct caller *c;
	size_t i = 0;

	(void)state;
	assert_true(opening(bytes) > 100);
	stand_set("handshake_timeout", 1);
	stand_start();
	c = stand_call("sn");
	assert_int_equal(caller_hear(c), HEARD_GREETING);
	while (i < 60 && !caller_wait(c, 100))
		caller_say(c, bytes + i++, 1);
	assert_true(i < 30);
	assert_string_equal(caller_hear_reason(c), "timeout");
}

static void who_answers_ping_stays_and_who_is_silent_goes(void **state)
{
	struct caller *c;

	(void)state;
	stand_set("heartbeat", 1);
	stand_start();
	c = stand_agent("sn");
	for (unsigned i = 0; i < 4; i++) { /* more than a heartbeat in all */
		assert_int_equal(caller_hear(c), HEARD_COMMAND);
		assert_int_equal(c->command.kind, LB_ZMTP_PING);
		assert_int_equal(c->command.ttl_ds, 10);
		caller_say(c, "\4\5\4PONG", 7);
	}
	assert_int_equal(caller_hear(c), HEARD_COMMAND); /* one PING, and no second while it is not answered */
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_GOODBYE));
	assert_string_equal(c->control->goodbye->reason, "timeout");
	assert_int_equal(caller_hear(c), HEARD_CLOSED);
}

static void the_newest_session_of_an_agent_counts(void **state)
{
	(void)state;
	stand_set("workers", 2);
	stand_start();
	for (unsigned i = 0; i < 3; i++) { /* on another worker, on another worker again, on the same one */
		struct caller *first = stand_agent("sn"), *second;

		if (i == 2)
			caller_fini(stand_call("by"));
		second = stand_agent("sn");
		assert_string_equal(caller_hear_reason(first), "taken-over");
		assert_int_equal(caller_hear(first), HEARD_CLOSED);
		assert_true(caller_is_answered(second));
		assert_true(roster_partner_is_online(stand.parts.roster, "de-sn"));
	}
}

static void a_partner_has_so_many_sessions(void **state)
{
	struct caller *first, *second;

	(void)state;
	stand_set("max_per_partner", 1);
	stand_start();
	first = stand_agent("sn");
	assert_string_equal(caller_hear_reason(stand_call("sn2")), "limit");
	assert_true(caller_is_answered(first));
	assert_true(caller_is_answered(stand_agent("leipzig"))); /* a partner of its own */
	second = stand_agent("sn"); /* in place of the first */
	assert_string_equal(caller_hear_reason(first), "taken-over");
	caller_fini(second);
	stand_wait(&stand_metrics(0)->sessions_closed, 3);
	assert_true(caller_is_answered(stand_agent("sn2")));
}

static void a_worker_has_so_many_sessions(void **state)
{
	struct caller *first, *third;

	(void)state;
	stand_set("max_connections", 2);
	stand_start();
	first = stand_agent("sn");
	stand_agent("he");
	roster_dismiss(stand.parts.roster); /* the roster would keep it out */
	third = stand_call("bsi");
	assert_int_equal(caller_hear(third), HEARD_CLOSED);
	assert_int_equal(worker_load(stand.parts.workers[0]), 2);
	assert_true(caller_is_answered(first));
}

static void a_stranger_is_told_so(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_call("by");
	assert_string_equal(caller_hear_reason(c), "not-a-member");
	assert_int_equal(c->command.kind, LB_ZMTP_ERROR);
	assert_int_equal(caller_hear(c), HEARD_CLOSED);
	assert_false(roster_partner_is_online(stand.parts.roster, "de-by"));
}

static void sessions_are_counted(void **state)
{
	const struct metrics *m;
	struct caller *c;

	(void)state;
	stand_start();
	m = stand_metrics(0);
	stand_agent("sn");
	c = stand_agent("he");
	assert_string_equal(caller_hear_reason(stand_call("by")), "not-a-member");
	assert_int_equal(atomic_load(&m->sessions), 2);
	caller_fini(c);
	stand_wait(&m->sessions_closed, 2);
	assert_int_equal(atomic_load(&m->sessions), 1);
	assert_int_equal(worker_load(stand.parts.workers[0]), 1);
	assert_int_equal(roster_connections(stand.parts.roster), 1);
}

/* Its last words and its end come to the poller as one event. Long before a heartbeat would show it, that it is gone is known. */
static void who_says_something_and_goes_is_gone(void **state)
{
	const struct metrics *m;
	int64_t begin;

	(void)state;
	stand_start();
	m = stand_metrics(0);
	begin = clock_ms();
	for (unsigned i = 0; i < 100; i++) {
		struct caller *c = stand_agent("sn");

		for (unsigned k = 0; k < 50; k++) /* the worker is at it when the last ones and the end come */
			caller_say_received(c, 0, 0);
		caller_fini(c);
		stand.callers_n--;
		stand_wait(&m->sessions_closed, i + 1);
		assert_true(clock_ms() - begin < 9000);
	}
}

/* Its room in the kernel is full, so that the Goodbye stays: the session ends all the same. */
static void who_does_not_take_its_goodbye_is_closed(void **state)
{
	struct caller *sender, *c;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	for (unsigned i = 0; i < 8; i++)
		stand_send(sender, "de-sn", 256 * 1024);
	say_garbage(c);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	assert_false(roster_partner_is_online(stand.parts.roster, "de-sn"));
	assert_true(caller_is_answered(sender));
}

static void the_largest_message_comes_in_pieces_and_goes_out_whole(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	id = stand_send(sender, "de-sn", LB_PAYLOAD_MAX);
	stand_assert_delivered(c, &id, 1, 0);
	assert_int_equal(c->payload.n, LB_PAYLOAD_MAX);
	id = stand_send(sender, "de-sn", 1);
	stand_assert_delivered(c, &id, 2, 1);
}

#define BATCH 4096
#define BATCHES 512

/* It is not read from any more when too many of its answers wait, and has every one of them as soon as it reads. */
static void who_asks_and_does_not_read_is_held(void **state)
{
	struct caller *c, *bystander;
	uint32_t said = 0, heard = 0;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	bystander = stand_agent("he");
	for (unsigned i = 0; i < BATCHES && (caller_unsent(c) == 0 || caller_await_room(c, 500)); i++)
		for (unsigned k = 0; k < BATCH; k++, said++)
			caller_say_ping(c, &said, sizeof said);
	assert_true(said < BATCH * BATCHES);
	assert_true(caller_is_answered(bystander));
	for (; heard < said; heard++) {
		assert_int_equal(caller_hear(c), HEARD_COMMAND);
		assert_memory_equal(c->command.text.p, &heard, sizeof heard);
	}
	assert_true(caller_is_answered(c));
}

static void who_never_takes_its_answers_is_closed(void **state)
{
	struct caller *c;

	(void)state;
	stand_set("heartbeat", 1);
	stand_start();
	c = stand_agent("sn");
	for (unsigned i = 0; i < BATCHES && (caller_unsent(c) == 0 || caller_await_room(c, 500)); i++)
		for (unsigned k = 0; k < BATCH; k++)
			caller_say_ping(c, NULL, 0);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	assert_false(roster_partner_is_online(stand.parts.roster, "de-sn"));
}

/* Only who publishes much, only for who could take more, and only until the tick's end. */
static void who_is_ahead_is_held(void **state)
{
	static struct worker w;
	struct settings settings;
	struct session s = { .state = SESSION_OPEN };
	size_t share;

	(void)state;
	assert_int_equal(settings_init(&settings), LB_OK);
	w = (struct worker){ .workers = 1, .settings = &settings, .pace = pace_new(2) };
	assert_non_null(w.pace);
	tail_init(&w.tail[LB_LANE_ROUTINE], 1 << 20, 0);
	share = (1 << 20) / PACE_SHARE;
	s.link = lb_link_new(stand_tls("sn"), NULL);
	assert_non_null(s.link);
	s.published = PACE_FREE + 1;
	pace_tell(w.pace, 1, share);
	assert_false(session_is_held(&w, &s));
	assert_false(w.pacing);
	pace_tell(w.pace, 1, share + 1);
	assert_true(session_is_held(&w, &s));
	assert_true(w.pacing); /* it is looked again soon */
	w.pacing = false;
	s.published = PACE_FREE;
	assert_false(session_is_held(&w, &s));
	assert_false(w.pacing);
	lb_link_free(s.link);
	tail_fini(&w.tail[LB_LANE_ROUTINE]);
	pace_free(w.pace);
	settings_fini(&settings);
}

#define AHEAD 24 /* of 60000 bytes each: more than three ticks take from who is held */

/* As if one more worker had somebody who is behind. */
static void who_is_held_goes_on_with_each_tick(void **state)
{
	static uint8_t payload[60000];
	struct caller *c, *bystander;
	size_t accepted = 0;
	int64_t begin;

	(void)state;
	stand.tick_ms = 0;
	stand_start();
	c = stand_agent("bsi");
	bystander = stand_agent("sn");
	pace_tell(stand.parts.pace, 1, SIZE_MAX);
	begin = clock_ms();
	for (unsigned i = 0; i < AHEAD; i++) {
		struct lb_header h;

		caller_header(c, "de-he", &h);
		caller_publish(c, &h, payload, sizeof payload);
	}
	stand_send(bystander, "de-he", 1);
	while (accepted < AHEAD) {
		assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
		accepted += c->control->accepted->n_ids;
	}
	assert_true(clock_ms() - begin >= 2 * TICK_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(each_step_has_its_answer),
		STAND_TEST(it_may_all_come_at_once_or_byte_by_byte),
		STAND_TEST(every_state_takes_what_it_expects_and_nothing_else),
		STAND_TEST(what_comes_before_hello_is_small),
		STAND_TEST(who_says_nothing_before_hello_is_closed),
		STAND_TEST(who_dribbles_before_hello_is_closed),
		STAND_TEST(who_answers_ping_stays_and_who_is_silent_goes),
		STAND_TEST(the_newest_session_of_an_agent_counts),
		STAND_TEST(a_partner_has_so_many_sessions),
		STAND_TEST(a_worker_has_so_many_sessions),
		STAND_TEST(a_stranger_is_told_so),
		STAND_TEST(sessions_are_counted),
		STAND_TEST(who_says_something_and_goes_is_gone),
		STAND_TEST(who_does_not_take_its_goodbye_is_closed),
		STAND_TEST(the_largest_message_comes_in_pieces_and_goes_out_whole),
		STAND_TEST(who_asks_and_does_not_read_is_held),
		STAND_TEST(who_never_takes_its_answers_is_closed),
		STAND_TEST(who_is_ahead_is_held),
		STAND_TEST(who_is_held_goes_on_with_each_tick),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
