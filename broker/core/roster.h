/* The roster: which agents are connected, on which worker, and when each was last heard of. The only thing that workers and
 * the door share; under a mutex that is held for a hash look-up. */
#ifndef LAGEBUS_BROKER_CORE_ROSTER_H
#define LAGEBUS_BROKER_CORE_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "lagebus/err.h"

struct roster;

/* Where an agent's session is. */
struct roster_place {
	unsigned worker;
	uint32_t session, generation;
};

/* max_connections in all, max_per_partner of one partner's agents. NULL if memory is out. */
struct roster *roster_new(uint32_t max_connections, uint32_t max_per_partner);
void roster_free(struct roster *r);

/* Counts a connection that is not yet a session. False: the limit in all is reached. */
bool roster_admit(struct roster *r);
/* That connection is gone (whether it became a session or not). */
void roster_dismiss(struct roster *r);

/* An agent's session begins. LB_OK; LB_LIMIT (its partner's limit); LB_NO_MEMORY. If the agent had a session, *had is true, *former
 * says where, and the newest counts from now on. */
lb_err roster_join(struct roster *r, const char *spiffe_id, const char *partner, struct roster_place place, bool *had,
                   struct roster_place *former) LB_MUST_CHECK;
/* It ends. False: the agent's place is another by now, which stays. */
bool roster_leave(struct roster *r, const char *spiffe_id, struct roster_place place);
/* Is any agent of this partner connected? */
bool roster_partner_is_online(struct roster *r, const char *partner);
/* Is this agent? */
bool roster_agent_is_online(struct roster *r, const char *spiffe_id);
uint32_t roster_connections(struct roster *r);

#endif
