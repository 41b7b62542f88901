/* Training: the newest sequence counts, a uid is its first origin's, and whoever comes first has a seat. */
#include "tests/unit/agent/derived_fixture.h"

#include "agents/agent/training.h"
#include "proto/training.pb-c.h"

#define BEGINS_MS (CREATED_MS + 10 * LB_DAY_MS)

static void announce(unsigned n, const char *origin, const char *uid, uint32_t sequence, uint32_t seats, const char *title)
{
	struct lb_header h = derived_header(n, LB_TYPE_TRAINING_EVENT, origin);
	Lagebus__TrainingEvent t = LAGEBUS__TRAINING_EVENT__INIT;
	struct lb_buf payload = LB_BUF_INIT;

	t.uid = (char *)uid;
	t.sequence = sequence;
	t.seats = seats;
	t.title = (char *)title;
	t.begins = BEGINS_MS;
	t.ends = BEGINS_MS + 1000;
	assert_int_equal(training_take(&store, &h, packed(&t.base, &payload)), LB_OK);
	lb_buf_fini(&payload);
}

static void enlist(unsigned n, const char *origin, const char *uid, uint32_t seats)
{
	struct lb_header h = derived_header(n, LB_TYPE_TRAINING_REGISTRATION, origin);
	Lagebus__TrainingRegistration r = LAGEBUS__TRAINING_REGISTRATION__INIT;
	struct lb_buf payload = LB_BUF_INIT;

	r.uid = (char *)uid;
	r.seats = seats;
	assert_int_equal(registrations_take(&store, &h, packed(&r.base, &payload)), LB_OK);
	lb_buf_fini(&payload);
}

static Lagebus__TrainingReply *ask(const char *uid, bool past, int64_t now_ms)
{
	Lagebus__TrainingRequest r = LAGEBUS__TRAINING_REQUEST__INIT;
	struct lb_buf rows = LB_BUF_INIT;
	Lagebus__TrainingReply *reply;

	r.uid = (char *)uid;
	r.past = past;
	r.registrations = true;
	assert_int_equal(training_find(&store, &r, "de-he", now_ms, &rows), LB_OK);
	reply = lagebus__training_reply__unpack(NULL, lb_buf_len(&rows), rows.p ? lb_buf_data(&rows) : (const uint8_t *)"");
	assert_non_null(reply);
	lb_buf_fini(&rows);
	return reply;
}

static void expect_title(const char *uid, const char *title)
{
	Lagebus__TrainingReply *reply = ask(uid, false, CREATED_MS);
	Lagebus__TrainingEvent *t;

	assert_int_equal(reply->n_rows, 1);
	t = lagebus__training_event__unpack(NULL, reply->rows[0]->event.len, reply->rows[0]->event.data);
	assert_string_equal(t->title, title);
	lagebus__training_event__free_unpacked(t, NULL);
	lagebus__training_reply__free_unpacked(reply, NULL);
}

static void the_newest_sequence_of_its_origin_counts(void **state)
{
	(void)state;
	announce(1, "de-sn", "a@de-sn", 0, 0, "first");
	announce(3, "de-sn", "a@de-sn", 2, 0, "third");
	announce(2, "de-sn", "a@de-sn", 1, 0, "second, late");
	expect_title("a@de-sn", "third");
	announce(4, "de-sn", "a@de-sn", 2, 0, "the same sequence, newer");
	expect_title("a@de-sn", "the same sequence, newer");
	announce(3, "de-sn", "a@de-sn", 2, 0, "the same sequence, late");
	expect_title("a@de-sn", "the same sequence, newer");
	announce(5, "de-he", "a@de-sn", 9, 0, "somebody else's");
	expect_title("a@de-sn", "the same sequence, newer");
}

static void what_is_none_is_left_out(void **state)
{
	struct lb_header h = derived_header(1, LB_TYPE_TRAINING_EVENT, "de-sn");
	Lagebus__TrainingReply *reply;

	(void)state;
	announce(1, "de-sn", "", 0, 0, "no uid");
	announce(1, "de-sn", "a\nb", 0, 0, "a line break");
	announce(1, "de-sn", "\xff", 0, 0, "no UTF-8");
	assert_int_equal(training_take(&store, &h, (struct lb_frame){ (const uint8_t *)"\xff\xff", 2 }), LB_OK);
	reply = ask("", true, CREATED_MS);
	assert_int_equal(reply->n_rows, 0);
	lagebus__training_reply__free_unpacked(reply, NULL);
}

static void whoever_comes_first_has_a_seat(void **state)
{
	Lagebus__TrainingReply *reply;
	const Lagebus__TrainingRow *row;

	(void)state;
	announce(1, "de-sn", "a@de-sn", 0, 5, "five seats");
	enlist(2, "de-he", "a@de-sn", 2);
	enlist(3, "de-hb", "a@de-sn", 4);
	enlist(4, "de-sl", "a@de-sn", 2);
	enlist(5, "de-he", "a@de-sn", 1); /* fewer: it keeps its place */
	enlist(6, "de-rp", "b@de-sn", 1); /* for another */
	reply = ask("a@", false, CREATED_MS);
	row = reply->rows[0];
	assert_int_equal(row->taken, 5);
	assert_int_equal(row->waiting, 2);
	assert_int_equal(row->registered, 1);
	assert_int_equal(row->n_registrations, 3);
	assert_string_equal(row->registrations[0]->origin, "de-he");
	assert_string_equal(row->registrations[1]->origin, "de-hb");
	assert_true(row->registrations[2]->waiting);
	lagebus__training_reply__free_unpacked(reply, NULL);
	enlist(7, "de-he", "a@de-sn", 3); /* more: behind the others */
	enlist(6, "de-he", "a@de-sn", 0); /* older, and comes later */
	enlist(8, "de-hb", "a@de-sn", 0); /* withdrawn */
	reply = ask("a@", false, CREATED_MS);
	row = reply->rows[0];
	assert_int_equal(row->taken, 5);
	assert_int_equal(row->waiting, 0);
	assert_int_equal(row->n_registrations, 2);
	assert_string_equal(row->registrations[0]->origin, "de-sl");
	lagebus__training_reply__free_unpacked(reply, NULL);
}

static void what_is_recalled_is_gone(void **state)
{
	struct lb_uuid first = store_id(1), second = store_id(2), enlisted = store_id(3);
	Lagebus__TrainingReply *reply;

	(void)state;
	announce(1, "de-sn", "a@de-sn", 0, 5, "first");
	announce(2, "de-sn", "a@de-sn", 1, 5, "second");
	enlist(3, "de-he", "a@de-sn", 2);
	assert_int_equal(training_forget(&store, &first, lb_text_of("de-sn")), LB_OK);
	assert_int_equal(training_forget(&store, &second, lb_text_of("de-he")), LB_OK); /* not its own */
	assert_int_equal(training_forget(&store, &enlisted, lb_text_of("de-sn")), LB_OK);
	reply = ask("", false, CREATED_MS);
	assert_int_equal(reply->n_rows, 1);
	assert_int_equal(reply->rows[0]->taken, 2);
	lagebus__training_reply__free_unpacked(reply, NULL);
	assert_int_equal(training_forget(&store, &enlisted, lb_text_of("de-he")), LB_OK);
	reply = ask("", false, CREATED_MS);
	assert_int_equal(reply->rows[0]->taken, 0);
	lagebus__training_reply__free_unpacked(reply, NULL);
	assert_int_equal(training_forget(&store, &second, lb_text_of("de-sn")), LB_OK);
	reply = ask("", false, CREATED_MS);
	assert_int_equal(reply->n_rows, 0);
	lagebus__training_reply__free_unpacked(reply, NULL);
}

static void what_is_over_is_past_and_then_gone(void **state)
{
	int64_t keep_ms = lb_message_type(LB_TYPE_TRAINING_EVENT)->keep_ms;
	Lagebus__TrainingReply *reply;

	(void)state;
	announce(1, "de-sn", "a@de-sn", 0, 5, "over");
	enlist(2, "de-he", "a@de-sn", 2);
	reply = ask("", false, BEGINS_MS + 1000);
	assert_int_equal(reply->n_rows, 0);
	lagebus__training_reply__free_unpacked(reply, NULL);
	assert_int_equal(training_expire(&store, BEGINS_MS + 999 + keep_ms), LB_OK);
	reply = ask("", true, BEGINS_MS + 1000);
	assert_int_equal(reply->n_rows, 1);
	assert_int_equal(reply->rows[0]->n_registrations, 0); /* people's data go first */
	lagebus__training_reply__free_unpacked(reply, NULL);
	assert_int_equal(training_expire(&store, BEGINS_MS + 1000 + keep_ms), LB_OK);
	reply = ask("", true, BEGINS_MS);
	assert_int_equal(reply->n_rows, 0);
	lagebus__training_reply__free_unpacked(reply, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(the_newest_sequence_of_its_origin_counts),
		STORE_TEST(what_is_none_is_left_out),
		STORE_TEST(whoever_comes_first_has_a_seat),
		STORE_TEST(what_is_recalled_is_gone),
		STORE_TEST(what_is_over_is_past_and_then_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
