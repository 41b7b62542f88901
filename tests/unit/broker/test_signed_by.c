/* Whether a message is signed by the agent that publishes it, as the broker asks of every Recall. */
#include "tests/kit/stand.h"

#include <string.h>

#include "proto/approval.pb-c.h"

/* A Recall of a message of c's that was just sent, which a test may change. */
static void init_recall(struct caller *c, struct lb_header *h)
{
	struct lb_uuid id = stand_send(c, "de-sn", 1);

	caller_header(c, "de-sn", h);
	h->has_thread = true;
	h->thread = id;
	h->type = LB_TYPE_RECALL;
	h->lane = LB_LANE_URGENT;
}

/* Says it, signed with the key of an agent; "" if it was taken, or the reason. */
static const char *say(struct caller *c, const char *who, const struct lb_header *h)
{
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	uint8_t bytes[100];

	r.refers_to = (ProtobufCBinaryData){ sizeof h->thread.b, (uint8_t *)h->thread.b };
	if (who)
		stand_publish(c, who, h, bytes, lagebus__recall__pack(&r, bytes));
	else
		caller_publish(c, h, bytes, lagebus__recall__pack(&r, bytes));
	assert_int_equal(caller_hear(c), HEARD_CONTROL);
	if (c->control->body_case == LAGEBUS__CONTROL__BODY_ACCEPTED)
		return "";
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_REFUSED);
	return c->control->refused->reason;
}

static void recall(struct caller *c, const char *who, const char *expected)
{
	struct lb_header h;

	init_recall(c, &h);
	assert_string_equal(say(c, who, &h), expected);
}

static void its_own_agent_signs_it(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	recall(c, "bsi", "");
	recall(c, NULL, "bad-signature");
}

/* Of the same partner, too: the other agent may take it back itself. */
static void another_agent_does_not(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	recall(c, "bsi2", "unknown-signer"); /* it has never been here */
	recall(c, "by", "unknown-signer");
	stand_agent("bsi2");
	recall(c, "bsi2", "wrong-origin");
	stand_agent("he");
	recall(c, "he", "wrong-origin");
	recall(c, "bsi", "");
}

/* Whoever is in between may have put something else under the signature. */
static void what_it_signed_is_what_it_says(void **state)
{
	Lagebus__Recall r = LAGEBUS__RECALL__INIT;
	uint8_t said[100], was_signed[100];
	struct lb_header h;
	struct caller *c;
	size_t n;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	init_recall(c, &h);
	r.refers_to = (ProtobufCBinaryData){ sizeof h.thread.b, h.thread.b };
	r.reason = (char *)"falsch";
	n = lagebus__recall__pack(&r, said);
	r.reason = (char *)"Falsch";
	assert_int_equal(lagebus__recall__pack(&r, was_signed), n);
	stand_publish_forged(c, "bsi", &h, said, was_signed, n);
	assert_int_equal(caller_hear(c), HEARD_CONTROL);
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_REFUSED);
	assert_string_equal(c->control->refused->reason, "bad-signature");
}

/* It is said before anything else of it. */
static void a_certificate_that_is_revoked_signs_nothing(void **state)
{
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	stand_agent("bsi2");
	recall(c, "bsi2", "wrong-origin");
	stand_revoke("bsi2", "signed.crl");
	stand_reload(NULL, "signed.crl");
	recall(c, "bsi2", "tls-revoked");
	recall(c, "bsi", "");
}

static void it_was_made_in_the_certificate_s_time(void **state)
{
	struct lb_header h;
	struct caller *c;

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	init_recall(c, &h);
	h.created_ms -= INT64_C(10) * 365 * 24 * 60 * 60 * 1000;
	assert_string_equal(say(c, "bsi", &h), "tls-expired");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(its_own_agent_signs_it),
		STAND_TEST(another_agent_does_not),
		STAND_TEST(what_it_signed_is_what_it_says),
		STAND_TEST(a_certificate_that_is_revoked_signs_nothing),
		STAND_TEST(it_was_made_in_the_certificate_s_time),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
