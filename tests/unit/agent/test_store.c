/* The database: one agent at a time, transactions, and files that are none. */
#include "tests/unit/agent/store_fixture.h"

#include "lagebus/header.h"

#define NEWEST 15 /* version of the schema */

static void set(const char *key, int value)
{
	sqlite3_stmt *q = store_use(&store, STORE_META_SET);

	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	sqlite3_bind_int(q, 2, value);
	assert_int_equal(store_run(&store, q), LB_OK);
}

static lb_err get(const char *key, int *value)
{
	sqlite3_stmt *q = store_use(&store, STORE_META_GET);
	lb_err e;

	sqlite3_bind_text(q, 1, key, -1, SQLITE_STATIC);
	e = store_row(&store, q);
	if (e == LB_OK)
		*value = sqlite3_column_int(q, 0);
	sqlite3_reset(q);
	return e;
}

static void a_commit_stays_and_a_rollback_does_not(void **state)
{
	int value = 0;

	(void)state;
	assert_int_equal(store_begin(&store), LB_OK);
	set("a", 1);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(store_begin(&store), LB_OK);
	set("a", 2);
	set("b", 2);
	store_rollback(&store);
	store_rollback(&store); /* nothing is left to do */
	assert_int_equal(store_begin(&store), LB_OK);
	set("c", 3);
	store_reopen(); /* without a commit */
	assert_int_equal(get("a", &value), LB_OK);
	assert_int_equal(value, 1);
	assert_int_equal(get("b", &value), LB_NOT_FOUND);
	assert_int_equal(get("c", &value), LB_NOT_FOUND);
}

static lb_err add_to_outbox(uint8_t id)
{
	sqlite3_stmt *q = store_use(&store, STORE_OUTBOX_ADD);

	sqlite3_bind_blob(q, 1, &id, 1, SQLITE_STATIC);
	return store_run(&store, q);
}

/* What was written before and after is not stored either. */
static void a_transaction_with_a_failure_is_not_committed(void **state)
{
	int value;

	(void)state;
	assert_int_equal(store_begin(&store), LB_OK);
	set("a", 1);
	assert_int_equal(add_to_outbox(1), LB_OK);
	assert_int_equal(add_to_outbox(1), LB_IO);
	assert_non_null(strstr(store.why, "UNIQUE"));
	set("b", 1);
	assert_int_equal(store_commit(&store), LB_IO);
	assert_int_equal(get("a", &value), LB_NOT_FOUND);
	assert_int_equal(get("b", &value), LB_NOT_FOUND);
	assert_int_equal(store_begin(&store), LB_OK);
	assert_int_equal(add_to_outbox(1), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
}

static int number(const char *sql)
{
	sqlite3_stmt *q = NULL;
	int n = -1;

	assert_int_equal(sqlite3_prepare_v2(store.db, sql, -1, &q, NULL), SQLITE_OK);
	if (sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void run(const char *sql)
{
	assert_int_equal(sqlite3_exec(store.db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* Makes of everything what it was in version 1. */
static void go_back_to_version_1(void)
{
	run("BEGIN;DROP TABLE approved;DROP TABLE wait_end;DROP TABLE recalled;DROP TABLE superseded;ALTER TABLE inbox DROP COLUMN gone;"
	    "ALTER TABLE inbox DROP COLUMN gone_reason;ALTER TABLE inbox DROP COLUMN gone_at;ALTER TABLE inbox DROP COLUMN superseded;"
	    "DROP TABLE quarantine;DROP TABLE held;"
	    "DROP TABLE reminders;DROP TABLE overdue;DROP TABLE indicator;DROP TABLE indicator_message;DROP TABLE sighting;DROP TABLE training;DROP TABLE registration;DROP TABLE incident;DROP TABLE incident_part;DROP INDEX inbox_until;"
	    "DROP TABLE tally;DROP TABLE exercise;ALTER TABLE inbox DROP COLUMN until;ALTER TABLE inbox DROP COLUMN title_german;DROP INDEX inbox_exercise;ALTER TABLE inbox DROP COLUMN exercise;"
	    "CREATE TABLE quarantine(row INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB UNIQUE, lane INTEGER, position INTEGER,"
	    " received INTEGER, reason TEXT, header BLOB, signature BLOB, payload BLOB);"
	    "CREATE TABLE held(row INTEGER PRIMARY KEY AUTOINCREMENT, lane INTEGER, position INTEGER, received INTEGER,"
	    " signer BLOB, header BLOB, signature BLOB, payload BLOB);"
	    "INSERT OR REPLACE INTO meta VALUES('schema',1);COMMIT");
}

static void an_older_schema_is_brought_to_the_newest(void **state)
{
	(void)state;
	assert_int_equal(number("SELECT value FROM meta WHERE key='schema'"), NEWEST);
	go_back_to_version_1();
	run("INSERT INTO meta VALUES('log',x'01020304050607080910111213141516');"
	    "INSERT INTO held VALUES(7,1,5,99,x'0102030405060708',x'aa',x'bb',x'cc');"
	    /* The broker's log was another one in between: two have the same place. */
	    "INSERT INTO quarantine VALUES(3,x'11',1,5,98,'bad-signature',x'aa',x'bb',x'cc'),(9,x'12',1,5,99,'tls-expired',x'aa',x'bb',x'cd')");
	for (unsigned again = 0; again < 2; again++) {
		store_reopen();
		assert_int_equal(number("SELECT value FROM meta WHERE key='schema'"), NEWEST);
		assert_int_equal(number("SELECT row FROM held WHERE log=x'01020304050607080910111213141516' AND position=5 AND payload=x'cc'"), 7);
		assert_int_equal(number("SELECT count(*) FROM quarantine"), 2);
		assert_int_equal(number("SELECT row FROM quarantine WHERE id=x'12' AND reason='tls-expired' AND payload=x'cd' AND received=99"), 9);
	}
	run("INSERT INTO quarantine(id,log,lane,position) VALUES(x'12',x'01',1,5)");
	assert_int_equal(number("SELECT max(row) FROM quarantine"), 10);
}

/* What came before the column was there. */
static void what_belongs_to_an_exercise_is_found_out_later(void **state)
{
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .created_ms = 1700000000000, .audience_n = 1 };
	struct lb_buf header = LB_BUF_INIT;
	sqlite3_stmt *q = NULL;

	(void)state;
	go_back_to_version_1();
	h.id = store_id(1);
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.language = lb_text_of("");
	for (unsigned i = 0; i < 3; i++) {
		h.exercise = i == 1;
		h.exercise_name = lb_text_of(i == 1 ? "LÜKEX" : "");
		lb_buf_fini(&header);
		assert_int_equal(lb_header_encode(&h, &header), LB_OK);
		assert_int_equal(sqlite3_prepare_v2(store.db, "INSERT INTO inbox(row,header) VALUES(?1,?2)", -1, &q, NULL), SQLITE_OK);
		sqlite3_bind_int(q, 1, (int)i + 1);
		sqlite3_bind_blob64(q, 2, lb_buf_data(&header), i == 2 ? 1 : lb_buf_len(&header), SQLITE_STATIC);
		assert_int_equal(sqlite3_step(q), SQLITE_DONE);
		sqlite3_finalize(q);
	}
	lb_buf_fini(&header);
	store_reopen();
	assert_int_equal(number("SELECT row FROM inbox WHERE exercise='LÜKEX'"), 2);
	assert_int_equal(number("SELECT count(*) FROM inbox WHERE exercise IS NULL"), 2);
}

/* As whom somebody approved was not kept before: it is taken from the certificate. */
static void an_approval_of_an_older_schema_still_counts(void **state)
{
	(void)state;
	run("ALTER TABLE sighting DROP COLUMN created;DROP INDEX quarantine_received;ALTER TABLE incident DROP COLUMN idle_said;ALTER TABLE inbox DROP COLUMN title_german;DROP INDEX inbox_until;ALTER TABLE inbox DROP COLUMN until;CREATE INDEX inbox_cases ON inbox(row) WHERE type=9 AND payload<>x'';"
	    "DROP TABLE tally;DROP TRIGGER indicator_more;DROP TRIGGER indicator_less;DROP TRIGGER sighting_more;DROP TRIGGER sighting_less;"
	    "DROP TABLE wait_end;DROP TABLE approved;CREATE TABLE approved(about BLOB, digest BLOB, signer TEXT, key BLOB, UNIQUE(about, digest, signer));"
	    "INSERT INTO approved VALUES(x'01',x'02','spiffe://lagebus.example/partner/de-sn/leipzig/agent/main',x'03');"
	    "UPDATE meta SET value=8 WHERE key='schema'");
	store_reopen();
	assert_int_equal(number("SELECT count(*) FROM approved WHERE about=x'01' AND digest=x'02' AND origin='de-sn/leipzig' AND key=x'03'"), 1);
}

static void a_newer_schema_is_left_alone(void **state)
{
	struct store s = { .db = NULL };
	char why[400] = "";

	(void)state;
	run("INSERT OR REPLACE INTO meta VALUES('schema',99)");
	store_close(&store);
	assert_int_equal(store_open(store_folder, &s, why, sizeof why), LB_VERSION);
	assert_non_null(strstr(why, "newer"));
	assert_null(s.db);
}

static void a_second_agent_is_kept_out(void **state)
{
	struct store second = { .db = NULL };
	char why[400] = "";

	(void)state;
	assert_int_equal(store_open(store_folder, &second, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, "agent.db"));
	assert_null(second.db);
}

static void what_cannot_be_opened_is_named(void **state)
{
	static char rubbish[5000];
	struct store s = { .db = NULL };
	char why[400] = "";

	(void)state;
	assert_int_equal(store_open("/proc/none/data", &s, why, sizeof why), LB_IO);
	assert_non_null(strstr(why, "/proc/none/data"));
	store_close(&store);
	memset(rubbish, 'x', sizeof rubbish - 1);
	assert_true(credentials_write(store_folder, "agent.db", rubbish));
	assert_int_equal(store_open(store_folder, &s, why, sizeof why), LB_CORRUPT);
	assert_non_null(strstr(why, "agent.db"));
}

static void a_full_disk_is_said_and_rolled_back(void **state)
{
	static char large[100000];
	lb_err e = LB_OK;
	int value, rows = 0;

	(void)state;
	assert_int_equal(sqlite3_exec(store.db, "PRAGMA max_page_count=200", NULL, NULL, NULL), SQLITE_OK);
	while (e == LB_OK && rows < 100) {
		sqlite3_stmt *q = store_use(&store, STORE_META_SET);

		assert_int_equal(store_begin(&store), LB_OK);
		q = store_use(&store, STORE_META_SET);
		sqlite3_bind_int(q, 1, rows);
		sqlite3_bind_blob(q, 2, large, sizeof large, SQLITE_STATIC);
		e = store_run(&store, q);
		if (e == LB_OK)
			e = store_commit(&store);
		else
			store_rollback(&store);
		rows += e == LB_OK;
	}
	assert_int_equal(e, LB_STORE_FULL);
	assert_int_equal(store_begin(&store), LB_OK);
	set("0", 7);
	assert_int_equal(store_commit(&store), LB_OK);
	assert_int_equal(get("0", &value), LB_OK);
	assert_int_equal(value, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(a_commit_stays_and_a_rollback_does_not),
		STORE_TEST(a_transaction_with_a_failure_is_not_committed),
		STORE_TEST(an_older_schema_is_brought_to_the_newest),
		STORE_TEST(what_belongs_to_an_exercise_is_found_out_later),
		STORE_TEST(an_approval_of_an_older_schema_still_counts),
		STORE_TEST(a_newer_schema_is_left_alone),
		STORE_TEST(a_second_agent_is_kept_out),
		STORE_TEST(what_cannot_be_opened_is_named),
		STORE_TEST(a_full_disk_is_said_and_rolled_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
