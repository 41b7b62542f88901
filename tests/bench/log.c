/* catchup and growth: what the log costs. */
#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/stage.h"

#define WINDOW (4 * 1024 * 1024)
#define BEHIND 500000
#define STEP 100000
#define MANY 5000000

static void publish_all(struct stage *s, struct load *l, uint64_t accepted)
{
	while (s->crowd.accepted < accepted) {
		stage_pump(s, s->publisher, l, WINDOW);
		crowd_turn(&s->crowd, l->next < l->n && peer_queued(s->publisher) == 0 ? 0 : 100);
		stage_check_progress(s);
	}
}

void bench_catchup(const char *bin)
{
	struct stage s;
	struct load l;
	double begin, end, cpu;

	stage_open(&s, bin, 1);
	load_make(&l, s.broker.folder, "publisher", BEHIND, 256, LB_LANE_ROUTINE, 0, 0);
	s.publisher = peer_new(&s.crowd, s.publisher_tls, true);
	stage_wait_open(&s, 1);
	publish_all(&s, &l, BEHIND);
	cpu = broker_cpu_s(&s.broker);
	begin = clock_s();
	stage_connect_sub(&s, 0);
	while (s.crowd.delivered < BEHIND) {
		crowd_turn(&s.crowd, 100);
		stage_check_progress(&s);
	}
	end = clock_s();
	cpu = broker_cpu_s(&s.broker) - cpu;
	printf("{\"bench\":\"catchup\",\"subs\":1,\"size_bytes\":256,\"messages\":%d,\"delivered_per_s\":%.0f,\"broker_cpu_us_per_delivery\":%.3f,\"broker_anon_rss_kib\":%ld}\n",
	       BEHIND, BEHIND / (end - begin), cpu * 1e6 / BEHIND, process_anon_kib(s.broker.pid));
	fflush(stdout);
	load_free(&l);
	stage_close(&s);
}

/* Publishes one more step to all subscribers; the broker's CPU per delivery in microseconds. */
static double step(struct stage *s, uint64_t stored)
{
	struct load l;
	double cpu;

	load_make(&l, s->broker.folder, "publisher", STEP, 256, LB_LANE_ROUTINE, 0, stored);
	cpu = broker_cpu_s(&s->broker);
	while (s->crowd.delivered < (stored + STEP) * (uint64_t)s->subs || s->crowd.accepted < stored + STEP) {
		stage_pump(s, s->publisher, &l, WINDOW);
		crowd_turn(&s->crowd, l.next < l.n && peer_queued(s->publisher) == 0 ? 0 : 100);
		stage_check_progress(s);
	}
	cpu = broker_cpu_s(&s->broker) - cpu;
	load_free(&l);
	return cpu * 1e6 / STEP / s->subs;
}

void bench_growth(const char *bin)
{
	struct stage s;
	double few = 0, many = 0;
	uint64_t stored = 0;

	stage_open(&s, bin, 8);
	stage_connect(&s);
	step(&s, stored);
	stored += STEP;
	for (int i = 0; i < 3; i++, stored += STEP)
		few += step(&s, stored) / 3;
	for (; stored < MANY; stored += STEP)
		step(&s, stored);
	for (int i = 0; i < 3; i++, stored += STEP)
		many += step(&s, stored) / 3;
	printf("{\"bench\":\"growth\",\"subs\":8,\"size_bytes\":256,\"messages\":%llu,\"cpu_us_at_100k\":%.3f,\"cpu_us_at_5m\":%.3f,\"ratio\":%.3f,\"broker_anon_rss_kib\":%ld}\n",
	       (unsigned long long)stored, few, many, many / few, process_anon_kib(s.broker.pid));
	fflush(stdout);
	stage_close(&s);
}
