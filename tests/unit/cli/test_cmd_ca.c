/* agents/cli/cmd_ca.c */
#include "tests/unit/cli/run.h"

static void from_the_first_folder_to_the_revocation(void **state)
{
	char *dir = scratch_make();
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "ca", "init", dir, NULL), CLI_USAGE);
	assert_has(r.err, "--trust-domain lagebus.example");
	assert_int_equal(run(&r, "ca", "init", dir, "--trust-domain", "lagebus.example", NULL), CLI_OK);
	assert_int_equal(run(&r, "ca", "init", dir, "--trust-domain", "lagebus.example", NULL), CLI_REFUSED);
	assert_int_equal(run(&r, "ca", "issue", dir, "--agent", "de-sn/leipzig/main", NULL), CLI_OK);
	assert_has(r.out, "spiffe://lagebus.example/partner/de-sn/leipzig/agent/main\t");
	assert_int_equal(run(&r, "ca", "issue", dir, "--agent", "de-he/main", "--table", NULL), CLI_OK);
	assert_has(r.out, "issued for        spiffe://lagebus.example/partner/de-he/agent/main\n");
	assert_has(r.out, "issued/de-he.main.key\n");
	assert_int_equal(run(&r, "ca", "issue", dir, "--partner", "de-sn", "--name", "second", "--from", "2020-01-01", "--days", "3", NULL),
		CLI_OK);
	assert_has(r.out, "until 2020-01-0");
	assert_int_equal(run(&r, "ca", "issue", dir, "--broker", "--dns", "localhost", "--ip", "::1", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"spiffe_id\": \"spiffe://lagebus.example/partner/bund-bsi/agent/broker\"");
	assert_int_equal(run(&r, "ca", "issue", dir, "--agent", "de-sn/acting", "--acts-for", "de-sl", "--acts-for", "de-sn/leipzig", NULL), CLI_OK);
	assert_int_equal(run(&r, "ca", "revoke", dir, in_scratch(dir, "issued/de-sn.second.pem"), NULL), CLI_OK);
	assert_has(r.out, "revoked spiffe://lagebus.example/partner/de-sn/agent/second");
	assert_int_equal(run(&r, "ca", "crl", dir, "--days", "7", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"revoked\": 1");
	ran_free(&r);
	scratch_remove(dir);
}

/* The command line is wrong, whatever folder and time it is. */
static void wrong_options_are_usage(void **state)
{
	static const char *const wrong[][4] = {
		{ "--agent", "de-sn/main", "--curve", "p255" }, { "--partner", "De-SN", "--name", "main" }, { "--partner", "de-sn", "--name", "ma in" },
		{ "--broker", "--dns", "a name", NULL }, { "--broker", "--ip", "300.1.1.1", NULL },
	};
	char *dir = scratch_make();
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "ca", "init", dir, "--trust-domain", "Not One", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "init", dir, "--trust-domain", "lagebus.example", "--curve", "x25519", NULL), CLI_USAGE);
	assert_has(r.err, "p256, p384 or p521");
	assert_int_equal(run(&r, "ca", "init", dir, "--trust-domain", "lagebus.example", NULL), CLI_OK);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (run(&r, "ca", "issue", dir, wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], NULL) != CLI_USAGE)
			fail_msg("%s %s %s: %d, %s", wrong[i][0], wrong[i][1], wrong[i][2], r.code, r.err);
	/* That there is none such is no fault of the line. */
	assert_int_equal(run(&r, "ca", "issue", dir, "--agent", "de-sn/main", "--days", "36500", NULL), CLI_REFUSED);
	ran_free(&r);
	scratch_remove(dir);
}

static void says_what_is_wrong(void **state)
{
	struct ran r = { .code = 0 };

	(void)state;
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", NULL), CLI_USAGE);
	assert_has(r.err, "whose certificate");
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--agent", "de-sn", NULL), CLI_USAGE);
	assert_has(r.err, "as de-sn/main");
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--agent", "de-sn/main", "--name", "x", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--partner", "de-sn", "--dns", "x", NULL), CLI_USAGE);
	assert_has(r.err, "go with --broker");
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--partner", "de-sn", "--days", "0", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--partner", "de-sn", "--from", "soon", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--partner", "de-sn", "--acts-for", "de-sn", NULL), CLI_USAGE);
	assert_has(r.err, "another partner's id");
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--partner", "de-sn", "--acts-for", "De-SL", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--broker", "--acts-for", "de-sl", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "issue", "/nowhere", "--partner", "de-sn", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "ca", "revoke", "/nowhere", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "ca", "crl", "/nowhere", NULL), CLI_NOT_FOUND);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_the_first_folder_to_the_revocation),
		cmocka_unit_test(wrong_options_are_usage),
		cmocka_unit_test(says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
