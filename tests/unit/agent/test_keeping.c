/* What the federation keeps, as the broker says it: for what comes, for what is here, over restarts, and not where the configuration says otherwise. */
#include "tests/unit/agent/agent_fixture.h"

#include "agents/agent/keeping.h"
#include "lagebus/message_type.h"

#define MANY 2100 /* more than two turns look at */

/* As if it had come so many days ago. */
static void store_old(unsigned n, unsigned type, unsigned days)
{
	struct lb_header h = { .type = type, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_AMBER, .schema_version = 1, .audience_n = 1, .lane = LB_LANE_ROUTINE };
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = n, .payload = { (const uint8_t *)"\x0a\x01x", 3 }, .signature = { (const uint8_t *)"s", 1 } };
	struct lb_buf header = LB_BUF_INIT;
	bool stored;

	h.id = letter_id(n);
	h.created_ms = agent_clock_ms() - days * LB_DAY_MS;
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.exercise_name = h.language = lb_text_of("");
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(agent_begin(&agent), LB_OK);
	assert_int_equal(inbox_add(&agent.store, &m, &h, SPIFFE_BUND, &stored), LB_OK);
	assert_true(stored);
	lb_buf_fini(&header);
}

static bool is_gone(unsigned n)
{
	struct lb_uuid id = letter_id(n);
	struct inbox_row row;

	assert_int_equal(inbox_get(&agent.store, &id, &row), LB_OK);
	return strcmp(row.gone, "expired") == 0 && row.payload.n == 0;
}

static void tell(Lagebus__Keep **types, size_t n)
{
	Lagebus__Retention retention = LAGEBUS__RETENTION__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	retention.types = types;
	retention.n_types = n;
	control.body_case = LAGEBUS__CONTROL__BODY_RETENTION;
	control.retention = &retention;
	broker_say(&broker, &control);
}

static void send_keep(unsigned type, int64_t ms)
{
	Lagebus__Keep keep = LAGEBUS__KEEP__INIT, *types[] = { &keep };

	keep.type = type;
	keep.most_ms = ms;
	tell(types, 1);
}

static void say_keep(unsigned type, int64_t ms)
{
	send_keep(type, ms);
	settle();
}

/* Until there is nothing left to look at. */
static void let_it_review(void)
{
	for (unsigned i = 0; i < 20 && (agent.review_due || agent.erase_ms <= now_ms); i++)
		step_at(now_ms + 1);
	assert_false(agent.review_due);
}

static void configure_retention(const char *which)
{
	FILE *f = fopen(fixture_path("agent", ".conf"), "a");

	assert_non_null(f);
	fprintf(f, "retention = \"%s\";\n", which);
	assert_int_equal(fclose(f), 0);
}

static void reopen(void)
{
	agent_close(&agent);
	fixture_open();
}

static void what_is_here_goes_when_the_federation_keeps_it_for_less(void **state)
{
	(void)state;
	link_up();
	store_old(1, LB_TYPE_INDICATOR, 40);
	store_old(2, LB_TYPE_INDICATOR, 20);
	store_old(3, LB_TYPE_SIGHTING, 40);
	let_it_review();
	assert_false(is_gone(1));
	say_keep(LB_TYPE_INDICATOR, 30 * LB_DAY_MS);
	let_it_review();
	assert_true(is_gone(1));
	assert_false(is_gone(2) || is_gone(3));
	/* What the next one says takes its place: of sightings, and nothing of indicators any more. */
	say_keep(LB_TYPE_SIGHTING, 30 * LB_DAY_MS);
	let_it_review();
	assert_true(is_gone(3));
	assert_false(is_gone(2));
	assert_false(agent.store.keep.most[LB_TYPE_INDICATOR]);
}

static void what_comes_then_is_kept_for_as_long(void **state)
{
	(void)state;
	link_up();
	say_keep(LB_TYPE_SIGHTING, 10 * 365 * LB_DAY_MS);
	store_old(1, LB_TYPE_SIGHTING, 300); /* the default is half a year */
	store_old(2, LB_TYPE_WARNING, 6 * 365);
	agent.erase_ms = now_ms;
	let_it_review();
	assert_false(is_gone(1));
	assert_true(is_gone(2));
}

static void a_restart_goes_by_what_was_said_last_and_goes_on(void **state)
{
	(void)state;
	link_up();
	for (unsigned n = 1; n <= MANY; n++)
		store_old(n, LB_TYPE_INDICATOR, 40);
	step_at(now_ms + 1);
	say_keep(LB_TYPE_INDICATOR, 30 * LB_DAY_MS);
	assert_int_equal(agent_settle(&agent), LB_OK);
	agent.review_row = 0;
	reopen();
	assert_true(agent.store.keep.keep_ms[LB_TYPE_INDICATOR] == 30 * LB_DAY_MS);
	for (unsigned i = 0; i < 100 && !is_gone(MANY); i++)
		step_at(now_ms + 1);
	assert_true(is_gone(1) && is_gone(1024) && is_gone(1025) && is_gone(MANY));
}

static void who_keeps_by_its_own_rules_hears_and_does_not_follow(void **state)
{
	(void)state;
	configure_retention("own");
	reopen();
	link_up();
	store_old(1, LB_TYPE_INDICATOR, 40);
	say_keep(LB_TYPE_INDICATOR, 30 * LB_DAY_MS);
	let_it_review();
	assert_false(is_gone(1));
	fixture_configure("agent", NULL);
	reopen();
	let_it_review();
	assert_true(is_gone(1));
}

/* A broker that cannot be right is not followed. */
static void what_is_no_time_to_keep_it_is_left_out(void **state)
{
	const struct {
		unsigned type;
		int64_t ms;
	} wrong[] = {
		{ 0, 30 * LB_DAY_MS }, { LB_TYPE_MAX + 1, 30 * LB_DAY_MS }, { LB_TYPE_INDICATOR, LB_DAY_MS - 1 }, { LB_TYPE_INDICATOR, 0 },
		{ LB_TYPE_INDICATOR, INT64_MIN }, { LB_TYPE_INDICATOR, INT64_MAX }, { LB_TYPE_DIGITAL_VIOLENCE_CASE, 15 * LB_DAY_MS },
	};
	struct retention defaults;

	(void)state;
	retention_init(&defaults);
	link_up();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		say_keep(wrong[i].type, wrong[i].ms);
		assert_true(retention_is_same(&agent.store.keep, &defaults));
	}
	assert_true(uplink_is_open(&agent.uplink));
}

/* A turn that is lost takes back what was learnt in it. */
static int refuse(void *user)
{
	(void)user;
	return 1;
}

static void what_could_not_be_stored_is_learnt_again(void **state)
{
	struct retention defaults;

	(void)state;
	retention_init(&defaults);
	link_up();
	let_it_review();
	sqlite3_commit_hook(agent.store.db, refuse, NULL);
	send_keep(LB_TYPE_INDICATOR, 30 * LB_DAY_MS);
	UNTIL(!uplink_is_open(&agent.uplink));
	assert_true(retention_is_same(&agent.store.keep, &defaults));
	sqlite3_commit_hook(agent.store.db, NULL, NULL);
	link_up();
	say_keep(LB_TYPE_INDICATOR, 30 * LB_DAY_MS);
	assert_true(agent.store.keep.most[LB_TYPE_INDICATOR]);
}

/* What was taken out of messages ends with them. */
static void tables_end_with_their_messages(void **state)
{
	static const char *const fill[] = {
		"INSERT INTO indicator(value,kind,exercise,origin,created,valid_until) VALUES('a',1,0,'x',1000,9000000000000)",
		"INSERT INTO sighting(message,n,origin,created,until) VALUES(x'01',0,'x',1000,9000000000000)",
		"INSERT INTO registration(uid,origin,created,until) VALUES('u','x',1000,9000000000000)",
	};
	static const char *const left = "SELECT (SELECT count(*) FROM indicator)||(SELECT count(*) FROM sighting)||(SELECT count(*) FROM registration)";
	Lagebus__Keep keep[3], *types[3];
	sqlite3_stmt *q;

	(void)state;
	link_up();
	let_it_review();
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(sqlite3_exec(agent.store.db, fill[i], NULL, NULL, NULL), SQLITE_OK);
		lagebus__keep__init(&keep[i]);
		keep[i].type = (const unsigned[]){ LB_TYPE_INDICATOR, LB_TYPE_SIGHTING, LB_TYPE_TRAINING_REGISTRATION }[i];
		keep[i].most_ms = LB_DAY_MS;
		types[i] = &keep[i];
	}
	assert_int_equal(sqlite3_prepare_v2(agent.store.db, left, -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(q, 0), "111");
	sqlite3_reset(q);
	tell(types, 3);
	settle();
	let_it_review();
	agent.expire_ms = now_ms;
	step_at(now_ms + 1);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(q, 0), "000");
	sqlite3_finalize(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(what_is_here_goes_when_the_federation_keeps_it_for_less),
		AGENT_TEST(what_comes_then_is_kept_for_as_long),
		AGENT_TEST(a_restart_goes_by_what_was_said_last_and_goes_on),
		AGENT_TEST(who_keeps_by_its_own_rules_hears_and_does_not_follow),
		AGENT_TEST(what_is_no_time_to_keep_it_is_left_out),
		AGENT_TEST(what_could_not_be_stored_is_learnt_again),
		AGENT_TEST(tables_end_with_their_messages),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
