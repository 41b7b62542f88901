/* A message of an incident on its way out: to whom, under which label, and then to the broker or into a dry run. */
#ifndef CLI_INCIDENT_SEND_H
#define CLI_INCIDENT_SEND_H

#include "agents/cli/draft.h"
#include "agents/cli/incident_ask.h"

/* The options of every command that sends; rows of an option table. */
#define INCIDENT_SEND_OPTIONS \
	{ "to", "PARTNERS", "to whom, instead of those whom it concerns; commas or repeated", 0 }, \
	{ "as", "PARTNER", "in whose name: a partner that this agent may act for (default: its own)", 0 }, \
	{ "tlp", "LABEL", "clear, green, amber or amber+strict (default: the incident's, at first amber+strict)", 0 }, \
	{ "dry-run", NULL, "send nothing; ask the broker who would get it, who not, and by which rule", 0 }, \
	{ "no-wait", NULL, "do not wait for the broker's acceptance; the agent's outbox is enough", 0 }

struct incident_mail {
	struct draft draft;
	char to[LB_AUDIENCE_MAX][64];
};

/* Begins a message: of the incident that is viewed, or the first of a new one. CLI_OK, or the exit code of what was said. */
enum cli_exit incident_mail_begin(struct cli *cli, const struct incident_view *v, unsigned type, struct incident_mail *m);
/* Adds a recipient, once; the partner itself and "" are none. Without effect where --to was given. */
void incident_mail_to(struct incident_mail *m, struct cli *cli, const struct incident_view *v, const char *partner);
/* Adds whom a report of this partner concerns: who is above it, the bodies below it that take part, and from the coordinator the Länder that do. */
void incident_mail_to_concerned(struct incident_mail *m, struct cli *cli, const struct incident_view *v);
/* Packs the payload and sends it. Blocks. */
enum cli_exit incident_mail_send(struct cli *cli, struct incident_mail *m, const ProtobufCMessage *payload);

#endif
