/* Controls of an open session: Hello's version, Received, signers, quarantine, Goodbye, and those that only a broker says. */
#include "tests/kit/stand.h"

#include <stdlib.h>
#include <string.h>

#include "tests/kit/logged.h"

static void say(struct caller *c, Lagebus__Control__BodyCase body, void *content)
{
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	control.body_case = body;
	control.hello = content; /* the members of a oneof are pointers in one place */
	caller_say_control(c, &control);
}

static void another_version_is_told_so(void **state)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	struct caller *c;

	(void)state;
	stand_start();
	hello.version = LB_PROTOCOL_VERSION + 1;
	c = stand_call("sn");
	caller_say_greeting(c);
	caller_say_ready(c, LB_ZMTP_DEALER);
	caller_say_hello(c, &hello);
	assert_string_equal(caller_hear_reason(c), "version");
	assert_int_equal(caller_hear(c), HEARD_CLOSED);
}

static void a_control_has_its_bound(void **state)
{
	Lagebus__Quarantined q = LAGEBUS__QUARANTINED__INIT;
	char *reason = calloc(1, LB_CONTROL_MAX + 1);
	struct caller *c;

	(void)state;
	assert_non_null(reason);
	stand_start();
	q.reason = reason;
	c = stand_agent("sn");
	memset(reason, 'x', LB_CONTROL_MAX - 20);
	say(c, LAGEBUS__CONTROL__BODY_QUARANTINED, &q);
	assert_true(caller_is_answered(c));
	memset(reason, 'x', LB_CONTROL_MAX);
	say(c, LAGEBUS__CONTROL__BODY_QUARANTINED, &q);
	assert_string_equal(caller_hear_reason(c), "bad-control");
	free(reason);
}

static void only_a_broker_says_some_things(void **state)
{
	Lagebus__Welcome welcome = LAGEBUS__WELCOME__INIT;
	Lagebus__Accepted accepted = LAGEBUS__ACCEPTED__INIT;
	Lagebus__Refused refused = LAGEBUS__REFUSED__INIT;
	Lagebus__Gap gap = LAGEBUS__GAP__INIT;
	Lagebus__Signers signers = LAGEBUS__SIGNERS__INIT;
	Lagebus__Receipts receipts = LAGEBUS__RECEIPTS__INIT;
	Lagebus__Route route = LAGEBUS__ROUTE__INIT;
	const struct {
		Lagebus__Control__BodyCase body;
		void *content;
	} sayings[] = {
		{ LAGEBUS__CONTROL__BODY_WELCOME, &welcome },   { LAGEBUS__CONTROL__BODY_ACCEPTED, &accepted },
		{ LAGEBUS__CONTROL__BODY_REFUSED, &refused },   { LAGEBUS__CONTROL__BODY_GAP, &gap },
		{ LAGEBUS__CONTROL__BODY_SIGNERS, &signers },   { LAGEBUS__CONTROL__BODY_RECEIPTS, &receipts },
		{ LAGEBUS__CONTROL__BODY_ROUTE, &route },
	};

	(void)state;
	stand_start();
	for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
		struct caller *c = stand_agent("sn");

		say(c, sayings[i].body, sayings[i].content);
		assert_string_equal(caller_hear_reason(c), "unexpected");
	}
	assert_int_equal(atomic_load(&stand_metrics(0)->protocol_errors), sizeof sayings / sizeof sayings[0]);
}

static void a_control_has_its_limit(void **state)
{
	uint8_t *large = calloc(1, LB_CONTROL_MAX + 1);
	struct caller *c;

	(void)state;
	assert_non_null(large);
	stand_start();
	c = stand_agent("sn");
	caller_say_frames(c, &(struct lb_frame){ large, LB_CONTROL_MAX + 1 }, 1);
	free(large);
	assert_string_equal(caller_hear_reason(c), "bad-control");
}

static void a_control_s_texts_are_utf8(void **state)
{
	Lagebus__Quarantined quarantined = LAGEBUS__QUARANTINED__INIT;
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	quarantined.reason = (char *)"\xff";
	control.body_case = LAGEBUS__CONTROL__BODY_QUARANTINED;
	control.quarantined = &quarantined;
	caller_say_control(c, &control);
	assert_string_equal(caller_hear_reason(c), "not-utf8");
	/* Also the first of them. */
	c = stand_call("he");
	caller_say_greeting(c);
	caller_say_ready(c, LB_ZMTP_DEALER);
	hello.version = LB_PROTOCOL_VERSION;
	hello.software = (char *)"agent \xc0\x80";
	control.body_case = LAGEBUS__CONTROL__BODY_HELLO;
	control.hello = &hello;
	caller_say_control(c, &control);
	assert_string_equal(caller_hear_reason(c), "not-utf8");
	assert_int_equal(atomic_load(&stand_metrics(0)->protocol_errors), 2);
	assert_int_equal(atomic_load(&stand_metrics(0)->quarantined), 0);
}

static void received_goes_forward_up_to_what_was_delivered(void **state)
{
	static const uint64_t wrong[][2] = { { 0, 1 }, { 1, 0 }, { 3, 2 }, { 2, 3 }, { UINT64_MAX, 2 } };
	struct caller *sender;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	for (unsigned i = 0; i < 2; i++) {
		stand_send(sender, "de-sn", 10);
		stand_warn(sender, "de-sn", 10);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct caller *c = stand_agent("sn");

		for (unsigned k = 0; k < 4; k++)
			assert_int_equal(caller_hear(c), HEARD_DELIVERY);
		caller_say_received(c, 1, 1);
		caller_say_received(c, 1, 1); /* the same again is nothing new */
		caller_say_received(c, 1, 2);
		assert_true(caller_is_answered(c));
		caller_say_received(c, wrong[i][0], wrong[i][1]);
		assert_string_equal(caller_hear_reason(c), "unexpected");
	}
}

static const Lagebus__Signers *ask_signer(struct caller *c, const uint8_t *hint, size_t n)
{
	Lagebus__SignerQuery query = LAGEBUS__SIGNER_QUERY__INIT;

	query.signer = (ProtobufCBinaryData){ n, (uint8_t *)hint };
	say(c, LAGEBUS__CONTROL__BODY_SIGNER_QUERY, &query);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_SIGNERS));
	assert_int_equal(c->control->signers->signer.len, n);
	assert_memory_equal(c->control->signers->signer.data, hint, n);
	return c->control->signers;
}

static void the_certificate_of_a_signer_is_told(void **state)
{
	uint8_t hint[LB_SIGNER_SIZE], of_answer[LB_SIGNER_SIZE];
	const Lagebus__Signers *answer;
	struct caller *c;

	(void)state;
	stand_start();
	stand_signer("bsi", hint);
	c = stand_agent("sn");
	assert_int_equal(ask_signer(c, hint, sizeof hint)->n_certificates, 0); /* it has never been here */
	stand_warn(stand_agent("bsi"), "de-he", 1); /* committed behind the certificate that it came with */
	answer = ask_signer(c, hint, sizeof hint);
	assert_int_equal(answer->n_certificates, 1);
	lb_signer_hint(answer->certificates[0].data, answer->certificates[0].len, of_answer);
	assert_memory_equal(of_answer, hint, sizeof hint);
	assert_int_equal(ask_signer(c, hint, sizeof hint - 1)->n_certificates, 0); /* a part of a name is none */
	assert_int_equal(ask_signer(c, hint, 0)->n_certificates, 0);
}

static void what_did_not_verify_is_counted(void **state)
{
	Lagebus__Quarantined q = LAGEBUS__QUARANTINED__INIT;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	q.reason = (char *)"bad-signature";
	say(c, LAGEBUS__CONTROL__BODY_QUARANTINED, &q); /* without an id, too */
	assert_true(caller_is_answered(c));
	assert_int_equal(atomic_load(&stand_metrics(0)->quarantined), 1);
}

static void who_reports_in_a_loop_does_not_fill_the_log(void **state)
{
	Lagebus__Quarantined q = LAGEBUS__QUARANTINED__INIT;
	struct caller *c;

	(void)state;
	stand.tick_ms = 600000; /* none */
	logged_begin();
	stand_start();
	c = stand_agent("sn");
	q.reason = (char *)"bad-signature";
	for (unsigned i = 0; i < 200; i++)
		say(c, LAGEBUS__CONTROL__BODY_QUARANTINED, &q);
	assert_true(caller_is_answered(c));
	assert_int_equal(atomic_load(&stand_metrics(0)->quarantined), 200);
	stand_stop();
	assert_int_equal(logged("message_quarantined"), 64);
	logged_end();
}

static void goodbye_ends_the_session(void **state)
{
	Lagebus__Goodbye goodbye = LAGEBUS__GOODBYE__INIT;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("sn");
	goodbye.reason = (char *)"draining";
	say(c, LAGEBUS__CONTROL__BODY_GOODBYE, &goodbye);
	assert_string_equal(caller_hear_reason(c), "closed");
	assert_int_equal(caller_hear(c), HEARD_CLOSED);
	stand_wait(&stand_metrics(0)->sessions_closed, 1);
	assert_int_equal(atomic_load(&stand_metrics(0)->protocol_errors), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(another_version_is_told_so),
		STAND_TEST(a_control_has_its_bound),
		STAND_TEST(only_a_broker_says_some_things),
		STAND_TEST(a_control_has_its_limit),
		STAND_TEST(a_control_s_texts_are_utf8),
		STAND_TEST(received_goes_forward_up_to_what_was_delivered),
		STAND_TEST(the_certificate_of_a_signer_is_told),
		STAND_TEST(what_did_not_verify_is_counted),
		STAND_TEST(who_reports_in_a_loop_does_not_fill_the_log),
		STAND_TEST(goodbye_ends_the_session),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
