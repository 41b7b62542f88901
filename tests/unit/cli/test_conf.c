/* agents/cli/conf.c */
#include "agents/cli/conf.h"

#include "tests/unit/cli/run.h"

static void reads_what_check_needs(void **state)
{
	char *dir = scratch_make();
	const char *path = in_scratch(dir, "agent.conf");
	struct conf c;
	struct why why;

	(void)state;
	write_text(path, "certificate = \"a.pem\"; key = \"a.key\"; ca = \"ca.pem\"; brokers = ( \"x:1\" );\n");
	assert_int_equal(conf_load(path, &c, &why), LB_OK);
	assert_string_equal(c.certificate, "a.pem");
	assert_string_equal(c.key, "a.key");
	assert_string_equal(c.ca, "ca.pem");
	assert_string_equal(c.crl, "");
	assert_string_equal(c.federation, "");
	assert_false(c.is_federation);
	write_text(path, "certificate = \"a\"; key = \"b\"; ca = \"c\"; crl = \"d\"; federation = \"f\";\n");
	assert_int_equal(conf_load(path, &c, &why), LB_OK);
	assert_string_equal(c.crl, "d");
	assert_string_equal(c.federation, "f");
	scratch_remove(dir);
}

static void says_file_and_line(void **state)
{
	char *dir = scratch_make();
	const char *path = in_scratch(dir, "agent.conf");
	struct conf c;
	struct why why;

	(void)state;
	assert_int_equal(conf_load(path, &c, &why), LB_NOT_FOUND);
	write_text(path, "certificate = \"a\";\nkey = ;\n");
	assert_int_equal(conf_load(path, &c, &why), LB_CONFIG);
	assert_has(why.text, "agent.conf:2");
	write_text(path, "certificate = \"a\";\n");
	assert_int_equal(conf_load(path, &c, &why), LB_CONFIG);
	assert_has(why.text, "'key' is missing");
	write_text(path, "trust_domain = \"lagebus.example\"; partners = ( );\n");
	assert_int_equal(conf_load(path, &c, &why), LB_OK);
	assert_true(c.is_federation);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_check_needs),
		cmocka_unit_test(says_file_and_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
