/* What the audit tells, a line an event. */
#ifndef CLI_AUDIT_PRINT_H
#define CLI_AUDIT_PRINT_H

#include "agents/cli/cli.h"
#include "proto/audit.pb-c.h"

/* A terminal or a pipe: time, row, what, who, which, separated by tabs. --json: an object an event, a line each. */
enum cli_exit audit_print(struct cli *cli, const Lagebus__AuditRow *row);
/* One event of the row. */
enum cli_exit audit_print_event(struct cli *cli, const Lagebus__AuditRow *row, const Lagebus__AuditEvent *e);
/* In the same form: by this row the partner has the message, from this agent; or it was over when the agent came by. */
enum cli_exit audit_print_delivered(struct cli *cli, const Lagebus__AuditRow *row, const char *partner, const char *agent, bool over);

#endif
