/* agents/cli/ca.c */
#include "agents/cli/ca.h"

#include <sys/stat.h>

#include "agents/cli/file.h"
#include "tests/unit/cli/run.h"

static struct why why;

static char *make_ca(void)
{
	char *dir = scratch_make();

	assert_int_equal(ca_init(dir, "lagebus.example", "p256", 3650, &why), LB_OK);
	return dir;
}

static struct ca_request request(const char *partner, const char *name)
{
	return (struct ca_request){ .partner = partner, .name = name, .curve = "p256", .days = 30 };
}

/* openssl(1) is the judge: exit code 0 if the certificate is good. */
static int judge(const char *dir, const char *certificate)
{
	char command[1600];

	snprintf(command, sizeof(command), "openssl verify -x509_strict -crl_check -CAfile %s/ca.pem -CRLfile %s/crl.pem %s >/dev/null 2>&1",
		dir, dir, certificate);
	return system(command);
}

static void issues_what_openssl_verifies_until_it_is_revoked(void **state)
{
	struct ca_request r = request("de-sn/leipzig", "main");
	struct ca_issued issued, revoked;
	char *dir = make_ca();
	struct stat st;
	unsigned n;

	(void)state;
	assert_int_equal(ca_issue(dir, &r, &issued, &why), LB_OK);
	assert_string_equal(issued.spiffe_id, "spiffe://lagebus.example/partner/de-sn/leipzig/agent/main");
	assert_has(issued.certificate, "/issued/de-sn_leipzig.main.pem");
	assert_int_equal(stat(issued.key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(in_scratch(dir, "ca.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(judge(dir, issued.certificate), 0);
	assert_int_equal(ca_revoke(dir, issued.certificate, 30, &revoked, &why), LB_OK);
	assert_string_equal(revoked.serial, issued.serial);
	assert_int_not_equal(judge(dir, issued.certificate), 0);
	assert_int_equal(ca_crl(dir, 10, &n, &why), LB_OK);
	assert_int_equal(n, 1);
	assert_int_not_equal(judge(dir, issued.certificate), 0);
	scratch_remove(dir);
}

static void revokes_by_serial_number(void **state)
{
	struct ca_request r = request("de-hb", "main");
	struct ca_issued issued, revoked;
	char *dir = make_ca();

	(void)state;
	assert_int_equal(ca_issue(dir, &r, &issued, &why), LB_OK);
	assert_int_equal(ca_revoke(dir, "abc", 30, &revoked, &why), LB_NOT_FOUND);
	assert_int_equal(ca_revoke(dir, "no-such-file.pem", 30, &revoked, &why), LB_NOT_FOUND);
	assert_int_equal(ca_revoke(dir, issued.serial, 30, &revoked, &why), LB_OK);
	assert_string_equal(revoked.spiffe_id, issued.spiffe_id);
	assert_int_not_equal(judge(dir, issued.certificate), 0);
	scratch_remove(dir);
}

static void overwrites_nothing(void **state)
{
	struct ca_request r = request("de-sn", "main");
	struct ca_issued issued;
	char *dir = make_ca();
	uint8_t *before, *after;
	size_t n;

	(void)state;
	assert_int_equal(file_read(in_scratch(dir, "ca.key"), 10000, &before, &n, &why), LB_OK);
	assert_int_equal(ca_init(dir, "lagebus.example", "p256", 10, &why), LB_INVALID);
	assert_has(why.text, "not overwritten");
	assert_int_equal(file_read(in_scratch(dir, "ca.key"), 10000, &after, &n, &why), LB_OK);
	assert_string_equal((char *)before, (char *)after);
	assert_int_equal(ca_issue(dir, &r, &issued, &why), LB_OK);
	assert_int_equal(ca_issue(dir, &r, &issued, &why), LB_INVALID);
	assert_has(why.text, "not overwritten");
	free(before);
	free(after);
	scratch_remove(dir);
}

static void refuse(const char *dir, struct ca_request r, const char *because)
{
	struct ca_issued issued;

	assert_int_equal(ca_issue(dir, &r, &issued, &why), LB_INVALID);
	assert_has(why.text, because);
}

static void checks_names_before_they_reach_a_certificate(void **state)
{
	struct ca_request dns = request("bund-bsi", "broker"), ip = dns;
	char *dir = make_ca();

	(void)state;
	refuse(dir, request("DE-SN", "main"), "not a partner id");
	refuse(dir, request("de-sn", "../../x"), "not an agent's name");
	refuse(dir, request("de-sn", "main,DNS:evil.example"), "not an agent's name");
	dns.dns[dns.dns_n++] = "a.example,URI:spiffe://x";
	refuse(dir, dns, "not a DNS name");
	ip.ip[ip.ip_n++] = "300.1.1.1";
	refuse(dir, ip, "not an IPv4");
	assert_int_equal(ca_init(in_scratch(dir, "b"), "Lagebus Example", "p256", 10, &why), LB_INVALID);
	assert_has(why.text, "trust domain");
	scratch_remove(dir);
}

static void a_folder_that_is_no_ca_is_said(void **state)
{
	struct ca_request r = request("de-sn", "main");
	struct ca_issued issued;
	char *dir = scratch_make();
	unsigned n;

	(void)state;
	assert_int_equal(ca_issue(dir, &r, &issued, &why), LB_NOT_FOUND);
	assert_has(why.text, "ca.pem");
	assert_int_equal(ca_crl(in_scratch(dir, "none"), 30, &n, &why), LB_NOT_FOUND);
	scratch_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(issues_what_openssl_verifies_until_it_is_revoked),
		cmocka_unit_test(revokes_by_serial_number),
		cmocka_unit_test(overwrites_nothing),
		cmocka_unit_test(checks_names_before_they_reach_a_certificate),
		cmocka_unit_test(a_folder_that_is_no_ca_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
