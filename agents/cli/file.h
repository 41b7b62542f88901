/* Files whole: read up to a bound, and written so that a reader sees the old content or the new, never half of it. */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "agents/cli/why.h"

/* Reads a file of at most max bytes ("-" is standard input) and adds a NUL that is not counted; the caller frees *out.
 * LB_OK, LB_NOT_FOUND, LB_INVALID (larger), LB_IO, LB_NO_MEMORY; why says it. Blocks. */
lb_err file_read(const char *path, size_t max, uint8_t **out, size_t *n, struct why *why) LB_MUST_CHECK;
/* Writes a file that must not be there yet, on disk when it returns. LB_OK, LB_INVALID (it exists), LB_IO. Blocks. */
lb_err file_write_new(const char *path, const void *p, size_t n, mode_t mode, struct why *why) LB_MUST_CHECK;
/* As file_write_new, but takes the place of a file that is there. */
lb_err file_replace(const char *path, const void *p, size_t n, mode_t mode, struct why *why) LB_MUST_CHECK;

#endif
