/* idle and storm: what connections cost. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/bench/pki.h"
#include "tests/bench/stage.h"

#define IDLE 5000
#define AT_ONCE 32
#define STORM_AGENTS 64
#define STORM_S 4.0

static struct lb_tls *agent_tls(struct stage *s, int i)
{
	char name[32], partner[32];

	snprintf(name, sizeof name, "i%04d", i);
	snprintf(partner, sizeof partner, "de-p%d", i % BROKER_PARTNERS);
	pki_issue(s->broker.pki, name, partner, name, 0);
	return load_client_tls(s->broker.folder, name);
}

void bench_idle(const char *bin)
{
	static struct peer *peers[IDLE];
	struct stage s;
	long before, after;

	stage_open(&s, bin, 1);
	stage_connect(&s);
	before = process_anon_kib(s.broker.pid);
	for (int i = 0; i < IDLE; i++) {
		struct lb_tls *tls = agent_tls(&s, i);

		peers[i] = peer_new(&s.crowd, tls, false);
		lb_tls_unref(tls);
		while (s.crowd.opened < 3 + (uint64_t)(i >= AT_ONCE ? i - AT_ONCE : 0))
			crowd_turn(&s.crowd, 100);
	}
	stage_wait_open(&s, 3 + IDLE);
	for (double until = clock_s() + 2; clock_s() < until;)
		crowd_turn(&s.crowd, 100);
	after = process_anon_kib(s.broker.pid);
	printf("{\"bench\":\"idle\",\"subs\":%d,\"kib_per_connection\":%.1f,\"broker_anon_rss_kib\":%ld}\n", IDLE, (double)(after - before) / IDLE, after);
	fflush(stdout);
	for (int i = 0; i < IDLE; i++)
		peer_free(peers[i]);
	stage_close(&s);
}

static void run_storm(const char *bin, bool resumed)
{
	struct lb_tls *tls[STORM_AGENTS];
	struct peer *peers[AT_ONCE] = { NULL };
	struct stage s;
	double begin, cpu;
	uint64_t first, next = 0, reused = 0;

	stage_open(&s, bin, 1);
	stage_connect(&s);
	for (int i = 0; i < STORM_AGENTS; i++) {
		tls[i] = agent_tls(&s, i);
		lb_tls_set_resumption(tls[i], resumed);
	}
	begin = clock_s();
	cpu = broker_cpu_s(&s.broker);
	first = s.crowd.opened;
	while (clock_s() - begin < STORM_S) {
		for (int i = 0; i < AT_ONCE; i++) {
			if (peers[i] && peers[i]->state != PEER_OPEN && peers[i]->state != PEER_CLOSED)
				continue;
			if (peers[i]) {
				reused += lb_link_resumed(peers[i]->link);
				peer_free(peers[i]);
			}
			peers[i] = peer_new(&s.crowd, tls[next++ % STORM_AGENTS], false);
		}
		crowd_turn(&s.crowd, 10);
	}
	cpu = broker_cpu_s(&s.broker) - cpu;
	printf("{\"bench\":\"storm\",\"handshake\":\"%s\",\"handshakes_per_s\":%.0f,\"resumed_share\":%.2f,\"broker_cpu_us_per_handshake\":%.0f,\"broker_anon_rss_kib\":%ld}\n",
	       resumed ? "resumed" : "full", (double)(s.crowd.opened - first) / (clock_s() - begin), (double)reused / (double)(s.crowd.opened - first),
	       cpu * 1e6 / (double)(s.crowd.opened - first), process_anon_kib(s.broker.pid));
	fflush(stdout);
	for (int i = 0; i < AT_ONCE; i++)
		if (peers[i])
			peer_free(peers[i]);
	for (int i = 0; i < STORM_AGENTS; i++)
		lb_tls_unref(tls[i]);
	stage_close(&s);
}

void bench_storm(const char *bin)
{
	run_storm(bin, false);
	run_storm(bin, true);
}
