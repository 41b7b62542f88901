/* Watchers: shown the inbox in its order, what they asked for, as fast as they take it. */
#include "tests/unit/agent/agent_fixture.h"

static void watch(struct client *c, uint64_t number, const char *topic, bool from_now)
{
	Lagebus__WatchRequest w = LAGEBUS__WATCH_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	w.topic = (char *)topic;
	w.from_now = from_now;
	request.number = number;
	request.body_case = LAGEBUS__REQUEST__BODY_WATCH;
	request.watch = &w;
	client_say(c, &request);
}

static void unwatch(struct client *c)
{
	Lagebus__UnwatchRequest u = LAGEBUS__UNWATCH_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	request.body_case = LAGEBUS__REQUEST__BODY_UNWATCH;
	request.unwatch = &u;
	client_say(c, &request);
}

static unsigned watchers_total(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < WATCHERS_MAX; i++)
		n += agent.watchers[i].here;
	return n;
}

/* The next that is shown is message n, whole. */
static void assert_shown(uint64_t number, unsigned n)
{
	struct lb_uuid id = letter_id(n);
	Lagebus__Reply *reply = client_hear();
	struct lb_header h;
	char title[20];

	snprintf(title, sizeof title, "m%u", n);
	assert_int_equal(reply->number, number);
	assert_true(reply->more && reply->body_case == LAGEBUS__REPLY__BODY_MESSAGE);
	assert_string_equal(reply->message->title, title);
	assert_string_equal(reply->message->signer, SPIFFE_BUND);
	assert_int_equal(lb_header_decode(reply->message->header.data, reply->message->header.len, &h), LB_OK);
	assert_memory_equal(h.id.b, id.b, sizeof id.b);
	assert_true(reply->message->payload.len > 0);
	lagebus__reply__free_unpacked(reply, NULL);
}

static void acknowledge(unsigned n, unsigned ack)
{
	struct lb_uuid id = letter_id(n);

	assert_int_equal(inbox_acknowledge(&agent.store, &id, ack), LB_OK);
}

static void what_is_new_is_shown_in_order(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	watch(&client, 7, "", true);
	UNTIL(watchers_total() == 1);
	for (unsigned n = 2; n <= 4; n++)
		deliver_routine(n);
	for (unsigned n = 2; n <= 4; n++)
		assert_shown(7, n);
	/* A quarantined one is not shown. */
	deliver((struct letter){ .n = 5, .lane = LB_LANE_ROUTINE, .age_ms = 20 * DAY_MS });
	deliver_routine(6);
	assert_shown(7, 6);
}

static void what_is_not_acknowledged_comes_first(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	for (unsigned n = 2; n <= 4; n++)
		deliver_routine(n);
	UNTIL(inbox_total() == 4);
	acknowledge(2, LB_ACK_ACKNOWLEDGED);
	acknowledge(3, LB_ACK_DISPLAYED); /* it wants more than that */
	watch(&client, 8, "", false);
	assert_shown(8, 1);
	assert_shown(8, 3);
	assert_shown(8, 4);
	deliver_routine(5);
	assert_shown(8, 5);
}

static void a_topic_is_what_it_says(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	watch(&client, 1, "indicator/cyber-defence", false);
	assert_shown(1, 1);
	watch(&client, 2, "warning/cyber-defence", false);
	watch(&client, 3, "indicator/threat-intelligence", false);
	watch(&client, 4, "*/cyber-defence", false);
	assert_shown(4, 1);
	UNTIL(watchers_total() == 4);
	watch(&client, 5, "no topic", false);
	assert_refused(5, LB_INVALID);
	watch(&client, 6, "a-name-that-is-far-longer-than-any-type-may-be-and-so-cannot-be-one/*", false);
	assert_refused(6, LB_INVALID);
}

static void who_has_enough_is_shown_no_more(void **state)
{
	struct client other;

	(void)state;
	link_up();
	know_the_signer();
	client_open(&other);
	watch(&other, 5, "", true);
	watch(&client, 6, "", true);
	UNTIL(watchers_total() == 2);
	unwatch(&client);
	UNTIL(watchers_total() == 1);
	deliver_routine(2);
	UNTIL(inbox_total() == 2);
	settle();
	assert_null(client_take(&client));
	client_close(&client);
	client = other;
	assert_shown(5, 2);
}

static void watchers_are_bounded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WATCHERS_MAX; i++)
		watch(&client, i, "", true);
	UNTIL(watchers_total() == WATCHERS_MAX);
	watch(&client, 99, "", true);
	assert_refused(99, LB_LIMIT);
	unwatch(&client);
	UNTIL(watchers_total() == 0);
	watch(&client, 100, "", true);
	UNTIL(watchers_total() == 1);
}

/* Fills the inbox with n messages. */
static void fill_inbox(unsigned n)
{
	static uint8_t payload[2000];
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .audience_n = 1, .created_ms = 1700000000000 };
	struct lb_buf header = LB_BUF_INIT;

	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.exercise_name = h.language = lb_text_of("");
	assert_int_equal(agent_begin(&agent), LB_OK);
	for (unsigned i = 0; i < n; i++) {
		struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = i, .payload = { payload, sizeof payload }, .signature = { payload, 1 } };
		bool stored = false;

		h.id = letter_id(i);
		lb_buf_fini(&header);
		assert_int_equal(lb_header_encode(&h, &header), LB_OK);
		m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
		assert_int_equal(inbox_add(&agent.store, &m, &h, SPIFFE_BUND, &stored), LB_OK);
		assert_true(stored);
	}
	assert_int_equal(agent_settle(&agent), LB_OK);
	lb_buf_fini(&header);
}

/* The next that is shown, when it is due; it must be this row, whole. */
static void assert_next_row(struct client *c, unsigned row)
{
	Lagebus__Reply *reply = NULL;

	for (time_t until_s = time(NULL) + 20; !(reply = client_take(c)); go_on()) {
		assert_true(time(NULL) < until_s);
		if (agent.show_ms)
			now_ms = agent.show_ms;
	}
	assert_int_equal(reply->message->row, row);
	lagebus__reply__free_unpacked(reply, NULL);
}

/* One that reads nothing is not shown more than fits and keeps nobody; when it reads, it gets the rest. */
static void who_does_not_keep_up_is_shown_the_rest_later(void **state)
{
	const unsigned all = 4000;
	struct client slow = client;
	int64_t due_ms;

	(void)state;
	fill_inbox(all);
	agent.uplink.retry_ms = INT64_MAX;
	watch(&slow, 1, "", false);
	UNTIL(agent.show_ms);
	due_ms = agent.show_ms;
	assert_true(due_ms > now_ms && watchers_due_ms(&agent) == due_ms);
	assert_true(agent.watchers[0].row < all);
	client_open(&client);
	watch(&client, 2, "", false);
	for (unsigned row = 1; row <= all; row++)
		assert_next_row(&client, row);
	assert_true(watchers_total() == 2 && agent.watchers[0].row < all);
	for (unsigned row = 1; row <= all; row++)
		assert_next_row(&slow, row);
	assert_int_equal(watchers_total(), 2);
	client_close(&slow);
}

static void who_is_gone_is_dropped(void **state)
{
	struct client other;

	(void)state;
	link_up();
	know_the_signer();
	client_open(&other);
	watch(&other, 1, "", true);
	UNTIL(watchers_total() == 1);
	client_close(&other);
	for (unsigned n = 2; n < 1000 && watchers_total() == 1; n++) {
		deliver_routine(n);
		UNTIL(inbox_total() == n);
	}
	assert_true(watchers_total() == 0 && uplink_is_open(&agent.uplink));
}

/* Whoever acts on what it is shown must never act on an exercise: it is shown to those who ask for it. */
static void an_exercise_is_shown_to_who_asks_for_it(void **state)
{
	Lagebus__WatchRequest w = LAGEBUS__WATCH_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	(void)state;
	link_up();
	know_the_signer();
	watch(&client, 7, "", true);
	UNTIL(watchers_total() == 1);
	deliver((struct letter){ .n = 2, .lane = LB_LANE_ROUTINE, .exercise = "LÜKEX" });
	deliver_routine(3);
	assert_shown(7, 3);
	unwatch(&client);
	UNTIL(watchers_total() == 0);
	w.from_now = w.exercises = true;
	request.number = 8;
	request.body_case = LAGEBUS__REQUEST__BODY_WATCH;
	request.watch = &w;
	client_say(&client, &request);
	UNTIL(watchers_total() == 1);
	deliver((struct letter){ .n = 4, .lane = LB_LANE_ROUTINE, .exercise = "LÜKEX" });
	assert_shown(8, 4);
}

static void fill_named(const char *exercise_name, unsigned n)
{
	static const uint8_t payload[1] = { 0 };
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .audience_n = 1, .created_ms = 1700000000000, .id = letter_id(n) };
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = n, .payload = { payload, 1 }, .signature = { payload, 1 } };
	struct lb_buf header = LB_BUF_INIT;
	bool stored = false;

	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.language = lb_text_of("");
	h.exercise_name = lb_text_of(exercise_name);
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(inbox_add(&agent.store, &m, &h, SPIFFE_BUND, &stored), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	assert_true(stored);
	lb_buf_fini(&header);
}

/* What has an exercise's name is not real, whatever else it says. */
static void nor_what_only_has_its_name(void **state)
{
	Lagebus__Reply *reply;

	(void)state;
	fill_named("LÜKEX", 1);
	fill_named("", 2);
	watch(&client, 7, "", false);
	reply = client_hear();
	assert_int_equal(reply->message->row, 2);
	lagebus__reply__free_unpacked(reply, NULL);
}

/* Nor of its deadlines, nor of who approved what in it. */
static void what_is_told_of_an_exercise_is_told_to_who_asks_for_it(void **state)
{
	Lagebus__OpenDeadline open = LAGEBUS__OPEN_DEADLINE__INIT;
	Lagebus__WaitEnds ends = LAGEBUS__WAIT_ENDS__INIT;
	Lagebus__Reply *reply;

	(void)state;
	watch(&client, 7, "", true);
	UNTIL(watchers_total() == 1);
	open.exercise = true;
	open.title = (char *)"exercise";
	watchers_tell(&agent, &open, "Uebung");
	watchers_tell_end(&agent, &ends, (ProtobufCBinaryData){ 0, NULL }, true);
	open.exercise = false;
	open.title = (char *)"real";
	watchers_tell(&agent, &open, "echt");
	reply = client_hear();
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_DEADLINE);
	assert_string_equal(reply->deadline->title, "real"); /* what was told before it would have come before it */
	lagebus__reply__free_unpacked(reply, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_is_new_is_shown_in_order),
		AGENT_TEST(what_is_not_acknowledged_comes_first),
		AGENT_TEST(a_topic_is_what_it_says),
		AGENT_TEST(who_has_enough_is_shown_no_more),
		AGENT_TEST(an_exercise_is_shown_to_who_asks_for_it),
		AGENT_TEST(nor_what_only_has_its_name),
		AGENT_TEST(what_is_told_of_an_exercise_is_told_to_who_asks_for_it),
		AGENT_TEST(watchers_are_bounded),
		AGENT_TEST(who_does_not_keep_up_is_shown_the_rest_later),
		AGENT_TEST(who_is_gone_is_dropped),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
