/* Fail points: the process dies on the pass that was named, and on no other. */
#include "tests/kit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lagebus/failpoint.h"

static const char *self;

/* Runs this program as a child that passes "here" three times; how it ended. */
static int child(const char *spec)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (spec)
			setenv("LAGEBUS_FAIL", spec, 1);
		else
			unsetenv("LAGEBUS_FAIL");
		execl(self, self, "pass", (char *)NULL);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void dies_on_the_pass_that_is_named(void **state)
{
	(void)state;
	for (int count = 1; count <= 3; count++) {
		char spec[32];
		int status;

		snprintf(spec, sizeof spec, "here:%d", count);
		status = child(spec);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGKILL);
	}
}

static void lives_otherwise(void **state)
{
	char longest[100];
	const char *const specs[] = { NULL, "", "here", "here:", "here:0", "here:4", "her:1", "here2:1", longest };

	(void)state;
	memset(longest, 'x', sizeof longest);
	memcpy(longest + 90, ":1", 3);
	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
		int status = child(specs[i]);

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dies_on_the_pass_that_is_named),
		cmocka_unit_test(lives_otherwise),
	};

	self = argv[0];
	if (argc > 1) {
		for (unsigned i = 0; i < 3; i++)
			LB_FAIL_POINT("here");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
