/* Payloads as JSON and back, by their schemas' descriptors: names as in proto/, enumerations as "hand-over" (a number that has no name stays a
 * number), times as RFC 3339 in UTC, ids as UUIDs, other bytes as base64. What is empty is left out. */
#ifndef CLI_PAYLOAD_JSON_H
#define CLI_PAYLOAD_JSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "agents/cli/why.h"

/* Of a message that was checked (lb_payload_open). NULL if memory is out. */
json_t *payload_json(const ProtobufCMessage *m);
/* Makes a message of the document; what it holds is not checked yet (lb_payload_check_message). LB_OK: free *out with
 * protobuf_c_message_free_unpacked. LB_INVALID: why has the place ("indicators[3].kind: ..."). LB_NO_MEMORY. */
lb_err payload_from_json(const ProtobufCMessageDescriptor *schema, const json_t *doc, ProtobufCMessage **out, struct why *why) LB_MUST_CHECK;

#endif
