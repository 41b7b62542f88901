/* fanout, latency, priority: one publisher to many. */
#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/stage.h"

#define WINDOW (4 * 1024 * 1024)

static struct load load, urgent;
static struct sample latency, urgent_latency;
static bool all_latencies;

static void on_delivery(struct peer *p, const struct lb_header *h, struct lb_frame payload)
{
	uint64_t number = load_number(payload);

	(void)p;
	if (h->lane == LB_LANE_URGENT)
		sample_add(&urgent_latency, clock_s() - urgent.sent_s[number]);
	else if (all_latencies || number % 64 == 0)
		sample_add(&latency, clock_s() - load.sent_s[number]);
}

static void run_fanout(const char *bin, int subs, size_t size, uint64_t messages)
{
	struct stage s;
	double begin, accepted = 0, end, cpu;

	stage_open(&s, bin, subs);
	load_make(&load, s.broker.folder, "publisher", messages, size, LB_LANE_ROUTINE, 1, 0);
	s.crowd.on_delivery = on_delivery;
	stage_connect(&s);
	cpu = broker_cpu_s(&s.broker);
	begin = clock_s();
	while (s.crowd.delivered < messages * (uint64_t)subs) {
		stage_pump(&s, s.publisher, &load, WINDOW);
		crowd_turn(&s.crowd, load.next < messages && peer_queued(s.publisher) == 0 ? 0 : 100);
		if (accepted == 0 && s.crowd.accepted == messages)
			accepted = clock_s();
		stage_check_progress(&s);
	}
	end = clock_s();
	while (s.crowd.accepted < messages)
		crowd_turn(&s.crowd, 100);
	cpu = broker_cpu_s(&s.broker) - cpu;
	printf("{\"bench\":\"fanout\",\"subs\":%d,\"size_bytes\":%zu,\"messages\":%llu,\"published_per_s\":%.0f,\"delivered_per_s\":%.0f,"
	       "\"broker_cpu_us_per_delivery\":%.3f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"broker_anon_rss_kib\":%ld}\n",
	       subs, size, (unsigned long long)messages, (double)messages / ((accepted ? accepted : end) - begin),
	       (double)messages * subs / (end - begin), cpu * 1e6 / (double)messages / subs, sample_us(&latency, 50), sample_us(&latency, 99),
	       process_anon_kib(s.broker.pid));
	fflush(stdout);
	load_free(&load);
	sample_free(&latency);
	stage_close(&s);
}

void bench_fanout(const char *bin)
{
	run_fanout(bin, 8, 256, 600000);
	run_fanout(bin, 64, 256, 100000);
	run_fanout(bin, 8, 8192, 40000);
}

#define PACE 1000.0
#define PACED 5000

void bench_latency(const char *bin)
{
	struct stage s;
	double begin, cpu;

	stage_open(&s, bin, 8);
	load_make(&load, s.broker.folder, "publisher", PACED, 256, LB_LANE_ROUTINE, 1, 0);
	s.crowd.on_delivery = on_delivery;
	all_latencies = true;
	stage_connect(&s);
	cpu = broker_cpu_s(&s.broker);
	begin = clock_s();
	while (s.crowd.delivered < PACED * 8) {
		double due = begin + (double)load.next / PACE;

		if (load.next < load.n && clock_s() >= due) {
			load.sent_s[load.next] = clock_s();
			peer_publish(s.publisher, lb_buf_data(&load.bytes) + load.at[load.next], load.at[load.next + 1] - load.at[load.next]);
			load.next++;
		}
		crowd_turn(&s.crowd, due - clock_s() > 0.002 ? 1 : 0);
		stage_check_progress(&s);
	}
	cpu = broker_cpu_s(&s.broker) - cpu;
	printf("{\"bench\":\"latency\",\"subs\":8,\"size_bytes\":256,\"messages\":%d,\"published_per_s\":%.0f,\"broker_cpu_us_per_delivery\":%.3f,\"p50_us\":%.0f,"
	       "\"p99_us\":%.0f,\"broker_anon_rss_kib\":%ld}\n",
	       PACED, PACE, cpu * 1e6 / PACED / 8, sample_us(&latency, 50), sample_us(&latency, 99), process_anon_kib(s.broker.pid));
	fflush(stdout);
	all_latencies = false;
	load_free(&load);
	sample_free(&latency);
	stage_close(&s);
}

#define URGENT_EVERY_S 0.01

/* Sends urgent messages at a steady pace while routine ones are on their way. */
static void run_priority(struct stage *s, const char *load_name, uint64_t deliveries, size_t window)
{
	double begin = clock_s(), next = begin + 0.2, end;

	while (s->crowd.delivered < deliveries + urgent.next * (uint64_t)s->subs) {
		stage_pump(s, s->publisher, &load, window);
		if (urgent.next < urgent.n && clock_s() >= next && s->crowd.delivered < deliveries * 9 / 10) {
			next += URGENT_EVERY_S;
			urgent.sent_s[urgent.next] = clock_s();
			peer_publish(s->urgent, lb_buf_data(&urgent.bytes) + urgent.at[urgent.next], urgent.at[urgent.next + 1] - urgent.at[urgent.next]);
			urgent.next++;
		}
		crowd_turn(&s->crowd, load.next < load.n ? 0 : 1);
		stage_check_progress(s);
	}
	end = clock_s();
	printf("{\"bench\":\"priority\",\"load\":\"%s\",\"subs\":%d,\"size_bytes\":256,\"messages\":%llu,\"urgent_messages\":%llu,\"urgent_p50_us\":%.0f,\"urgent_p99_us\":%.0f,"
	       "\"routine_delivered_per_s\":%.0f,\"broker_anon_rss_kib\":%ld}\n",
	       load_name, s->subs, (unsigned long long)load.n, (unsigned long long)urgent.next, sample_us(&urgent_latency, 50), sample_us(&urgent_latency, 99),
	       (double)deliveries / (end - begin), process_anon_kib(s->broker.pid));
	fflush(stdout);
}

static void make_urgent(struct stage *s)
{
	load_make(&urgent, s->broker.folder, "urgent", 2000, 256, LB_LANE_URGENT, 1, 0);
	s->crowd.on_delivery = on_delivery;
}

static void end_priority(struct stage *s)
{
	load_free(&load);
	load_free(&urgent);
	sample_free(&latency);
	sample_free(&urgent_latency);
	stage_close(s);
}

void bench_priority(const char *bin)
{
	struct stage s;

	stage_open(&s, bin, 8);
	load_make(&load, s.broker.folder, "publisher", 1000000, 256, LB_LANE_ROUTINE, 0, 0);
	make_urgent(&s);
	stage_connect(&s);
	run_priority(&s, "saturated", load.n * 8, WINDOW);
	end_priority(&s);

	stage_open(&s, bin, 1);
	load_make(&load, s.broker.folder, "publisher", 1000000, 256, LB_LANE_ROUTINE, 0, 0);
	make_urgent(&s);
	s.publisher = peer_new(&s.crowd, s.publisher_tls, true);
	s.urgent = peer_new(&s.crowd, s.urgent_tls, true);
	stage_wait_open(&s, 2);
	while (s.crowd.accepted < load.n) {
		stage_pump(&s, s.publisher, &load, WINDOW);
		crowd_turn(&s.crowd, 0);
		stage_check_progress(&s);
	}
	stage_connect_sub(&s, 0);
	stage_wait_open(&s, 3);
	run_priority(&s, "backlog", load.n, WINDOW);
	end_priority(&s);
}
