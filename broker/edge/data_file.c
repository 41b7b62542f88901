/* Extending the log's file, and letting go of its old pages. */
#include "broker/edge/data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_BYTES (64u << 20) /* of the newest that stay in the page cache: agents that were away for a moment read them */
#define DROP_BYTES (8u << 20)   /* let go of at once */

/* LMDB does not say where its map is. The device is not compared: some file systems show another one here than stat does. */
static void find_map(struct data_file *f, ino_t inode)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (maps && !f->map && fgets(line, sizeof line, maps)) {
		uintptr_t begin, end;
		uint64_t offset;
		uintmax_t found;
		char shared;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*3c%c %" SCNx64 " %*x:%*x %ju", &begin, &end, &shared, &offset, &found) == 5 && shared == 's' &&
		    offset == 0 && found == inode) {
			f->map = (uint8_t *)begin;
			f->map_bytes = end - begin;
		}
	}
	if (maps)
		fclose(maps);
}

void data_file_open(struct data_file *f, const char *path, uint64_t grow_bytes)
{
	struct stat st;

	*f = (struct data_file){ .fd = open(path, O_RDWR | O_CLOEXEC), .grow_bytes = grow_bytes };
	if (f->fd < 0 || fstat(f->fd, &st) != 0)
		return;
	atomic_store(&f->bytes, (uint64_t)st.st_size);
	f->grows = grow_bytes > 0;
	find_map(f, st.st_ino);
}

void data_file_close(struct data_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void data_file_grow(struct data_file *f, uint64_t used)
{
	uint64_t wanted = used + 2 * f->grow_bytes;

	if (!f->grows || used + f->grow_bytes <= atomic_load(&f->bytes))
		return;
	if (fallocate(f->fd, 0, 0, (off_t)wanted) == 0)
		atomic_store(&f->bytes, wanted);
	else if (errno != EINTR)
		f->grows = errno == ENOSPC; /* there may be room again later */
}

void data_file_drop_old(struct data_file *f, uint64_t used)
{
	uint64_t end = used - KEPT_BYTES;

	if (f->fd < 0 || used < f->dropped + KEPT_BYTES + DROP_BYTES)
		return;
	/* A page that is mapped does not leave the cache, and with each that is read the kernel maps those around it. */
	if (f->map && end <= f->map_bytes)
		madvise(f->map + f->dropped, end - f->dropped, MADV_DONTNEED);
	/* It is on disk: this is after a commit. */
	posix_fadvise(f->fd, (off_t)f->dropped, (off_t)(end - f->dropped), POSIX_FADV_DONTNEED);
	f->dropped = end;
}
