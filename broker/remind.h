/* Deadlines: who is reminded, who is told that somebody is overdue, and what whoever comes back hears of it. A worker's thread. */
#ifndef LAGEBUS_BROKER_REMIND_H
#define LAGEBUS_BROKER_REMIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "broker/core/deadline.h"
#include "lagebus/header.h"
#include "lagebus/limits.h"
#include "lagebus/uuid.h"

struct session;
struct worker;

/* What a session that has begun is told of open deadlines. */
enum remind_state {
	REMIND_NOTHING, /* it has been, or does not want to be */
	REMIND_WAITS,   /* for the next pass over the rows */
	REMIND_PASS,    /* it is told what the pass comes to */
};

#define REMIND_DONE_MAX 64 /* receipts whose rows are not on disk yet */

/* Where a worker stands. */
struct remind {
	bool moving;                       /* worker 0: a row has been moved, which is not on disk yet */
	uint8_t moved[DEADLINE_KEY_SIZE];
	int64_t moved_ms;
	bool passing;                      /* the rows are gone through for the sessions in REMIND_PASS */
	uint8_t at[DEADLINE_KEY_SIZE + 1]; /* where the pass goes on */
	size_t at_n;
	unsigned left;                     /* rows that it looks at, at most */
	struct remind_done {
		struct lb_uuid id;
		char partner[LB_PARTNER_ID_MAX + 1];
		unsigned ack_policy;
		int64_t since_ms;
	} done[REMIND_DONE_MAX];
	unsigned done_n;
};

/* What somebody else may have to be told about a message; malloc'd. */
struct remind_word {
	struct lb_uuid id;
	char settled[LB_PARTNER_ID_MAX + 1]; /* the partner that has just done what it asks; "": none */
};

/* The broker's clock, by which deadlines pass. */
int64_t remind_clock_ms(const struct worker *w);
/* Does it want to be told, and take what it is told? */
bool remind_hears(const struct session *s);
/* The session has begun: it is told what is open for whom it speaks, a bit a tick. */
void remind_open(struct session *s);
/* A partner's receipt, with which it has done what the message asks, is on its way to the ledger. */
void remind_done(struct worker *w, const struct lb_header *about, const char *partner);
/* Tells this worker's sessions; takes the word. */
void remind_tell(struct worker *w, struct remind_word *word);
void remind_tick(struct worker *w);

#endif
