/* Incidents as the agent derives them: one by what was written for its id, or the list. */
#ifndef CLI_INCIDENT_ASK_H
#define CLI_INCIDENT_ASK_H

#include "agents/cli/client.h"

/* The agent's answer, and who asked; finished by incident_view_fini in any case. */
struct incident_view {
	Lagebus__Reply *reply;
	const Lagebus__IncidentsReply *incidents;
	const Lagebus__Incident *one; /* NULL: it is a list */
	char partner[64];             /* in whose name: --as, or the agent's own */
	char up[64];                  /* whom that one reports to; "": nobody */
};

/* All of them, or those that are open. CLI_OK, or the exit code of what was said. Blocks. */
enum cli_exit incident_view_list(struct cli *cli, bool closed, unsigned limit, struct incident_view *v);
/* The one that is meant by a whole id, of it or of one of its messages, first or last digits (4 at least), or last. Likewise. */
enum cli_exit incident_view_one(struct cli *cli, const char *written, struct incident_view *v);
void incident_view_fini(struct incident_view *v);

#endif
