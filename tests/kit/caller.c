/* An agent's end of a link as a test plays it. */
#include "tests/kit/caller.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lagebus/level_clock.h"
#include "lagebus/limits.h"

#define CIPHER_BYTES 65536

static void must(bool ok)
{
	if (!ok)
		abort();
}

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void caller_init(struct caller *c, int fd, struct lb_tls *tls)
{
	memset(c, 0, sizeof *c);
	c->fd = fd;
	c->tls = lb_tls_ref(tls);
	c->link = lb_link_new(tls, NULL);
	must(c->link != NULL);
}

static void forget_control(struct caller *c)
{
	if (c->control)
		lagebus__control__free_unpacked(c->control, NULL);
	c->control = NULL;
}

void caller_fini(struct caller *c)
{
	if (!c->link)
		return;
	if (c->fd >= 0)
		close(c->fd);
	forget_control(c);
	lb_link_free(c->link);
	lb_tls_unref(c->tls);
	lb_buf_fini(&c->plain);
	memset(c, 0, sizeof *c);
	c->fd = -1;
}

int caller_connect(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

void caller_push(struct caller *c)
{
	struct lb_buf *out = lb_link_output(c->link);

	while (lb_buf_len(out) > 0 && !c->closed) {
		ssize_t n = send(c->fd, lb_buf_data(out), lb_buf_len(out), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0)
			return; /* an end shows when it hears */
		lb_link_output_sent(c->link, (size_t)n);
	}
}

size_t caller_unsent(const struct caller *c)
{
	return lb_buf_len(lb_link_output(c->link));
}

/* Waits for these events until the deadline; sends meanwhile. */
static bool await(struct caller *c, short events, int64_t until_ms)
{
	struct pollfd p = { .fd = c->fd };
	int64_t left = until_ms - clock_ms(CLOCK_MONOTONIC);

	p.events = (short)(events | (caller_unsent(c) > 0 ? POLLOUT : 0));
	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return false;
	if (p.revents & POLLOUT)
		caller_push(c);
	return true;
}

/* Takes what the socket has; false: nothing is there. An end of any kind is c->closed. */
static bool receive(struct caller *c)
{
	static uint8_t cipher[CIPHER_BYTES];
	ssize_t n = recv(c->fd, cipher, sizeof cipher, MSG_DONTWAIT);
	lb_err e;
	size_t got;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	c->closed = n <= 0;
	if (c->closed)
		return true;
	lb_link_feed(c->link, cipher, (size_t)n);
	e = lb_link_handshake(c->link);
	while (e == LB_OK) {
		uint8_t *room = lb_buf_reserve(&c->plain, CIPHER_BYTES);

		must(room != NULL);
		e = lb_link_read(c->link, room, CIPHER_BYTES, &got);
		if (e == LB_OK)
			lb_buf_added(&c->plain, got);
	}
	c->closed = e != LB_AGAIN;
	caller_push(c);
	return true;
}

bool caller_wait(struct caller *c, int ms)
{
	int64_t until = clock_ms(CLOCK_MONOTONIC) + ms;

	while (!receive(c))
		if (!await(c, POLLIN, until))
			return false;
	return true;
}

bool caller_await_room(struct caller *c, int ms)
{
	size_t before = caller_unsent(c);

	return await(c, POLLOUT, clock_ms(CLOCK_MONOTONIC) + ms) && caller_unsent(c) < before;
}

bool caller_flush(struct caller *c)
{
	int64_t until = clock_ms(CLOCK_MONOTONIC) + CALLER_MS;

	caller_push(c);
	while (caller_unsent(c) > 0 && !c->closed)
		if (!await(c, POLLOUT, until))
			return false;
	return caller_unsent(c) == 0;
}

static bool shake(struct caller *c, const void *early, size_t n)
{
	int64_t until = clock_ms(CLOCK_MONOTONIC) + CALLER_MS;
	lb_err e;

	lb_link_feed(c->link, NULL, 0);
	while ((e = lb_link_handshake(c->link)) == LB_AGAIN && !c->closed) {
		caller_push(c);
		if (!receive(c) && !await(c, POLLIN, until))
			return false;
	}
	if (e != LB_OK || c->closed)
		return false;
	must(lb_link_write(c->link, early, n) == LB_OK);
	caller_push(c);
	return true;
}

bool caller_dial_early(struct caller *c, unsigned port, struct lb_tls *tls, const void *early, size_t n)
{
	caller_init(c, caller_connect(port), tls);
	return c->fd >= 0 && shake(c, early, n);
}

bool caller_dial(struct caller *c, unsigned port, struct lb_tls *tls)
{
	return caller_dial_early(c, port, tls, NULL, 0);
}

void caller_say(struct caller *c, const void *p, size_t n)
{
	must(lb_link_write(c->link, p, n) == LB_OK);
	caller_push(c);
}

static void say_buf(struct caller *c, struct lb_buf *out, lb_err e)
{
	must(e == LB_OK);
	caller_say(c, lb_buf_data(out), lb_buf_len(out));
	lb_buf_fini(out);
}

void caller_say_frames(struct caller *c, const struct lb_frame *frames, unsigned n)
{
	struct lb_buf out = LB_BUF_INIT;
	lb_err e = lb_zmtp_put_message(&out, frames, n);

	say_buf(c, &out, e);
}

void caller_say_control(struct caller *c, const Lagebus__Control *control)
{
	size_t n = lagebus__control__get_packed_size(control);
	uint8_t *packed = malloc(n + 1);

	must(packed != NULL);
	caller_say_frames(c, &(struct lb_frame){ packed, lagebus__control__pack(control, packed) }, 1);
	free(packed);
}

void caller_say_greeting(struct caller *c)
{
	uint8_t greeting[LB_ZMTP_GREETING];

	lb_zmtp_greeting(greeting);
	caller_say(c, greeting, sizeof greeting);
}

void caller_say_ready(struct caller *c, enum lb_zmtp_socket as)
{
	struct lb_buf out = LB_BUF_INIT;
	lb_err e = lb_zmtp_put_ready(&out, as);

	say_buf(c, &out, e);
}

void caller_say_ping(struct caller *c, const void *context, size_t n)
{
	struct lb_buf out = LB_BUF_INIT;
	lb_err e = lb_zmtp_put_ping(&out, 300, context, n);

	say_buf(c, &out, e);
}

void caller_say_hello(struct caller *c, const Lagebus__Hello *hello)
{
	Lagebus__Hello plain = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	plain.version = LB_PROTOCOL_VERSION;
	plain.software = "caller";
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = (Lagebus__Hello *)(hello ? hello : &plain);
	caller_say_control(c, &control);
}

void caller_say_received(struct caller *c, uint64_t urgent, uint64_t routine)
{
	Lagebus__Received received = LAGEBUS__RECEIVED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	received.urgent = urgent;
	received.routine = routine;
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIVED;
	control.received = &received;
	caller_say_control(c, &control);
}

void caller_header(const struct caller *c, const char *to, struct lb_header *out)
{
	memset(out, 0, sizeof *out);
	out->id = lb_uuid7_now();
	out->type = LB_TYPE_INDICATOR;
	out->lane = LB_LANE_ROUTINE;
	out->area = LB_AREA_CYBER_DEFENCE;
	out->tlp = LB_TLP_GREEN;
	out->origin = lb_text_of(lb_tls_identity(c->tls)->partner);
	out->audience_n = 1;
	out->audience[0] = lb_text_of(to);
	out->created_ms = clock_ms(CLOCK_REALTIME);
	out->schema_version = 1;
}

void caller_warning(const struct caller *c, const char *to, struct lb_header *out)
{
	caller_header(c, to, out);
	out->type = LB_TYPE_WARNING;
	out->level = 3;
	out->lane = LB_LANE_URGENT;
	out->ack_policy = LB_ACK_ACKNOWLEDGED;
	out->ack_deadline_ms = lb_level_deadline_ms(out->level, out->created_ms);
}

void caller_publish(struct caller *c, const struct lb_header *h, const void *payload, size_t n)
{
	struct lb_buf header = LB_BUF_INIT;
	struct lb_frame frames[3] = { [1] = { payload, n }, [2] = { (const uint8_t *)"signature", 9 } };

	must(lb_header_encode(h, &header) == LB_OK);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	caller_say_frames(c, frames, 3);
	lb_buf_fini(&header);
}

static bool decode_delivery(struct caller *c)
{
	const struct lb_frame *f = c->message.frames;

	c->payload = f[2];
	return lb_delivery_decode(f[0].p, f[0].n, &c->place) == LB_OK && lb_header_decode(f[1].p, f[1].n, &c->header) == LB_OK;
}

/* What stands at the front of c->plain; NOTHING: it is not whole. */
static enum heard decode(struct caller *c)
{
	const uint8_t *p = lb_buf_data(&c->plain);
	size_t n = lb_buf_len(&c->plain), need;
	struct lb_zmtp_message *m = &c->message;

	if (!c->greeted) {
		if (n == 0 || lb_zmtp_check_greeting(p, n) != LB_OK)
			return HEARD_NOTHING;
		c->greeted = true;
		c->used = LB_ZMTP_GREETING;
		return HEARD_GREETING;
	}
	if (n == 0 || lb_zmtp_parse(p, n, LB_MESSAGE_MAX, m, &need) != LB_OK)
		return HEARD_NOTHING;
	c->used = m->raw_n;
	if (m->command)
		return lb_zmtp_command(m->frames[0].p, m->frames[0].n, &c->command) == LB_OK ? HEARD_COMMAND : HEARD_NOTHING;
	if (m->frames_n == 1)
		c->control = lagebus__control__unpack(NULL, m->frames[0].n, m->frames[0].p);
	if (c->control)
		return HEARD_CONTROL;
	return m->frames_n == 4 && decode_delivery(c) ? HEARD_DELIVERY : HEARD_NOTHING;
}

enum heard caller_hear(struct caller *c)
{
	int64_t until = clock_ms(CLOCK_MONOTONIC) + CALLER_MS;

	forget_control(c);
	lb_buf_consume(&c->plain, c->used);
	c->used = 0;
	for (;;) {
		enum heard h = decode(c);

		if (h != HEARD_NOTHING)
			return h;
		/* What came before the end is heard, too. */
		if (c->closed)
			return HEARD_CLOSED;
		if (!receive(c) && !await(c, POLLIN, until))
			return HEARD_NOTHING;
	}
}

const Lagebus__Control *caller_hear_control(struct caller *c, Lagebus__Control__BodyCase body)
{
	enum heard h;

	while ((h = caller_hear(c)) == HEARD_COMMAND)
		continue;
	return h == HEARD_CONTROL && c->control->body_case == body ? c->control : NULL;
}

static const char *reason_in(const struct caller *c, enum heard h)
{
	if (h == HEARD_CONTROL && c->control->body_case == LAGEBUS__CONTROL__BODY_GOODBYE)
		return c->control->goodbye->reason;
	if (h == HEARD_CONTROL && c->control->body_case == LAGEBUS__CONTROL__BODY_REFUSED)
		return c->control->refused->reason;
	return NULL;
}

const char *caller_hear_reason(struct caller *c)
{
	for (;;) {
		enum heard h = caller_hear(c);
		const char *reason = reason_in(c, h);

		if (h == HEARD_COMMAND && c->command.kind == LB_ZMTP_ERROR) {
			snprintf(c->reason, sizeof c->reason, "%.*s", (int)c->command.text.n, (const char *)c->command.text.p);
			return c->reason;
		}
		if (h == HEARD_NOTHING || h == HEARD_CLOSED)
			reason = h == HEARD_CLOSED ? "closed" : "nothing";
		if (reason) {
			snprintf(c->reason, sizeof c->reason, "%s", reason);
			return c->reason;
		}
	}
}

bool caller_is_answered(struct caller *c)
{
	static uint32_t number;
	uint32_t context = ++number;

	caller_say_ping(c, &context, sizeof context);
	return caller_hear(c) == HEARD_COMMAND && c->command.kind == LB_ZMTP_PONG && c->command.text.n == sizeof context &&
	       memcmp(c->command.text.p, &context, sizeof context) == 0;
}

bool caller_open(struct caller *c, const Lagebus__Hello *hello)
{
	caller_say_greeting(c);
	caller_say_ready(c, LB_ZMTP_DEALER);
	caller_say_hello(c, hello);
	return caller_hear(c) == HEARD_GREETING && caller_hear(c) == HEARD_COMMAND && c->command.kind == LB_ZMTP_READY &&
	       caller_hear_control(c, LAGEBUS__CONTROL__BODY_WELCOME) != NULL;
}
