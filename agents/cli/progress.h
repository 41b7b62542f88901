/* A line on standard error that shows that something is still going on; only on a terminal, only past a second. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

#include "agents/cli/cli.h"

struct progress {
	struct cli *cli;
	const char *label;
	int64_t started_ms;
	bool shown;
};

void progress_begin(struct progress *p, struct cli *cli, const char *label, int64_t now_ms);
/* Draws how far `done` of `total` is; total 0: only that time passes. */
void progress_draw(struct progress *p, int64_t now_ms, uint64_t done, uint64_t total);
void progress_end(struct progress *p);

#endif
