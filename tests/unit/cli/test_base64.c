/* agents/cli/base64.c */
#include "agents/cli/base64.h"

#include "tests/unit/cli/run.h"

static void the_examples_of_the_rfc(void **state)
{
	static const char *const rows[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
		                               { "foobar", "Zm9vYmFy" }, { "\xff\xfe\xfd", "//79" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = base64_encode((const uint8_t *)rows[i][0], strlen(rows[i][0]));
		uint8_t *bytes = NULL;
		size_t n = 99;

		assert_string_equal(text, rows[i][1]);
		assert_true(base64_decode(text, &bytes, &n));
		assert_int_equal(n, strlen(rows[i][0]));
		assert_true(n == 0 || memcmp(bytes, rows[i][0], n) == 0);
		free(text);
		free(bytes);
	}
}

static void other_forms_are_none(void **state)
{
	static const char *const rows[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z=g=", "====", "Zm 9", "Zm9v\n", "Zm9-" };
	uint8_t *bytes = NULL;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (base64_decode(rows[i], &bytes, &n))
			fail_msg("%s is taken", rows[i]);
	assert_null(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_the_rfc),
		cmocka_unit_test(other_forms_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
