/* Files whole: read up to a bound, and written so that a reader sees the old content or the new, never half of it. */
#include "agents/cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/host/words.h"

static lb_err read_all(int fd, const char *path, size_t max, uint8_t **out, size_t *n, struct why *why)
{
	size_t cap = 0, used = 0;
	uint8_t *p = NULL, *more;
	ssize_t got;

	for (;;) {
		if (cap - used < 2) {
			cap = cap ? cap * 2 : 16384;
			more = realloc(p, cap);
			if (!more) {
				free(p);
				return why_set(why, LB_NO_MEMORY, "%s: out of memory", path);
			}
			p = more;
		}
		got = read(fd, p + used, cap - used - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used > max) {
			free(p);
			return why_set(why, LB_INVALID, "%s: has more than %zu bytes, which is the most that can be read here", path, max);
		}
	}
	if (got < 0) {
		free(p);
		return why_set(why, LB_IO, "%s: cannot read it: %s", path, _(strerror(errno)));
	}
	p[used] = 0;
	*out = p;
	*n = used;
	return LB_OK;
}

lb_err file_read(const char *path, size_t max, uint8_t **out, size_t *n, struct why *why)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	lb_err e;

	if (fd < 0)
		return why_set(why, errno == ENOENT ? LB_NOT_FOUND : LB_IO, "%s: cannot open it: %s", path, _(strerror(errno)));
	e = read_all(fd, path, max, out, n, why);
	if (!standard)
		close(fd);
	return e;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return fsync(fd) == 0;
}

static bool sync_folder_of(const char *path)
{
	char copy[PATH_MAX];
	int fd;
	bool ok;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

/* Writes beside the path; the name is taken only when every byte is on disk. */
static lb_err write_beside(const char *path, const void *p, size_t n, mode_t mode, char beside[PATH_MAX], struct why *why)
{
	int fd;

	if ((size_t)snprintf(beside, PATH_MAX, "%s.XXXXXX", path) >= PATH_MAX)
		return why_set(why, LB_INVALID, "%s: the path is too long", path);
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return why_set(why, LB_IO, "%s: cannot create it: %s", path, _(strerror(errno)));
	if (fchmod(fd, mode) < 0 || !write_all(fd, p, n)) {
		why_set(why, LB_IO, "%s: cannot write it: %s", path, _(strerror(errno)));
		close(fd);
		unlink(beside);
		return LB_IO;
	}
	close(fd);
	return LB_OK;
}

/* Gives the file its name unless the name is taken; not every file system knows RENAME_NOREPLACE, or hard links. */
static int take_free_name(const char *beside, const char *path)
{
	if (renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if ((errno != EINVAL && errno != ENOSYS) || link(beside, path) < 0)
		return -1;
	return unlink(beside);
}

lb_err file_write_new(const char *path, const void *p, size_t n, mode_t mode, struct why *why)
{
	char beside[PATH_MAX];
	lb_err e = write_beside(path, p, n, mode, beside, why);

	if (e)
		return e;
	if (take_free_name(beside, path) < 0) {
		if (errno == EEXIST)
			e = why_set(why, LB_INVALID, "%s: is there already and is not overwritten; move it away first", path);
		else
			e = why_set(why, LB_IO, "%s: cannot create it: %s", path, _(strerror(errno)));
		unlink(beside);
		return e;
	}
	if (!sync_folder_of(path))
		return why_set(why, LB_IO, "%s: cannot sync its folder: %s", path, _(strerror(errno)));
	return LB_OK;
}

lb_err file_replace(const char *path, const void *p, size_t n, mode_t mode, struct why *why)
{
	char beside[PATH_MAX];
	lb_err e = write_beside(path, p, n, mode, beside, why);

	if (e)
		return e;
	if (rename(beside, path) < 0) {
		e = why_set(why, LB_IO, "%s: cannot replace it: %s", path, _(strerror(errno)));
		unlink(beside);
		return e;
	}
	if (!sync_folder_of(path))
		return why_set(why, LB_IO, "%s: cannot sync its folder: %s", path, _(strerror(errno)));
	return LB_OK;
}
