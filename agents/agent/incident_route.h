/* What a body below reports, on its way up by itself (incident_route = "forward"). */
#ifndef LAGEBUS_AGENT_INCIDENT_ROUTE_H
#define LAGEBUS_AGENT_INCIDENT_ROUTE_H

#include <stddef.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct agent;

/* Whom our partner reports to: the one above it, or the one that the configuration names; "" if that is itself. */
void incident_route_up(const struct agent *a, char *out, size_t n);
/* Passes a report on that was just stored, where the configuration says so and it is of a body below: signed by us, the body's own words and
 * signature inside it, under the label that it has. In the transaction that stores it. LB_OK or a store error. */
lb_err incident_route_pass_on(struct agent *a, const struct lb_header *h, const struct lb_frame frames[3]) LB_MUST_CHECK;
/* Does the original inside a report verify, and does the report say what it says? LB_OK; LB_AGAIN: its certificate is asked for; or why not. */
lb_err incident_route_verify(struct agent *a, struct lb_frame payload) LB_MUST_CHECK;

#endif
