/* The audit as a file for `lagebus audit`. */
#ifndef LAGEBUS_BROKER_AUDIT_EXPORT_H
#define LAGEBUS_BROKER_AUDIT_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

/* Writes the audit of a log, which a broker may be using, to a new file (0600; "-": standard output), on disk when it returns. *rows is how many. LB_OK,
 * LB_IO (also: the file exists), LB_NOT_FOUND, LB_CORRUPT, LB_NO_MEMORY: `why` says what is wrong. Blocks. */
lb_err audit_export(const char *folder, const char *path, uint64_t *rows, char *why, size_t why_n) LB_MUST_CHECK;

#endif
