/* agents/cli/search.c */
#include "agents/cli/search.h"

#include "tests/unit/cli/run.h"

static void expect(const char *words, const char *query)
{
	char *made = search_query(words);

	assert_string_equal(made, query);
	free(made);
}

static void quotes_what_fts5_would_not_take(void **state)
{
	(void)state;
	expect("CVE-2026-1234", "\"CVE-2026-1234\"");
	expect("192.0.2.7 exchange", "\"192.0.2.7\" exchange");
	expect("https://a.example/x?y", "\"https://a.example/x?y\"");
	expect("CVE-2026*", "\"CVE-2026\"*");
	expect("O'Neill", "\"O'Neill\"");
}

static void leaves_what_is_a_query(void **state)
{
	(void)state;
	expect("", "");
	expect("  exchange   server ", "exchange server");
	expect("exchange AND (server OR \"out-look web\") NOT lotus*", "exchange AND (server OR \"out-look web\") NOT lotus*");
	expect("Schwachstelle Übung", "Schwachstelle Übung");
	expect("\"unbalanced", "\"unbalanced");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_what_fts5_would_not_take),
		cmocka_unit_test(leaves_what_is_a_query),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
