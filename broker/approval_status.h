/* What there is to say of a message that waits for a second person, or waited, and to whom. A worker's thread. */
#ifndef LAGEBUS_BROKER_APPROVAL_STATUS_H
#define LAGEBUS_BROKER_APPROVAL_STATUS_H

#include <stdbool.h>

#include "broker/core/approval.h"
#include "lagebus/header.h"
#include "lagebus/limits.h"
#include "proto/control.pb-c.h"

struct federation;
struct session;
struct worker;

/* May the session's partner, or one that it acts for, be the second person? Asks the router. */
bool approval_may_decide(struct worker *w, const struct session *s, const struct lb_header *h);
/* Nobody but who may, and its origin, knows of a message that waits. Asks the router. */
bool approval_may_see(struct worker *w, const struct session *s, const struct lb_header *h);

/* A status with what its texts stand in. */
struct approval_said {
	Lagebus__ApprovalStatus status;
	char signer[LB_SPIFFE_ID_MAX + 1], by[LB_SPIFFE_ID_MAX + 1], function[LB_TEXT_MAX + 1], note[APPROVAL_NOTE_MAX + 1];
};
void approval_say_waiting(const struct waiting_row *row, struct approval_said *said);
void approval_say_settled(const struct settled_row *row, struct approval_said *said);
/* Puts into the status who may approve the message; `approvers` is where the names' list stands. */
void approval_name_approvers(const struct federation *f, const struct lb_header *h, char *approvers[LB_PARTNERS_MAX], Lagebus__ApprovalStatus *status);

#endif
