/* The delivery frame against protobuf-c's code, and what it does not take. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/delivery.h"
#include "proto/frames.pb-c.h"

static const struct lb_delivery example = { LB_LANE_ROUTINE, 0x0102030405060708, 0xfffffffffffffffe };

static void protobuf_c_reads_it(void **state)
{
	uint8_t frame[LB_DELIVERY_SIZE];
	Lagebus__Delivery *d;

	(void)state;
	lb_delivery_encode(&example, frame);
	d = lagebus__delivery__unpack(NULL, sizeof frame, frame);
	assert_non_null(d);
	assert_int_equal(d->lane, LB_LANE_ROUTINE);
	assert_true(d->position == example.position);
	assert_true(d->previous == example.previous);
	lagebus__delivery__free_unpacked(d, NULL);
}

static void is_read_back_and_patched_in_place(void **state)
{
	static const struct lb_delivery cases[] = { { LB_LANE_URGENT, 1, 0 }, { LB_LANE_ROUTINE, UINT64_MAX, UINT64_MAX - 1 }, { LB_LANE_URGENT, 0, 0 } };
	uint8_t frame[LB_DELIVERY_SIZE];
	struct lb_delivery d;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		lb_delivery_encode(&cases[i], frame);
		assert_int_equal(lb_delivery_decode(frame, sizeof frame, &d), LB_OK);
		assert_int_equal(d.lane, cases[i].lane);
		assert_true(d.position == cases[i].position && d.previous == cases[i].previous);
	}
	memset(frame + LB_DELIVERY_POSITION_AT, 0, 16);
	frame[LB_DELIVERY_POSITION_AT] = 7;
	frame[LB_DELIVERY_PREVIOUS_AT - 1] = 0x19;
	memset(frame + LB_DELIVERY_PREVIOUS_AT, 0, 8);
	frame[LB_DELIVERY_PREVIOUS_AT] = 5;
	assert_int_equal(lb_delivery_decode(frame, sizeof frame, &d), LB_OK);
	assert_true(d.position == 7 && d.previous == 5);
}

static void only_the_fixed_form_is_taken(void **state)
{
	static const unsigned tags[] = { 0, 2, LB_DELIVERY_PREVIOUS_AT - 1 };
	uint8_t frame[LB_DELIVERY_SIZE + 1] = { 0 };
	struct lb_delivery d;

	(void)state;
	lb_delivery_encode(&example, frame);
	for (size_t n = 0; n <= sizeof frame; n++)
		assert_int_equal(lb_delivery_decode(frame, n, &d), n == LB_DELIVERY_SIZE ? LB_OK : LB_ZMTP_FRAME);
	for (size_t i = 0; i < 3; i++) {
		frame[tags[i]] ^= 1;
		assert_int_equal(lb_delivery_decode(frame, LB_DELIVERY_SIZE, &d), LB_ZMTP_FRAME);
		frame[tags[i]] ^= 1;
	}
	frame[1] = LB_LANES;
	assert_int_equal(lb_delivery_decode(frame, LB_DELIVERY_SIZE, &d), LB_ZMTP_FRAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(protobuf_c_reads_it),
		cmocka_unit_test(is_read_back_and_patched_in_place),
		cmocka_unit_test(only_the_fixed_form_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
