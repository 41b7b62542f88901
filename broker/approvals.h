/* What needs a second person: put on hold, approved or refused, shown to who may approve it. A worker's thread. */
#ifndef LAGEBUS_BROKER_APPROVALS_H
#define LAGEBUS_BROKER_APPROVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

struct session;
struct worker;

/* Puts a message that needs a second person on hold. LB_OK (it is answered when that is on disk) or why it is refused. Asks the router. */
lb_err approvals_hold(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* Takes an Approval of a partner that the session speaks for. LB_OK, LB_NOT_FOUND (nothing waits under this id), LB_ROLE_MAY_NOT_SEND,
 * LB_SAME_PERSON, LB_OTHER_CONTENT, LB_BAD_AUDIENCE (it must go where the message goes), or why else it is refused. Asks the router. */
lb_err approvals_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* The origin recalls what waits. LB_OK, LB_NOT_FOUND (nothing of this origin's waits under the id), or why it is refused. */
lb_err approvals_withdraw(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;
/* Adds to Receipts what became of a message that waits or waited, and sends them. LB_OK; LB_NOT_FOUND: it never did, or the session may not
 * know, and nothing was sent. */
lb_err approvals_tell(struct worker *w, struct session *s, const struct lb_uuid *id, bool logged, void *receipts) LB_MUST_CHECK;
/* Answers a WaitingQuery. */
void approvals_answer(struct worker *w, struct session *s, const void *query);
/* Does a message have the audience, label, area and exercise flag of the one that it is about, and no expiry? Then it reaches the same. */
bool header_goes_along(const struct lb_header *h, const struct lb_header *about);

#endif
