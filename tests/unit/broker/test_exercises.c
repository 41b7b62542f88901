/* Exercises: what belongs to one is taken while it runs, from those who were told of it, to them, and never meets reality. */
#include "tests/kit/stand.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "broker/exercises.h"
#include "proto/exercise.pb-c.h"
#include "proto/receipt.pb-c.h"
#include "tests/kit/case.h"

#define BEGIN LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN
#define END LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "" if it was accepted, or the reason. Deliveries before the answer are passed over. */
static const char *answer(struct caller *c)
{
	while (caller_hear(c) == HEARD_DELIVERY)
		;
	assert_non_null(c->control);
	if (c->control->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED)
		return "";
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_REFUSED);
	assert_true(c->control->refused->text[0] != '\0');
	return c->control->refused->reason;
}

static void exercise_header(const struct caller *c, const char *to, const char *name, struct lb_header *h)
{
	caller_header(c, to, h);
	h->exercise = true;
	h->exercise_name = lb_text_of(name);
}

static void publish_exercise(struct caller *c, struct lb_header *h, const Lagebus__Exercise *x)
{
	uint8_t payload[1000];

	h->type = LB_TYPE_EXERCISE;
	h->lane = LB_LANE_URGENT;
	assert_true(lagebus__exercise__get_packed_size(x) <= sizeof payload);
	caller_publish(c, h, payload, lagebus__exercise__pack(x, payload));
}

static struct lb_uuid say(struct caller *c, const char *to, const char *name, unsigned phase, int64_t begins, int64_t ends)
{
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct lb_header h;

	x.phase = phase;
	x.title = (char *)name;
	x.begins = begins;
	x.ends = ends;
	exercise_header(c, to, name, &h);
	publish_exercise(c, &h, &x);
	return h.id;
}

static struct lb_uuid begin(struct caller *c, const char *to, const char *name)
{
	struct lb_uuid id = say(c, to, name, BEGIN, 0, 0);

	assert_string_equal(answer(c), "");
	return id;
}

static void end(struct caller *c, const char *to, const char *name)
{
	say(c, to, name, END, 0, 0);
	assert_string_equal(answer(c), "");
}

/* A message of an exercise, and what the broker says to it. */
static const char *play(struct caller *c, const char *to, const char *name)
{
	struct lb_header h;

	exercise_header(c, to, name, &h);
	caller_publish(c, &h, "x", 1);
	return answer(c);
}

static void it_runs_from_begin_to_end(void **state)
{
	struct caller *bsi, *sn;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	sn = stand_agent("sn");
	assert_string_equal(play(sn, "bund-bsi", "LÜKEX"), "exercise-unknown");
	begin(bsi, "all", "LÜKEX");
	assert_string_equal(play(bsi, "all", "LÜKEX"), "");
	assert_string_equal(play(sn, "bund-bsi", "LÜKEX"), "");
	assert_string_equal(play(sn, "bund-bsi", "LÜKEX 26"), "exercise-unknown");
	assert_string_equal(play(sn, "bund-bsi", "LÜKE"), "exercise-unknown");
	say(sn, "de-sn/*", "LÜKEX", END, 0, 0); /* it is not its own */
	assert_string_equal(answer(sn), "exercise-unknown");
	assert_string_equal(play(sn, "bund-bsi", "LÜKEX"), "");
	end(bsi, "all", "LÜKEX");
	assert_string_equal(play(sn, "bund-bsi", "LÜKEX"), "exercise-unknown");
	assert_string_equal(play(bsi, "all", "LÜKEX"), "exercise-unknown");
	say(bsi, "all", "LÜKEX", END, 0, 0);
	assert_string_equal(answer(bsi), "exercise-unknown");
	begin(bsi, "all", "LÜKEX");
	assert_string_equal(play(sn, "bund-bsi", "LÜKEX"), "");
}

static void times_count_too(void **state)
{
	struct caller *bsi;
	int64_t now;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	now = now_ms();
	say(bsi, "all", "later", BEGIN, now + 3600000, now + 7200000);
	assert_string_equal(answer(bsi), "");
	assert_string_equal(play(bsi, "all", "later"), "exercise-unknown");
	say(bsi, "all", "over", BEGIN, now - 7200000, now - 3600000);
	assert_string_equal(answer(bsi), "invalid");
	say(bsi, "all", "short", BEGIN, now - 3600000, now + 600);
	assert_string_equal(answer(bsi), "");
	while (strcmp(play(bsi, "all", "short"), "") == 0) /* the broker's clock ends it; each turn is an answer */
		assert_true(now_ms() < now + 20000);
	assert_string_equal(play(bsi, "all", "short"), "exercise-unknown");
}

static void it_stays_among_those_who_were_told(void **state)
{
	struct caller *bsi, *sn, *he, *leipzig;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	sn = stand_agent("sn");
	he = stand_agent("he");
	leipzig = stand_agent("leipzig");
	begin(sn, "de-sn/*", "Probe");
	assert_string_equal(play(leipzig, "de-sn", "Probe"), "");
	assert_string_equal(play(sn, "de-sn/leipzig", "Probe"), "");
	assert_string_equal(play(sn, "all", "Probe"), "exercise-outside");
	assert_string_equal(play(sn, "de-he", "Probe"), "exercise-outside");
	assert_string_equal(play(he, "bund-bsi", "Probe"), "exercise-unknown");
	assert_string_equal(play(bsi, "de-sn", "Probe"), "exercise-unknown");
	begin(bsi, "de-he", "Probe"); /* another one of the same name */
	assert_string_equal(play(he, "bund-bsi", "Probe"), "");
	assert_string_equal(play(he, "de-sn", "Probe"), "exercise-outside");
	assert_string_equal(play(leipzig, "de-sn", "Probe"), "");
	end(bsi, "de-he", "Probe");
	assert_string_equal(play(he, "bund-bsi", "Probe"), "exercise-unknown");
	assert_string_equal(play(leipzig, "de-sn", "Probe"), "");
	say(leipzig, "de-sn", "mine", BEGIN, 0, 0);
	assert_string_equal(answer(leipzig), "role-may-not-send");
	say(sn, "all", "mine", BEGIN, 0, 0);
	assert_string_equal(answer(sn), "role-may-not-send");
}

static void it_says_so_and_has_a_name(void **state)
{
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	x.phase = BEGIN;
	x.title = (char *)"LÜKEX";
	caller_header(c, "all", &h); /* an Exercise that is real */
	publish_exercise(c, &h, &x);
	assert_string_equal(answer(c), "exercise-unnamed");
	assert_string_equal(play(c, "all", ""), "exercise-unnamed");
	begin(c, "all", "LÜKEX");
	exercise_header(c, "all", "LÜKEX", &h);
	h.exercise = false;
	caller_publish(c, &h, "x", 1);
	assert_string_equal(answer(c), "exercise-unnamed");
	exercise_header(c, "all", "LÜKEX", &h);
	h.type = LB_TYPE_EXERCISE;
	h.lane = LB_LANE_URGENT;
	caller_publish(c, &h, "x", 1);
	assert_string_equal(answer(c), "invalid");
	x.phase = 9;
	exercise_header(c, "all", "LÜKEX", &h);
	publish_exercise(c, &h, &x);
	assert_string_equal(answer(c), "invalid");
	x.phase = BEGIN;
	x.text = (char *)"VS-NUR FÜR DEN DIENSTGEBRAUCH";
	exercise_header(c, "all", "LÜKEX", &h);
	publish_exercise(c, &h, &x);
	assert_string_equal(answer(c), "classified");
}

static const char *refer(struct caller *c, const char *name, const struct lb_uuid *about, bool supersedes)
{
	struct lb_header h;

	caller_header(c, "all", &h);
	h.exercise = name != NULL;
	h.exercise_name = lb_text_of(name ? name : "");
	h.has_supersedes = supersedes;
	h.has_thread = !supersedes;
	h.thread = h.supersedes = *about;
	caller_publish(c, &h, "x", 1);
	return answer(c);
}

static void it_never_meets_reality(void **state)
{
	struct lb_uuid real, played;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	begin(c, "all", "LÜKEX");
	begin(c, "all", "Probe");
	real = stand_send(c, "all", 1);
	exercise_header(c, "all", "LÜKEX", &h);
	played = h.id;
	caller_publish(c, &h, "x", 1);
	assert_string_equal(answer(c), "");
	for (unsigned supersedes = 0; supersedes < 2; supersedes++) {
		assert_string_equal(refer(c, NULL, &real, supersedes), "");
		assert_string_equal(refer(c, "LÜKEX", &played, supersedes), "");
		assert_string_equal(refer(c, NULL, &played, supersedes), "exercise-mixed");
		assert_string_equal(refer(c, "LÜKEX", &real, supersedes), "exercise-mixed");
		assert_string_equal(refer(c, "Probe", &played, supersedes), "exercise-mixed");
	}
	assert_int_equal(atomic_load(&stand_metrics(0)->published), 3);
	assert_int_equal(atomic_load(&stand_metrics(0)->published_exercise), 5);
}

static const char *acknowledge(struct caller *c, const struct lb_uuid *about, const char *name)
{
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	struct lb_header h;
	uint8_t payload[64];

	caller_header(c, "bund-bsi", &h);
	h.type = LB_TYPE_RECEIPT;
	h.lane = LB_LANE_URGENT;
	h.has_thread = true;
	h.thread = *about;
	h.exercise = name != NULL;
	h.exercise_name = lb_text_of(name ? name : "");
	r.refers_to = (ProtobufCBinaryData){ sizeof about->b, (uint8_t *)about->b };
	r.state = LB_ACK_ACKNOWLEDGED;
	caller_publish(c, &h, payload, lagebus__receipt__pack(&r, payload));
	return answer(c);
}

static void a_receipt_may_come_after_the_end(void **state)
{
	struct caller *bsi, *sn;
	struct lb_uuid id;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	sn = stand_agent("sn");
	id = begin(bsi, "all", "LÜKEX");
	end(bsi, "all", "LÜKEX");
	assert_string_equal(acknowledge(sn, &id, NULL), "exercise-mixed");
	assert_string_equal(acknowledge(sn, &id, "Probe"), "exercise-mixed");
	assert_string_equal(acknowledge(sn, &id, "LÜKEX"), "");
}

/* A link that breaks before the answer makes an agent send again what the broker has. */
static void what_is_there_is_accepted_again(void **state)
{
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct lb_header first, message, last;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	x.title = (char *)"LÜKEX";
	x.phase = BEGIN;
	exercise_header(c, "all", "LÜKEX", &first);
	publish_exercise(c, &first, &x);
	assert_string_equal(answer(c), "");
	exercise_header(c, "all", "LÜKEX", &message);
	caller_publish(c, &message, "x", 1);
	assert_string_equal(answer(c), "");
	x.phase = END;
	exercise_header(c, "all", "LÜKEX", &last);
	publish_exercise(c, &last, &x);
	assert_string_equal(answer(c), "");
	caller_publish(c, &message, "x", 1);
	assert_string_equal(answer(c), "");
	publish_exercise(c, &last, &x);
	assert_string_equal(answer(c), "");
	x.phase = BEGIN;
	publish_exercise(c, &first, &x);
	assert_string_equal(answer(c), "");
	assert_string_equal(play(c, "all", "LÜKEX"), "exercise-unknown"); /* it has not begun anew */
}

static void a_restart_forgets_nothing(void **state)
{
	struct caller *bsi;

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	begin(bsi, "all", "runs");
	begin(bsi, "all", "ended");
	end(bsi, "all", "ended");
	stand_stop();
	stand_start();
	bsi = stand_agent("bsi");
	assert_string_equal(play(bsi, "all", "runs"), "");
	assert_string_equal(play(stand_agent("sn"), "bund-bsi", "runs"), "");
	assert_string_equal(play(bsi, "all", "ended"), "exercise-unknown");
}

/* What an agent has in its outbox it sends in one go. */
static void what_follows_at_once_counts_with_it(void **state)
{
	struct lb_header h;
	struct caller *c;
	struct block *b;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	say(c, "all", "LÜKEX", BEGIN, 0, 0);
	exercise_header(c, "all", "LÜKEX", &h);
	caller_publish(c, &h, "x", 1);
	exercise_header(c, "de-sn", "Probe", &h);
	caller_publish(c, &h, "x", 1);
	assert_string_equal(answer(c), "exercise-unknown");
	say(c, "all", "morgen", BEGIN, now_ms() + 3600000, 0);
	assert_string_equal(play(c, "all", "morgen"), "exercise-unknown"); /* it has a time, too */
	b = stand_next_block(LB_LANE_ROUTINE);
	assert_int_equal(b->count, 1);
	stand_commit(stand_next_block(LB_LANE_URGENT), LB_DISK_FULL);
	assert_string_equal(answer(c), "disk-full");
	stand_commit(b, LB_OK);
	assert_string_equal(answer(c), "");
	assert_string_equal(play(c, "all", "LÜKEX"), "exercise-unknown"); /* it never began */
}

static void what_follows_an_end_at_once_is_too_late(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	begin(stand_agent("bsi"), "all", "LÜKEX");
	stand_stop();
	stand_start_held();
	c = stand_agent("bsi");
	say(c, "all", "LÜKEX", END, 0, 0);
	assert_string_equal(play(c, "all", "LÜKEX"), "exercise-unknown");
}

/* Neither is on disk; and what is settled before them changes nothing of their order. */
static void so_it_is_of_one_that_has_just_begun(void **state)
{
	struct block *other;
	struct caller *c;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	say(c, "all", "other", BEGIN, 0, 0);
	other = stand_next_block(LB_LANE_URGENT);
	say(c, "all", "LÜKEX", BEGIN, 0, 0);
	say(c, "all", "LÜKEX", END, 0, 0);
	assert_string_equal(play(c, "all", "LÜKEX"), "exercise-unknown");
	stand_commit(other, LB_OK);
	assert_string_equal(answer(c), "");
	assert_string_equal(play(c, "all", "LÜKEX"), "exercise-unknown");
}

static void a_partner_begins_only_so_many(void **state)
{
	struct caller *c;
	char name[32];

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	for (unsigned i = 0; i < EXERCISES_A_PARTNER; i++) {
		snprintf(name, sizeof name, "Probe %u", i);
		begin(c, "all", name);
	}
	say(c, "all", "one more", BEGIN, 0, 0);
	assert_string_equal(answer(c), "limit");
	end(c, "all", "Probe 7");
	begin(c, "all", "one more");
}

static void a_dry_run_says_the_same(void **state)
{
	static const struct {
		const char *to, *name, *reason;
	} questions[] = {
		{ "de-sn", "LÜKEX", "" }, { "all", "LÜKEX", "exercise-outside" }, { "de-sn", "Probe", "exercise-unknown" },
		{ "de-sn", "", "exercise-unnamed" },
	};
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	begin(c, "de-sn", "LÜKEX");
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		Lagebus__RouteQuery query = LAGEBUS__ROUTE_QUERY__INIT;
		Lagebus__Control control = LAGEBUS__CONTROL__INIT;
		struct lb_buf header = LB_BUF_INIT;
		struct lb_header h;

		exercise_header(c, questions[i].to, questions[i].name, &h);
		assert_int_equal(lb_header_encode(&h, &header), LB_OK);
		query.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
		control.body_case = LAGEBUS__CONTROL__BODY_ROUTE_QUERY;
		control.route_query = &query;
		caller_say_control(c, &control);
		assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ROUTE));
		assert_string_equal(c->control->route->refused, questions[i].reason);
		lb_buf_fini(&header);
	}
}

/* A case's header has no name: some exercise of both offices has to run. */
static void a_case_is_of_an_exercise_without_its_name(void **state)
{
	struct lb_buf payload = LB_BUF_INIT;
	struct caller *bsi, *sn;
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	struct lb_header h, said;
	uint8_t packed[200];

	(void)state;
	stand_start();
	bsi = stand_agent("bsi");
	sn = stand_agent("sn");
	case_make(bsi, "de-sn", &h, &payload);
	h.exercise = true;
	caller_publish(bsi, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_string_equal(answer(bsi), "exercise-unknown");
	for (unsigned i = 0; i < 40; i++) { /* others', more than are looked at at once */
		char name[20];

		snprintf(name, sizeof name, "A %u", i);
		begin(sn, "de-sn/*", name);
	}
	caller_publish(bsi, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_string_equal(answer(bsi), "exercise-unknown");
	begin(bsi, "de-he", "B");
	caller_publish(bsi, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_string_equal(answer(bsi), "exercise-outside");
	begin(bsi, "de-sn", "C");
	caller_publish(bsi, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_string_equal(answer(bsi), "");
	h.exercise_name = lb_text_of("C"); /* in clear it is refused, as ever */
	h.id = lb_uuid7_now();
	caller_publish(bsi, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_string_equal(answer(bsi), "red-not-encrypted");
	/* The exercise ends; the receipt of its case is one of it, without a name as well, and of nothing real. */
	h.exercise_name = lb_text_of("");
	h.id = lb_uuid7_now();
	caller_publish(bsi, &h, lb_buf_data(&payload), lb_buf_len(&payload));
	assert_string_equal(answer(bsi), "");
	end(bsi, "de-sn", "C");
	caller_header(sn, "bund-bsi", &said);
	said.type = LB_TYPE_RECEIPT;
	said.lane = LB_LANE_URGENT;
	said.area = h.area;
	said.tlp = h.tlp;
	said.has_thread = true;
	said.thread = h.id;
	r.refers_to = (ProtobufCBinaryData){ sizeof said.thread.b, said.thread.b };
	r.state = LB_ACK_ACKNOWLEDGED;
	r.by = (char *)"Fachstelle";
	caller_publish(sn, &said, packed, lagebus__receipt__pack(&r, packed));
	assert_string_equal(answer(sn), "exercise-mixed");
	said.exercise = true;
	caller_publish(sn, &said, packed, lagebus__receipt__pack(&r, packed));
	assert_string_equal(answer(sn), "");
	lb_buf_fini(&payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_runs_from_begin_to_end),
		STAND_TEST(times_count_too),
		STAND_TEST(it_stays_among_those_who_were_told),
		STAND_TEST(it_says_so_and_has_a_name),
		STAND_TEST(it_never_meets_reality),
		STAND_TEST(a_receipt_may_come_after_the_end),
		STAND_TEST(what_is_there_is_accepted_again),
		STAND_TEST(a_restart_forgets_nothing),
		STAND_TEST(what_follows_at_once_counts_with_it),
		STAND_TEST(what_follows_an_end_at_once_is_too_late),
		STAND_TEST(so_it_is_of_one_that_has_just_begun),
		STAND_TEST(a_partner_begins_only_so_many),
		STAND_TEST(a_dry_run_says_the_same),
		STAND_TEST(a_case_is_of_an_exercise_without_its_name),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
