/* Tests of the settings: defaults, units, bounds, and that each key is documented as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broker/settings.h"

static char why[256];

static struct settings fresh(void)
{
	struct settings s;

	assert_int_equal(settings_init(&s), LB_OK);
	return s;
}

static lb_err set_text(struct settings *s, const char *key, const char *text)
{
	return settings_set(s, key, &(struct setting_value){ .form = SETTING_TEXT, .text = text }, why, sizeof why);
}

static lb_err set_number(struct settings *s, const char *key, int64_t n)
{
	return settings_set(s, key, &(struct setting_value){ .form = SETTING_NUMBER, .number = n }, why, sizeof why);
}

static void defaults_are_the_tables(void **state)
{
	struct settings s = fresh();

	(void)state;
	assert_string_equal(s.listen, "127.0.0.1:7700");
	assert_string_equal(s.crl, "");
	assert_int_equal(s.in_flight, 64 << 20);
	assert_int_equal(s.map_bytes, INT64_C(256) << 30);
	assert_int_equal(s.retention_s, 157680000);
	assert_int_equal(s.workers, 0);
	assert_false(s.require_hybrid);
	settings_fini(&s);
	assert_null(s.listen);
}

static void quantities_have_units(void **state)
{
	struct settings s = fresh();

	(void)state;
	assert_int_equal(set_text(&s, "tail", "1 GiB"), LB_OK);
	assert_int_equal(s.tail_bytes, 1 << 30);
	assert_int_equal(set_text(&s, "tail", "2MiB"), LB_OK);
	assert_int_equal(s.tail_bytes, 2 << 20);
	assert_int_equal(set_text(&s, "tail", "3000000"), LB_OK);
	assert_int_equal(s.tail_bytes, 3000000);
	assert_int_equal(set_number(&s, "tail", 4000000), LB_OK);
	assert_int_equal(s.tail_bytes, 4000000);
	assert_int_equal(set_text(&s, "heartbeat", "5 min"), LB_OK);
	assert_int_equal(s.heartbeat_s, 300);
	assert_int_equal(set_text(&s, "retention", "30 d"), LB_OK);
	assert_int_equal(s.retention_s, 30 * 86400);
	settings_fini(&s);
}

static void what_is_no_quantity_changes_nothing(void **state)
{
	static const char *const wrong[] = { "", " ", "MiB", "64 ", "64  MiB", "64 MB", "64 mib", "-1", "1.5 GiB", "64 MiB ", "5 min",
	                                     "99999999999999999999", "9000000000 TiB", "0x10" };
	struct settings s = fresh();

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		assert_int_equal(set_text(&s, "tail", wrong[i]), LB_CONFIG);
		assert_string_equal(why, "tail: it is not a number of bytes, as in 65536 or \"64 MiB\"");
	}
	assert_int_equal(set_text(&s, "heartbeat", "5 MiB"), LB_CONFIG);
	assert_string_equal(why, "heartbeat: it is not a number of seconds, as in 30 or \"5 min\"");
	assert_int_equal(s.tail_bytes, 64 << 20);
	settings_fini(&s);
}

static void values_have_bounds(void **state)
{
	struct settings s = fresh();

	(void)state;
	assert_int_equal(set_number(&s, "workers", 65), LB_CONFIG);
	assert_string_equal(why, "workers: 65 is not between 0 and 64");
	assert_int_equal(set_number(&s, "workers", -1), LB_CONFIG);
	assert_int_equal(set_number(&s, "workers", 64), LB_OK);
	assert_int_equal(set_number(&s, "heartbeat", 0), LB_CONFIG);
	assert_int_equal(set_text(&s, "session_in_flight", "1 MiB"), LB_CONFIG);
	assert_int_equal(set_number(&s, "retention", INT64_MAX), LB_CONFIG);
	settings_fini(&s);
}

static void texts_and_bools_are_checked(void **state)
{
	static const char *const addresses[] = { "", "7700", ":7700", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:+1", "a:b" };
	struct settings s = fresh();

	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
		assert_int_equal(set_text(&s, "listen", addresses[i]), LB_CONFIG);
	assert_int_equal(set_text(&s, "listen", "[::]:7700"), LB_OK);
	assert_string_equal(s.listen, "[::]:7700");
	assert_int_equal(set_text(&s, "metrics", ""), LB_OK);
	assert_int_equal(set_text(&s, "metrics", "nowhere"), LB_CONFIG);
	assert_int_equal(set_text(&s, "log_level", "loud"), LB_CONFIG);
	assert_string_equal(why, "log_level: it is none of error, warn, info, debug");
	assert_int_equal(set_text(&s, "data", ""), LB_CONFIG);
	assert_int_equal(set_number(&s, "data", 1), LB_CONFIG);
	assert_int_equal(set_text(&s, "require_hybrid", "true"), LB_CONFIG);
	assert_int_equal(settings_set(&s, "require_hybrid", &(struct setting_value){ .form = SETTING_BOOL, .number = 1 }, why, sizeof why),
	                 LB_OK);
	assert_true(s.require_hybrid);
	assert_int_equal(set_text(&s, "colour", "red"), LB_CONFIG);
	assert_string_equal(why, "colour: there is no such key");
	settings_fini(&s);
}

static void what_has_no_default_must_be_given(void **state)
{
	static const char *const needed[] = { "certificate", "key", "ca", "federation" };
	struct settings s = fresh();
	char expected[128];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(settings_check(&s, why, sizeof why), LB_CONFIG);
		snprintf(expected, sizeof expected, "%s: it has no default and must be given", needed[i]);
		assert_string_equal(why, expected);
		assert_int_equal(set_text(&s, needed[i], "/some/file"), LB_OK);
	}
	assert_int_equal(settings_check(&s, why, sizeof why), LB_OK);
	assert_int_equal(set_text(&s, "session_in_flight", "128 MiB"), LB_OK);
	assert_int_equal(settings_check(&s, why, sizeof why), LB_CONFIG);
	settings_fini(&s);
}

static void what_a_reload_cannot_change_is_named(void **state)
{
	struct settings a = fresh(), b = fresh();
	size_t at = 0;

	(void)state;
	assert_null(settings_changed(&a, &b, &at));
	assert_int_equal(set_text(&b, "federation", "/else"), LB_OK);                  /* reloadable */
	assert_int_equal(set_text(&b, "listen", "0.0.0.0:1"), LB_OK);
	assert_int_equal(set_number(&b, "max_handshakes", 7), LB_OK);
	at = 0;
	assert_string_equal(settings_changed(&a, &b, &at), "listen");
	assert_string_equal(settings_changed(&a, &b, &at), "max_handshakes");
	assert_null(settings_changed(&a, &b, &at));
	settings_fini(&a);
	settings_fini(&b);
}

static char *example(void)
{
	FILE *in = fopen("docs/examples/lagebusd.conf", "r");
	char *text = calloc(1, 65536);

	assert_non_null(in);
	assert_non_null(text);
	assert_true(fread(text, 1, 65535, in) > 0);
	fclose(in);
	return text;
}

enum { KIND_STRING, KIND_NUMBER, KIND_BYTES, KIND_SECONDS, KIND_BOOL };

/* The comment says the table's text (its first letter a capital), and the next line the key and its default. */
static void check_documented(const char *text, const char *key, int kind, const char *value, bool reloadable, const char *says)
{
	char wanted[512];
	const char *quote = kind == KIND_STRING || kind == KIND_BYTES ? "\"" : "";
	const char *at;

	snprintf(wanted, sizeof wanted, "%s.%s\n", says + 1, reloadable ? " (reload)" : "");
	at = strstr(text, wanted);
	if (at == NULL)
		fail_msg("the example does not say \"%s\"", wanted);
	at += strlen(wanted);
	snprintf(wanted, sizeof wanted, "# %s = %s%s%s;\n", key, quote, value, quote);
	if (strncmp(at, wanted, strlen(wanted)) == 0)
		return;
	snprintf(wanted, sizeof wanted, "%s = \"/", key);
	if (value[0] != '\0' || strncmp(at, wanted, strlen(wanted)) != 0)
		fail_msg("the example does not give the default of %s", key);
}

static void every_key_is_documented(void **state)
{
	char *text = example();
	unsigned rows = 0, lines = 0;

	(void)state;
#define X(field, key, kind, value, reloadable, says) check_documented(text, key, KIND_##kind, value, reloadable, says), rows++;
	SETTINGS_TABLE(X)
#undef X
	for (const char *p = strstr(text, " = "); p != NULL; p = strstr(p + 1, " = "))
		lines++;
	assert_int_equal(lines, rows);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_the_tables),
		cmocka_unit_test(quantities_have_units),
		cmocka_unit_test(what_is_no_quantity_changes_nothing),
		cmocka_unit_test(values_have_bounds),
		cmocka_unit_test(texts_and_bools_are_checked),
		cmocka_unit_test(what_has_no_default_must_be_given),
		cmocka_unit_test(what_a_reload_cannot_change_is_named),
		cmocka_unit_test(every_key_is_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
