/* What a check found: a line each, with what to do. */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include <jansson.h>
#include <stddef.h>

#include "agents/cli/cli.h"

#define FINDINGS_MAX 32

enum finding_kind { FINDING_OK, FINDING_WARNING, FINDING_ERROR };

struct finding {
	enum finding_kind kind;
	enum cli_exit code; /* of an error */
	char what[32], text[400];
};

struct findings {
	struct finding list[FINDINGS_MAX];
	unsigned n; /* what is past the maximum is dropped */
};

void findings_add(struct findings *f, enum finding_kind kind, enum cli_exit code, const char *what, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* The code of the first error; CLI_OK if there is none. */
enum cli_exit findings_code(const struct findings *f);
const char *finding_kind_name(enum finding_kind kind);
/* A line each, or the one document, in which `retention` stands as well (NULL: there is none; the reference is taken). CLI_OK, or it could not be
 * written. */
enum cli_exit findings_show(struct cli *cli, const struct findings *f, json_t *retention) LB_MUST_CHECK;

#endif
