/* Two federations compared: what the second says otherwise, and what follows for whom by the broker's own rules. Pure. */
#ifndef CLI_FEDERATION_DIFF_H
#define CLI_FEDERATION_DIFF_H

#include <jansson.h>

#include "proto/host/federation.h"

/* Lists of rows { "who", "what", "removed": [texts], "added": [texts] }. Who is a partner, an agent's SPIFFE ID or "all members"; what is
 * of a change "trust domain", "partner", "role", "parent", "groups", "areas" or "agents", of an effect "session", "sends", "gets" or
 * "acts for". */
struct federation_diff {
	json_t *changes, *effects;
};

/* LB_OK (federation_diff_fini it) or LB_NO_MEMORY. The order of partners, groups and areas in a file is no change. */
lb_err federation_diff_make(const struct federation *before, const struct federation *after, struct federation_diff *out) LB_MUST_CHECK;
void federation_diff_fini(struct federation_diff *d);

#endif
