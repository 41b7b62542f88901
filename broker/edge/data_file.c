/* Extending the log's file, and letting go of its old pages. */
#include "broker/edge/data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_BYTES (256u << 20) /* of the newest that stay in the page cache: agents that were away for a moment read them */
#define DROP_BYTES (8u << 20)   /* let go of at once */

void data_file_open(struct data_file *f, const char *path, uint64_t grow_bytes)
{
	struct stat st;

	*f = (struct data_file){ .fd = open(path, O_RDWR | O_CLOEXEC), .grow_bytes = grow_bytes };
	if (f->fd < 0 || fstat(f->fd, &st) != 0)
		return;
	atomic_store(&f->bytes, (uint64_t)st.st_size);
	f->grows = grow_bytes > 0;
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
	if (f->fd < 0 || used < f->dropped + KEPT_BYTES + DROP_BYTES)
		return;
	/* It is on disk: this is after a commit. */
	posix_fadvise(f->fd, (off_t)f->dropped, (off_t)(used - KEPT_BYTES - f->dropped), POSIX_FADV_DONTNEED);
	f->dropped = used - KEPT_BYTES;
}
