/* Agents that act for other partners, too: where the federation file says so and the certificate proves it. A worker's thread. */
#ifndef LAGEBUS_BROKER_MANDATES_H
#define LAGEBUS_BROKER_MANDATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/limits.h"

struct session;
struct worker;

/* Whom the agent acts for under the federation in force. LB_OK, LB_NOT_A_MEMBER, LB_NO_MEMORY. */
lb_err mandates_read(struct worker *w, struct session *s) LB_MUST_CHECK;
/* Notes from where on the agent acts for whom: behind where its feed stands now. */
void mandates_note(struct worker *w, struct session *s);
/* From which position on an agent was given what is for a partner that it acts for. False: it does not act for it. */
bool mandates_since(struct worker *w, const char *agent, const char *partner, unsigned lane, uint64_t *from);

/* The ids of the further partners that the session's agent acts for; how many. Borrowed from the federation. */
size_t mandates_names(const struct worker *w, const struct session *s, char *ids[LB_PARTNERS_MAX]);

#endif
