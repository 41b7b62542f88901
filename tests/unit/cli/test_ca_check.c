/* agents/cli/ca_check.c */
#include "agents/cli/ca_check.h"

#include <sys/stat.h>
#include <time.h>

#include "agents/cli/ca.h"
#include "tests/unit/cli/run.h"

#define DAY_S 86400

static char *dir, *other;
static struct ca_issued issued, foreign;
static char ca_file[600], crl_file[600], other_ca[600];
static struct why why;

static int make(void **state)
{
	struct ca_request r = { .partner = "de-sn", .name = "main", .curve = "p256", .days = 100 };

	(void)state;
	dir = scratch_make();
	other = scratch_make();
	snprintf(ca_file, sizeof(ca_file), "%s/ca.pem", dir);
	snprintf(crl_file, sizeof(crl_file), "%s/crl.pem", dir);
	snprintf(other_ca, sizeof(other_ca), "%s/ca.pem", other);
	return ca_init(dir, "lagebus.example", "p256", 3650, &why) || ca_issue(dir, &r, &issued, &why) ||
		ca_init(other, "lagebus.example", "p256", 3650, &why) || ca_issue(other, &r, &foreign, &why);
}

static int drop(void **state)
{
	(void)state;
	scratch_remove(dir);
	scratch_remove(other);
	return 0;
}

static void expect(const char *key, const char *ca, const char *crl, int64_t later_s, const char *what, enum finding_kind kind,
	const char *text)
{
	struct ca_files files = { issued.certificate, key, ca, crl };
	struct findings f = { .n = 0 };

	ca_check(&files, time(NULL) + later_s, &f);
	for (unsigned i = 0; i < f.n; i++) {
		if (strcmp(f.list[i].what, what) != 0)
			continue;
		assert_string_equal(finding_kind_name(f.list[i].kind), finding_kind_name(kind));
		assert_has(f.list[i].text, text);
		return;
	}
	fail_msg("nothing was said about %s", what);
}

static void what_is_right_is_ok(void **state)
{
	(void)state;
	expect(issued.key, ca_file, crl_file, 0, "identity", FINDING_OK, "partner/de-sn/agent/main");
	expect(issued.key, ca_file, crl_file, 0, "dates", FINDING_OK, "99 days left");
	expect(issued.key, ca_file, crl_file, 0, "key", FINDING_OK, "");
	expect(issued.key, ca_file, crl_file, 0, "crl", FINDING_OK, " days more");
	expect(issued.key, ca_file, crl_file, 0, "ca", FINDING_OK, "not revoked");
}

static void dates_that_end(void **state)
{
	(void)state;
	expect(issued.key, ca_file, crl_file, 80 * DAY_S, "dates", FINDING_WARNING, "19 days left");
	expect(issued.key, ca_file, crl_file, 102 * DAY_S, "dates", FINDING_ERROR, "expired 2 days ago");
	expect(issued.key, ca_file, crl_file, -2 * DAY_S, "dates", FINDING_ERROR, "clock");
	expect(issued.key, ca_file, crl_file, 29 * DAY_S, "crl", FINDING_WARNING, "hours");
	expect(issued.key, ca_file, crl_file, 31 * DAY_S, "crl", FINDING_ERROR, "out of date");
}

static void files_that_do_not_belong_together(void **state)
{
	(void)state;
	expect(foreign.key, ca_file, crl_file, 0, "key", FINDING_ERROR, "does not belong");
	expect(issued.key, other_ca, "", 0, "ca", FINDING_ERROR, "ask the coordinator");
	expect(issued.key, ca_file, "", 0, "crl", FINDING_WARNING, "no revocation list");
	expect("/nowhere", ca_file, crl_file, 0, "key", FINDING_ERROR, "cannot open");
	expect(issued.key, "/nowhere", crl_file, 0, "ca", FINDING_ERROR, "cannot be read");
	assert_int_equal(chmod(issued.key, 0644), 0);
	expect(issued.key, ca_file, crl_file, 0, "key", FINDING_WARNING, "chmod 600");
	assert_int_equal(chmod(issued.key, 0600), 0);
}

static void a_revoked_certificate(void **state)
{
	struct ca_issued revoked;

	(void)state;
	assert_int_equal(ca_revoke(dir, issued.serial, 30, &revoked, &why), LB_OK);
	expect(issued.key, ca_file, crl_file, 0, "ca", FINDING_ERROR, "revoked");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_right_is_ok),
		cmocka_unit_test(dates_that_end),
		cmocka_unit_test(files_that_do_not_belong_together),
		cmocka_unit_test(a_revoked_certificate),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
