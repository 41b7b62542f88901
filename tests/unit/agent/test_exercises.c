/* Exercises as an agent knows them: what was begun and ended, whichever message comes first. */
#include "tests/unit/agent/derived_fixture.h"

#include "agents/agent/exercises.h"
#include "proto/exercise.pb-c.h"

#define BEGIN LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN
#define END LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END
#define AFTER (CREATED_MS + 60000)

/* Message n, created n ms after the first. */
static void take(unsigned n, const char *origin, const char *name, unsigned phase, int64_t begins, int64_t ends)
{
	struct lb_header h = derived_header(n, LB_TYPE_EXERCISE, origin);
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct lb_buf payload = LB_BUF_INIT;

	h.exercise = *name != '\0';
	h.exercise_name = lb_text_of(name);
	x.phase = phase;
	x.title = (char *)"A title";
	x.begins = begins;
	x.ends = ends;
	assert_int_equal(exercises_take(&store, &h, packed(&x.base, &payload)), LB_OK);
	lb_buf_fini(&payload);
}

static Lagebus__ExercisesReply *find(bool past, int64_t now_ms)
{
	Lagebus__ExercisesRequest r = LAGEBUS__EXERCISES_REQUEST__INIT;
	Lagebus__ExercisesReply *reply;
	struct lb_buf rows = LB_BUF_INIT;

	r.past = past;
	assert_int_equal(exercises_find(&store, &r, now_ms, &rows), LB_OK);
	reply = lagebus__exercises_reply__unpack(NULL, lb_buf_len(&rows), rows.p ? lb_buf_data(&rows) : (const uint8_t *)"");
	assert_non_null(reply);
	lb_buf_fini(&rows);
	return reply;
}

static size_t count(bool past, int64_t now_ms)
{
	Lagebus__ExercisesReply *r = find(past, now_ms);
	size_t n = r->n_rows;

	lagebus__exercises_reply__free_unpacked(r, NULL);
	return n;
}

static size_t running(int64_t now_ms)
{
	struct exercise_names names = { .n = 0 };
	size_t n;

	assert_int_equal(exercises_running(&store, now_ms, &names), LB_OK);
	n = names.n;
	exercise_names_fini(&names);
	return n;
}

static void it_runs_until_it_is_ended(void **state)
{
	Lagebus__ExercisesReply *r;
	struct lb_header h;

	(void)state;
	take(1, "bund-bsi", "LÜKEX", BEGIN, 0, 0);
	r = find(false, AFTER);
	assert_int_equal(r->n_rows, 1);
	assert_string_equal(r->rows[0]->name, "LÜKEX");
	assert_string_equal(r->rows[0]->origin, "bund-bsi");
	assert_string_equal(r->rows[0]->title, "A title");
	assert_true(r->rows[0]->runs && r->rows[0]->begins == CREATED_MS + 1 && r->rows[0]->ends == 0);
	assert_int_equal(lb_header_decode(r->rows[0]->header.data, r->rows[0]->header.len, &h), LB_OK);
	assert_true(lb_text_equals(h.audience[0], "all"));
	lagebus__exercises_reply__free_unpacked(r, NULL);
	take(2, "de-sn", "LÜKEX", END, 0, 0); /* another's of the same name */
	assert_int_equal(running(AFTER), 1);
	take(3, "bund-bsi", "LÜKEX", END, 0, 0);
	assert_int_equal(running(AFTER), 0);
	assert_int_equal(count(false, AFTER), 0);
	assert_int_equal(count(true, AFTER), 2);
	take(4, "bund-bsi", "LÜKEX", BEGIN, 0, 0);
	assert_int_equal(running(AFTER), 1);
}

static void the_newest_counts_in_any_order(void **state)
{
	(void)state;
	take(5, "bund-bsi", "a", END, 0, 0);
	take(4, "bund-bsi", "a", BEGIN, 0, 0);
	assert_int_equal(running(AFTER), 0);
	take(6, "bund-bsi", "b", BEGIN, 0, 0);
	take(3, "bund-bsi", "b", END, 0, 0);
	assert_int_equal(running(AFTER), 1);
	take(2, "bund-bsi", "b", BEGIN, 0, AFTER - 1);
	assert_int_equal(running(AFTER), 1);
}

static void its_times_count(void **state)
{
	(void)state;
	take(1, "bund-bsi", "a", BEGIN, AFTER, AFTER + 1000);
	assert_int_equal(running(AFTER - 1), 0);
	assert_int_equal(count(false, AFTER - 1), 1); /* it is to come */
	assert_int_equal(running(AFTER), 1);
	assert_int_equal(running(AFTER + 1000), 0);
	assert_int_equal(count(false, AFTER + 1000), 0);
	assert_int_equal(count(true, AFTER + 1000), 1);
}

static void a_name_is_told_once(void **state)
{
	(void)state;
	take(1, "bund-bsi", "a", BEGIN, 0, 0);
	take(2, "de-sn", "a", BEGIN, 0, 0);
	assert_int_equal(count(false, AFTER), 2);
	assert_int_equal(running(AFTER), 1);
}

static void what_is_none_is_passed_over(void **state)
{
	(void)state;
	take(1, "bund-bsi", "", BEGIN, 0, 0);
	take(2, "bund-bsi", "a", 9, 0, 0);
	take(3, "bund-bsi", "b", BEGIN, 2000, 1000);
	assert_int_equal(count(true, AFTER), 0);
}

static void what_is_long_over_goes(void **state)
{
	int64_t year_ms = lb_message_type(LB_TYPE_EXERCISE)->keep_ms;

	(void)state;
	take(1, "bund-bsi", "open", BEGIN, 0, 0);
	take(2, "bund-bsi", "ended", BEGIN, 0, 0);
	take(3, "bund-bsi", "ended", END, 0, 0);
	take(4, "bund-bsi", "over", BEGIN, 0, AFTER);
	assert_int_equal(exercises_expire(&store, AFTER), LB_OK);
	assert_int_equal(count(true, AFTER), 3);
	assert_int_equal(exercises_expire(&store, AFTER + year_ms), LB_OK);
	assert_int_equal(count(true, AFTER), 1);
	assert_int_equal(running(AFTER), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(it_runs_until_it_is_ended),
		STORE_TEST(the_newest_counts_in_any_order),
		STORE_TEST(its_times_count),
		STORE_TEST(a_name_is_told_once),
		STORE_TEST(what_is_none_is_passed_over),
		STORE_TEST(what_is_long_over_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
