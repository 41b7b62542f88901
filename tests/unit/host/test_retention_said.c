/* What a message says of a retention: the types that the file names, and nothing of the defaults. */
#include "tests/kit/unit.h"

#include "lagebus/message_type.h"
#include "proto/host/retention_said.h"

static void only_what_the_file_names_is_said(void **state)
{
	struct retention_said said;
	struct retention r;

	(void)state;
	retention_init(&r);
	retention_say(&r, &said);
	assert_int_equal(said.message.n_types, 0);
	assert_int_equal(retention_set_ms(&r, LB_TYPE_WARNING, 20 * LB_DAY_MS), LB_OK);
	assert_int_equal(retention_set_ms(&r, LB_TYPE_INDICATOR, 30 * LB_DAY_MS), LB_OK);
	retention_say(&r, &said);
	assert_int_equal(said.message.n_types, 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(said.message.types[i]->most_ms == r.keep_ms[said.message.types[i]->type]);
	assert_true(said.message.types[0]->type < said.message.types[1]->type);
}

static void all_types_have_room(void **state)
{
	struct retention_said said;
	struct retention r;

	(void)state;
	retention_init(&r);
	for (unsigned t = 1; t <= LB_TYPE_MAX; t++)
		r.most[t] = true;
	retention_say(&r, &said);
	assert_int_equal(said.message.n_types, LB_TYPE_MAX);
	assert_int_equal(said.message.types[LB_TYPE_MAX - 1]->type, LB_TYPE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_the_file_names_is_said),
		cmocka_unit_test(all_types_have_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
