/* agents/cli/stop.c */
#include "tests/unit/cli/run.h"

#include <signal.h>

#include "agents/cli/stop.h"

static void a_signal_is_noted_and_ends_nothing(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		stop_catch();
		assert_false(stop_asked());
		raise(signals[i]);
		assert_true(stop_asked());
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_is_noted_and_ends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
