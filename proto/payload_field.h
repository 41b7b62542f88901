/* The fields of a payload by its schema's descriptor, so that nothing has to be written once for each type. */
#ifndef LAGEBUS_PROTO_PAYLOAD_FIELD_H
#define LAGEBUS_PROTO_PAYLOAD_FIELD_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"

/* What a field is for people and for JSON. */
enum field_kind {
	FIELD_TEXT,
	FIELD_ID,   /* 16 bytes, or none */
	FIELD_BYTES,
	FIELD_TIME, /* ms since 1970, 0: not given. Every int64 of a payload is one. */
	FIELD_NUMBER,
	FIELD_FLAG,
	FIELD_ENUM,
	FIELD_MESSAGE,
};

enum field_flag {
	FIELD_REQUIRED = 1, /* there, and not empty, zero or UNSPECIFIED */
	FIELD_LINES = 2,    /* a text of several lines */
	FIELD_NAME = 4,     /* a name that somebody else gave: a classification marking in it is none */
	FIELD_IS_ID = 8,
};

struct field_rule {
	const char *name;
	unsigned flags;
	uint32_t max;                   /* bytes of a text or of bytes, or the largest number; 0: the kind's default */
	uint32_t most;                  /* elements of a list; 0: FIELD_MOST */
	const char *(*wrong)(const char *text); /* what is wrong with a text that is not empty, or NULL */
};

#define FIELD_TEXT_MAX 1000          /* bytes of a text where the rule does not say */
#define FIELD_LINES_MAX (256 * 1024) /* of one of several lines */
#define FIELD_MOST 100               /* elements of a list where the rule does not say */
#define FIELD_DEPTH_MAX 4            /* messages in messages */

struct payload_rules {
	const ProtobufCMessageDescriptor *schema;
	const struct field_rule *fields;
	size_t fields_n;
	/* What no field shows alone: names the field in *field and gives what is wrong with it, or NULL. */
	const char *(*wrong)(const ProtobufCMessage *m, const char **field);
};

/* The rules of a schema; a schema without any has the defaults. */
const struct payload_rules *payload_rules(const ProtobufCMessageDescriptor *schema);
/* The rule of a field, with its defaults filled in. */
struct field_rule field_rule(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f);
enum field_kind field_kind(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f);

/* How many values there are: of a list its elements, of another field 1. */
size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);
/* Where value i stands: a char *, ProtobufCBinaryData, ProtobufCMessage *, or a number of the field's type. */
const void *field_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
/* The same, read. Never NULL for a text; a message may be NULL. */
const char *field_text(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
ProtobufCBinaryData field_bytes(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
const ProtobufCMessage *field_message(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
/* Numbers, times, flags and enumerations; those without sign up to INT64_MAX. */
int64_t field_number(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
uint64_t field_unsigned(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i);
/* Is nothing in it: no element, no byte, zero, no message? */
bool field_is_empty(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f);
const ProtobufCFieldDescriptor *field_find(const ProtobufCMessageDescriptor *schema, const char *name);

/* Shows every text with its field, depth first, until `visit` returns false; false if it did. */
bool payload_each_text(const ProtobufCMessage *m, bool (*visit)(void *user, const struct field_rule *rule, const char *text), void *user);

#endif
