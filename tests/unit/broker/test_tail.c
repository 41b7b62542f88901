/* The tail: newest blocks, in order, bounded. */
#include "tests/unit/broker/router_fixture.h"

#include "broker/core/tail.h"

static struct block *numbered(uint64_t first, uint32_t count, size_t payload_n)
{
	struct block *b = block_new(LB_LANE_ROUTINE, 0);

	for (uint32_t i = 0; i < count; i++)
		fixture_append(b, router, (uint8_t)i, "all", payload_n, 0);
	block_number(b, first);
	return b;
}

static void push(struct tail *t, uint64_t first, uint32_t count, size_t payload_n)
{
	struct block *b = numbered(first, count, payload_n);

	tail_push(t, b);
	block_unref(b);
}

static void finds_the_block_of_a_position(void **state)
{
	struct tail t;

	(void)state;
	tail_init(&t, 1 << 20, 10);
	assert_null(tail_find(&t, 10));
	assert_null(tail_find(&t, 11));
	push(&t, 11, 3, 10);
	push(&t, 14, 1, 10);
	push(&t, 15, 5, 10);
	assert_int_equal(t.last, 19);
	assert_null(tail_find(&t, 10));
	for (uint64_t p = 11; p <= 19; p++) {
		struct block *b = tail_find(&t, p);

		assert_non_null(b);
		assert_true(b->first <= p && p < block_end(b));
	}
	assert_null(tail_find(&t, 20));
	tail_fini(&t);
}

static void says_how_much_comes_from_a_position_on(void **state)
{
	struct tail t;
	uint64_t one, three;

	(void)state;
	tail_init(&t, 1 << 20, 0);
	assert_true(tail_behind(&t, 1) == 0);
	assert_true(tail_oldest(&t) == 1);
	push(&t, 1, 1, 100);
	assert_true(tail_oldest(&t) == 1);
	one = tail_behind(&t, 1);
	assert_true(one > 100);
	push(&t, 2, 3, 100);
	three = tail_behind(&t, 2);
	assert_true(three == 3 * one);
	/* It goes by blocks: whoever has the beginning of one still counts the whole. */
	assert_true(tail_behind(&t, 4) == three);
	assert_true(tail_behind(&t, 1) == one + three);
	assert_true(tail_behind(&t, 5) == 0);
	tail_fini(&t);
}

static void an_empty_block_changes_nothing(void **state)
{
	struct tail t;
	struct block *b = block_new(LB_LANE_ROUTINE, 0);

	(void)state;
	tail_init(&t, 1 << 20, 0);
	tail_push(&t, b);
	assert_int_equal(t.last, 0);
	block_unref(b);
	tail_fini(&t);
}

static void keeps_to_its_limit_in_bytes(void **state)
{
	struct tail t;

	(void)state;
	tail_init(&t, 200000, 0);
	for (uint64_t i = 0; i < 20; i++)
		push(&t, 1 + i, 1, 50000);
	assert_true(t.bytes <= 200000);
	assert_null(tail_find(&t, 1));
	assert_non_null(tail_find(&t, 20));
	tail_fini(&t);
}

static void keeps_to_its_limit_in_blocks(void **state)
{
	struct tail t;

	(void)state;
	tail_init(&t, SIZE_MAX, 0);
	for (uint64_t i = 0; i < TAIL_BLOCKS + 5; i++)
		push(&t, 1 + i, 1, 1);
	assert_null(tail_find(&t, 5));
	assert_int_equal(tail_find(&t, 6)->first, 6);
	tail_fini(&t);
}

static void lets_go_of_all_up_to_a_position(void **state)
{
	struct tail t;

	(void)state;
	tail_init(&t, 1 << 20, 10);
	push(&t, 11, 3, 10);
	push(&t, 14, 2, 10);
	push(&t, 16, 5, 10);
	tail_forget(&t, 10);
	assert_int_equal(tail_oldest(&t), 11);
	tail_forget(&t, 15);
	assert_null(tail_find(&t, 15));
	assert_int_equal(tail_find(&t, 16)->first, 16);
	tail_forget(&t, 100);
	assert_int_equal(tail_oldest(&t), 21);
	assert_int_equal(t.last, 20);
	push(&t, 21, 1, 10);
	assert_int_equal(tail_find(&t, 21)->first, 21);
	tail_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_block_of_a_position),
		cmocka_unit_test(says_how_much_comes_from_a_position_on),
		cmocka_unit_test(an_empty_block_changes_nothing),
		cmocka_unit_test(keeps_to_its_limit_in_bytes),
		cmocka_unit_test(keeps_to_its_limit_in_blocks),
		cmocka_unit_test(lets_go_of_all_up_to_a_position),
	};

	return cmocka_run_group_tests(tests, router_begin, router_end);
}
