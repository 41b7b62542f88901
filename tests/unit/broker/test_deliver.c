/* Deliveries: who gets what and in which order, the chain, cursors, gaps, what is decided again, and what goes between messages. */
#include "tests/kit/stand.h"

#include <poll.h>
#include <string.h>

static Lagebus__Hello hello_from(struct lb_uuid *log, uint64_t urgent, uint64_t routine)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;

	*log = journal_id(stand.parts.journal);
	hello.version = LB_PROTOCOL_VERSION;
	hello.log = (ProtobufCBinaryData){ sizeof log->b, log->b };
	hello.urgent = urgent;
	hello.routine = routine;
	return hello;
}

/* An agent that comes back with these positions of this log. */
static struct caller *returned(const char *who, uint64_t urgent, uint64_t routine)
{
	struct lb_uuid log;
	const Lagebus__Hello hello = hello_from(&log, urgent, routine);

	return stand_agent_from(who, &hello);
}

static void each_gets_what_is_for_it_in_a_chain(void **state)
{
	struct caller *sender, *sn, *he, *leipzig;
	struct lb_uuid id[3];

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	sn = stand_agent("sn");
	he = stand_agent("he");
	leipzig = stand_agent("leipzig");
	id[0] = stand_send(sender, "all", 10);
	id[1] = stand_send(sender, "de-he", 0);
	id[2] = stand_send(sender, "all", 100);
	stand_assert_delivered(sn, &id[0], 1, 0);
	stand_assert_delivered(sn, &id[2], 3, 1);
	for (unsigned i = 0; i < 3; i++)
		stand_assert_delivered(he, &id[i], i + 1, i);
	stand_assert_delivered(leipzig, &id[0], 1, 0);
	stand_assert_delivered(leipzig, &id[2], 3, 1);
	assert_true(caller_is_answered(sender)); /* and has got nothing of its own */
	assert_int_equal(atomic_load(&stand_metrics(0)->delivered), 7);
}

static void what_is_urgent_comes_first(void **state)
{
	struct lb_uuid urgent[2], routine[3];
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	for (unsigned i = 0; i < 3; i++)
		routine[i] = stand_send(c, "de-sn", 10);
	for (unsigned i = 0; i < 2; i++)
		urgent[i] = stand_warn(c, "de-sn", 10);
	for (unsigned again = 0; again < 2; again++) { /* from the tail, and from the log */
		c = stand_agent("sn");
		assert_int_equal(c->control->welcome->urgent_last, 2);
		assert_int_equal(c->control->welcome->routine_last, 3);
		for (unsigned i = 0; i < 2; i++)
			stand_assert_delivered(c, &urgent[i], i + 1, i);
		for (unsigned i = 0; i < 3; i++)
			stand_assert_delivered(c, &routine[i], i + 1, i);
		stand_stop();
		stand_start();
	}
}

static void it_goes_on_behind_what_was_stored(void **state)
{
	struct lb_uuid id[4], other;
	Lagebus__Hello hello;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	for (unsigned i = 0; i < 4; i++)
		id[i] = stand_send(c, i == 2 ? "de-he" : "de-sn", 10);
	c = returned("sn", 0, 2);
	assert_int_equal(c->control->welcome->routine, 2);
	stand_assert_delivered(c, &id[3], 4, 2);
	assert_true(caller_is_answered(returned("sn", 0, 4))); /* nothing is new */
	c = returned("sn", 0, 99);
	assert_int_equal(c->control->welcome->routine, 0); /* no such position: from the oldest */
	stand_assert_delivered(c, &id[0], 1, 0);
	hello = hello_from(&other, 0, 2);
	other.b[15] ^= 1;
	c = stand_agent_from("sn", &hello);
	assert_int_equal(c->control->welcome->routine, 0); /* the cursor of another log */
	stand_assert_delivered(c, &id[0], 1, 0);
}

static void who_only_publishes_gets_nothing(void **state)
{
	struct lb_uuid log;
	struct caller *sender, *c;
	Lagebus__Hello hello;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	stand_send(sender, "de-sn", 10);
	hello = hello_from(&log, 0, 0);
	hello.publish_only = true;
	c = stand_agent_from("sn", &hello);
	stand_warn(sender, "de-sn", 10);
	stand_send(c, "bund-bsi", 10); /* its answer is the next thing it hears */
}

/* Publishes a message whose id says that it is of 2023: past any retention. */
static void send_old(struct caller *c, const char *to, uint8_t n)
{
	const uint8_t random[10] = { n };
	struct lb_header h;

	caller_header(c, to, &h);
	h.id = lb_uuid7(1700000000000 + n, random);
	caller_publish(c, &h, "old", 3);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
}

/* Positions 1 to 4 are dropped, and the parts start anew: they stand in no tail either. */
static void start_with_a_past(void)
{
	struct caller *c;

	stand_set("retention", 3600);
	stand_start();
	c = stand_agent("bsi");
	for (uint8_t i = 0; i < 4; i++)
		send_old(c, "de-sn", i);
	stand_wait(&writer_stats(stand.parts.writer)->dropped, 4);
	stand_stop();
	stand_start();
}

static void assert_gap(struct caller *c, uint64_t from, uint64_t to)
{
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_GAP));
	assert_int_equal(c->control->gap->lane, LB_LANE_ROUTINE);
	assert_int_equal(c->control->gap->from, from);
	assert_int_equal(c->control->gap->to, to);
}

static void what_is_past_retention_is_announced(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id;

	(void)state;
	start_with_a_past();
	sender = stand_agent("bsi");
	id = stand_send(sender, "de-sn", 10);
	stand_stop();
	stand_start();
	c = returned("sn", 0, 1);
	assert_gap(c, 2, 4);
	stand_assert_delivered(c, &id, 5, 4);
	caller_say_received(c, 0, 5);
	assert_true(caller_is_answered(c));
	assert_int_equal(atomic_load(&stand_metrics(0)->gaps), 1);
	c = stand_agent("sn2"); /* a new agent has missed nothing */
	assert_int_equal(c->control->welcome->routine, 4);
	stand_assert_delivered(c, &id, 5, 4);
}

/* The log was restored, and the message that the agent stored at 1 was published again: what it says is not passed over for that. */
static void so_it_is_when_the_log_was_restored(void **state)
{
	struct lb_uuid log, id;
	struct caller *sender, *c;
	Lagebus__Hello hello;

	(void)state;
	start_with_a_past();
	sender = stand_agent("bsi");
	id = stand_send(sender, "de-sn", 10);
	hello = hello_from(&log, 0, 1);
	hello.routine_id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	c = stand_agent_from("sn", &hello);
	assert_int_equal(c->control->welcome->routine, 1);
	assert_gap(c, 2, 4);
	stand_assert_delivered(c, &id, 5, 4);
}

static void so_it_is_when_nothing_is_left(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id;

	(void)state;
	start_with_a_past();
	c = returned("sn", 0, 1);
	assert_gap(c, 2, 4);
	caller_say_received(c, 0, 4);
	assert_true(caller_is_answered(c));
	sender = stand_agent("bsi");
	id = stand_send(sender, "de-sn", 10);
	stand_assert_delivered(c, &id, 5, 4);
}

static void what_has_expired_stays(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id;
	struct lb_header h;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	caller_header(sender, "de-sn", &h);
	h.expires_ms = h.created_ms - h.created_ms % 1000 + 2000; /* on the second, which is what is looked at */
	caller_publish(sender, &h, "x", 1);
	assert_non_null(caller_hear_control(sender, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_false(caller_wait(sender, 2000));
	id = stand_send(sender, "de-sn", 10);
	c = stand_agent("sn");
	stand_assert_delivered(c, &id, 2, 0);
}

static const char without_intelligence[] =
	"trust_domain = \"lagebus.example\";\n"
	"partners = (\n"
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n"
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; },\n"
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"cyber-defence\" ]; }\n"
	");\n";

static struct lb_uuid send_intelligence(struct caller *c, size_t size)
{
	static uint8_t zeros[1 << 16];
	struct lb_header h;

	caller_header(c, "all", &h);
	h.area = LB_AREA_THREAT_INTELLIGENCE;
	caller_publish(c, &h, zeros, size);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	return h.id;
}

/* Some of it is on its way already; the rest is decided by the rules that are in force when it would go. */
static void what_is_queued_is_decided_again(void **state)
{
	struct caller *sender, *he, *sn;
	struct lb_uuid id, last;
	uint64_t previous = 0;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	he = stand_agent("he");
	sn = stand_agent("sn");
	for (unsigned i = 0; i < 40; i++)
		id = send_intelligence(sender, 60000);
	stand_reload(without_intelligence, NULL);
	last = stand_send(sender, "all", 10);
	while (caller_hear(he) == HEARD_DELIVERY && he->header.area == LB_AREA_THREAT_INTELLIGENCE) {
		assert_int_equal(he->place.previous, previous);
		previous = he->place.position;
	}
	assert_true(previous < 20);
	assert_memory_equal(he->header.id.b, last.b, sizeof last.b);
	assert_int_equal(he->place.position, 41);
	assert_int_equal(he->place.previous, previous);
	for (uint64_t i = 1; i < 40; i++)
		assert_int_equal(caller_hear(sn), HEARD_DELIVERY);
	stand_assert_delivered(sn, &id, 40, 39); /* whom it does not concern has everything */
	stand_assert_delivered(sn, &last, 41, 40);
}

static void what_stands_in_the_log_is_decided_again(void **state)
{
	struct lb_uuid first, second;
	struct caller *c;

	(void)state;
	stand.federation = without_intelligence;
	stand_start();
	c = stand_agent("bsi");
	first = send_intelligence(c, 10);
	second = stand_send(c, "all", 10);
	c = stand_agent("he");
	stand_assert_delivered(c, &second, 2, 0);
	stand_reload(stand_federation, NULL);
	c = stand_agent("he"); /* the area is in its agreement now, and it has stored nothing yet */
	stand_assert_delivered(c, &first, 1, 0);
	stand_assert_delivered(c, &second, 2, 1);
}

#define FEDERATION(sn, others) \
	"trust_domain = \"lagebus.example\";\npartners = (\n" \
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-sn\"; areas = [ \"all\" ]; " sn " },\n" others \
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"all\" ]; groups = [ \"cert\" ]; }\n);\n"
#define LEIPZIG "  { id = \"de-sn/leipzig\"; role = \"local\"; areas = [ \"all\" ]; },\n"

#define QUEUED 40 /* of QUEUED_SIZE: more than goes out to who does not read */
#define QUEUED_SIZE 60000

static void queue_up(struct caller *sender, const char *to, unsigned tlp)
{
	static const uint8_t zeros[QUEUED_SIZE];
	struct lb_header h;

	for (unsigned i = 0; i < QUEUED; i++) {
		caller_header(sender, to, &h);
		h.tlp = tlp;
		caller_publish(sender, &h, zeros, sizeof zeros);
		assert_non_null(caller_hear_control(sender, LAGEBUS__CONTROL__BODY_ACCEPTED));
	}
}

/* Hears what was on its way, and then `last` at once: what was queued is not for it any more. */
static void assert_queue_is_dropped(struct caller *c, const struct lb_uuid *last)
{
	unsigned before = 0;

	while (caller_hear(c) == HEARD_DELIVERY && memcmp(c->header.id.b, last->b, sizeof last->b) != 0)
		before++;
	assert_true(before < QUEUED / 2);
	assert_memory_equal(c->header.id.b, last->b, sizeof last->b);
}

static void who_leaves_a_group_gets_nothing_of_its_queue(void **state)
{
	struct caller *sender, *sn, *he;
	struct lb_uuid last;

	(void)state;
	stand.federation = FEDERATION("role = \"state\"; groups = [ \"cert\" ];", "");
	stand_start();
	sender = stand_agent("bsi");
	sn = stand_agent("sn");
	he = stand_agent("he");
	queue_up(sender, "group:cert", LB_TLP_GREEN);
	stand_reload(FEDERATION("role = \"state\";", ""), NULL);
	stand_send(sender, "group:cert", 10);
	last = stand_send(sender, "all", 10);
	assert_queue_is_dropped(sn, &last);
	for (unsigned i = 0; i < QUEUED + 1; i++) /* who stays in it has everything */
		assert_int_equal(caller_hear(he), HEARD_DELIVERY);
	stand_assert_delivered(he, &last, QUEUED + 2, QUEUED + 1);
}

static void an_observer_gets_nothing_stricter_than_green_of_its_queue(void **state)
{
	struct caller *sender, *sn;
	struct lb_uuid last;
	struct lb_header h;

	(void)state;
	stand.federation = FEDERATION("role = \"state\";", "");
	stand_start();
	sender = stand_agent("bsi");
	sn = stand_agent("sn");
	queue_up(sender, "de-sn", LB_TLP_AMBER);
	stand_reload(FEDERATION("role = \"observer\";", ""), NULL);
	caller_header(sender, "all", &h);
	h.tlp = LB_TLP_GREEN;
	last = h.id;
	caller_publish(sender, &h, "x", 1);
	assert_non_null(caller_hear_control(sender, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_queue_is_dropped(sn, &last);
	caller_header(sn, "de-he", &h); /* nor does it send as a state does */
	caller_publish(sn, &h, "x", 1);
	assert_string_equal(caller_hear_reason(sn), "role-may-not-send");
}

static void who_was_removed_gets_nothing_and_is_nobodys_recipient(void **state)
{
	struct caller *sender, *leipzig;
	struct lb_uuid last;
	struct lb_header h;
	unsigned got = 0;

	(void)state;
	stand.federation = FEDERATION("role = \"state\";", LEIPZIG);
	stand_start();
	sender = stand_agent("bsi");
	leipzig = stand_agent("leipzig");
	queue_up(sender, "de-sn/leipzig", LB_TLP_GREEN);
	stand_reload(FEDERATION("role = \"state\";", ""), NULL);
	while (caller_hear(leipzig) == HEARD_DELIVERY)
		got++;
	assert_true(got < QUEUED / 2);
	caller_header(sender, "de-sn/leipzig", &h);
	caller_publish(sender, &h, "x", 1);
	assert_string_equal(caller_hear_reason(sender), "bad-audience");
	stand_reload(FEDERATION("role = \"state\";", LEIPZIG), NULL); /* who comes back has missed nothing */
	leipzig = stand_agent("leipzig");
	for (unsigned i = 0; i < QUEUED; i++)
		assert_int_equal(caller_hear(leipzig), HEARD_DELIVERY);
	last = stand_send(sender, "de-sn/leipzig", 10);
	stand_assert_delivered(leipzig, &last, QUEUED + 1, QUEUED);
}

static void an_area_that_is_removed_is_not_sent_any_more(void **state)
{
	struct caller *he;
	struct lb_header h;

	(void)state;
	stand_start();
	he = stand_agent("he");
	caller_header(he, "bund-bsi", &h);
	h.area = LB_AREA_THREAT_INTELLIGENCE;
	caller_publish(he, &h, "x", 1);
	assert_non_null(caller_hear_control(he, LAGEBUS__CONTROL__BODY_ACCEPTED));
	stand_reload(without_intelligence, NULL);
	caller_header(he, "bund-bsi", &h);
	h.area = LB_AREA_THREAT_INTELLIGENCE;
	caller_publish(he, &h, "x", 1);
	assert_string_equal(caller_hear_reason(he), "area-not-agreed");
}

/* Far more than a session is fed ahead, and more than the tail keeps. */
#define MANY 100
#define LARGE 60000

static void who_does_not_read_delays_nobody_and_loses_nothing(void **state)
{
	static struct lb_uuid id[MANY];
	struct caller *sender, *slow, *quick;

	(void)state;
	stand_set("tail", 1 << 20);
	stand_start();
	sender = stand_agent("bsi");
	slow = stand_agent("sn");
	quick = stand_agent("he");
	for (unsigned i = 0; i < MANY; i++) {
		id[i] = stand_send(sender, "all", LARGE);
		stand_assert_delivered(quick, &id[i], i + 1, i);
	}
	assert_int_equal(atomic_load(&stand_metrics(0)->catchup_records), 0);
	for (unsigned i = 0; i < MANY; i++)
		stand_assert_delivered(slow, &id[i], i + 1, i);
	assert_true(atomic_load(&stand_metrics(0)->catchup_records) > 0);
	assert_true(caller_is_answered(slow));
}

static void what_is_urgent_overtakes_what_is_queued(void **state)
{
	struct caller *sender, *c;
	unsigned before = 0;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	for (unsigned i = 0; i < MANY; i++)
		stand_send(sender, "all", LARGE);
	stand_warn(sender, "all", 10);
	while (caller_hear(c) == HEARD_DELIVERY && c->place.lane == LB_LANE_ROUTINE)
		before++;
	assert_int_equal(c->place.lane, LB_LANE_URGENT);
	assert_true(before < 20);
	for (unsigned i = before; i < MANY; i++)
		assert_int_equal(caller_hear(c), HEARD_DELIVERY);
}

/* What was not for it between its cursor and the end of the log is not read again when it returns. */
static void who_returns_does_not_go_through_it_all_again(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("he");
	id = stand_send(sender, "de-he", 10);
	stand_assert_delivered(c, &id, 1, 0);
	for (unsigned i = 0; i < 10; i++)
		stand_send(sender, "de-sn", 10);
	caller_say_received(c, 0, 1);
	assert_true(caller_is_answered(c));
	caller_fini(c);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	stand_stop();
	stand_start();
	c = returned("he", 0, 1);
	sender = returned("bsi", 0, 11);
	id = stand_send(sender, "de-he", 10);
	stand_assert_delivered(c, &id, 12, 1);
	assert_int_equal(atomic_load(&stand_metrics(0)->catchup_records), 0);
}

#define CROWD 2000

/* Everyone publishes and receives at once, in sizes from nothing to more than a block. */
static void answers_and_deliveries_share_a_link(void **state)
{
	static const char *const to[] = { "de-sn", "all", "de-he", "all", "all" };
	static uint8_t zeros[100000];
	struct caller *sn, *he;
	size_t accepted = 0;
	unsigned delivered = 0;
	uint64_t previous[LB_LANES] = { 0 };
	struct lb_header h;

	(void)state;
	stand_start();
	sn = stand_agent("sn");
	he = stand_agent("he");
	for (unsigned i = 0; i < CROWD; i++) {
		caller_header(he, to[i % 5], &h);
		if (i % 5 != 2)
			caller_publish(he, &h, zeros, i % 97 == 0 ? sizeof zeros : i * 31 % 3000);
		caller_header(sn, "bund-bsi", &h);
		caller_publish(sn, &h, zeros, 1);
	}
	for (; accepted < CROWD || delivered < CROWD / 5 * 4; accepted += sn->control ? sn->control->accepted->n_ids : 0) {
		enum heard heard = caller_hear(sn);

		caller_push(he);
		assert_true(heard == HEARD_DELIVERY || heard == HEARD_CONTROL);
		if (heard == HEARD_CONTROL) {
			assert_int_equal(sn->control->body_case, LAGEBUS__CONTROL__BODY_ACCEPTED);
			continue;
		}
		assert_int_equal(sn->place.previous, previous[sn->place.lane]);
		previous[sn->place.lane] = sn->place.position;
		delivered++;
	}
}

/* A large message goes out in pieces; what is said meanwhile stands behind it, never in it. */
static void a_control_goes_between_messages(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id, own;
	struct lb_header h;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	id = stand_send(sender, "de-sn", 2 << 20);
	caller_header(c, "bund-bsi", &h);
	own = h.id;
	caller_publish(c, &h, "x", 1);
	caller_say_ping(c, "between", 7);
	assert_int_equal(caller_hear(sender), HEARD_DELIVERY); /* it is accepted, and nobody has read that yet */
	stand_assert_delivered(c, &id, 1, 0);
	assert_int_equal(caller_hear(c), HEARD_COMMAND);
	assert_int_equal(c->command.kind, LB_ZMTP_PONG);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_memory_equal(c->control->accepted->ids[0].data, own.b, sizeof own.b);
	id = stand_send(sender, "de-sn", 1);
	stand_assert_delivered(c, &id, 3, 1);
}

/* Nor does a Goodbye: the peer would take it for a piece of the message. */
static void a_session_that_ends_within_a_message_just_ends(void **state)
{
	struct caller *sender, *c;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	stand_send(sender, "de-sn", 2 << 20);
	assert_int_equal(poll(&(struct pollfd){ .fd = c->fd, .events = POLLIN }, 1, 20000), 1); /* the message has begun */
	caller_say_hello(c, NULL);
	assert_int_equal(caller_hear(c), HEARD_CLOSED);
	assert_true(lb_buf_len(&c->plain) > 0); /* it had begun */
	assert_null(memmem(lb_buf_data(&c->plain), lb_buf_len(&c->plain), "unexpected", 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(each_gets_what_is_for_it_in_a_chain),
		STAND_TEST(what_is_urgent_comes_first),
		STAND_TEST(it_goes_on_behind_what_was_stored),
		STAND_TEST(who_only_publishes_gets_nothing),
		STAND_TEST(what_is_past_retention_is_announced),
		STAND_TEST(so_it_is_when_the_log_was_restored),
		STAND_TEST(so_it_is_when_nothing_is_left),
		STAND_TEST(what_has_expired_stays),
		STAND_TEST(what_is_queued_is_decided_again),
		STAND_TEST(what_stands_in_the_log_is_decided_again),
		STAND_TEST(who_leaves_a_group_gets_nothing_of_its_queue),
		STAND_TEST(an_observer_gets_nothing_stricter_than_green_of_its_queue),
		STAND_TEST(who_was_removed_gets_nothing_and_is_nobodys_recipient),
		STAND_TEST(an_area_that_is_removed_is_not_sent_any_more),
		STAND_TEST(who_does_not_read_delays_nobody_and_loses_nothing),
		STAND_TEST(what_is_urgent_overtakes_what_is_queued),
		STAND_TEST(who_returns_does_not_go_through_it_all_again),
		STAND_TEST(answers_and_deliveries_share_a_link),
		STAND_TEST(a_control_goes_between_messages),
		STAND_TEST(a_session_that_ends_within_a_message_just_ends),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
