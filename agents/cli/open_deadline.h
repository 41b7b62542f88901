/* What somebody has to acknowledge by a time, as the agent says: in a status and as it happens. */
#ifndef CLI_OPEN_DEADLINE_H
#define CLI_OPEN_DEADLINE_H

#include <jansson.h>

#include "agents/cli/cli.h"
#include "proto/local.pb-c.h"

/* NULL if memory is out. */
json_t *open_deadline_json(const Lagebus__OpenDeadline *d);
/* "acknowledge" or "overdue", or "others overdue" and what about, as a field of the status. */
void open_deadline_field(struct cli *cli, const Lagebus__OpenDeadline *d);
/* One event of a watch: a document on one line, or a line. */
enum cli_exit open_deadline_event(struct cli *cli, const Lagebus__OpenDeadline *d);

#endif
