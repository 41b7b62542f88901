/* What the audit tells, a line an event. */
#ifndef CLI_AUDIT_PRINT_H
#define CLI_AUDIT_PRINT_H

#include "agents/cli/cli.h"
#include "proto/audit.pb-c.h"

/* A terminal or a pipe: time, row, what, who, which, separated by tabs. --json: an object an event, a line each. */
enum cli_exit audit_print(struct cli *cli, const Lagebus__AuditRow *row);

#endif
