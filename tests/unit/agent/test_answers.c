/* What is said to whoever asked: the forms of an answer, and who is no longer there. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/answers.h"

/* Whoever has asked the agent for something. */
static struct local_peer somebody(void)
{
	struct lb_buf request = LB_BUF_INIT;
	struct local_peer peer;
	struct pollfd p = { .fd = local_server_fd(agent.local), .events = POLLIN };

	assert_int_equal(zmq_send(client.socket, "x", 1, 0), 1);
	while (!local_server_receive(agent.local, &peer, &request))
		if (!local_server_is_ready(agent.local))
			assert_int_equal(poll(&p, 1, 20000), 1);
	lb_buf_fini(&request);
	return peer;
}

static void an_error_has_its_token_and_its_words(void **state)
{
	struct local_peer peer = somebody();

	(void)state;
	answer_refusal(&agent, &peer, 7, LB_LIMIT);
	assert_refused(7, LB_LIMIT);
	answer_error(&agent, &peer, 8, lb_err_token(LB_IO), "words");
	assert_refused(8, LB_IO);
}

static void a_sent_message_has_its_id(void **state)
{
	struct lb_uuid id = letter_id(5), said;
	struct local_peer peer = somebody();

	(void)state;
	answer_sent(&agent, &peer, 1, &id, false);
	said = assert_sent(1, false);
	assert_memory_equal(said.b, id.b, sizeof id.b);
	answer_sent(&agent, &peer, 2, &id, true);
	assert_sent(2, true);
}

static void a_stored_message_is_what_the_inbox_has(void **state)
{
	struct inbox_row row = { .row = 3, .received_ms = 4, .position = 5, .lane = 1, .acknowledged = 2, .title = "title", .tracking_id = "id" };
	Lagebus__StoredMessage m = LAGEBUS__STORED_MESSAGE__INIT;
	struct local_peer peer = somebody();
	Lagebus__Reply *reply;

	(void)state;
	row.quarantine = "bad-signature";
	row.signer = SPIFFE_BUND;
	row.header = (struct lb_frame){ (const uint8_t *)"header", 6 };
	row.payload = (struct lb_frame){ (const uint8_t *)"payload", 7 };
	answer_fill(&row, false, &m);
	assert_true(m.header.len == 6 && m.payload.len == 0);
	assert_int_equal(answer_message(&agent, &peer, 9, &row, true), LB_OK);
	reply = client_hear();
	assert_true(reply->number == 9 && reply->more && reply->body_case == LAGEBUS__REPLY__BODY_MESSAGE);
	assert_true(reply->message->row == 3 && reply->message->received == 4 && reply->message->position == 5);
	assert_true(reply->message->lane == 1 && reply->message->acknowledged == 2);
	assert_string_equal(reply->message->title, "title");
	assert_string_equal(reply->message->tracking_id, "id");
	assert_string_equal(reply->message->quarantine, "bad-signature");
	assert_string_equal(reply->message->signer, SPIFFE_BUND);
	assert_memory_equal(reply->message->header.data, "header", 6);
	assert_memory_equal(reply->message->payload.data, "payload", 7);
	lagebus__reply__free_unpacked(reply, NULL);
}

static void who_was_never_there_gets_nothing(void **state)
{
	struct local_peer nobody = { .id = "nobody", .n = 6 };
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	(void)state;
	assert_int_equal(answer_try(&agent, &nobody, &reply), LB_CLOSED);
	answer(&agent, &nobody, &reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(an_error_has_its_token_and_its_words),
		AGENT_TEST(a_sent_message_has_its_id),
		AGENT_TEST(a_stored_message_is_what_the_inbox_has),
		AGENT_TEST(who_was_never_there_gets_nothing),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
