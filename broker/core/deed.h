/* What the log writer does with a block besides appending it, or instead: in the same transaction, so that it is done once. */
#ifndef LAGEBUS_BROKER_CORE_DEED_H
#define LAGEBUS_BROKER_CORE_DEED_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"

enum deed_kind {
	DEED_HOLD,     /* the block's one message waits for a second person; nothing is appended */
	DEED_APPROVE,  /* the block is the Approval and the message `about`, which waits: it waits no more */
	DEED_REFUSE,   /* the block is the Approval that says no */
	DEED_WITHDRAW, /* the block is the origin's Recall of what waits; nothing is appended */
	DEED_REPEAT,   /* the block was published before: it is accepted again if it is the same, and nothing is done */
	DEED_RECALL,   /* the block is the Recall of `about`, whose bytes go from the log */
	DEED_ERASE,    /* the block is a Receipt of the case `about`, whose bytes go from the log if that is the last one it takes */
};

struct deed {
	enum deed_kind kind;
	struct lb_uuid about;
	/* HOLD: the row of JOURNAL_WAITING; APPROVE, REFUSE, WITHDRAW: that of JOURNAL_SETTLED; RECALL: that of JOURNAL_RECALLED; ERASE: the ids of
	 * the other partners who have to acknowledge it, each with its NUL. */
	struct lb_buf row;
	int64_t at_ms;     /* RECALL, ERASE: since 1970 */
	enum lb_lane lane; /* RECALL, ERASE, set by the writer: where `about` stands, whose bytes went; position 0: none did */
	uint64_t position;
};

/* NULL if memory is out. */
struct deed *deed_new(enum deed_kind kind, const struct lb_uuid *about);
void deed_free(struct deed *d); /* NULL is fine */

#endif
