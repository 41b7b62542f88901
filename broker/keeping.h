/* What agents are told of how long the federation keeps what. A worker's thread. */
#ifndef LAGEBUS_BROKER_KEEPING_H
#define LAGEBUS_BROKER_KEEPING_H

struct session;
struct worker;

/* Tells a session that is open what the federation file in force says, if it wants to hear it. */
void keeping_tell(struct worker *w, struct session *s);

#endif
