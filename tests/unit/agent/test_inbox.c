/* The inbox: each message once, quarantine, what is held, search, cursors, and no growth for a row that was looked at. */
#include "tests/unit/agent/store_fixture.h"

#include <sys/stat.h>

#include "agents/agent/inbox.h"
#include "proto/receipt.pb-c.h"
#include "tests/kit/words.h"

static struct lb_header header_of(unsigned n)
{
	struct lb_header h = { .type = LB_TYPE_SIGHTING, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .created_ms = 1700000000000, .audience_n = 1 };

	h.id = store_id(n);
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.exercise_name = h.language = lb_text_of("");
	return h;
}

static struct inbox_message message_of(unsigned n, const void *payload, size_t payload_n)
{
	struct inbox_message m = { .lane = n % 2 ? LB_LANE_ROUTINE : LB_LANE_URGENT, .position = n, .received_ms = 1700000001000 };

	m.header = (struct lb_frame){ (const uint8_t *)"header", 6 };
	m.signature = (struct lb_frame){ (const uint8_t *)"signature", 9 };
	m.payload = (struct lb_frame){ payload, payload_n };
	return m;
}

static bool add(unsigned n, const void *payload, size_t payload_n)
{
	struct inbox_message m = message_of(n, payload, payload_n);
	struct lb_header h = header_of(n);
	bool stored = false;

	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_add(&store, &m, &h, "spiffe://x/partner/a/agent/b", &stored), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	return stored;
}

static void a_message_is_stored_once(void **state)
{
	struct lb_uuid id = store_id(1), none = store_id(2);
	struct inbox_row row;
	uint64_t inbox, exercises, quarantined;

	(void)state;
	assert_int_equal(inbox_newest(&store), 0);
	assert_true(add(1, "p", 1));
	assert_false(add(1, "q", 1));
	store_reopen();
	assert_false(add(1, "q", 1));
	assert_int_equal(inbox_counts(&store, &inbox, &exercises, &quarantined), LB_OK);
	assert_true(inbox == 1 && quarantined == 0);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_int_equal(row.payload.n, 1);
	assert_memory_equal(row.payload.p, "p", 1);
	assert_string_equal(row.signer, "spiffe://x/partner/a/agent/b");
	assert_string_equal(row.quarantine, "");
	assert_int_equal(row.row, inbox_newest(&store));
	assert_int_equal(inbox_get(&store, &none, &row), LB_NOT_FOUND);
}

static void rows_follow_each_other(void **state)
{
	struct inbox_row row;
	int64_t last = 0;

	(void)state;
	for (unsigned n = 1; n <= 3; n++)
		assert_true(add(n, "p", 1));
	for (unsigned n = 1; n <= 3; n++) {
		assert_int_equal(inbox_after(&store, last, &row), LB_OK);
		assert_int_equal(row.position, n);
		last = row.row;
	}
	assert_int_equal(inbox_after(&store, last, &row), LB_NOT_FOUND);
}

static void acknowledging_only_rises(void **state)
{
	struct lb_uuid id = store_id(1);
	struct inbox_row row;

	(void)state;
	assert_true(add(1, "p", 1));
	assert_int_equal(inbox_acknowledge(&store, &id, 2), LB_OK);
	assert_int_equal(inbox_acknowledge(&store, &id, 1), LB_OK);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_int_equal(row.acknowledged, 2);
}

static bool count_row(void *user, const struct inbox_row *row)
{
	assert_true(row->row > 0);
	return ++*(unsigned *)user != 3;
}

static lb_err find(struct inbox_query q, unsigned *n)
{
	*n = 0;
	return inbox_find(&store, &q, count_row, n);
}

static void the_quarantine_stands_apart(void **state)
{
	struct inbox_message m = message_of(4, "p", 1);
	struct lb_uuid id = store_id(4);
	struct inbox_row row;
	uint64_t inbox, exercises, quarantined;
	unsigned n;

	(void)state;
	assert_int_equal(inbox_quarantine(&store, &m, &id, LB_BAD_SIGNATURE), LB_OK);
	/* It was delivered again. */
	assert_int_equal(inbox_quarantine(&store, &m, &id, LB_UNKNOWN_SIGNER), LB_OK);
	assert_int_equal(inbox_counts(&store, &inbox, &exercises, &quarantined), LB_OK);
	assert_true(inbox == 0 && quarantined == 1);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_string_equal(row.quarantine, "bad-signature");
	assert_int_equal(find((struct inbox_query){ .quarantine = true }, &n), LB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(find((struct inbox_query){ .quarantine = false }, &n), LB_OK);
	assert_int_equal(n, 0);
}

/* Of the ids in quarantine nothing is true: one may be another's, or none. */
static void the_quarantine_keeps_what_shares_an_id(void **state)
{
	struct inbox_message m = message_of(4, "p", 1);
	struct lb_uuid none = { { 0 } }, id = store_id(4);
	struct inbox_row row;
	uint64_t inbox, exercises, quarantined;

	(void)state;
	for (unsigned lane = 0; lane < LB_LANES; lane++)
		for (m.lane = (enum lb_lane)lane, m.position = 4; m.position < 7; m.position++)
			assert_int_equal(inbox_quarantine(&store, &m, &none, LB_BAD_HEADER), LB_OK);
	m.log = store_id(9);
	m.position = 4;
	assert_int_equal(inbox_quarantine(&store, &m, &none, LB_BAD_HEADER), LB_OK);
	m.position = 8;
	assert_int_equal(inbox_quarantine(&store, &m, &id, LB_WRONG_ORIGIN), LB_OK);
	m.position = 9;
	assert_int_equal(inbox_quarantine(&store, &m, &id, LB_BAD_SIGNATURE), LB_OK);
	store_reopen();
	assert_int_equal(inbox_counts(&store, &inbox, &exercises, &quarantined), LB_OK);
	assert_int_equal(quarantined, 9);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_string_equal(row.quarantine, "wrong-origin");
	/* The one that is real is shown before those that say they were it. */
	assert_true(add(4, "p", 1));
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_string_equal(row.quarantine, "");
}

static void finding_is_filtered_and_bounded(void **state)
{
	unsigned n;

	(void)state;
	for (unsigned i = 1; i <= 5; i++)
		assert_true(add(i, "p", 1));
	assert_int_equal(find((struct inbox_query){ .limit = 2 }, &n), LB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(find((struct inbox_query){ .limit = 0 }, &n), LB_OK);
	assert_int_equal(n, 3); /* the visitor had enough */
	assert_int_equal(find((struct inbox_query){ .before = 3 }, &n), LB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(find((struct inbox_query){ .type = LB_TYPE_WARNING }, &n), LB_OK);
	assert_int_equal(n, 0);
	assert_int_equal(find((struct inbox_query){ .area = LB_AREA_CYBER_DEFENCE, .limit = 1 }, &n), LB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(find((struct inbox_query){ .search = "\"unbalanced" }, &n), LB_INVALID);
	assert_int_equal(find((struct inbox_query){ .search = "nothing" }, &n), LB_OK);
	assert_int_equal(n, 0);
}

static void what_is_held_comes_in_order(void **state)
{
	struct inbox_message m;
	struct lb_uuid log;
	int64_t row;

	(void)state;
	assert_int_equal(inbox_held(&store, &row, &m), LB_NOT_FOUND);
	for (unsigned n = 1; n <= 2; n++) {
		m = message_of(n, "payload", 7);
		m.log = store_id(n);
		assert_int_equal(inbox_hold(&store, &m), LB_OK);
	}
	store_reopen();
	for (unsigned n = 1; n <= 2; n++) {
		assert_int_equal(inbox_held(&store, &row, &m), LB_OK);
		log = store_id(n);
		assert_memory_equal(m.log.b, log.b, sizeof log.b);
		assert_int_equal(m.position, n);
		assert_int_equal(m.lane, n % 2 ? LB_LANE_ROUTINE : LB_LANE_URGENT);
		assert_int_equal(m.payload.n, 7);
		assert_memory_equal(m.payload.p, "payload", 7);
		assert_int_equal(inbox_release(&store, row), LB_OK);
	}
	assert_int_equal(inbox_held(&store, &row, &m), LB_NOT_FOUND);
}

static void cursors_stay(void **state)
{
	uint64_t cursor[LB_LANES] = { 5, UINT64_MAX >> 1 }, back[LB_LANES] = { 9, 9 }, missed = 9;
	struct lb_uuid log = store_id(1), none = { { 0 } }, loaded = log, last[LB_LANES] = { store_id(2), store_id(3) }, ids[LB_LANES] = { log, log };

	(void)state;
	assert_int_equal(inbox_load_cursors(&store, &loaded, back, ids, &missed), LB_OK);
	assert_memory_equal(loaded.b, none.b, 16);
	assert_memory_equal(ids[0].b, none.b, 16);
	assert_memory_equal(ids[1].b, none.b, 16);
	assert_true(back[0] == 0 && back[1] == 0 && missed == 0);
	assert_int_equal(inbox_save_cursors(&store, &log, cursor, last, 3), LB_OK);
	store_reopen();
	assert_int_equal(inbox_load_cursors(&store, &loaded, back, ids, &missed), LB_OK);
	assert_memory_equal(loaded.b, log.b, 16);
	assert_memory_equal(ids, last, sizeof last);
	assert_true(back[0] == cursor[0] && back[1] == cursor[1] && missed == 3);
}

/* A row that was looked at must not keep the write-ahead log from starting over. */
static void looking_at_a_row_does_not_let_the_log_grow(void **state)
{
	static uint8_t payload[200000];
	struct lb_uuid id = store_id(1);
	struct inbox_row row;
	char path[128];
	struct stat st;

	(void)state;
	assert_true(add(1, "p", 1));
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_int_equal(inbox_after(&store, 0, &row), LB_OK);
	for (unsigned n = 2; n < 200; n++)
		assert_true(add(n, payload, sizeof payload));
	snprintf(path, sizeof path, "%s/agent.db-wal", store_folder);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < 20 * 1024 * 1024);
}

static bool count_all(void *user, const struct inbox_row *row)
{
	(void)row;
	++*(unsigned *)user;
	return true;
}

static unsigned found(const char *exercise, bool real, const char *search)
{
	struct inbox_query q = { .exercise = exercise, .real = real, .search = search };
	unsigned n = 0;

	assert_int_equal(inbox_find(&store, &q, count_all, &n), LB_OK);
	return n;
}

static void exercises_stand_apart(void **state)
{
	const char *const names[] = { "", "LÜKEX", "LÜKEX", "Probe", "" };
	static const uint8_t note[] = { 0x0a, 4, 'w', 'o', 'r', 'd' };
	uint64_t inbox, exercises, quarantined;
	bool stored;

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct inbox_message m = message_of(i, note, sizeof note);
		struct lb_header h = header_of(i);

		h.type = LB_TYPE_SITUATION_REPORT; /* which has a title */
		h.exercise = names[i][0] != '\0';
		h.exercise_name = lb_text_of(names[i]);
		assert_int_equal(store_begin(&store), LB_OK);
		assert_int_equal(inbox_add(&store, &m, &h, "s", &stored), LB_OK);
		assert_int_equal(store_commit(&store), LB_OK);
	}
	assert_int_equal(inbox_counts(&store, &inbox, &exercises, &quarantined), LB_OK);
	assert_true(inbox == 2 && exercises == 3 && quarantined == 0);
	assert_int_equal(found("", false, ""), 5);
	assert_int_equal(found("LÜKEX", false, ""), 2);
	assert_int_equal(found("LÜKE", false, ""), 0);
	assert_int_equal(found(NULL, true, ""), 2);
	assert_int_equal(found("Probe", false, "word"), 1);
	assert_int_equal(found(NULL, true, "word"), 2);
}

static unsigned found_in_index(const char *words)
{
	sqlite3_stmt *q = NULL;
	unsigned n;

	assert_int_equal(sqlite3_prepare_v2(store.db, "SELECT count(*) FROM inbox_text WHERE inbox_text MATCH ?1", -1, &q, NULL), SQLITE_OK);
	sqlite3_bind_text(q, 1, words, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = (unsigned)sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* Whoever reads it, and whatever the agent spoke when it came; and nothing of either is left when it is emptied. */
static void a_title_is_there_in_both_languages(void **state)
{
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	struct lb_uuid id = store_id(1), about = store_id(9);
	struct inbox_message m;
	struct lb_header h = header_of(1);
	struct inbox_row row;
	uint8_t payload[100];
	bool stored;

	(void)state;
	words_in("C");
	r.refers_to = (ProtobufCBinaryData){ sizeof about.b, about.b };
	r.state = LB_ACK_ACKNOWLEDGED;
	r.by = (char *)"CISO";
	m = message_of(1, payload, lagebus__receipt__pack(&r, payload));
	h.type = LB_TYPE_RECEIPT;
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_add(&store, &m, &h, "s", &stored), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_string_equal(inbox_title(&row, false), "acknowledged by CISO");
	assert_string_equal(inbox_title(&row, true), "bestätigt durch CISO");
	assert_int_equal(found("", false, "bestätigt"), 1);
	assert_int_equal(found("", false, "acknowledged"), 1);
	words_in("de");
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(inbox_empty(&store, &row, &h, "recalled", "", 1), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(inbox_get(&store, &id, &row), LB_OK);
	assert_string_equal(inbox_title(&row, true), "");
	assert_int_equal(found_in_index("bestätigt"), 0);
	assert_int_equal(found_in_index("acknowledged"), 0);
	assert_int_equal(found_in_index("CISO"), 0);
	words_in("C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_message_is_stored_once),
		STORE_TEST(rows_follow_each_other),
		STORE_TEST(acknowledging_only_rises),
		STORE_TEST(the_quarantine_stands_apart),
		STORE_TEST(the_quarantine_keeps_what_shares_an_id),
		STORE_TEST(finding_is_filtered_and_bounded),
		STORE_TEST(exercises_stand_apart),
		STORE_TEST(a_title_is_there_in_both_languages),
		STORE_TEST(what_is_held_comes_in_order),
		STORE_TEST(cursors_stay),
		STORE_TEST(looking_at_a_row_does_not_let_the_log_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
