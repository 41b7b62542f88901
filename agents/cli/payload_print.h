/* A payload for a reader, by its schema's descriptor and in the reader's language. */
#ifndef CLI_PAYLOAD_PRINT_H
#define CLI_PAYLOAD_PRINT_H

#include <protobuf-c/protobuf-c.h>

#include "agents/cli/cli.h"

/* Fields in the schema's order, then the texts of several lines. What stands above it as the message's title is left out. */
void payload_print(const ProtobufCMessage *m, struct cli *cli);

#endif
