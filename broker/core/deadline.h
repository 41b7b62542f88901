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
#include "proto/working_day.h"

enum deadline_stage {
	DEADLINE_OPEN,     /* due when it is time for a reminder */
	DEADLINE_REMINDED, /* due at the deadline */
	DEADLINE_OVERDUE,  /* past it: nothing is due; the newest first */
	DEADLINE_LATER,    /* past it, too, but somebody has longer: due when the next one's ends */
	DEADLINE_STAGES,
};

/* Before the deadline there is a reminder when this part of the time is left, but at least and at most so much; and never before half of it is over. */
#define DEADLINE_REMIND_PART 4
#define DEADLINE_REMIND_LEAST_MS ((int64_t)5 * 60 * 1000)
#define DEADLINE_REMIND_MOST_MS ((int64_t)24 * 60 * 60 * 1000)

/* A partner's own holidays give it longer, but not more than so many days. */
#define DEADLINE_LATER_DAYS 14

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
/* Until when a partner has to acknowledge that is off on further days (NULL: on none), ms since 1970. It is the message's own deadline but where that is the
 * working day of its level, which its origin cannot know for everyone: then it is the end of the partner's first working day. */
int64_t deadline_of(const struct lb_header *h, working_day_off *off, const void *user);
/* How many days after the message's deadline a later one of deadline_of is; 0: it is none. */
unsigned deadline_days_later(const struct lb_header *h, int64_t deadline_ms);
/* How far a message has come by then; never DEADLINE_LATER, which is for who knows the partners. */
enum deadline_stage deadline_stage(const struct lb_header *h, int64_t now_ms);
/* The message's key in a stage; not in DEADLINE_LATER. */
void deadline_key(const struct lb_header *h, enum deadline_stage stage, uint8_t out[DEADLINE_KEY_SIZE]);
/* Its key in DEADLINE_LATER, due `days` (1 to DEADLINE_LATER_DAYS) after its deadline. */
void deadline_key_later(const struct lb_header *h, unsigned days, uint8_t out[DEADLINE_KEY_SIZE]);
/* The n-th (from 0) of all keys that it may have. False: there are no more. */
bool deadline_key_at(const struct lb_header *h, unsigned n, uint8_t out[DEADLINE_KEY_SIZE]);
/* LB_OK or LB_CORRUPT. */
lb_err deadline_read(const uint8_t *key, size_t n, struct deadline *out) LB_MUST_CHECK;

#endif
