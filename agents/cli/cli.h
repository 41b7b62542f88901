/* What every command gets: the command line, where to write and how; and the table of the commands. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "agents/cli/exit.h"
#include "agents/cli/options.h"

#define COMMAND_WORD 16 /* bytes of the longest word of a command's name, and a NUL */

struct cli;

struct command {
	const char *name;                  /* one word, or two: "ca init" */
	const char *words;                 /* what stands behind it, "ID"; "" if nothing */
	unsigned words_min, words_max;
	const char *summary;               /* one line */
	const char *text;                  /* a paragraph or two */
	const struct option_row *options;  /* ends with a NULL name */
	const char *const *examples;       /* ends with NULL */
	enum cli_exit (*run)(struct cli *cli);
};

struct cli {
	FILE *out, *err;
	const char *agent; /* its local socket's address */
	bool json;
	bool terminal;     /* out is one: tables, and colour if it is wanted */
	bool colour;
	bool progress;     /* err is a terminal */
	unsigned width;    /* columns of the terminal */
	int timeout_ms;
	const struct command *command;
	struct args args;
};

/* The commands in the order of the help; ends with a NULL name. */
extern const struct command commands[];
extern const struct option_row global_options[];

/* The command that argv begins with, and in *used of how many words its name is. NULL: none. */
const struct command *command_find(int argc, char *const *argv, int *used);
/* Is this the first word of commands that have two ("ca")? */
bool command_is_group(const char *word);
/* The first word of the command that was probably meant by this one. False: none is near. */
bool command_near(const char *word, char out[COMMAND_WORD]);
/* Says that there is no such command, and what may have been meant. */
enum cli_exit command_unknown(struct cli *cli, int argc, char *const *argv);

/* The whole program, with its output going where the caller says. Returns the exit code. Blocks. */
int cli_main(int argc, char **argv, FILE *out, FILE *err);

/* Says what went wrong (and, with --json, writes it as the one document) and returns the code. Formats are in English and translated here. */
enum cli_exit cli_fail(struct cli *cli, enum cli_exit code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for a function that failed with e; what the command line got wrong is LB_INVALID, which is CLI_REFUSED. */
enum cli_exit cli_fail_why(struct cli *cli, lb_err e, const struct why *why);
/* Something that whoever gave the command should know, though it goes on. */
void cli_note(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

void help_all(FILE *f);
void help_group(FILE *f, const char *word);
void help_command(FILE *f, const struct command *c);

#endif
