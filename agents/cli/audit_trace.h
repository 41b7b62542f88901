/* What an audit tells of one message: when it was published, refused, held, decided, recalled and acknowledged, and when each of its recipients had it. */
#ifndef CLI_AUDIT_TRACE_H
#define CLI_AUDIT_TRACE_H

#include "agents/cli/cli.h"
#include "lagebus/uuid.h"
#include "proto/audit.pb-c.h"

/* After this time an audit may still tell that an agent had stored something: it tells of the routine lane every ten seconds. */
#define AUDIT_TRACE_LATE_MS 10000

struct audit_trace;

/* NULL if memory is out. */
struct audit_trace *audit_trace_new(const struct lb_uuid *id);
void audit_trace_free(struct audit_trace *t);
/* Takes the next row, in the audit's order, and prints what there is of the message in it, as audit_print does; each recipient's delivery once. */
enum cli_exit audit_trace_row(struct audit_trace *t, struct cli *cli, const Lagebus__AuditRow *row);

#endif
