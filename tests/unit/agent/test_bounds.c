/* agents/agent/bounds.c: the tables of indicators and sightings have a bound, and nobody's flood takes away what others have said. */
#include "tests/unit/agent/derived_fixture.h"

#include "agents/agent/bounds.h"
#include "agents/agent/sightings.h"

static int64_t number(const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t n;

	assert_int_equal(sqlite3_prepare_v2(store.db, sql, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* Values of one origin, one a message; the later the number, the later it ends. */
static void take_values(unsigned first, unsigned n, const char *origin)
{
	for (unsigned i = first; i < first + n; i++) {
		struct lb_header h = derived_header(i, LB_TYPE_INDICATOR, origin);
		struct lb_uuid id = store_id(1000 + i);
		char value[64];
		Lagebus__Indicator one;

		snprintf(value, sizeof value, "v%u.example", i);
		one = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, value);
		one.valid_until = CREATED_MS + 100000 + i;
		take_indicator(&h, &one);
	}
}

static bool has(const char *value)
{
	struct found f = { .n = 0 };
	bool there;

	found_pattern(&f, value);
	there = f.n > 0;
	found_fini(&f);
	return there;
}

static void what_ends_first_of_who_has_most_goes(void **state)
{
	(void)state;
	take_values(1, 3, "de-he");
	take_values(11, 6, "de-sn");
	assert_int_equal(bounds_keep(&store, BOUNDED_INDICATORS, 9), LB_OK);
	assert_int_equal(number("SELECT count(*) FROM indicator"), 9);
	assert_int_equal(bounds_keep(&store, BOUNDED_INDICATORS, 7), LB_OK);
	assert_int_equal(number("SELECT count(*) FROM indicator"), 7);
	assert_true(!has("v11.example") && !has("v12.example") && has("v13.example") && has("v16.example"));
	assert_true(has("v1.example") && has("v2.example") && has("v3.example"));
	/* Down to nothing of the one, then of the other. */
	assert_int_equal(bounds_keep(&store, BOUNDED_INDICATORS, 1), LB_OK);
	assert_int_equal(number("SELECT count(*) FROM indicator"), 1);
}

static void the_tally_follows_whatever_happens(void **state)
{
	struct lb_header h = derived_header(40, LB_TYPE_INDICATOR, "de-sn");
	struct lb_uuid id = store_id(7);
	Lagebus__Indicator one = indicator_of(&id, LB_INDICATOR_DOMAIN_NAME, "new.example");
	bool more;

	(void)state;
	take_values(1, 4, "de-sn");
	take_values(1, 4, "de-sn"); /* the same ids */
	assert_int_equal(number("SELECT n FROM tally WHERE what=1 AND origin='de-sn'"), 4);
	h.has_supersedes = true;
	h.supersedes = store_id(1);
	take_indicator(&h, &one);
	assert_int_equal(number("SELECT n FROM tally WHERE what=1 AND origin='de-sn'"), 4);
	assert_int_equal(indicators_forget(&store, &h.id, lb_text_of("de-sn")), LB_OK);
	assert_int_equal(number("SELECT n FROM tally WHERE what=1 AND origin='de-sn'"), 3);
	assert_int_equal(indicators_expire(&store, CREATED_MS + 100003, &more), LB_OK);
	assert_int_equal(number("SELECT n FROM tally WHERE what=1 AND origin='de-sn'"), 1);
	assert_int_equal(number("SELECT count(*) FROM indicator"), 1);
	assert_int_equal(number("SELECT n=(SELECT count(*) FROM indicator WHERE origin='de-sn') FROM tally WHERE what=1"), 1);
}

static void sighted(unsigned n, const char *origin, unsigned count)
{
	struct lb_header h = derived_header(n, LB_TYPE_SIGHTING, origin);
	struct lb_uuid id = store_id(7);
	Lagebus__Sighting one = LAGEBUS__SIGHTING__INIT, *list[8];
	Lagebus__Sightings all = LAGEBUS__SIGHTINGS__INIT;
	struct lb_buf payload = LB_BUF_INIT;

	one.indicator = (ProtobufCBinaryData){ sizeof id.b, id.b };
	for (unsigned i = 0; i < count; i++)
		list[i] = &one;
	all.sightings = list;
	all.n_sightings = count;
	assert_int_equal(sightings_take(&store, &h, packed(&all.base, &payload)), LB_OK);
	lb_buf_fini(&payload);
}

static void sightings_have_one_too(void **state)
{
	(void)state;
	sighted(1, "de-he", 2);
	sighted(2, "de-sn", 3);
	sighted(2, "de-sn", 3); /* what is there is not counted again */
	sighted(3, "de-sn", 2);
	assert_int_equal(number("SELECT sum(n) FROM tally WHERE what=2"), 7);
	assert_int_equal(bounds_keep(&store, BOUNDED_SIGHTINGS, 4), LB_OK);
	assert_int_equal(number("SELECT count(*) FROM sighting"), 4);
	assert_int_equal(number("SELECT count(*) FROM sighting WHERE origin='de-he'"), 2);
	assert_int_equal(number("SELECT count(*) FROM sighting WHERE origin='de-sn' AND message=(SELECT max(message) FROM sighting)"), 2);
}

static void a_table_that_is_far_too_large_shrinks_bit_by_bit(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_exec(store.db,
	                              "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<30000)"
	                              " INSERT INTO sighting SELECT zeroblob(16),n,x'00','de-sn',1,0,0,'',0,n,0 FROM c",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	assert_int_equal(bounds_keep(&store, BOUNDED_SIGHTINGS, 1000), LB_OK);
	assert_int_equal(number("SELECT count(*) FROM sighting"), 30000 - BOUNDS_AT_ONCE);
	assert_int_equal(number("SELECT min(until) FROM sighting"), BOUNDS_AT_ONCE + 1);
	assert_int_equal(bounds_keep(&store, BOUNDED_SIGHTINGS, 1000), LB_OK);
	assert_int_equal(number("SELECT count(*) FROM sighting"), 1000);
	assert_true(BOUNDS_AT_ONCE > LB_INDICATORS_MAX);
}

static void what_an_older_database_has_is_counted(void **state)
{
	(void)state;
	take_values(1, 3, "de-sn");
	sighted(7, "de-he", 2);
	assert_int_equal(sqlite3_exec(store.db,
	                              "ALTER TABLE sighting DROP COLUMN created;DROP INDEX quarantine_received;ALTER TABLE incident DROP COLUMN idle_said;"
	                              "ALTER TABLE inbox DROP COLUMN title_german;DROP INDEX inbox_until;ALTER TABLE inbox DROP COLUMN until;"
	                              "CREATE INDEX inbox_cases ON inbox(row) WHERE type=9 AND payload<>x'';"
	                              "DROP TABLE tally;DROP TRIGGER indicator_more;DROP TRIGGER indicator_less;DROP TRIGGER sighting_more;"
	                              "DROP TRIGGER sighting_less;UPDATE meta SET value=10 WHERE key='schema'",
	                              NULL, NULL, NULL),
	                 SQLITE_OK);
	store_reopen();
	assert_int_equal(number("SELECT n FROM tally WHERE what=1 AND origin='de-sn'"), 3);
	assert_int_equal(number("SELECT n FROM tally WHERE what=2 AND origin='de-he'"), 2);
	take_values(4, 1, "de-sn");
	assert_int_equal(number("SELECT n FROM tally WHERE what=1 AND origin='de-sn'"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_ends_first_of_who_has_most_goes),
		STORE_TEST(the_tally_follows_whatever_happens),
		STORE_TEST(sightings_have_one_too),
		STORE_TEST(a_table_that_is_far_too_large_shrinks_bit_by_bit),
		STORE_TEST(what_an_older_database_has_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
