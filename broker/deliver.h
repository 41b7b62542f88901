/* Messages on their way out: from the tail for a session that is up to date, from the log for one that lags. A worker's thread. */
#ifndef LAGEBUS_BROKER_DELIVER_H
#define LAGEBUS_BROKER_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"

struct block;
struct session;
struct worker;

#define OUTPUT_TARGET (32 * 1024) /* ciphertext that a session is fed ahead of its socket */

/* Feeds a session up to OUTPUT_TARGET. True if there is more for it. */
bool deliver(struct worker *w, struct session *s);
/* Feeds it what is urgent, and before that only what it must, to end a message that it has the beginning of. */
void deliver_urgent(struct worker *w, struct session *s);
bool deliver_is_due(const struct worker *w, const struct session *s);
bool deliver_is_urgent(const struct worker *w, const struct session *s);
/* The block that holds a position or the next one kept, from the tail or the log; borrowed until the next call. */
lb_err deliver_find(struct worker *w, enum lb_lane lane, uint64_t position, struct block **out) LB_MUST_CHECK;
void deliver_forget(struct worker *w);

#endif
