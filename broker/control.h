/* What agents and broker say to each other besides messages. A worker's thread. */
#ifndef LAGEBUS_BROKER_CONTROL_H
#define LAGEBUS_BROKER_CONTROL_H

#include "lagebus/err.h"
#include "lagebus/zmtp.h"

struct session;
struct worker;

void control_receive(struct worker *w, struct session *s, struct lb_frame frame);
/* Packs and queues a Control (a struct of proto/control.proto). */
void control_send(struct worker *w, struct session *s, const void *control);
void control_goodbye(struct worker *w, struct session *s, lb_err reason, const char *detail);

#endif
