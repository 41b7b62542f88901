/* What a body reported, as it signed it: it goes into the Land's confirmation, so that those above can verify who said it. */
#ifndef CLI_INCIDENT_REPORTED_H
#define CLI_INCIDENT_REPORTED_H

#include "agents/cli/incident_ask.h"
#include "lagebus/header.h"
#include "proto/incident.pb-c.h"

struct incident_reported {
	Lagebus__OriginalReport report; /* points into the agent's answer */
	struct lb_header header;        /* likewise */
	bool is_there;
	Lagebus__Reply *reply;
};

/* The body's first report in the incident that is viewed, or what corrects that; from the agent's inbox. Where it is not there any more that is
 * noted for the person. CLI_OK, or the exit code of what was said; incident_reported_fini in any case. Blocks. */
enum cli_exit incident_reported_find(struct cli *cli, const struct incident_view *v, struct incident_reported *out);
void incident_reported_fini(struct incident_reported *r);

#endif
