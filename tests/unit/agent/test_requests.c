/* What people and plugins may ask: sending, looking, acknowledging, the status; and what cannot be taken. */
#include "tests/unit/agent/agent_fixture.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "agents/agent/answers.h"
#include "lagebus/envelope.h"
#include "lagebus/sealed.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"

static Lagebus__Reply *ask(Lagebus__Request *request)
{
	Lagebus__Reply *reply;

	client_say(&client, request);
	reply = client_hear();
	assert_int_equal(reply->number, request->number);
	return reply;
}

static Lagebus__Reply *ask_inbox(const Lagebus__InboxRequest *inbox)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	request.number = 40;
	request.body_case = LAGEBUS__REQUEST__BODY_INBOX;
	request.inbox = (Lagebus__InboxRequest *)inbox;
	return ask(&request);
}

static void assert_found(const Lagebus__InboxRequest *inbox, const char *titles)
{
	Lagebus__Reply *reply = ask_inbox(inbox);
	char found[400] = "";

	assert_string_equal(reply->error, "");
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_INBOX);
	for (size_t i = 0; i < reply->inbox->n_messages; i++) {
		const Lagebus__StoredMessage *m = reply->inbox->messages[i];

		snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s ", m->title, m->quarantine);
		assert_true(m->header.len > 0 && m->payload.len == 0 && m->received > 0);
	}
	assert_string_equal(found, titles);
	lagebus__reply__free_unpacked(reply, NULL);
}

static void the_inbox_is_searched(void **state)
{
	Lagebus__InboxRequest q = LAGEBUS__INBOX_REQUEST__INIT;
	struct lb_uuid id = letter_id(2);
	Lagebus__Reply *reply;

	(void)state;
	assert_found(&q, "");
	link_up();
	know_the_signer();
	for (unsigned n = 2; n <= 4; n++)
		deliver_routine(n);
	deliver((struct letter){ .n = 5, .lane = LB_LANE_ROUTINE, .age_ms = 20 * DAY_MS });
	UNTIL(heard.quarantined == 1);
	assert_int_equal(inbox_acknowledge(&agent.store, &id, LB_ACK_ACKNOWLEDGED), LB_OK);
	assert_found(&q, "m4 m3 m2 m1 ");
	q.limit = 2;
	assert_found(&q, "m4 m3 ");
	q.before = 3;
	assert_found(&q, "m2 m1 ");
	q.unacknowledged = true;
	assert_found(&q, "m1 ");
	q = (Lagebus__InboxRequest)LAGEBUS__INBOX_REQUEST__INIT;
	q.quarantine = true;
	assert_found(&q, "tls-expired ");
	q.quarantine = false;
	q.search = (char *)"m3";
	assert_found(&q, "m3 ");
	q.topic = (char *)"warning/*";
	assert_found(&q, "");
	q.topic = (char *)"indicator/cyber-defence";
	assert_found(&q, "m3 ");
	q.topic = (char *)"/";
	reply = ask_inbox(&q);
	assert_string_equal(reply->error, "invalid");
	lagebus__reply__free_unpacked(reply, NULL);
	q.topic = (char *)"";
	q.search = (char *)"\"";
	reply = ask_inbox(&q);
	assert_string_equal(reply->error, "invalid");
	assert_non_null(strstr(reply->error_text, "search"));
	lagebus__reply__free_unpacked(reply, NULL);
}

static Lagebus__Reply *ask_show(struct lb_uuid id, size_t id_n)
{
	Lagebus__ShowRequest show = LAGEBUS__SHOW_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	show.id = (ProtobufCBinaryData){ id_n, id.b };
	request.number = 41;
	request.body_case = LAGEBUS__REQUEST__BODY_SHOW;
	request.show = &show;
	return ask(&request);
}

static void a_message_is_shown_whole(void **state)
{
	struct letter l = { .n = 1, .lane = LB_LANE_ROUTINE };
	Lagebus__Reply *reply;

	(void)state;
	link_up();
	know_the_signer();
	letter_write(&l);
	reply = ask_show(l.id, sizeof l.id.b);
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_MESSAGE);
	assert_false(reply->more);
	assert_int_equal(reply->message->payload.len, l.frames[1].n);
	assert_memory_equal(reply->message->payload.data, l.frames[1].p, l.frames[1].n);
	assert_true(reply->message->position == 1 && reply->message->lane == LB_LANE_ROUTINE);
	lagebus__reply__free_unpacked(reply, NULL);
	reply = ask_show(letter_id(2), sizeof l.id.b);
	assert_string_equal(reply->error, "not-found");
	lagebus__reply__free_unpacked(reply, NULL);
	reply = ask_show(l.id, 15);
	assert_string_equal(reply->error, "bad-id");
	lagebus__reply__free_unpacked(reply, NULL);
	letter_fini(&l);
}

/* Asks for a report to be sent that belongs to message 1. */
static void send_about(uint64_t number, unsigned tlp, const char *text)
{
	char *audience[] = { (char *)"all" };
	struct lb_uuid id = letter_id(1);
	Lagebus__Header header = LAGEBUS__HEADER__INIT;
	Lagebus__SituationReport report = LAGEBUS__SITUATION_REPORT__INIT;
	Lagebus__SendRequest send = LAGEBUS__SEND_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	uint8_t packed[200], payload[200];

	header.type = LB_TYPE_SITUATION_REPORT;
	header.area = LB_AREA_CYBER_DEFENCE;
	header.tlp = tlp;
	header.audience = audience;
	header.n_audience = 1;
	header.thread = (ProtobufCBinaryData){ sizeof id.b, id.b };
	report.title = (char *)"title";
	report.text = (char *)text;
	send.header = (ProtobufCBinaryData){ lagebus__header__pack(&header, packed), packed };
	send.payload = (ProtobufCBinaryData){ lagebus__situation_report__pack(&report, payload), payload };
	request.number = number;
	request.body_case = LAGEBUS__REQUEST__BODY_SEND;
	request.send = &send;
	client_say(&client, &request);
}

/* outgoing.c has the cases; here, that it is asked. */
static void what_may_not_go_out_is_not_queued(void **state)
{
	(void)state;
	link_up();
	know_the_signer(); /* its message 1 has no label: AMBER+STRICT */
	send_about(1, LB_TLP_AMBER, "text");
	assert_refused(1, LB_TLP_WIDENED);
	send_about(2, LB_TLP_RED, "VS-NfD");
	assert_refused(2, LB_CLASSIFIED);
	settle();
	assert_true(outbox_total() == 0 && heard.published_n == 0);
	send_about(3, LB_TLP_AMBER_STRICT, "text");
	assert_sent(3, false);
}

static Lagebus__Reply *ask_ack(unsigned n, unsigned state)
{
	Lagebus__AckRequest ack = LAGEBUS__ACK_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	struct lb_uuid id = letter_id(n);

	ack.id = (ProtobufCBinaryData){ sizeof id.b, id.b };
	ack.state = state;
	ack.by = (char *)"CISO";
	ack.note = (char *)"a note";
	request.number = 42;
	request.body_case = LAGEBUS__REQUEST__BODY_ACK;
	request.ack = &ack;
	return ask(&request);
}

static void assert_ack_refused(unsigned n, unsigned state, const char *reason)
{
	Lagebus__Reply *reply = ask_ack(n, state);

	assert_string_equal(reply->error, reason);
	lagebus__reply__free_unpacked(reply, NULL);
}

static int acknowledged(unsigned n)
{
	struct lb_uuid id = letter_id(n);
	struct inbox_row row;

	assert_int_equal(inbox_get(&agent.store, &id, &row), LB_OK);
	return row.acknowledged;
}

static void acknowledging_sends_a_receipt_to_the_origin(void **state)
{
	struct lb_buf bytes = LB_BUF_INIT;
	struct lb_uuid id, about = letter_id(1);
	struct lb_zmtp_message m;
	Lagebus__Receipt *receipt;
	Lagebus__Reply *reply;
	struct lb_header h;
	int64_t row = 0;
	size_t need;

	(void)state;
	link_up();
	know_the_signer();
	reply = ask_ack(1, LB_ACK_ACKNOWLEDGED);
	assert_string_equal(reply->error, "");
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_SEND);
	lagebus__reply__free_unpacked(reply, NULL);
	assert_int_equal(acknowledged(1), LB_ACK_ACKNOWLEDGED);
	assert_int_equal(outbox_next(&agent.store, LB_LANE_URGENT, &row, &id, &bytes), LB_OK);
	assert_int_equal(lb_zmtp_parse(lb_buf_data(&bytes), lb_buf_len(&bytes), LB_MESSAGE_MAX, &m, &need), LB_OK);
	assert_int_equal(lb_header_decode(m.frames[0].p, m.frames[0].n, &h), LB_OK);
	assert_true(h.type == LB_TYPE_RECEIPT && h.area == LB_AREA_CYBER_DEFENCE && h.audience_n == 1 && h.has_thread);
	assert_true(lb_text_equals(h.audience[0], "bund-bsi") && lb_text_equals(h.origin, "de-sn"));
	assert_memory_equal(h.thread.b, about.b, sizeof about.b);
	receipt = lagebus__receipt__unpack(NULL, m.frames[1].n, m.frames[1].p);
	assert_non_null(receipt);
	assert_memory_equal(receipt->refers_to.data, about.b, sizeof about.b);
	assert_int_equal(receipt->state, LB_ACK_ACKNOWLEDGED);
	assert_string_equal(receipt->by, "CISO");
	assert_string_equal(receipt->note, "a note");
	lagebus__receipt__free_unpacked(receipt, NULL);
	lb_buf_fini(&bytes);
}

static void what_cannot_be_acknowledged_is_refused(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	deliver((struct letter){ .n = 2, .lane = LB_LANE_ROUTINE, .age_ms = 20 * DAY_MS });
	UNTIL(heard.quarantined == 1);
	assert_ack_refused(2, LB_ACK_DISPLAYED, "invalid");
	assert_ack_refused(3, LB_ACK_DISPLAYED, "not-found");
	assert_ack_refused(1, LB_ACK_NONE, "invalid");
	assert_ack_refused(1, LB_ACK_IMPLEMENTED + 1, "invalid");
	assert_true(outbox_total() == 0 && acknowledged(1) == 0);
}

static void what_was_recalled_is_not_acknowledged(void **state)
{
	struct lb_uuid id = letter_id(1);
	struct inbox_row row;
	struct lb_header h;

	(void)state;
	link_up();
	know_the_signer();
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(inbox_get(&agent.store, &id, &row), LB_OK);
	assert_int_equal(lb_header_decode(row.header.p, row.header.n, &h), LB_OK);
	assert_int_equal(inbox_empty(&agent.store, &row, &h, "recalled", "falsch", 1), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	assert_ack_refused(1, LB_ACK_ACKNOWLEDGED, "invalid");
	assert_true(outbox_total() == 0 && acknowledged(1) == 0);
}

static const char *ack_case(const struct lb_uuid *id, const char *as, bool erase)
{
	static char error[40];
	Lagebus__AckRequest ack = LAGEBUS__ACK_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__Reply *reply;

	ack.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	ack.state = LB_ACK_ACKNOWLEDGED;
	ack.by = (char *)"Fachstelle";
	ack.as = (char *)as;
	ack.erase = erase;
	request.number = 43;
	request.body_case = LAGEBUS__REQUEST__BODY_ACK;
	request.ack = &ack;
	reply = ask(&request);
	snprintf(error, sizeof error, "%s", reply->error);
	lagebus__reply__free_unpacked(reply, NULL);
	return error;
}

/* Its content goes with the acknowledgement: so not without a word, nor as somebody whom the broker would refuse. */
static void a_case_goes_with_consent_and_for_whom_it_is(void **state)
{
	static const uint8_t payload[] = "ciphertext";
	struct lb_header h = { .type = LB_TYPE_DIGITAL_VIOLENCE_CASE, .area = LB_AREA_DIGITAL_VIOLENCE, .tlp = LB_TLP_RED, .audience_n = 1, .id = letter_id(7) };
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = 7, .payload = { payload, sizeof payload }, .signature = { payload, 1 } };
	struct lb_buf header = LB_BUF_INIT;
	struct inbox_row row;
	bool stored = false;

	(void)state;
	h.created_ms = agent_clock_ms();
	h.expires_ms = h.created_ms + DAY_MS;
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("de-sn");
	h.exercise_name = h.language = lb_text_of("");
	h.lane = LB_LANE_ROUTINE;
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(inbox_add(&agent.store, &m, &h, SPIFFE_BUND, &stored), LB_OK);
	assert_int_equal(agent_settle(&agent), LB_OK);
	assert_string_equal(ack_case(&h.id, "", false), "needs-consent");
	assert_string_equal(ack_case(&h.id, "de-he", true), "not-in-audience");
	assert_int_equal(inbox_get(&agent.store, &h.id, &row), LB_OK);
	assert_int_equal(row.payload.n, sizeof payload);
	assert_int_equal(outbox_total(), 0);
	assert_string_equal(ack_case(&h.id, "de-sn", true), "");
	assert_int_equal(inbox_get(&agent.store, &h.id, &row), LB_OK);
	assert_int_equal(row.payload.n, 0);
	assert_int_equal(outbox_total(), 1);
	lb_buf_fini(&header);
}

/* How many bytes of a message that is encrypted to us `show` opens. */
static size_t opened(const struct lb_uuid *id)
{
	Lagebus__Reply *reply = ask_show(*id, sizeof id->b);
	size_t n;

	assert_string_equal(reply->error, "");
	n = reply->message->opened.len;
	lagebus__reply__free_unpacked(reply, NULL);
	return n;
}

/* It would be shown as somebody's who never said it. */
static void what_did_not_verify_is_not_opened(void **state)
{
	struct lb_header h = { .type = LB_TYPE_SITUATION_REPORT, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_RED, .audience_n = 1 };
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = 7, .signature = { (const uint8_t *)"signature", 9 } };
	struct lb_buf header = LB_BUF_INIT, envelope = LB_BUF_INIT, payload = LB_BUF_INIT;
	uint8_t der[CREDENTIALS_DER_MAX];
	struct lb_frame certificate = { der, credentials_der(fixture_folder, "agent", der) };

	(void)state;
	assert_int_equal(lb_envelope_seal(&certificate, 1, (struct lb_frame){ (const uint8_t *)"\n\1x", 3 }, &envelope), LB_OK);
	assert_int_equal(lb_sealed_write(NULL, (struct lb_frame){ lb_buf_data(&envelope), lb_buf_len(&envelope) }, &payload), LB_OK);
	m.payload = (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) };
	h.created_ms = agent_clock_ms();
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("de-sn");
	h.exercise_name = h.language = lb_text_of("");
	h.lane = LB_LANE_ROUTINE;
	for (unsigned verified = 0; verified < 2; verified++) {
		bool stored = false;

		h.id = letter_id(7 + verified);
		lb_buf_fini(&header);
		assert_int_equal(lb_header_encode(&h, &header), LB_OK);
		m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
		assert_int_equal(agent_begin(&agent), LB_OK);
		if (verified)
			assert_int_equal(inbox_add(&agent.store, &m, &h, SPIFFE_BUND, &stored), LB_OK);
		else
			assert_int_equal(inbox_quarantine(&agent.store, &m, &h.id, LB_BAD_SIGNATURE), LB_OK);
		assert_int_equal(agent_settle(&agent), LB_OK);
		assert_int_equal(opened(&h.id), verified ? 3 : 0);
	}
	lb_buf_fini(&header);
	lb_buf_fini(&envelope);
	lb_buf_fini(&payload);
}

static int refuse_commit(void *user)
{
	(void)user;
	return 1;
}

/* Acknowledged here and not sent, or the other way round, is neither. */
static void a_receipt_is_sent_and_noted_or_neither(void **state)
{
	(void)state;
	link_up();
	know_the_signer();
	settle();
	sqlite3_commit_hook(agent.store.db, refuse_commit, NULL);
	assert_ack_refused(1, LB_ACK_DISPLAYED, "io");
	sqlite3_commit_hook(agent.store.db, NULL, NULL);
	settle();
	assert_true(outbox_total() == 0 && acknowledged(1) == 0);
}

static Lagebus__Reply *ask_status(void)
{
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__Reply *reply;

	request.number = 43;
	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	reply = ask(&request);
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_STATUS);
	return reply;
}

static void the_status_says_how_things_are(void **state)
{
	Lagebus__StatusReply *s;
	Lagebus__Reply *reply;

	(void)state;
	agent.uplink.retry_ms = INT64_MAX;
	client_send(&client, 1, 10, false);
	assert_sent(1, false);
	reply = ask_status();
	s = reply->status;
	assert_string_equal(s->agent, SPIFFE_SN);
	assert_string_equal(s->partner, "de-sn");
	assert_string_equal(s->broker, "");
	assert_string_equal(s->link, "");
	assert_true(s->outbox_routine == 1 && s->outbox_urgent == 0 && s->linked_since == 0 && s->inbox == 0);
	assert_true(s->certificate_expires > agent_clock_ms());
	lagebus__reply__free_unpacked(reply, NULL);
	agent.uplink.retry_ms = 0;
	link_up();
	know_the_signer();
	reply = ask_status();
	s = reply->status;
	assert_string_equal(s->broker, broker.address);
	assert_true(s->link[0] && s->linked_since > 0 && s->linked_since <= agent_clock_ms());
	assert_string_equal(s->last_error, "");
	assert_true(s->inbox == 1 && s->routine == 1 && s->urgent == 0 && s->routine_last == 20 && s->urgent_last == 10 && s->missed == 0);
	lagebus__reply__free_unpacked(reply, NULL);
	broker_hang_up(&broker);
	UNTIL(!uplink_is_open(&agent.uplink));
	reply = ask_status();
	assert_string_equal(reply->status->last_error, "closed");
	assert_true(reply->status->last_error_text[0] && reply->status->broker[0] == '\0');
	lagebus__reply__free_unpacked(reply, NULL);
}

static void what_cannot_be_read_is_refused(void **state)
{
	static const char *const broken[] = { "\xff\xff\xff", "\x08", "\x12\x7f" };
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__Reply *reply;

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		assert_int_equal(zmq_send(client.socket, broken[i], strlen(broken[i]), 0), strlen(broken[i]));
		assert_refused(0, LB_BAD_CONTROL);
	}
	/* Empty, and one that asks nothing. */
	assert_int_equal(zmq_send(client.socket, "", 0, 0), 0);
	assert_refused(0, LB_BAD_CONTROL);
	request.number = 9;
	reply = ask(&request);
	assert_string_equal(reply->error, "bad-control");
	lagebus__reply__free_unpacked(reply, NULL);
}

static void a_text_that_is_not_utf8_is_refused(void **state)
{
	Lagebus__InboxRequest inbox = LAGEBUS__INBOX_REQUEST__INIT;
	Lagebus__AckRequest ack = LAGEBUS__ACK_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;

	(void)state;
	inbox.search = (char *)"\xff";
	request.number = 10;
	request.body_case = LAGEBUS__REQUEST__BODY_INBOX;
	request.inbox = &inbox;
	client_say(&client, &request);
	assert_refused(10, LB_NOT_UTF8);
	ack.note = (char *)"\xed\xa0\x80";
	request.number = 11;
	request.body_case = LAGEBUS__REQUEST__BODY_ACK;
	request.ack = &ack;
	client_say(&client, &request);
	assert_refused(11, LB_NOT_UTF8);
}

static void a_header_that_is_none_is_refused(void **state)
{
	Lagebus__SendRequest send = LAGEBUS__SEND_REQUEST__INIT;
	Lagebus__RouteRequest route = LAGEBUS__ROUTE_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	static uint8_t large[LB_HEADER_MAX];

	(void)state;
	request.number = 9;
	request.body_case = LAGEBUS__REQUEST__BODY_SEND;
	request.send = &send;
	client_say(&client, &request);
	assert_refused(9, LB_BAD_HEADER);
	send.header = (ProtobufCBinaryData){ sizeof large, large };
	client_say(&client, &request);
	assert_refused(9, LB_BAD_HEADER);
	request.body_case = LAGEBUS__REQUEST__BODY_ROUTE;
	request.route = &route;
	client_say(&client, &request);
	assert_refused(9, LB_BAD_HEADER);
	client_send(&client, 10, LB_PAYLOAD_MAX + 1, false);
	assert_refused(10, LB_LIMIT);
	assert_int_equal(outbox_total(), 0);
}

/* More than are taken in one turn: no turn waits while there are requests. */
static void many_requests_are_all_taken(void **state)
{
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	int wake = eventfd(0, EFD_CLOEXEC);
	time_t begin_s = time(NULL);

	(void)state;
	agent.uplink.retry_ms = INT64_MAX;
	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	for (request.number = 0; request.number < 900; request.number++)
		client_say(&client, &request);
	agent_turn(&agent, wake);
	for (unsigned turns = 0; turns < 100 && local_server_is_ready(agent.local); turns++)
		agent_turn(&agent, wake);
	assert_true(time(NULL) - begin_s < 20);
	for (unsigned n = 0; n < 900; n++) {
		Lagebus__Reply *reply = client_hear();

		assert_int_equal(reply->number, n);
		lagebus__reply__free_unpacked(reply, NULL);
	}
	close(wake);
}

static int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One that came while another was answered: its descriptor has told of both already. */
static void a_request_left_in_the_queue_is_taken_at_once(void **state)
{
	const struct itimerspec six_s = { .it_value.tv_sec = 6 };
	struct pollfd p = { .fd = local_server_fd(agent.local), .events = POLLIN };
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	int wake = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	struct lb_buf bytes = LB_BUF_INIT;
	struct local_peer peer;
	Lagebus__Reply *reply;
	int64_t begin_ms;

	(void)state;
	agent.uplink.retry_ms = INT64_MAX;
	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	client_say(&client, &request);
	while (!local_server_receive(agent.local, &peer, &bytes))
		if (!local_server_is_ready(agent.local))
			assert_int_equal(poll(&p, 1, 20000), 1);
	lb_buf_fini(&bytes);
	request.number = 2;
	client_say(&client, &request);
	while (!local_server_is_ready(agent.local))
		assert_int_equal(poll(&p, 1, 20000), 1);
	answer_refusal(&agent, &peer, 1, LB_LIMIT);
	assert_int_equal(timerfd_settime(wake, 0, &six_s, NULL), 0); /* the turn's end, if it waits */
	begin_ms = monotonic_ms();
	agent_turn(&agent, wake);
	assert_true(monotonic_ms() - begin_ms < 5000);
	close(wake);
	assert_refused(1, LB_LIMIT);
	reply = client_hear();
	assert_true(reply->number == 2 && reply->body_case == LAGEBUS__REPLY__BODY_STATUS);
	lagebus__reply__free_unpacked(reply, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(the_inbox_is_searched),
		AGENT_TEST(a_message_is_shown_whole),
		AGENT_TEST(what_may_not_go_out_is_not_queued),
		AGENT_TEST(acknowledging_sends_a_receipt_to_the_origin),
		AGENT_TEST(what_cannot_be_acknowledged_is_refused),
		AGENT_TEST(what_was_recalled_is_not_acknowledged),
		AGENT_TEST(a_case_goes_with_consent_and_for_whom_it_is),
		AGENT_TEST(what_did_not_verify_is_not_opened),
		AGENT_TEST(a_receipt_is_sent_and_noted_or_neither),
		AGENT_TEST(the_status_says_how_things_are),
		AGENT_TEST(what_cannot_be_read_is_refused),
		AGENT_TEST(a_text_that_is_not_utf8_is_refused),
		AGENT_TEST(a_header_that_is_none_is_refused),
		AGENT_TEST(many_requests_are_all_taken),
		AGENT_TEST(a_request_left_in_the_queue_is_taken_at_once),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
