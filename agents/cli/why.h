/* A failure in words: what went wrong, where, and what to do about it. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

#include <stdbool.h>

#include "lagebus/err.h"

struct why {
	char text[600];
	bool usage; /* it is the command line that is wrong, and the exit code says so */
};

/* Writes the text, its format in English and translated here, and returns e, so that a function can fail in one line. */
lb_err why_set(struct why *w, lb_err e, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for the value of an option: LB_INVALID. */
lb_err why_usage(struct why *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
