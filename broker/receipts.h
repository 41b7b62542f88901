/* The ledger's questions and answers: who has a message, who acted, who is silent; and who would get one. A worker's thread. */
#ifndef LAGEBUS_BROKER_RECEIPTS_H
#define LAGEBUS_BROKER_RECEIPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct session;
struct worker;

/* Is it its origin's or a coordinator's agent? */
bool receipts_may_ask(struct worker *w, const struct session *s, const struct lb_header *h);
/* Checks a Receipt message of a partner that the session speaks for, and notes it in the ledger. LB_OK or why it is refused. */
lb_err receipts_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;
/* Sends Receipts (a struct of proto/control.proto). */
void receipts_send(struct worker *w, struct session *s, void *receipts);
/* Answers a coordinator's or origin's question. */
void receipts_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame id);
/* Answers who would get a message of this header. */
void receipts_route(struct worker *w, struct session *s, uint64_t request, struct lb_frame header);

#endif
