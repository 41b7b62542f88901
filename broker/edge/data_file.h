/* The log's file, beside LMDB's own use of it: extended ahead of need, and out of the page cache where it is old. */
#ifndef LAGEBUS_BROKER_EDGE_DATA_FILE_H
#define LAGEBUS_BROKER_EDGE_DATA_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* One thread, but for bytes. */
struct data_file {
	int fd;              /* -1: not open */
	uint64_t grow_bytes; /* 0: it is not extended */
	bool grows;
	atomic_ullong bytes; /* its length */
	uint8_t *map;        /* where this process has it mapped, or NULL */
	uint64_t map_bytes;
	uint64_t dropped;    /* from the cache, up to there */
};

/* Opens an existing file that LMDB has made and mapped. Where it cannot, nothing below does anything: it is for speed alone. */
void data_file_open(struct data_file *f, const char *path, uint64_t grow_bytes);
void data_file_close(struct data_file *f);
/* After a commit that left `used` bytes in use. Where the file system cannot extend, commits do it as they go. */
void data_file_grow(struct data_file *f, uint64_t used);
/* Lets go of what was written long ago: it is read once, if at all, and what takes its place is new memory for each commit. Whoever
 * reads it at that time reads it from the disk. */
void data_file_drop_old(struct data_file *f, uint64_t used);

#endif
