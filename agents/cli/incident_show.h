/* Incidents for a reader, and as JSON. */
#ifndef CLI_INCIDENT_SHOW_H
#define CLI_INCIDENT_SHOW_H

#include <jansson.h>

#include "agents/cli/cli.h"
#include "proto/local.pb-c.h"

/* A table of incidents with what is due next. */
enum cli_exit incident_show_list(struct cli *cli, const Lagebus__IncidentsReply *incidents);
/* Everything about one. */
enum cli_exit incident_show_one(struct cli *cli, const Lagebus__Incident *i);
/* The message from which we know who reported, where that one's own is not here: it has what a body signed inside it, or should have. NULL: none. */
const Lagebus__IncidentEntry *incident_reported_in(const Lagebus__Incident *i);
/* NULL if memory is out. */
json_t *incident_json(const Lagebus__Incident *i);
/* "update by 14:02" of the clock that runs out first; "" if none runs. */
void incident_next_due(const struct cli *cli, const Lagebus__Incident *i, char *out, size_t n);

#endif
