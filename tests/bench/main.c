/* lagebus-bench BIN [NAME]: runs the benchmarks, or one. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/bench/bench.h"

static const struct {
	const char *name;
	void (*run)(const char *bin);
} benches[] = {
	{ "fanout", bench_fanout }, { "latency", bench_latency }, { "priority", bench_priority }, { "catchup", bench_catchup },
	{ "growth", bench_growth }, { "idle", bench_idle },       { "storm", bench_storm },       { "agent", bench_agent },
};

int main(int argc, char **argv)
{
	struct rlimit files;
	int ran = 0;

	if (argc < 2) {
		fputs("usage: lagebus-bench FOLDER_OF_PROGRAMS [NAME]\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (unsigned i = 0; i < sizeof benches / sizeof benches[0]; i++)
		if (argc < 3 || strcmp(argv[2], benches[i].name) == 0) {
			benches[i].run(argv[1]);
			ran++;
		}
	if (!ran)
		fprintf(stderr, "there is no benchmark \"%s\"\n", argv[2]);
	return ran ? 0 : 2;
}
