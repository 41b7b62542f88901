/* Options as rows of a table: what a command takes, parsed with getopt_long, asked for by name. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "agents/cli/why.h"

#define OPTIONS_MAX 40 /* rows of a command and the global ones together */
#define GIVEN_MAX 256  /* options on one command line */

struct option_row {
	const char *name;
	const char *value; /* what the value is, in capitals; NULL: none */
	const char *help;
	char letter;       /* 0: long form only */
};

struct given {
	const char *name;
	const char *value;
};

/* Pointers go into the tables and argv. */
struct args {
	struct given given[GIVEN_MAX];
	unsigned given_n;
	char **words;
	unsigned words_n;
};

enum options_order {
	OPTIONS_UNTIL_WORD, /* stop at the first word, as before the command */
	OPTIONS_MIXED,
};

/* Reads argv[1..argc): adds the options to args and leaves the words in args->words. Either table may be NULL; each ends with
 * a NULL name. LB_OK, LB_INVALID (why says which option). Not thread-safe (getopt). */
lb_err options_parse(const struct option_row *own, const struct option_row *global, enum options_order order, int argc,
	char **argv, struct args *args, struct why *why) LB_MUST_CHECK;

bool args_has(const struct args *a, const char *name);
/* The last value given, or `otherwise`. */
const char *args_value(const struct args *a, const char *name, const char *otherwise);
/* The values of a repeatable option one by one: starts with *at == 0; NULL at the end. */
const char *args_next(const struct args *a, const char *name, unsigned *at);
/* A whole number within low..high. LB_OK (also if not given: *out is untouched), LB_INVALID. */
lb_err args_number(const struct args *a, const char *name, long low, long high, long *out, struct why *why) LB_MUST_CHECK;

#endif
