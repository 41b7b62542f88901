/* How much there may be in the tables of indicators and sightings. Past it goes what ends first, of whoever has most: so nobody's flood takes away
 * what others have said. The messages stay in the inbox. Everything is within the caller's transaction. */
#ifndef LAGEBUS_AGENT_BOUNDS_H
#define LAGEBUS_AGENT_BOUNDS_H

#include <stdint.h>

#include "agents/agent/store.h"

#define BOUNDS_INDICATORS_MAX 2000000
#define BOUNDS_SIGHTINGS_MAX 1000000
#define BOUNDS_AT_ONCE 20000 /* rows that go at once, more than one message brings */

/* The numbers are the database's. */
enum bounded { BOUNDED_INDICATORS = 1, BOUNDED_SIGHTINGS = 2 };

/* Drops what there is past `most` rows, as much as may go at once, and logs it. LB_OK or a store error. */
lb_err bounds_keep(struct store *s, enum bounded what, uint64_t most) LB_MUST_CHECK;

#endif
