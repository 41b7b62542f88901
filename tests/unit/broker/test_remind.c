/* Deadlines as the broker keeps them: who is reminded when, who hears that somebody is overdue, what ends it, and that a restart and an absence
 * change nothing. The clock that deadlines are looked at by is moved. */
#include "tests/kit/stand.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "broker/core/deadline.h"
#include "lagebus/level_clock.h"
#include "proto/exercise.pb-c.h"
#include "proto/receipt.pb-c.h"

#define MINUTE ((int64_t)60 * 1000)
#define HOUR (60 * MINUTE)

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The broker's clock is so far ahead from now on. */
static void advance(int64_t ms)
{
	atomic_store(&stand.ahead_ms, ms);
}

/* One that wants to hear of deadlines. */
static struct caller *agent(const char *who)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;

	hello.version = LB_PROTOCOL_VERSION;
	hello.reminders = true;
	return stand_agent_from(who, &hello);
}

static void hear_nothing_open(struct caller *c);

/* One that has heard already that nothing is open. */
static struct caller *informed(const char *who)
{
	struct caller *c = agent(who);

	hear_nothing_open(c);
	return c;
}

/* The next control of this kind; deliveries, commands and what ends a pass are passed over. NULL: another came. */
static const Lagebus__Control *hear(struct caller *c, Lagebus__Control__BodyCase body)
{
	for (;;) {
		enum heard h = caller_hear(c);

		if (h == HEARD_DELIVERY || h == HEARD_COMMAND)
			continue;
		if (h != HEARD_CONTROL)
			return NULL;
		if (c->control->body_case == LAGEBUS__CONTROL__BODY_REMINDER && c->control->reminder->id.len == 0)
			continue;
		return c->control->body_case == body ? c->control : NULL;
	}
}

static const Lagebus__Reminder *hear_reminder(struct caller *c, const struct lb_uuid *id, const char *partner)
{
	const Lagebus__Control *said = hear(c, LAGEBUS__CONTROL__BODY_REMINDER);

	assert_non_null(said);
	assert_int_equal(said->reminder->id.len, sizeof id->b);
	assert_memory_equal(said->reminder->id.data, id->b, sizeof id->b);
	assert_string_equal(said->reminder->partner, partner);
	assert_int_equal(said->reminder->ack_policy, LB_ACK_ACKNOWLEDGED);
	return said->reminder;
}

/* Partners are joined with commas, in the federation file's order. */
static void hear_overdue(struct caller *c, const struct lb_uuid *id, const char *partners)
{
	const Lagebus__Control *said = hear(c, LAGEBUS__CONTROL__BODY_OVERDUE);
	char names[256] = "";
	struct lb_header h;

	assert_non_null(said);
	assert_memory_equal(said->overdue->id.data, id->b, sizeof id->b);
	assert_int_equal(lb_header_decode(said->overdue->header.data, said->overdue->header.len, &h), LB_OK);
	assert_memory_equal(h.id.b, id->b, sizeof id->b);
	assert_int_equal(said->overdue->partners_in_all, said->overdue->n_partners);
	for (size_t i = 0; i < said->overdue->n_partners; i++) {
		strcat(names, i ? "," : "");
		strcat(names, said->overdue->partners[i]);
	}
	assert_string_equal(names, partners);
}

/* It has been told all that was open when it came: nothing but that. */
static void hear_nothing_open(struct caller *c)
{
	enum heard h;

	while ((h = caller_hear(c)) == HEARD_DELIVERY || h == HEARD_COMMAND)
		continue;
	assert_int_equal(h, HEARD_CONTROL);
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_REMINDER);
	assert_int_equal(c->control->reminder->id.len, 0);
}

/* Nothing more is said to it than that its receipt has been noted. */
static void hear_settled_at_most(struct caller *c)
{
	enum heard h;

	caller_say_ping(c, "now", 3);
	while ((h = caller_hear(c)) != HEARD_COMMAND || c->command.kind != LB_ZMTP_PONG) {
		assert_true(h == HEARD_CONTROL || h == HEARD_COMMAND);
		if (h == HEARD_CONTROL)
			assert_true(c->control->body_case == LAGEBUS__CONTROL__BODY_REMINDER && c->control->reminder->settled);
	}
}

/* `exercise` is what it is of; NULL: reality. */
static void acknowledge_in(const char *exercise, struct caller *c, const struct lb_uuid *about, const char *origin, unsigned what)
{
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	struct lb_header h;
	uint8_t packed[256];

	caller_header(c, origin, &h);
	h.type = LB_TYPE_RECEIPT;
	h.tlp = LB_TLP_AMBER_STRICT;
	h.lane = LB_LANE_URGENT;
	h.has_thread = true;
	h.thread = *about;
	h.exercise = exercise != NULL;
	if (exercise)
		h.exercise_name = lb_text_of(exercise);
	r.refers_to = (ProtobufCBinaryData){ sizeof about->b, (uint8_t *)about->b };
	r.state = what;
	r.by = (char *)"CISO on duty";
	caller_publish(c, &h, packed, lagebus__receipt__pack(&r, packed));
	assert_non_null(hear(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
}

static void acknowledge(struct caller *c, const struct lb_uuid *about, const char *origin, unsigned what)
{
	acknowledge_in(NULL, c, about, origin, what);
}

static struct lb_uuid warn(struct caller *c, const char *to)
{
	struct lb_header h;

	caller_warning(c, to, &h);
	if (strcmp(to, "all") != 0)
		h.tlp = LB_TLP_AMBER_STRICT; /* not those below */
	caller_publish(c, &h, "x", 1);
	assert_non_null(hear(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	return h.id;
}

struct counted {
	unsigned n[DEADLINE_STAGES];
};

static bool count(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct counted *counted = user;
	struct deadline d;

	(void)value;
	(void)value_n;
	assert_int_equal(deadline_read(key, key_n, &d), LB_OK);
	counted->n[d.stage]++;
	return true;
}

/* Waits until the rows are so many in each stage. */
static void await_rows(unsigned open, unsigned reminded, unsigned overdue)
{
	struct journal_reader *r;
	struct counted c;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	for (unsigned i = 0; i < CALLER_MS; i++) {
		c = (struct counted){ { 0 } };
		assert_int_equal(journal_each(r, JOURNAL_DEADLINES, "", 0, count, &c), LB_OK);
		if (c.n[0] == open && c.n[1] == reminded && c.n[2] == overdue)
			break;
		poll(NULL, 0, 1);
	}
	journal_reader_free(r);
	if (c.n[0] != open || c.n[1] != reminded || c.n[2] != overdue)
		fail_msg("%u, %u and %u rows, not %u, %u and %u", c.n[0], c.n[1], c.n[2], open, reminded, overdue);
}

static void only_what_asks_for_something_has_a_row(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = informed("bsi");
	stand_send(c, "de-sn", 1);
	await_rows(0, 0, 0);
	warn(c, "de-sn");
	await_rows(1, 0, 0);
	caller_warning(c, "de-sn", &h);
	caller_publish(c, &h, "x", 1);
	assert_non_null(hear(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	caller_publish(c, &h, "x", 1); /* a repeat is stored once */
	assert_non_null(hear(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	await_rows(2, 0, 0);
}

static void who_has_not_acknowledged_is_reminded_and_then_overdue(void **state)
{
	struct caller *bsi, *sn, *he;
	const Lagebus__Reminder *r;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	sn = informed("sn");
	he = informed("he");
	id = warn(bsi, "all");
	acknowledge(he, &id, "bund-bsi", LB_ACK_ACKNOWLEDGED);
	advance(3 * HOUR + MINUTE);
	r = hear_reminder(sn, &id, "de-sn");
	assert_false(r->overdue || r->settled || r->exercise);
	assert_true(r->now >= now_ms() + 3 * HOUR && r->deadline > r->now);
	await_rows(0, 1, 0);
	advance(4 * HOUR + MINUTE);
	assert_true(hear_reminder(sn, &id, "de-sn")->overdue);
	hear_overdue(bsi, &id, "de-sn,de-sn/leipzig,uni");
	await_rows(0, 0, 1);
	hear_settled_at_most(he); /* who has, is not asked again */
	assert_int_equal(atomic_load(&stand_metrics(0)->reminded), 1);
	assert_int_equal(atomic_load(&stand_metrics(0)->overdue), 1);
}

/* As far as the policy asks, and each for itself; the last one ends it. */
static void what_everyone_has_acknowledged_is_over(void **state)
{
	struct caller *bsi, *sn, *sn2;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	sn = informed("sn");
	sn2 = informed("sn2");
	id = warn(bsi, "de-sn");
	warn(bsi, "de-he");
	await_rows(2, 0, 0);
	acknowledge(sn, &id, "bund-bsi", LB_ACK_DISPLAYED);
	advance(5 * HOUR);
	assert_true(hear_reminder(sn, &id, "de-sn")->overdue);
	assert_true(hear_reminder(sn2, &id, "de-sn")->overdue);
	acknowledge(sn, &id, "bund-bsi", LB_ACK_ACKNOWLEDGED);
	assert_true(hear_reminder(sn2, &id, "de-sn")->settled);
	assert_true(hear_reminder(sn, &id, "de-sn")->settled);
	await_rows(0, 0, 1);
	advance(0);
}

static void before_the_reminder_a_receipt_ends_it_without_a_word(void **state)
{
	struct caller *bsi, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	sn = informed("sn");
	id = warn(bsi, "de-sn");
	acknowledge(sn, &id, "bund-bsi", LB_ACK_IMPLEMENTED);
	await_rows(0, 0, 0);
	advance(5 * HOUR);
	assert_true(caller_is_answered(sn));
}

static void begin_exercise(struct caller *c, const char *to, const char *name)
{
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	uint8_t payload[200];
	struct lb_header h;

	caller_header(c, to, &h);
	h.type = LB_TYPE_EXERCISE;
	h.lane = LB_LANE_URGENT;
	h.exercise = true;
	h.exercise_name = lb_text_of(name);
	x.phase = LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN;
	x.title = (char *)name;
	caller_publish(c, &h, payload, lagebus__exercise__pack(&x, payload));
	assert_non_null(hear(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
}

static void a_coordinator_hears_of_what_a_land_sent(void **state)
{
	struct caller *sn, *bsi, *leipzig;
	struct lb_uuid id;
	struct lb_header h;

	(void)state;
	stand_start();
	sn = informed("sn");
	bsi = informed("bsi");
	leipzig = informed("leipzig");
	begin_exercise(sn, "de-sn/*", "LÜKEX");
	caller_warning(sn, "de-sn/leipzig", &h);
	h.exercise = true;
	h.exercise_name = lb_text_of("LÜKEX");
	caller_publish(sn, &h, "x", 1);
	assert_non_null(hear(sn, LAGEBUS__CONTROL__BODY_ACCEPTED));
	id = h.id;
	advance(5 * HOUR);
	hear_overdue(bsi, &id, "de-sn/leipzig");
	hear_overdue(sn, &id, "de-sn/leipzig");
	assert_true(hear_reminder(leipzig, &id, "de-sn/leipzig")->exercise);
	acknowledge_in("LÜKEX", leipzig, &id, "de-sn", LB_ACK_ACKNOWLEDGED);
	hear_overdue(bsi, &id, "");
	hear_overdue(sn, &id, "");
	await_rows(0, 0, 0);
	assert_int_equal(atomic_load(&stand_metrics(0)->overdue), 0); /* an exercise */
}

static void a_restart_changes_nothing(void **state)
{
	struct caller *bsi, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	id = warn(bsi, "de-sn");
	advance(3 * HOUR + MINUTE);
	await_rows(0, 1, 0);
	stand_stop();
	stand_start();
	bsi = agent("bsi");
	sn = agent("sn");
	assert_false(hear_reminder(sn, &id, "de-sn")->overdue);
	stand_stop();
	advance(4 * HOUR + MINUTE); /* while it is down */
	stand_start();
	bsi = agent("bsi");
	sn = agent("sn");
	hear_overdue(bsi, &id, "de-sn");
	do {
		hear_reminder(sn, &id, "de-sn");
	} while (!sn->control->reminder->overdue);
	await_rows(0, 0, 1);
}

static void who_comes_back_hears_what_is_open(void **state)
{
	struct caller *bsi, *sn;
	struct lb_uuid due, overdue;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	overdue = warn(bsi, "de-sn");
	/* Those of one millisecond are in any order. */
	for (int64_t then_ms = now_ms(); now_ms() == then_ms;)
		continue;
	due = warn(bsi, "de-sn");
	advance(4 * HOUR + MINUTE);
	hear_overdue(bsi, &overdue, "de-sn");
	hear_overdue(bsi, &due, "de-sn"); /* whoever joins now is not told of it twice */
	await_rows(0, 0, 2);
	sn = agent("sn");
	assert_true(hear_reminder(sn, &due, "de-sn")->overdue); /* the newest first */
	assert_true(hear_reminder(sn, &overdue, "de-sn")->overdue);
	hear_nothing_open(sn);
	caller_fini(bsi);
	bsi = agent("bsi");
	hear_overdue(bsi, &due, "de-sn");
	hear_overdue(bsi, &overdue, "de-sn");
	hear_nothing_open(bsi);
	acknowledge(sn, &due, "bund-bsi", LB_ACK_ACKNOWLEDGED);
	await_rows(0, 0, 1);
}

/* More than one step of a pass. */
static void many_come_bit_by_bit(void **state)
{
	struct caller *bsi, *sn;
	unsigned n = 0;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	for (unsigned i = 0; i < 100; i++)
		warn(bsi, "de-sn");
	advance(5 * HOUR);
	await_rows(0, 0, 100);
	sn = agent("sn");
	for (;;) {
		enum heard h = caller_hear(sn);

		if (h == HEARD_DELIVERY || h == HEARD_COMMAND)
			continue;
		assert_int_equal(h, HEARD_CONTROL);
		assert_int_equal(sn->control->body_case, LAGEBUS__CONTROL__BODY_REMINDER);
		if (sn->control->reminder->id.len == 0)
			break;
		n++;
	}
	assert_int_equal(n, 100);
}

static void what_has_expired_is_asked_for_no_more(void **state)
{
	struct lb_header h;
	struct caller *bsi, *sn;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	sn = informed("sn");
	caller_warning(bsi, "de-sn", &h);
	h.tlp = LB_TLP_AMBER_STRICT;
	h.expires_ms = h.created_ms + 2 * HOUR;
	caller_publish(bsi, &h, "x", 1);
	assert_non_null(hear(bsi, LAGEBUS__CONTROL__BODY_ACCEPTED));
	advance(5 * HOUR);
	await_rows(0, 0, 0);
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_true(caller_is_answered(sn));
}

static void who_is_no_recipient_any_more_has_nothing_to_do(void **state)
{
	struct caller *bsi;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	warn(bsi, "de-sn");
	stand_reload("trust_domain = \"lagebus.example\"; partners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; } );", NULL);
	advance(5 * HOUR);
	await_rows(0, 0, 0);
	assert_true(caller_is_answered(bsi));
}

/* What comes to it from the log comes too late for it. */
static void who_joins_later_was_not_asked(void **state)
{
	static const char larger[] =
		"trust_domain = \"lagebus.example\"; partners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },"
		" { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }, { id = \"de-by\"; role = \"state\"; areas = [ \"all\" ]; } );";
	struct caller *bsi, *by;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	id = warn(bsi, "all");
	stand_reload(larger, NULL);
	by = informed("by");
	advance(5 * HOUR);
	hear_overdue(bsi, &id, "de-sn");
	assert_true(caller_is_answered(by));
}

/* Of the day on which a level's working day ends, and of the messages' deadline. */
static void write_federation(char out[600], int64_t deadline_ms)
{
	time_t seconds = (time_t)(deadline_ms / 1000);
	struct tm tm;
	char date[16];

	gmtime_r(&seconds, &tm); /* 17:00 in Germany is the same day in UTC */
	strftime(date, sizeof date, "%Y-%m-%d", &tm);
	snprintf(out, 600, "trust_domain = \"lagebus.example\"; partners = ( { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },"
		" { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; holidays = [ \"%s\" ]; }, { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; } );", date);
}

/* A Land's own holiday is the broker's to know: the origin cannot give each recipient its deadline. */
static void who_is_off_on_that_day_has_longer(void **state)
{
	struct caller *bsi, *sn, *he;
	const Lagebus__Reminder *r;
	char federation[600];
	struct lb_header h;
	int64_t later_ms;

	(void)state;
	stand_start();
	bsi = agent("bsi");
	caller_warning(bsi, "all", &h);
	h.level = 2;
	h.lane = lb_header_lane(h.type, h.level);
	h.ack_deadline_ms = lb_level_deadline_ms(h.level, h.created_ms);
	write_federation(federation, h.ack_deadline_ms);
	stand_reload(federation, NULL);
	hear_nothing_open(bsi);
	sn = informed("sn");
	he = informed("he");
	caller_publish(bsi, &h, "x", 1);
	assert_non_null(hear(bsi, LAGEBUS__CONTROL__BODY_ACCEPTED));
	advance(h.ack_deadline_ms - now_ms() + MINUTE);
	assert_true(hear_reminder(he, &h.id, "de-he")->overdue);
	r = hear_reminder(sn, &h.id, "de-sn");
	assert_false(r->overdue);
	later_ms = r->deadline;
	assert_true(later_ms >= h.ack_deadline_ms + 23 * HOUR);
	hear_overdue(bsi, &h.id, "de-he");
	await_rows(0, 0, 0);
	hear_overdue(agent("bsi2"), &h.id, "de-he"); /* who comes back hears the same */
	advance(later_ms - now_ms() + MINUTE);
	assert_true(hear_reminder(sn, &h.id, "de-sn")->overdue);
	hear_overdue(bsi, &h.id, "de-sn,de-he");
	await_rows(0, 0, 1);
	assert_int_equal(atomic_load(&stand_metrics(0)->overdue), 2);
}

static void two_workers_tell_their_sessions(void **state)
{
	struct caller *bsi, *sn, *he, *uni;
	struct lb_uuid id;

	(void)state;
	stand_set("workers", 2);
	stand_start();
	bsi = informed("bsi");
	sn = informed("sn");
	he = informed("he");
	uni = informed("uni");
	id = warn(bsi, "all");
	advance(5 * HOUR);
	hear_reminder(sn, &id, "de-sn");
	hear_reminder(he, &id, "de-he");
	hear_reminder(uni, &id, "uni");
	hear_overdue(bsi, &id, "de-sn,de-sn/leipzig,de-he,uni");
	acknowledge(he, &id, "bund-bsi", LB_ACK_ACKNOWLEDGED);
	hear_overdue(bsi, &id, "de-sn,de-sn/leipzig,uni");
}

static void who_does_not_ask_is_not_told(void **state)
{
	struct caller *bsi, *sn;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	sn = stand_agent("sn");
	warn(bsi, "de-sn");
	advance(5 * HOUR);
	await_rows(0, 0, 1);
	assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	assert_true(caller_is_answered(sn));
}

static void past_retention_the_row_goes_with_its_message(void **state)
{
	struct caller *bsi;

	(void)state;
	stand_start();
	bsi = informed("bsi");
	warn(bsi, "de-sn");
	await_rows(1, 0, 0);
	stand_stop();
	stand_set("retention", 1);
	stand_start();
	await_rows(0, 0, 0);
}

static void a_warning_that_asks_too_little_is_refused(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = agent("bsi");
	caller_warning(c, "de-sn", &h);
	h.ack_policy = LB_ACK_NONE;
	caller_publish(c, &h, "x", 1);
	assert_string_equal(caller_hear_reason(c), "ack-too-weak");
	caller_warning(c, "de-sn", &h);
	h.ack_deadline_ms += 1;
	caller_publish(c, &h, "x", 1);
	assert_string_equal(caller_hear_reason(c), "ack-too-late");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(only_what_asks_for_something_has_a_row),
		STAND_TEST(who_has_not_acknowledged_is_reminded_and_then_overdue),
		STAND_TEST(what_everyone_has_acknowledged_is_over),
		STAND_TEST(before_the_reminder_a_receipt_ends_it_without_a_word),
		STAND_TEST(a_coordinator_hears_of_what_a_land_sent),
		STAND_TEST(a_restart_changes_nothing),
		STAND_TEST(who_comes_back_hears_what_is_open),
		STAND_TEST(many_come_bit_by_bit),
		STAND_TEST(what_has_expired_is_asked_for_no_more),
		STAND_TEST(who_is_no_recipient_any_more_has_nothing_to_do),
		STAND_TEST(who_joins_later_was_not_asked),
		STAND_TEST(who_is_off_on_that_day_has_longer),
		STAND_TEST(two_workers_tell_their_sessions),
		STAND_TEST(who_does_not_ask_is_not_told),
		STAND_TEST(past_retention_the_row_goes_with_its_message),
		STAND_TEST(a_warning_that_asks_too_little_is_refused),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
