/* A route: who gets the messages of one kind (same origin, type, area, TLP, level, lane, audience, in a thread or not), worked out once and
 * remembered. Each worker has its own router; the routes themselves are immutable and shared by reference. */
#ifndef LAGEBUS_BROKER_CORE_ROUTE_H
#define LAGEBUS_BROKER_CORE_ROUTE_H

#include <stdatomic.h>
#include <stdint.h>

#include "proto/host/federation.h"
#include "lagebus/header.h"

struct route {
	atomic_uint refs;
	uint32_t generation; /* of the federation it was worked out with */
	uint8_t type, area;
	uint16_t sender;     /* that policy_admit was asked for; PARTNER_NONE: it was not */
	lb_err admitted;     /* its answer: LB_OK, or the rule against it; recipients are empty then */
	struct partner_set recipients;
};

struct route *route_ref(struct route *r);
void route_unref(struct route *r);

struct router; /* one thread at a time; a bounded memo */

/* NULL if memory is out. Takes a reference to f. */
struct router *router_new(struct federation *f);
void router_free(struct router *r);
/* Another federation is in force from now on: forgets every route. */
void router_reload(struct router *r, struct federation *f);
/* Borrowed. */
struct federation *router_federation(struct router *r);
/* The route of a message that `sender` publishes (policy_admit is asked too), or that already stands in the log
 * (PARTNER_NONE: only who may have it now). Borrowed until the next call: route_ref it to keep it. NULL if memory is out.
 * Constant time and no allocation when it is remembered: the hot path. */
struct route *router_route(struct router *r, uint16_t sender, const struct lb_header *h);

#endif
