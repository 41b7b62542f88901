/* What stands in a message's payload: which schema of proto/ its type has, and whether the bytes keep to it. */
#ifndef LAGEBUS_PAYLOAD_H
#define LAGEBUS_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "lagebus/err.h"
#include "lagebus/zmtp.h"

/* protobuf-c's, so that this header needs none of it. */
struct ProtobufCMessage;
struct ProtobufCMessageDescriptor;

#define LB_PAYLOAD_SCHEMA 1 /* the header's schema_version that these schemas have */
#define LB_PAYLOAD_WHY 256  /* room for any reason with its NUL */

/* The schema of a type's payload; NULL for a number that is no type. Static storage. */
const struct ProtobufCMessageDescriptor *lb_payload_schema(unsigned type);

/* Decodes a payload and checks it: sizes and counts before anything is allocated, UTF-8 without control characters, ids of 16 bytes, dates that
 * are plausible and in order, what the type requires, indicators that are what they say. Unknown fields and unknown numbers of an
 * enumeration are kept. LB_OK: *out is the caller's, freed with protobuf_c_message_free_unpacked. LB_INVALID: why names the field
 * ("indicators[3].value: is no IPv4 address"). LB_UNKNOWN_TYPE, LB_NO_MEMORY. *out is untouched on error. Pure. */
lb_err lb_payload_open(unsigned type, struct lb_frame payload, struct ProtobufCMessage **out, char *why, size_t why_n) LB_MUST_CHECK;
/* The same for one of these schemas that is no type's payload by itself, as DigitalViolenceReport. */
lb_err lb_payload_open_as(const struct ProtobufCMessageDescriptor *schema, struct lb_frame payload, struct ProtobufCMessage **out, char *why,
                          size_t why_n) LB_MUST_CHECK;
/* Only the answer. */
lb_err lb_payload_check(unsigned type, struct lb_frame payload, char *why, size_t why_n) LB_MUST_CHECK;
/* Of a message that is decoded, or that somebody has just made: what lb_payload_open says of its fields. LB_OK or LB_INVALID. */
lb_err lb_payload_check_message(const struct ProtobufCMessage *m, char *why, size_t why_n) LB_MUST_CHECK;

/* Does a text of it, or an attachment that is text, carry a classification marking (lagebus/classified.h)? Names of products and the values of
 * indicators are not asked: they are called what they are called. */
bool lb_payload_is_classified(const struct ProtobufCMessage *m);

#endif
