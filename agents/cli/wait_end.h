/* What does not wait for a second person any more, as the agent says: in a status and as it happens. */
#ifndef CLI_WAIT_END_H
#define CLI_WAIT_END_H

#include <jansson.h>

#include "agents/cli/cli.h"
#include "proto/local.pb-c.h"

/* `packed` is a WaitEnded of control.proto. NULL if it cannot be read, or memory is out. */
json_t *wait_end_json(ProtobufCBinaryData packed);
/* As a field of the status; nothing if it cannot be read. */
void wait_end_field(struct cli *cli, ProtobufCBinaryData packed);
/* One event of a watch: a document on one line, or a line; nothing if it cannot be read. */
enum cli_exit wait_end_event(struct cli *cli, ProtobufCBinaryData packed);

#endif
