/* What is said over the local socket to whoever asked. */
#ifndef LAGEBUS_AGENT_ANSWERS_H
#define LAGEBUS_AGENT_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/inbox.h"
#include "agents/agent/local_server.h"
#include "lagebus/err.h"
#include "lagebus/uuid.h"
#include "proto/local.pb-c.h"

struct agent;

/* LB_OK, LB_NO_MEMORY, or what local_server_send says. */
lb_err answer_try(struct agent *a, const struct local_peer *peer, const Lagebus__Reply *reply) LB_MUST_CHECK;
/* The same; one that cannot be said is logged. */
void answer(struct agent *a, const struct local_peer *peer, const Lagebus__Reply *reply);
/* `reason` is a token, `text` for people. */
void answer_error(struct agent *a, const struct local_peer *peer, uint64_t number, const char *reason, const char *text);
void answer_refusal(struct agent *a, const struct local_peer *peer, uint64_t number, lb_err e);
/* The message is in the outbox, or the broker has accepted it. */
void answer_sent(struct agent *a, const struct local_peer *peer, uint64_t number, const struct lb_uuid *id, bool accepted);
/* What came of opening a row that is sealed. */
struct inbox_opened {
	lb_err refused;          /* why it cannot be; LB_OK: it could */
	struct lb_frame content;
};
/* A stored message, whole; opened: what it was encrypted for (NULL: it is not asked for); `more`: others follow. As answer_try. */
lb_err answer_message(struct agent *a, const struct local_peer *peer, uint64_t number, const struct inbox_row *row, const struct inbox_opened *opened,
                      bool more) LB_MUST_CHECK;
/* Points *m into the row. */
void answer_fill(const struct inbox_row *row, bool payload, Lagebus__StoredMessage *m);

#endif
