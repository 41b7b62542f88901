/* broker/deed_publish.c: what the log writer does something with stands alone in its block, in the order in which it was published. */
#include "tests/unit/broker/two_people.h"

#include "broker/core/deed.h"

static void assert_block(struct block *b, const struct lb_uuid *id, const struct deed *deed)
{
	assert_int_equal(b->count, 1);
	assert_int_equal(b->publishes_n, 1);
	assert_memory_equal(&b->publishes[0].id, id, sizeof *id);
	assert_ptr_equal(b->deed, deed);
}

/* All three in one go: what came before is in front of it, and what comes after does not join it. */
static void it_stands_alone_behind_what_was_published_before(void **state)
{
	struct lb_header before, waits, after;
	struct block *b[3];
	struct caller *c;

	(void)state;
	stand_start_held();
	c = stand_agent("bsi");
	caller_warning(c, "all", &before);
	red(c, "all", &waits);
	caller_warning(c, "all", &after);
	stand_publish(c, "bsi", &before, "1", 1);
	stand_publish(c, "bsi", &waits, waiting_payload, sizeof waiting_payload);
	stand_publish(c, "bsi", &after, "3", 1);
	for (unsigned i = 0; i < 3; i++)
		b[i] = stand_next_block(LB_LANE_URGENT);
	assert_block(b[0], &before.id, NULL);
	assert_non_null(b[1]->deed);
	assert_int_equal(b[1]->deed->kind, DEED_HOLD);
	assert_memory_equal(&b[1]->deed->about, &waits.id, sizeof waits.id);
	assert_block(b[1], &waits.id, b[1]->deed);
	assert_true(b[1]->awaited); /* it has a deadline */
	assert_block(b[2], &after.id, NULL);
	for (unsigned i = 0; i < 3; i++)
		stand_commit(b[i], i == 1 ? LB_DISK_FULL : LB_OK);
	stand_assert_accepted(c, &before.id);
	stand_assert_refused(c, &waits.id, "disk-full"); /* its answer is its sender's, as any publish's */
	stand_assert_accepted(c, &after.id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_stands_alone_behind_what_was_published_before),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
