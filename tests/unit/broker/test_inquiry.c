/* Who may ask about a message, and what about one that is not there. */
#include "tests/kit/stand.h"

#include <string.h>

#include "tests/unit/broker/receipts.h"

static void coordinator_and_origin_may_ask(void **state)
{
	struct caller *origin, *coordinator, *other;
	const Lagebus__Receipts *r;
	struct lb_uuid id;
	struct lb_header h;

	(void)state;
	stand_start();
	origin = stand_agent("sn");
	coordinator = stand_agent("bsi");
	other = stand_agent("he");
	stand_send(origin, "de-sn/leipzig", 1);
	id = stand_send(origin, "de-sn/leipzig", 1);
	r = stand_receipts(origin, id.b, sizeof id.b);
	assert_string_equal(r->refused, "");
	assert_int_equal(r->lane, LB_LANE_ROUTINE);
	assert_int_equal(r->position, 2);
	assert_true(r->now > lb_uuid7_ms(&id) - 1);
	assert_int_equal(r->n_partners, 5);
	assert_int_equal(lb_header_decode(r->header.data, r->header.len, &h), LB_OK);
	assert_memory_equal(&h.id, &id, sizeof id);
	assert_string_equal(stand_receipts(coordinator, id.b, sizeof id.b)->refused, "");
	r = stand_receipts(other, id.b, sizeof id.b);
	assert_string_equal(r->refused, "role-may-not-send");
	assert_int_equal(r->n_partners + r->header.len + r->position, 0); /* and it learns nothing */
}

static void what_is_not_there_is_not_found(void **state)
{
	struct caller *c;
	struct lb_uuid id = lb_uuid7_now(), old;
	uint8_t no_version[16] = { 0 };

	(void)state;
	stand_start();
	c = stand_agent("bsi");
	assert_string_equal(stand_receipts(c, id.b, sizeof id.b)->refused, "not-found");
	assert_string_equal(stand_receipts(c, id.b, 15)->refused, "bad-id");
	assert_string_equal(stand_receipts(c, id.b, 0)->refused, "bad-id");
	assert_string_equal(stand_receipts(c, no_version, sizeof no_version)->refused, "bad-id");
	old = stand_send(c, "de-sn", 1);
	assert_string_equal(stand_receipts(c, old.b, sizeof old.b)->refused, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(coordinator_and_origin_may_ask),
		STAND_TEST(what_is_not_there_is_not_found),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
