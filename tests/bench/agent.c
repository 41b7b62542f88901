/* agent: a whole agent's intake, and its memory when idle. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lagebus/local.h"
#include "proto/local.pb-c.h"
#include "tests/bench/bench.h"
#include "tests/bench/pki.h"
#include "tests/bench/stage.h"

#define MESSAGES 60000
#define WINDOW (4 * 1024 * 1024)

static pid_t start_agent(struct stage *s, const char *bin, char address[300])
{
	char path[300], program[300], log[300];
	FILE *f;

	pki_issue(s->broker.pki, "whole", "de-p0", "whole", 0);
	snprintf(address, 300, "ipc://%s/run/agent.sock", s->broker.folder);
	snprintf(path, sizeof path, "%s/agent.conf", s->broker.folder);
	f = fopen(path, "we");
	if (!f)
		exit(1);
	fprintf(f, "brokers = ( \"127.0.0.1:%u\" );\ncertificate = \"%s/whole.pem\";\nkey = \"%s/whole.key\";\nca = \"%s/ca.pem\";\ndata = \"%s/agent\";\nlocal = \"%s\";\n",
	        s->broker.port, s->broker.folder, s->broker.folder, s->broker.folder, s->broker.folder, address);
	fclose(f);
	snprintf(program, sizeof program, "%s/lagebus-agent", bin);
	snprintf(log, sizeof log, "%s/agent.log", s->broker.folder);
	return process_start(program, "--config", path, log);
}

/* How many messages stand in the agent's inbox; -1: it does not answer yet. */
static long inbox_count(struct lb_local *l)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;
	Lagebus__Reply *reply;
	struct lb_buf bytes = LB_BUF_INIT;
	uint8_t packed[64];
	long n = -1;

	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	if (lb_local_send(l, packed, lagebus__request__pack(&request, packed)) == LB_OK && lb_local_receive(l, 2000, &bytes) == LB_OK) {
		reply = lagebus__reply__unpack(NULL, lb_buf_len(&bytes), lb_buf_data(&bytes));
		if (reply && reply->body_case == LAGEBUS__REPLY__BODY_STATUS && reply->status->broker[0])
			n = (long)reply->status->inbox;
		if (reply)
			lagebus__reply__free_unpacked(reply, NULL);
	}
	lb_buf_fini(&bytes);
	return n;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

void bench_agent(const char *bin)
{
	char address[300];
	struct lb_local *local;
	struct stage s;
	struct load l;
	double begin, end, until;
	long idle_kib, before, have = 0;
	pid_t agent;

	stage_open(&s, bin, 0);
	load_make(&l, s.broker.folder, "publisher", MESSAGES, 256, LB_LANE_ROUTINE, 1, 0);
	s.publisher = peer_new(&s.crowd, s.publisher_tls, true);
	stage_wait_open(&s, 1);
	agent = start_agent(&s, bin, address);
	if (lb_local_open(address, &local) != LB_OK)
		exit(1);
	for (until = clock_s() + 10; (before = inbox_count(local)) < 0 && clock_s() < until;)
		pause_ms(20);
	pause_ms(500);
	idle_kib = process_rss_kib(agent);
	begin = clock_s();
	for (until = begin + 120; have < MESSAGES && clock_s() < until;) {
		stage_pump(&s, s.publisher, &l, WINDOW);
		crowd_turn(&s.crowd, l.next < l.n ? 1 : 20);
		if (l.next == l.n && s.crowd.accepted == MESSAGES)
			have = inbox_count(local);
	}
	end = clock_s();
	printf("{\"bench\":\"agent\",\"size_bytes\":256,\"messages\":%ld,\"intake_per_s\":%.0f,\"idle_rss_kib\":%ld,\"rss_kib\":%ld}\n", have, (double)have / (end - begin),
	       idle_kib, process_rss_kib(agent));
	fflush(stdout);
	lb_local_close(local);
	process_stop(agent);
	load_free(&l);
	stage_close(&s);
	(void)before;
}
