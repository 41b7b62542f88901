/* The door: accepting connections and TLS handshakes. */
#include "broker/door.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/host/log.h"
#include "broker/edge/poller.h"
#include "broker/edge/socket.h"

#define ACCEPTS_AT_ONCE 64
#define EVENTS 128
#define LISTENING_TAG UINT64_MAX
#define TICK_MS 250
#define READ_SIZE (64 * 1024)

/* A connection that is not yet a session. */
struct guest {
	int fd;
	struct lb_link *link;
	int64_t since_ms;
	char address[SOCKET_ADDRESS];
};

struct door_thread {
	struct door *door;
	pthread_t thread;
	bool started;
	int poller;
	struct channel_end **workers;
	struct guest **guests; /* by handle; NULL is free */
	uint32_t guests_max, used;
	uint8_t *bytes, *plain; /* read, and decrypted */
	int64_t now_ms, next_tick_ms;
	struct metrics metrics;
};

struct door {
	const struct settings *settings;
	struct channel_hub *hub;
	struct worker *const *workers;
	unsigned workers_n, threads_n, port;
	struct roster *roster;
	int listening;
	atomic_bool stopping;
	pthread_mutex_t lock; /* over tls */
	struct lb_tls *tls;
	struct door_thread *threads;
};

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct lb_tls *take_tls(struct door *d)
{
	struct lb_tls *tls;

	pthread_mutex_lock(&d->lock);
	tls = lb_tls_ref(d->tls);
	pthread_mutex_unlock(&d->lock);
	return tls;
}

static void remove_guest(struct door_thread *t, uint32_t handle)
{
	t->guests[handle] = NULL;
	while (t->used > 0 && !t->guests[t->used - 1])
		t->used--;
}

/* Sends what it can of the output: the alert, when the handshake failed. */
static void send_output(struct guest *g)
{
	struct lb_buf *out = lb_link_output(g->link);
	size_t sent;

	while (lb_buf_len(out) > 0 && socket_send(g->fd, lb_buf_data(out), lb_buf_len(out), &sent) == LB_OK)
		lb_link_output_sent(g->link, sent);
}

static void dismiss(struct door_thread *t, uint32_t handle, lb_err reason)
{
	struct guest *g = t->guests[handle];

	metric_add(&t->metrics.handshakes_failed, 1);
	log_event(LOG_WARN, "handshake_failed", "address=%s reason=%s detail=%s", g->address, lb_err_token(reason), lb_err_text(reason));
	send_output(g);
	remove_guest(t, handle);
	poller_remove(t->poller, g->fd);
	socket_close(g->fd);
	lb_link_free(g->link);
	roster_dismiss(t->door->roster);
	free(g);
}

static unsigned least_busy(const struct door *d)
{
	unsigned best = 0;

	for (unsigned i = 1; i < d->workers_n; i++)
		if (worker_load(d->workers[i]) < worker_load(d->workers[best]))
			best = i;
	return best;
}

/* What the peer said right behind its handshake goes along; most say nothing before they have heard the broker. */
static lb_err read_early(struct door_thread *t, struct guest *g, struct lb_buf *input)
{
	size_t got;
	lb_err e = LB_OK;

	while (e == LB_OK) {
		e = lb_link_read(g->link, t->plain, READ_SIZE, &got);
		if (e == LB_OK)
			e = lb_buf_append(input, t->plain, got);
	}
	return e;
}

static lb_err hand_over(struct door_thread *t, struct arrival *a)
{
	unsigned least = least_busy(t->door);
	lb_err e;

	worker_expect(t->door->workers[least], 1);
	e = channel_send(t->workers[least], (struct channel_item){ WORKER_ARRIVAL, a });
	if (e != LB_OK)
		worker_expect(t->door->workers[least], -1);
	return e;
}

static void let_in(struct door_thread *t, uint32_t handle)
{
	struct guest *g = t->guests[handle];
	struct arrival *a = calloc(1, sizeof *a);
	lb_err e = a ? read_early(t, g, &a->input) : LB_NO_MEMORY;
	bool resumed = lb_link_resumed(g->link); /* once it is handed over, the link is the worker's */

	if (e == LB_AGAIN) {
		a->fd = g->fd;
		a->link = g->link;
		snprintf(a->address, sizeof a->address, "%s", g->address);
		poller_remove(t->poller, g->fd);
		e = hand_over(t, a);
	}
	if (e != LB_OK) {
		if (a)
			lb_buf_fini(&a->input);
		free(a);
		dismiss(t, handle, e);
		return;
	}
	metric_add(&t->metrics.handshakes, 1);
	if (resumed)
		metric_add(&t->metrics.handshakes_resumed, 1);
	remove_guest(t, handle);
	free(g);
}

static void on_guest(struct door_thread *t, uint32_t handle)
{
	struct guest *g = t->guests[handle];

	for (;;) {
		size_t got;
		lb_err e = socket_receive(g->fd, t->bytes, READ_SIZE, &got);

		if (e == LB_AGAIN)
			break;
		if (e == LB_OK) {
			lb_link_feed(g->link, t->bytes, got);
			e = lb_link_handshake(g->link);
		}
		if (e == LB_OK) {
			let_in(t, handle);
			return;
		}
		if (e != LB_AGAIN) {
			dismiss(t, handle, e);
			return;
		}
	}
	send_output(g);
}

static bool free_slot(const struct door_thread *t, uint32_t *handle)
{
	for (uint32_t i = 0; i < t->guests_max; i++)
		if (!t->guests[i]) {
			*handle = i;
			return true;
		}
	return false;
}

static struct guest *make_guest(struct door_thread *t, int fd, const char *address)
{
	struct guest *g = calloc(1, sizeof *g);
	struct lb_tls *tls = take_tls(t->door);

	if (g)
		g->link = lb_link_new(tls, NULL);
	lb_tls_unref(tls);
	if (!g || !g->link) {
		free(g);
		return NULL;
	}
	g->fd = fd;
	g->since_ms = t->now_ms;
	snprintf(g->address, sizeof g->address, "%s", address);
	return g;
}

static void welcome(struct door_thread *t, int fd, const char *address)
{
	struct guest *g = NULL;
	uint32_t handle;

	if (!free_slot(t, &handle) || !roster_admit(t->door->roster)) {
		metric_add(&t->metrics.connections_refused, 1);
		log_event(LOG_WARN, "connection_refused", "address=%s reason=%s", address, lb_err_token(LB_LIMIT));
		socket_close(fd);
		return;
	}
	g = make_guest(t, fd, address);
	if (!g || poller_add(t->poller, fd, handle) != LB_OK) {
		log_event(LOG_ERROR, "connection_refused", "address=%s reason=%s", address, lb_err_token(LB_NO_MEMORY));
		if (g)
			lb_link_free(g->link);
		free(g);
		socket_close(fd);
		roster_dismiss(t->door->roster);
		return;
	}
	t->guests[handle] = g;
	if (handle >= t->used)
		t->used = handle + 1;
}

static void accept_some(struct door_thread *t)
{
	for (unsigned i = 0; i < ACCEPTS_AT_ONCE; i++) {
		char address[SOCKET_ADDRESS];
		int fd;
		lb_err e = socket_accept(t->door->listening, &fd, address);

		if (e == LB_LIMIT)
			log_event(LOG_ERROR, "accept_failed", "reason=%s detail=%s", lb_err_token(e), "no descriptors left: raise LimitNOFILE");
		if (e != LB_OK)
			return;
		welcome(t, fd, address);
	}
}

static void tick(struct door_thread *t)
{
	t->next_tick_ms = t->now_ms + TICK_MS;
	for (uint32_t i = 0; i < t->used; i++)
		if (t->guests[i] && t->now_ms - t->guests[i]->since_ms > t->door->settings->handshake_s * 1000)
			dismiss(t, i, LB_TIMEOUT);
}

static void *thread_main(void *p)
{
	struct door_thread *t = p;

	while (!atomic_load(&t->door->stopping)) {
		struct poller_event e[EVENTS];
		unsigned n = poller_wait(t->poller, e, EVENTS, TICK_MS);
		bool listening = false;

		t->now_ms = clock_ms();
		for (unsigned i = 0; i < n; i++) {
			if (e[i].tag == LISTENING_TAG)
				listening = true;
			else if (e[i].tag < t->guests_max && t->guests[e[i].tag])
				on_guest(t, (uint32_t)e[i].tag);
		}
		/* Last, so that a handle is not used again while events of its former guest are still in the list. */
		if (listening)
			accept_some(t);
		if (t->now_ms >= t->next_tick_ms)
			tick(t);
	}
	for (uint32_t i = t->used; i-- > 0;)
		if (t->guests[i])
			dismiss(t, i, LB_DRAINING);
	for (unsigned i = 0; i < t->door->workers_n; i++)
		if (t->workers[i])
			channel_end_close(t->workers[i]);
	return NULL;
}

static void free_door(struct door *d)
{
	for (unsigned i = 0; i < d->threads_n; i++) {
		struct door_thread *t = &d->threads[i];

		if (t->poller >= 0)
			socket_close(t->poller);
		free(t->workers);
		free(t->guests);
		free(t->bytes);
		free(t->plain);
	}
	if (d->listening >= 0)
		socket_close(d->listening);
	lb_tls_unref(d->tls);
	pthread_mutex_destroy(&d->lock);
	free(d->threads);
	free(d);
}

static lb_err prepare(struct door *d, struct door_thread *t)
{
	lb_err e = LB_OK;

	t->door = d;
	t->guests_max = ((uint32_t)d->settings->max_handshakes + d->threads_n - 1) / d->threads_n;
	t->workers = calloc(d->workers_n, sizeof *t->workers);
	t->guests = calloc(t->guests_max, sizeof(struct guest *));
	t->bytes = malloc(READ_SIZE);
	t->plain = malloc(READ_SIZE);
	if (!t->workers || !t->guests || !t->bytes || !t->plain)
		return LB_NO_MEMORY;
	t->poller = poller_new();
	if (t->poller < 0)
		return LB_IO;
	for (unsigned i = 0; e == LB_OK && i < d->workers_n; i++) {
		char name[32];

		snprintf(name, sizeof name, "worker-%u", i);
		e = channel_end_open(d->hub, name, &t->workers[i]);
	}
	return e != LB_OK ? e : poller_add_listening(t->poller, d->listening, LISTENING_TAG);
}

static void end_threads(struct door *d)
{
	atomic_store(&d->stopping, true);
	for (unsigned i = 0; i < d->threads_n; i++)
		if (d->threads[i].started)
			pthread_join(d->threads[i].thread, NULL);
}

lb_err door_start(const struct door_settings *s, struct door **out, char *why, size_t why_n)
{
	struct door *d = calloc(1, sizeof *d);
	lb_err e;

	if (!d)
		return LB_NO_MEMORY;
	d->settings = s->settings;
	d->hub = s->hub;
	d->workers = s->workers;
	d->workers_n = s->workers_n;
	d->roster = s->roster;
	d->tls = lb_tls_ref(s->tls);
	d->listening = -1;
	pthread_mutex_init(&d->lock, NULL);
	d->threads = calloc((size_t)s->settings->door_threads, sizeof *d->threads);
	d->threads_n = d->threads ? (unsigned)s->settings->door_threads : 0;
	for (unsigned i = 0; i < d->threads_n; i++)
		d->threads[i].poller = -1;
	snprintf(why, why_n, "%s", lb_err_text(LB_NO_MEMORY));
	e = d->threads ? socket_listen(s->settings->listen, &d->listening, &d->port, why, why_n) : LB_NO_MEMORY;
	for (unsigned i = 0; e == LB_OK && i < d->threads_n; i++) {
		e = prepare(d, &d->threads[i]);
		if (e == LB_OK && pthread_create(&d->threads[i].thread, NULL, thread_main, &d->threads[i]) != 0)
			e = LB_NO_MEMORY;
		d->threads[i].started = e == LB_OK;
	}
	if (e != LB_OK) {
		end_threads(d);
		free_door(d);
		return e;
	}
	*out = d;
	return LB_OK;
}

unsigned door_port(const struct door *d)
{
	return d->port;
}

void door_reload(struct door *d, struct lb_tls *tls)
{
	struct lb_tls *former;

	pthread_mutex_lock(&d->lock);
	former = d->tls;
	d->tls = lb_tls_ref(tls);
	pthread_mutex_unlock(&d->lock);
	lb_tls_unref(former);
}

void door_stop(struct door *d)
{
	end_threads(d);
	free_door(d);
}

const struct metrics *door_metrics(const struct door *d, unsigned thread)
{
	return &d->threads[thread].metrics;
}

unsigned door_threads(const struct door *d)
{
	return d->threads_n;
}
