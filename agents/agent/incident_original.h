/* The report of a body inside the one by which its Land passes it on or confirms it: header, payload and signature as they were. Pure; whether the
 * signature is right is asked of incident_route_verify. */
#ifndef LAGEBUS_AGENT_INCIDENT_ORIGINAL_H
#define LAGEBUS_AGENT_INCIDENT_ORIGINAL_H

#include <stdbool.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/limits.h"
#include "proto/incident.pb-c.h"

#define INCIDENT_ORIGINALS_MAX 2 /* inside one another: the first is a Land's, and a partner's id has three segments */

/* What a report has inside it; NULL: nothing. It stays the report's. */
const Lagebus__OriginalReport *incident_original_of(const Lagebus__IncidentReport *r);
/* What that says, which may have another inside it: a body may have a body below it. NULL: nothing that can be read, or memory is out. To be freed. */
Lagebus__IncidentReport *incident_original_open(const Lagebus__OriginalReport *o);
/* Who said it first, of the innermost, whether it verifies or not. False: it has none inside it, or that cannot be read; then *out is as it was. */
bool incident_original_by(const Lagebus__IncidentReport *r, char out[LB_PARTNER_ID_MAX + 1]);
/* May a report with this header have one with that header inside it? LB_OK; LB_OTHER_INCIDENT: that is no report, or of another incident;
 * LB_NOT_ITS_BODY: its origin is not below; LB_EXERCISE_MIXED; LB_TLP_WIDENED: the label is looser than the body's. */
lb_err incident_original_fits(const struct lb_header *outer, const struct lb_header *inner) LB_MUST_CHECK;
/* Does a report that passes on say what the body said, in every field? */
bool incident_original_is_said(Lagebus__IncidentReport *r);

#endif
