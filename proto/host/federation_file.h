/* The federation file: what the broker puts in force, and what `lagebus check --diff` compares, is read here and nowhere else.
 * Both block on files only. */
#ifndef LAGEBUS_PROTO_HOST_FEDERATION_FILE_H
#define LAGEBUS_PROTO_HOST_FEDERATION_FILE_H

#include <stddef.h>

#include "lagebus/err.h"
#include "proto/host/config_file.h"
#include "proto/host/federation.h"

/* A finished snapshot with one reference. LB_OK, LB_CONFIG, LB_NO_MEMORY; *problem says why. */
lb_err federation_file_read(const char *path, struct federation **out, struct config_problem *problem) LB_MUST_CHECK;
/* The same from n bytes in memory; `name` stands in problems as the file's. */
lb_err federation_file_parse(const char *name, const char *text, size_t n, struct federation **out,
                             struct config_problem *problem) LB_MUST_CHECK;

#endif
