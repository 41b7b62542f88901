/* What a body below reports, on its way up: by itself (incident_route = "forward"), or inside a confirmation. */
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
/* Is what a report has inside it of a body below its origin, of the same incident, and signed by that body; and if it is passed on, does the report say
 * the same? And likewise what that has inside it, if it has. LB_OK; LB_AGAIN: the body's certificate is asked for; LB_NOT_FOUND: there is nothing inside; or why not. */
lb_err incident_route_verify(struct agent *a, const struct lb_header *h, struct lb_frame payload) LB_MUST_CHECK;

#endif
