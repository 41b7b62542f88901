/* A whole agent between a broker that is played and a local client, in the test's own thread and with the test's clock. */
#ifndef LAGEBUS_TESTS_UNIT_AGENT_AGENT_FIXTURE_H
#define LAGEBUS_TESTS_UNIT_AGENT_AGENT_FIXTURE_H

#include <time.h>
#include <zmq.h>

#include "agents/agent/agent.h"
#include "agents/agent/outbox.h"
#include "lagebus/signature.h"
#include "proto/header.pb-c.h"
#include "proto/local.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "tests/unit/agent/fake_broker.h"

#define DAY_MS INT64_C(86400000)
#define SPIFFE_BUND "spiffe://lagebus.example/partner/bund-bsi/agent/main"
#define SPIFFE_SN "spiffe://lagebus.example/partner/de-sn/agent/edge"

/* libzmq is not built for ThreadSanitizer, which then takes its queues for races. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:libzmq.so\ncalled_from_lib:libzmq.so\n";
}

static char fixture_folder[] = "/tmp/lagebus-agent-XXXXXX";
static unsigned fixture_tests; /* each has its own data */
static struct agent agent;
static struct broker broker;
static int64_t now_ms;
static struct lb_uuid broker_log;

/* What the broker has heard on this connection. */
static struct {
	unsigned hellos, received, quarantined, queries, goodbyes, questions;
	struct lb_uuid log;
	uint64_t cursor[LB_LANES]; /* of Hello, then of Received */
	struct lb_uuid at_cursor[LB_LANES]; /* of Hello */
	unsigned quarantined_lane;
	uint64_t quarantined_position;
	char quarantined_reason[40], goodbye_reason[40];
	uint8_t query[LB_SIGNER_SIZE];
	uint64_t question;
	struct lb_uuid published[4096];
	unsigned published_n;
} heard;

/* Somebody at the local socket. */
static struct client {
	void *context, *socket;
	int fd;
} client;

/* Every one that is there: what comes to any of them is something that happens. */
#define FIXTURE_CLIENTS 8
static struct client fixture_clients[FIXTURE_CLIENTS];
static unsigned fixture_clients_n;

static inline const char *fixture_path(const char *name, const char *suffix)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s%s", fixture_folder, name, suffix);
	return path;
}

static inline void fixture_configure(const char *certificate, const char *crl)
{
	char text[2000];

	snprintf(text, sizeof text,
	         "brokers = ( \"%s\" ); certificate = \"%s\"; key = \"%s\"; ca = \"%s\"; crl = \"%s\";\n"
	         "data = \"%s/data-%u\"; local = \"ipc://%s/run-%u/agent.sock\";\n",
	         broker.address, fixture_path(certificate, ".pem"), fixture_path(certificate, ".key"), fixture_path("ca", ".pem"),
	         crl ? fixture_path(crl, "") : "", fixture_folder, fixture_tests, fixture_folder, fixture_tests);
	assert_true(credentials_write(fixture_folder, "agent.conf", text));
}

static inline void fixture_open(void)
{
	char why[400] = "";

	if (agent_open(&agent, fixture_path("agent", ".conf"), why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	agent.now_ms = now_ms;
}

static inline void client_open(struct client *c)
{
	int none = 0;
	size_t n = sizeof c->fd;

	c->context = zmq_ctx_new();
	c->socket = zmq_socket(c->context, ZMQ_DEALER);
	zmq_setsockopt(c->socket, ZMQ_LINGER, &none, sizeof none);
	assert_int_equal(zmq_connect(c->socket, agent.settings.local), 0);
	assert_int_equal(zmq_getsockopt(c->socket, ZMQ_FD, &c->fd, &n), 0);
	assert_true(fixture_clients_n < FIXTURE_CLIENTS);
	fixture_clients[fixture_clients_n++] = *c;
}

static inline void client_close(struct client *c)
{
	for (unsigned i = 0; i < fixture_clients_n; i++)
		if (fixture_clients[i].socket == c->socket)
			fixture_clients[i] = fixture_clients[--fixture_clients_n];
	zmq_close(c->socket);
	zmq_ctx_term(c->context);
	c->socket = NULL;
}

static inline int fixture_setup(void **state)
{
	(void)state;
	memset(&heard, 0, sizeof heard);
	fixture_tests++;
	fixture_clients_n = 0;
	now_ms = 1000000;
	broker_log = lb_uuid7(1700000000000, (const uint8_t *)"the log id");
	broker_open(&broker, fixture_folder);
	fixture_configure("agent", NULL);
	fixture_open();
	client_open(&client);
	return 0;
}

static inline int fixture_teardown(void **state)
{
	(void)state;
	client_close(&client);
	agent_close(&agent);
	broker_close(&broker);
	return 0;
}

static inline struct lb_uuid fixture_id(ProtobufCBinaryData d)
{
	struct lb_uuid id = { { 0 } };

	if (d.len == sizeof id.b)
		memcpy(id.b, d.data, sizeof id.b);
	return id;
}

static inline void hear_control(const Lagebus__Control *c)
{
	if (c->body_case == LAGEBUS__CONTROL__BODY_HELLO) {
		heard.hellos++;
		heard.log = fixture_id(c->hello->log);
		heard.cursor[0] = c->hello->urgent;
		heard.cursor[1] = c->hello->routine;
		heard.at_cursor[0] = fixture_id(c->hello->urgent_id);
		heard.at_cursor[1] = fixture_id(c->hello->routine_id);
	} else if (c->body_case == LAGEBUS__CONTROL__BODY_RECEIVED) {
		heard.received++;
		heard.cursor[0] = c->received->urgent;
		heard.cursor[1] = c->received->routine;
	} else if (c->body_case == LAGEBUS__CONTROL__BODY_QUARANTINED) {
		heard.quarantined++;
		heard.quarantined_lane = c->quarantined->lane;
		heard.quarantined_position = c->quarantined->position;
		snprintf(heard.quarantined_reason, sizeof heard.quarantined_reason, "%s", c->quarantined->reason);
	} else if (c->body_case == LAGEBUS__CONTROL__BODY_SIGNER_QUERY) {
		heard.queries++;
		assert_int_equal(c->signer_query->signer.len, LB_SIGNER_SIZE);
		memcpy(heard.query, c->signer_query->signer.data, LB_SIGNER_SIZE);
	} else if (c->body_case == LAGEBUS__CONTROL__BODY_GOODBYE) {
		heard.goodbyes++;
		snprintf(heard.goodbye_reason, sizeof heard.goodbye_reason, "%s", c->goodbye->reason);
	} else if (c->body_case == LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY || c->body_case == LAGEBUS__CONTROL__BODY_ROUTE_QUERY) {
		heard.questions++;
		heard.question = c->body_case == LAGEBUS__CONTROL__BODY_ROUTE_QUERY ? c->route_query->request : c->receipts_query->request;
	} else {
		fail_msg("the agent says what only brokers do: %d", (int)c->body_case);
	}
}

static inline void hear_message(const struct lb_zmtp_message *m)
{
	Lagebus__Control *c;
	struct lb_header h;

	if (m->frames_n == 3) {
		assert_int_equal(lb_header_decode(m->frames[0].p, m->frames[0].n, &h), LB_OK);
		assert_true(heard.published_n < sizeof heard.published / sizeof heard.published[0]);
		heard.published[heard.published_n++] = h.id;
		return;
	}
	assert_int_equal(m->frames_n, 1);
	c = lagebus__control__unpack(NULL, m->frames[0].n, m->frames[0].p);
	assert_non_null(c);
	hear_control(c);
	lagebus__control__free_unpacked(c, NULL);
}

static unsigned fixture_pongs;

static inline void listen_to_agent(void)
{
	struct lb_zmtp_command command;
	struct lb_zmtp_message m;

	while (broker_take(&broker, &m)) {
		if (!m.command)
			hear_message(&m);
		else if (lb_zmtp_command(m.frames[0].p, m.frames[0].n, &command) == LB_OK)
			fixture_pongs += command.kind == LB_ZMTP_PONG;
	}
}

/* Everyone, once, when there is something to do. */
static inline void go_on(void)
{
	struct pollfd p[3 + FIXTURE_CLIENTS] = { { .fd = -1 }, broker_poll(&broker), { .fd = local_server_fd(agent.local), .events = POLLIN } };
	nfds_t n = 3;
	int64_t deadline_ms;

	p[0].fd = uplink_poll_fd(&agent.uplink, &p[0].events, &deadline_ms);
	for (unsigned i = 0; i < fixture_clients_n; i++)
		p[n++] = (struct pollfd){ .fd = fixture_clients[i].fd, .events = POLLIN };
	if (watchers_due_ms(&agent) <= now_ms || local_server_is_ready(agent.local))
		poll(p, n, 0);
	else if (poll(p, n, 20000) == 0)
		fail_msg("nothing happens any more");
	for (unsigned i = 0; i < fixture_clients_n; i++) {
		uint32_t events;
		size_t size = sizeof events;

		zmq_getsockopt(fixture_clients[i].socket, ZMQ_EVENTS, &events, &size); /* or its descriptor stays readable */
	}
	agent_step(&agent, p[0].revents, now_ms);
	broker_step(&broker);
	listen_to_agent();
}

#define UNTIL(condition)                                                                \
	for (time_t until_s = time(NULL) + 20; !(condition); go_on())                   \
		if (time(NULL) > until_s)                                               \
			fail_msg("it did not happen in time: %s", #condition)

/* Lets the agent do what is due at this time. */
static inline void step_at(int64_t at_ms)
{
	now_ms = at_ms;
	agent_step(&agent, 0, now_ms);
}

/* Until the agent has done everything that it was told, and the broker has heard of it. */
static inline void settle(void)
{
	for (unsigned i = 0; i < 2; i++) {
		unsigned before = fixture_pongs;
		struct lb_buf ping = LB_BUF_INIT;

		assert_int_equal(lb_zmtp_put_ping(&ping, 100, NULL, 0), LB_OK);
		broker_write_buf(&broker, &ping);
		broker_send(&broker);
		UNTIL(fixture_pongs > before);
	}
}

/* Time goes by on a live link. */
static inline void pass(int64_t ms)
{
	for (int64_t end_ms = now_ms + ms; now_ms < end_ms; settle())
		now_ms = now_ms + 20000 < end_ms ? now_ms + 20000 : end_ms;
}

static inline void say_welcome_of(struct lb_uuid log, uint64_t urgent, uint64_t routine)
{
	Lagebus__Welcome welcome = LAGEBUS__WELCOME__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	welcome.version = LB_PROTOCOL_VERSION;
	welcome.software = (char *)"a test";
	welcome.log = (ProtobufCBinaryData){ sizeof log.b, log.b };
	welcome.urgent = urgent;
	welcome.routine = routine;
	welcome.urgent_last = urgent + 10;
	welcome.routine_last = routine + 20;
	control.body_case = LAGEBUS__CONTROL__BODY_WELCOME;
	control.welcome = &welcome;
	broker_say(&broker, &control);
}

/* Until the agent is linked: anew, if it was. It goes on where it says it is. */
static inline void link_up(void)
{
	unsigned before = heard.hellos;

	if (broker.fd >= 0) {
		broker_hang_up(&broker);
		UNTIL(agent.uplink.state == UPLINK_DOWN); /* also one that was not open yet */
	}
	if (agent.uplink.state == UPLINK_DOWN)
		step_at(now_ms < agent.uplink.retry_ms ? agent.uplink.retry_ms : now_ms);
	UNTIL(heard.hellos > before);
	say_welcome_of(broker_log, heard.cursor[0], heard.cursor[1]);
	UNTIL(uplink_is_open(&agent.uplink));
}

static inline void fixture_hint(const char *name, uint8_t hint[LB_SIGNER_SIZE])
{
	uint8_t der[4096];

	lb_signer_hint(der, credentials_der(fixture_folder, name, der), hint);
}

/* The broker's answer for a certificate; or that it does not know it. */
static inline void say_signer(const char *name, bool known)
{
	Lagebus__Signers signers = LAGEBUS__SIGNERS__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	uint8_t der[4096], hint[LB_SIGNER_SIZE];
	ProtobufCBinaryData certificate = { credentials_der(fixture_folder, name, der), der };

	lb_signer_hint(der, certificate.len, hint);
	signers.signer = (ProtobufCBinaryData){ sizeof hint, hint };
	signers.certificates = &certificate;
	signers.n_certificates = known;
	control.body_case = LAGEBUS__CONTROL__BODY_SIGNERS;
	control.signers = &signers;
	broker_say(&broker, &control);
}

/* A signed message; zero is usual: routine, created now, of bund-bsi and signed by it. */
struct letter {
	unsigned n; /* says which, in its id and title */
	enum lb_lane lane;
	const char *exercise; /* NULL: it is real */
	const char *signer;
	int64_t age_ms;
	struct lb_buf header, payload, signature;
	struct lb_frame frames[3];
	struct lb_uuid id;
};

static inline struct lb_uuid letter_id(unsigned n)
{
	uint8_t random[10] = { (uint8_t)(n >> 8), (uint8_t)n };

	return lb_uuid7(1700000000000, random);
}

static inline void letter_sign(struct letter *l)
{
	struct lb_signer *s = NULL;
	char why[400] = "";

	if (lb_signer_load(fixture_path(l->signer, ".pem"), fixture_path(l->signer, ".key"), &s, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_int_equal(lb_sign(s, l->frames[0], l->frames[1], &l->signature), LB_OK);
	lb_signer_free(s);
	l->frames[2] = (struct lb_frame){ lb_buf_data(&l->signature), lb_buf_len(&l->signature) };
}

static inline void letter_write(struct letter *l)
{
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .audience_n = 1, .ack_policy = LB_ACK_ACKNOWLEDGED };
	Lagebus__Indicator indicator = LAGEBUS__INDICATOR__INIT, *list[] = { &indicator };
	Lagebus__Indicators payload = LAGEBUS__INDICATORS__INIT;
	char title[20];
	uint8_t *room;

	snprintf(title, sizeof title, "m%u", l->n);
	indicator.id = (ProtobufCBinaryData){ 16, (uint8_t *)"0123456789abcdef" };
	indicator.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_MUTEX;
	indicator.value = title;
	payload.n_indicators = 1;
	payload.indicators = list;
	room = lb_buf_reserve(&l->payload, 100);
	assert_non_null(room);
	lb_buf_added(&l->payload, lagebus__indicators__pack(&payload, room));
	h.id = l->id = letter_id(l->n);
	h.created_ms = (int64_t)time(NULL) * 1000 - l->age_ms;
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.exercise = l->exercise != NULL;
	h.exercise_name = lb_text_of(l->exercise ? l->exercise : "");
	h.language = lb_text_of("");
	h.lane = l->lane;
	assert_int_equal(lb_header_encode(&h, &l->header), LB_OK);
	l->frames[0] = (struct lb_frame){ lb_buf_data(&l->header), lb_buf_len(&l->header) };
	l->frames[1] = (struct lb_frame){ lb_buf_data(&l->payload), lb_buf_len(&l->payload) };
	if (!l->signer)
		l->signer = "bund";
	letter_sign(l);
}

static inline void letter_fini(struct letter *l)
{
	lb_buf_fini(&l->header);
	lb_buf_fini(&l->payload);
	lb_buf_fini(&l->signature);
}

/* Delivers `l` at position n, behind the one before it. */
static inline void deliver(struct letter l)
{
	letter_write(&l);
	broker_deliver(&broker, (struct lb_delivery){ l.lane, l.n, l.n - 1 }, l.frames);
	letter_fini(&l);
}

static inline void deliver_routine(unsigned n)
{
	deliver((struct letter){ .n = n, .lane = LB_LANE_ROUTINE });
}

static inline uint64_t inbox_total(void)
{
	uint64_t inbox, exercises, quarantined;

	assert_int_equal(inbox_counts(&agent.store, &inbox, &exercises, &quarantined), LB_OK);
	return inbox;
}

static inline uint64_t quarantine_total(void)
{
	uint64_t inbox, exercises, quarantined;

	assert_int_equal(inbox_counts(&agent.store, &inbox, &exercises, &quarantined), LB_OK);
	return quarantined;
}

/* Over a link that is up, the first delivery comes in; whoever signed it need not be asked for again. */
static inline void know_the_signer(void)
{
	deliver_routine(1);
	UNTIL(heard.queries == 1);
	say_signer("bund", true);
	UNTIL(inbox_total() == 1);
}

/* Of a message that has no letter: what it says goes straight into the tables. */
static inline struct lb_header plain_header(unsigned n, unsigned type, const char *origin)
{
	struct lb_header h = { .type = type, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_AMBER, .schema_version = 1, .audience_n = 1 };

	h.id = letter_id(n);
	h.created_ms = agent_clock_ms();
	h.origin = lb_text_of(origin);
	h.audience[0] = lb_text_of("de-sn");
	h.exercise_name = h.language = lb_text_of("");
	h.lane = lb_header_lane(type, 0);
	return h;
}

/* Appends it. */
static inline struct lb_frame pack_into(const ProtobufCMessage *m, struct lb_buf *to)
{
	uint8_t *room = lb_buf_reserve(to, protobuf_c_message_get_packed_size(m) + 1);

	assert_non_null(room);
	lb_buf_added(to, protobuf_c_message_pack(m, room));
	return (struct lb_frame){ lb_buf_data(to), lb_buf_len(to) };
}

static inline void client_say(struct client *c, const Lagebus__Request *request)
{
	size_t n = lagebus__request__get_packed_size(request);
	uint8_t *p = malloc(n + 1);

	assert_non_null(p);
	lagebus__request__pack(request, p);
	assert_int_equal(zmq_send(c->socket, p, n, 0), n);
	free(p);
}

/* The next reply, if it is there; the caller frees it. */
static inline Lagebus__Reply *client_take(struct client *c)
{
	Lagebus__Reply *reply;
	zmq_msg_t m;

	zmq_msg_init(&m);
	if (zmq_msg_recv(&m, c->socket, ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(&m);
		return NULL;
	}
	reply = lagebus__reply__unpack(NULL, zmq_msg_size(&m), zmq_msg_data(&m));
	zmq_msg_close(&m);
	assert_non_null(reply);
	return reply;
}

static inline Lagebus__Reply *client_hear(void)
{
	Lagebus__Reply *reply = NULL;

	UNTIL((reply = client_take(&client)));
	return reply;
}

/* A situation report of n bytes: a title, and behind it an attachment where there is room for one. */
static inline void fill_report(uint8_t *p, size_t n)
{
	size_t rest = n >= 8 ? n - 8 : 0;

	if (n < 8) {
		memset(p, 'x', n);
		memcpy(p, (uint8_t[]){ 0x0a, (uint8_t)(n - 2) }, 2);
		return;
	}
	memcpy(p, (uint8_t[]){ 0x0a, 1, 'x', 0x32, (uint8_t)(rest | 0x80), (uint8_t)(rest >> 7 | 0x80), (uint8_t)(rest >> 14 | 0x80), (uint8_t)(rest >> 21) }, 8);
}

/* A request to send a situation report whose payload has n bytes, 3 or more. */
static inline void client_send(struct client *c, uint64_t number, size_t n, bool wait)
{
	static uint8_t payload[LB_PAYLOAD_MAX + 1];
	char *audience[] = { (char *)"all" };
	Lagebus__Header header = LAGEBUS__HEADER__INIT;
	Lagebus__SendRequest send = LAGEBUS__SEND_REQUEST__INIT;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	uint8_t packed[200];

	fill_report(payload, n);
	header.type = LB_TYPE_SITUATION_REPORT;
	header.area = LB_AREA_CYBER_DEFENCE;
	header.schema_version = 1;
	header.audience = audience;
	header.n_audience = 1;
	send.header = (ProtobufCBinaryData){ lagebus__header__pack(&header, packed), packed };
	send.payload = (ProtobufCBinaryData){ n, payload };
	send.wait = wait;
	request.number = number;
	request.body_case = LAGEBUS__REQUEST__BODY_SEND;
	request.send = &send;
	client_say(c, &request);
}

static inline void assert_refused(uint64_t number, lb_err reason)
{
	Lagebus__Reply *reply = client_hear();

	assert_string_equal(reply->error, lb_err_token(reason));
	assert_true(reply->error_text[0] != '\0');
	assert_int_equal(reply->number, number);
	lagebus__reply__free_unpacked(reply, NULL);
}

/* It was sent, and accepted by the broker or not yet; its id. */
static inline struct lb_uuid assert_sent(uint64_t number, bool accepted)
{
	Lagebus__Reply *reply = client_hear();
	struct lb_uuid id;

	assert_string_equal(reply->error, "");
	assert_int_equal(reply->number, number);
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_SEND);
	assert_int_equal(reply->send->accepted, accepted);
	id = fixture_id(reply->send->id);
	lagebus__reply__free_unpacked(reply, NULL);
	return id;
}

static inline uint64_t outbox_total(void)
{
	uint64_t urgent, routine;

	assert_int_equal(outbox_count(&agent.store, LB_LANE_URGENT, &urgent), LB_OK);
	assert_int_equal(outbox_count(&agent.store, LB_LANE_ROUTINE, &routine), LB_OK);
	return urgent + routine;
}

static inline int fixture_begin(void **state)
{
	const struct credential all[] = {
		{ "agent", "ca", SPIFFE_SN, NULL, 2 },
		{ "ended-agent", "ca", SPIFFE_SN, NULL, -1 },
		{ "bund", "ca", SPIFFE_BUND, NULL, 2 },
		{ "ended", "ca", SPIFFE_BUND, NULL, -1 },
		{ "other", "ca", "spiffe://lagebus.example/partner/de-he/agent/edge", NULL, 2 },
	};

	(void)state;
	if (!mkdtemp(fixture_folder) || !credentials_make(fixture_folder, "lagebus.example"))
		return -1;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!credentials_issue(fixture_folder, &all[i]))
			return -1;
	return 0;
}

static inline int fixture_end(void **state)
{
	(void)state;
	credentials_remove(fixture_folder);
	return 0;
}

#define AGENT_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

#endif
