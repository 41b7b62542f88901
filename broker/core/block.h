/* A block: consecutive messages of one lane in the very bytes that recipients get; the unit that is committed, kept in the
 * log, handed to the workers and read again. A worker fills it, the writer numbers it, then it is immutable and shared. */
#ifndef LAGEBUS_BROKER_CORE_BLOCK_H
#define LAGEBUS_BROKER_CORE_BLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/core/deed.h"
#include "broker/core/route.h"
#include "lagebus/buf.h"
#include "lagebus/delivery.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

#define BLOCK_BYTES 65536                   /* a block is full at this size; a larger message has one to itself */
#define BLOCK_PREFIX (2 + LB_DELIVERY_SIZE) /* the delivery frame with its ZMTP head, in front of each message */

/* One message in the block. Its bytes begin at data + at with BLOCK_PREFIX bytes, then the publisher's own encoding. */
struct block_entry {
	uint32_t at;
	uint32_t expires_s; /* since 1970; 0: none */
};

/* Consecutive entries of one route: from `first` up to the next run's first. */
struct block_run {
	uint32_t first;
	struct route *route; /* a reference; NULL after block_record_read, until block_route */
};

/* Who published an entry, until it is answered. Only the worker that filled the block and the writer look at it. */
struct block_publish {
	struct lb_uuid id;
	uint32_t session;    /* the worker's handle */
	uint32_t generation; /* and which use of the handle */
	uint32_t bytes;      /* of its encoding: what it counts in flight */
	lb_err result;       /* set by the writer: LB_OK (also for a repeated publish), LB_ID_REUSED, LB_DISK_FULL, LB_IO */
};

struct block {
	atomic_uint refs;
	enum lb_lane lane;
	unsigned worker;      /* that filled it */
	uint64_t first;       /* position of entry 0; 0 until numbered. Entry i has position first + i */
	uint32_t count;       /* entries */
	uint32_t bytes, capacity;
	uint8_t *data;
	uint32_t due_s;       /* when the first of its messages is to be gone, since 1970; 0: not said */
	uint32_t purged_s;    /* the latest time that an entry was purged at; 0: none was */
	void *memory; /* that data stands in: the record's, for a block read from the log */
	struct block_entry *entries; /* count, and one more that ends the last: at == bytes */
	struct block_run *runs;
	uint32_t runs_n;
	struct block_publish *publishes; /* publishes_n; NULL for a block read from the log */
	uint32_t publishes_n;            /* as filled; may exceed count after block_keep */
	uint32_t slots;                  /* publishes and entries that there is room for */
	bool awaited;                    /* some of its messages are to be acknowledged by a time; only the writer looks at it */
	struct deed *deed; /* what else is to be done; NULL: nothing, as for all but a few */
};

/* An empty block to fill. NULL if memory is out. */
struct block *block_new(enum lb_lane lane, unsigned worker);
struct block *block_ref(struct block *b);
void block_unref(struct block *b);

/* True if a message of raw_n bytes goes in without passing BLOCK_BYTES, or the block is empty. */
bool block_fits(const struct block *b, size_t raw_n);
/* Appends one message: prefix and a copy of raw. LB_OK or LB_NO_MEMORY (block unchanged). */
lb_err block_append(struct block *b, const uint8_t *raw, size_t raw_n, int64_t expires_ms, struct route *route,
                    const struct block_publish *publish) LB_MUST_CHECK;
/* One of its messages is to be gone at this time. */
static inline void block_due(struct block *b, int64_t at_ms)
{
	int64_t s = (at_ms + 999) / 1000;
	uint32_t at_s = s < UINT32_MAX ? (uint32_t)s : UINT32_MAX;

	if (b->due_s == 0 || at_s < b->due_s)
		b->due_s = at_s;
}
/* Drops the entries whose keep[i] is false (repeats and refusals); publishes stay. Before numbering. */
void block_keep(struct block *b, const bool *keep);
/* Gives entry i position first + i and previous first + i - 1, in its bytes. */
void block_number(struct block *b, uint64_t first);

/* Takes payload and signature of entry i out of a block read from the log, which is not shared yet. Its header stays, so that it is known who
 * was to have it, and it counts as expired at this time (since 1970, s) at the latest: it is never delivered. LB_OK (also if that was done
 * before), LB_CORRUPT, LB_NO_MEMORY. */
lb_err block_purge(struct block *b, uint32_t i, uint32_t at_s) LB_MUST_CHECK;
bool block_is_purged(const struct block *b, uint32_t i);

/* The record that stands in the log: head { count, bytes, runs, CRC-32C over the rest }, each entry's { at, expires_s }, each run's first
 * entry, the data; all numbers 32 bits, little-endian. What a run has in common stands once in it, so that whoever reads it looks at
 * one header a run. */
size_t block_record_size(const struct block *b);
void block_record_write(const struct block *b, uint8_t *out);
/* Checks a record (sizes, offsets and runs in order, checksum, first position) and makes a block of it, whose memory the record's
 * becomes: it is empty then. LB_OK; LB_CORRUPT, LB_NO_MEMORY: it is as it was. */
lb_err block_record_read(enum lb_lane lane, uint64_t first, struct lb_buf *record, struct block **out) LB_MUST_CHECK;
/* Works out the routes of a block read from the log, with the rules in force. Only before the block is shared.
 * LB_OK, LB_NO_MEMORY, LB_CORRUPT. */
lb_err block_route(struct block *b, struct router *router) LB_MUST_CHECK;

/* Position after the last entry's. */
static inline uint64_t block_end(const struct block *b) { return b->first + b->count; }
/* The frames of entry i: its publisher's header, payload and signature, pointing into the block. LB_OK or LB_CORRUPT. */
lb_err block_message(const struct block *b, uint32_t i, struct lb_zmtp_message *out) LB_MUST_CHECK;
/* Its header, decoded; it points into the block. LB_OK, LB_CORRUPT, or what lb_header_decode says. */
lb_err block_header(const struct block *b, uint32_t i, struct lb_header *out) LB_MUST_CHECK;

#endif
