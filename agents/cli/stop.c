/* Commands that go on until they are interrupted. */
#include "agents/cli/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

void stop_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	stopped = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool stop_asked(void)
{
	return stopped;
}
