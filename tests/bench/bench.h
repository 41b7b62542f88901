/* The benchmarks: each prints one JSON object a line. */
#ifndef LAGEBUS_TESTS_BENCH_BENCH_H
#define LAGEBUS_TESTS_BENCH_BENCH_H

/* bin: folder of the programs. */
void bench_fanout(const char *bin);
void bench_latency(const char *bin);
void bench_priority(const char *bin);
void bench_catchup(const char *bin);
void bench_growth(const char *bin);
void bench_idle(const char *bin);
void bench_storm(const char *bin);
void bench_agent(const char *bin);

#endif
