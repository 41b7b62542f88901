/* Who is told that a wait for a second person has ended: at once, when it comes back, over a restart, and nobody else. */
#include "tests/unit/broker/two_people.h"

static struct caller *informed(const char *who)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;

	hello.version = LB_PROTOCOL_VERSION;
	hello.reminders = true;
	return stand_agent_from(who, &hello);
}

/* The next one that it hears of; deliveries, commands, answers to publishes and what ends a pass of deadlines are passed over. */
static const Lagebus__WaitEnded *hear(struct caller *c)
{
	for (;;) {
		enum heard h = caller_hear(c);

		if (h == HEARD_DELIVERY || h == HEARD_COMMAND)
			continue;
		assert_int_equal(h, HEARD_CONTROL);
		if (c->control->body_case == LAGEBUS__CONTROL__BODY_WAIT_ENDED)
			return c->control->wait_ended;
		assert_true(c->control->body_case == LAGEBUS__CONTROL__BODY_REMINDER || c->control->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED);
	}
}

static const Lagebus__ApprovalStatus *assert_ended(struct caller *c, const struct lb_header *about, unsigned state)
{
	const Lagebus__WaitEnded *ended = hear(c);
	struct lb_header h;

	assert_int_equal(ended->id.len, sizeof about->id.b);
	assert_memory_equal(ended->id.data, about->id.b, sizeof about->id.b);
	assert_int_equal(lb_header_decode(ended->header.data, ended->header.len, &h), LB_OK);
	assert_memory_equal(h.id.b, about->id.b, sizeof h.id.b);
	assert_int_equal(ended->approval->state, state);
	assert_true(ended->now >= ended->approval->at && ended->approval->at >= ended->approval->came);
	return ended->approval;
}

/* It has been told of the deadlines, which come behind it in each tick, and of no end. */
static void assert_told_of_none(struct caller *c)
{
	enum heard h;

	while ((h = caller_hear(c)) == HEARD_DELIVERY || h == HEARD_COMMAND)
		continue;
	assert_int_equal(h, HEARD_CONTROL);
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_REMINDER);
	assert_int_equal(c->control->reminder->id.len, 0);
	assert_true(caller_is_answered(c));
}

/* Who decides does not ask to be told: its answer and what it is told come in either order. */
static void assert_told(Lagebus__ApprovalDecision decision, unsigned state)
{
	const Lagebus__ApprovalStatus *said;
	struct caller *origin, *second;
	struct lb_header h;

	stand_start();
	origin = informed("bsi");
	second = stand_agent("bsi2");
	assert_told_of_none(origin);
	h = hold(origin, "bsi", "de-sn");
	decide(second, "bsi2", &h, decision);
	said = assert_ended(origin, &h, state);
	assert_string_equal(said->by, "spiffe://lagebus.example/partner/bund-bsi/agent/second");
	assert_string_equal(said->function, "Leitung");
	assert_string_equal(said->note, "gesehen");
}

static void a_refusal_is_told(void **state)
{
	(void)state;
	assert_told(REFUSED, APPROVAL_REFUSED);
}

static void an_approval_is_told(void **state)
{
	(void)state;
	assert_told(APPROVED, APPROVAL_APPROVED);
}

static void a_withdrawal_is_told(void **state)
{
	struct caller *origin, *second;
	struct lb_header h, said;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = informed("bsi2");
	h = hold(origin, "bsi", "all");
	recall(origin, "bsi", "all", &h, &said);
	stand_assert_accepted(origin, &said.id);
	assert_ended(second, &h, APPROVAL_WITHDRAWN);
}

/* By the broker's own clock, to who is there; to who comes later, too, and again after a restart. */
static void what_waits_in_vain_is_told_also_after_a_restart(void **state)
{
	struct caller *origin, *second;
	struct lb_header h;

	(void)state;
	stand_set("approval_wait", 1);
	stand_start();
	origin = informed("bsi");
	assert_told_of_none(origin);
	h = hold(origin, "bsi", "all");
	assert_ended(origin, &h, APPROVAL_EXPIRED);
	second = informed("bsi2");
	assert_ended(second, &h, APPROVAL_EXPIRED);
	stand_stop();
	stand_start();
	origin = informed("bsi");
	assert_ended(origin, &h, APPROVAL_EXPIRED);
}

/* What ended while the broker was not there is told, too. */
static void a_wait_that_ends_while_the_broker_is_away_is_told(void **state)
{
	struct caller *origin;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	red(origin, "all", &h);
	h.expires_ms = h.created_ms + 4000;
	stand_publish(origin, "bsi", &h, waiting_payload, sizeof waiting_payload);
	stand_assert_accepted(origin, &h.id);
	stand_stop();
	stand_start();
	assert_ended(informed("bsi"), &h, APPROVAL_EXPIRED);
}

static void nobody_else_hears_of_it(void **state)
{
	static const char *const others[] = { "bsi", "bsi2", "leipzig", "he", "uni" };
	struct caller *sn, *sn2;
	struct lb_header h;

	(void)state;
	stand_start();
	sn = informed("sn");
	assert_told_of_none(sn);
	sn2 = stand_agent("sn2");
	h = hold(sn, "sn", "de-sn/leipzig");
	decide(sn2, "sn2", &h, REFUSED);
	assert_ended(sn, &h, APPROVAL_REFUSED);
	/* Not even who is of the same partner, and has not asked to be told. */
	assert_int_equal(caller_hear(sn2), HEARD_DELIVERY); /* the refusal itself */
	assert_true(caller_is_answered(sn2));
	for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
		assert_told_of_none(informed(others[i]));
}

/* The oldest give way: a log of ends does not grow. */
static void the_newest_are_kept(void **state)
{
	struct lb_header h[WAIT_ENDS_KEPT + 2];
	struct caller *origin, *second;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	second = stand_agent("bsi2");
	for (unsigned i = 0; i < WAIT_ENDS_KEPT + 2; i++) {
		h[i] = hold(origin, "bsi", "de-sn");
		decide(second, "bsi2", &h[i], REFUSED);
		/* The refusal comes to both of them. */
		assert_int_equal(caller_hear(origin), HEARD_DELIVERY);
		assert_int_equal(caller_hear(second), HEARD_DELIVERY);
	}
	stand_stop();
	stand_start();
	second = informed("bsi2");
	for (unsigned i = 2; i < WAIT_ENDS_KEPT + 2; i++)
		assert_ended(second, &h[i], APPROVAL_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(a_refusal_is_told),
		STAND_TEST(an_approval_is_told),
		STAND_TEST(a_withdrawal_is_told),
		STAND_TEST(what_waits_in_vain_is_told_also_after_a_restart),
		STAND_TEST(a_wait_that_ends_while_the_broker_is_away_is_told),
		STAND_TEST(nobody_else_hears_of_it),
		STAND_TEST(the_newest_are_kept),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
