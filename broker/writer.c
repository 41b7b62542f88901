/* The log writer's thread. */
#include "broker/writer.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proto/host/log.h"
#include "broker/append.h"
#include "broker/deadlines.h"
#include "broker/deeds.h"
#include "broker/edge/slice.h"
#include "broker/eras.h"
#include "broker/ledger_write.h"
#include "broker/upkeep.h"
#include "lagebus/failpoint.h"

#define BATCH_BLOCKS 256      /* blocks in one commit */
#define BATCH_NOTES 1024      /* notes in one commit */
#define ALONGSIDE_BYTES 32768 /* of routine in a commit with urgent: enough that it goes on under any load */
#define SLICE_US 100 /* everyone waits for a commit */
#define LARGE_BYTES 65536 /* a commit of routine that took this much is followed by a pause: */
#define PAUSE_MS 2        /* the next one takes more for the same flush, and what is urgent finds the disk free */

struct writer {
	struct writer_settings settings;
	struct channel *urgent, *routine;
	struct channel_end *workers[WRITER_WORKERS_MAX];
	pthread_t thread;
	struct writer_stats stats;
	struct block *blocks[BATCH_BLOCKS];
	struct note *notes[BATCH_NOTES];
	unsigned blocks_n, notes_n;
	struct append append;
	struct eras eras;
	struct upkeep upkeep;
	struct audit *audit;
	bool audit_full; /* it has been logged that an event found no room */
	bool failed; /* the last commit did */
	bool stopping, large; /* large: the last commit was routine alone, and not small */
};

struct note *note_new(enum journal_table table, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct note *n = malloc(sizeof *n + key_n + value_n);

	if (!n)
		return NULL;
	n->table = table;
	n->clears = false;
	n->key_n = (uint32_t)key_n;
	n->value_n = (uint32_t)value_n;
	memcpy(n->bytes, key, key_n);
	memcpy(n->bytes + key_n, value, value_n);
	return n;
}

struct note *note_new_clear(enum journal_table table, const void *from, size_t from_n, const void *to, size_t to_n)
{
	struct note *n = note_new(table, from, from_n, to, to_n);

	if (n)
		n->clears = true;
	return n;
}

void commit_unref(struct commit *c)
{
	if (atomic_fetch_sub_explicit(&c->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (unsigned i = 0; i < c->blocks_n; i++)
		block_unref(c->blocks[i]);
	free(c);
}

static void count(atomic_ullong *stat, unsigned long long n)
{
	atomic_fetch_add_explicit(stat, n, memory_order_relaxed);
}

static int64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void tell(struct writer *w, struct audit_event *event)
{
	lb_err e = audit_add(w->audit, event);

	if (e != LB_OK && !w->audit_full)
		log_event(LOG_ERROR, "audit_full", "reason=%s", lb_err_token(e));
	w->audit_full = e != LB_OK;
	free(event);
}

/* Takes items off a channel until it is empty, the batch is full, or `limit` bytes of blocks are in it. */
static void take(struct writer *w, struct channel *c, uint64_t limit)
{
	struct channel_item item;
	uint64_t bytes = 0;

	while (bytes < limit && w->blocks_n < BATCH_BLOCKS && w->notes_n < BATCH_NOTES && channel_receive(c, &item)) {
		switch (item.kind) {
		case WRITER_BLOCK:
			w->blocks[w->blocks_n++] = item.p;
			bytes += ((struct block *)item.p)->bytes;
			break;
		case WRITER_NOTE:
			w->notes[w->notes_n++] = item.p;
			break;
		case WRITER_EVENT:
			tell(w, item.p);
			break;
		case WRITER_SIGNER:
			audit_sign_with(w->audit, item.p);
			break;
		case WRITER_RETENTION:
			upkeep_keep(&w->upkeep, item.p, clock_us(CLOCK_REALTIME) / 1000);
			free(item.p);
			break;
		case WRITER_STOP:
			w->stopping = true;
			break;
		}
	}
}

static uint64_t bytes_of(const struct writer *w)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < w->blocks_n; i++)
		bytes += w->blocks[i]->bytes;
	return bytes;
}

static uint64_t next_position(const struct writer *w, const struct block *b)
{
	for (unsigned i = w->blocks_n; i-- > 0;)
		if (w->blocks[i] != b && w->blocks[i]->lane == b->lane && w->blocks[i]->count > 0 && w->blocks[i]->first > 0)
			return block_end(w->blocks[i]);
	return journal_last(w->settings.journal, b->lane) + 1;
}

static lb_err write_block(struct writer *w, struct block *b)
{
	uint64_t first = next_position(w, b);
	lb_err e = b->deed ? deeds_do(&w->append, b, first) : append_block(&w->append, b, first);

	/* A block's messages were accepted under one federation: a worker gives its blocks away before it takes over another. */
	if (e == LB_OK && b->count > 0)
		e = eras_note(&w->eras, w->settings.journal, b->lane, first, b->runs[0].route);
	return e == LB_OK && b->awaited ? deadlines_write(w->settings.journal, b) : e;
}

static lb_err write_notes(struct writer *w)
{
	for (unsigned i = 0; i < w->notes_n; i++) {
		const struct note *n = w->notes[i];
		const uint8_t *value = n->bytes + n->key_n;
		lb_err e;

		if (n->table == JOURNAL_LEDGER && !n->clears)
			e = ledger_write(&w->append, n->bytes, n->key_n, value, n->value_n);
		else
			e = (n->clears ? journal_clear : journal_put)(w->settings.journal, n->table, n->bytes, n->key_n, value, n->value_n);
		if (e != LB_OK)
			return e;
	}
	return LB_OK;
}

/* Everything in one transaction, or nothing. */
static lb_err write_batch(struct writer *w, bool blocks)
{
	lb_err e = journal_begin(w->settings.journal);

	if (e != LB_OK)
		return e;
	e = write_notes(w);
	for (unsigned i = 0; blocks && e == LB_OK && i < w->blocks_n; i++)
		e = write_block(w, w->blocks[i]);
	if (e == LB_OK)
		e = audit_write(w->audit, w->blocks, blocks ? w->blocks_n : 0, clock_us(CLOCK_REALTIME) / 1000, w->stopping);
	if (e != LB_OK) {
		journal_abort(w->settings.journal);
		audit_aborted(w->audit);
		eras_abort(&w->eras);
		return e;
	}
	LB_FAIL_POINT("broker-before-commit");
	e = journal_commit(w->settings.journal);
	if (e != LB_OK)
		eras_abort(&w->eras);
	LB_FAIL_POINT("broker-after-commit");
	if (e == LB_OK)
		audit_committed(w->audit);
	else
		audit_aborted(w->audit);
	return e;
}

/* Nothing of the batch is on disk: every publish is refused; the notes alone may still fit. */
static void give_up(struct writer *w, lb_err e)
{
	lb_err reason = e == LB_DISK_FULL ? LB_DISK_FULL : e == LB_NO_MEMORY ? LB_NO_MEMORY : LB_IO;

	log_event(LOG_ERROR, "commit_failed", "reason=%s detail=%s blocks=%u", lb_err_token(e), lb_err_text(e), w->blocks_n);
	for (unsigned i = 0; i < w->blocks_n; i++)
		append_nothing(&w->append, w->blocks[i], reason);
	if (w->notes_n > 0 && w->blocks_n > 0 && write_batch(w, false) != LB_OK)
		log_event(LOG_ERROR, "notes_lost", "notes=%u", w->notes_n);
}

static void refuse_without_room(struct writer *w)
{
	if (w->blocks_n == 0 || journal_has_room(w->settings.journal))
		return;
	for (unsigned i = 0; i < w->blocks_n; i++)
		append_nothing(&w->append, w->blocks[i], LB_DISK_FULL);
}

static void hand_out(struct writer *w)
{
	struct commit *c = malloc(sizeof *c + w->blocks_n * sizeof(struct block *));

	if (!c)
		abort(); /* committed, and no one would ever hear of it: start again from the log */
	atomic_init(&c->refs, w->settings.workers);
	c->blocks_n = w->blocks_n;
	memcpy(c->blocks, w->blocks, w->blocks_n * sizeof(struct block *));
	for (unsigned i = 0; i < w->settings.workers; i++)
		if (channel_send(w->workers[i], (struct channel_item){ WRITER_COMMIT, c }) != LB_OK)
			abort();
}

static void count_batch(struct writer *w, int64_t us)
{
	count(&w->stats.commits, 1);
	count(&w->stats.commit_us, (unsigned long long)us);
	for (unsigned i = 0; i < w->blocks_n; i++) {
		count(&w->stats.messages, w->blocks[i]->count);
		count(&w->stats.bytes, w->blocks[i]->bytes);
		/* What waits for a second person is neither in the log nor refused. */
		if (!w->blocks[i]->deed)
			count(&w->stats.refused, w->blocks[i]->publishes_n - w->blocks[i]->count);
	}
}

static void commit_batch(struct writer *w)
{
	int64_t begin = clock_us(CLOCK_MONOTONIC);
	lb_err e;

	refuse_without_room(w);
	e = write_batch(w, true);
	if (e != LB_OK)
		give_up(w, e);
	count_batch(w, clock_us(CLOCK_MONOTONIC) - begin);
	if (w->blocks_n > 0)
		hand_out(w);
	for (unsigned i = 0; i < w->notes_n; i++)
		free(w->notes[i]);
	w->blocks_n = w->notes_n = 0;
	w->failed = e != LB_OK;
}

/* Waits until there is something to commit, and takes it. */
static void gather(struct writer *w)
{
	struct channel *const both[] = { w->urgent, w->routine };
	unsigned urgent;
	uint64_t bytes;

	if (w->large && !w->stopping)
		channel_wait(&w->urgent, 1, PAUSE_MS);
	if (!w->stopping)
		channel_wait(both, 2, UPKEEP_EVERY_MS);
	take(w, w->urgent, UINT64_MAX);
	urgent = w->blocks_n;
	/* What is urgent waits for its own commit only, not for that of a load of routine. */
	take(w, w->routine, urgent > 0 ? ALONGSIDE_BYTES : w->settings.commit_bytes);
	/* A full one leaves something behind: that has waited already. */
	bytes = bytes_of(w);
	w->large = urgent == 0 && bytes >= LARGE_BYTES && bytes < w->settings.commit_bytes;
}

static void *thread_main(void *p)
{
	struct writer *w = p;

	slice_request(SLICE_US);
	for (;;) {
		bool given, due;

		gather(w);
		given = w->blocks_n > 0 || w->notes_n > 0;
		due = given || audit_is_due(w->audit, clock_us(CLOCK_REALTIME) / 1000, w->stopping);
		/* A disk that takes nothing any more does not take the end of the audit either. */
		if (w->stopping && (!due || (w->failed && !given)))
			break;
		if (due)
			commit_batch(w);
		upkeep_turn(&w->upkeep, clock_us(CLOCK_REALTIME) / 1000);
	}
	return NULL;
}

static void close_channel(struct channel *c)
{
	struct channel_item item;

	while (channel_receive(c, &item)) {
		if (item.kind == WRITER_BLOCK)
			block_unref(item.p);
		else if (item.kind == WRITER_SIGNER)
			lb_signer_free(item.p);
		else
			free(item.p);
	}
	channel_close(c);
}

void writer_free(struct writer *w)
{
	for (unsigned i = 0; i < w->settings.workers; i++)
		if (w->workers[i])
			channel_end_close(w->workers[i]);
	if (w->urgent)
		close_channel(w->urgent);
	if (w->routine)
		close_channel(w->routine);
	if (w->audit)
		audit_close(w->audit);
	eras_fini(&w->eras);
	append_fini(&w->append);
	free(w);
}

lb_err writer_start(const struct writer_settings *s, struct writer **out)
{
	struct writer *w = s->workers <= WRITER_WORKERS_MAX ? calloc(1, sizeof *w) : NULL;
	struct retention defaults;
	lb_err e;

	if (!w)
		return LB_NO_MEMORY;
	w->settings = *s;
	w->append.journal = s->journal;
	retention_init(&defaults);
	w->upkeep = (struct upkeep){ .append = &w->append, .eras = &w->eras, .retention_ms = s->retention_ms,
		                     .audit_retention_ms = s->audit_retention_ms, .dropped = &w->stats.dropped };
	e = upkeep_open(&w->upkeep, s->keep ? s->keep : &defaults);
	if (e == LB_OK)
		e = audit_open(s->journal, &w->audit);
	w->append.audit = w->audit;
	if (e == LB_OK)
		e = eras_init(&w->eras, s->journal);
	if (e == LB_OK)
		e = deeds_begin(&w->append);
	if (e == LB_OK)
		e = channel_open(s->hub, "urgent", &w->urgent);
	if (e == LB_OK)
		e = channel_open(s->hub, "routine", &w->routine);
	for (unsigned i = 0; e == LB_OK && i < s->workers; i++) {
		char name[32];

		snprintf(name, sizeof name, "worker-%u", i);
		e = channel_end_open(s->hub, name, &w->workers[i]);
	}
	if (e == LB_OK && pthread_create(&w->thread, NULL, thread_main, w) != 0)
		e = LB_NO_MEMORY;
	if (e != LB_OK) {
		writer_free(w);
		return e;
	}
	*out = w;
	return LB_OK;
}

void writer_join(struct writer *w)
{
	pthread_join(w->thread, NULL);
}

const struct writer_stats *writer_stats(const struct writer *w)
{
	return &w->stats;
}
