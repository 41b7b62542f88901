/* agents/cli/about.c */
#include "tests/unit/cli/fake_agent.h"

#include "agents/cli/about.h"

static struct cli cli;
static char *said;
static size_t said_n;

static int set_up(void **state)
{
	(void)state;
	cli = (struct cli){ .out = stdout, .err = open_memstream(&said, &said_n) };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fclose(cli.err);
	free(said);
	return 0;
}

static void it_goes_where_the_message_goes(void **state)
{
	struct lb_header h = sample_header(1);
	struct about a;

	(void)state;
	h.audience_n = 2;
	h.audience[0] = lb_text_of("de-sn/*");
	h.audience[1] = lb_text_of("group:cert");
	h.tlp = 0; /* none: AMBER+STRICT */
	h.exercise = true;
	h.exercise_name = lb_text_of("Probe");
	assert_int_equal(about_init(&a, &cli, LB_TYPE_APPROVAL, &h, false), CLI_OK);
	assert_int_equal(a.header.type, LB_TYPE_APPROVAL);
	assert_int_equal(a.header.area, h.area);
	assert_int_equal(a.header.tlp, LB_TLP_AMBER_STRICT);
	assert_true(a.header.exercise);
	assert_string_equal(a.header.exercise_name, "Probe");
	assert_int_equal(a.header.thread.len, sizeof h.id.b);
	assert_memory_equal(a.header.thread.data, h.id.b, sizeof h.id.b);
	assert_int_equal(a.header.n_audience, 2);
	assert_string_equal(a.header.audience[0], "de-sn/*");
	assert_string_equal(a.header.audience[1], "group:cert");
	assert_string_equal(a.header.origin, ""); /* the agent's own */
	about_fini(&a);
}

static void or_to_its_origin_alone(void **state)
{
	struct lb_header h = sample_header(1);
	struct about a;

	(void)state;
	h.audience_n = 2;
	h.audience[0] = h.audience[1] = lb_text_of("de-sn");
	assert_int_equal(about_init(&a, &cli, LB_TYPE_APPROVAL, &h, true), CLI_OK);
	assert_int_equal(a.header.n_audience, 1);
	assert_string_equal(a.header.audience[0], "bund-bsi");
	about_fini(&a);
}

static void as_whom_is_checked(void **state)
{
	struct lb_header h = sample_header(1);
	struct about a;

	(void)state;
	cli.args.given[cli.args.given_n++] = (struct given){ "as", "de-sn/leipzig" };
	assert_int_equal(about_init(&a, &cli, LB_TYPE_RECALL, &h, false), CLI_OK);
	assert_string_equal(a.header.origin, "de-sn/leipzig");
	about_fini(&a);
	cli.args.given[0].value = "Leipzig!";
	assert_int_equal(about_init(&a, &cli, LB_TYPE_RECALL, &h, false), CLI_USAGE);
	fflush(cli.err);
	assert_has(said, "--as Leipzig!");
	about_fini(&a);
}

#define ABOUT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ABOUT_TEST(it_goes_where_the_message_goes),
		ABOUT_TEST(or_to_its_origin_alone),
		ABOUT_TEST(as_whom_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
