/* A partner with a good certificate and bad manners: hostile PORT CA CERTIFICATE KEY. Each case is a connection of its own; prints a
 * line a case, and ends with 1 if the broker's answer is not the one expected. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lagebus/delivery.h"
#include "lagebus/header.h"
#include "lagebus/link.h"
#include "lagebus/zmtp.h"
#include "proto/control.pb-c.h"

#define ANSWER_MS 5000

static int port;
static struct lb_tls *tls;

struct client {
	int fd;
	struct lb_link *link;
	struct lb_buf plain;
	int greeted;
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "hostile: %s\n", what);
	exit(1);
}

static void flush(struct client *c)
{
	struct lb_buf *out = lb_link_output(c->link);

	while (lb_buf_len(out) > 0) {
		ssize_t n = send(c->fd, lb_buf_data(out), lb_buf_len(out), MSG_NOSIGNAL);

		lb_link_output_sent(c->link, n > 0 ? (size_t)n : lb_buf_len(out));
	}
}

/* Reads once; false: closed, or nothing came in time. */
static int read_some(struct client *c)
{
	struct pollfd p = { c->fd, POLLIN, 0 };
	static uint8_t bytes[65536];
	uint8_t plain[32768];
	size_t got;
	ssize_t n = poll(&p, 1, ANSWER_MS) == 1 ? recv(c->fd, bytes, sizeof bytes, 0) : 0;
	lb_err e;

	if (n <= 0)
		return 0;
	lb_link_feed(c->link, bytes, (size_t)n);
	e = lb_link_handshake(c->link);
	while (e == LB_OK && (e = lb_link_read(c->link, plain, sizeof plain, &got)) == LB_OK)
		must(lb_buf_append(&c->plain, plain, got) == LB_OK, "memory");
	flush(c);
	return e == LB_AGAIN;
}

static void say(struct client *c, const void *p, size_t n)
{
	must(lb_link_write(c->link, p, n) == LB_OK, "memory");
	flush(c);
}

static void say_frames(struct client *c, const struct lb_frame *frames, unsigned n)
{
	struct lb_buf out = LB_BUF_INIT;

	must(lb_zmtp_put_message(&out, frames, n) == LB_OK, "memory");
	say(c, lb_buf_data(&out), lb_buf_len(&out));
	lb_buf_fini(&out);
}

static void say_control(struct client *c, const Lagebus__Control *control)
{
	uint8_t packed[1024];

	say_frames(c, &(struct lb_frame){ packed, lagebus__control__pack(control, packed) }, 1);
}

static void connect_tls(struct client *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	memset(c, 0, sizeof *c);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	must(connect(c->fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
	c->link = lb_link_new(tls, NULL);
	lb_link_feed(c->link, NULL, 0);
	while (lb_link_handshake(c->link) == LB_AGAIN) {
		flush(c);
		must(read_some(c), "the handshake");
	}
	flush(c);
}

static void say_greeting(struct client *c)
{
	uint8_t greeting[LB_ZMTP_GREETING];
	struct lb_buf ready = LB_BUF_INIT;

	lb_zmtp_greeting(greeting);
	say(c, greeting, sizeof greeting);
	must(lb_zmtp_put_ready(&ready, LB_ZMTP_DEALER) == LB_OK, "memory");
	say(c, lb_buf_data(&ready), lb_buf_len(&ready));
	lb_buf_fini(&ready);
}

static void say_hello(struct client *c)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	hello.version = 1;
	hello.software = "hostile";
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = &hello;
	say_control(c, &control);
}

/* What one message of the broker gives as a reason: of a Goodbye, a Refused or an ERROR. */
static int reason_in(const struct lb_zmtp_message *m, char token[64])
{
	struct lb_zmtp_command command;
	Lagebus__Control *control;

	if (m->command && lb_zmtp_command(m->frames[0].p, m->frames[0].n, &command) == LB_OK && command.kind == LB_ZMTP_ERROR) {
		snprintf(token, 64, "%.*s", (int)command.text.n, (const char *)command.text.p);
		return 1;
	}
	control = !m->command && m->frames_n == 1 ? lagebus__control__unpack(NULL, m->frames[0].n, m->frames[0].p) : NULL;
	if (!control)
		return 0;
	token[0] = '\0';
	if (control->body_case == LAGEBUS__CONTROL__BODY_GOODBYE)
		snprintf(token, 64, "%s", control->goodbye->reason);
	else if (control->body_case == LAGEBUS__CONTROL__BODY_REFUSED)
		snprintf(token, 64, "%s", control->refused->reason);
	lagebus__control__free_unpacked(control, NULL);
	return token[0] != '\0';
}

/* The reason that the broker gives, or "closed". */
static void answer(struct client *c, char token[64])
{
	int open = 1;

	strcpy(token, "closed");
	for (;;) {
		size_t need;
		struct lb_zmtp_message m;

		if (!c->greeted && lb_buf_len(&c->plain) >= LB_ZMTP_GREETING) {
			lb_buf_consume(&c->plain, LB_ZMTP_GREETING);
			c->greeted = 1;
		}
		while (c->greeted && lb_buf_len(&c->plain) > 0 && lb_zmtp_parse(lb_buf_data(&c->plain), lb_buf_len(&c->plain), LB_MESSAGE_MAX, &m, &need) == LB_OK) {
			if (reason_in(&m, token))
				return;
			lb_buf_consume(&c->plain, m.raw_n);
		}
		/* What came before the end is looked at, too. */
		if (!open)
			return;
		open = read_some(c);
	}
}

static void good_header(struct lb_header *h)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	memset(h, 0, sizeof *h);
	h->id = lb_uuid7_now();
	h->type = LB_TYPE_INDICATOR;
	h->lane = LB_LANE_ROUTINE;
	h->area = LB_AREA_CYBER_DEFENCE;
	h->tlp = LB_TLP_GREEN;
	h->origin = lb_text_of(lb_tls_identity(tls)->partner);
	h->audience_n = 1;
	h->audience[0] = lb_text_of("all");
	h->created_ms = (int64_t)t.tv_sec * 1000;
	h->schema_version = 1;
}

static void publish(struct client *c, const struct lb_header *h, const char *payload)
{
	struct lb_buf header = LB_BUF_INIT;
	struct lb_frame frames[3];

	must(lb_header_encode(h, &header) == LB_OK, "a header");
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	frames[1] = (struct lb_frame){ (const uint8_t *)payload, strlen(payload) };
	frames[2] = (struct lb_frame){ (const uint8_t *)"signature", 9 };
	say_frames(c, frames, 3);
	lb_buf_fini(&header);
}

static void bad_greeting(struct client *c)
{
	uint8_t greeting[LB_ZMTP_GREETING];

	lb_zmtp_greeting(greeting);
	memcpy(greeting + 12, "PLAIN", 5);
	say(c, greeting, sizeof greeting);
}
static void before_hello(struct client *c)
{
	struct lb_header h;

	say_greeting(c);
	good_header(&h);
	publish(c, &h, "x");
}
static void garbage_control(struct client *c) { say_greeting(c); say_frames(c, &(struct lb_frame){ (const uint8_t *)"\xff\xff\xff", 3 }, 1); }
static void reserved_flags(struct client *c) { say_greeting(c); say_hello(c); say(c, "\x08\x01x", 3); }
static void huge_frame(struct client *c) { say_greeting(c); say_hello(c); say(c, "\x02\x7f\xff\xff\xff\xff\xff\xff\xff", 9); }
static void large_early(struct client *c) { say_greeting(c); say(c, "\x02\0\0\0\0\0\1\0\0", 9); }
static void five_frames(struct client *c) { say_greeting(c); say_hello(c); say(c, "\1\1a\1\1b\1\1c\1\1d\0\1e", 15); }
static void two_frames(struct client *c) { say_greeting(c); say_hello(c); say(c, "\1\1a\0\1b", 6); }
static void command_with_more(struct client *c) { say_greeting(c); say_hello(c); say(c, "\5\1a", 3); }
static void hello_twice(struct client *c) { say_greeting(c); say_hello(c); say_hello(c); }
static void bad_header(struct client *c)
{
	struct lb_frame frames[3] = { { (const uint8_t *)"\xff\xff", 2 }, { (const uint8_t *)"x", 1 }, { (const uint8_t *)"s", 1 } };

	say_greeting(c);
	say_hello(c);
	say_frames(c, frames, 3);
}
static void received_ahead(struct client *c)
{
	Lagebus__Received received = LAGEBUS__RECEIVED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	say_greeting(c);
	say_hello(c);
	received.routine = 1000000;
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIVED;
	control.received = &received;
	say_control(c, &control);
}
static void not_utf8(struct client *c)
{
	struct lb_header h;
	struct lb_buf header = LB_BUF_INIT;
	struct lb_frame frames[3];

	say_greeting(c);
	say_hello(c);
	good_header(&h);
	h.language = lb_text_of("de");
	must(lb_header_encode(&h, &header) == LB_OK, "a header");
	memcpy(memmem(lb_buf_data(&header), lb_buf_len(&header), "\x02" "de", 3), "\x02\xc3\x28", 3);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	frames[1] = frames[2] = (struct lb_frame){ (const uint8_t *)"x", 1 };
	say_frames(c, frames, 3);
	lb_buf_fini(&header);
}
/* One wrong thing in a header that is good otherwise. */
static void with(struct client *c, void (*spoil)(struct lb_header *h))
{
	struct lb_header h;

	say_greeting(c);
	say_hello(c);
	good_header(&h);
	spoil(&h);
	publish(c, &h, "x");
}
static void spoil_origin(struct lb_header *h) { h->origin = lb_text_of("bund-bsi"); }
static void spoil_type(struct lb_header *h) { h->type = 99; }
static void spoil_audience(struct lb_header *h) { h->audience[0] = lb_text_of("de-xx"); }
static void spoil_lane(struct lb_header *h) { h->lane = LB_LANE_URGENT; }
static void spoil_expires(struct lb_header *h) { h->created_ms -= 10000; h->expires_ms = h->created_ms + 1; }
static void spoil_created(struct lb_header *h) { h->created_ms += 86400000; }
static void spoil_warning(struct lb_header *h) { h->type = LB_TYPE_WARNING; h->level = 3; h->lane = LB_LANE_URGENT; }
static void wrong_origin(struct client *c) { with(c, spoil_origin); }
static void unknown_type(struct client *c) { with(c, spoil_type); }
static void unknown_audience(struct client *c) { with(c, spoil_audience); }
static void wrong_lane(struct client *c) { with(c, spoil_lane); }
static void expired(struct client *c) { with(c, spoil_expires); }
static void from_tomorrow(struct client *c) { with(c, spoil_created); }
static void warns_everyone(struct client *c) { with(c, spoil_warning); }
static void id_reused(struct client *c)
{
	struct lb_header h;

	say_greeting(c);
	say_hello(c);
	good_header(&h);
	publish(c, &h, "one thing");
	publish(c, &h, "another");
}

static const struct {
	const char *name, *expected;
	void (*run)(struct client *c);
} cases[] = {
	{ "a greeting of another protocol", "zmtp-greeting", bad_greeting },
	{ "a publish before Hello", "unexpected", before_hello },
	{ "a control that is garbage", "bad-control", garbage_control },
	{ "a large frame before Hello", "zmtp-too-big", large_early },
	{ "reserved flags", "zmtp-frame", reserved_flags },
	{ "a frame of 2^63 bytes", "zmtp-too-big", huge_frame },
	{ "five frames", "zmtp-too-big", five_frames },
	{ "two frames", "unexpected", two_frames },
	{ "a command with MORE", "zmtp-frame", command_with_more },
	{ "Hello twice", "unexpected", hello_twice },
	{ "Received ahead of what was delivered", "unexpected", received_ahead },
	{ "a header that is garbage", "bad-header", bad_header },
	{ "a header that is not UTF-8", "not-utf8", not_utf8 },
	{ "another's origin", "wrong-origin", wrong_origin },
	{ "an unknown type", "unknown-type", unknown_type },
	{ "an unknown audience", "bad-audience", unknown_audience },
	{ "the wrong lane", "bad-header", wrong_lane },
	{ "an expired message", "expired", expired },
	{ "a message from tomorrow", "bad-time", from_tomorrow },
	{ "a state that warns everyone", "role-may-not-send", warns_everyone },
	{ "an id with other bytes", "id-reused", id_reused },
};

int main(int argc, char **argv)
{
	struct lb_tls_files files = { .ca = argc > 2 ? argv[2] : "", .certificate = argc > 3 ? argv[3] : "", .key = argc > 4 ? argv[4] : "" };
	char why[512];
	int failed = 0;

	must(argc == 5, "usage: hostile PORT CA CERTIFICATE KEY");
	port = atoi(argv[1]);
	must(lb_tls_load(LB_LINK_CLIENT, &files, &tls, why, sizeof why) == LB_OK, why);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct client c;
		char token[64];

		connect_tls(&c);
		cases[i].run(&c);
		answer(&c, token);
		printf("%-40s %s%s%s\n", cases[i].name, token, strcmp(token, cases[i].expected) ? ", expected " : "", strcmp(token, cases[i].expected) ? cases[i].expected : "");
		failed += strcmp(token, cases[i].expected) != 0;
		close(c.fd);
		lb_link_free(c.link);
		lb_buf_fini(&c.plain);
	}
	lb_tls_unref(tls);
	return failed != 0;
}
