/* The shipped broker under load. */
#include "tests/bench/broker.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/pki.h"

#define START_S 10.0

double clock_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

pid_t process_start(const char *program, const char *option, const char *value, const char *log)
{
	pid_t pid = fork();
	int fd;

	if (pid < 0)
		fail("fork");
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* whatever becomes of us, it does not stay */
	fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(fd, 2);
	execl(program, program, option, value, (char *)NULL);
	_exit(127);
}

void process_stop(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static void write_configuration(const struct broker *b)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof path, "%s/lagebusd.conf", b->folder);
	f = fopen(path, "we");
	if (!f)
		fail(path);
	fprintf(f, "listen = \"127.0.0.1:0\";\ndata = \"%s/log\";\ncertificate = \"%s/broker.pem\";\nkey = \"%s/broker.key\";\nca = \"%s/ca.pem\";\n"
		   "federation = \"%s/federation.conf\";\nlog_level = \"info\";\n",
	        b->folder, b->folder, b->folder, b->folder, b->folder);
	fclose(f);
	snprintf(path, sizeof path, "%s/federation.conf", b->folder);
	f = fopen(path, "we");
	if (!f)
		fail(path);
	fprintf(f, "trust_domain = \"" PKI_TRUST_DOMAIN "\";\npartners = (\n{ id = \"bund-bsi\"; name = \"coordinator\"; role = \"coordinator\"; areas = [ \"all\" ]; }");
	for (int i = 0; i < BROKER_PARTNERS; i++)
		fprintf(f, ",\n{ id = \"de-p%d\"; name = \"partner %d\"; role = \"state\"; areas = [ \"all\" ]; }", i, i);
	fprintf(f, "\n);\n");
	fclose(f);
}

/* The port in the broker's first words. */
static unsigned wait_for_port(struct broker *b, const char *log)
{
	double until = clock_s() + START_S;
	char line[1024], *port;

	while (clock_s() < until && waitpid(b->pid, NULL, WNOHANG) == 0) {
		FILE *f = fopen(log, "re");

		while (f && fgets(line, sizeof line, f))
			if (strstr(line, "event=listening") && (port = strstr(line, "port="))) {
				fclose(f);
				return (unsigned)atoi(port + 5);
			}
		if (f)
			fclose(f);
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	}
	fprintf(stderr, "bench: the broker does not start; it says:\n");
	execlp("tail", "tail", log, (char *)NULL);
	exit(1);
}

void broker_start(struct broker *b, const char *bin)
{
	char program[300], config[300], log[300];
	const char *base = getenv("BENCH_DIR");

	snprintf(b->folder, sizeof b->folder, "%s/lagebus-bench.XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(b->folder))
		fail(b->folder);
	b->pki = pki_new(b->folder);
	pki_issue(b->pki, "broker", "bund-bsi", "broker", 1);
	write_configuration(b);
	snprintf(program, sizeof program, "%s/lagebusd", bin);
	snprintf(config, sizeof config, "%s/lagebusd.conf", b->folder);
	snprintf(log, sizeof log, "%s/broker.log", b->folder);
	b->pid = process_start(program, "--config", config, log);
	b->port = wait_for_port(b, log);
}

void broker_stop(struct broker *b)
{
	pid_t rm;

	process_stop(b->pid);
	pki_free(b->pki);
	if (getenv("BENCH_KEEP")) {
		fprintf(stderr, "bench: kept %s\n", b->folder);
		return;
	}
	rm = fork();
	if (rm == 0) {
		execlp("rm", "rm", "-rf", b->folder, (char *)NULL);
		_exit(127);
	}
	waitpid(rm, NULL, 0);
}

double broker_cpu_s(const struct broker *b)
{
	struct timespec t;
	clockid_t id;

	if (clock_getcpuclockid(b->pid, &id) != 0 || clock_gettime(id, &t) != 0)
		fail("the broker has ended");
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long status_kib(pid_t pid, const char *key)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, key, strlen(key)) == 0)
			kib = atol(line + strlen(key));
	if (f)
		fclose(f);
	return kib;
}

long process_anon_kib(pid_t pid)
{
	return status_kib(pid, "RssAnon:");
}

long process_rss_kib(pid_t pid)
{
	return status_kib(pid, "VmRSS:");
}
