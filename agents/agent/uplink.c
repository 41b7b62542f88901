/* One connection to a broker, kept up. */
#include "agents/agent/uplink.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agents/agent/dial.h"
#include "proto/host/log.h"
#include "proto/texts.h"

#define READ_SIZE (64 * 1024)
#define SETUP_MS 15000 /* from the first packet to Welcome */
#define PING_MS 10000
#define DEAD_MS 30000
#define PLAIN_SPARE (32 * 1024) /* what OpenSSL may hold of a record's beginning */

static void set_state(struct uplink *u, enum uplink_state to)
{
	u->state = to;
}

lb_err uplink_init(struct uplink *u, const struct settings *s, struct lb_tls *tls, const struct uplink_calls *calls, void *user)
{
	memset(u, 0, sizeof *u);
	u->bytes = malloc(READ_SIZE);
	if (!u->bytes)
		return LB_NO_MEMORY;
	u->settings = s;
	u->tls = lb_tls_ref(tls);
	u->calls = *calls;
	u->user = user;
	u->fd = -1;
	return LB_OK;
}

static void drop(struct uplink *u)
{
	if (u->link)
		lb_link_free(u->link);
	if (u->fd >= 0)
		close(u->fd);
	lb_buf_fini(&u->input);
	lb_buf_fini(&u->plain);
	u->link = NULL;
	u->fd = -1;
}

void uplink_fini(struct uplink *u)
{
	drop(u);
	lb_tls_unref(u->tls);
	free(u->bytes);
}

void uplink_reload(struct uplink *u, struct lb_tls *tls)
{
	assert(u->state == UPLINK_DOWN);
	lb_tls_ref(tls);
	lb_tls_unref(u->tls);
	u->tls = tls;
	u->broker = 0; /* there may be fewer now */
	u->retry_ms = u->now_ms;
}

const char *uplink_broker(const struct uplink *u)
{
	return u->settings->brokers[u->broker];
}

bool uplink_is_open(const struct uplink *u)
{
	return u->state == UPLINK_OPEN;
}

static void send_output(struct uplink *u);

static void say_goodbye(struct uplink *u, lb_err reason, const char *text)
{
	Lagebus__Goodbye goodbye = LAGEBUS__GOODBYE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	goodbye.reason = (char *)lb_err_token(reason);
	goodbye.text = (char *)text;
	control.body_case = LAGEBUS__CONTROL__BODY_GOODBYE;
	control.goodbye = &goodbye;
	if (uplink_send_control(u, &control) == LB_OK)
		send_output(u);
}

void uplink_fail(struct uplink *u, lb_err reason, const char *detail)
{
	bool was_open = u->state == UPLINK_OPEN;
	uint32_t random = 0;
	int64_t wait_ms;

	if (u->state == UPLINK_DOWN)
		return;
	u->last_error = reason;
	snprintf(u->last_error_text, sizeof u->last_error_text, "%s", detail ? detail : lb_err_text(reason));
	if (was_open && reason != LB_CLOSED)
		say_goodbye(u, reason, u->last_error_text);
	set_state(u, UPLINK_DOWN);
	drop(u);
	if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
		random = (uint32_t)u->now_ms;
	wait_ms = backoff_next_ms(&u->backoff, was_open ? u->now_ms - u->since_ms : 0, random);
	log_event(LOG_WARN, "link_down", "broker=%s reason=%s detail=%s retry_ms=%lld", uplink_broker(u), lb_err_token(reason), u->last_error_text,
	          (long long)wait_ms);
	u->retry_ms = u->now_ms + wait_ms;
	u->broker = (u->broker + 1) % u->settings->brokers_n;
	if (was_open)
		u->calls.down(u->user);
}

static void begin(struct uplink *u)
{
	const char *proxy = u->settings->proxy;
	lb_err e;

	set_state(u, UPLINK_CONNECTING);
	u->since_ms = u->heard_ms = u->now_ms;
	e = dial_begin(proxy[0] ? proxy : uplink_broker(u), &u->fd);
	if (e != LB_OK)
		uplink_fail(u, e, e == LB_CONFIG ? "the broker's or proxy's address cannot be found" : "the broker cannot be reached");
}

static void begin_tls(struct uplink *u)
{
	u->link = lb_link_new(u->tls, NULL);
	if (!u->link) {
		uplink_fail(u, LB_NO_MEMORY, NULL);
		return;
	}
	set_state(u, UPLINK_TLS);
	lb_link_feed(u->link, NULL, 0);
}

static void ask_proxy(struct uplink *u)
{
	char request[600];
	size_t n = dial_proxy_request(uplink_broker(u), request, sizeof request);

	set_state(u, UPLINK_PROXY);
	if (n == 0 || send(u->fd, request, n, MSG_NOSIGNAL) != (ssize_t)n)
		uplink_fail(u, LB_IO, "the proxy does not take the request");
}

static lb_err put_greeting(struct uplink *u)
{
	uint8_t greeting[LB_ZMTP_GREETING];
	struct lb_buf ready = LB_BUF_INIT;
	lb_err e;

	lb_zmtp_greeting(greeting);
	e = lb_link_write(u->link, greeting, sizeof greeting);
	if (e == LB_OK)
		e = lb_zmtp_put_ready(&ready, LB_ZMTP_DEALER);
	if (e == LB_OK)
		e = lb_link_write(u->link, lb_buf_data(&ready), lb_buf_len(&ready));
	lb_buf_fini(&ready);
	return e;
}

static void handshake(struct uplink *u)
{
	lb_err e = lb_link_handshake(u->link);

	if (e == LB_AGAIN)
		return;
	if (e == LB_OK) {
		set_state(u, UPLINK_GREETING);
		e = put_greeting(u);
	}
	if (e != LB_OK) {
		send_output(u); /* the alert */
		uplink_fail(u, e, NULL);
	}
}

static lb_err put_control(struct uplink *u, const Lagebus__Control *control)
{
	size_t n = lagebus__control__get_packed_size(control);
	struct lb_buf packed = LB_BUF_INIT, message = LB_BUF_INIT;
	uint8_t *room = lb_buf_reserve(&packed, n + 1);
	lb_err e = LB_NO_MEMORY;

	if (room) {
		lagebus__control__pack(control, room);
		e = lb_zmtp_put_message(&message, &(struct lb_frame){ room, n }, 1);
	}
	if (e == LB_OK)
		e = lb_link_write(u->link, lb_buf_data(&message), lb_buf_len(&message));
	lb_buf_fini(&packed);
	lb_buf_fini(&message);
	return e;
}

lb_err uplink_send_control(struct uplink *u, const Lagebus__Control *control)
{
	return u->state == UPLINK_OPEN ? put_control(u, control) : LB_CLOSED;
}

lb_err uplink_send(struct uplink *u, const uint8_t *message, size_t n)
{
	return u->state == UPLINK_OPEN ? lb_link_write(u->link, message, n) : LB_CLOSED;
}

size_t uplink_queued(const struct uplink *u)
{
	return u->link ? lb_buf_len(lb_link_output(u->link)) : 0;
}

static void say_hello(struct uplink *u)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	hello.version = LB_PROTOCOL_VERSION;
	hello.software = "lagebus-agent " LAGEBUS_VERSION;
	u->calls.hello(u->user, &hello);
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = &hello;
	set_state(u, UPLINK_WELCOME);
	if (put_control(u, &control) != LB_OK)
		uplink_fail(u, LB_NO_MEMORY, NULL);
}

/* A ZMTP ERROR: the broker's reason before there is a session. */
static void on_error(struct uplink *u, struct lb_frame said)
{
	char token[64], text[100];
	lb_err reason;

	snprintf(token, sizeof token, "%.*s", (int)said.n, (const char *)said.p);
	snprintf(text, sizeof text, "the broker says: %s", token);
	reason = lb_err_from_token(token);
	uplink_fail(u, reason == LB_ERR_COUNT || reason == LB_OK ? LB_UNEXPECTED : reason, reason == LB_ERR_COUNT ? text : NULL);
}

static void on_command(struct uplink *u, struct lb_frame body)
{
	struct lb_zmtp_command c;
	struct lb_buf pong = LB_BUF_INIT;
	lb_err e = lb_zmtp_command(body.p, body.n, &c);

	if (e != LB_OK) {
		uplink_fail(u, e, NULL);
	} else if (c.kind == LB_ZMTP_ERROR) {
		on_error(u, c.text);
	} else if (u->state == UPLINK_READY) {
		if (c.kind == LB_ZMTP_READY && c.peer_is_router)
			say_hello(u);
		else
			uplink_fail(u, LB_UNEXPECTED, "a READY command of a ROUTER was expected");
	} else if (c.kind == LB_ZMTP_PING) {
		if (lb_zmtp_put_pong(&pong, c.text.p, c.text.n) != LB_OK || lb_link_write(u->link, lb_buf_data(&pong), lb_buf_len(&pong)) != LB_OK)
			uplink_fail(u, LB_NO_MEMORY, NULL);
		lb_buf_fini(&pong);
	}
}

static void on_goodbye(struct uplink *u, const Lagebus__Goodbye *goodbye)
{
	lb_err reason = lb_err_from_token(goodbye->reason);
	char text[200];

	snprintf(text, sizeof text, "the broker says: %.150s", goodbye->text);
	uplink_fail(u, reason == LB_ERR_COUNT || reason == LB_OK ? LB_CLOSED : reason, text);
}

static void on_welcome(struct uplink *u, const Lagebus__Welcome *welcome)
{
	char link[96];

	lb_link_describe(u->link, link, sizeof link);
	set_state(u, UPLINK_OPEN);
	u->since_ms = u->now_ms;
	u->last_error = LB_OK;
	u->last_error_text[0] = '\0';
	log_event(LOG_INFO, "link_up", "broker=%s software=%s link=%s resumed=%d", uplink_broker(u), welcome->software, link, lb_link_resumed(u->link));
	u->calls.open(u->user, welcome);
}

static void on_control(struct uplink *u, struct lb_frame frame)
{
	Lagebus__Control *c = frame.n <= LB_CONTROL_MAX ? lagebus__control__unpack(NULL, frame.n, frame.p) : NULL;

	if (!c)
		uplink_fail(u, LB_BAD_CONTROL, NULL);
	else if (!texts_are_utf8(&c->base))
		uplink_fail(u, LB_NOT_UTF8, NULL);
	else if (c->body_case == LAGEBUS__CONTROL__BODY_GOODBYE)
		on_goodbye(u, c->goodbye);
	else if (u->state == UPLINK_OPEN)
		u->calls.control(u->user, c);
	else if (c->body_case == LAGEBUS__CONTROL__BODY_WELCOME && c->welcome->version == LB_PROTOCOL_VERSION)
		on_welcome(u, c->welcome);
	else
		uplink_fail(u, LB_UNEXPECTED, "Welcome was expected");
	if (c)
		lagebus__control__free_unpacked(c, NULL);
}

static void on_message(struct uplink *u, const struct lb_zmtp_message *m)
{
	if (m->command)
		on_command(u, m->frames[0]);
	else if (u->state >= UPLINK_WELCOME && m->frames_n == 1)
		on_control(u, m->frames[0]);
	else if (u->state == UPLINK_OPEN && m->frames_n == 4)
		u->calls.delivery(u->user, m);
	else
		uplink_fail(u, LB_UNEXPECTED, "a message that is neither a control nor a delivery");
}

/* Hands on every whole message in u->plain. */
static void parse(struct uplink *u)
{
	while (u->state >= UPLINK_GREETING && lb_buf_len(&u->plain) > 0) {
		const uint8_t *p = lb_buf_data(&u->plain);
		size_t n = lb_buf_len(&u->plain), need, used = LB_ZMTP_GREETING;
		struct lb_zmtp_message m;
		lb_err e;

		if (u->state == UPLINK_GREETING) {
			e = lb_zmtp_check_greeting(p, n);
			if (e == LB_OK)
				set_state(u, UPLINK_READY);
		} else {
			e = lb_zmtp_parse(p, n, LB_MESSAGE_MAX, &m, &need);
			used = e == LB_OK ? m.raw_n : 0;
			if (e == LB_OK)
				on_message(u, &m);
		}
		if (e == LB_AGAIN || u->state == UPLINK_DOWN)
			return;
		if (e != LB_OK) {
			uplink_fail(u, e, NULL);
			return;
		}
		lb_buf_consume(&u->plain, used);
	}
}

static lb_err decrypt(struct uplink *u)
{
	for (;;) {
		uint8_t *room = lb_buf_reserve(&u->plain, PLAIN_SPARE);
		size_t got;
		lb_err e;

		if (!room)
			return LB_NO_MEMORY;
		e = lb_link_read(u->link, room, PLAIN_SPARE, &got);
		if (e != LB_OK)
			return e;
		lb_buf_added(&u->plain, got);
	}
}

static void on_ciphertext(struct uplink *u, size_t n)
{
	lb_err e;

	lb_link_feed(u->link, u->bytes, n);
	if (u->state == UPLINK_TLS) {
		handshake(u);
		if (u->state <= UPLINK_TLS)
			return;
	}
	e = decrypt(u);
	parse(u);
	if (e != LB_AGAIN && u->state != UPLINK_DOWN)
		uplink_fail(u, e, NULL);
	if (u->state != UPLINK_DOWN && lb_buf_len(&u->plain) == 0)
		lb_buf_fini(&u->plain);
}

static void on_proxy(struct uplink *u, size_t n)
{
	size_t used;
	int status;
	lb_err e = lb_buf_append(&u->input, u->bytes, n);

	if (e == LB_OK)
		e = dial_proxy_answer(lb_buf_data(&u->input), lb_buf_len(&u->input), &used, &status);
	if (e == LB_AGAIN)
		return;
	if (e != LB_OK) {
		char text[80];

		snprintf(text, sizeof text, "the proxy refuses the tunnel with status %d", status);
		uplink_fail(u, e, text);
		return;
	}
	/* Nothing can follow: the broker waits for our ClientHello. */
	lb_buf_fini(&u->input);
	begin_tls(u);
	if (u->state == UPLINK_TLS)
		handshake(u);
}

static void receive(struct uplink *u)
{
	/* A full read is not the end: but after a few, what came is committed. */
	for (unsigned i = 0; i < 4 && u->state != UPLINK_DOWN; i++) {
		ssize_t n = recv(u->fd, u->bytes, READ_SIZE, 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			uplink_fail(u, LB_CLOSED, NULL);
			return;
		}
		u->heard_ms = u->now_ms;
		if (u->state == UPLINK_PROXY)
			on_proxy(u, (size_t)n);
		else
			on_ciphertext(u, (size_t)n);
		if (n < READ_SIZE)
			return;
	}
}

static void send_output(struct uplink *u)
{
	struct lb_buf *out = u->link ? lb_link_output(u->link) : NULL;

	while (out && lb_buf_len(out) > 0) {
		ssize_t n = send(u->fd, lb_buf_data(out), lb_buf_len(out), MSG_NOSIGNAL);

		if (n < 0)
			return; /* an error shows on the next read */
		lb_link_output_sent(u->link, (size_t)n);
	}
}

static void connected(struct uplink *u)
{
	lb_err e = dial_connected(u->fd);

	if (e != LB_OK)
		uplink_fail(u, e, "the broker cannot be reached");
	else if (u->settings->proxy[0])
		ask_proxy(u);
	else
		begin_tls(u);
	if (u->state == UPLINK_TLS)
		handshake(u);
}

static void check_times(struct uplink *u)
{
	struct lb_buf ping = LB_BUF_INIT;

	if (u->state != UPLINK_DOWN && u->state != UPLINK_OPEN && u->now_ms - u->since_ms > SETUP_MS) {
		uplink_fail(u, LB_TIMEOUT, "the broker does not answer");
	} else if (u->state == UPLINK_OPEN && u->now_ms - u->heard_ms > DEAD_MS) {
		uplink_fail(u, LB_TIMEOUT, NULL);
	} else if (u->state == UPLINK_OPEN && u->now_ms >= u->ping_ms) {
		u->ping_ms = u->now_ms + PING_MS;
		lb_link_rest(u->link);
		if (lb_zmtp_put_ping(&ping, DEAD_MS / 100, NULL, 0) != LB_OK || lb_link_write(u->link, lb_buf_data(&ping), lb_buf_len(&ping)) != LB_OK)
			uplink_fail(u, LB_NO_MEMORY, NULL);
		lb_buf_fini(&ping);
	}
}

int uplink_poll_fd(const struct uplink *u, short *events, int64_t *deadline_ms)
{
	*events = u->state == UPLINK_CONNECTING ? POLLOUT : POLLIN;
	if (uplink_queued(u) > 0)
		*events |= POLLOUT;
	*deadline_ms = u->state == UPLINK_DOWN ? u->retry_ms : u->state == UPLINK_OPEN ? u->ping_ms : u->since_ms + SETUP_MS + 1;
	return u->fd;
}

void uplink_step(struct uplink *u, short events, int64_t now_ms)
{
	u->now_ms = now_ms;
	if (u->state == UPLINK_DOWN && now_ms >= u->retry_ms)
		begin(u);
	else if (u->state == UPLINK_CONNECTING && events)
		connected(u);
	else if (u->state > UPLINK_CONNECTING && (events & (POLLIN | POLLHUP | POLLERR)))
		receive(u);
	check_times(u);
	send_output(u);
}

void uplink_flush(struct uplink *u)
{
	send_output(u);
}
