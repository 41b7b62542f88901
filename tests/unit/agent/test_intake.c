/* What comes in: the chain, the verdict on each message, what is held for its signer, gaps, Welcomes, and the acknowledgement. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/intake.h"

static void assert_title(int64_t after, const char *title)
{
	struct inbox_row row;

	assert_int_equal(inbox_after(&agent.store, after, &row), LB_OK);
	assert_string_equal(row.title, title);
}

/* The whole inbox, in its order: message n has the title "m<n>". */
static void assert_inbox(const unsigned *n, size_t count)
{
	struct inbox_row row;
	int64_t last = 0;
	char title[20];

	assert_int_equal(inbox_total(), count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(inbox_after(&agent.store, last, &row), LB_OK);
		snprintf(title, sizeof title, "m%u", n[i]);
		assert_string_equal(row.title, title);
		last = row.row;
	}
}

static void say_gap(unsigned lane, uint64_t from, uint64_t to)
{
	Lagebus__Gap gap = LAGEBUS__GAP__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	gap.lane = lane;
	gap.from = from;
	gap.to = to;
	control.body_case = LAGEBUS__CONTROL__BODY_GAP;
	control.gap = &gap;
	broker_say(&broker, &control);
}

/* It ends, for this reason, which is said to the broker. */
static void assert_ends(lb_err reason)
{
	unsigned before = heard.goodbyes;

	UNTIL(heard.goodbyes > before);
	assert_int_equal(agent.uplink.state, UPLINK_DOWN);
	assert_int_equal(agent.uplink.last_error, reason);
	assert_string_equal(heard.goodbye_reason, lb_err_token(reason));
}

static void what_is_stored_is_acknowledged(void **state)
{
	static const unsigned all[] = { 1, 2, 3 };
	unsigned before;

	(void)state;
	link_up();
	assert_true(heard.cursor[0] == 0 && heard.cursor[1] == 0);
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	/* Held, but on disk: that is what is acknowledged. */
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 1);
	assert_int_equal(inbox_total(), 0);
	say_signer("bund", true);
	UNTIL(inbox_total() == 1);
	deliver_routine(2);
	deliver_routine(3);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 3);
	assert_inbox(all, 3);
	assert_true(heard.queries == 1 && heard.quarantined == 0 && heard.cursor[LB_LANE_URGENT] == 0);
	/* The next link goes on there; nothing is acknowledged twice. */
	before = heard.received;
	settle();
	link_up();
	assert_memory_equal(heard.log.b, broker_log.b, sizeof broker_log.b);
	assert_int_equal(heard.cursor[LB_LANE_ROUTINE], 3);
	settle();
	assert_int_equal(heard.received, before);
}

static void a_message_comes_into_the_inbox_once(void **state)
{
	struct letter l = { .n = 1, .lane = LB_LANE_ROUTINE };

	(void)state;
	link_up();
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	say_signer("bund", true);
	letter_write(&l);
	/* The same message at a later position. */
	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_ROUTINE, 2, 1 }, l.frames);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 2);
	assert_true(inbox_total() == 1 && quarantine_total() == 0);
	letter_fini(&l);
}

static void a_broken_chain_ends_the_session(void **state)
{
	static const struct lb_delivery broken[] = {
		{ LB_LANE_ROUTINE, 3, 2 },  /* 2 was not delivered */
		{ LB_LANE_ROUTINE, 2, 0 },  /* 1 was */
		{ LB_LANE_URGENT, 2, 1 },   /* of the other lane, nothing was */
	};
	struct letter l = { .n = 9, .lane = LB_LANE_ROUTINE };

	(void)state;
	letter_write(&l);
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		link_up();
		if (i == 0)
			deliver_routine(1);
		broker_deliver(&broker, broken[i], l.frames);
		assert_ends(LB_CHAIN_BROKEN);
		assert_true(agent.cursor[LB_LANE_ROUTINE] == 1 && agent.cursor[LB_LANE_URGENT] == 0);
	}
	/* What came before the break is kept. */
	link_up();
	assert_int_equal(heard.cursor[LB_LANE_ROUTINE], 1);
	letter_fini(&l);
}

static void a_delivery_frame_must_be_one(void **state)
{
	const struct lb_frame frames[4] = { { (const uint8_t *)"no delivery", 11 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };

	(void)state;
	link_up();
	broker_message(&broker, frames, 4);
	assert_ends(LB_ZMTP_FRAME);
}

static void what_does_not_verify_is_quarantined_and_reported(void **state)
{
	struct letter forged = { .n = 2, .lane = LB_LANE_ROUTINE };
	const struct lb_frame nothing[3] = { { (const uint8_t *)"no header", 9 }, { NULL, 0 }, { NULL, 0 } };

	(void)state;
	link_up();
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	say_signer("bund", true);
	letter_write(&forged);
	forged.frames[1] = (struct lb_frame){ (const uint8_t *)"other", 5 };
	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_ROUTINE, 2, 1 }, forged.frames);
	UNTIL(heard.quarantined == 1);
	assert_string_equal(heard.quarantined_reason, "bad-signature");
	assert_true(heard.quarantined_lane == LB_LANE_ROUTINE && heard.quarantined_position == 2);
	for (unsigned position = 3; position <= 4; position++)
		broker_deliver(&broker, (struct lb_delivery){ LB_LANE_ROUTINE, position, position - 1 }, nothing);
	UNTIL(heard.quarantined == 3);
	assert_string_equal(heard.quarantined_reason, "bad-header");
	/* Signed, but by another partner than it says. */
	deliver((struct letter){ .n = 5, .lane = LB_LANE_ROUTINE, .signer = "other" });
	UNTIL(heard.queries == 2);
	say_signer("other", true);
	UNTIL(heard.quarantined == 4);
	assert_string_equal(heard.quarantined_reason, "wrong-origin");
	/* Each is acknowledged like the others, and the next one is good. */
	deliver_routine(6);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 6);
	assert_true(inbox_total() == 2 && quarantine_total() == 4);
	letter_fini(&forged);
}

static void an_old_message_is_good_if_its_certificate_was(void **state)
{
	(void)state;
	link_up();
	deliver((struct letter){ .n = 1, .lane = LB_LANE_ROUTINE, .signer = "ended", .age_ms = 5 * DAY_MS });
	UNTIL(heard.queries == 1);
	say_signer("ended", true);
	UNTIL(inbox_total() == 1);
	deliver((struct letter){ .n = 2, .lane = LB_LANE_ROUTINE, .signer = "ended" });
	UNTIL(heard.quarantined == 1);
	assert_string_equal(heard.quarantined_reason, "tls-expired");
	deliver((struct letter){ .n = 3, .lane = LB_LANE_ROUTINE, .signer = "ended", .age_ms = 11 * DAY_MS });
	UNTIL(heard.quarantined == 2);
	assert_string_equal(heard.quarantined_reason, "tls-expired");
	assert_int_equal(heard.queries, 1);
}

/* Two signers, one of whom is waited for: what the other says waits behind, in both lanes. */
static void what_is_held_keeps_the_order(void **state)
{
	static const unsigned all[] = { 1, 2, 11, 3 };

	(void)state;
	link_up();
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	say_signer("bund", true);
	UNTIL(inbox_total() == 1);
	deliver((struct letter){ .n = 2, .lane = LB_LANE_ROUTINE, .signer = "ended", .age_ms = 5 * DAY_MS });
	say_gap(LB_LANE_URGENT, 1, 10);
	deliver((struct letter){ .n = 11, .lane = LB_LANE_URGENT });
	deliver_routine(3);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 3 && heard.cursor[LB_LANE_URGENT] == 11);
	assert_true(inbox_total() == 1 && heard.queries == 2);
	say_signer("ended", true);
	UNTIL(!agent.holding);
	assert_inbox(all, 4);
}

/* Whoever comes while another is held is asked for at once: a sender of many certificates costs one round trip, not one each. */
static void signers_of_what_is_held_are_asked_for_at_once(void **state)
{
	(void)state;
	link_up();
	deliver((struct letter){ .n = 1, .lane = LB_LANE_ROUTINE, .signer = "ended", .age_ms = 5 * DAY_MS });
	deliver_routine(2);
	deliver_routine(3);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 3);
	settle();
	assert_int_equal(heard.queries, 2);
	say_signer("bund", true);
	settle();
	assert_int_equal(inbox_total(), 0);
	say_signer("ended", true);
	UNTIL(inbox_total() == 3);
	assert_int_equal(heard.queries, 2);
}

static void an_unknown_signer_is_waited_for_on_a_new_link(void **state)
{
	static const unsigned all[] = { 1, 2 };
	int64_t begin_ms, due_ms;

	(void)state;
	link_up();
	begin_ms = now_ms;
	deliver_routine(1);
	deliver((struct letter){ .n = 2, .lane = LB_LANE_ROUTINE, .signer = "ended", .age_ms = 5 * DAY_MS });
	UNTIL(heard.queries == 2);
	say_signer("bund", false);
	say_signer("ended", true);
	settle();
	assert_true(inbox_total() == 0 && quarantine_total() == 0 && heard.queries == 2);
	/* Not before it is time. */
	due_ms = intake_due_ms(&agent);
	assert_int_equal(due_ms, begin_ms + SIGNERS_ASK_AGAIN_MS);
	step_at(due_ms - 1);
	settle();
	assert_int_equal(heard.queries, 2);
	step_at(due_ms);
	UNTIL(heard.queries == 3);
	say_signer("bund", true);
	UNTIL(!agent.holding);
	assert_inbox(all, 2);
	assert_int_equal(intake_due_ms(&agent), INT64_MAX);
}

static void an_unknown_signer_is_given_up_and_asked_for_later(void **state)
{
	(void)state;
	link_up();
	pass(SIGNERS_PATIENCE_MS);
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	say_signer("bund", false);
	UNTIL(heard.quarantined == 1);
	assert_string_equal(heard.quarantined_reason, "unknown-signer");
	assert_false(agent.holding);
	deliver_routine(2);
	UNTIL(heard.quarantined == 2);
	assert_int_equal(heard.queries, 1);
	/* A minute later the next message has it asked for again; so has a new link. */
	pass(SIGNERS_UNKNOWN_MS);
	deliver_routine(3);
	UNTIL(heard.queries == 2);
	say_signer("bund", false);
	UNTIL(heard.quarantined == 3);
	link_up();
	deliver_routine(4);
	UNTIL(heard.queries == 3);
	say_signer("bund", true);
	UNTIL(inbox_total() == 1);
	assert_title(0, "m4");
}

/* What is held outlives the link and the agent: it is asked for on the next one. */
static void what_is_held_stays(void **state)
{
	static const unsigned all[] = { 1, 2 };

	(void)state;
	link_up();
	deliver_routine(1);
	deliver_routine(2);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 2);
	link_up();
	UNTIL(heard.queries == 2);
	client_close(&client);
	agent_close(&agent);
	broker_hang_up(&broker);
	fixture_open();
	client_open(&client);
	assert_true(agent.holding);
	assert_int_equal(intake_due_ms(&agent), INT64_MAX);
	link_up();
	UNTIL(heard.queries == 3);
	say_signer("bund", true);
	UNTIL(!agent.holding);
	assert_inbox(all, 2);
}

static void a_bad_answer_is_no_answer(void **state)
{
	Lagebus__Signers signers = LAGEBUS__SIGNERS__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	(void)state;
	link_up();
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	signers.signer = (ProtobufCBinaryData){ 3, (uint8_t *)"abc" };
	control.body_case = LAGEBUS__CONTROL__BODY_SIGNERS;
	control.signers = &signers;
	broker_say(&broker, &control);
	say_signer("other", true);
	settle();
	assert_true(uplink_is_open(&agent.uplink) && agent.holding);
	say_signer("bund", true);
	UNTIL(inbox_total() == 1);
}

static void a_gap_is_counted_and_passed(void **state)
{
	(void)state;
	link_up();
	say_gap(LB_LANE_ROUTINE, 1, 7);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 7);
	assert_int_equal(agent.missed, 7);
	deliver_routine(8);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 8);
	say_gap(LB_LANE_ROUTINE, 9, 9);
	UNTIL(agent.missed == 8);
	/* It is on disk. */
	link_up();
	assert_int_equal(heard.cursor[LB_LANE_ROUTINE], 9);
	agent.missed = 0;
	intake_load(&agent);
	assert_int_equal(agent.missed, 8);
}

static void a_gap_that_cannot_be_ends_the_session(void **state)
{
	static const struct {
		unsigned lane;
		uint64_t from, to;
	} rows[] = { { LB_LANES, 1, 2 }, { LB_LANE_ROUTINE, 1, 4 }, { LB_LANE_ROUTINE, 9, 8 } };

	(void)state;
	link_up();
	say_gap(LB_LANE_ROUTINE, 1, 5);
	UNTIL(agent.cursor[LB_LANE_ROUTINE] == 5);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		say_gap(rows[i].lane, rows[i].from, rows[i].to);
		assert_ends(LB_CHAIN_BROKEN);
		assert_true(agent.missed == 5 && agent.cursor[LB_LANE_ROUTINE] == 5);
		link_up();
	}
}

static void say_other_welcome(struct lb_uuid log, uint64_t urgent, uint64_t routine)
{
	unsigned before = heard.hellos;

	broker_hang_up(&broker);
	UNTIL(!uplink_is_open(&agent.uplink));
	step_at(agent.uplink.retry_ms);
	UNTIL(heard.hellos > before);
	say_welcome_of(log, urgent, routine);
}

static void a_log_that_was_restored_sends_the_agent_back(void **state)
{
	(void)state;
	link_up();
	say_gap(LB_LANE_ROUTINE, 1, 20);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 20);
	say_other_welcome(broker_log, 3, 4);
	UNTIL(uplink_is_open(&agent.uplink));
	assert_int_equal(agent.cursor[LB_LANE_ROUTINE], 4);
	/* Of a lane that it had nothing of, the broker says where it begins. */
	assert_int_equal(agent.cursor[LB_LANE_URGENT], 3);
	assert_int_equal(agent.newest[LB_LANE_ROUTINE], 24);
	deliver_routine(5);
	UNTIL(heard.received > 0 && heard.cursor[LB_LANE_ROUTINE] == 5);
}

/* So a broker whose log was restored sees that another message stands there. */
static void hello_names_what_stands_at_the_cursor(void **state)
{
	static const struct lb_uuid unknown;
	struct lb_uuid second = letter_id(2);

	(void)state;
	link_up();
	assert_memory_equal(heard.at_cursor[LB_LANE_ROUTINE].b, unknown.b, sizeof unknown.b);
	deliver_routine(1);
	deliver_routine(2);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 2);
	/* Also after a restart, and while it is held. */
	intake_load(&agent);
	link_up();
	assert_memory_equal(heard.at_cursor[LB_LANE_ROUTINE].b, second.b, sizeof second.b);
	assert_memory_equal(heard.at_cursor[LB_LANE_URGENT].b, unknown.b, sizeof unknown.b);
	/* Nothing of the agent's stands behind a gap, or where the broker has sent it back to. */
	say_gap(LB_LANE_ROUTINE, 3, 20);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 20);
	link_up();
	assert_memory_equal(heard.at_cursor[LB_LANE_ROUTINE].b, unknown.b, sizeof unknown.b);
	deliver_routine(21);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 21);
	say_other_welcome(broker_log, 0, 4);
	UNTIL(uplink_is_open(&agent.uplink));
	link_up();
	assert_int_equal(heard.cursor[LB_LANE_ROUTINE], 4);
	assert_memory_equal(heard.at_cursor[LB_LANE_ROUTINE].b, unknown.b, sizeof unknown.b);
}

static void another_log_has_other_cursors(void **state)
{
	struct lb_uuid other = letter_id(77);

	(void)state;
	link_up();
	say_gap(LB_LANE_ROUTINE, 1, 20);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 20);
	say_other_welcome(other, 3, 100);
	UNTIL(uplink_is_open(&agent.uplink));
	assert_true(agent.cursor[LB_LANE_URGENT] == 3 && agent.cursor[LB_LANE_ROUTINE] == 100);
	/* Also after a restart. */
	intake_load(&agent);
	assert_memory_equal(agent.log.b, other.b, sizeof other.b);
	assert_int_equal(agent.cursor[LB_LANE_ROUTINE], 100);
}

static void a_welcome_that_passes_over_messages_is_refused(void **state)
{
	(void)state;
	link_up();
	say_gap(LB_LANE_ROUTINE, 1, 20);
	say_gap(LB_LANE_URGENT, 1, 5);
	UNTIL(heard.cursor[LB_LANE_ROUTINE] == 20 && heard.cursor[LB_LANE_URGENT] == 5);
	say_other_welcome(broker_log, 5, 21);
	assert_ends(LB_CHAIN_BROKEN);
	say_other_welcome(broker_log, 6, 20);
	assert_ends(LB_CHAIN_BROKEN);
	assert_true(agent.cursor[LB_LANE_URGENT] == 5 && agent.cursor[LB_LANE_ROUTINE] == 20);
	say_other_welcome(broker_log, 5, 20);
	UNTIL(uplink_is_open(&agent.uplink));
}

static void a_welcome_names_its_log(void **state)
{
	Lagebus__Welcome welcome = LAGEBUS__WELCOME__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	(void)state;
	step_at(now_ms);
	UNTIL(heard.hellos == 1);
	welcome.version = LB_PROTOCOL_VERSION;
	control.body_case = LAGEBUS__CONTROL__BODY_WELCOME;
	control.welcome = &welcome;
	broker_say(&broker, &control);
	UNTIL(heard.goodbyes == 1);
	assert_string_equal(heard.goodbye_reason, "unexpected");
}

static void what_only_agents_say_ends_the_session(void **state)
{
	Lagebus__Received received = LAGEBUS__RECEIVED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	(void)state;
	link_up();
	broker_say(&broker, &control); /* nothing at all */
	assert_ends(LB_UNEXPECTED);
	link_up();
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIVED;
	control.received = &received;
	broker_say(&broker, &control);
	assert_ends(LB_UNEXPECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_is_stored_is_acknowledged),
		AGENT_TEST(a_message_comes_into_the_inbox_once),
		AGENT_TEST(a_broken_chain_ends_the_session),
		AGENT_TEST(a_delivery_frame_must_be_one),
		AGENT_TEST(what_does_not_verify_is_quarantined_and_reported),
		AGENT_TEST(an_old_message_is_good_if_its_certificate_was),
		AGENT_TEST(what_is_held_keeps_the_order),
		AGENT_TEST(signers_of_what_is_held_are_asked_for_at_once),
		AGENT_TEST(an_unknown_signer_is_waited_for_on_a_new_link),
		AGENT_TEST(an_unknown_signer_is_given_up_and_asked_for_later),
		AGENT_TEST(what_is_held_stays),
		AGENT_TEST(a_bad_answer_is_no_answer),
		AGENT_TEST(a_gap_is_counted_and_passed),
		AGENT_TEST(a_gap_that_cannot_be_ends_the_session),
		AGENT_TEST(a_log_that_was_restored_sends_the_agent_back),
		AGENT_TEST(hello_names_what_stands_at_the_cursor),
		AGENT_TEST(another_log_has_other_cursors),
		AGENT_TEST(a_welcome_that_passes_over_messages_is_refused),
		AGENT_TEST(a_welcome_names_its_log),
		AGENT_TEST(what_only_agents_say_ends_the_session),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
