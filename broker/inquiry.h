/* What an origin or a coordinator asks of a message: who has it, who acted, who is silent. A worker's thread. */
#ifndef LAGEBUS_BROKER_INQUIRY_H
#define LAGEBUS_BROKER_INQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct session;
struct worker;

/* Is it the message's origin's or a coordinator's agent? */
bool inquiry_may_ask(struct worker *w, const struct session *s, const struct lb_header *h);
/* Sends Receipts (a struct of proto/control.proto). */
void inquiry_send(struct worker *w, struct session *s, void *receipts);
/* Answers a coordinator's or origin's question. */
void inquiry_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame id);

#endif
