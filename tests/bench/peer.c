/* The load client's links. */
#include "tests/bench/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lagebus/delivery.h"
#include "proto/control.pb-c.h"

#define RECEIVE_BYTES (64 * 1024) /* of the kernel, as the agent sets it */
#define CIPHER_BYTES (256 * 1024)
#define PLAIN_BYTES (5 * 1024 * 1024)
#define ACK_BYTES (64 * 1024)

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void must(lb_err e, const char *what)
{
	if (e != LB_OK) {
		fprintf(stderr, "bench: %s: %s\n", what, lb_err_text(e));
		exit(1);
	}
}

struct lb_tls *load_client_tls(const char *folder, const char *name)
{
	char certificate[300], key[300], ca[300], why[512];
	struct lb_tls_files files = { certificate, key, ca, NULL, false };
	struct lb_tls *tls;

	snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, name);
	snprintf(key, sizeof key, "%s/%s.key", folder, name);
	snprintf(ca, sizeof ca, "%s/ca.pem", folder);
	if (lb_tls_load(LB_LINK_CLIENT, &files, &tls, why, sizeof why) != LB_OK)
		die(why);
	return tls;
}

void crowd_init(struct crowd *c, unsigned port)
{
	memset(c, 0, sizeof *c);
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	c->port = port;
	c->cipher = malloc(CIPHER_BYTES);
	c->plain = malloc(PLAIN_BYTES);
	if (c->epoll < 0 || !c->cipher || !c->plain)
		die("memory");
}

struct peer *peer_new(struct crowd *c, struct lb_tls *tls, bool publish_only)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, bytes = RECEIVE_BYTES;
	struct peer *p = calloc(1, sizeof *p);
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT, .data.ptr = p };

	if (!p || !(p->link = lb_link_new(tls, NULL)))
		die("memory");
	p->crowd = c;
	p->publish_only = publish_only;
	p->wants_write = true;
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		die("no descriptors left: raise `ulimit -n`");
	setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(p->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)
		die("connect");
	epoll_ctl(c->epoll, EPOLL_CTL_ADD, p->fd, &e);
	return p;
}

void peer_free(struct peer *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->link)
		lb_link_free(p->link);
	lb_buf_fini(&p->plain);
	free(p);
}

static void watch(struct peer *p, bool write)
{
	struct epoll_event e = { .events = write ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = p };

	if (write == p->wants_write || p->fd < 0)
		return;
	p->wants_write = write;
	epoll_ctl(p->crowd->epoll, EPOLL_CTL_MOD, p->fd, &e);
}

static void send_output(struct peer *p)
{
	struct lb_buf *out = lb_link_output(p->link);

	while (lb_buf_len(out) > 0) {
		ssize_t n = send(p->fd, lb_buf_data(out), lb_buf_len(out), MSG_NOSIGNAL);

		if (n < 0)
			break;
		lb_link_output_sent(p->link, (size_t)n);
	}
	watch(p, lb_buf_len(out) > 0);
}

static void closed(struct peer *p)
{
	if (p->state == PEER_CLOSED)
		return;
	p->state = PEER_CLOSED;
	p->crowd->broken++;
	close(p->fd);
	p->fd = -1;
}

static void put_control(struct peer *p, const Lagebus__Control *control)
{
	uint8_t packed[512];
	struct lb_buf message = LB_BUF_INIT;
	size_t n = lagebus__control__pack(control, packed);

	must(lb_zmtp_put_message(&message, &(struct lb_frame){ packed, n }, 1), "a control");
	must(lb_link_write(p->link, lb_buf_data(&message), lb_buf_len(&message)), "a control");
	lb_buf_fini(&message);
}

static void say_hello(struct peer *p)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	hello.version = LB_PROTOCOL_VERSION;
	hello.software = "lagebus-bench";
	hello.publish_only = p->publish_only;
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = &hello;
	put_control(p, &control);
}

static void acknowledge(struct peer *p)
{
	Lagebus__Received received = LAGEBUS__RECEIVED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	received.urgent = p->cursor[LB_LANE_URGENT];
	received.routine = p->cursor[LB_LANE_ROUTINE];
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIVED;
	control.received = &received;
	put_control(p, &control);
	p->unannounced = 0;
}

static void begin_zmtp(struct peer *p)
{
	uint8_t greeting[LB_ZMTP_GREETING];
	struct lb_buf ready = LB_BUF_INIT;

	lb_zmtp_greeting(greeting);
	must(lb_link_write(p->link, greeting, sizeof greeting), "the greeting");
	must(lb_zmtp_put_ready(&ready, LB_ZMTP_DEALER), "READY");
	must(lb_link_write(p->link, lb_buf_data(&ready), lb_buf_len(&ready)), "READY");
	lb_buf_fini(&ready);
	p->state = PEER_GREETING;
	p->crowd->shaken++;
}

static void on_control(struct peer *p, struct lb_frame frame)
{
	Lagebus__Control *c = lagebus__control__unpack(NULL, frame.n, frame.p);

	if (!c)
		die("a control cannot be decoded");
	switch ((int)c->body_case) {
	case LAGEBUS__CONTROL__BODY_WELCOME:
		p->cursor[LB_LANE_URGENT] = c->welcome->urgent;
		p->cursor[LB_LANE_ROUTINE] = c->welcome->routine;
		p->state = PEER_OPEN;
		p->crowd->opened++;
		break;
	case LAGEBUS__CONTROL__BODY_ACCEPTED:
		p->accepted += c->accepted->n_ids;
		p->crowd->accepted += c->accepted->n_ids;
		break;
	case LAGEBUS__CONTROL__BODY_REFUSED:
		p->crowd->refused++;
		fprintf(stderr, "bench: refused: %s\n", c->refused->reason);
		break;
	case LAGEBUS__CONTROL__BODY_GOODBYE:
		if (strcmp(c->goodbye->reason, "taken-over") != 0)
			fprintf(stderr, "bench: goodbye: %s\n", c->goodbye->reason);
		break;
	}
	lagebus__control__free_unpacked(c, NULL);
}

static void on_delivery(struct peer *p, const struct lb_zmtp_message *m)
{
	struct lb_delivery d;
	struct lb_header h;

	must(lb_delivery_decode(m->frames[0].p, m->frames[0].n, &d), "a delivery frame");
	if (d.previous != p->cursor[d.lane])
		die("the chain is broken");
	p->cursor[d.lane] = d.position;
	must(lb_header_decode(m->frames[1].p, m->frames[1].n, &h), "a header");
	p->delivered++;
	p->crowd->delivered++;
	p->unannounced += m->raw_n;
	if (p->crowd->on_delivery)
		p->crowd->on_delivery(p, &h, m->frames[2]);
}

static void on_command(struct peer *p, struct lb_frame body)
{
	struct lb_zmtp_command c;
	struct lb_buf pong = LB_BUF_INIT;

	must(lb_zmtp_command(body.p, body.n, &c), "a command");
	if (p->state == PEER_READY && c.kind == LB_ZMTP_READY) {
		say_hello(p);
		p->state = PEER_WELCOME;
	} else if (c.kind == LB_ZMTP_PING) {
		must(lb_zmtp_put_pong(&pong, c.text.p, c.text.n), "PONG");
		must(lb_link_write(p->link, lb_buf_data(&pong), lb_buf_len(&pong)), "PONG");
		lb_buf_fini(&pong);
	}
}

static size_t parse(struct peer *p, const uint8_t *bytes, size_t n)
{
	size_t at = 0;

	while (at < n) {
		struct lb_zmtp_message m;
		size_t need;
		lb_err e;

		if (p->state == PEER_GREETING) {
			if (lb_zmtp_check_greeting(bytes + at, n - at) != LB_OK)
				break;
			at += LB_ZMTP_GREETING;
			p->state = PEER_READY;
			continue;
		}
		e = lb_zmtp_parse(bytes + at, n - at, LB_MESSAGE_MAX, &m, &need);
		if (e == LB_AGAIN)
			break;
		must(e, "a ZMTP frame");
		at += m.raw_n;
		if (m.command)
			on_command(p, m.frames[0]);
		else if (m.frames_n == 1)
			on_control(p, m.frames[0]);
		else
			on_delivery(p, &m);
	}
	return at;
}

/* False: the broker closed. */
static bool read_plain(struct peer *p)
{
	struct crowd *c = p->crowd;
	size_t n = lb_buf_len(&p->plain), used, got;
	lb_err e;

	if (n > 0)
		memcpy(c->plain, lb_buf_data(&p->plain), n);
	lb_buf_consume(&p->plain, n);
	while ((e = lb_link_read(p->link, c->plain + n, PLAIN_BYTES - n, &got)) == LB_OK)
		n += got;
	used = parse(p, c->plain, n);
	if (used < n)
		must(lb_buf_append(&p->plain, c->plain + used, n - used), "memory");
	else
		lb_buf_fini(&p->plain);
	return e == LB_AGAIN;
}

static void on_readable(struct peer *p)
{
	struct crowd *c = p->crowd;
	ssize_t n = recv(p->fd, c->cipher, CIPHER_BYTES, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		closed(p);
		return;
	}
	lb_link_feed(p->link, c->cipher, (size_t)n);
	if (p->state <= PEER_TLS) {
		lb_err e = lb_link_handshake(p->link);

		if (e == LB_OK)
			begin_zmtp(p);
		else if (e != LB_AGAIN)
			must(e, "the handshake");
	}
	if (p->state > PEER_TLS && !read_plain(p)) {
		closed(p);
		return;
	}
	if (p->unannounced >= ACK_BYTES || (p->unannounced > 0 && n < CIPHER_BYTES / 4))
		acknowledge(p);
	send_output(p);
}

static void serve(struct peer *p, uint32_t events)
{
	if (p->state == PEER_CLOSED)
		return;
	if (p->state == PEER_CONNECTING && (events & EPOLLOUT)) {
		p->state = PEER_TLS;
		lb_link_feed(p->link, NULL, 0);
		if (lb_link_handshake(p->link) != LB_AGAIN)
			die("the handshake cannot begin");
	}
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		on_readable(p);
	else
		send_output(p);
}

void crowd_turn(struct crowd *c, int timeout_ms)
{
	struct epoll_event e[128];
	int n = epoll_wait(c->epoll, e, 128, timeout_ms);

	for (int i = 0; i < n; i++)
		serve(e[i].data.ptr, e[i].events);
	sched_yield(); /* recipients have machines of their own */
}

void peer_publish(struct peer *p, const uint8_t *bytes, size_t n)
{
	must(lb_link_write(p->link, bytes, n), "a publish");
	send_output(p);
}

size_t peer_queued(const struct peer *p)
{
	return lb_buf_len(lb_link_output(p->link));
}
