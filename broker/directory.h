/* The directory: the certificates of a partner's agents, for whoever encrypts to them. The broker vouches for nothing: who asks checks each.
 * A worker's thread. */
#ifndef LAGEBUS_BROKER_DIRECTORY_H
#define LAGEBUS_BROKER_DIRECTORY_H

#include <stdint.h>

struct session;
struct worker;

/* Notes the session's certificate as its agent's newest, under its partner and each that it acts for. */
void directory_note(struct worker *w, struct session *s);
/* Answers with the newest certificates, one an agent, of the partner's agents and of those that act for it now; without those that are revoked
 * or out of their time. */
void directory_answer(struct worker *w, struct session *s, uint64_t request, const char *partner);

#endif
