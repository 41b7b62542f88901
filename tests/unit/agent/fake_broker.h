/* A broker on loopback in the test's own thread: it hears what the agent says, and says what the test wants. */
#ifndef LAGEBUS_TESTS_UNIT_AGENT_FAKE_BROKER_H
#define LAGEBUS_TESTS_UNIT_AGENT_FAKE_BROKER_H

#include "tests/kit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lagebus/delivery.h"
#include "lagebus/link.h"
#include "lagebus/zmtp.h"
#include "proto/control.pb-c.h"
#include "tests/kit/credentials.h"

struct broker {
	int listening, fd;
	char address[40];
	struct lb_tls *tls;
	struct lb_link *link;
	bool silent;          /* says no greeting of its own */
	bool shaken, greeted; /* the handshake is done; the agent's greeting was taken */
	bool ended;           /* by the agent; the next connection is taken after broker_hang_up */
	lb_err link_says;
	struct lb_buf plain;
	size_t taken; /* bytes of the message that was taken last */
};

/* A socket that listens on a free port; address is where. */
static inline int broker_listen(char address[40])
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &n), 0);
	assert_int_equal(listen(fd, 4), 0);
	snprintf(address, 40, "127.0.0.1:%u", ntohs(in.sin_port));
	return fd;
}

static inline void broker_open(struct broker *b, const char *folder)
{
	*b = (struct broker){ .fd = -1 };
	b->tls = credentials_tls(LB_LINK_SERVER, folder, "broker", "ca", NULL);
	assert_non_null(b->tls);
	b->listening = broker_listen(b->address);
}

/* Ends the connection, without a word. */
static inline void broker_hang_up(struct broker *b)
{
	if (b->link)
		lb_link_free(b->link);
	if (b->fd >= 0)
		close(b->fd);
	lb_buf_fini(&b->plain);
	b->fd = -1;
	b->link = NULL;
	b->shaken = b->greeted = b->ended = false;
	b->taken = 0;
}

static inline void broker_close(struct broker *b)
{
	broker_hang_up(b);
	close(b->listening);
	lb_tls_unref(b->tls);
}

static inline void broker_write(struct broker *b, const void *p, size_t n)
{
	assert_int_equal(lb_link_write(b->link, p, n), LB_OK);
}

/* Sends what was put into `bytes`, and frees it. */
static inline void broker_write_buf(struct broker *b, struct lb_buf *bytes)
{
	broker_write(b, lb_buf_data(bytes), lb_buf_len(bytes));
	lb_buf_fini(bytes);
}

static inline void broker_greet(struct broker *b)
{
	struct lb_buf ready = LB_BUF_INIT;
	uint8_t greeting[LB_ZMTP_GREETING];

	lb_zmtp_greeting(greeting);
	broker_write(b, greeting, sizeof greeting);
	assert_int_equal(lb_zmtp_put_ready(&ready, LB_ZMTP_ROUTER), LB_OK);
	broker_write_buf(b, &ready);
}

static inline void broker_message(struct broker *b, const struct lb_frame *frames, unsigned n)
{
	struct lb_buf bytes = LB_BUF_INIT;

	assert_int_equal(lb_zmtp_put_message(&bytes, frames, n), LB_OK);
	broker_write_buf(b, &bytes);
}

static inline void broker_say(struct broker *b, const Lagebus__Control *control)
{
	size_t n = lagebus__control__get_packed_size(control);
	uint8_t *p = malloc(n + 1);
	struct lb_frame frame = { p, n };

	assert_non_null(p);
	lagebus__control__pack(control, p);
	broker_message(b, &frame, 1);
	free(p);
}

static inline void broker_deliver(struct broker *b, struct lb_delivery d, const struct lb_frame message[3])
{
	uint8_t place[LB_DELIVERY_SIZE];
	struct lb_frame frames[4] = { { place, sizeof place }, message[0], message[1], message[2] };

	lb_delivery_encode(&d, place);
	broker_message(b, frames, 4);
}

static inline void broker_read(struct broker *b, const uint8_t *p, size_t n)
{
	if (!b->link)
		b->link = lb_link_new(b->tls, NULL);
	assert_non_null(b->link);
	lb_link_feed(b->link, p, n);
	b->link_says = b->shaken ? LB_OK : lb_link_handshake(b->link);
	if (!b->shaken && b->link_says == LB_OK) {
		b->shaken = true;
		if (!b->silent)
			broker_greet(b);
	}
	while (b->link_says == LB_OK) {
		uint8_t *room = lb_buf_reserve(&b->plain, 32768);
		size_t got = 0;

		assert_non_null(room);
		b->link_says = lb_link_read(b->link, room, 32768, &got);
		lb_buf_added(&b->plain, got);
	}
	if (!b->greeted && lb_buf_len(&b->plain) >= LB_ZMTP_GREETING) {
		assert_int_equal(lb_zmtp_check_greeting(lb_buf_data(&b->plain), lb_buf_len(&b->plain)), LB_OK);
		lb_buf_consume(&b->plain, LB_ZMTP_GREETING);
		b->greeted = true;
	}
}

static inline void broker_send(struct broker *b)
{
	struct lb_buf *out = b->link ? lb_link_output(b->link) : NULL;

	while (out && lb_buf_len(out) > 0) {
		ssize_t n = send(b->fd, lb_buf_data(out), lb_buf_len(out), MSG_NOSIGNAL);

		if (n < 0)
			return;
		lb_link_output_sent(b->link, (size_t)n);
	}
}

/* Does what there is to do. */
static inline void broker_step(struct broker *b)
{
	static uint8_t bytes[65536];
	ssize_t n = -1;

	if (b->fd < 0)
		b->fd = accept4(b->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (b->fd < 0 || b->ended)
		return;
	while ((n = recv(b->fd, bytes, sizeof bytes, 0)) > 0)
		broker_read(b, bytes, (size_t)n);
	b->ended = n == 0 || errno == ECONNRESET;
	if (!b->ended)
		broker_send(b);
}

/* What to wait for. */
static inline struct pollfd broker_poll(const struct broker *b)
{
	struct pollfd p = { .fd = b->ended ? -1 : b->fd < 0 ? b->listening : b->fd, .events = POLLIN };

	if (b->link && lb_buf_len(lb_link_output(b->link)) > 0)
		p.events |= POLLOUT;
	return p;
}

/* The next message or command of the agent's, if it is there whole; valid until the next one is taken. */
static inline bool broker_take(struct broker *b, struct lb_zmtp_message *m)
{
	size_t need;
	lb_err e;

	lb_buf_consume(&b->plain, b->taken);
	b->taken = 0;
	if (!b->greeted || lb_buf_len(&b->plain) == 0)
		return false;
	e = lb_zmtp_parse(lb_buf_data(&b->plain), lb_buf_len(&b->plain), LB_MESSAGE_MAX, m, &need);
	if (e == LB_AGAIN)
		return false;
	assert_int_equal(e, LB_OK);
	b->taken = m->raw_n;
	return true;
}

#endif
