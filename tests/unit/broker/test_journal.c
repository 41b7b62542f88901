/* The log on disk: positions, ids, tables, reading anywhere, a full map, and coming back. */
#include "tests/unit/broker/fixture.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdlib.h>

#include "broker/edge/journal.h"
#include "tests/kit/credentials.h"

static char folder[64];

static struct journal *open_with(uint64_t map_bytes, uint64_t low_water)
{
	struct journal_settings s = { .folder = folder, .map_bytes = map_bytes, .low_water_bytes = low_water };
	struct journal *j = NULL;
	char why[400] = "";

	if (journal_open(&s, &j, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return j;
}

static struct journal *open_log(void)
{
	return open_with(256u << 20, 0);
}

/* Appends a record of count messages: its count, then bytes that tell its first position. */
static void append(struct journal *j, unsigned lane, uint64_t first, uint8_t count)
{
	uint8_t *room;

	assert_int_equal(journal_append(j, lane, first, count, 12, &room), LB_OK);
	memset(room, 0, 12);
	room[0] = count;
	memcpy(room + 4, &first, sizeof first);
}

static void commit(struct journal *j)
{
	assert_int_equal(journal_commit(j), LB_OK);
}

static void assert_reads(struct journal_reader *r, unsigned lane, uint64_t position, uint64_t expected)
{
	struct lb_buf record = LB_BUF_INIT;
	uint64_t first = 0;

	assert_int_equal(lb_buf_append(&record, "what was there", 14), LB_OK);
	assert_int_equal(journal_read(r, lane, position, &record, &first), LB_OK);
	assert_true(first == expected);
	assert_int_equal(lb_buf_len(&record), 12);
	assert_memory_equal(lb_buf_data(&record) + 4, &expected, 8);
	lb_buf_fini(&record);
}

static void assert_past_the_end(struct journal_reader *r, unsigned lane, uint64_t position)
{
	struct lb_buf record = LB_BUF_INIT;
	uint64_t first;

	assert_int_equal(journal_read(r, lane, position, &record, &first), LB_NOT_FOUND);
	lb_buf_fini(&record);
}

static void any_position_finds_its_record(void **state)
{
	struct journal *j = open_log();
	struct journal_reader *r;

	(void)state;
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_past_the_end(r, 0, 0);
	assert_past_the_end(r, 1, 1);
	assert_int_equal(journal_oldest(j, 1), 1);
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 1, 1, 3);
	append(j, 1, 4, 1);
	append(j, 1, 5, 200);
	commit(j);
	assert_reads(r, 1, 0, 1);
	for (uint64_t p = 1; p < 205; p++)
		assert_reads(r, 1, p, p < 4 ? 1 : p < 5 ? 4 : 5);
	assert_past_the_end(r, 1, 205);
	assert_past_the_end(r, 1, UINT64_MAX);
	assert_past_the_end(r, 0, 1);
	assert_int_equal(journal_last(j, 1), 204);
	assert_int_equal(journal_last(j, 0), 0);
	journal_reader_free(r);
	journal_close(j);
}

static void only_the_next_position_is_appended(void **state)
{
	struct journal *j = open_log();
	uint8_t *room;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_append(j, 0, 2, 1, 12, &room), LB_INVALID);
	assert_int_equal(journal_append(j, 0, 1, 0, 12, &room), LB_INVALID);
	append(j, 0, 1, 2);
	assert_int_equal(journal_append(j, 0, 2, 1, 12, &room), LB_INVALID);
	append(j, 0, 3, 1);
	assert_int_equal(journal_last(j, 0), 0); /* not before it is on disk */
	journal_abort(j);
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 0, 1, 1);
	commit(j);
	assert_int_equal(journal_last(j, 0), 1);
	journal_close(j);
}

static struct lb_uuid id_of(uint8_t n)
{
	uint8_t random[10] = { n };

	return lb_uuid7(1700000000000 + n, random);
}

static lb_err remember(struct journal *j, uint8_t n, unsigned *lane, uint64_t *position)
{
	struct lb_uuid id = id_of(n);

	return journal_remember(j, &id, lane, position);
}

static void an_id_is_taken_once(void **state)
{
	static const uint8_t order[] = { 5, 9, 7, 200, 1 };
	struct journal *j = open_log();
	struct journal_reader *r;
	struct lb_uuid id = id_of(7);
	uint64_t position;
	unsigned lane;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	for (unsigned i = 0; i < sizeof order; i++) {
		lane = i % 2;
		position = 100 + i;
		assert_int_equal(remember(j, order[i], &lane, &position), LB_OK);
	}
	commit(j);
	for (unsigned again = 0; again < 2; again++) {
		assert_int_equal(journal_begin(j), LB_OK);
		for (unsigned i = 0; i < sizeof order; i++) {
			lane = 0;
			position = 1;
			assert_int_equal(remember(j, order[i], &lane, &position), LB_ID_REUSED);
			assert_int_equal(lane, i % 2);
			assert_int_equal(position, 100 + i);
		}
		journal_abort(j);
		journal_close(j);
		j = open_log();
	}
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_int_equal(journal_find(r, &id, &lane, &position), LB_OK);
	assert_int_equal(position, 102);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_forget(j, &id), LB_OK);
	assert_int_equal(journal_forget(j, &id), LB_OK);
	commit(j);
	assert_int_equal(journal_find(r, &id, &lane, &position), LB_NOT_FOUND);
	journal_reader_free(r);
	journal_close(j);
}

/* What an aborted transaction remembered is free again, also beyond the greatest id. */
static void an_abort_forgets_its_ids(void **state)
{
	struct journal *j = open_log();

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		unsigned lane = 1;
		uint64_t position = 7;

		assert_int_equal(journal_begin(j), LB_OK);
		assert_int_equal(remember(j, 250, &lane, &position), LB_OK);
		assert_int_equal(remember(j, 100, &lane, &position), LB_OK);
		journal_abort(j);
	}
	journal_close(j);
}

static void reopening_keeps_positions_and_id(void **state)
{
	struct journal *j = open_log();
	struct lb_uuid id = journal_id(j), again;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 0, 1, 5);
	append(j, 0, 6, 2);
	append(j, 1, 1, 1);
	commit(j);
	journal_close(j);
	j = open_log();
	again = journal_id(j);
	assert_memory_equal(id.b, again.b, 16);
	assert_int_equal(journal_last(j, 0), 7);
	assert_int_equal(journal_last(j, 1), 1);
	assert_int_equal(journal_oldest(j, 0), 1);
	/* Everything is dropped in the end; the positions go on all the same. */
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_drop_oldest(j, 0), LB_OK);
	commit(j);
	assert_int_equal(journal_oldest(j, 0), 6);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_drop_oldest(j, 0), LB_OK);
	assert_int_equal(journal_drop_oldest(j, 0), LB_NOT_FOUND);
	commit(j);
	assert_int_equal(journal_oldest(j, 0), 8);
	journal_close(j);
	j = open_log();
	assert_int_equal(journal_last(j, 0), 7);
	assert_int_equal(journal_oldest(j, 0), 8);
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 0, 8, 1);
	commit(j);
	assert_int_equal(journal_oldest(j, 0), 8);
	assert_int_equal(journal_oldest(j, 1), 1);
	journal_close(j);
}

static void what_is_dropped_reads_as_the_next(void **state)
{
	struct journal *j = open_log();
	struct journal_reader *r;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 1, 1, 10);
	append(j, 1, 11, 10);
	commit(j);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_drop_oldest(j, 1), LB_OK);
	commit(j);
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_reads(r, 1, 1, 11);
	assert_reads(r, 1, 10, 11);
	assert_reads(r, 1, 20, 11);
	assert_past_the_end(r, 1, 21);
	journal_reader_free(r);
	journal_close(j);
}

static void a_second_broker_is_kept_out(void **state)
{
	struct journal_settings s = { .folder = folder, .map_bytes = 1 << 20 };
	struct journal *j = open_log(), *second = NULL;
	char why[400] = "";

	(void)state;
	assert_int_equal(journal_open(&s, &second, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, folder));
	assert_non_null(strstr(why, "another broker"));
	assert_null(second);
	journal_close(j);
	journal_close(open_log());
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
	struct journal_settings s = { .folder = "/proc/none/log", .map_bytes = 1 << 20 };
	struct journal *j = NULL;
	char why[400] = "";

	(void)state;
	assert_int_equal(journal_open(&s, &j, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, "/proc/none/log"));
}

static void a_file_that_is_no_log_is_refused(void **state)
{
	static char rubbish[8193];
	struct journal_settings s = { .folder = folder, .map_bytes = 1 << 20 };
	struct journal *j = NULL;
	char why[400] = "";

	(void)state;
	journal_close(open_log());
	memset(rubbish, 'x', sizeof rubbish - 1);
	assert_true(credentials_write(folder, "data.mdb", rubbish));
	assert_int_equal(journal_open(&s, &j, why, sizeof why), LB_CORRUPT);
	assert_non_null(strstr(why, folder));
}

/* Changes the format that the log says it has. */
static void set_format(uint32_t format)
{
	MDB_val key = { 6, "format" }, value = { sizeof format, &format };
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi meta;

	assert_int_equal(mdb_env_create(&env), 0);
	assert_int_equal(mdb_env_set_maxdbs(env, 16), 0);
	assert_int_equal(mdb_env_open(env, folder, 0, 0600), 0);
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
	assert_int_equal(mdb_put(txn, meta, &key, &value, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
}

static void a_log_of_another_format_is_refused_and_left_alone(void **state)
{
	struct journal_settings s = { .folder = folder, .map_bytes = 256u << 20 };
	struct journal *j = open_log();
	struct lb_uuid id = journal_id(j), again;
	char why[400] = "";

	(void)state;
	journal_close(j);
	set_format(2);
	assert_int_equal(journal_open(&s, &j, why, sizeof why), LB_CORRUPT);
	assert_non_null(strstr(why, folder));
	assert_non_null(strstr(why, "another version"));
	set_format(1);
	j = open_log();
	again = journal_id(j);
	assert_memory_equal(id.b, again.b, sizeof id.b);
	journal_close(j);
}

static void a_full_map_is_refused_and_leaves_what_was(void **state)
{
	struct journal *j = open_with(1 << 20, 0);
	struct journal_reader *r;
	uint64_t at = 1;
	uint8_t *room;
	lb_err e = LB_OK;

	(void)state;
	assert_false(journal_has_room(j)); /* nothing is left for deleting */
	while (e == LB_OK) {
		assert_int_equal(journal_begin(j), LB_OK);
		e = journal_append(j, 1, at, 1, 60000, &room);
		if (e == LB_OK) {
			memset(room, 0, 60000);
			room[0] = 1;
			e = journal_commit(j);
		} else {
			journal_abort(j);
		}
		at += e == LB_OK;
		assert_true(at < 100);
	}
	assert_int_equal(e, LB_DISK_FULL);
	assert_true(at > 5);
	assert_int_equal(journal_last(j, 1), at - 1);
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_past_the_end(r, 1, at);
	journal_reader_free(r);
	/* Dropping makes room again. */
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(journal_begin(j), LB_OK);
		assert_int_equal(journal_drop_oldest(j, 1), LB_OK);
		commit(j);
	}
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 1, at, 1);
	commit(j);
	journal_close(j);
}

static void a_disk_below_its_mark_has_no_room(void **state)
{
	struct journal *j = open_with(256u << 20, UINT64_MAX);
	uint64_t used = 0, free_bytes = 0;

	(void)state;
	assert_false(journal_has_room(j));
	journal_usage(j, &used, &free_bytes);
	assert_true(used > 0 && free_bytes > 0);
	journal_close(j);
	j = open_log();
	assert_true(journal_has_room(j));
	journal_close(j);
}

static void *ask_for_room(void *j)
{
	return journal_has_room(j) ? j : NULL;
}

/* Any worker asks while the log writer commits: ThreadSanitizer says whether it may. */
static void room_is_asked_for_while_the_log_grows(void **state)
{
	const struct journal_settings s = { .folder = folder, .map_bytes = 256u << 20, .grow_bytes = 1 << 20 };
	struct journal *j = NULL;
	char why[400];
	pthread_t asking;
	void *room;

	(void)state;
	assert_int_equal(journal_open(&s, &j, why, sizeof why), LB_OK);
	assert_int_equal(pthread_create(&asking, NULL, ask_for_room, j), 0);
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 1, 1, 1);
	commit(j);
	pthread_join(asking, &room);
	assert_non_null(room);
	journal_close(j);
}

struct seen {
	unsigned n, stop_after;
	char keys[10][8];
};

static bool see(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct seen *s = user;

	assert_true(value_n == 1 && key_n < 8 && *(const char *)value == 'v');
	memcpy(s->keys[s->n], key, key_n);
	return ++s->n != s->stop_after;
}

static void tables_are_walked_by_prefix(void **state)
{
	static const char *const keys[] = { "ab", "b", "aa", "a", "ac" };
	struct journal *j = open_log();
	struct journal_reader *r;
	struct seen all = { .n = 0 }, two = { .stop_after = 2 }, none = { .n = 0 };
	struct lb_buf value = LB_BUF_INIT;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(journal_put(j, JOURNAL_LEDGER, keys[i], strlen(keys[i]), "v", 1), LB_OK);
	commit(j);
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_int_equal(journal_each(r, JOURNAL_LEDGER, "a", 1, see, &all), LB_OK);
	assert_int_equal(all.n, 4);
	assert_string_equal(all.keys[0], "a");
	assert_string_equal(all.keys[3], "ac");
	assert_int_equal(journal_each(r, JOURNAL_LEDGER, "a", 1, see, &two), LB_OK);
	assert_int_equal(two.n, 2);
	assert_int_equal(journal_each(r, JOURNAL_CURSORS, "a", 1, see, &none), LB_OK);
	assert_int_equal(none.n, 0);
	assert_int_equal(journal_get(r, JOURNAL_LEDGER, "b", 1, &value), LB_OK);
	assert_int_equal(lb_buf_len(&value), 1);
	assert_int_equal(journal_get(r, JOURNAL_SIGNERS, "b", 1, &value), LB_NOT_FOUND);
	lb_buf_fini(&value);
	journal_reader_free(r);
	journal_close(j);
}

static void put_rows(struct journal *j, const char *const *keys, unsigned n)
{
	assert_int_equal(journal_begin(j), LB_OK);
	for (unsigned i = 0; i < n; i++)
		assert_int_equal(journal_put(j, JOURNAL_LAPSES, keys[i], strlen(keys[i]), keys[i], strlen(keys[i])), LB_OK);
	commit(j);
}

static void assert_finds(struct journal_reader *r, const char *key, size_t prefix_n, const char *expected)
{
	struct lb_buf value = LB_BUF_INIT;
	lb_err e = journal_seek(r, JOURNAL_LAPSES, key, strlen(key), prefix_n, &value);

	assert_int_equal(e, expected ? LB_OK : LB_NOT_FOUND);
	if (expected) {
		assert_int_equal(lb_buf_len(&value), strlen(expected));
		assert_memory_equal(lb_buf_data(&value), expected, strlen(expected));
	}
	lb_buf_fini(&value);
}

static void the_row_at_or_behind_a_key_is_found(void **state)
{
	static const char *const keys[] = { "a2", "a4", "b1", "b" };
	struct journal *j = open_log();
	struct journal_reader *r;

	(void)state;
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_finds(r, "a1", 1, NULL);
	put_rows(j, keys, 4);
	assert_finds(r, "a1", 1, "a2");
	assert_finds(r, "a2", 1, "a2");
	assert_finds(r, "a3", 1, "a4");
	assert_finds(r, "a5", 1, NULL); /* the next one is another's */
	assert_finds(r, "a5", 0, "b");
	assert_finds(r, "b0", 2, NULL);
	assert_finds(r, "b2", 1, NULL);
	journal_reader_free(r);
	journal_close(j);
}

static void rows_are_cleared_from_a_key_up_to_another(void **state)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e" };
	struct journal *j = open_log();
	struct journal_reader *r;

	(void)state;
	put_rows(j, keys, 5);
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_clear(j, JOURNAL_LAPSES, "bb", 2, "bb", 2), LB_OK);
	assert_int_equal(journal_clear(j, JOURNAL_LAPSES, "aa", 2, "d", 1), LB_OK);
	commit(j);
	assert_finds(r, "a", 0, "a");
	assert_finds(r, "b", 0, "d");
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_clear(j, JOURNAL_LAPSES, "e", 1, "z", 1), LB_OK); /* up to the end */
	assert_int_equal(journal_clear(j, JOURNAL_LAPSES, "x", 1, "z", 1), LB_OK);
	assert_int_equal(journal_clear(j, JOURNAL_CURSORS, "a", 1, "z", 1), LB_OK);
	commit(j);
	assert_finds(r, "d", 0, "d");
	assert_finds(r, "e", 0, NULL);
	journal_reader_free(r);
	journal_close(j);
}

/* More rows than a page holds. */
static void many_rows_are_cleared_at_once(void **state)
{
	struct journal *j = open_log();
	struct journal_reader *r;
	char key[32];

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(journal_put(j, JOURNAL_LAPSES, key, (size_t)snprintf(key, sizeof key, "%05u", i), key, 5), LB_OK);
	commit(j);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_clear(j, JOURNAL_LAPSES, "00001", 5, "04998", 5), LB_OK);
	commit(j);
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_finds(r, "0", 0, "00000");
	assert_finds(r, "00001", 0, "04998");
	journal_reader_free(r);
	journal_close(j);
}

static void readers_are_bounded(void **state)
{
	struct journal *j = open_log();
	struct journal_reader *r[300];
	unsigned n = 0;
	lb_err e;

	(void)state;
	while ((e = journal_reader_new(j, &r[n])) == LB_OK)
		assert_true(++n < 300);
	assert_int_equal(e, LB_LIMIT);
	while (n > 0)
		journal_reader_free(r[--n]);
	journal_close(j);
}

static void a_record_is_replaced_in_its_place(void **state)
{
	struct journal *j = open_log();
	struct journal_reader *r;
	struct lb_buf record = LB_BUF_INIT;
	uint64_t first;
	uint8_t *room;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	append(j, 1, 1, 5);
	append(j, 1, 6, 2);
	commit(j);
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_replace(j, 1, 2, 8, &room), LB_NOT_FOUND);
	assert_int_equal(journal_replace(j, 1, 1, 8, &room), LB_OK);
	memcpy(room, "\5\0\0\0tiny", 8);
	commit(j);
	assert_int_equal(journal_reader_new(j, &r), LB_OK);
	assert_int_equal(journal_read(r, 1, 3, &record, &first), LB_OK);
	assert_int_equal(first, 1);
	assert_int_equal(lb_buf_len(&record), 8);
	assert_memory_equal(lb_buf_data(&record) + 4, "tiny", 4);
	assert_reads(r, 1, 7, 6);
	assert_int_equal(journal_last(j, 1), 7);
	lb_buf_fini(&record);
	journal_reader_free(r);
	journal_close(j);
}

static bool count_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	(void)key;
	(void)key_n;
	(void)value;
	(void)value_n;
	++*(unsigned *)user;
	return true;
}

static void a_transaction_sees_what_it_wrote(void **state)
{
	struct journal *j = open_log();
	struct lb_buf value = LB_BUF_INIT;
	struct lb_uuid id = { { 1 } };
	uint64_t position = 3;
	unsigned lane = 1, rows = 0;

	(void)state;
	assert_int_equal(journal_begin(j), LB_OK);
	assert_int_equal(journal_peek_each(j, JOURNAL_WAITING, NULL, 0, count_row, &rows), LB_OK);
	assert_int_equal(rows, 0);
	assert_int_equal(journal_put(j, JOURNAL_WAITING, "a", 1, "one", 3), LB_OK);
	assert_int_equal(journal_put(j, JOURNAL_WAITING, "b", 1, "two", 3), LB_OK);
	assert_int_equal(journal_peek_row(j, JOURNAL_WAITING, "b", 1, &value), LB_OK);
	assert_memory_equal(lb_buf_data(&value), "two", 3);
	assert_int_equal(journal_peek_each(j, JOURNAL_WAITING, NULL, 0, count_row, &rows), LB_OK);
	assert_int_equal(rows, 2);
	assert_int_equal(journal_remove(j, JOURNAL_WAITING, "b", 1), LB_OK);
	assert_int_equal(journal_remove(j, JOURNAL_WAITING, "b", 1), LB_OK);
	assert_int_equal(journal_peek_row(j, JOURNAL_WAITING, "b", 1, &value), LB_NOT_FOUND);
	assert_int_equal(journal_peek_id(j, &id, &lane, &position), LB_NOT_FOUND);
	assert_int_equal(journal_remember(j, &id, &lane, &position), LB_OK);
	lane = 0;
	position = 0;
	assert_int_equal(journal_peek_id(j, &id, &lane, &position), LB_OK);
	assert_true(lane == 1 && position == 3);
	journal_abort(j);
	lb_buf_fini(&value);
	journal_close(j);
}

static int begin(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/lagebus-journal-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	credentials_remove(folder);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_position_finds_its_record),
		TEST(only_the_next_position_is_appended),
		TEST(an_id_is_taken_once),
		TEST(an_abort_forgets_its_ids),
		TEST(reopening_keeps_positions_and_id),
		TEST(what_is_dropped_reads_as_the_next),
		TEST(a_second_broker_is_kept_out),
		TEST(a_folder_that_cannot_be_made_is_named),
		TEST(a_file_that_is_no_log_is_refused),
		TEST(a_log_of_another_format_is_refused_and_left_alone),
		TEST(a_full_map_is_refused_and_leaves_what_was),
		TEST(a_disk_below_its_mark_has_no_room),
		TEST(room_is_asked_for_while_the_log_grows),
		TEST(tables_are_walked_by_prefix),
		TEST(the_row_at_or_behind_a_key_is_found),
		TEST(rows_are_cleared_from_a_key_up_to_another),
		TEST(many_rows_are_cleared_at_once),
		TEST(readers_are_bounded),
		TEST(a_record_is_replaced_in_its_place),
		TEST(a_transaction_sees_what_it_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
