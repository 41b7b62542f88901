/* Where an agent stands: taken up at Hello, saved in batches. A worker's thread. */
#ifndef LAGEBUS_BROKER_CURSOR_H
#define LAGEBUS_BROKER_CURSOR_H

#include <stdint.h>

#include "broker/core/lapse.h"
#include "lagebus/err.h"
#include "lagebus/header.h"

struct session;
struct worker;

/* Where delivery goes on after this Hello (a struct of proto/control.proto). */
void cursor_open(struct worker *w, struct session *s, const void *hello);
void cursor_save(struct worker *w, struct session *s);
/* Once a tick: saves what has changed, and tells of it in the audit. */
void cursor_tick(struct worker *w, struct session *s);
/* The session ends: saves what has changed, and when the agent was seen. */
void cursor_close(struct worker *w, struct session *s);
/* The lane has a new lapse: to be called before anything behind it is sent. */
void cursor_lapsed(struct worker *w, struct session *s, enum lb_lane lane);
/* The lapse of an agent that a position is in. LB_OK, LB_NOT_FOUND (none), or the log's error. */
lb_err cursor_find_lapse(struct worker *w, const char *agent, unsigned lane, uint64_t position, struct lapse *out) LB_MUST_CHECK;

#endif
