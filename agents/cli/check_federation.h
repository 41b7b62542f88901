/* lagebus check of a federation file: is it valid, and for how long are messages kept by it? */
#ifndef CLI_CHECK_FEDERATION_H
#define CLI_CHECK_FEDERATION_H

#include "agents/cli/findings.h"
#include "proto/host/federation.h"

/* Reads it as the broker does. NULL, and an error of this code is among the findings. The caller's reference. Blocks on the file. */
struct federation *check_federation_read(const char *path, enum cli_exit code, struct findings *f);
/* Adds who it is of. */
void check_federation_find(const struct federation *federation, const char *path, struct findings *f);
/* For how long each type is kept: an array for --json, NULL if memory is out; and a table for everyone else. */
json_t *check_federation_retention(const struct federation *federation);
enum cli_exit check_federation_show(struct cli *cli, const struct federation *federation);

#endif
