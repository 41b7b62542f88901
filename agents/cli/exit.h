/* The exit codes, once: the table feeds the enum, the manual's test and the help. */
#ifndef CLI_EXIT_H
#define CLI_EXIT_H

#include "lagebus/err.h"

/* clang-format off */
#define CLI_EXIT_TABLE(X) \
	X(OK,        0, "it worked") \
	X(REFUSED,   1, "refused by a rule, or something is not valid") \
	X(USAGE,     2, "the command line is wrong") \
	X(NO_AGENT,  3, "the agent cannot be reached") \
	X(NO_BROKER, 4, "the broker cannot be reached, or it took too long") \
	X(NOT_FOUND, 5, "there is no such message, file or certificate") \
	X(IO,        6, "a local file or the terminal cannot be read or written") \
	X(OVERDUE,   7, "receipts: somebody has not acknowledged in time")
/* clang-format on */

enum cli_exit {
#define X(name, number, text) CLI_##name = number,
	CLI_EXIT_TABLE(X)
#undef X
};

/* The exit code that stands for an error. */
enum cli_exit exit_of(lb_err e);

struct exit_row {
	enum cli_exit code;
	const char *text;
};

/* The rows in order; ends with a NULL text. */
extern const struct exit_row exit_rows[];

#endif
