/* What is kept of messages besides themselves: tables that are worked out of them, in the same transaction. By the type: indicators, sightings, training. */
#ifndef LAGEBUS_AGENT_DERIVE_H
#define LAGEBUS_AGENT_DERIVE_H

#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

struct agent;

/* A message that verified and has just come into the inbox. LB_OK, LB_NO_MEMORY or a store error: then the turn is lost, and it comes again. */
lb_err derive_received(struct agent *a, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* A message of ours that the broker has accepted and that is still in the outbox: what we say counts for us, too. */
lb_err derive_sent(struct agent *a, const struct lb_uuid *id) LB_MUST_CHECK;
/* What a message of this origin said goes from the tables: it is recalled. LB_OK or a store error. */
lb_err derive_forget(struct agent *a, const struct lb_uuid *id, struct lb_text origin) LB_MUST_CHECK;
/* Drops what has ended, now and then and a bounded part a turn, in the turn's transaction. */
void derive_expire(struct agent *a);

#endif
