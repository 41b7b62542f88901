/* agents/cli/incident_words.c */
#include "tests/unit/cli/run.h"

#include "agents/cli/incident_words.h"

/* What is typed for a number is that number again, and no two are the same. */
static void every_number_has_a_word_and_back(void **state)
{
	(void)state;
	for (int scale = 0; scale < WORDS_SCALES; scale++) {
		unsigned n = incident_numbers((enum incident_scale)scale);

		assert_true(n > 0);
		for (unsigned i = 0; i <= n; i++) {
			const char *token = incident_token((enum incident_scale)scale, i);
			unsigned back = n + 1;

			assert_true(*token && *incident_word((enum incident_scale)scale, i));
			assert_true(incident_number((enum incident_scale)scale, token, &back));
			assert_int_equal(back, i);
			assert_null(strchr(token, ' '));
		}
	}
}

static void what_is_not_known_is_said(void **state)
{
	unsigned out = 77;

	(void)state;
	assert_string_equal(incident_token(WORDS_STAGE, incident_numbers(WORDS_STAGE) + 1), "?");
	assert_string_equal(incident_word(WORDS_TIER, UINT32_MAX), "?");
	assert_false(incident_number(WORDS_CATEGORY, "malware", &out));
	assert_false(incident_number(WORDS_CATEGORY, "", &out));
	assert_int_equal(out, 77);
	/* A fault of a later agent is shown as it is. */
	assert_string_equal(incident_fault_word("superseded"), "was corrected later");
	assert_string_equal(incident_fault_word("of-later"), "of-later");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_has_a_word_and_back),
		cmocka_unit_test(what_is_not_known_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
