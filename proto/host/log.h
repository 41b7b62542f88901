/* logfmt on standard error: `ts=2026-01-02T03:04:05.678Z level=info event=link_closed peer=de-sn reason=timeout`. Lines are events. */
#ifndef LAGEBUS_PROTO_HOST_LOG_H
#define LAGEBUS_PROTO_HOST_LOG_H

#include <stdbool.h>

#define LOG_LINE_MAX 4096 /* bytes of a line; what is longer is cut, with "..." in its place */

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Reads "error", "warn", "info" or "debug". */
bool log_level_from_name(const char *name, enum log_level *out);
/* Lines above this level are left out. At start, before there are threads. */
void log_set_level(enum log_level level);
/* One line, written whole, from any thread. `keys` is a printf format of "key=%s key=%d" pairs; values of %s that have spaces,
 * quotes or control characters are quoted and escaped. Conversions: d i u x X c s p f %, with flags, width, precision and h l ll z j.
 * Does not block longer than write(2) on standard error; what that does not take is lost. */
void log_event(enum log_level level, const char *event, const char *keys, ...) __attribute__((format(printf, 3, 4)));

#endif
