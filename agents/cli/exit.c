/* The exit codes, once: the table feeds the enum, the manual's test and the help. */
#include "agents/cli/exit.h"

#include <stddef.h>

const struct exit_row exit_rows[] = {
#define X(name, number, text) { CLI_##name, text },
	CLI_EXIT_TABLE(X)
#undef X
	{ CLI_OK, NULL },
};

/* What is not listed here is a rule's or a check's refusal. */
static const struct {
	lb_err error;
	enum cli_exit code;
} of[] = {
	{ LB_OK, CLI_OK },
	{ LB_NOT_FOUND, CLI_NOT_FOUND },
	{ LB_IO, CLI_IO },
	{ LB_NO_MEMORY, CLI_IO },
	{ LB_CORRUPT, CLI_IO },
	{ LB_STORE_FULL, CLI_IO },
	{ LB_AGAIN, CLI_NO_BROKER },
	{ LB_CLOSED, CLI_NO_BROKER },
	{ LB_LIMIT, CLI_NO_BROKER },
	{ LB_DISK_FULL, CLI_NO_BROKER },
	{ LB_TIMEOUT, CLI_NO_BROKER },
	{ LB_DRAINING, CLI_NO_BROKER },
	{ LB_TOO_SLOW, CLI_NO_BROKER },
	{ LB_TLS_HANDSHAKE, CLI_NO_BROKER },
};

enum cli_exit exit_of(lb_err e)
{
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (of[i].error == e)
			return of[i].code;
	return CLI_REFUSED;
}
