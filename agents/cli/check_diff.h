/* lagebus check --diff: what a new federation file would change. */
#ifndef CLI_CHECK_DIFF_H
#define CLI_CHECK_DIFF_H

#include "agents/cli/cli.h"

/* Compares two federation files, read as the broker reads them. As diff(1): CLI_OK if nothing changes, 1 if something does, a higher code
 * if a file does not check (each is said with its line). Blocks on the files. */
enum cli_exit check_diff(struct cli *cli, const char *before, const char *after);

#endif
