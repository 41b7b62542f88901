/* The audit as a file. */
#include "broker/audit_export.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "broker/edge/journal_copy.h"
#include "lagebus/audit.h"

struct export {
	FILE *out;
	uint64_t rows;
};

static bool write_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct export *x = user;
	uint8_t length[4] = { (uint8_t)(value_n >> 24), (uint8_t)(value_n >> 16), (uint8_t)(value_n >> 8), (uint8_t)value_n };

	(void)key;
	(void)key_n;
	x->rows++;
	return fwrite(length, sizeof length, 1, x->out) == 1 && fwrite(value, 1, value_n, x->out) == value_n;
}

static FILE *open_new(const char *path)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd >= 0 && f == NULL)
		close(fd);
	return f;
}

static lb_err end(FILE *f, const char *path, char *why, size_t why_n)
{
	bool bad = fflush(f) != 0 || ferror(f) || (fsync(fileno(f)) != 0 && errno != EINVAL && errno != EROFS);

	if (bad)
		snprintf(why, why_n, "%s: it cannot be written: %s", path, strerror(errno));
	return fclose(f) != 0 || bad ? LB_IO : LB_OK;
}

lb_err audit_export(const char *folder, const char *path, uint64_t *rows, char *why, size_t why_n)
{
	struct export x = { .out = open_new(path) };
	lb_err e, ended;

	if (x.out == NULL) {
		snprintf(why, why_n, "%s: it cannot be made: %s", path, strerror(errno));
		return LB_IO;
	}
	fputs(LB_AUDIT_MAGIC, x.out);
	e = journal_copy(folder, JOURNAL_AUDIT, write_row, &x, why, why_n);
	ended = end(x.out, path, why, why_n);
	*rows = x.rows;
	return e != LB_OK ? e : ended;
}
