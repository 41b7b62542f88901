/* The uplink against a broker that is played: up to Welcome and beyond, every way in which it ends, and when it is tried again. */
#include "tests/unit/agent/fake_broker.h"

#include "agents/agent/uplink.h"

static char folder[] = "/tmp/lagebus-uplink-XXXXXX";
static struct lb_tls *tls;
static struct settings settings;
static struct uplink uplink;
static struct broker broker;
static int64_t now_ms;

/* What the uplink's calls were. */
static struct {
	unsigned opened, downs, controls, deliveries;
	uint64_t last;
	bool refuse; /* the session is failed as soon as it is open */
} seen;

static void on_hello(void *user, Lagebus__Hello *hello)
{
	assert_ptr_equal(user, &seen);
	hello->urgent = 3;
	hello->routine = 4;
}

static void on_open(void *user, const Lagebus__Welcome *welcome)
{
	(void)user;
	assert_int_equal(welcome->urgent_last, 9);
	seen.opened++;
	if (seen.refuse)
		uplink_fail(&uplink, LB_CHAIN_BROKEN, "no thanks");
}

static void on_control(void *user, const Lagebus__Control *control)
{
	(void)user;
	assert_int_equal(control->body_case, LAGEBUS__CONTROL__BODY_ACCEPTED);
	seen.controls++;
}

static void on_delivery(void *user, const struct lb_zmtp_message *m)
{
	struct lb_delivery d;

	(void)user;
	assert_int_equal(lb_delivery_decode(m->frames[0].p, m->frames[0].n, &d), LB_OK);
	assert_int_equal(m->frames_n, 4);
	seen.deliveries++;
	seen.last = d.position;
}

static void on_down(void *user)
{
	(void)user;
	seen.downs++;
}

static int setup(void **state)
{
	static const struct uplink_calls calls = { on_hello, on_open, on_control, on_delivery, on_down };

	(void)state;
	memset(&seen, 0, sizeof seen);
	now_ms = 1000000;
	broker_open(&broker, folder);
	tls = credentials_tls(LB_LINK_CLIENT, folder, "agent", "ca", NULL);
	settings = (struct settings){ .brokers = { broker.address }, .brokers_n = 1, .proxy = (char *)"" };
	return uplink_init(&uplink, &settings, tls, &calls, &seen) == LB_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	uplink_fini(&uplink);
	broker_close(&broker);
	lb_tls_unref(tls);
	return 0;
}

/* Both sides, once: when one of them has something to do. */
static void go_on(void)
{
	struct pollfd p[2] = { { .fd = -1 } };
	int64_t deadline_ms;

	p[0].fd = uplink_poll_fd(&uplink, &p[0].events, &deadline_ms);
	p[1] = broker_poll(&broker);
	if (poll(p, 2, 20000) == 0)
		fail_msg("nothing happens any more");
	uplink_step(&uplink, p[0].revents, now_ms);
	broker_step(&broker);
}

static void begin_at(int64_t at_ms)
{
	now_ms = at_ms;
	uplink_step(&uplink, 0, now_ms);
}

static void until_state(enum uplink_state state)
{
	while (uplink.state != state)
		go_on();
}

/* The agent's next message, or its next command. */
static void take(struct lb_zmtp_message *m, bool command)
{
	do
		while (!broker_take(&broker, m))
			go_on();
	while (m->command != command);
}

static Lagebus__Control *hear(void)
{
	struct lb_zmtp_message m;
	Lagebus__Control *c;

	take(&m, false);
	assert_int_equal(m.frames_n, 1);
	c = lagebus__control__unpack(NULL, m.frames[0].n, m.frames[0].p);
	assert_non_null(c);
	return c;
}

static void say_welcome(unsigned version)
{
	Lagebus__Welcome welcome = LAGEBUS__WELCOME__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	welcome.version = version;
	welcome.software = (char *)"a test";
	welcome.urgent_last = 9;
	control.body_case = LAGEBUS__CONTROL__BODY_WELCOME;
	control.welcome = &welcome;
	broker_say(&broker, &control);
}

static void say_accepted(void)
{
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	control.body_case = LAGEBUS__CONTROL__BODY_ACCEPTED;
	control.accepted = &accepted;
	broker_say(&broker, &control);
}

static void say_goodbye(const char *reason, const char *text)
{
	Lagebus__Goodbye goodbye = LAGEBUS__GOODBYE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	goodbye.reason = (char *)reason;
	goodbye.text = (char *)text;
	control.body_case = LAGEBUS__CONTROL__BODY_GOODBYE;
	control.goodbye = &goodbye;
	broker_say(&broker, &control);
}

static void deliver(uint64_t position)
{
	const struct lb_frame message[3] = { { (const uint8_t *)"h", 1 }, { NULL, 0 }, { (const uint8_t *)"s", 1 } };

	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_URGENT, position, position - 1 }, message);
}

/* Up to Hello, which is checked. */
static void until_hello(void)
{
	Lagebus__Control *c;

	begin_at(now_ms);
	c = hear();
	assert_int_equal(c->body_case, LAGEBUS__CONTROL__BODY_HELLO);
	assert_int_equal(c->hello->version, LB_PROTOCOL_VERSION);
	assert_non_null(strstr(c->hello->software, "lagebus-agent"));
	assert_true(c->hello->urgent == 3 && c->hello->routine == 4);
	assert_int_equal(uplink.state, UPLINK_WELCOME);
	lagebus__control__free_unpacked(c, NULL);
}

static void until_open(void)
{
	until_hello();
	say_welcome(LB_PROTOCOL_VERSION);
	until_state(UPLINK_OPEN);
}

/* It goes down, for this reason, with a text that says so. */
static void assert_fails(lb_err reason, const char *text)
{
	until_state(UPLINK_DOWN);
	assert_int_equal(uplink.last_error, reason);
	assert_non_null(strstr(uplink.last_error_text, text));
	assert_int_equal(uplink.fd, -1);
	assert_int_equal(uplink_queued(&uplink), 0);
}

static void a_session_comes_up_and_carries(void **state)
{
	const struct lb_frame publish[3] = { { (const uint8_t *)"header", 6 }, { (const uint8_t *)"", 0 }, { (const uint8_t *)"sig", 3 } };
	struct lb_buf message = LB_BUF_INIT;
	struct lb_zmtp_message m;

	(void)state;
	assert_false(uplink_is_open(&uplink));
	assert_int_equal(uplink_send(&uplink, (const uint8_t *)"x", 1), LB_CLOSED);
	until_open();
	assert_true(uplink_is_open(&uplink));
	assert_string_equal(uplink_broker(&uplink), broker.address);
	assert_true(seen.opened == 1 && uplink.last_error == LB_OK && uplink.last_error_text[0] == '\0');
	say_accepted();
	deliver(4);
	deliver(5);
	while (seen.deliveries < 2)
		go_on();
	assert_true(seen.controls == 1 && seen.last == 5);
	assert_int_equal(lb_zmtp_put_message(&message, publish, 3), LB_OK);
	assert_int_equal(uplink_send(&uplink, lb_buf_data(&message), lb_buf_len(&message)), LB_OK);
	uplink_flush(&uplink);
	take(&m, false);
	assert_int_equal(m.frames_n, 3);
	assert_memory_equal(m.raw, lb_buf_data(&message), lb_buf_len(&message));
	lb_buf_fini(&message);
	assert_int_equal(seen.downs, 0);
}

/* A message that comes in many pieces, and many that come in one. */
static void messages_come_at_any_split(void **state)
{
	static uint8_t large[300000];
	const struct lb_frame message[3] = { { (const uint8_t *)"h", 1 }, { large, sizeof large }, { (const uint8_t *)"s", 1 } };

	(void)state;
	until_open();
	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_ROUTINE, 1, 0 }, message);
	for (unsigned i = 2; i <= 200; i++)
		deliver(i);
	broker_deliver(&broker, (struct lb_delivery){ LB_LANE_ROUTINE, 201, 0 }, message);
	while (seen.last != 201)
		go_on();
	assert_int_equal(seen.deliveries, 201);
}

static void the_broker_s_pings_are_answered(void **state)
{
	struct lb_zmtp_command command = { .kind = LB_ZMTP_OTHER };
	struct lb_buf ping = LB_BUF_INIT;
	struct lb_zmtp_message m;

	(void)state;
	until_open();
	assert_int_equal(lb_zmtp_put_ping(&ping, 10, "abc", 3), LB_OK);
	broker_write_buf(&broker, &ping);
	while (command.kind != LB_ZMTP_PONG) {
		take(&m, true);
		assert_int_equal(lb_zmtp_command(m.frames[0].p, m.frames[0].n, &command), LB_OK);
	}
	assert_int_equal(command.text.n, 3);
	assert_memory_equal(command.text.p, "abc", 3);
}

static void silence_is_pinged_and_then_ended(void **state)
{
	struct lb_zmtp_command command;
	struct lb_zmtp_message m;
	int64_t deadline_ms;
	short events;

	(void)state;
	until_open();
	uplink_step(&uplink, 0, now_ms); /* the first ping */
	uplink_poll_fd(&uplink, &events, &deadline_ms);
	assert_int_equal(deadline_ms, now_ms + 10000);
	while (broker_take(&broker, &m))
		continue;
	begin_at(deadline_ms);
	take(&m, true);
	assert_int_equal(lb_zmtp_command(m.frames[0].p, m.frames[0].n, &command), LB_OK);
	assert_int_equal(command.kind, LB_ZMTP_PING);
	begin_at(now_ms + 20000);
	assert_true(uplink_is_open(&uplink));
	begin_at(now_ms + 1);
	assert_fails(LB_TIMEOUT, "silent");
	assert_int_equal(seen.downs, 1);
}

static void a_broker_that_never_answers_is_left(void **state)
{
	int64_t deadline_ms;
	short events;

	(void)state;
	broker.silent = true;
	begin_at(now_ms);
	until_state(UPLINK_GREETING);
	uplink_poll_fd(&uplink, &events, &deadline_ms);
	begin_at(deadline_ms - 1);
	assert_int_equal(uplink.state, UPLINK_GREETING);
	begin_at(deadline_ms);
	assert_fails(LB_TIMEOUT, "does not answer");
	assert_int_equal(seen.downs, 0);
}

static void a_wrong_greeting_is_no_broker_s(void **state)
{
	(void)state;
	broker.silent = true;
	begin_at(now_ms);
	until_state(UPLINK_GREETING);
	while (!broker.shaken)
		go_on();
	broker_write(&broker, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
	assert_fails(LB_ZMTP_BAD_GREETING, "ZMTP");
}

static void a_dealer_is_no_broker(void **state)
{
	struct lb_buf ready = LB_BUF_INIT;
	uint8_t greeting[LB_ZMTP_GREETING];

	(void)state;
	broker.silent = true;
	begin_at(now_ms);
	while (!broker.shaken)
		go_on();
	lb_zmtp_greeting(greeting);
	broker_write(&broker, greeting, sizeof greeting);
	assert_int_equal(lb_zmtp_put_ready(&ready, LB_ZMTP_DEALER), LB_OK);
	broker_write_buf(&broker, &ready);
	assert_fails(LB_UNEXPECTED, "ROUTER");
}

static void what_is_not_welcome_is_not_taken_for_it(void **state)
{
	static const char *const texts[] = { "Welcome", "Welcome", "neither" };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		until_hello();
		if (i == 0)
			say_accepted();
		else if (i == 1)
			say_welcome(LB_PROTOCOL_VERSION + 1);
		else
			deliver(1);
		assert_fails(LB_UNEXPECTED, texts[i]);
		broker_hang_up(&broker);
		now_ms = uplink.retry_ms;
	}
	assert_true(seen.opened == 0 && seen.downs == 0 && seen.deliveries == 0 && seen.controls == 0);
}

/* It would decode, but for its size. */
static void say_too_much(void)
{
	static ProtobufCBinaryData ids[LB_CONTROL_MAX / 16];
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	for (size_t i = 0; i < LB_CONTROL_MAX / 16; i++)
		ids[i] = (ProtobufCBinaryData){ 16, (uint8_t *)"0123456789abcdef" };
	accepted.ids = ids;
	accepted.n_ids = LB_CONTROL_MAX / 16;
	control.body_case = LAGEBUS__CONTROL__BODY_ACCEPTED;
	control.accepted = &accepted;
	broker_say(&broker, &control);
}

static void say_refused_of(const char *text)
{
	Lagebus__Refused refused = LAGEBUS__REFUSED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	refused.text = (char *)text;
	control.body_case = LAGEBUS__CONTROL__BODY_REFUSED;
	control.refused = &refused;
	broker_say(&broker, &control);
}

static void what_no_broker_says_ends_the_session(void **state)
{
	const struct lb_frame frames[3] = { { (const uint8_t *)"\xff\xff", 2 }, { NULL, 0 }, { NULL, 0 } };
	static const uint8_t reserved[] = { 0x80, 0, 0, 0 };
	const uint8_t endless[9] = { 2, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		until_open();
		switch (i) {
		case 5:
			say_refused_of("\xff");
			assert_fails(LB_NOT_UTF8, "UTF-8");
			break;
		case 0:
			broker_message(&broker, frames, 1);
			assert_fails(LB_BAD_CONTROL, "decoded");
			break;
		case 1:
			say_too_much();
			assert_fails(LB_BAD_CONTROL, "decoded");
			break;
		case 2:
			broker_message(&broker, frames, 3);
			assert_fails(LB_UNEXPECTED, "neither");
			break;
		case 3:
			broker_write(&broker, reserved, sizeof reserved);
			assert_fails(LB_ZMTP_FRAME, "malformed");
			break;
		case 4:
			broker_write(&broker, endless, sizeof endless);
			assert_fails(LB_ZMTP_TOO_BIG, "larger");
			break;
		}
		assert_int_equal(seen.downs, i + 1);
		broker_hang_up(&broker);
		now_ms = uplink.retry_ms;
	}
}

static void a_goodbye_has_its_reason(void **state)
{
	static const struct {
		const char *reason, *text;
		lb_err is;
	} rows[] = {
		{ "draining", "until tomorrow", LB_DRAINING },
		{ "taken-over", "", LB_TAKEN_OVER },
		{ "tls-revoked", "", LB_TLS_REVOKED },
		{ "", "", LB_CLOSED },
		{ "ok", "", LB_CLOSED },
		{ "a reason of a later version", "later", LB_CLOSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		until_open();
		say_goodbye(rows[i].reason, rows[i].text);
		assert_fails(rows[i].is, rows[i].text);
		assert_non_null(strstr(uplink.last_error_text, "the broker says"));
		broker_hang_up(&broker);
		now_ms = uplink.retry_ms;
	}
}

static void a_refusal_before_the_session_has_its_reason(void **state)
{
	static const struct {
		const char *said;
		lb_err is;
		const char *text;
	} rows[] = {
		{ "not-a-member", LB_NOT_A_MEMBER, "not a member" },
		{ "limit", LB_LIMIT, "later" },
		{ "ok", LB_UNEXPECTED, "" },
		{ "out of cheese", LB_UNEXPECTED, "out of cheese" },
	};

	(void)state;
	broker.silent = true;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct lb_buf error = LB_BUF_INIT;
		uint8_t greeting[LB_ZMTP_GREETING];

		begin_at(now_ms);
		while (!broker.shaken)
			go_on();
		lb_zmtp_greeting(greeting);
		broker_write(&broker, greeting, sizeof greeting);
		assert_int_equal(lb_zmtp_put_error(&error, rows[i].said), LB_OK);
		broker_write_buf(&broker, &error);
		assert_fails(rows[i].is, rows[i].text);
		broker_hang_up(&broker);
		now_ms = uplink.retry_ms;
	}
}

static void a_reason_of_ours_is_said_to_the_broker(void **state)
{
	Lagebus__Control *c;

	(void)state;
	seen.refuse = true;
	until_hello();
	say_welcome(LB_PROTOCOL_VERSION);
	deliver(1); /* not taken any more */
	assert_fails(LB_CHAIN_BROKEN, "no thanks");
	assert_true(seen.opened == 1 && seen.downs == 1 && seen.deliveries == 0);
	c = hear();
	assert_int_equal(c->body_case, LAGEBUS__CONTROL__BODY_GOODBYE);
	assert_string_equal(c->goodbye->reason, "chain-broken");
	assert_string_equal(c->goodbye->text, "no thanks");
	lagebus__control__free_unpacked(c, NULL);
	uplink_fail(&uplink, LB_IO, "it is down already");
	assert_int_equal(uplink.last_error, LB_CHAIN_BROKEN);
}

static void a_lost_connection_is_tried_again(void **state)
{
	(void)state;
	until_open();
	broker_hang_up(&broker);
	assert_fails(LB_CLOSED, "closed");
	assert_int_equal(seen.downs, 1);
	/* Not before its time. */
	begin_at(uplink.retry_ms - 1);
	assert_int_equal(uplink.state, UPLINK_DOWN);
	now_ms = uplink.retry_ms;
	until_open();
	assert_int_equal(seen.opened, 2);
	deliver(7);
	while (seen.deliveries == 0)
		go_on();
}

static void tls_is_refused_with_its_reason(void **state)
{
	struct lb_tls *trusting = credentials_tls(LB_LINK_CLIENT, folder, "agent", "other-ca", NULL), *own = broker.tls;

	(void)state;
	uplink_reload(&uplink, trusting);
	begin_at(now_ms);
	assert_fails(LB_TLS_UNTRUSTED, "CA");
	/* The broker learns it by the alert. */
	while (!broker.ended)
		go_on();
	assert_int_equal(broker.link_says, LB_TLS_UNTRUSTED);
	broker_hang_up(&broker);
	uplink_reload(&uplink, tls);
	/* And the other way round: in TLS 1.3 the client hears of it after its own end of the handshake. */
	broker.tls = credentials_tls(LB_LINK_SERVER, folder, "broker", "other-ca", NULL);
	begin_at(uplink.retry_ms);
	assert_fails(LB_TLS_UNTRUSTED, "CA");
	broker_hang_up(&broker);
	lb_tls_unref(broker.tls);
	broker.tls = own;
	now_ms = uplink.retry_ms;
	until_open();
	lb_tls_unref(trusting);
}

static void the_next_broker_is_tried(void **state)
{
	char closed[40];
	int64_t last_ms = 0;

	(void)state;
	close(broker_listen(closed));
	settings.brokers[0] = closed;
	settings.brokers[1] = (char *)"no.such.host.invalid:7700";
	settings.brokers[2] = broker.address;
	settings.brokers_n = 3;
	begin_at(now_ms);
	assert_fails(LB_IO, "cannot be reached");
	assert_string_equal(uplink_broker(&uplink), "no.such.host.invalid:7700");
	for (unsigned i = 0; i < 2; i++) {
		/* Longer every time. */
		assert_true(uplink.retry_ms - now_ms >= last_ms);
		last_ms = (uplink.retry_ms - now_ms) / 2;
		begin_at(uplink.retry_ms);
		if (i == 0)
			assert_fails(LB_CONFIG, "cannot be found");
	}
	assert_string_equal(uplink_broker(&uplink), broker.address);
	until_open();
	/* A link that is lost leads back to the beginning of the list. */
	broker_hang_up(&broker);
	assert_fails(LB_CLOSED, "");
	assert_string_equal(uplink_broker(&uplink), closed);
}

/* Plays a proxy on the broker's socket: reads the request, answers. */
static void proxy_says(const char *answer)
{
	struct pollfd p = { .events = POLLIN };
	char request[600] = "", expected[200];
	int64_t deadline_ms;
	ssize_t n;

	p.fd = uplink_poll_fd(&uplink, &p.events, &deadline_ms);
	assert_int_equal(poll(&p, 1, 20000), 1);
	uplink_step(&uplink, p.revents, now_ms);
	assert_int_equal(uplink.state, UPLINK_PROXY);
	p.events = POLLIN;
	broker.fd = accept4(broker.listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	p.fd = broker.fd;
	assert_int_equal(poll(&p, 1, 20000), 1);
	n = recv(broker.fd, request, sizeof request - 1, 0);
	snprintf(expected, sizeof expected, "CONNECT %s HTTP/1.1\r\n", settings.brokers[0]);
	assert_true(n > 0 && strncmp(request, expected, strlen(expected)) == 0);
	assert_int_equal(send(broker.fd, answer, strlen(answer), MSG_NOSIGNAL), strlen(answer));
}

static void a_proxy_leads_to_the_broker(void **state)
{
	Lagebus__Control *c;

	(void)state;
	settings.proxy = broker.address;
	settings.brokers[0] = (char *)"broker.behind.example:7700";
	begin_at(now_ms);
	proxy_says("HTTP/1.1 200 Connection established\r\n\r\n");
	c = hear();
	assert_int_equal(c->body_case, LAGEBUS__CONTROL__BODY_HELLO);
	lagebus__control__free_unpacked(c, NULL);
	say_welcome(LB_PROTOCOL_VERSION);
	until_state(UPLINK_OPEN);
	assert_string_equal(uplink_broker(&uplink), "broker.behind.example:7700");
}

static void a_proxy_that_refuses_is_named(void **state)
{
	(void)state;
	settings.proxy = broker.address;
	settings.brokers[0] = (char *)"broker.behind.example:7700";
	begin_at(now_ms);
	proxy_says("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
	assert_fails(LB_IO, "407");
	broker_hang_up(&broker);
	begin_at(uplink.retry_ms);
	proxy_says("SSH-2.0-OpenSSH_9.2\r\n\r\n");
	assert_fails(LB_IO, "0");
	broker_hang_up(&broker);
	begin_at(uplink.retry_ms);
	proxy_says("HTTP/1.1 2"); /* and then nothing */
	begin_at(now_ms + 15001);
	assert_fails(LB_TIMEOUT, "does not answer");
}

static int begin(void **state)
{
	static const struct credential agent = { "agent", "ca", "spiffe://lagebus.example/partner/de-sn/agent/edge", NULL, 2 };

	(void)state;
	return mkdtemp(folder) && credentials_make(folder, "lagebus.example") && credentials_ca(folder, "other-ca") && credentials_issue(folder, &agent) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

#define UPLINK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UPLINK_TEST(a_session_comes_up_and_carries),
		UPLINK_TEST(messages_come_at_any_split),
		UPLINK_TEST(the_broker_s_pings_are_answered),
		UPLINK_TEST(silence_is_pinged_and_then_ended),
		UPLINK_TEST(a_broker_that_never_answers_is_left),
		UPLINK_TEST(a_wrong_greeting_is_no_broker_s),
		UPLINK_TEST(a_dealer_is_no_broker),
		UPLINK_TEST(what_is_not_welcome_is_not_taken_for_it),
		UPLINK_TEST(what_no_broker_says_ends_the_session),
		UPLINK_TEST(a_goodbye_has_its_reason),
		UPLINK_TEST(a_refusal_before_the_session_has_its_reason),
		UPLINK_TEST(a_reason_of_ours_is_said_to_the_broker),
		UPLINK_TEST(a_lost_connection_is_tried_again),
		UPLINK_TEST(tls_is_refused_with_its_reason),
		UPLINK_TEST(the_next_broker_is_tried),
		UPLINK_TEST(a_proxy_leads_to_the_broker),
		UPLINK_TEST(a_proxy_that_refuses_is_named),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
