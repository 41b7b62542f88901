/* An exported audit. */
#include "agents/cli/audit_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lagebus/audit.h"
#include "proto/host/words.h"

lb_err audit_file_open(const char *path, struct audit_file *f, struct why *why)
{
	char magic[sizeof(LB_AUDIT_MAGIC)] = "";

	memset(f, 0, sizeof(*f));
	f->path = path;
	f->in = strcmp(path, "-") == 0 ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "re");
	if (!f->in)
		return why_set(why, errno == ENOENT ? LB_NOT_FOUND : LB_IO, "%s: %s", path, _(strerror(errno)));
	f->row = malloc(LB_AUDIT_ROW_MAX);
	if (!f->row)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	if (fread(magic, strlen(LB_AUDIT_MAGIC), 1, f->in) != 1 || strcmp(magic, LB_AUDIT_MAGIC) != 0)
		return why_set(why, LB_INVALID, "%s is no exported audit; lagebusd --export-audit FILE makes one", path);
	return LB_OK;
}

lb_err audit_file_next(struct audit_file *f, struct why *why)
{
	uint8_t length[4];
	size_t got = fread(length, 1, sizeof(length), f->in);

	if (ferror(f->in))
		return why_set(why, LB_IO, "%s: %s", f->path, _(strerror(errno)));
	if (got == 0)
		return LB_CLOSED;
	f->n = (size_t)length[0] << 24 | (size_t)length[1] << 16 | (size_t)length[2] << 8 | length[3];
	if (got == sizeof(length) && f->n > LB_AUDIT_ROW_MAX)
		return why_set(why, LB_CHAIN_BROKEN, "behind %llu rows the file goes on with something that is no row", (unsigned long long)f->read);
	if (got < sizeof(length) || fread(f->row, 1, f->n, f->in) != f->n)
		return why_set(why, LB_CHAIN_BROKEN, "behind %llu rows the file ends within a row", (unsigned long long)f->read);
	f->read++;
	return LB_OK;
}

void audit_file_close(struct audit_file *f)
{
	if (f->in)
		fclose(f->in);
	free(f->row);
}
