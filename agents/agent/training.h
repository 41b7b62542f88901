/* Training: the events that were announced, each as its newest message has it, and who has registered for them. Everything is written within the
 * caller's transaction; results are LB_OK, LB_NO_MEMORY or a store error. */
#ifndef LAGEBUS_AGENT_TRAINING_H
#define LAGEBUS_AGENT_TRAINING_H

#include <stdint.h>

#include "agents/agent/store.h"
#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"
#include "proto/local.pb-c.h"

/* An announcement, change or cancellation. The highest sequence counts (RFC 5546), of equals the newest; a uid is its first origin's, and what
 * another says of it is ignored and logged. */
lb_err training_take(struct store *s, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* A registration: the newest of each partner counts. It keeps its place in the order unless it asks for more seats than before. */
lb_err registrations_take(struct store *s, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* Drops what a message of this origin brought and no newer one replaced: it is recalled. */
lb_err training_forget(struct store *s, const struct lb_uuid *message, struct lb_text origin) LB_MUST_CHECK;
/* Drops what ended a year ago. */
lb_err training_expire(struct store *s, int64_t now_ms) LB_MUST_CHECK;
/* Appends the rows that are asked for, each as a field of a TrainingReply, by when they begin. `self` is the partner whose own registration is told.
 * Whoever comes first has the seats that are left; who wants more of them than there are waits, and the next may fit. */
lb_err training_find(struct store *s, const Lagebus__TrainingRequest *r, const char *self, int64_t now_ms, struct lb_buf *rows) LB_MUST_CHECK;

#endif
