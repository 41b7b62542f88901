/* broker/edge/journal_read.c: the ends of a table, walking one from a key on, and who sees what a transaction wrote. Positions, ids and prefixes are
 * test_journal.c's. */
#include "tests/unit/broker/log_fixture.h"

static void put(const char *key, const char *value)
{
	assert_int_equal(journal_put(l.append.journal, JOURNAL_LAPSES, key, strlen(key), value, strlen(value)), LB_OK);
}

static void begin(void)
{
	assert_int_equal(journal_begin(l.append.journal), LB_OK);
}

static void commit(void)
{
	assert_int_equal(journal_commit(l.append.journal), LB_OK);
}

static struct journal_reader *reader(void)
{
	struct journal_reader *r;

	assert_int_equal(journal_reader_new(l.append.journal, &r), LB_OK);
	return r;
}

static void assert_holds(const struct lb_buf *b, const char *expected)
{
	assert_int_equal(lb_buf_len(b), strlen(expected));
	assert_memory_equal(lb_buf_data(b), expected, strlen(expected));
}

/* What is on disk counts, not what the transaction has written. */
static void a_table_has_two_ends(void **state)
{
	struct lb_buf key = LB_BUF_INIT, value = LB_BUF_INIT;

	(void)state;
	assert_int_equal(journal_newest(l.append.journal, JOURNAL_LAPSES, &key, &value), LB_NOT_FOUND);
	assert_int_equal(journal_first(l.append.journal, JOURNAL_LAPSES, &key, &value), LB_NOT_FOUND);
	begin();
	put("b", "two");
	put("a", "one");
	put("c", "three");
	commit();
	assert_int_equal(lb_buf_append(&key, "what was there", 14), LB_OK);
	assert_int_equal(journal_newest(l.append.journal, JOURNAL_LAPSES, &key, &value), LB_OK);
	assert_holds(&key, "c");
	assert_holds(&value, "three");
	assert_int_equal(journal_first(l.append.journal, JOURNAL_LAPSES, &key, &value), LB_OK);
	assert_holds(&key, "a");
	assert_holds(&value, "one");
	lb_buf_fini(&key);
	lb_buf_fini(&value);
}

/* The keys that were shown, one behind the other; it has enough after `most`. */
struct shown {
	char keys[64];
	unsigned n, most;
};

static bool show(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct shown *s = user;

	(void)value;
	(void)value_n;
	strncat(s->keys, key, key_n);
	strcat(s->keys, " ");
	return ++s->n < s->most;
}

static void assert_shows(struct journal_reader *r, const char *from, size_t prefix_n, unsigned most, const char *expected)
{
	struct shown s = { .most = most };

	assert_int_equal(journal_each_from(r, JOURNAL_LAPSES, from, strlen(from), prefix_n, show, &s), LB_OK);
	assert_string_equal(s.keys, expected);
}

static void a_walk_begins_anywhere_and_ends_with_its_prefix(void **state)
{
	struct journal_reader *r = reader();

	(void)state;
	assert_shows(r, "a", 0, 9, "");
	begin();
	put("a1", "");
	put("a2", "");
	put("a4", "");
	put("b1", "");
	commit();
	assert_shows(r, "a2", 1, 9, "a2 a4 ");
	assert_shows(r, "a3", 1, 9, "a4 ");
	assert_shows(r, "a3", 0, 9, "a4 b1 ");
	assert_shows(r, "a5", 1, 9, "");
	assert_shows(r, "a", 1, 2, "a1 a2 ");
	assert_shows(r, "c", 0, 9, "");
	journal_reader_free(r);
}

static void a_reader_sees_what_is_on_disk(void **state)
{
	struct journal_reader *r = reader();
	struct lb_buf value = LB_BUF_INIT;
	struct shown mine = { .most = 9 };

	(void)state;
	begin();
	put("a", "old");
	commit();
	begin();
	put("a", "new");
	put("b", "new");
	assert_int_equal(journal_get(r, JOURNAL_LAPSES, "a", 1, &value), LB_OK);
	assert_holds(&value, "old");
	assert_int_equal(journal_get(r, JOURNAL_LAPSES, "b", 1, &value), LB_NOT_FOUND);
	assert_shows(r, "", 0, 9, "a ");
	assert_int_equal(journal_peek_row(l.append.journal, JOURNAL_LAPSES, "a", 1, &value), LB_OK);
	assert_holds(&value, "new");
	assert_int_equal(journal_peek_each(l.append.journal, JOURNAL_LAPSES, "", 0, show, &mine), LB_OK);
	assert_string_equal(mine.keys, "a b ");
	journal_abort(l.append.journal);
	assert_shows(r, "", 0, 9, "a ");
	lb_buf_fini(&value);
	journal_reader_free(r);
}

#define READ_TEST(f) cmocka_unit_test_setup_teardown(f, log_set_up, log_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READ_TEST(a_table_has_two_ends),
		READ_TEST(a_walk_begins_anywhere_and_ends_with_its_prefix),
		READ_TEST(a_reader_sees_what_is_on_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
