/* proto/indicator.c: each value has one form, and its kind is told from how it is written. */
#include "tests/kit/unit.h"

#include <string.h>

#include "lagebus/indicator.h"

static void a_value_has_one_form(void **state)
{
	static const struct {
		unsigned kind;
		const char *value, *form; /* NULL: it is none of this kind */
	} rows[] = {
		{ LB_INDICATOR_IPV4_ADDR, " 192.0.2.7\r", "192.0.2.7" },
		{ LB_INDICATOR_IPV4_ADDR, "192.0.2.7/24", "192.0.2.0/24" },
		{ LB_INDICATOR_IPV4_ADDR, "192.0.2.7/32", "192.0.2.7" },
		{ LB_INDICATOR_IPV4_ADDR, "192.0.2.7/33", NULL },
		{ LB_INDICATOR_IPV4_ADDR, "192.0.2", NULL },
		{ LB_INDICATOR_IPV6_ADDR, "2001:DB8:0::1", "2001:db8::1" },
		{ LB_INDICATOR_IPV6_ADDR, "2001:db8::1/32", "2001:db8::/32" },
		{ LB_INDICATOR_DOMAIN_NAME, "Evil.Example.", "evil.example" },
		{ LB_INDICATOR_DOMAIN_NAME, "_dmarc.b\xc3\xbc" "cher.example", "_dmarc.b\xc3\xbc" "cher.example" },
		{ LB_INDICATOR_DOMAIN_NAME, "example", NULL },
		{ LB_INDICATOR_DOMAIN_NAME, "a..example", NULL },
		{ LB_INDICATOR_DOMAIN_NAME, "1.2.3", NULL },
		{ LB_INDICATOR_URL, "HTTP://Evil.Example:80/Path?Q", "http://evil.example:80/Path?Q" },
		{ LB_INDICATOR_URL, "http://User@Evil.Example/", "http://User@evil.example/" },
		{ LB_INDICATOR_URL, "http:///x", NULL },
		{ LB_INDICATOR_URL, "evil.example/x", NULL },
		{ LB_INDICATOR_EMAIL_ADDR, "Who@Evil.Example", "Who@evil.example" },
		{ LB_INDICATOR_EMAIL_ADDR, "@evil.example", NULL },
		{ LB_INDICATOR_FILE_MD5, "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e" },
		{ LB_INDICATOR_FILE_MD5, "D41D8CD98F00B204E9800998ECF8427", NULL },
		{ LB_INDICATOR_AUTONOMOUS_SYSTEM, "as64496", "AS64496" },
		{ LB_INDICATOR_AUTONOMOUS_SYSTEM, "4294967296", NULL },
		{ LB_INDICATOR_FILE_NAME, " Setup.EXE ", "Setup.EXE" },
		{ LB_INDICATOR_MUTEX, "a\tb", NULL },
		{ 77, "What", "What" },
		{ 77, "  ", NULL },
	};
	char out[LB_INDICATOR_VALUE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		lb_err e = lb_indicator_normalise(rows[i].kind, rows[i].value, out);

		if ((e == LB_OK) != (rows[i].form != NULL))
			fail_msg("'%s': %s", rows[i].value, lb_err_token(e));
		if (rows[i].form)
			assert_string_equal(out, rows[i].form);
	}
	assert_int_equal(lb_indicator_normalise(LB_INDICATOR_FILE_NAME, "\xff", out), LB_NOT_UTF8);
}

static void the_kind_is_told(void **state)
{
	static const struct {
		const char *text;
		unsigned kind;
		const char *form;
	} rows[] = {
		{ "192[.]0[.]2[.]7", LB_INDICATOR_IPV4_ADDR, "192.0.2.7" },
		{ "10.0.0.0/8", LB_INDICATOR_IPV4_ADDR, "10.0.0.0/8" },
		{ "2001:db8::1", LB_INDICATOR_IPV6_ADDR, "2001:db8::1" },
		{ "hxxps://evil[.]example/x", LB_INDICATOR_URL, "https://evil.example/x" },
		{ "hxxp[://]evil(dot)example", LB_INDICATOR_URL, "http://evil.example" },
		{ "EVIL.example", LB_INDICATOR_DOMAIN_NAME, "evil.example" },
		{ "who[at]evil.example", LB_INDICATOR_EMAIL_ADDR, "who@evil.example" },
		{ "da39a3ee5e6b4b0d3255bfef95601890afd80709", LB_INDICATOR_FILE_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ "AS64496", LB_INDICATOR_AUTONOMOUS_SYSTEM, "AS64496" },
		{ "[file:name = 'x.exe']", LB_INDICATOR_STIX_PATTERN, "[file:name = 'x.exe']" },
		{ "asdf.example", LB_INDICATOR_DOMAIN_NAME, "asdf.example" },
		{ "Setup.EXE", LB_INDICATOR_FILE_NAME, "Setup.EXE" },
		{ "http://x.example/setup.exe", LB_INDICATOR_URL, "http://x.example/setup.exe" },
		{ "two words", 0, NULL },
		{ "64496", 0, NULL },
		{ "", 0, NULL },
		{ "1.2.3.4.5", 0, NULL },
	};
	char out[LB_INDICATOR_VALUE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (lb_indicator_detect(rows[i].text, out) != rows[i].kind)
			fail_msg("'%s' is of another kind", rows[i].text);
		if (rows[i].form)
			assert_string_equal(out, rows[i].form);
	}
}

static void kinds_have_names(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= LB_INDICATOR_KIND_MAX; i++)
		assert_int_equal(lb_indicator_kind_from_name(lb_indicator_kind_name(i)), i);
	assert_null(lb_indicator_kind_name(0));
	assert_null(lb_indicator_kind_name(99));
	assert_int_equal(lb_indicator_kind_from_name("nothing"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_has_one_form),
		cmocka_unit_test(the_kind_is_told),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
