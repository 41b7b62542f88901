/* agents/cli/progress.c */
#include "agents/cli/progress.h"

#include "tests/unit/cli/run.h"

static char *draw(bool terminal, int64_t after_ms)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .err = open_memstream(&text, &n), .progress = terminal };
	struct progress p;

	progress_begin(&p, &cli, "waiting", 5000);
	progress_draw(&p, 5000 + after_ms, 1, 2);
	progress_end(&p);
	fclose(cli.err);
	return text;
}

static void shows_itself_past_a_second_on_a_terminal(void **state)
{
	char *text = draw(true, 999);

	(void)state;
	assert_string_equal(text, "");
	free(text);
	text = draw(true, 1500);
	assert_has(text, "waiting ████████████░░░░░░░░░░░░ 1 s");
	assert_has(text, "\r\033[K");
	free(text);
	text = draw(false, 1500);
	assert_string_equal(text, "");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_itself_past_a_second_on_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
