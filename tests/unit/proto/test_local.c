/* The local socket's client against a ROUTER in the same process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "lagebus/local.h"

#define DEADLINE_MS 5000
#define SENDS_MAX 100000 /* far more than any queue of the client's holds */

struct agent {
	char folder[32], address[64];
	void *context, *router;
};

static void agent_place(struct agent *a)
{
	*a = (struct agent){ .folder = "/tmp/lagebus-local-XXXXXX" };
	assert_non_null(mkdtemp(a->folder));
	snprintf(a->address, sizeof a->address, "ipc://%s/agent.sock", a->folder);
}

static void agent_start(struct agent *a)
{
	int no_linger = 0, deadline = DEADLINE_MS;

	a->context = zmq_ctx_new();
	assert_non_null(a->context);
	a->router = zmq_socket(a->context, ZMQ_ROUTER);
	assert_non_null(a->router);
	assert_int_equal(zmq_setsockopt(a->router, ZMQ_LINGER, &no_linger, sizeof no_linger), 0);
	assert_int_equal(zmq_setsockopt(a->router, ZMQ_RCVTIMEO, &deadline, sizeof deadline), 0);
	assert_int_equal(zmq_bind(a->router, a->address), 0);
}

static void agent_stop(struct agent *a)
{
	char path[64];

	if (a->router) {
		assert_int_equal(zmq_close(a->router), 0);
		assert_int_equal(zmq_ctx_term(a->context), 0);
	}
	snprintf(path, sizeof path, "%s/agent.sock", a->folder);
	unlink(path);
	assert_int_equal(rmdir(a->folder), 0);
}

/* Takes one request, which must be this text, and answers it `times` times with the answer and a number. */
static void agent_answer(struct agent *a, const char *request, const char *answer, unsigned times)
{
	char peer[256], body[64];
	int more, peer_n = zmq_recv(a->router, peer, sizeof peer, 0), n;
	size_t more_n = sizeof more;

	assert_true(peer_n > 0);
	n = zmq_recv(a->router, body, sizeof body, 0);
	assert_int_equal(n, strlen(request));
	assert_memory_equal(body, request, strlen(request));
	/* One frame: no empty delimiter, nothing behind it. */
	assert_int_equal(zmq_getsockopt(a->router, ZMQ_RCVMORE, &more, &more_n), 0);
	assert_false(more);
	for (unsigned i = 0; i < times; i++) {
		n = snprintf(body, sizeof body, "%s%u", answer, i);
		assert_int_equal(zmq_send(a->router, peer, (size_t)peer_n, ZMQ_SNDMORE), peer_n);
		assert_int_equal(zmq_send(a->router, body, (size_t)n, 0), n);
	}
}

static struct lb_local *open_at(const struct agent *a)
{
	struct lb_local *l = NULL;

	assert_int_equal(lb_local_open(a->address, &l), LB_OK);
	assert_non_null(l);
	return l;
}

static void assert_content(const struct lb_buf *b, const char *text)
{
	assert_int_equal(lb_buf_len(b), strlen(text));
	assert_memory_equal(lb_buf_data(b), text, strlen(text));
}

static void test_request_and_replies(void **state)
{
	struct lb_buf reply = LB_BUF_INIT;
	struct lb_local *l;
	struct agent a;

	(void)state;
	agent_place(&a);
	agent_start(&a);
	l = open_at(&a);
	assert_int_equal(lb_local_send(l, "ask", 3), LB_OK);
	agent_answer(&a, "ask", "answer", 2);
	assert_int_equal(lb_local_receive(l, DEADLINE_MS, &reply), LB_OK);
	assert_content(&reply, "answer0");
	/* A second reply is appended to what is there. */
	assert_int_equal(lb_local_receive(l, DEADLINE_MS, &reply), LB_OK);
	assert_content(&reply, "answer0answer1");
	lb_buf_fini(&reply);
	lb_local_close(l);
	agent_stop(&a);
}

static void test_agent_that_starts_later(void **state)
{
	struct lb_buf reply = LB_BUF_INIT;
	struct lb_local *l;
	struct agent a;

	(void)state;
	agent_place(&a);
	l = open_at(&a);
	assert_int_equal(lb_local_send(l, "early", 5), LB_OK);
	agent_start(&a);
	agent_answer(&a, "early", "late", 1);
	assert_int_equal(lb_local_receive(l, DEADLINE_MS, &reply), LB_OK);
	assert_content(&reply, "late0");
	lb_buf_fini(&reply);
	lb_local_close(l);
	agent_stop(&a);
}

static void test_silence_is_a_timeout(void **state)
{
	struct lb_buf reply = LB_BUF_INIT;
	struct lb_local *l;
	struct agent a;

	(void)state;
	agent_place(&a);
	agent_start(&a);
	l = open_at(&a);
	assert_int_equal(lb_buf_append(&reply, "kept", 4), LB_OK);
	assert_int_equal(lb_local_receive(l, 0, &reply), LB_TIMEOUT);
	assert_int_equal(lb_local_receive(l, 10, &reply), LB_TIMEOUT);
	assert_content(&reply, "kept");
	lb_buf_fini(&reply);
	lb_local_close(l);
	agent_stop(&a);
}

/* With no one there the queue fills up to its bound, and closing does not wait for what it holds. */
static void test_queue_is_bounded_and_close_does_not_linger(void **state)
{
	struct timespec from, to;
	unsigned sent = 0;
	struct lb_local *l;
	struct agent a;
	lb_err e;

	(void)state;
	agent_place(&a);
	l = open_at(&a);
	while ((e = lb_local_send(l, "x", 1)) == LB_OK && sent < SENDS_MAX)
		sent++;
	assert_int_equal(e, LB_LIMIT);
	assert_true(sent > 0);
	clock_gettime(CLOCK_MONOTONIC, &from);
	lb_local_close(l);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_true(to.tv_sec - from.tv_sec < DEADLINE_MS / 1000);
	agent_stop(&a);
}

static void test_not_an_address(void **state)
{
	static const char *const bad[] = { "", "agent.sock", "nothing://here", "tcp://127.0.0.1:notaport" };
	struct lb_local *l = NULL;

	(void)state;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(lb_local_open(bad[i], &l), LB_INVALID);
		assert_null(l);
	}
}

static void on_signal(int number)
{
	(void)number;
}

struct pester {
	pthread_t whom;
	int stop_fd;
};

/* A signal that comes before the wait begins is lost: one is sent every few ms until the other side closes the pipe. */
static void *pester_run(void *arg)
{
	struct pester *p = arg;
	zmq_pollitem_t item = { .fd = p->stop_fd, .events = ZMQ_POLLIN };

	while (zmq_poll(&item, 1, 5) <= 0)
		pthread_kill(p->whom, SIGUSR1);
	return NULL;
}

static void test_signal_ends_the_wait(void **state)
{
	struct sigaction action = { .sa_handler = on_signal }, before;
	struct lb_buf reply = LB_BUF_INIT;
	struct pester p = { .whom = pthread_self() };
	struct lb_local *l;
	struct agent a;
	pthread_t thread;
	int ends[2];
	lb_err e;

	(void)state;
	agent_place(&a);
	agent_start(&a);
	l = open_at(&a);
	assert_int_equal(pipe(ends), 0);
	p.stop_fd = ends[0];
	assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
	assert_int_equal(pthread_create(&thread, NULL, pester_run, &p), 0);
	e = lb_local_receive(l, DEADLINE_MS, &reply);
	close(ends[1]);
	pthread_join(thread, NULL);
	sigaction(SIGUSR1, &before, NULL);
	close(ends[0]);
	assert_int_equal(e, LB_CLOSED);
	assert_int_equal(lb_buf_len(&reply), 0);
	lb_local_close(l);
	agent_stop(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_and_replies),
		cmocka_unit_test(test_agent_that_starts_later),
		cmocka_unit_test(test_silence_is_a_timeout),
		cmocka_unit_test(test_queue_is_bounded_and_close_does_not_linger),
		cmocka_unit_test(test_not_an_address),
		cmocka_unit_test(test_signal_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
