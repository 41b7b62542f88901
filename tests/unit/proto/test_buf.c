/* The byte queue against a plain array, and its refusals. */
#include "tests/kit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "lagebus/buf.h"

static void starts_empty_and_ends_empty(void **state)
{
	struct lb_buf b = LB_BUF_INIT;

	(void)state;
	assert_int_equal(lb_buf_len(&b), 0);
	assert_int_equal(lb_buf_append(&b, NULL, 0), LB_OK);
	assert_null(b.p);
	assert_int_equal(lb_buf_append(&b, "abc", 3), LB_OK);
	lb_buf_consume(&b, 3);
	assert_int_equal(b.at, 0);
	assert_int_equal(b.end, 0);
	lb_buf_fini(&b);
	assert_null(b.p);
	assert_int_equal(lb_buf_append(&b, "d", 1), LB_OK);
	assert_memory_equal(lb_buf_data(&b), "d", 1);
	lb_buf_fini(&b);
}

/* Random appends and takes, compared with what a plain array holds. */
static void keeps_every_byte_in_order(void **state)
{
	static uint8_t model[1 << 20];
	size_t head = 0, tail = 0;
	struct lb_buf b = LB_BUF_INIT;
	unsigned seed = 7;

	(void)state;
	for (unsigned i = 0; i < 4000; i++) {
		size_t n = (size_t)(rand_r(&seed) % (i % 50 == 0 ? 5000 : 300));

		if (i % 3 != 2 && tail + n <= sizeof model) {
			for (size_t k = 0; k < n; k++)
				model[tail + k] = (uint8_t)rand_r(&seed);
			assert_int_equal(lb_buf_append(&b, model + tail, n), LB_OK);
			tail += n;
		} else {
			if (n > tail - head)
				n = tail - head;
			lb_buf_consume(&b, n);
			head += n;
		}
		assert_int_equal(lb_buf_len(&b), tail - head);
		assert_true(b.at <= b.end && b.end <= b.cap);
		if (tail > head)
			assert_memory_equal(lb_buf_data(&b), model + head, tail - head);
	}
	lb_buf_fini(&b);
}

static void a_queue_that_is_drained_does_not_grow(void **state)
{
	struct lb_buf b = LB_BUF_INIT;
	uint8_t block[100] = { 0 };

	(void)state;
	assert_int_equal(lb_buf_append(&b, block, 50), LB_OK);
	for (unsigned i = 0; i < 100000; i++) {
		assert_int_equal(lb_buf_append(&b, block, sizeof block), LB_OK);
		lb_buf_consume(&b, sizeof block);
	}
	assert_true(b.cap <= 1024);
	lb_buf_fini(&b);
}

static void impossible_room_is_refused_and_changes_nothing(void **state)
{
	struct lb_buf b = LB_BUF_INIT;

	(void)state;
	assert_int_equal(lb_buf_append(&b, "abc", 3), LB_OK);
	assert_null(lb_buf_reserve(&b, SIZE_MAX));
	assert_int_equal(lb_buf_append(&b, "x", SIZE_MAX - 1), LB_NO_MEMORY);
	assert_int_equal(lb_buf_len(&b), 3);
	assert_memory_equal(lb_buf_data(&b), "abc", 3);
	lb_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_empty_and_ends_empty),
		cmocka_unit_test(keeps_every_byte_in_order),
		cmocka_unit_test(a_queue_that_is_drained_does_not_grow),
		cmocka_unit_test(impossible_room_is_refused_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
