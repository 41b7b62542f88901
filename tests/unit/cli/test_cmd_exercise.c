/* agents/cli/cmd_exercise.c: an exercise is begun and ended, under a label that the broker can read, and whoever ends it hears what ends with it. */
#include "tests/unit/cli/fake_agent.h"

#include "lagebus/limits.h"
#include "proto/exercise.pb-c.h"

static struct {
	bool ended;
	char origin[64];
	Lagebus__Header *header; /* of what was sent last */
	Lagebus__Exercise *exercise;
} world;

static void forget(void)
{
	if (world.header)
		lagebus__header__free_unpacked(world.header, NULL);
	if (world.exercise)
		lagebus__exercise__free_unpacked(world.exercise, NULL);
	world.header = NULL;
	world.exercise = NULL;
}

static void answer_exercises(struct fake *f)
{
	struct lb_header h = sample_header(1);
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__ExercisesReply exercises = LAGEBUS__EXERCISES_REPLY__INIT;
	Lagebus__ExerciseRow row = LAGEBUS__EXERCISE_ROW__INIT, *rows = &row;
	struct lb_buf header = LB_BUF_INIT;

	h.type = LB_TYPE_EXERCISE;
	h.level = 0;
	h.tlp = LB_TLP_GREEN;
	h.exercise = true;
	h.exercise_name = lb_text_of("Probe");
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	row.name = (char *)"Probe";
	row.origin = world.origin;
	row.title = (char *)"Probe im Herbst";
	row.runs = !world.ended;
	row.ended = world.ended ? 1795424400000 : 0;
	row.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	exercises.rows = &rows;
	exercises.n_rows = 1;
	reply.body_case = LAGEBUS__REPLY__BODY_EXERCISES;
	reply.exercises = &exercises;
	fake_reply(f, &reply);
	lb_buf_fini(&header);
}

/* One waits that belongs to the exercise, one to another, one is real. */
static void answer_waiting(struct fake *f)
{
	static const char *const names[] = { "Probe", "Probe 2", "" };
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__ApprovalsReply approvals = LAGEBUS__APPROVALS_REPLY__INIT;
	Lagebus__Waiting waiting = LAGEBUS__WAITING__INIT;
	Lagebus__WaitingMessage one[3], *all[3];
	Lagebus__ApprovalStatus status = LAGEBUS__APPROVAL_STATUS__INIT;
	struct lb_buf header[3] = { LB_BUF_INIT, LB_BUF_INIT, LB_BUF_INIT };
	uint8_t packed[2000];

	for (unsigned i = 0; i < 3; i++) {
		struct lb_header h = sample_header((uint8_t)(10 + i));

		h.exercise = *names[i] != 0;
		h.exercise_name = lb_text_of(names[i]);
		assert_int_equal(lb_header_encode(&h, &header[i]), LB_OK);
		lagebus__waiting_message__init(&one[i]);
		one[i].header = (ProtobufCBinaryData){ lb_buf_len(&header[i]), lb_buf_data(&header[i]) };
		one[i].approval = &status;
		all[i] = &one[i];
	}
	waiting.messages = all;
	waiting.n_messages = 3;
	assert_true(lagebus__waiting__get_packed_size(&waiting) <= sizeof packed);
	approvals.waiting = (ProtobufCBinaryData){ lagebus__waiting__pack(&waiting, packed), packed };
	reply.body_case = LAGEBUS__REPLY__BODY_APPROVALS;
	reply.approvals = &approvals;
	fake_reply(f, &reply);
	for (unsigned i = 0; i < 3; i++)
		lb_buf_fini(&header[i]);
}

static void answer_send(struct fake *f, const Lagebus__SendRequest *r)
{
	struct lb_uuid id = lb_uuid7_now();

	forget();
	world.header = lagebus__header__unpack(NULL, r->header.len, r->header.data);
	world.exercise = lagebus__exercise__unpack(NULL, r->payload.len, r->payload.data);
	fake_sent(f, &id, true);
}

static void answer(struct fake *f, const Lagebus__Request *request)
{
	if (request->body_case == LAGEBUS__REQUEST__BODY_EXERCISES)
		answer_exercises(f);
	else if (request->body_case == LAGEBUS__REQUEST__BODY_APPROVALS)
		answer_waiting(f);
	else if (request->body_case == LAGEBUS__REQUEST__BODY_SEND)
		answer_send(f, request->send);
	else
		fake_error(f, LB_NOT_FOUND, "there is no such message");
}

static int begin(void **state)
{
	static struct fake f;

	world.ended = false;
	snprintf(world.origin, sizeof world.origin, "bund-bsi");
	fake_start(&f, answer);
	*state = &f;
	return 0;
}

static int end(void **state)
{
	struct fake *f = *state;

	fake_stop(f);
	fake_forget(f);
	forget();
	return 0;
}

static void it_is_begun_with_a_name_and_a_title(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "exercise", "begin", "Probe", "--to", "de-sn,de-he", "--ends", "2d", NULL), CLI_OK);
	assert_true(world.header->exercise);
	assert_string_equal(world.header->exercise_name, "Probe");
	assert_int_equal(world.header->tlp, LB_TLP_GREEN);
	assert_int_equal(world.exercise->phase, LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN);
	assert_string_equal(world.exercise->title, "Probe");
	assert_true(world.exercise->ends > 0);
	ran_free(&r);
}

static void what_is_wrong_is_said_before_anything_is_sent(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "exercise", "begin", "Probe", "--to", "de-sn", "--tlp", "red", NULL), CLI_REFUSED);
	assert_has(r.err, "exercise-red");
	assert_has(r.err, "lagebus send --tlp red --exercise");
	assert_int_equal(run(&r, "exercise", "begin", "Probe", "--to", "de-sn", "--tlp", "red", "--dry-run", NULL), CLI_REFUSED);
	assert_int_equal(run(&r, "exercise", "begin", "", "--to", "de-sn", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "exercise", "begin", "VS-NfD", "--to", "de-sn", NULL), CLI_REFUSED);
	assert_int_equal(run(&r, "exercise", "begin", "Probe", NULL), CLI_USAGE);
	assert_has(r.err, "to whom?");
	assert_int_equal(run(&r, "exercise", "begin", "Probe", "--to", "de-sn", "--begins", "3d", "--ends", "2d", NULL), CLI_USAGE);
	assert_has(r.err, "before it begins");
	assert_null(world.header);
	ran_free(&r);
}

static void its_end_goes_where_its_beginning_went_and_says_what_ends_with_it(void **state)
{
	char waits[LB_UUID_TEXT], other[LB_UUID_TEXT], real[LB_UUID_TEXT];
	struct ran r = { .code = 0 };

	(void)state;
	sample_id(10, waits);
	sample_id(11, other);
	sample_id(12, real);
	assert_int_equal(run(&r, "exercise", "end", "Probe", NULL), CLI_OK);
	assert_int_equal(world.exercise->phase, LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END);
	assert_int_equal(world.header->n_audience, 2);
	assert_string_equal(world.header->audience[0], "de-sn");
	assert_int_equal(world.header->thread.len, 16);
	assert_has(r.err, waits);
	assert_has(r.err, "it is not sent");
	assert_has_not(r.err, other);
	assert_has_not(r.err, real);
	ran_free(&r);
}

static void only_who_began_it_ends_it_once(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	world.ended = true;
	assert_int_equal(run(&r, "exercise", "end", "Probe", NULL), CLI_REFUSED);
	assert_has(r.err, "has begun no exercise of this name that is not ended");
	world.ended = false;
	snprintf(world.origin, sizeof world.origin, "de-sn");
	assert_int_equal(run(&r, "exercise", "end", "Probe", NULL), CLI_REFUSED);
	assert_null(world.header);
	ran_free(&r);
}

static void they_are_listed_and_marked(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "exercise", "list", NULL), CLI_OK);
	assert_has(r.out, "ÜBUNG – ÜBUNG – ÜBUNG Probe\truns\tbund-bsi");
	assert_int_equal(run(&r, "exercise", "list", "--past", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"state\": \"runs\"");
	assert_has(r.out, "\"exercise_name\": \"Probe\"");
	assert_has(r.out, "\"audience\": [\n        \"de-sn\",\n        \"de-he\"\n      ]");
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_begun_with_a_name_and_a_title, begin, end),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said_before_anything_is_sent, begin, end),
		cmocka_unit_test_setup_teardown(its_end_goes_where_its_beginning_went_and_says_what_ends_with_it, begin, end),
		cmocka_unit_test_setup_teardown(only_who_began_it_ends_it_once, begin, end),
		cmocka_unit_test_setup_teardown(they_are_listed_and_marked, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
