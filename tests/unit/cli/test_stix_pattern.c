/* agents/cli/stix_pattern.c */
#include "agents/cli/stix_pattern.h"

#include "tests/unit/cli/run.h"

static void one_comparison_is_a_value(void **state)
{
	static const struct {
		const char *pattern;
		unsigned kind;
		const char *value;
	} rows[] = {
		{ "[ipv4-addr:value = '10.1.2.3/8']", LB_INDICATOR_IPV4_ADDR, "10.0.0.0/8" },
		{ " [ domain-name:value='Evil.example' ] ", LB_INDICATOR_DOMAIN_NAME, "evil.example" },
		{ "[file:hashes.md5 = 'd41d8cd98f00b204e9800998ecf8427e']", LB_INDICATOR_FILE_MD5, "d41d8cd98f00b204e9800998ecf8427e" },
		{ "[file:name = 'it\\'s \\\\ it']", LB_INDICATOR_FILE_NAME, "it's \\ it" },
		{ "[autonomous-system:number = 64496]", LB_INDICATOR_AUTONOMOUS_SYSTEM, "AS64496" },
		{ "[ipv4-addr:value = '10.1.2.3' OR ipv4-addr:value = '10.1.2.4']", 0, NULL },
		{ "[ipv4-addr:value = '10.1.2.3'] FOLLOWEDBY [a:b = 'c']", 0, NULL },
		{ "[ipv4-addr:value != '10.1.2.3']", 0, NULL },
		{ "[ipv4-addr:value = 'no address']", 0, NULL },
		{ "[ipv4-addr:value = '10.1.2.3", 0, NULL },
		{ "[process:pid = 7]", 0, NULL },
		{ "[", 0, NULL },
		{ "", 0, NULL },
	};
	char value[LB_INDICATOR_VALUE_MAX + 1], pattern[STIX_PATTERN_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(stix_pattern_read(rows[i].pattern, value), rows[i].kind);
		if (rows[i].kind) {
			assert_string_equal(value, rows[i].value);
			stix_pattern_write(rows[i].kind, value, pattern);
			assert_int_equal(stix_pattern_read(pattern, value), rows[i].kind);
			assert_string_equal(value, rows[i].value);
		}
	}
	stix_pattern_write(LB_INDICATOR_STIX_PATTERN, "[a:b = 'c']", pattern);
	assert_string_equal(pattern, "[a:b = 'c']");
	for (unsigned kind = LB_INDICATOR_FILE_SHA1; kind <= LB_INDICATOR_KIND_MAX; kind++) {
		const char *digits = kind == LB_INDICATOR_FILE_SHA1 ? "da39a3ee5e6b4b0d3255bfef95601890afd80709" :
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

		stix_pattern_write(kind, kind == LB_INDICATOR_AUTONOMOUS_SYSTEM ? "AS7" : digits, pattern);
		assert_int_equal(stix_pattern_read(pattern, value), kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(one_comparison_is_a_value) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
