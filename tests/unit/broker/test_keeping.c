/* What agents are told of the federation's retention: when they come, and when it changes; who has not asked, nothing. */
#include "tests/kit/stand.h"

#include "lagebus/message_type.h"

#define FEDERATION(retention) \
	"trust_domain = \"lagebus.example\";\n" retention \
	"partners = (\n" \
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n" \
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; }\n" \
	");\n"

static struct caller *asking(const char *who, bool asks, bool publish_only)
{
	Lagebus__Hello hello = LAGEBUS__HELLO__INIT;

	hello.version = LB_PROTOCOL_VERSION;
	hello.retention = asks;
	hello.publish_only = publish_only;
	return stand_agent_from(who, &hello);
}

static const Lagebus__Retention *hear(struct caller *c)
{
	const Lagebus__Control *said = caller_hear_control(c, LAGEBUS__CONTROL__BODY_RETENTION);

	assert_non_null(said);
	return said->retention;
}

static void it_is_said_behind_welcome_and_when_it_changes(void **state)
{
	const Lagebus__Retention *r;
	struct caller *c;

	(void)state;
	stand.federation = FEDERATION("retention = { indicator = \"30 days\"; digital-violence-case = \"7 days\"; };\n");
	stand_start();
	c = asking("sn", true, false);
	r = hear(c);
	assert_int_equal(r->n_types, 2);
	assert_int_equal(r->types[0]->type, LB_TYPE_INDICATOR);
	assert_true(r->types[0]->most_ms == 30 * LB_DAY_MS);
	assert_int_equal(r->types[1]->type, LB_TYPE_DIGITAL_VIOLENCE_CASE);
	assert_true(r->types[1]->most_ms == 7 * LB_DAY_MS);
	stand_reload(FEDERATION("retention = { warning = \"10 years\"; };\n"), NULL);
	r = hear(c);
	assert_int_equal(r->n_types, 1);
	assert_int_equal(r->types[0]->type, LB_TYPE_WARNING);
	assert_true(r->types[0]->most_ms == 3650 * LB_DAY_MS);
	stand_reload(FEDERATION(""), NULL);
	assert_int_equal(hear(c)->n_types, 0); /* the defaults again */
}

/* An agent of before would not know what it is told. */
static void who_does_not_ask_is_not_told(void **state)
{
	struct caller *c, *publisher;

	(void)state;
	stand.federation = FEDERATION("retention = { indicator = \"30 days\"; };\n");
	stand_start();
	c = asking("sn", false, false);
	publisher = asking("bsi", true, true);
	stand_reload(FEDERATION(""), NULL);
	assert_true(caller_is_answered(c));
	assert_true(caller_is_answered(publisher));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAND_TEST(it_is_said_behind_welcome_and_when_it_changes),
		STAND_TEST(who_does_not_ask_is_not_told),
	};

	return cmocka_run_group_tests(tests, stand_make, stand_remove);
}
