/* The writer between channels and the log: what is handed out is on disk, repeats, refusals, order, notes, retention. */
#include "tests/unit/broker/fixture.h"

#include <poll.h>
#include <stdlib.h>

#include "broker/core/ledger.h"
#include "broker/writer.h"
#include "tests/kit/credentials.h"

#define WORKERS 2

static struct {
	char folder[64];
	struct channel_hub *hub;
	struct channel *worker[WORKERS];
	struct channel_end *urgent, *routine;
	struct journal *journal;
	struct writer *writer;
	struct router *router;
} t;

static void start(uint64_t map_bytes, uint64_t low_water, uint64_t commit_bytes, int64_t retention_ms)
{
	struct journal_settings s = { .folder = t.folder, .map_bytes = map_bytes, .low_water_bytes = low_water };
	struct writer_settings w = { .workers = WORKERS, .commit_bytes = commit_bytes, .retention_ms = retention_ms };
	char why[400] = "";

	t.hub = channel_hub_new();
	assert_non_null(t.hub);
	assert_int_equal(channel_open(t.hub, "worker-0", &t.worker[0]), LB_OK);
	assert_int_equal(channel_open(t.hub, "worker-1", &t.worker[1]), LB_OK);
	assert_int_equal(journal_open(&s, &t.journal, why, sizeof why), LB_OK);
	w.hub = t.hub;
	w.journal = t.journal;
	assert_int_equal(writer_start(&w, &t.writer), LB_OK);
	assert_int_equal(channel_end_open(t.hub, "urgent", &t.urgent), LB_OK);
	assert_int_equal(channel_end_open(t.hub, "routine", &t.routine), LB_OK);
}

static void start_plainly(void)
{
	start(1u << 30, 0, 1 << 20, 0);
}

static void end_writer(void)
{
	assert_int_equal(channel_send(t.routine, (struct channel_item){ WRITER_STOP, NULL }), LB_OK);
	writer_join(t.writer);
}

static void close_all(void)
{
	struct channel_item item;

	for (unsigned i = 0; i < WORKERS; i++) {
		while (channel_receive(t.worker[i], &item))
			commit_unref(item.p);
		channel_close(t.worker[i]);
	}
	channel_end_close(t.urgent);
	channel_end_close(t.routine);
	writer_free(t.writer);
	journal_close(t.journal);
	channel_hub_free(t.hub);
}

static void stop(void)
{
	end_writer();
	close_all();
}

static struct block *block_of(enum lb_lane lane, const uint8_t *ids, unsigned n, size_t payload_n)
{
	struct block *b = block_new(lane, 0);

	for (unsigned i = 0; i < n; i++)
		fixture_append(b, t.router, ids[i], "all", payload_n, 0);
	return b;
}

/* Sends the block; one more reference stays with the caller, who may look at it once it is handed out. */
static struct block *send_block(struct block *b)
{
	struct channel_end *to = b->lane == LB_LANE_URGENT ? t.urgent : t.routine;

	assert_int_equal(channel_send(to, (struct channel_item){ WRITER_BLOCK, block_ref(b) }), LB_OK);
	return b;
}

static struct block *send_one(enum lb_lane lane, uint8_t id, size_t payload_n)
{
	return send_block(block_of(lane, &id, 1, payload_n));
}

/* The next commit that a worker gets; to be given back. */
static struct commit *next_commit(unsigned worker)
{
	struct channel_item item;

	while (!channel_receive(t.worker[worker], &item))
		assert_true(channel_wait(&t.worker[worker], 1, 20000));
	assert_int_equal(item.kind, WRITER_COMMIT);
	return item.p;
}

/* Waits until both workers have got the block. */
static void wait_for(const struct block *b)
{
	for (unsigned i = 0; i < WORKERS; i++) {
		bool found = false;

		while (!found) {
			struct commit *c = next_commit(i);

			for (unsigned k = 0; k < c->blocks_n; k++)
				found |= c->blocks[k] == b;
			commit_unref(c);
		}
	}
}

static void assert_stored(const struct block *b)
{
	struct journal_reader *r;
	struct lb_buf record = LB_BUF_INIT;
	uint8_t *expected = malloc(block_record_size(b));
	uint64_t first = 0;

	assert_int_equal(journal_reader_new(t.journal, &r), LB_OK);
	assert_int_equal(journal_read(r, b->lane, b->first, &record, &first), LB_OK);
	assert_true(first == b->first);
	block_record_write(b, expected);
	assert_int_equal(lb_buf_len(&record), block_record_size(b));
	assert_memory_equal(lb_buf_data(&record), expected, lb_buf_len(&record));
	free(expected);
	lb_buf_fini(&record);
	journal_reader_free(r);
}

static void assert_results(const struct block *b, const lb_err *results)
{
	for (uint32_t i = 0; i < b->publishes_n; i++)
		assert_int_equal(b->publishes[i].result, results[i]);
}

static void what_is_handed_out_is_on_disk(void **state)
{
	static const uint8_t ids[] = { 1, 2, 3 };
	static const lb_err ok[] = { LB_OK, LB_OK, LB_OK };

	(void)state;
	start_plainly();
	for (uint64_t first = 1; first <= 1 + 3 * 2; first += 3) {
		const uint8_t later[] = { (uint8_t)(ids[0] + 10 * first), (uint8_t)(ids[1] + 10 * first), (uint8_t)(ids[2] + 10 * first) };
		struct block *b = send_block(block_of(LB_LANE_ROUTINE, later, 3, 100));

		wait_for(b);
		assert_true(b->first == first);
		assert_true(journal_last(t.journal, LB_LANE_ROUTINE) >= block_end(b) - 1);
		assert_results(b, ok);
		assert_stored(b);
		block_unref(b);
	}
	assert_int_equal(journal_last(t.journal, LB_LANE_URGENT), 0);
	stop();
}

static void a_repeat_within_a_block_is_stored_once(void **state)
{
	static const uint8_t ids[] = { 5, 6, 5, 5, 7 };
	static const lb_err ok[] = { LB_OK, LB_OK, LB_OK, LB_OK, LB_OK };
	struct block *b;

	(void)state;
	start_plainly();
	b = send_block(block_of(LB_LANE_ROUTINE, ids, 5, 10));
	wait_for(b);
	assert_results(b, ok);
	assert_int_equal(b->count, 3);
	assert_int_equal(journal_last(t.journal, LB_LANE_ROUTINE), 3);
	assert_stored(b);
	block_unref(b);
	stop();
}

static void other_bytes_under_an_id_are_refused_within_a_block(void **state)
{
	static const lb_err results[] = { LB_OK, LB_ID_REUSED, LB_OK, LB_OK };
	struct block *b = block_new(LB_LANE_ROUTINE, 0);

	(void)state;
	start_plainly();
	fixture_append(b, t.router, 5, "all", 10, 0);
	fixture_append(b, t.router, 5, "all", 11, 0);
	fixture_append(b, t.router, 6, "all", 10, 0);
	fixture_append(b, t.router, 5, "all", 10, 0);
	send_block(b);
	wait_for(b);
	assert_results(b, results);
	assert_int_equal(b->count, 2);
	assert_int_equal(block_end(b), 3);
	assert_stored(b);
	block_unref(b);
	stop();
}

/* In one batch or in two, as it happens: the answers are the same. */
static void repeats_in_later_blocks_are_stored_once(void **state)
{
	struct block *same[20], *other, *urgent;
	uint64_t stored = 0;

	(void)state;
	start_plainly();
	for (unsigned i = 0; i < 20; i++)
		same[i] = send_one(LB_LANE_ROUTINE, 9, 500);
	other = send_one(LB_LANE_ROUTINE, 9, 501);
	wait_for(other);
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(same[i]->publishes[0].result, LB_OK);
		stored += same[i]->count;
		block_unref(same[i]);
	}
	assert_int_equal(stored, 1);
	assert_int_equal(other->publishes[0].result, LB_ID_REUSED);
	assert_int_equal(other->count, 0);
	block_unref(other);
	/* In the other lane its header differs. */
	urgent = send_one(LB_LANE_URGENT, 9, 500);
	wait_for(urgent);
	assert_int_equal(urgent->publishes[0].result, LB_ID_REUSED);
	block_unref(urgent);
	assert_int_equal(journal_last(t.journal, LB_LANE_ROUTINE), 1);
	assert_int_equal(journal_last(t.journal, LB_LANE_URGENT), 0);
	stop();
}

static void repeats_are_known_after_a_restart(void **state)
{
	struct block *b;

	(void)state;
	start_plainly();
	b = send_one(LB_LANE_URGENT, 3, 50);
	block_unref(b);
	stop(); /* what was sent before the end is committed */
	start_plainly();
	assert_int_equal(journal_last(t.journal, LB_LANE_URGENT), 1);
	b = send_one(LB_LANE_URGENT, 3, 50);
	wait_for(b);
	assert_int_equal(b->publishes[0].result, LB_OK);
	assert_int_equal(b->count, 0);
	block_unref(b);
	b = send_one(LB_LANE_URGENT, 3, 51);
	wait_for(b);
	assert_int_equal(b->publishes[0].result, LB_ID_REUSED);
	block_unref(b);
	stop();
}

static void urgent_overtakes_routine(void **state)
{
	struct block *routine[60], *urgent;
	unsigned before = 0;
	bool seen = false;

	(void)state;
	start(1u << 30, 0, 1, 0); /* a routine block a commit */
	for (unsigned i = 0; i < 60; i++)
		routine[i] = block_of(LB_LANE_ROUTINE, (const uint8_t[]){ (uint8_t)i }, 1, 60000);
	for (unsigned i = 0; i < 60; i++)
		block_unref(send_block(routine[i]));
	urgent = send_one(LB_LANE_URGENT, 200, 10);
	while (!seen) {
		struct commit *c = next_commit(0);

		for (unsigned k = 0; k < c->blocks_n && !seen; k++) {
			seen = c->blocks[k] == urgent;
			before += !seen;
		}
		commit_unref(c);
	}
	assert_true(before < 59);
	block_unref(urgent);
	stop();
}

static void without_room_publishes_are_refused_and_notes_are_not(void **state)
{
	struct note *n = note_new(JOURNAL_CURSORS, "agent", 5, "row", 3);
	struct lb_buf value = LB_BUF_INIT;
	struct journal_reader *r;
	struct block *b;

	(void)state;
	start(1u << 30, UINT64_MAX, 1 << 20, 0);
	assert_int_equal(channel_send(t.routine, (struct channel_item){ WRITER_NOTE, n }), LB_OK);
	b = send_one(LB_LANE_ROUTINE, 1, 10);
	wait_for(b);
	assert_int_equal(b->publishes[0].result, LB_DISK_FULL);
	assert_int_equal(b->count, 0);
	assert_int_equal(journal_last(t.journal, LB_LANE_ROUTINE), 0);
	assert_int_equal(journal_reader_new(t.journal, &r), LB_OK);
	assert_int_equal(journal_get(r, JOURNAL_CURSORS, "agent", 5, &value), LB_OK);
	assert_int_equal(lb_buf_len(&value), 3);
	lb_buf_fini(&value);
	journal_reader_free(r);
	block_unref(b);
	stop();
}

static void notes_are_taken_in_their_order(void **state)
{
	struct lb_buf value = LB_BUF_INIT;
	struct journal_reader *r;
	struct note *notes[] = {
		note_new(JOURNAL_LAPSES, "a", 1, "1", 1),
		note_new(JOURNAL_LAPSES, "b", 1, "1", 1),
		note_new_clear(JOURNAL_LAPSES, "a", 1, "c", 1),
		note_new(JOURNAL_LAPSES, "b", 1, "2", 1),
	};
	struct block *b;

	(void)state;
	start(1u << 30, 0, 1 << 20, 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(channel_send(t.routine, (struct channel_item){ WRITER_NOTE, notes[i] }), LB_OK);
	b = send_one(LB_LANE_ROUTINE, 1, 10);
	wait_for(b);
	assert_int_equal(journal_reader_new(t.journal, &r), LB_OK);
	assert_int_equal(journal_get(r, JOURNAL_LAPSES, "a", 1, &value), LB_NOT_FOUND);
	assert_int_equal(journal_get(r, JOURNAL_LAPSES, "b", 1, &value), LB_OK);
	assert_memory_equal(lb_buf_data(&value), "2", 1);
	lb_buf_fini(&value);
	journal_reader_free(r);
	block_unref(b);
	stop();
}

/* A block larger than the whole map fails in the middle of its transaction; what comes after it does not. */
static void a_full_map_refuses_and_goes_on(void **state)
{
	struct block *huge = block_new(LB_LANE_ROUTINE, 0), *b;

	(void)state;
	start(66u << 20, 0, 1 << 20, 0);
	for (uint8_t i = 0; i < 17; i++)
		fixture_append(huge, t.router, i, "all", LB_PAYLOAD_MAX, 0);
	send_block(huge);
	wait_for(huge);
	assert_int_equal(huge->count, 0);
	for (uint32_t i = 0; i < huge->publishes_n; i++)
		assert_int_equal(huge->publishes[i].result, LB_DISK_FULL);
	block_unref(huge);
	b = send_one(LB_LANE_ROUTINE, 3, 10); /* an id of the refused ones: it was not kept */
	wait_for(b);
	assert_int_equal(b->publishes[0].result, LB_OK);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->first, 1);
	assert_stored(b);
	assert_int_equal(atomic_load(&writer_stats(t.writer)->refused), 17);
	assert_int_equal(atomic_load(&writer_stats(t.writer)->messages), 1);
	block_unref(b);
	stop();
}

/* The messages' ids are of 2023: each is past retention as soon as it is committed. */
static void note_ledger(const struct lb_uuid *id, const char *partner)
{
	uint8_t key[LEDGER_KEY_MAX];
	struct note *n = note_new(JOURNAL_LEDGER, key, ledger_key(id, partner, key), "row", 3);

	assert_int_equal(channel_send(t.routine, (struct channel_item){ WRITER_NOTE, n }), LB_OK);
}

static lb_err find_ledger(struct journal_reader *r, const struct lb_uuid *id, const char *partner)
{
	uint8_t key[LEDGER_KEY_MAX];
	struct lb_buf value = LB_BUF_INIT;
	lb_err e = journal_get(r, JOURNAL_LEDGER, key, ledger_key(id, partner, key), &value);

	lb_buf_fini(&value);
	return e;
}

/* What stays of a message that was purged. */
static const enum journal_table kept_of_purged[] = { JOURNAL_RECALLED, JOURNAL_DELETED, JOURNAL_ERASED };
#define KEPT_OF_PURGED (sizeof kept_of_purged / sizeof kept_of_purged[0])

static void note_purged(const struct lb_uuid *id)
{
	for (size_t i = 0; i < KEPT_OF_PURGED; i++) {
		struct note *n = note_new(kept_of_purged[i], id->b, sizeof id->b, "row", 3);

		assert_int_equal(channel_send(t.routine, (struct channel_item){ WRITER_NOTE, n }), LB_OK);
	}
}

static void assert_purged_noted(struct journal_reader *r, const struct lb_uuid *id, lb_err expected)
{
	struct lb_buf value = LB_BUF_INIT;

	for (size_t i = 0; i < KEPT_OF_PURGED; i++)
		assert_int_equal(journal_get(r, kept_of_purged[i], id->b, sizeof id->b, &value), expected);
	lb_buf_fini(&value);
}

static void what_is_past_retention_is_dropped_with_all_that_refers_to_it(void **state)
{
	struct lb_uuid id, neighbour;
	struct block *first, *second;
	struct journal_reader *r;
	uint64_t position;
	unsigned lane;

	(void)state;
	start(1u << 30, 0, 1 << 20, 1000);
	first = block_of(LB_LANE_ROUTINE, (uint8_t[]){ 1 }, 1, 10);
	id = neighbour = first->publishes[0].id;
	neighbour.b[15]++;
	note_ledger(&id, "a");
	note_ledger(&id, "de-sn/leipzig");
	note_ledger(&neighbour, "a");
	note_purged(&id);
	note_purged(&neighbour);
	wait_for(send_block(first));
	for (unsigned i = 0; i < 20000 && atomic_load(&writer_stats(t.writer)->dropped) == 0; i++)
		poll(NULL, 0, 1); /* the notes may have been a commit of their own: then it is dropped a second later */
	second = send_one(LB_LANE_ROUTINE, 2, 10);
	wait_for(second);
	assert_int_equal(atomic_load(&writer_stats(t.writer)->dropped), 1);
	assert_int_equal(journal_oldest(t.journal, LB_LANE_ROUTINE), 2);
	assert_int_equal(second->first, 2);
	assert_int_equal(journal_reader_new(t.journal, &r), LB_OK);
	assert_int_equal(journal_find(r, &id, &lane, &position), LB_NOT_FOUND);
	assert_int_equal(find_ledger(r, &id, "a"), LB_NOT_FOUND);
	assert_int_equal(find_ledger(r, &id, "de-sn/leipzig"), LB_NOT_FOUND);
	assert_int_equal(find_ledger(r, &neighbour, "a"), LB_OK);
	assert_purged_noted(r, &id, LB_NOT_FOUND);
	assert_purged_noted(r, &neighbour, LB_OK);
	journal_reader_free(r);
	block_unref(first);
	block_unref(second);
	stop();
}

/* Workers end after it, and give it what their sessions leave. */
static void what_comes_after_its_end_is_dropped(void **state)
{
	struct block *b;

	(void)state;
	start_plainly();
	end_writer();
	b = send_one(LB_LANE_URGENT, 1, 10);
	assert_int_equal(channel_send(t.routine, (struct channel_item){ WRITER_NOTE, note_new(JOURNAL_CURSORS, "agent", 5, "row", 3) }), LB_OK);
	assert_int_equal(atomic_load(&b->refs), 2);
	close_all();
	assert_int_equal(atomic_load(&b->refs), 1);
	block_unref(b);
}

static void a_writer_without_its_workers_channels_does_not_start(void **state)
{
	struct writer_settings w = { .workers = WRITER_WORKERS_MAX + 1 };
	struct writer *out = NULL;

	(void)state;
	w.hub = channel_hub_new();
	assert_int_not_equal(writer_start(&w, &out), LB_OK);
	assert_null(out);
	channel_hub_free(w.hub);
}

static int begin(void **state)
{
	struct federation *f = fixture_federation();

	(void)state;
	strcpy(t.folder, "/tmp/lagebus-writer-XXXXXX");
	t.router = router_new(f);
	federation_unref(f);
	return mkdtemp(t.folder) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	router_free(t.router);
	credentials_remove(t.folder);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_handed_out_is_on_disk),
		TEST(a_repeat_within_a_block_is_stored_once),
		TEST(other_bytes_under_an_id_are_refused_within_a_block),
		TEST(repeats_in_later_blocks_are_stored_once),
		TEST(repeats_are_known_after_a_restart),
		TEST(urgent_overtakes_routine),
		TEST(without_room_publishes_are_refused_and_notes_are_not),
		TEST(notes_are_taken_in_their_order),
		TEST(a_full_map_refuses_and_goes_on),
		TEST(what_is_past_retention_is_dropped_with_all_that_refers_to_it),
		TEST(what_comes_after_its_end_is_dropped),
		TEST(a_writer_without_its_workers_channels_does_not_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
