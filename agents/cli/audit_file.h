/* An exported audit, read row by row. */
#ifndef CLI_AUDIT_FILE_H
#define CLI_AUDIT_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "agents/cli/why.h"

struct audit_file {
	FILE *in;
	uint8_t *row; /* the one read last */
	size_t n;
	const char *path;
	uint64_t read; /* rows so far */
};

/* "-" is standard input. LB_OK, LB_NOT_FOUND, LB_IO, LB_INVALID (no exported audit), LB_NO_MEMORY. Blocks. */
lb_err audit_file_open(const char *path, struct audit_file *out, struct why *why) LB_MUST_CHECK;
/* LB_OK; LB_CLOSED: that was the last; LB_CHAIN_BROKEN: the file ends within a row, or a row is larger than any is; LB_IO. Blocks. */
lb_err audit_file_next(struct audit_file *f, struct why *why) LB_MUST_CHECK;
void audit_file_close(struct audit_file *f);

#endif
