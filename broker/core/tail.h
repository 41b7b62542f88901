/* The tail: the newest blocks of one lane, in order and without holes, for sessions that are up to date. Bounded in bytes. */
#ifndef LAGEBUS_BROKER_CORE_TAIL_H
#define LAGEBUS_BROKER_CORE_TAIL_H

#include <stddef.h>
#include <stdint.h>

#include "broker/core/block.h"

#define TAIL_BLOCKS 1024 /* a power of two */

struct tail {
	struct block *block[TAIL_BLOCKS]; /* references; index modulo TAIL_BLOCKS */
	uint64_t through[TAIL_BLOCKS];    /* bytes that were pushed, up to and with each */
	uint32_t begin, end;              /* blocks [begin, end) are there */
	size_t bytes, limit;
	uint64_t pushed; /* bytes, since the beginning */
	uint64_t last; /* newest position of the lane, whether its block is still here or not */
};

/* `last` is the lane's newest position at start. */
void tail_init(struct tail *t, size_t limit_bytes, uint64_t last);
void tail_fini(struct tail *t);
/* Takes a reference to a block that follows the last one; the oldest go when there are too many. Empty blocks are ignored. */
void tail_push(struct tail *t, struct block *b);
/* Lets go of every block up to the one that holds the position: who needs one reads it from the log. */
void tail_forget(struct tail *t, uint64_t position);
/* The block that holds a position, borrowed; NULL if it is not here. */
struct block *tail_find(const struct tail *t, uint64_t position);
/* The oldest position here; one past the newest if nothing is. */
uint64_t tail_oldest(const struct tail *t);
/* Bytes from the block that holds a position to the end; 0 if it is not here. */
uint64_t tail_behind(const struct tail *t, uint64_t position);

#endif
