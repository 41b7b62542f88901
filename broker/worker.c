/* A worker's loop: sockets, commits, what others tell it, and what is due. */
#include "broker/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/host/log.h"
#include "broker/core/block.h"
#include "broker/core/route.h"
#include "broker/edge/poller.h"
#include "broker/edge/slice.h"
#include "broker/edge/socket.h"
#include "broker/deed_publish.h"
#include "broker/deliver.h"
#include "broker/directory.h"
#include "broker/explain.h"
#include "broker/keeping.h"
#include "broker/mandates.h"
#include "broker/publish.h"
#include "broker/remind.h"
#include "broker/session.h"
#include "broker/wait_ends.h"
#include "broker/worker_state.h"
#include "broker/writer.h"

#define EVENTS 256
#define PACE_MS 1    /* when a publisher that is held back looks again */
#define SLICE_US 500 /* what is urgent must not wait for another thread's long turn */
#define LOOK_US 200  /* in a long round, how often to look at the sockets for what is urgent */
#define CHANNEL_TAG UINT64_MAX

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Others may have told it of an agent that connected to them when it had ended. */
static void close_channel_of(struct worker *w)
{
	struct channel_item item;

	while (channel_receive(w->channel, &item))
		if (item.kind == WORKER_CLOSE)
			free(item.p);
	channel_close(w->channel);
}

static void free_worker(struct worker *w)
{
	deliver_forget(w);
	for (unsigned i = 0; i < LB_LANES; i++) {
		tail_fini(&w->tail[i]);
		if (w->filling[i])
			block_unref(w->filling[i]);
	}
	if (w->reader)
		journal_reader_free(w->reader);
	if (w->router)
		router_free(w->router);
	explain_fini(w);
	if (w->tls)
		lb_tls_unref(w->tls);
	if (w->channel)
		close_channel_of(w);
	if (w->poller >= 0)
		socket_close(w->poller);
	free(w->sessions);
	free(w->free_handles);
	free(w->generations);
	free(w->peers);
	free(w->cipher);
	free(w->plain);
	free(w->scratch);
	lb_buf_fini(&w->record);
	lb_buf_fini(&w->message);
	free(w);
}

static lb_err allocate(struct worker *w)
{
	size_t n = (size_t)w->settings->max_connections;

	w->sessions = calloc(n, sizeof *w->sessions);
	w->free_handles = calloc(n, sizeof *w->free_handles);
	w->generations = calloc(n, sizeof *w->generations);
	w->peers = calloc(w->workers, sizeof *w->peers);
	w->cipher = malloc(CIPHER_SIZE);
	w->plain = malloc(PLAIN_SIZE);
	w->scratch = malloc(FEED_SCRATCH);
	if (!w->sessions || !w->free_handles || !w->generations || !w->peers || !w->cipher || !w->plain || !w->scratch)
		return LB_NO_MEMORY;
	return LB_OK;
}

lb_err worker_new(const struct worker_settings *s, struct worker **out)
{
	struct worker *w = calloc(1, sizeof *w);
	char name[32];
	lb_err e;

	if (!w)
		return LB_NO_MEMORY;
	w->index = s->index;
	w->workers = s->workers;
	w->settings = s->settings;
	w->hub = s->hub;
	w->journal = s->journal;
	w->roster = s->roster;
	w->pace = s->pace;
	w->tick_ms = s->tick_ms > 0 ? s->tick_ms : TICK_MS;
	w->ahead_ms = s->ahead_ms;
	w->tls = lb_tls_ref(s->tls);
	w->router = router_new(s->federation);
	w->poller = poller_new();
	for (unsigned i = 0; i < LB_LANES; i++)
		w->line[i].lane = (enum lb_lane)i;
	for (unsigned i = 0; i < LB_LANES; i++)
		tail_init(&w->tail[i], (size_t)s->settings->tail_bytes / LB_LANES, journal_last(s->journal, i));
	snprintf(name, sizeof name, "worker-%u", s->index);
	e = allocate(w);
	if (e == LB_OK && !w->router)
		e = LB_NO_MEMORY;
	if (e == LB_OK && w->poller < 0)
		e = LB_IO;
	if (e == LB_OK)
		e = journal_reader_new(s->journal, &w->reader);
	if (e == LB_OK)
		e = channel_open(s->hub, name, &w->channel);
	if (e == LB_OK)
		e = poller_add(w->poller, channel_fd(w->channel), CHANNEL_TAG);
	if (e != LB_OK) {
		free_worker(w);
		return e;
	}
	*out = w;
	return LB_OK;
}

static lb_err open_ends(struct worker *w)
{
	lb_err e = channel_end_open(w->hub, "urgent", &w->urgent);

	if (e == LB_OK)
		e = channel_end_open(w->hub, "routine", &w->routine);
	for (unsigned i = 0; e == LB_OK && i < w->workers; i++) {
		char name[32];

		snprintf(name, sizeof name, "worker-%u", i);
		e = channel_end_open(w->hub, name, &w->peers[i]);
	}
	return e;
}

static void close_ends(struct worker *w)
{
	if (w->urgent)
		channel_end_close(w->urgent);
	if (w->routine)
		channel_end_close(w->routine);
	for (unsigned i = 0; i < w->workers; i++)
		if (w->peers[i])
			channel_end_close(w->peers[i]);
}

/* After a commit: whoever it has something for, and whoever was held back. */
static void wake_sessions(struct worker *w)
{
	for (uint32_t i = 0; i < w->used; i++) {
		struct session *s = w->sessions[i];

		if (!s)
			continue;
		if (s->writable && deliver_is_urgent(w, s))
			session_hurry(w, s);
		if ((s->writable && deliver_is_due(w, s)) || (s->readable && !session_is_held(w, s)))
			session_queue(w, s);
	}
}

static void on_commit(struct worker *w, struct commit *c)
{
	for (unsigned i = 0; i < c->blocks_n; i++) {
		struct block *b = c->blocks[i];

		tail_push(&w->tail[b->lane], b);
		deed_committed(w, b);
		if (b->worker == w->index)
			publish_answer(w, b);
	}
	commit_unref(c);
	wake_sessions(w);
}

/* What is in force now counts for live sessions too. */
static void on_reload(struct worker *w, struct reload *r)
{
	publish_flush(w); /* a block is of one federation (eras.h) */
	router_reload(w->router, r->federation);
	lb_tls_unref(w->tls);
	w->tls = r->tls;
	deliver_forget(w);
	for (uint32_t i = 0; i < w->used; i++) {
		struct session *s = w->sessions[i];
		lb_err e;

		if (!s || !s->joined)
			continue;
		e = mandates_read(w, s);
		if (e == LB_OK)
			e = lb_link_recheck(s->link, w->tls);
		if (e != LB_OK)
			session_fail(w, s, e, NULL);
		else if (s->state == SESSION_OPEN && !s->publish_only)
			mandates_note(w, s);
		if (e == LB_OK && s->state == SESSION_OPEN) {
			directory_note(w, s);
			keeping_tell(w, s);
		}
	}
	federation_unref(r->federation);
	free(r);
}

static void on_close(struct worker *w, struct roster_place *place)
{
	struct session *s = session_find(w, place->session, place->generation);

	free(place);
	if (s)
		session_fail(w, s, LB_TAKEN_OVER, NULL);
}

static void on_item(struct worker *w, struct channel_item item)
{
	switch (item.kind) {
	case WRITER_COMMIT:
		on_commit(w, item.p);
		break;
	case WORKER_ARRIVAL:
		session_begin(w, item.p);
		free(item.p);
		break;
	case WORKER_RELOAD:
		on_reload(w, item.p);
		break;
	case WORKER_CLOSE:
		on_close(w, item.p);
		break;
	case WORKER_REMIND:
		remind_tell(w, item.p);
		break;
	case WORKER_DRAIN:
		w->draining = true;
		break;
	case WORKER_STOP:
		w->stopping = true;
		break;
	}
}

static void take_items(struct worker *w)
{
	struct channel_item item;

	while (channel_receive(w->channel, &item))
		on_item(w, item);
}

/* Publishes under way are answered before their session is told to go. */
static void drain(struct worker *w)
{
	for (uint32_t i = 0; i < w->used; i++) {
		struct session *s = w->sessions[i];

		if (s && s->in_flight == 0)
			session_fail(w, s, LB_DRAINING, NULL);
	}
}

static void tick(struct worker *w)
{
	w->next_tick_ms = w->now_ms + w->tick_ms;
	for (uint32_t i = 0; i < w->used; i++)
		if (w->sessions[i])
			session_tick(w, w->sessions[i]);
	publish_tick(w);
	w->quarantined = 0;
	remind_tick(w);
	wait_ends_tick(w);
	if (w->draining)
		drain(w);
}

/* That the channel has something is seen by looking: it is emptied in each turn. */
static void take_events(struct worker *w, int timeout_ms)
{
	struct poller_event e[EVENTS];
	unsigned n = poller_wait(w->poller, e, EVENTS, timeout_ms);

	for (unsigned i = 0; i < n; i++) {
		struct session *s;

		if (e[i].tag == CHANNEL_TAG)
			continue;
		s = session_find(w, (uint32_t)e[i].tag, (uint32_t)(e[i].tag >> 32));
		if (!s)
			continue;
		s->readable |= e[i].readable;
		s->writable |= e[i].writable;
		s->ended |= e[i].ended;
		if ((s->writable && deliver_is_urgent(w, s)) || (s->readable && session_is_quiet(s)))
			session_hurry(w, s);
		session_queue(w, s);
	}
	w->looked_us = clock_us();
}

/* What is urgent waits for the end of one session's turn, never for a round of all. */
static void push_urgent(struct worker *w)
{
	struct session *s;

	if (w->filling[LB_LANE_URGENT])
		publish_flush_lane(w, LB_LANE_URGENT);
	/* Looking into the channel costs a system call; that something urgent was committed shows without. */
	if (journal_last(w->journal, LB_LANE_URGENT) != w->tail[LB_LANE_URGENT].last)
		take_items(w);
	while ((s = line_pop(&w->line[LB_LANE_URGENT])))
		session_push(w, s);
	if (w->filling[LB_LANE_URGENT])
		publish_flush_lane(w, LB_LANE_URGENT);
}

/* Everyone in line gets one turn; who is queued meanwhile gets the next. */
static void serve(struct worker *w)
{
	const struct session *last = w->line[LB_LANE_ROUTINE].tail;
	struct session *s = NULL;

	take_items(w);
	push_urgent(w);
	while (last && s != last) {
		s = line_pop(&w->line[LB_LANE_ROUTINE]);
		session_serve(w, s);
		if (clock_us() - w->looked_us > LOOK_US) {
			take_events(w, 0);
			take_items(w); /* a reload counts for what comes after it */
		}
		push_urgent(w);
	}
}

/* What is behind here, for the publishers everywhere; and the publishers here, if nothing is behind any more. */
static void keep_pace(struct worker *w)
{
	const struct tail *t = &w->tail[LB_LANE_ROUTINE];
	uint64_t oldest = tail_oldest(t), slowest = t->last + 1;

	for (const struct session *s = w->line[LB_LANE_ROUTINE].head; s; s = s->place[LB_LANE_ROUTINE].next) {
		uint64_t next = s->feed.lane[LB_LANE_ROUTINE].next;

		if (next < slowest && next >= oldest && s->writable && deliver_is_due(w, s))
			slowest = next;
	}
	pace_tell(w->pace, w->index, tail_behind(t, slowest));
	if (w->pacing) {
		w->pacing = false;
		wake_sessions(w);
	}
}

/* A turn is short: only after some of them is it time for another thread. */
static void share_core(struct worker *w)
{
	int64_t now_us = clock_us();

	if (now_us - w->slice_us < SLICE_US)
		return;
	slice_yield();
	w->slice_us = clock_us();
}

static void end_sessions(struct worker *w)
{
	for (uint32_t i = 0; i < w->used; i++)
		if (w->sessions[i])
			session_end(w, w->sessions[i]);
	serve(w);
}

static void run(struct worker *w)
{
	take_items(w);
	while (!w->stopping) {
		int64_t wait_ms = w->next_tick_ms - w->now_ms;
		bool busy = w->line[LB_LANE_ROUTINE].head || w->filling[LB_LANE_URGENT] || w->filling[LB_LANE_ROUTINE];

		take_events(w, busy || wait_ms <= 0 ? 0 : w->pacing ? PACE_MS : (int)wait_ms);

		w->now_ms = clock_ms();
		serve(w);
		publish_flush(w);
		keep_pace(w);
		if (busy)
			share_core(w);
		/* A clock that was set back must not stop the ticks. */
		if (w->now_ms >= w->next_tick_ms || w->next_tick_ms - w->now_ms > w->tick_ms)
			tick(w);
	}
}

static void *thread_main(void *p)
{
	struct worker *w = p;
	lb_err e = open_ends(w);

	slice_request(SLICE_US);
	if (e == LB_OK)
		run(w);
	else
		log_event(LOG_ERROR, "worker_failed", "worker=%u reason=%s", w->index, lb_err_token(e));
	take_items(w);
	end_sessions(w);
	close_ends(w);
	return NULL;
}

lb_err worker_run(struct worker *w)
{
	w->now_ms = clock_ms();
	return pthread_create(&w->thread, NULL, thread_main, w) == 0 ? LB_OK : LB_NO_MEMORY;
}

void worker_join(struct worker *w)
{
	pthread_join(w->thread, NULL);
	free_worker(w);
}

const struct metrics *worker_metrics(const struct worker *w)
{
	return &w->metrics;
}

unsigned worker_load(const struct worker *w)
{
	return atomic_load_explicit(&w->load, memory_order_relaxed);
}

void worker_expect(struct worker *w, int change)
{
	atomic_fetch_add_explicit(&w->load, (unsigned)change, memory_order_relaxed);
}
