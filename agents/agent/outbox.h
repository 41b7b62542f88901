/* The outbox: signed messages that the broker has not yet accepted. */
#ifndef LAGEBUS_AGENT_OUTBOX_H
#define LAGEBUS_AGENT_OUTBOX_H

#include "agents/agent/store.h"
#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

/* Everything below is LB_OK or a store error. Adds within the caller's transaction. */
lb_err outbox_add(struct store *s, const struct lb_uuid *id, enum lb_lane lane, const struct lb_frame frames[3]) LB_MUST_CHECK;
/* The lane's first message behind row *row, as one ZMTP message appended to out; *row and *id are its own then. LB_NOT_FOUND: none. */
lb_err outbox_next(struct store *s, enum lb_lane lane, int64_t *row, struct lb_uuid *id, struct lb_buf *out) LB_MUST_CHECK;
/* The broker has it. */
lb_err outbox_accepted(struct store *s, const struct lb_uuid *id) LB_MUST_CHECK;
/* The broker will not have it: it is kept apart, with the reason. */
lb_err outbox_refused(struct store *s, const struct lb_uuid *id, const char *reason, const char *text, int64_t now_ms) LB_MUST_CHECK;
lb_err outbox_count(struct store *s, enum lb_lane lane, uint64_t *out) LB_MUST_CHECK;

#endif
