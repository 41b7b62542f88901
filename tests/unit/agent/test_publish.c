/* What goes out: signed, urgent first, within its bounds; accepted, refused for good or for now; and again on the next link. */
#include "tests/unit/agent/agent_fixture.h"

static struct lb_uuid sent[2000];
static unsigned sent_n;

/* Puts a message into the outbox: a Warning of this level, or an Indicator (0). */
static lb_err try_add(unsigned level, size_t payload_n)
{
	static uint8_t payload[LB_PAYLOAD_MAX + 1];
	struct lb_header h = { .type = level ? LB_TYPE_WARNING : LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .audience_n = 1 };
	lb_err e;

	h.level = level;
	h.audience[0] = lb_text_of("all");
	h.exercise_name = h.language = lb_text_of("");
	e = publish_add(&agent, &h, (struct lb_frame){ payload, payload_n }, &sent[sent_n]);
	sent_n += e == LB_OK;
	return e;
}

static void add(unsigned level, size_t payload_n)
{
	assert_int_equal(try_add(level, payload_n), LB_OK);
	step_at(now_ms); /* as the turn goes on that took it */
}

static int setup(void **state)
{
	sent_n = 0;
	return fixture_setup(state);
}

static void say_accepted(const struct lb_uuid *id, size_t n)
{
	static ProtobufCBinaryData ids[2000];
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	for (size_t i = 0; i < n; i++)
		ids[i] = (ProtobufCBinaryData){ sizeof id[i].b, (uint8_t *)id[i].b };
	accepted.ids = ids;
	accepted.n_ids = n;
	control.body_case = LAGEBUS__CONTROL__BODY_ACCEPTED;
	control.accepted = &accepted;
	broker_say(&broker, &control);
}

static void say_refused(const struct lb_uuid *id, size_t id_n, const char *reason)
{
	Lagebus__Refused refused = LAGEBUS__REFUSED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	refused.id = (ProtobufCBinaryData){ id_n, (uint8_t *)id->b };
	refused.reason = (char *)reason;
	refused.text = (char *)"a text";
	control.body_case = LAGEBUS__CONTROL__BODY_REFUSED;
	control.refused = &refused;
	broker_say(&broker, &control);
}

/* What the broker has heard from number `from` on, in this order. */
static void assert_published(unsigned from, const struct lb_uuid *ids, unsigned n)
{
	assert_int_equal(heard.published_n, from + n);
	assert_memory_equal(&heard.published[from], ids, n * sizeof ids[0]);
}

static int refused_total(const char *reason)
{
	sqlite3_stmt *q = NULL;
	int n = -1;

	assert_int_equal(sqlite3_prepare_v2(agent.store.db, "SELECT count(*) FROM refused WHERE reason=?1 AND text='a text'", -1, &q, NULL), SQLITE_OK);
	sqlite3_bind_text(q, 1, reason, -1, SQLITE_STATIC);
	if (sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void what_is_sent_says_who_and_when(void **state)
{
	int64_t before_ms = agent_clock_ms(), row = 0;
	struct lb_buf bytes = LB_BUF_INIT;
	struct lb_verifier *verifier;
	struct lb_zmtp_message m;
	struct lb_header h;
	struct lb_uuid id;
	uint8_t der[4096];
	size_t need, n = credentials_der(fixture_folder, "agent", der);

	(void)state;
	add(3, 100);
	assert_int_equal(outbox_next(&agent.store, LB_LANE_URGENT, &row, &id, &bytes), LB_OK);
	assert_memory_equal(id.b, sent[0].b, sizeof id.b);
	assert_int_equal(lb_zmtp_parse(lb_buf_data(&bytes), lb_buf_len(&bytes), LB_MESSAGE_MAX, &m, &need), LB_OK);
	assert_int_equal(lb_header_decode(m.frames[0].p, m.frames[0].n, &h), LB_OK);
	assert_memory_equal(h.id.b, id.b, sizeof id.b);
	assert_true(lb_text_equals(h.origin, "de-sn"));
	assert_true(h.created_ms >= before_ms && h.created_ms <= agent_clock_ms());
	assert_int_equal(h.lane, LB_LANE_URGENT);
	assert_int_equal(lb_verifier_new(der, n, &verifier), LB_OK);
	assert_int_equal(lb_verify(verifier, m.frames[0], m.frames[1], m.frames[2]), LB_OK);
	lb_verifier_free(verifier);
	lb_buf_fini(&bytes);
}

static void what_cannot_be_sent_is_not_queued(void **state)
{
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE };
	struct lb_uuid id;

	(void)state;
	assert_int_equal(try_add(0, LB_PAYLOAD_MAX + 1), LB_LIMIT);
	/* For no one. */
	assert_int_equal(publish_add(&agent, &h, (struct lb_frame){ NULL, 0 }, &id), LB_BAD_AUDIENCE);
	assert_int_equal(outbox_total(), 0);
	add(0, LB_PAYLOAD_MAX);
	assert_int_equal(outbox_total(), 1);
}

/* It would be quarantined by everyone. */
static void an_agent_whose_certificate_has_ended_signs_nothing(void **state)
{
	(void)state;
	client_close(&client);
	agent_close(&agent);
	fixture_configure("ended-agent", NULL);
	fixture_open();
	client_open(&client);
	assert_int_equal(try_add(0, 1), LB_TLS_EXPIRED);
	client_send(&client, 1, 10, false);
	assert_refused(1, LB_TLS_EXPIRED);
	assert_int_equal(outbox_total(), 0);
}

static void urgent_goes_first_and_order_is_kept(void **state)
{
	struct lb_uuid expected[4];

	(void)state;
	add(0, 1);
	add(2, 1);
	add(3, 1);
	add(4, 1);
	expected[0] = sent[2];
	expected[1] = sent[3];
	expected[2] = sent[0];
	expected[3] = sent[1];
	link_up();
	UNTIL(heard.published_n == 4);
	assert_published(0, expected, 4);
}

static void what_is_accepted_leaves(void **state)
{
	struct lb_uuid other = letter_id(9);

	(void)state;
	link_up();
	for (unsigned i = 0; i < 5; i++)
		add(0, 1);
	UNTIL(heard.published_n == 5);
	say_accepted(&sent[1], 3);
	say_accepted(&sent[1], 3);
	say_accepted(&other, 1);
	settle();
	assert_int_equal(outbox_total(), 2);
	assert_int_equal(agent.in_flight_n, 2);
	say_accepted(&sent[4], 1);
	say_accepted(&sent[0], 1);
	settle();
	assert_true(outbox_total() == 0 && agent.in_flight_n == 0 && agent.in_flight_bytes == 0);
	link_up();
	settle();
	assert_int_equal(heard.published_n, 5);
}

static void what_was_not_answered_is_sent_again(void **state)
{
	struct lb_uuid expected[3];

	(void)state;
	link_up();
	for (unsigned i = 0; i < 4; i++)
		add(0, 1);
	UNTIL(heard.published_n == 4);
	say_accepted(&sent[1], 1);
	settle();
	expected[0] = sent[0];
	expected[1] = sent[2];
	expected[2] = sent[3];
	link_up();
	UNTIL(heard.published_n == 7);
	assert_published(4, expected, 3);
	/* Also by an agent that was started again. */
	client_close(&client);
	agent_close(&agent);
	broker_hang_up(&broker);
	fixture_open();
	client_open(&client);
	link_up();
	UNTIL(heard.published_n == 10);
	assert_published(7, expected, 3);
}

static void what_is_refused_for_good_is_kept_apart(void **state)
{
	(void)state;
	link_up();
	add(0, 1);
	add(0, 1);
	UNTIL(heard.published_n == 2);
	say_refused(&sent[0], sizeof sent[0].b, "role-may-not-send");
	say_refused(&sent[1], sizeof sent[1].b, "a reason of a later version");
	say_refused(&sent[1], sizeof sent[1].b, "bad-time"); /* answered already */
	say_refused(&sent[1], 7, "bad-time");                /* no id */
	settle();
	assert_int_equal(outbox_total(), 0);
	assert_true(refused_total("role-may-not-send") == 1 && refused_total("a reason of a later version") == 1 && refused_total("bad-time") == 0);
	link_up();
	settle();
	assert_int_equal(heard.published_n, 2);
}

static void what_is_refused_for_now_is_sent_later(void **state)
{
	static const char *const passing[] = { "disk-full", "limit", "io", "no-memory" };

	(void)state;
	link_up();
	for (unsigned i = 0; i < 4; i++) {
		unsigned before = heard.published_n;
		int64_t due_ms;

		add(0, 1);
		UNTIL(heard.published_n == before + 1);
		say_refused(&sent[i], sizeof sent[i].b, passing[i]);
		settle();
		assert_int_equal(outbox_total(), 1);
		due_ms = agent.resend_ms;
		assert_true(due_ms > now_ms);
		/* Until then nothing is sent. */
		step_at(due_ms - 1);
		settle();
		assert_int_equal(heard.published_n, before + 1);
		step_at(due_ms);
		UNTIL(heard.published_n == before + 2);
		assert_published(before + 1, &sent[i], 1);
		say_accepted(&sent[i], 1);
		settle();
		assert_int_equal(outbox_total(), 0);
		assert_int_equal(refused_total(passing[i]), 0);
	}
}

static void a_new_link_does_not_wait(void **state)
{
	(void)state;
	link_up();
	add(0, 1);
	UNTIL(heard.published_n == 1);
	say_refused(&sent[0], sizeof sent[0].b, "disk-full");
	settle();
	link_up();
	UNTIL(heard.published_n == 2);
	assert_int_equal(agent.resend_ms, 0);
}

static void routine_leaves_places_for_urgent(void **state)
{
	unsigned routine = IN_FLIGHT_MAX / 4 * 3;

	(void)state;
	for (unsigned i = 0; i < routine + 10; i++)
		assert_int_equal(try_add(0, 1), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	link_up();
	UNTIL(heard.published_n == routine);
	settle();
	assert_published(0, sent, routine);
	for (unsigned i = 0; i < IN_FLIGHT_MAX - routine + 10; i++)
		assert_int_equal(try_add(3, 1), LB_OK);
	step_at(now_ms);
	UNTIL(heard.published_n == IN_FLIGHT_MAX);
	settle();
	assert_published(routine, &sent[routine + 10], IN_FLIGHT_MAX - routine);
	/* Each answer makes room for one, urgent first. */
	say_accepted(sent, 2);
	settle();
	assert_published(IN_FLIGHT_MAX, &sent[IN_FLIGHT_MAX + 10], 2);
}

static void routine_in_flight_is_bounded_by_bytes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++)
		add(0, 300000);
	link_up();
	UNTIL(heard.published_n == 4);
	settle();
	assert_published(0, sent, 4);
	add(3, 300000);
	UNTIL(heard.published_n == 5);
	assert_published(4, &sent[8], 1);
	say_accepted(sent, 2);
	settle();
	UNTIL(heard.published_n == 6);
	settle();
	assert_published(5, &sent[4], 1);
}

#define PUBLISH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PUBLISH_TEST(what_is_sent_says_who_and_when),
		PUBLISH_TEST(what_cannot_be_sent_is_not_queued),
		PUBLISH_TEST(an_agent_whose_certificate_has_ended_signs_nothing),
		PUBLISH_TEST(urgent_goes_first_and_order_is_kept),
		PUBLISH_TEST(what_is_accepted_leaves),
		PUBLISH_TEST(what_was_not_answered_is_sent_again),
		PUBLISH_TEST(what_is_refused_for_good_is_kept_apart),
		PUBLISH_TEST(what_is_refused_for_now_is_sent_later),
		PUBLISH_TEST(a_new_link_does_not_wait),
		PUBLISH_TEST(routine_leaves_places_for_urgent),
		PUBLISH_TEST(routine_in_flight_is_bounded_by_bytes),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
