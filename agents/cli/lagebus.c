/* lagebus: the command line for people. */
#include <signal.h>
#include <stdio.h>

#include "agents/cli/cli.h"

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	return cli_main(argc, argv, stdout, stderr);
}
