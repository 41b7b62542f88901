/* Deliveries: who gets what and in which order, the chain, cursors, gaps, what is decided again, and what goes between messages. */
#include "tests/kit/stand.h"

#include <string.h>

/* A large message goes out in pieces; what is said meanwhile stands behind it, never in it. */
static void a_control_goes_between_messages(void **state)
{
	struct caller *sender, *c;
	struct lb_uuid id, own;
	struct lb_header h;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	id = stand_send(sender, "de-sn", 2 << 20);
	caller_header(c, "bund-bsi", &h);
	own = h.id;
	caller_publish(c, &h, "x", 1);
	caller_say_ping(c, "between", 7);
	assert_int_equal(caller_hear(sender), HEARD_DELIVERY); /* it is accepted, and nobody has read that yet */
	stand_assert_delivered(c, &id, 1, 0);
	assert_int_equal(caller_hear(c), HEARD_COMMAND);
	assert_int_equal(c->command.kind, LB_ZMTP_PONG);
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_memory_equal(c->control->accepted->ids[0].data, own.b, sizeof own.b);
	id = stand_send(sender, "de-sn", 1);
	stand_assert_delivered(c, &id, 3, 1);
}

/* Nor does a Goodbye: the peer would take it for a piece of the message. */
static void a_session_that_ends_within_a_message_just_ends(void **state)
{
	struct caller *sender, *c;

	(void)state;
	stand_start();
	sender = stand_agent("bsi");
	c = stand_agent("sn");
	stand_send(sender, "de-sn", 2 << 20);
	caller_say_hello(c, NULL);
	assert_int_equal(caller_hear(c), HEARD_CLOSED);
	assert_true(lb_buf_len(&c->plain) > 0); /* it had begun */
	assert_null(memmem(lb_buf_data(&c->plain), lb_buf_len(&c->plain), "unexpected", 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(a_control_goes_between_messages),
		STAND_TEST(a_session_that_ends_within_a_message_just_ends),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
