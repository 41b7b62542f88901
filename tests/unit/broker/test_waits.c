/* broker/waits.c: what waits for a second person ends with its exercise, at once and before anybody approves it, and with nobody else's. */
#include "tests/unit/broker/two_people.h"

#include "proto/audit.pb-c.h"
#include "proto/exercise.pb-c.h"

#define BEGIN LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN
#define END LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END

static void assert_accepted(struct caller *c)
{
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
}

static void say_exercise(struct caller *c, const char *who, const char *name, unsigned phase, int64_t ends_ms)
{
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct lb_header h;
	uint8_t bytes[256];

	x.phase = (Lagebus__ExercisePhase)phase;
	x.title = (char *)name;
	x.ends = ends_ms;
	caller_header(c, "all", &h);
	h.type = LB_TYPE_EXERCISE;
	h.lane = LB_LANE_URGENT;
	h.exercise = true;
	h.exercise_name = lb_text_of(name);
	stand_publish(c, who, &h, bytes, lagebus__exercise__pack(&x, bytes));
	assert_accepted(c);
}

/* A warning of level 4 that waits; of an exercise, or real. */
static struct lb_header hold_in(const char *exercise, struct caller *c)
{
	struct lb_header h;

	red(c, "all", &h);
	h.exercise = exercise != NULL;
	h.exercise_name = lb_text_of(exercise ? exercise : "");
	stand_publish(c, "bsi", &h, waiting_payload, sizeof waiting_payload);
	assert_accepted(c);
	return h;
}

static void wait_until_ended(struct caller *c, const struct lb_uuid *id)
{
	for (unsigned i = 0; state_of(c, id) != APPROVAL_ENDED; i++) {
		assert_true(i < 500);
		caller_wait(c, 20);
	}
}

/* What the broker says to a second person who approves it: "" or the reason. */
static const char *approve(struct caller *c, const struct lb_header *about)
{
	struct said s;

	init_said(&s, c, about, APPROVED);
	say(c, "bsi2", &s);
	while (caller_hear(c) == HEARD_DELIVERY)
		;
	assert_non_null(c->control);
	return c->control->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED ? "" : c->control->refused->reason;
}

/* How often the audit has this end of a wait. */
struct told {
	const struct lb_uuid *id;
	enum approval_state state;
	unsigned n;
};

static bool count_ends(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct told *t = user;
	Lagebus__AuditRow *row = lagebus__audit_row__unpack(NULL, value_n, value);

	(void)key;
	(void)key_n;
	for (size_t i = 0; row && i < row->n_events; i++) {
		const Lagebus__AuditEvent *e = row->events[i];

		t->n += e->body_case == LAGEBUS__AUDIT_EVENT__BODY_WAIT && e->wait->id.len == sizeof t->id->b &&
		        memcmp(e->wait->id.data, t->id->b, sizeof t->id->b) == 0 && e->wait->state == (unsigned)t->state;
	}
	if (row)
		lagebus__audit_row__free_unpacked(row, NULL);
	return true;
}

static void wait_until_told(struct caller *c, const struct lb_uuid *id, enum approval_state state)
{
	struct told t = { id, state, 0 };
	struct journal_reader *r;

	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	for (unsigned i = 0; t.n == 0; i++) {
		assert_true(i < 500);
		assert_int_equal(journal_each(r, JOURNAL_AUDIT, NULL, 0, count_ends, &t), LB_OK);
		if (t.n == 0)
			caller_wait(c, 20);
	}
	assert_int_equal(t.n, 1);
	journal_reader_free(r);
}

static void it_ends_with_its_exercise_and_no_other_does(void **state)
{
	struct lb_header played, other, real;
	struct caller *bsi, *second;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	second = stand_agent("bsi2");
	say_exercise(bsi, "bsi", "LÜKEX", BEGIN, 0);
	say_exercise(bsi, "bsi", "LÜKEX 26", BEGIN, 0);
	played = hold_in("LÜKEX", bsi);
	other = hold_in("LÜKEX 26", bsi);
	real = hold_in(NULL, bsi);
	say_exercise(bsi, "bsi", "LÜKEX", END, 0);
	wait_until_ended(bsi, &played.id);
	wait_until_told(bsi, &played.id, APPROVAL_ENDED);
	assert_string_equal(receipts(bsi, &played.id)->approval->by, "");
	assert_int_equal(state_of(bsi, &other.id), APPROVAL_WAITING);
	assert_int_equal(state_of(bsi, &real.id), APPROVAL_WAITING);
	assert_string_equal(approve(second, &played), "not-found");
	assert_string_equal(approve(second, &other), "");
	assert_string_equal(approve(second, &real), "");
}

static void nobody_approves_it_once_the_exercise_is_over(void **state)
{
	struct caller *bsi, *second;
	struct lb_header played;
	const char *said;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	second = stand_agent("bsi2");
	say_exercise(bsi, "bsi", "LÜKEX", BEGIN, 0);
	played = hold_in("LÜKEX", bsi);
	say_exercise(bsi, "bsi", "LÜKEX", END, 0);
	said = approve(second, &played); /* the writer may have ended it by now */
	assert_true(strcmp(said, "exercise-unknown") == 0 || strcmp(said, "not-found") == 0);
	wait_until_ended(bsi, &played.id);
}

static void it_ends_also_by_the_clock_and_over_a_restart(void **state)
{
	struct lb_uuid now = lb_uuid7_now();
	struct lb_header played;
	struct caller *bsi;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	say_exercise(bsi, "bsi", "LÜKEX", BEGIN, lb_uuid7_ms(&now) + 1500);
	played = hold_in("LÜKEX", bsi);
	stand_stop();
	stand_start();
	bsi = stand_agent("bsi");
	wait_until_ended(bsi, &played.id);
}

static void who_waits_too_long_stands_in_the_audit(void **state)
{
	struct lb_header h;
	struct caller *bsi;

	(void)state;
	stand_set("approval_wait", 1);
	stand_start();
	bsi = stand_agent("bsi");
	h = hold_in(NULL, bsi);
	wait_until_told(bsi, &h.id, APPROVAL_EXPIRED);
	assert_int_equal(state_of(bsi, &h.id), APPROVAL_EXPIRED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_ends_with_its_exercise_and_no_other_does),
		STAND_TEST(nobody_approves_it_once_the_exercise_is_over),
		STAND_TEST(it_ends_also_by_the_clock_and_over_a_restart),
		STAND_TEST(who_waits_too_long_stands_in_the_audit),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
