/* proto/indicator_net.c: the keys of what lies in a network or a domain stand together. */
#include "tests/kit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "proto/indicator_net.h"

static void expect_within(const char *network, unsigned kind, const char *value, bool within)
{
	uint8_t first[LB_INDICATOR_KEY_MAX], last[LB_INDICATOR_KEY_MAX], key[LB_INDICATOR_KEY_MAX];
	size_t n = 0;

	assert_int_equal(lb_indicator_range(strchr(network, ':') ? LB_INDICATOR_IPV6_ADDR : LB_INDICATOR_IPV4_ADDR, network, first, last, &n), LB_OK);
	assert_int_equal(lb_indicator_key(kind, value, key), n);
	assert_int_equal(memcmp(key, first, n) >= 0 && memcmp(key, last, n) <= 0, within);
}

static void a_network_is_a_range(void **state)
{
	(void)state;
	expect_within("10.0.0.0/8", LB_INDICATOR_IPV4_ADDR, "10.255.255.255", true);
	expect_within("10.0.0.0/8", LB_INDICATOR_IPV4_ADDR, "11.0.0.0", false);
	expect_within("10.0.0.0/8", LB_INDICATOR_IPV4_ADDR, "10.1.0.0/16", true);
	expect_within("10.0.0.0/8", LB_INDICATOR_URL, "http://10.1.2.3:8080/x", true);
	expect_within("2001:db8::/32", LB_INDICATOR_IPV6_ADDR, "2001:db8:ffff::1", true);
	expect_within("2001:db8::/32", LB_INDICATOR_IPV6_ADDR, "2001:db9::", false);
	expect_within("2001:db8::/32", LB_INDICATOR_URL, "http://[2001:db8::7]/x", true);
}

static void a_domain_is_a_prefix(void **state)
{
	static const struct {
		unsigned kind;
		const char *value;
		bool within;
	} rows[] = {
		{ LB_INDICATOR_DOMAIN_NAME, "evil.example", true },
		{ LB_INDICATOR_DOMAIN_NAME, "www.evil.example", true },
		{ LB_INDICATOR_DOMAIN_NAME, "notevil.example", false },
		{ LB_INDICATOR_URL, "https://who@www.evil.example:8443/a@b", true },
		{ LB_INDICATOR_EMAIL_ADDR, "who@mail.evil.example", true },
		{ LB_INDICATOR_EMAIL_ADDR, "who@evil.example.org", false },
	};
	uint8_t domain[LB_INDICATOR_KEY_MAX], key[LB_INDICATOR_KEY_MAX];
	size_t n = lb_indicator_key(LB_INDICATOR_DOMAIN_NAME, "evil.example", domain), m;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		m = lb_indicator_key(rows[i].kind, rows[i].value, key);
		assert_true(m > 0);
		assert_int_equal(m >= n && memcmp(key, domain, n) == 0, rows[i].within);
	}
	assert_int_equal(lb_indicator_key(LB_INDICATOR_FILE_NAME, "evil.example", key), 0);
	assert_int_equal(lb_indicator_key(LB_INDICATOR_URL, "nothing", key), 0);
}

static void networks_lie_around_an_address(void **state)
{
	char out[LB_INDICATOR_VALUE_MAX + 1];

	(void)state;
	assert_int_equal(lb_indicator_network(LB_INDICATOR_IPV4_ADDR, "192.0.2.7", 24, out), LB_OK);
	assert_string_equal(out, "192.0.2.0/24");
	assert_int_equal(lb_indicator_network(LB_INDICATOR_IPV4_ADDR, "192.0.2.0/24", 24, out), LB_OK);
	assert_int_equal(lb_indicator_network(LB_INDICATOR_IPV4_ADDR, "192.0.2.0/24", 25, out), LB_INVALID);
	assert_int_equal(lb_indicator_network(LB_INDICATOR_IPV6_ADDR, "2001:db8::7", 0, out), LB_OK);
	assert_string_equal(out, "::/0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_is_a_range),
		cmocka_unit_test(a_domain_is_a_prefix),
		cmocka_unit_test(networks_lie_around_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
