/* Publishes: accepted by id when they are on disk, refused with the rule's token, repeated, held back by what is in flight. */
#include "tests/kit/idle_worker.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "broker/publish.h"
#include "broker/worker_state.h"
#include "proto/host/log.h"
#include "tests/kit/logged.h"

/* True if one of the ids that were heard is this one. */
static bool names(const Lagebus__Accepted *a, const struct lb_uuid *id)
{
	for (size_t i = 0; i < a->n_ids; i++)
		if (a->ids[i].len == sizeof id->b && memcmp(a->ids[i].data, id->b, sizeof id->b) == 0)
			return true;
	return false;
}

static void each_is_accepted_by_its_id(void **state)
{
	enum { N = 3000 };
	static struct lb_uuid ids[N];
	unsigned answered = 0;
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	for (unsigned i = 0; i < N; i++) {
		(i % 3 ? caller_header : caller_warning)(c, "all", &h);
		ids[i] = h.id;
		caller_publish(c, &h, "payload", 7);
	}
	while (answered < N) {
		assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
		for (unsigned i = 0; i < N; i++)
			answered += names(c->control->accepted, &ids[i]);
	}
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_URGENT), N / 3);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), N - N / 3);
	assert_int_equal(atomic_load(&stand_metrics(0)->published), N);
}

/* One wrong thing in a header that is good otherwise. */
static void spoil_origin(struct lb_header *h) { h->origin = lb_text_of("bund-bsi"); }
static void spoil_type(struct lb_header *h) { h->type = 99; }
static void spoil_lane(struct lb_header *h) { h->lane = LB_LANE_URGENT; }
static void spoil_audience(struct lb_header *h) { h->audience[0] = lb_text_of("de-xx"); }
static void spoil_area(struct lb_header *h) { h->area = LB_AREA_DIGITAL_VIOLENCE; }
static void spoil_red(struct lb_header *h) { h->tlp = LB_TLP_RED; }
static void spoil_role(struct lb_header *h) { h->type = LB_TYPE_WARNING; h->level = 2; }
static void spoil_exercise(struct lb_header *h) { h->exercise = true; h->exercise_name = lb_text_of("VS-NfD: Probe"); }
static void spoil_created(struct lb_header *h) { h->created_ms += 11 * 60 * 1000; }
static void spoil_expires(struct lb_header *h) { h->created_ms -= 10000; h->expires_ms = h->created_ms + 5000; }

static void each_rule_refuses_with_its_token(void **state)
{
	static const struct {
		const char *reason;
		void (*spoil)(struct lb_header *h);
	} rules[] = {
		{ "wrong-origin", spoil_origin }, { "unknown-type", spoil_type }, { "bad-header", spoil_lane },
		{ "bad-audience", spoil_audience }, { "area-not-agreed", spoil_area }, { "tlp-red-named-only", spoil_red }, { "role-may-not-send", spoil_role },
		{ "classified", spoil_exercise }, { "bad-time", spoil_created }, { "expired", spoil_expires },
	};
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("he");
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		caller_header(c, "all", &h);
		rules[i].spoil(&h);
		caller_publish(c, &h, "x", 1);
		stand_assert_refused(c, &h.id, rules[i].reason);
	}
	assert_int_equal(atomic_load(&stand_metrics(0)->refused), sizeof rules / sizeof rules[0]);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), 0);
	stand_send(c, "bund-bsi", 1); /* a refusal leaves the session as it was */
}

static void who_is_unknown_is_named(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("he");
	caller_header(c, "de-xx", &h);
	caller_publish(c, &h, "x", 1);
	stand_assert_refused(c, &h.id, "bad-audience");
	assert_non_null(strstr(c->control->refused->text, "not in the federation: de-xx"));
}

static void what_is_red_is_taken_encrypted_only(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	caller_header(c, "bund-bsi", &h);
	h.tlp = LB_TLP_RED;
	caller_publish(c, &h, "\x0a\x05title", 7);
	stand_assert_refused(c, &h.id, "red-not-encrypted");
	caller_publish(c, &h, "\x12\x05title", 7); /* where the envelope belongs */
	stand_assert_refused(c, &h.id, "red-not-encrypted");
	caller_header(c, "bund-bsi", &h);
	h.type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	h.tlp = LB_TLP_AMBER_STRICT;
	caller_publish(c, &h, "x", 1);
	stand_assert_refused(c, &h.id, "case-not-red");
	caller_header(c, "bund-bsi", &h);
	h.type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	h.tlp = LB_TLP_RED;
	h.expires_ms = h.created_ms + 1000000;
	caller_publish(c, &h, "x", 1);
	stand_assert_refused(c, &h.id, "red-not-encrypted");
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), 0);
}

/* Publishes an Indicator that refers to another message. */
static void publish_about(struct caller *c, const struct lb_uuid *about, bool supersedes, unsigned label, struct lb_header *h)
{
	caller_header(c, "all", h);
	h->tlp = label;
	h->has_supersedes = supersedes;
	h->has_thread = !supersedes;
	h->thread = h->supersedes = *about;
	caller_publish(c, h, "x", 1);
}

static void only_the_origin_widens_a_label(void **state)
{
	struct lb_uuid amber, unknown = lb_uuid7_now();
	struct caller *origin, *other;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("sn");
	other = stand_agent("he");
	caller_header(origin, "bund-bsi", &h);
	h.tlp = LB_TLP_AMBER;
	amber = h.id;
	caller_publish(origin, &h, "x", 1);
	stand_assert_accepted(origin, &amber);
	for (unsigned supersedes = 0; supersedes < 2; supersedes++) {
		publish_about(other, &amber, supersedes, LB_TLP_GREEN, &h);
		stand_assert_refused(other, &h.id, "tlp-widened");
		publish_about(other, &amber, supersedes, LB_TLP_AMBER, &h);
		stand_assert_accepted(other, &h.id);
		assert_int_equal(caller_hear(origin), HEARD_DELIVERY);
		publish_about(other, &amber, supersedes, LB_TLP_UNSET, &h);
		stand_assert_accepted(other, &h.id);
		assert_int_equal(caller_hear(origin), HEARD_DELIVERY);
		publish_about(origin, &amber, supersedes, LB_TLP_CLEAR, &h);
		stand_assert_accepted(origin, &h.id);
		assert_int_equal(caller_hear(other), HEARD_DELIVERY);
	}
	publish_about(other, &unknown, false, LB_TLP_CLEAR, &h); /* past retention, the log knows no label */
	stand_assert_accepted(other, &h.id);
}

static void a_receipt_is_as_strict_as_its_message(void **state)
{
	struct caller *origin, *other;
	struct lb_uuid id;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("bsi");
	other = stand_agent("he");
	id = stand_send(origin, "de-he", 1);
	stand_assert_delivered(other, &id, 1, 0);
	caller_header(other, "bund-bsi", &h);
	h.type = LB_TYPE_RECEIPT;
	h.lane = LB_LANE_URGENT;
	h.tlp = LB_TLP_CLEAR;
	h.has_thread = true;
	h.thread = id;
	caller_publish(other, &h, "x", 1);
	stand_assert_refused(other, &h.id, "tlp-widened");
}

/* An agent would not send it; who is no such agent must not raise an alarm that nobody is reminded of. */
static void a_warning_has_the_clock_of_its_level(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	caller_warning(c, "all", &h);
	h.ack_policy = LB_ACK_DISPLAYED;
	caller_publish(c, &h, "x", 1);
	stand_assert_refused(c, &h.id, "ack-too-weak");
	caller_warning(c, "all", &h);
	h.ack_deadline_ms += 60000;
	caller_publish(c, &h, "x", 1);
	stand_assert_refused(c, &h.id, "ack-too-late");
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_URGENT), 0);
}

/* Nor given to the log writer, so that nothing of it is noted either. */
static void without_room_on_disk_it_is_refused(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_set("low_water", INT64_C(1) << 46);
	stand_start_held();
	c = stand_agent("bsi");
	caller_header(c, "all", &h);
	caller_publish(c, &h, "x", 1);
	stand_assert_refused(c, &h.id, "disk-full");
	assert_true(caller_is_answered(c));
}

static void the_same_again_is_accepted_and_stored_once(void **state)
{
	struct caller *first, *second;
	struct lb_header h;

	(void)state;
	stand_start();
	first = stand_agent("sn");
	caller_header(first, "bund-bsi", &h);
	for (unsigned i = 0; i < 3; i++) {
		caller_publish(first, &h, "payload", 7);
		stand_assert_accepted(first, &h.id);
	}
	second = stand_agent("sn2"); /* another agent of the partner has it, too */
	caller_publish(second, &h, "payload", 7);
	stand_assert_accepted(second, &h.id);
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), 1);
}

static void an_id_is_for_one_message(void **state)
{
	struct caller *c, *other;
	struct lb_header h;
	struct lb_uuid id;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	caller_header(c, "bund-bsi", &h);
	id = h.id;
	caller_publish(c, &h, "payload", 7);
	stand_assert_accepted(c, &id);
	caller_publish(c, &h, "Payload", 7);
	stand_assert_refused(c, &id, "id-reused");
	h.tlp = LB_TLP_AMBER; /* the header is part of it */
	caller_publish(c, &h, "payload", 7);
	stand_assert_refused(c, &id, "id-reused");
	other = stand_agent("he");
	caller_header(other, "bund-bsi", &h);
	h.id = id;
	caller_publish(other, &h, "payload", 7);
	stand_assert_refused(other, &id, "id-reused");
	assert_int_equal(journal_last(stand.parts.journal, LB_LANE_ROUTINE), 1);
}

static bool tells_of_a_reused_id(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	(void)key;
	(void)key_n;
	*(bool *)user |= memmem(value, value_n, "id-reused", 9) != NULL;
	return true;
}

/* What the log writer refuses as well as what a worker does. */
static void a_refusal_is_in_the_audit(void **state)
{
	struct journal_reader *r;
	struct lb_header h;
	struct caller *c;
	bool told = false;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	caller_header(c, "bund-bsi", &h);
	caller_publish(c, &h, "payload", 7);
	stand_assert_accepted(c, &h.id);
	caller_publish(c, &h, "Payload", 7);
	stand_assert_refused(c, &h.id, "id-reused");
	assert_int_equal(journal_reader_new(stand.parts.journal, &r), LB_OK);
	for (unsigned i = 0; !told; i++) {
		assert_true(i < 500);
		assert_int_equal(journal_each(r, JOURNAL_AUDIT, NULL, 0, tells_of_a_reused_id, &told), LB_OK);
		caller_wait(c, 20);
	}
	journal_reader_free(r);
}

static void say_publish(struct caller *c, size_t header_n, size_t payload_n, size_t signature_n)
{
	static uint8_t bytes[LB_PAYLOAD_MAX + 1];
	const struct lb_frame frames[3] = { { bytes, header_n }, { bytes, payload_n }, { bytes, signature_n } };

	caller_say_frames(c, frames, 3);
}

/* Without a header that can be read there is no id to answer to. */
static void what_has_no_header_closes_the_session(void **state)
{
	static const struct {
		const char *reason;
		size_t header, payload, signature;
	} bad[] = {
		{ "bad-id", 0, 1, 1 },
		{ "bad-header", 100, 1, 1 },
		{ "zmtp-too-big", LB_HEADER_MAX + 1, 1, 1 },
		{ "zmtp-too-big", 1, LB_PAYLOAD_MAX + 1, 1 },
		{ "zmtp-too-big", 1, 1, LB_SIGNATURE_MAX + 1 },
		{ "bad-signature", 1, 1, 0 },
	};

	(void)state;
	stand_start();
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct caller *c = stand_agent("sn");

		say_publish(c, bad[i].header, bad[i].payload, bad[i].signature);
		assert_string_equal(caller_hear_reason(c), bad[i].reason);
	}
	assert_int_equal(atomic_load(&stand_metrics(0)->protocol_errors), sizeof bad / sizeof bad[0]);
}

/* Publishes `size` bytes and returns without an answer. */
static struct lb_uuid publish(struct caller *c, const char *to, size_t size)
{
	uint8_t *payload = calloc(1, size + 1);
	struct lb_header h;

	assert_non_null(payload);
	caller_header(c, to, &h);
	caller_publish(c, &h, payload, size);
	free(payload);
	assert_true(caller_flush(c));
	return h.id;
}

static void it_is_accepted_after_its_commit_only(void **state)
{
	struct lb_uuid id;
	struct block *b;
	struct caller *c;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	id = publish(c, "all", 10);
	b = stand_next_block(LB_LANE_ROUTINE);
	assert_true(caller_is_answered(c)); /* by PONG and nothing before it */
	stand_commit(b, LB_OK);
	stand_assert_accepted(c, &id);
}

static void a_commit_that_fails_refuses(void **state)
{
	struct lb_uuid id;
	struct caller *c;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	id = publish(c, "all", 10);
	stand_commit(stand_next_block(LB_LANE_ROUTINE), LB_DISK_FULL);
	stand_assert_refused(c, &id, "disk-full");
	id = publish(c, "all", 10);
	stand_commit(stand_next_block(LB_LANE_ROUTINE), LB_OK);
	stand_assert_accepted(c, &id);
}

/* Two of 3 MiB are more than a session may have in flight: what it says then waits for the first commit, longer than a heartbeat. */
static void a_session_is_held_by_what_it_has_in_flight(void **state)
{
	struct lb_uuid first, second;
	struct caller *c, *other;
	struct block *b;

	(void)state;
	stand_set("session_in_flight", 5 << 20);
	stand_set("heartbeat", 1);
	stand_start_held();
	c = stand_agent("bsi");
	first = publish(c, "all", 3 << 20);
	second = publish(c, "all", 3 << 20);
	stand_wait(&stand_metrics(0)->throttled, 1);
	caller_say_ping(c, "held", 4);
	b = stand_next_block(LB_LANE_ROUTINE);
	assert_false(caller_wait(c, 1600));
	other = stand_agent("sn");
	assert_true(caller_is_answered(other));
	stand_commit(b, LB_OK);
	stand_assert_accepted(c, &first);
	assert_int_equal(caller_hear(c), HEARD_COMMAND);
	assert_int_equal(c->command.kind, LB_ZMTP_PONG);
	stand_commit(stand_next_block(LB_LANE_ROUTINE), LB_OK);
	stand_assert_accepted(c, &second);
}

static void all_sessions_are_held_by_what_all_have_in_flight(void **state)
{
	struct lb_uuid first, second;
	struct caller *one, *two;
	struct block *b;

	(void)state;
	stand_set("session_in_flight", 5 << 20);
	stand_set("in_flight", 5 << 20);
	stand_start_held();
	one = stand_agent("bsi");
	two = stand_agent("sn");
	first = publish(one, "all", 3 << 20);
	b = stand_next_block(LB_LANE_ROUTINE);
	second = publish(two, "all", 3 << 20);
	stand_wait(&stand_metrics(0)->throttled, 1);
	caller_say_ping(one, "held", 4);
	assert_false(caller_wait(one, 100));
	stand_commit(b, LB_OK);
	stand_assert_accepted(one, &first);
	assert_int_equal(caller_hear(one), HEARD_COMMAND);
	assert_int_equal(caller_hear(two), HEARD_DELIVERY);
	stand_commit(stand_next_block(LB_LANE_ROUTINE), LB_OK);
	stand_assert_accepted(two, &second);
}

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Five at once, and five a quarter of a second after that: twenty take more than two quarters, though they came in one read. */
static void a_session_publishes_at_its_rate(void **state)
{
	int64_t begin = clock_ms();
	struct caller *c, *other;
	size_t accepted = 0;

	(void)state;
	stand_set("publish_rate", 20);
	stand.tick_ms = 0;
	stand_start();
	c = stand_agent("sn");
	other = stand_agent("he");
	for (unsigned i = 0; i < 20; i++)
		publish(c, "bund-bsi", 1);
	stand_send(other, "bund-bsi", 1); /* another has a rate of its own */
	for (; accepted < 20; accepted += c->control->accepted->n_ids)
		assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_true(clock_ms() - begin >= 500);
	assert_true(caller_is_answered(c));
}

/* One every two quarters of a second. */
static void a_low_rate_is_kept_too(void **state)
{
	int64_t begin = clock_ms();
	struct caller *c;

	(void)state;
	stand_set("publish_rate", 2);
	stand.tick_ms = 0;
	stand_start();
	c = stand_agent("sn");
	for (unsigned i = 0; i < 3; i++)
		stand_send(c, "bund-bsi", 1);
	assert_true(clock_ms() - begin >= 750);
}

static void who_is_gone_before_the_commit_has_published_all_the_same(void **state)
{
	struct caller *c, *receiver;
	struct lb_uuid id;
	struct block *b;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	receiver = stand_agent("sn");
	id = publish(c, "all", 10);
	b = stand_next_block(LB_LANE_ROUTINE);
	caller_fini(c);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	c = stand_agent("bsi"); /* in the same place, which is not who published */
	stand_commit(b, LB_OK);
	stand_assert_delivered(receiver, &id, 1, 0);
	assert_true(caller_is_answered(c));
}

static void refuse_in_a_loop(struct caller *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct lb_header h;

		caller_header(c, "nobody", &h);
		caller_publish(c, &h, "x", 1);
	}
	for (unsigned i = 0; i < n; i++)
		assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_REFUSED));
}

/* Each is answered, whatever the log has of it. */
static void who_is_refused_in_a_loop_does_not_fill_the_log(void **state)
{
	(void)state;
	stand.tick_ms = 600000; /* none */
	logged_begin();
	log_set_level(LOG_WARN);
	stand_start();
	refuse_in_a_loop(stand_agent("bsi"), 200);
	stand_stop();
	log_set_level(LOG_ERROR);
	assert_int_equal(logged("publish_refused"), 64);
	logged_end();
}

static void how_many_more_were_refused_is_logged(void **state)
{
	(void)state;
	log_set_level(LOG_WARN);
	logged_begin();
	idle_worker->refused = 64;
	publish_tick(idle_worker);
	assert_int_equal(logged(""), 0);
	idle_worker->refused = 65;
	publish_tick(idle_worker);
	publish_tick(idle_worker);
	assert_int_equal(logged("publishes_refused"), 1);
	logged_end();
	log_set_level(LOG_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(each_is_accepted_by_its_id),
		STAND_TEST(each_rule_refuses_with_its_token),
		STAND_TEST(who_is_unknown_is_named),
		STAND_TEST(what_is_red_is_taken_encrypted_only),
		STAND_TEST(only_the_origin_widens_a_label),
		STAND_TEST(a_receipt_is_as_strict_as_its_message),
		STAND_TEST(a_warning_has_the_clock_of_its_level),
		STAND_TEST(without_room_on_disk_it_is_refused),
		STAND_TEST(the_same_again_is_accepted_and_stored_once),
		STAND_TEST(an_id_is_for_one_message),
		STAND_TEST(a_refusal_is_in_the_audit),
		STAND_TEST(what_has_no_header_closes_the_session),
		STAND_TEST(it_is_accepted_after_its_commit_only),
		STAND_TEST(a_commit_that_fails_refuses),
		STAND_TEST(a_session_is_held_by_what_it_has_in_flight),
		STAND_TEST(all_sessions_are_held_by_what_all_have_in_flight),
		STAND_TEST(a_session_publishes_at_its_rate),
		STAND_TEST(a_low_rate_is_kept_too),
		STAND_TEST(who_is_gone_before_the_commit_has_published_all_the_same),
		STAND_TEST(who_is_refused_in_a_loop_does_not_fill_the_log),
		cmocka_unit_test_setup_teardown(how_many_more_were_refused_is_logged, idle_worker_begin, idle_worker_end),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
