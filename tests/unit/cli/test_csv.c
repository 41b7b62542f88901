/* agents/cli/csv.c */
#include "tests/unit/cli/run.h"

#include "agents/cli/csv.h"

static void fields_are_quoted_where_they_must_be(void **state)
{
	static const char *const fields[] = { "plain", "", "a,b", "say \"no\"", "two\nlines", "=1+1", "+49", "-1", "@x", "Bür\033o", "a=b" };
	char *text = NULL;
	size_t n;
	struct csv c = { .out = open_memstream(&text, &n) };

	(void)state;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		csv_field(&c, fields[i]);
	csv_end(&c);
	csv_field(&c, "next");
	csv_end(&c);
	fclose(c.out);
	assert_string_equal(text, "plain,,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",'=1+1,'+49,'-1,'@x,Bür\xef\xbf\xbdo,a=b\r\nnext\r\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_quoted_where_they_must_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
