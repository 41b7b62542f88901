/* What the broker says does not wait any more: kept once, shown to who watches, in the status for a week, and refused where it is no such thing. */
#include "tests/unit/agent/agent_fixture.h"

static struct lb_buf header;

/* Of message n, a warning of level 4 of an exercise or not, at a time; the test may spoil it. */
struct said {
	Lagebus__WaitEnded ended;
	Lagebus__ApprovalStatus status;
	struct lb_uuid id;
};

static void init_said(struct said *s, unsigned n, uint32_t state, const char *exercise)
{
	struct lb_header h = { .type = LB_TYPE_WARNING, .level = 4, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_GREEN, .schema_version = 1, .audience_n = 1 };

	lb_buf_fini(&header);
	s->id = h.id = letter_id(n);
	h.created_ms = agent_clock_ms();
	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.exercise = *exercise != 0;
	h.exercise_name = lb_text_of(exercise);
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	s->ended = (Lagebus__WaitEnded)LAGEBUS__WAIT_ENDED__INIT;
	s->status = (Lagebus__ApprovalStatus)LAGEBUS__APPROVAL_STATUS__INIT;
	s->ended.id = (ProtobufCBinaryData){ sizeof s->id.b, s->id.b };
	s->ended.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	s->ended.approval = &s->status;
	s->status.state = state;
	s->status.at = s->ended.now = agent_clock_ms();
	s->status.signer = (char *)SPIFFE_BUND;
}

static void say(struct said *s)
{
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	control.body_case = LAGEBUS__CONTROL__BODY_WAIT_ENDED;
	control.wait_ended = &s->ended;
	broker_say(&broker, &control);
	settle();
}

static void say_end(unsigned n, uint32_t state)
{
	struct said s;

	init_said(&s, n, state, "");
	say(&s);
}

/* To be freed. */
static Lagebus__Reply *ask_status(void)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;
	Lagebus__Reply *reply;

	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	client_say(&client, &request);
	reply = client_hear();
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_STATUS);
	return reply;
}

static unsigned in_status(void)
{
	Lagebus__Reply *reply = ask_status();
	unsigned n = (unsigned)reply->status->n_wait_ends;

	lagebus__reply__free_unpacked(reply, NULL);
	return n;
}

static void watch(bool exercises)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__WatchRequest body = LAGEBUS__WATCH_REQUEST__INIT;

	body.topic = (char *)"warning/*";
	body.from_now = true;
	body.exercises = exercises;
	request.number = 77;
	request.body_case = LAGEBUS__REQUEST__BODY_WATCH;
	request.watch = &body;
	client_say(&client, &request);
	assert_int_equal(in_status(), 0); /* the watch has been taken */
}

static void assert_event(unsigned n, uint32_t state)
{
	Lagebus__Reply *reply = client_hear();
	struct lb_uuid id = letter_id(n);
	Lagebus__WaitEnded *ended;

	assert_int_equal(reply->number, 77);
	assert_true(reply->more);
	assert_int_equal(reply->body_case, LAGEBUS__REPLY__BODY_WAIT_ENDS);
	assert_int_equal(reply->wait_ends->n_ended, 1);
	ended = lagebus__wait_ended__unpack(NULL, reply->wait_ends->ended[0].len, reply->wait_ends->ended[0].data);
	assert_non_null(ended);
	assert_memory_equal(ended->id.data, id.b, sizeof id.b);
	assert_int_equal(ended->approval->state, state);
	lagebus__wait_ended__free_unpacked(ended, NULL);
	lagebus__reply__free_unpacked(reply, NULL);
}

/* The broker says everything again at the beginning of a link: that is no news. */
static void it_is_kept_and_shown_once(void **state)
{
	(void)state;
	link_up();
	watch(true);
	say_end(1, 4);
	assert_event(1, 4);
	link_up();
	say_end(1, 4);
	say_end(2, 3);
	assert_event(2, 3);
	assert_int_equal(in_status(), 2);
}

static void one_of_an_exercise_is_shown_to_who_asks_for_it(void **state)
{
	struct said s;

	(void)state;
	link_up();
	watch(false);
	init_said(&s, 1, 4, "Probe");
	say(&s);
	say_end(2, 4);
	assert_event(2, 4);
	assert_int_equal(in_status(), 2);
}

static void the_status_has_those_of_a_week_the_newest_first(void **state)
{
	Lagebus__WaitEnded *ended;
	Lagebus__Reply *reply;
	struct lb_uuid id = letter_id(25);
	struct said s;

	(void)state;
	link_up();
	init_said(&s, 1, 4, "");
	s.status.at -= 8 * DAY_MS;
	say(&s);
	assert_int_equal(in_status(), 0);
	for (unsigned i = 2; i <= 25; i++) {
		init_said(&s, i, 4, "");
		s.status.at += i;
		say(&s);
	}
	reply = ask_status();
	assert_int_equal(reply->status->n_wait_ends, 20);
	ended = lagebus__wait_ended__unpack(NULL, reply->status->wait_ends[0].len, reply->status->wait_ends[0].data);
	assert_non_null(ended);
	assert_memory_equal(ended->id.data, id.b, sizeof id.b);
	lagebus__wait_ended__free_unpacked(ended, NULL);
	lagebus__reply__free_unpacked(reply, NULL);
}

/* A broker does not fill the disk with them. */
static void there_is_a_bound(void **state)
{
	sqlite3_stmt *q = NULL;

	(void)state;
	link_up();
	for (unsigned i = 1; i <= 260; i++)
		say_end(i, 4);
	assert_int_equal(sqlite3_prepare_v2(agent.store.db, "SELECT count(*) FROM wait_end", -1, &q, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(q, 0), 256);
	sqlite3_finalize(q);
}

/* Each ends the link: a broker that says it is none. */
static void what_is_none_ends_the_link(void **state)
{
	static char long_text[2000];
	struct lb_uuid other = letter_id(8);

	(void)state;
	memset(long_text, 'x', sizeof long_text - 1);
	for (unsigned i = 0; i < 8; i++) {
		unsigned before = heard.goodbyes;
		struct said s;
		Lagebus__Control control = LAGEBUS__CONTROL__INIT;

		link_up();
		init_said(&s, 1, 4, "");
		switch (i) {
		case 0: s.status.state = 1; break;
		case 1: s.status.state = 6; break;
		case 2: s.status.at = 0; break;
		case 3: s.ended.approval = NULL; break;
		case 4: s.ended.id.data = other.b; break;
		case 5: s.ended.header.len--; break;
		case 6: s.status.note = long_text; break;
		case 7: s.status.by = long_text; break;
		}
		control.body_case = LAGEBUS__CONTROL__BODY_WAIT_ENDED;
		control.wait_ended = &s.ended;
		broker_say(&broker, &control);
		UNTIL(heard.goodbyes > before);
		assert_string_equal(heard.goodbye_reason, "bad-control");
	}
	assert_int_equal(in_status(), 0);
}

static int end(void **state)
{
	lb_buf_fini(&header);
	return fixture_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AGENT_TEST(it_is_kept_and_shown_once),
		AGENT_TEST(one_of_an_exercise_is_shown_to_who_asks_for_it),
		AGENT_TEST(the_status_has_those_of_a_week_the_newest_first),
		AGENT_TEST(there_is_a_bound),
		AGENT_TEST(what_is_none_ends_the_link),
	};

	return cmocka_run_group_tests(tests, fixture_begin, end);
}
