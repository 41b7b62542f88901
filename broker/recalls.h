/* Recalls: an origin takes back what it sent, or what still waits for a second person. A worker's thread. */
#ifndef LAGEBUS_BROKER_RECALLS_H
#define LAGEBUS_BROKER_RECALLS_H

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct session;
struct worker;

/* Takes a Recall: of what waits, or of what is in the log. LB_OK, LB_NOT_FOUND, LB_WRONG_ORIGIN (it is another's), LB_BAD_AUDIENCE (it must go to
 * all who were to have the message), or why else it is refused. Asks the router. */
lb_err recalls_take(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m) LB_MUST_CHECK;

#endif
