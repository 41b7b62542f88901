/* Connections that do not go on: slow PORT CA_FOLDER TIMEOUT_MS. Strangers at the door, and the partner de-he's agents s0, s1, ... at each
 * step after it: silent, half-way, and a byte at a time. Each must end by its time-out, while two agents of bund-bsi and de-sn are served. */
#include "tests/hostile/hostile.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define STEP_MS 20
#define LATE_MS 1500   /* after its time-out */
#define SERVED_MS 500  /* in which a witness is served */

static unsigned port;
static const char *ca;

/* One that is to be closed, with what it says a byte at a time (n is 0: nothing more). */
struct slow {
	int fd;
	struct caller caller; /* past the handshake; its link stays open for the bytes that it dribbles */
	uint8_t bytes[1024];
	size_t at, n;
	int64_t begun_ms, ended_ms;
};

static void send_raw(int fd, const void *p, size_t n)
{
	must(send(fd, p, n, MSG_NOSIGNAL) == (ssize_t)n, "sending");
}

/* A true ClientHello. */
static size_t client_hello(uint8_t out[1024])
{
	struct lb_tls *tls = load(ca, "de-he.s0");
	struct lb_link *link = lb_link_new(tls, NULL);
	size_t n;

	lb_link_feed(link, NULL, 0);
	must(lb_link_handshake(link) == LB_AGAIN, "a ClientHello");
	n = lb_buf_len(lb_link_output(link));
	must(n <= 1024, "a ClientHello");
	memcpy(out, lb_buf_data(lb_link_output(link)), n);
	lb_link_free(link);
	lb_tls_unref(tls);
	return n;
}

static void connect_raw(struct slow *s)
{
	s->fd = caller_connect(port);
	must(s->fd >= 0, "connecting");
}
static void connect_silent(struct slow *s) { connect_raw(s); }
static void connect_half(struct slow *s)
{
	connect_raw(s);
	send_raw(s->fd, s->bytes, client_hello(s->bytes) / 2);
}
static void connect_dribbling(struct slow *s)
{
	connect_raw(s);
	s->n = client_hello(s->bytes);
}

/* Through its handshake, as an agent of its own. */
static void dial_next(struct slow *s)
{
	static unsigned number;
	char name[32];

	snprintf(name, sizeof name, "de-he.s%u", number++);
	dial(&s->caller, port, ca, name);
	s->fd = s->caller.fd;
}
static void session_silent(struct slow *s) { dial_next(s); }
static void session_half_greeting(struct slow *s)
{
	dial_next(s);
	lb_zmtp_greeting(s->bytes);
	caller_say(&s->caller, s->bytes, LB_ZMTP_GREETING / 2);
}
static void session_dribbling(struct slow *s)
{
	dial_next(s);
	caller_say_greeting(&s->caller);
	memset(s->bytes, 'x', sizeof s->bytes);
	memcpy(s->bytes, "\4\xff\5READY", 8); /* a command of 255 bytes */
	s->n = 200;
}
static void session_without_hello(struct slow *s)
{
	dial_next(s);
	caller_say_greeting(&s->caller);
	caller_say_ready(&s->caller, LB_ZMTP_DEALER);
}
static void session_half_frame(struct slow *s)
{
	dial_next(s);
	must(caller_open(&s->caller, NULL), "Hello");
	caller_say(&s->caller, "\1\100half of a header", 18);
}

static const struct kind {
	const char *what;
	void (*begin)(struct slow *s);
	unsigned n;
} kinds[] = {
	{ "nothing at all", connect_silent, 20 },
	{ "half a ClientHello", connect_half, 20 },
	{ "a ClientHello byte by byte", connect_dribbling, 4 },
	{ "nothing after the handshake", session_silent, 1 },
	{ "half a greeting", session_half_greeting, 1 },
	{ "READY byte by byte", session_dribbling, 1 },
	{ "no Hello", session_without_hello, 1 },
	{ "half a frame", session_half_frame, 1 },
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* Says a byte more, if it is one who does; sees whether it was closed. */
static void step(struct slow *s)
{
	uint8_t drain[4096];
	ssize_t n;

	if (s->at < s->n && s->caller.link)
		caller_say(&s->caller, s->bytes + s->at++, 1);
	else if (s->at < s->n)
		send(s->fd, s->bytes + s->at++, 1, MSG_NOSIGNAL);
	do
		n = recv(s->fd, drain, sizeof drain, MSG_DONTWAIT);
	while (n > 0);
	if (n == 0 || errno != EAGAIN)
		s->ended_ms = clock_ms();
}

static unsigned begin_all(struct slow *all)
{
	unsigned n = 0;

	for (size_t k = 0; k < KINDS; k++)
		for (unsigned i = 0; i < kinds[k].n; i++, n++) {
			all[n].begun_ms = clock_ms();
			kinds[k].begin(&all[n]);
		}
	return n;
}

/* True while one of them is open. */
static bool step_all(struct slow *all, unsigned n)
{
	bool open = false;

	for (unsigned i = 0; i < n; i++)
		if (all[i].ended_ms == 0) {
			step(&all[i]);
			open = true;
		}
	return open;
}

/* Those of one kind; an open one has ended_ms 0, which is no time-out. */
static void judge(const struct kind *k, const struct slow *s, int64_t timeout_ms)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	for (unsigned i = 0; i < k->n; i++) {
		int64_t took = s[i].ended_ms - s[i].begun_ms;

		least = took < least ? took : least;
		most = took > most ? took : most;
	}
	printf("%2u with %-28s closed after %lld to %lld ms\n", k->n, k->what, (long long)least, (long long)most);
	must(least >= timeout_ms - 100 && most <= timeout_ms + LATE_MS, "that is not its time-out");
}

int main(int argc, char **argv)
{
	static struct slow all[64];
	struct caller from, to;
	int64_t timeout_ms, worst = 0, end;
	unsigned n;

	must(argc == 4, "usage: slow PORT CA_FOLDER TIMEOUT_MS");
	port = (unsigned)atoi(argv[1]);
	ca = argv[2];
	timeout_ms = atoi(argv[3]);
	dial_open(&from, port, ca, "bund-bsi.main");
	dial_open(&to, port, ca, "de-sn.main");
	n = begin_all(all);
	end = clock_ms() + timeout_ms + 2 * LATE_MS;
	while (step_all(all, n) && clock_ms() < end) {
		int64_t took = ask_witness(&from, &to);

		worst = took > worst ? took : worst;
		caller_wait(&to, STEP_MS);
	}
	n = 0;
	for (size_t k = 0; k < KINDS; n += kinds[k++].n)
		judge(&kinds[k], &all[n], timeout_ms);
	printf("meanwhile others were served within %lld ms\n", (long long)worst);
	must(worst <= SERVED_MS, "others had to wait");
	caller_fini(&from);
	caller_fini(&to);
	for (unsigned i = 0; i < n; i++) {
		if (!all[i].caller.link)
			close(all[i].fd);
		caller_fini(&all[i].caller);
	}
	return 0;
}
