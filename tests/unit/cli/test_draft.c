/* agents/cli/draft.c */
#include "agents/cli/draft.h"

#include "agents/cli/out.h"
#include "tests/unit/cli/run.h"

#define NOW 1795424400000

static struct args args;
static struct why why;

static void give(const char *name, const char *value)
{
	args.given[args.given_n++] = (struct given){ name, value };
}

static lb_err init(struct draft *d, unsigned area)
{
	struct draft_defaults defaults = { .type = LB_TYPE_INDICATOR, .area = area, .tlp = LB_TLP_AMBER };

	return draft_init(d, &args, &defaults, NOW, &why);
}

static int fresh(void **state)
{
	(void)state;
	memset(&args, 0, sizeof(args));
	return 0;
}

static void takes_every_option(void **state)
{
	struct draft d;

	(void)state;
	give("to", "de-sn,de-he");
	give("to", "group:cert");
	give("as", "de-sn/leipzig");
	give("area", "threat-intelligence");
	give("tlp", "red");
	give("level", "2");
	give("ack", "implemented");
	give("ack-deadline", "4h");
	give("expires", "2d");
	give("thread", "018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d");
	give("exercise-name", "LÜKEX");
	give("language", "en");
	give("personal-data", NULL);
	assert_int_equal(init(&d, 0), LB_OK);
	assert_int_equal(d.header.n_audience, 3);
	assert_string_equal(d.header.audience[1], "de-he");
	assert_string_equal(d.header.audience[2], "group:cert");
	assert_string_equal(d.header.origin, "de-sn/leipzig");
	assert_int_equal(d.header.area, LB_AREA_THREAT_INTELLIGENCE);
	assert_int_equal(d.header.tlp, LB_TLP_RED);
	assert_int_equal(d.header.level, 2);
	assert_int_equal(d.header.ack_policy, LB_ACK_IMPLEMENTED);
	assert_int_equal(d.header.ack_deadline, NOW + 4 * 3600000);
	assert_int_equal(d.header.expires, NOW + 48 * 3600000LL);
	assert_int_equal(d.header.thread.len, 16);
	assert_int_equal(d.header.supersedes.len, 0);
	assert_true(d.header.exercise);
	assert_true(d.header.personal_data);
	assert_string_equal(d.header.language, "en");
	draft_fini(&d);
}

static void refuse(const char *name, const char *value, const char *because)
{
	struct draft d;

	fresh(NULL);
	give("to", "de-sn");
	give(name, value);
	assert_int_equal(init(&d, LB_AREA_CYBER_DEFENCE), LB_INVALID);
	assert_has(why.text, because);
	draft_fini(&d);
}

static void says_what_is_wrong(void **state)
{
	struct draft d;

	(void)state;
	assert_int_equal(init(&d, LB_AREA_CYBER_DEFENCE), LB_INVALID);
	assert_has(why.text, "to whom");
	draft_fini(&d);
	give("to", "de-sn");
	assert_int_equal(init(&d, 0), LB_INVALID);
	assert_has(why.text, "--area");
	draft_fini(&d);
	refuse("to", "DE-SN", "--to DE-SN");
	refuse("as", "All", "--as All: is no partner id");
	refuse("tlp", "pink", "--tlp pink");
	refuse("area", "space", "--area space");
	refuse("level", "5", "from 1 to 4");
	refuse("ack", "maybe", "--ack maybe");
	refuse("ack-deadline", "yesterday", "not a time");
	refuse("thread", "018f", "whole message id");
	refuse("language", "a language that has no tag as long as this", "--language");
}

static void the_audience_is_bounded(void **state)
{
	struct draft d;

	(void)state;
	for (int i = 0; i <= LB_AUDIENCE_MAX; i++)
		give("to", "de-sn");
	assert_int_equal(init(&d, LB_AREA_CYBER_DEFENCE), LB_INVALID);
	assert_has(why.text, "use a group");
	draft_fini(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(takes_every_option, fresh),
		cmocka_unit_test_setup(says_what_is_wrong, fresh),
		cmocka_unit_test_setup(the_audience_is_bounded, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
