/* agents/agent/incident_store.c: which messages belong to an incident, also over a restart, and which no longer do. */
#include "tests/unit/agent/incident_messages.h"
#include "tests/unit/agent/store_fixture.h"

#include "agents/agent/inbox.h"
#include "agents/agent/incident_store.h"

static const struct incident_times law = { 24 * HOUR, 72 * HOUR, 720 * HOUR, 6 * HOUR };

static void receive(const struct word *w)
{
	struct told t;
	struct lb_header h;
	struct inbox_message m = { .lane = LB_LANE_URGENT, .position = w->n };
	bool stored = false, touched = false;

	told_write(&t, w);
	m.header = told_message(&t).header;
	m.payload = told_message(&t).payload;
	m.signature = (struct lb_frame){ (const uint8_t *)"s", 1 };
	assert_int_equal(lb_header_decode(m.header.p, m.header.n, &h), LB_OK);
	assert_int_equal(inbox_add(&store, &m, &h, "", &stored), LB_OK);
	assert_int_equal(incident_store_received(&store, &h, &touched), LB_OK);
	assert_int_equal(touched, incident_has_type(h.type));
	told_fini(&t);
}

static void send(const struct word *w)
{
	struct told t;
	struct lb_header h;
	struct incident_message m;
	bool touched = false;

	told_write(&t, w);
	m = told_message(&t);
	assert_int_equal(lb_header_decode(m.header.p, m.header.n, &h), LB_OK);
	assert_int_equal(incident_store_sent(&store, &h, m.header, m.payload, &touched), LB_OK);
	assert_true(touched);
	told_fini(&t);
}

static size_t entries(void)
{
	struct lb_uuid id = told_id(1);
	Lagebus__Incident *i = NULL;
	lb_err e = incident_store_load(&store, &id, &law, T0, &i);
	size_t n = e == LB_OK ? i->n_entries : 0;

	if (e == LB_OK)
		lagebus__incident__free_unpacked(i, NULL);
	else
		assert_int_equal(e, LB_NOT_FOUND);
	return n;
}

static const struct word first = { .n = 1, .by = "de-sn/leipzig", .title = "x" }, confirmed = { .n = 2, .thread = 1, .by = "de-sn", .at = HOUR, .stage = STAGE(CONFIRM) },
                         other = { .n = 3, .by = "de-he" }, warning = { .n = 4, .thread = 1, .by = "bund-bsi", .type = LB_TYPE_WARNING };

static void what_came_and_what_was_sent_make_it_also_after_a_restart(void **state)
{
	struct lb_uuid id = told_id(2), incident, changed;

	(void)state;
	receive(&first);
	receive(&other);
	receive(&warning);
	send(&confirmed);
	send(&confirmed); /* an agent that acts for both gets its own, too */
	receive(&confirmed);
	assert_int_equal(entries(), 2);
	store_reopen();
	assert_int_equal(entries(), 2);
	assert_int_equal(incident_store_of(&store, &id, &incident), LB_OK);
	id = told_id(1);
	assert_memory_equal(&incident, &id, sizeof id);
	id = told_id(4);
	assert_int_equal(incident_store_of(&store, &id, &incident), LB_NOT_FOUND);
	assert_int_equal(incident_store_changed(&store, &changed), LB_OK);
}

static void what_the_broker_refused_is_no_part_of_it(void **state)
{
	struct lb_uuid id = told_id(2);
	bool touched;

	(void)state;
	receive(&first);
	send(&confirmed);
	assert_int_equal(incident_store_refused(&store, &id, &touched), LB_OK);
	assert_true(touched);
	assert_int_equal(entries(), 1);
	id = told_id(77);
	assert_int_equal(incident_store_refused(&store, &id, &touched), LB_OK);
	assert_false(touched);
}

static void what_is_deleted_from_the_inbox_is_gone_from_it(void **state)
{
	(void)state;
	receive(&first);
	assert_int_equal(entries(), 1);
	assert_int_equal(sqlite3_exec(store.db, "DELETE FROM inbox", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(entries(), 0);
}

static void save(int64_t now, uint32_t said)
{
	struct lb_uuid id = told_id(1);
	Lagebus__Incident *i = NULL;

	assert_int_equal(incident_store_load(&store, &id, &law, T0 + now, &i), LB_OK);
	assert_int_equal(incident_store_save(&store, &id, i, &law, &(struct incident_said){ .clocks = said }, INT64_MAX), LB_OK);
	lagebus__incident__free_unpacked(i, NULL);
}

static void it_is_due_when_a_clock_is_about_to_run_out(void **state)
{
	struct incident_said said = { .idle_ms = 7 };
	struct incident_counts counts;
	struct lb_uuid id;

	(void)state;
	assert_true(incident_store_next_ms(&store) == INT64_MAX);
	receive(&first);
	save(0, 5);
	assert_int_equal(incident_store_changed(&store, &id), LB_NOT_FOUND);
	id = told_id(1);
	assert_int_equal(incident_store_said(&store, &id, &said), LB_OK);
	assert_int_equal(said.clocks, 5);
	assert_int_equal(said.idle_ms, 0);
	assert_int_equal(incident_store_next_ms(&store), T0 + 66 * HOUR);
	assert_int_equal(incident_store_due(&store, T0 + 66 * HOUR - 1, &id), LB_NOT_FOUND);
	assert_int_equal(incident_store_due(&store, T0 + 66 * HOUR, &id), LB_OK);
	for (unsigned k = 0; k < 3; k++) {
		assert_int_equal(incident_store_counts(&store, T0 + (int64_t[]){ 0, 66, 72 }[k] * HOUR, &counts), LB_OK);
		assert_int_equal(counts.open, 1);
		assert_int_equal(counts.soon, k == 1);
		assert_int_equal(counts.overdue, k == 2);
	}
}

static void an_exercise_is_in_no_count_and_never_due(void **state)
{
	static const struct word exercise = { .n = 1, .by = "de-sn", .title = "x", .exercise = true };
	struct incident_counts counts;

	(void)state;
	receive(&exercise);
	save(0, 0);
	assert_true(incident_store_next_ms(&store) == INT64_MAX);
	assert_int_equal(incident_store_counts(&store, T0 + 1000 * HOUR, &counts), LB_OK);
	assert_int_equal(counts.open + counts.soon + counts.overdue + counts.idle, 0);
}

static void the_list_has_the_open_ones_first_changed_last(void **state)
{
	struct lb_uuid ids[8], one = told_id(1);
	uint32_t n = 0;

	(void)state;
	receive(&first);
	save(0, 0);
	assert_int_equal(incident_store_list(&store, false, 8, ids, &n), LB_OK);
	assert_int_equal(n, 1);
	assert_memory_equal(&ids[0], &one, sizeof one);
	send(&(struct word){ .n = 9, .thread = 1, .by = "de-sn/leipzig", .at = HOUR, .stage = STAGE(FINAL), .closed = true });
	save(0, 0);
	assert_int_equal(incident_store_list(&store, false, 8, ids, &n), LB_OK);
	assert_int_equal(n, 0);
	assert_int_equal(incident_store_list(&store, true, 8, ids, &n), LB_OK);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(what_came_and_what_was_sent_make_it_also_after_a_restart),
		STORE_TEST(what_the_broker_refused_is_no_part_of_it),
		STORE_TEST(what_is_deleted_from_the_inbox_is_gone_from_it),
		STORE_TEST(it_is_due_when_a_clock_is_about_to_run_out),
		STORE_TEST(an_exercise_is_in_no_count_and_never_due),
		STORE_TEST(the_list_has_the_open_ones_first_changed_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
