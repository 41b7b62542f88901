/* Deadlines: which messages somebody still has to acknowledge, and when to look at them next. A message with an ack policy and a deadline has one row in
 * JOURNAL_DEADLINES from the commit that it is in until everyone has done what it asks, or it is gone. The row's key says how far it has come and
 * when it is due, so that what is due stands first in its stage, and each step forward is another key. All keys of a message follow
 * from its header. Encoding only; broker/remind.c looks at what is due. */
#ifndef LAGEBUS_BROKER_CORE_DEADLINE_H
#define LAGEBUS_BROKER_CORE_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"

enum deadline_stage {
	DEADLINE_OPEN,     /* due when it is time for a reminder */
	DEADLINE_REMINDED, /* due at the deadline */
	DEADLINE_OVERDUE,  /* past it: nothing is due; the newest first */
	DEADLINE_STAGES,
};

/* Before the deadline there is a reminder when this part of the time is left, but at least and at most so much; and never before half of it is over. */
#define DEADLINE_REMIND_PART 4
#define DEADLINE_REMIND_LEAST_MS ((int64_t)5 * 60 * 1000)
#define DEADLINE_REMIND_MOST_MS ((int64_t)24 * 60 * 60 * 1000)

/* Stage 1 byte, time 8 bytes big-endian (past the deadline: inverted), message id. */
#define DEADLINE_KEY_SIZE 25

struct deadline {
	enum deadline_stage stage;
	int64_t due_ms; /* since 1970 */
	struct lb_uuid id;
};

/* Does the message ask for something until a time? */
bool deadline_is_set(const struct lb_header *h);
/* When who has not acknowledged is reminded, ms since 1970. */
int64_t deadline_remind_ms(const struct lb_header *h);
/* How far a message has come by then. */
enum deadline_stage deadline_stage(const struct lb_header *h, int64_t now_ms);
/* The message's key in a stage. */
void deadline_key(const struct lb_header *h, enum deadline_stage stage, uint8_t out[DEADLINE_KEY_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err deadline_read(const uint8_t *key, size_t n, struct deadline *out) LB_MUST_CHECK;

#endif
