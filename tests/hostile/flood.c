/* Questions without end whose answers nobody reads: flood PORT CA_FOLDER BROKER_PID, as the partner de-he's agents f0, f1, ... The broker
 * must stop reading from each of them, hold no more for it than what may wait, close it, and serve two agents of bund-bsi and de-sn
 * meanwhile. Its heartbeat is two seconds. */
#include "tests/hostile/hostile.h"

#include <poll.h>

#define BATCH 1000
#define ASKED_MAX 2000000      /* with a bound of any kind it never comes to that */
#define STUCK_MS 500           /* nothing is taken for this long: it is not read from any more */
#define GROWTH_KIB (16 * 1024) /* for each: 4 MiB of answers in a buffer that doubles, and what it takes to make them */
#define SERVED_MS 500
#define CLOSED_MS 8000         /* a heartbeat of patience, two seconds to take the reason, and room */

static struct lb_uuid own; /* a message of the flooding partner's */

static void say_ping(struct caller *c)
{
	caller_say_ping(c, "0123456789abcdef", 16);
}

static void say_signer_query(struct caller *c)
{
	static uint8_t hint[8];
	Lagebus__SignerQuery query = LAGEBUS__SIGNER_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.signer = (ProtobufCBinaryData){ sizeof hint, hint };
	control.body_case = LAGEBUS__CONTROL__BODY_SIGNER_QUERY;
	control.signer_query = &query;
	caller_say_control(c, &control);
}

static void say_receipts_query(struct caller *c)
{
	Lagebus__ReceiptsQuery query = LAGEBUS__RECEIPTS_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	query.id = (ProtobufCBinaryData){ sizeof own.b, own.b };
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY;
	control.receipts_query = &query;
	caller_say_control(c, &control);
}

static void say_route_query(struct caller *c)
{
	Lagebus__RouteQuery query = LAGEBUS__ROUTE_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct lb_buf header = LB_BUF_INIT;
	struct lb_header h;

	caller_header(c, "all", &h);
	must(lb_header_encode(&h, &header) == LB_OK, "a header");
	query.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	control.body_case = LAGEBUS__CONTROL__BODY_ROUTE_QUERY;
	control.route_query = &query;
	caller_say_control(c, &control);
	lb_buf_fini(&header);
}

static const struct flood {
	const char *what;
	void (*say)(struct caller *c);
} floods[] = {
	{ "PINGs", say_ping },
	{ "signer queries", say_signer_query },
	{ "receipts queries", say_receipts_query },
	{ "route queries", say_route_query },
};
#define FLOODS (sizeof floods / sizeof floods[0])

/* Asks until the broker takes no more; how often that was. *worst is the longest that a witness waited. */
static unsigned ask_without_end(struct caller *c, const struct flood *f, struct caller *from, struct caller *to, int64_t *worst)
{
	unsigned asked = 0;

	*worst = 0;
	while (asked < ASKED_MAX) {
		int64_t took;

		for (unsigned i = 0; i < BATCH; i++, asked++)
			f->say(c);
		took = ask_witness(from, to);
		*worst = took > *worst ? took : *worst;
		while (caller_unsent(c) > 0)
			if (!caller_await_room(c, STUCK_MS))
				return asked;
	}
	return asked;
}

/* It was closed; nothing of what it has not read is read. */
static bool is_closed(const struct caller *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0;
}

static void await_end(const struct caller *c, struct caller *from, struct caller *to)
{
	int64_t until = clock_ms() + CLOSED_MS;

	while (!is_closed(c)) {
		must(clock_ms() < until, "who does not read is not closed");
		must(ask_witness(from, to) <= SERVED_MS, "others had to wait");
		caller_wait(to, 20);
	}
}

int main(int argc, char **argv)
{
	static struct caller c[FLOODS];
	unsigned port = argc == 4 ? (unsigned)atoi(argv[1]) : 0;
	struct caller from, to, he;
	struct lb_header h;
	long before;

	must(argc == 4, "usage: flood PORT CA_FOLDER BROKER_PID");
	dial_open(&from, port, argv[2], "bund-bsi.main");
	dial_open(&to, port, argv[2], "de-sn.main");
	dial_open(&he, port, argv[2], "de-he.main");
	caller_header(&he, "bund-bsi", &h);
	own = h.id;
	caller_publish(&he, &h, "x", 1);
	must(caller_hear_control(&he, LAGEBUS__CONTROL__BODY_ACCEPTED) != NULL, "a publish was not accepted");
	before = own_kib(argv[3]);
	for (size_t i = 0; i < FLOODS; i++) {
		char name[32];
		unsigned asked;
		int64_t worst;
		long grown;

		snprintf(name, sizeof name, "de-he.f%zu", i);
		dial_open(&c[i], port, argv[2], name);
		asked = ask_without_end(&c[i], &floods[i], &from, &to, &worst);
		grown = own_kib(argv[3]) - before;
		printf("after %7u %-16s the broker had grown by %5ld KiB; others were served within %lld ms\n", asked, floods[i].what, grown, (long long)worst);
		fflush(stdout);
		must(asked < ASKED_MAX, "it takes questions without end");
		must(!MEMORY_IS_KNOWN || grown <= GROWTH_KIB * (long)(i + 1), "its memory is not bounded");
		must(worst <= SERVED_MS, "others had to wait");
	}
	for (size_t i = 0; i < FLOODS; i++) {
		await_end(&c[i], &from, &to);
		caller_fini(&c[i]);
	}
	printf("and each was closed\n");
	caller_fini(&from);
	caller_fini(&to);
	caller_fini(&he);
	return 0;
}
