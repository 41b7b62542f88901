/* A recipient that does not read: deaf PORT CA_FOLDER BROKER_PID. While bund-bsi publishes a backlog, de-sn reads nothing and de-he everything;
 * the broker's memory must not grow by more than a fraction of it. Then de-sn reads, and must have everything, in order. */
#include "tests/hostile/hostile.h"

#define MESSAGES 8000
#define BYTES 8192         /* of a payload: 64 MiB in all */
#define AT_ONCE 64         /* published before the last is accepted */
#define GROWTH_KIB (24 * 1024)

/* Publishes the next one; its payload begins with its number. */
static void publish(struct caller *c, uint32_t number)
{
	static uint8_t payload[BYTES];
	struct lb_header h;

	memcpy(payload, &number, sizeof number);
	caller_header(c, "all", &h);
	caller_publish(c, &h, payload, sizeof payload);
}

/* The next one must be this. */
static void take(struct caller *c, uint32_t number)
{
	enum heard heard;

	while ((heard = caller_hear(c)) != HEARD_DELIVERY)
		must(heard == HEARD_COMMAND, "a delivery did not come");
	must(c->place.position == number + 1 && c->place.previous == number, "the chain is broken");
	must(c->payload.n == BYTES && memcmp(c->payload.p, &number, sizeof number) == 0, "it is another message");
}

int main(int argc, char **argv)
{
	struct caller from, deaf, to;
	uint32_t published = 0, accepted = 0, taken = 0;
	long before, most = 0;
	int64_t begin;

	must(argc == 4, "usage: deaf PORT CA_FOLDER BROKER_PID");
	dial_open(&from, (unsigned)atoi(argv[1]), argv[2], "bund-bsi.main");
	dial_open(&deaf, (unsigned)atoi(argv[1]), argv[2], "de-sn.main");
	dial_open(&to, (unsigned)atoi(argv[1]), argv[2], "de-he.main");
	before = own_kib(argv[3]);
	begin = clock_ms();
	while (accepted < MESSAGES) {
		for (; published < MESSAGES && published < accepted + AT_ONCE; published++)
			publish(&from, published);
		must(caller_hear_control(&from, LAGEBUS__CONTROL__BODY_ACCEPTED) != NULL, "a publish was not accepted");
		for (accepted += (uint32_t)from.control->accepted->n_ids; taken < accepted; taken++)
			take(&to, taken);
		most = own_kib(argv[3]) > most ? own_kib(argv[3]) : most;
	}
	printf("%d MiB published in %lld ms; the broker grew by %ld KiB at most\n", MESSAGES * (BYTES / 1024) / 1024, (long long)(clock_ms() - begin), most - before);
	must(!MEMORY_IS_KNOWN || most - before <= GROWTH_KIB, "its memory is not bounded");
	for (taken = 0; taken < MESSAGES; taken++)
		take(&deaf, taken);
	printf("and who had not read has all of it, in order\n");
	caller_fini(&from);
	caller_fini(&deaf);
	caller_fini(&to);
	return 0;
}
