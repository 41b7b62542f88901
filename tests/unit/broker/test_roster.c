/* The roster: limits, take-over, and a leave that comes late. */
#include "tests/kit/unit.h"

#include <stdio.h>

#include "broker/core/roster.h"

static const struct roster_place here = { 0, 1, 1 }, there = { 1, 2, 7 };

static lb_err join(struct roster *r, const char *agent, const char *partner, struct roster_place place)
{
	struct roster_place former;
	bool had;

	return roster_join(r, agent, partner, place, &had, &former);
}

static void connections_are_bounded(void **state)
{
	struct roster *r = roster_new(2, 10);

	(void)state;
	assert_true(roster_admit(r));
	assert_true(roster_admit(r));
	assert_false(roster_admit(r));
	assert_int_equal(roster_connections(r), 2);
	roster_dismiss(r);
	assert_true(roster_admit(r));
	roster_free(r);
}

static void agents_of_a_partner_are_bounded(void **state)
{
	struct roster *r = roster_new(100, 2);

	(void)state;
	assert_int_equal(join(r, "a1", "a", here), LB_OK);
	assert_int_equal(join(r, "a2", "a", here), LB_OK);
	assert_int_equal(join(r, "a3", "a", here), LB_LIMIT);
	assert_int_equal(join(r, "b1", "b", here), LB_OK);
	assert_int_equal(join(r, "a2", "a", there), LB_OK); /* not one more */
	roster_leave(r, "a1", here);
	assert_int_equal(join(r, "a3", "a", here), LB_OK);
	assert_int_equal(join(r, "a1", "a", here), LB_LIMIT);
	roster_free(r);
}

static void the_newest_place_counts(void **state)
{
	struct roster *r = roster_new(100, 2);
	struct roster_place former = { 9, 9, 9 };
	bool had = true;

	(void)state;
	assert_int_equal(roster_join(r, "a1", "a", here, &had, &former), LB_OK);
	assert_false(had);
	assert_int_equal(roster_join(r, "a1", "a", there, &had, &former), LB_OK);
	assert_true(had);
	assert_true(former.worker == here.worker && former.session == here.session && former.generation == here.generation);
	/* The former session ends only now: it takes no one with it. */
	assert_false(roster_leave(r, "a1", here));
	assert_true(roster_partner_is_online(r, "a"));
	assert_false(roster_leave(r, "a1", (struct roster_place){ there.worker, there.session, there.generation + 1 }));
	assert_true(roster_partner_is_online(r, "a"));
	assert_true(roster_agent_is_online(r, "a1"));
	assert_false(roster_agent_is_online(r, "a"));
	assert_true(roster_leave(r, "a1", there));
	assert_false(roster_agent_is_online(r, "a1"));
	assert_false(roster_partner_is_online(r, "a"));
	assert_false(roster_leave(r, "a1", there));
	assert_false(roster_partner_is_online(r, "nobody"));
	roster_free(r);
}

static void many_come_and_go(void **state)
{
	struct roster *r = roster_new(100000, 3);
	char agent[32], partner[32];

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 5000; i++) {
			snprintf(agent, sizeof agent, "agent-%u", i);
			snprintf(partner, sizeof partner, "partner-%u", i / 3);
			assert_int_equal(join(r, agent, partner, here), LB_OK);
		}
		for (unsigned i = 0; i < 5000; i++) {
			snprintf(agent, sizeof agent, "agent-%u", i);
			snprintf(partner, sizeof partner, "partner-%u", i / 3);
			assert_true(roster_partner_is_online(r, partner));
			roster_leave(r, agent, here);
			assert_int_equal(roster_partner_is_online(r, partner), i % 3 != 2 && i != 4999);
		}
	}
	assert_int_equal(join(r, "left-in", "a", here), LB_OK);
	roster_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_bounded),
		cmocka_unit_test(agents_of_a_partner_are_bounded),
		cmocka_unit_test(the_newest_place_counts),
		cmocka_unit_test(many_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
