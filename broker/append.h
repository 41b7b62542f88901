/* Blocks into the log, within the writer's transaction: what is new is numbered and appended, what repeats is answered. */
#ifndef LAGEBUS_BROKER_APPEND_H
#define LAGEBUS_BROKER_APPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/core/block.h"
#include "broker/edge/journal.h"

struct audit;

/* What writing goes through, neither of which is its own, and scratch space. */
struct append {
	struct journal *journal;
	struct audit *audit; /* is told of waits (deeds.c, waits.c) */
	bool *keep; /* for one block */
	size_t keep_n;
	struct lb_buf record;
	uint64_t wait_ends; /* number of the last wait that ended (deeds.c) */
};

/* Frees the scratch space. */
void append_fini(struct append *a);
/* Appends what is new of a block, whose first message then has position `first`, and sets each publish's result: LB_OK (also for a repeat),
 * LB_ID_REUSED, LB_RECALLED or LB_EXPIRED (a repeat of what was purged for that). LB_OK, or what ends the transaction. */
lb_err append_block(struct append *a, struct block *b, uint64_t first) LB_MUST_CHECK;
/* The block of the record that holds a position, or the next one kept, as the transaction sees it; the caller's. LB_OK or the log's error. */
lb_err append_read(struct append *a, unsigned lane, uint64_t position, struct block **out) LB_MUST_CHECK;
/* A table's row of this id, as the transaction sees it, replaces a->record. LB_OK, LB_NOT_FOUND or the log's error. */
lb_err append_peek(struct append *a, enum journal_table t, const struct lb_uuid *id) LB_MUST_CHECK;
/* Notes in JOURNAL_DUE that something of the record from `first` on is to be gone at this time: by time, so that what is due comes first. */
#define DUE_KEY_SIZE 13 /* time 4, lane 1, position 8, big-endian */
lb_err append_due(struct append *a, uint32_t due_s, unsigned lane, uint64_t first) LB_MUST_CHECK;
/* Every publish of the block has this result, and nothing of it is appended. */
void append_nothing(struct append *a, struct block *b, lb_err result);
/* Entry i of the block has the id of a message in the log, which stands there: LB_OK if it is the same one, else why not. */
lb_err append_compare(struct append *a, struct block *b, uint32_t i, unsigned lane, uint64_t position) LB_MUST_CHECK;

#endif
