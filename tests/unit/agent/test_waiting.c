/* Local requests that wait for the broker: answered, refused, given up at their deadline, bounded. */
#include "tests/unit/agent/agent_fixture.h"

static void ask_receipts(uint64_t number)
{
	struct lb_uuid id = letter_id(1);
	Lagebus__ReceiptsRequest receipts = LAGEBUS__RECEIPTS_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	receipts.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	request.number = number;
	request.body_case = LAGEBUS__REQUEST__BODY_RECEIPTS;
	request.receipts = &receipts;
	client_say(&client, &request);
}

static void ask_route(uint64_t number)
{
	char *audience[] = { (char *)"all" };
	Lagebus__Header header = LAGEBUS__HEADER__INIT;
	Lagebus__RouteRequest route = LAGEBUS__ROUTE_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	uint8_t packed[200];

	header.type = LB_TYPE_INDICATOR;
	header.area = LB_AREA_CYBER_DEFENCE;
	header.audience = audience;
	header.n_audience = 1;
	route.header = (ProtobufCBinaryData){ lagebus__header__pack(&header, packed), packed };
	request.number = number;
	request.body_case = LAGEBUS__REQUEST__BODY_ROUTE;
	request.route = &route;
	client_say(&client, &request);
}

static void say_receipts(uint64_t question, const char *refused)
{
	Lagebus__Receipts receipts = LAGEBUS__RECEIPTS__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	receipts.request = question;
	receipts.refused = (char *)refused;
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS;
	control.receipts = &receipts;
	broker_say(&broker, &control);
}

static void say_route(uint64_t question)
{
	Lagebus__Route route = LAGEBUS__ROUTE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	route.request = question;
	route.refused = (char *)"bad-audience";
	control.body_case = LAGEBUS__CONTROL__BODY_ROUTE;
	control.route = &route;
	broker_say(&broker, &control);
}

static unsigned places_taken(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < WAITING_MAX; i++)
		n += agent.waiting[i].kind != WAITING_NOBODY;
	return n;
}

static void a_question_is_passed_on_and_its_answer_back(void **state)
{
	Lagebus__Receipts *receipts;
	Lagebus__Reply *reply;
	Lagebus__Route *route;
	uint64_t of_receipts;

	(void)state;
	link_up();
	ask_receipts(71);
	UNTIL(heard.questions == 1);
	of_receipts = heard.question;
	ask_route(72);
	UNTIL(heard.questions == 2);
	/* In the other order, and answers to nothing between them. */
	say_route(heard.question + 5);
	say_route(of_receipts);
	say_receipts(heard.question, "");
	say_route(heard.question);
	reply = client_hear();
	assert_true(reply->number == 72 && reply->body_case == LAGEBUS__REPLY__BODY_ROUTE && reply->error[0] == '\0');
	route = lagebus__route__unpack(NULL, reply->route->route.len, reply->route->route.data);
	assert_non_null(route);
	assert_string_equal(route->refused, "bad-audience");
	lagebus__route__free_unpacked(route, NULL);
	lagebus__reply__free_unpacked(reply, NULL);
	say_receipts(of_receipts, "not-a-member");
	reply = client_hear();
	assert_true(reply->number == 71 && reply->body_case == LAGEBUS__REPLY__BODY_RECEIPTS && reply->error[0] == '\0');
	receipts = lagebus__receipts__unpack(NULL, reply->receipts->receipts.len, reply->receipts->receipts.data);
	assert_non_null(receipts);
	assert_string_equal(receipts->refused, "not-a-member");
	lagebus__receipts__free_unpacked(receipts, NULL);
	lagebus__reply__free_unpacked(reply, NULL);
	assert_int_equal(places_taken(), 0);
}

static void without_a_link_nothing_can_be_asked(void **state)
{
	(void)state;
	ask_receipts(1);
	assert_refused(1, LB_CLOSED);
	ask_route(2);
	assert_refused(2, LB_CLOSED);
	assert_int_equal(places_taken(), 0);
}

static void a_question_has_its_deadline(void **state)
{
	(void)state;
	link_up();
	ask_receipts(1);
	UNTIL(heard.questions == 1);
	assert_int_equal(waiting_due_ms(&agent), now_ms + 5000);
	step_at(now_ms + 4999);
	assert_int_equal(places_taken(), 1);
	step_at(now_ms + 1);
	assert_refused(1, LB_TIMEOUT);
	assert_int_equal(waiting_due_ms(&agent), INT64_MAX);
	/* The answer that comes after it is no one's. */
	say_receipts(heard.question, "");
	settle();
	assert_null(client_take(&client));
}

static void say_answer(struct lb_uuid id, const char *reason)
{
	ProtobufCBinaryData of = { sizeof id.b, id.b };
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Refused refused = LAGEBUS__REFUSED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	if (reason) {
		refused.id = of;
		refused.reason = (char *)reason;
		refused.text = (char *)"a text";
		control.body_case = LAGEBUS__CONTROL__BODY_REFUSED;
		control.refused = &refused;
	} else {
		accepted.ids = &of;
		accepted.n_ids = 1;
		control.body_case = LAGEBUS__CONTROL__BODY_ACCEPTED;
		control.accepted = &accepted;
	}
	broker_say(&broker, &control);
}

static void who_waits_for_a_publish_gets_the_broker_s_word(void **state)
{
	struct lb_uuid id;

	(void)state;
	link_up();
	client_send(&client, 1, 1, true);
	UNTIL(heard.published_n == 1);
	settle();
	assert_null(client_take(&client));
	say_answer(heard.published[0], NULL);
	id = assert_sent(1, true);
	assert_memory_equal(id.b, heard.published[0].b, sizeof id.b);
	client_send(&client, 2, 1, true);
	UNTIL(heard.published_n == 2);
	say_answer(heard.published[1], "role-may-not-send");
	assert_refused(2, LB_ROLE_MAY_NOT_SEND);
	/* One that passes is said, too; the message stays in the outbox. */
	client_send(&client, 3, 1, true);
	UNTIL(heard.published_n == 3);
	say_answer(heard.published[2], "disk-full");
	assert_refused(3, LB_DISK_FULL);
	assert_int_equal(outbox_total(), 1);
	assert_int_equal(places_taken(), 0);
}

static void who_waits_for_a_publish_waits_across_links(void **state)
{
	(void)state;
	client_send(&client, 1, 1, true);
	UNTIL(places_taken() == 1);
	link_up();
	UNTIL(heard.published_n == 1);
	link_up();
	UNTIL(heard.published_n == 2);
	say_answer(heard.published[1], NULL);
	assert_sent(1, true);
	/* But not for ever; and the message stays. */
	broker_hang_up(&broker);
	UNTIL(!uplink_is_open(&agent.uplink));
	agent.uplink.retry_ms = INT64_MAX;
	client_send(&client, 2, 1, true);
	UNTIL(places_taken() == 1);
	assert_int_equal(waiting_due_ms(&agent), now_ms + 60000);
	step_at(now_ms + 60000);
	assert_refused(2, LB_TIMEOUT);
	assert_int_equal(outbox_total(), 1);
}

static void those_who_wait_are_bounded(void **state)
{
	(void)state;
	link_up();
	for (unsigned i = 0; i < WAITING_MAX; i++)
		ask_receipts(i);
	UNTIL(heard.questions == WAITING_MAX);
	ask_route(100);
	assert_refused(100, LB_LIMIT);
	client_send(&client, 101, 1, true);
	assert_refused(101, LB_LIMIT);
	assert_int_equal(outbox_total(), 0);
	/* Who does not wait needs no place. */
	client_send(&client, 102, 1, false);
	assert_sent(102, false);
	say_receipts(heard.question, "");
	lagebus__reply__free_unpacked(client_hear(), NULL);
	client_send(&client, 103, 1, true);
	UNTIL(heard.published_n == 2);
	say_answer(heard.published[1], NULL);
	assert_sent(103, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(a_question_is_passed_on_and_its_answer_back),
		AGENT_TEST(without_a_link_nothing_can_be_asked),
		AGENT_TEST(a_question_has_its_deadline),
		AGENT_TEST(who_waits_for_a_publish_gets_the_broker_s_word),
		AGENT_TEST(who_waits_for_a_publish_waits_across_links),
		AGENT_TEST(those_who_wait_are_bounded),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
