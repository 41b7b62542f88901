/* proto/payload_value.c */
#include <string.h>

#include "proto/indicator.pb-c.h"
#include "proto/payload_value.h"
#include "tests/kit/unit.h"

#define K(kind) LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_##kind
#define HEX32 "0123456789abcdefABCDEF0123456789"

static void each_kind_takes_what_it_is(void **state)
{
	static const struct {
		unsigned kind;
		const char *good[5], *bad[8];
	} rows[] = {
		{ K(STIX_PATTERN), { "[ipv4-addr:value = '192.0.2.66']", "([a:b = 'x]'] AND [a:b = 'it\\'s']) WITHIN 5 SECONDS" },
			{ "ipv4-addr:value", "[a", "[a)]", "]", "[a:b = 'x]", "((((((((((((((((([a]))))))))))))))))))", "[a:b='\\" } },
		{ K(IPV4_ADDR), { "192.0.2.66", "0.0.0.0/0", "198.51.100.0/24" },
			{ "192.0.2", "192.0.2.256", "192.0.2.66/33", "192.0.2.66/", "192.0.2.66/08", "192.0.2.066", "2001:db8::1" } },
		{ K(IPV6_ADDR), { "2001:db8::1", "::", "2001:db8::/32" }, { "192.0.2.66", "2001:db8::1::", "2001:db8::/129", "fe80::1%eth0", "[::1]" } },
		{ K(DOMAIN_NAME), { "beispiel.example", "_dmarc.a-b.example", "xn--bcher-kva.example", "b\xc3\xbc" "cher.example" },
			{ "example", ".example", "example.", "a..example", "-a.example", "a b.example", "192.0.2.66" } },
		{ K(URL), { "https://beispiel.example/a?b#c", "hxxp://x.example" }, { "beispiel.example", "https://", "https:///", "://a", "1a://b", "https://a b" } },
		{ K(EMAIL_ADDR), { "lage@beispiel.example", "a+b@x.example" }, { "lage", "@x.example", "a@b", "a@b@x.example", "a b@x.example", "a@" } },
		{ K(FILE_MD5), { HEX32 }, { "0123", HEX32 "0", "0123456789abcdefABCDEF012345678g" } },
		{ K(FILE_SHA1), { HEX32 "01234567" }, { HEX32 } },
		{ K(FILE_SHA256), { HEX32 HEX32 }, { HEX32 "01234567", HEX32 HEX32 "0" } },
		{ K(X509_SHA256), { HEX32 HEX32 }, { HEX32 } },
		{ K(AUTONOMOUS_SYSTEM), { "AS64496", "64496", "as4294967295" }, { "AS", "AS4294967296", "AS-1", "AS1x", "99999999999999999999999" } },
		{ K(FILE_NAME), { "a b.exe", "VS-NfD.pdf" }, { NULL } },
		{ 99, { "whatever" }, { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (size_t j = 0; j < 5 && rows[i].good[j]; j++)
			if (value_wrong(rows[i].kind, rows[i].good[j]))
				fail_msg("%s %s", rows[i].good[j], value_wrong(rows[i].kind, rows[i].good[j]));
		for (size_t j = 0; j < 8 && rows[i].bad[j]; j++)
			if (!value_wrong(rows[i].kind, rows[i].bad[j]))
				fail_msg("kind %u takes %s", rows[i].kind, rows[i].bad[j]);
	}
}

static void a_name_is_not_longer_than_dns_has_it(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'a', sizeof name);
	for (size_t i = 60; i < 250; i += 60)
		name[i] = '.';
	name[253] = 0;
	assert_null(value_wrong(K(DOMAIN_NAME), name));
	name[253] = 'a';
	name[254] = 0;
	assert_non_null(value_wrong(K(DOMAIN_NAME), name));
	memset(name, 'a', 64);
	strcpy(name + 64, ".example");
	assert_non_null(value_wrong(K(DOMAIN_NAME), name));
	assert_null(value_wrong(K(DOMAIN_NAME), name + 1));
}

static void the_other_values(void **state)
{
	(void)state;
	assert_null(value_wrong_web("HTTP://x.example"));
	assert_non_null(value_wrong_web("ftp://x.example"));
	assert_null(value_wrong_cve("CVE-2026-1234567"));
	assert_non_null(value_wrong_cve("CVE-26-12345"));
	assert_non_null(value_wrong_cve("CVE-2026-12345x"));
	assert_non_null(value_wrong_cve("cve"));
	assert_null(value_wrong_partner("de-sn/leipzig"));
	assert_non_null(value_wrong_partner("de-sn/*"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_takes_what_it_is),
		cmocka_unit_test(a_name_is_not_longer_than_dns_has_it),
		cmocka_unit_test(the_other_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
