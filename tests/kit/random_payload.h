/* Payloads of random content, by their schema's descriptor: texts of every script and with what JSON escapes, numbers at their ends, known and
 * unknown values of enumerations. They need not keep to the rules of proto/payload_rules.c. */
#ifndef LAGEBUS_TESTS_KIT_RANDOM_PAYLOAD_H
#define LAGEBUS_TESTS_KIT_RANDOM_PAYLOAD_H

#include <stdlib.h>
#include <string.h>

#include "proto/payload_field.h"

static inline unsigned random_below(unsigned *seed, unsigned n)
{
	return (unsigned)rand_r(seed) / 7 % n;
}

static inline char *random_text(unsigned *seed)
{
	static const char *const parts[] = { "a", "Ä", "\xe2\x82\xac", "\xf0\x9f\x9a\xa8", "\"", "\\", "/", "\n", "\t", " ", "<", "0", "'", "%s" };
	unsigned n = random_below(seed, 12);
	char *text = calloc(1, n * 4 + 1);

	for (unsigned i = 0; text && i < n; i++)
		strcat(text, parts[random_below(seed, sizeof parts / sizeof parts[0])]);
	return text;
}

static inline ProtobufCBinaryData random_bytes(unsigned *seed, size_t n)
{
	ProtobufCBinaryData bytes = { n, n ? malloc(n) : NULL };

	for (size_t i = 0; i < n; i++)
		bytes.data[i] = (uint8_t)random_below(seed, 256);
	return bytes;
}

static inline ProtobufCMessage *random_payload(const ProtobufCMessageDescriptor *schema, unsigned *seed);

static inline void random_element(const ProtobufCFieldDescriptor *f, void *to, unsigned *seed)
{
	if (f->type == PROTOBUF_C_TYPE_STRING)
		*(char **)to = random_text(seed);
	else
		*(ProtobufCMessage **)to = random_payload(f->descriptor, seed);
}

static inline void random_field(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f, ProtobufCMessage *m, unsigned *seed)
{
	void *to = (char *)m + f->offset;

	if (f->label == PROTOBUF_C_LABEL_REPEATED) {
		size_t n = random_below(seed, 4);
		void **list = n ? calloc(n, sizeof *list) : NULL;

		for (size_t i = 0; i < n; i++)
			random_element(f, &list[i], seed);
		*(void ***)to = list;
		*(size_t *)((char *)m + f->quantifier_offset) = n;
		return;
	}
	switch (field_kind(rules, f)) {
	case FIELD_TEXT:
	case FIELD_MESSAGE:
		random_element(f, to, seed);
		break;
	case FIELD_ID:
		*(ProtobufCBinaryData *)to = random_bytes(seed, 16);
		break;
	case FIELD_BYTES:
		*(ProtobufCBinaryData *)to = random_bytes(seed, random_below(seed, 40));
		break;
	case FIELD_TIME:
		*(int64_t *)to = (int64_t)631152000000 + (int64_t)rand_r(seed) * random_below(seed, 3000);
		break;
	case FIELD_NUMBER:
		if (f->type == PROTOBUF_C_TYPE_UINT64)
			*(uint64_t *)to = random_below(seed, 3) ? (uint64_t)rand_r(seed) : UINT64_MAX;
		else
			*(uint32_t *)to = random_below(seed, 3) ? (uint32_t)rand_r(seed) : UINT32_MAX;
		break;
	case FIELD_FLAG:
		*(protobuf_c_boolean *)to = (protobuf_c_boolean)random_below(seed, 2);
		break;
	case FIELD_ENUM:
		*(int *)to = random_below(seed, 4) ? (int)random_below(seed, 12) : -5;
		break;
	}
}

/* About every fourth field is left out. The caller frees it as what protobuf-c unpacked. */
static inline ProtobufCMessage *random_payload(const ProtobufCMessageDescriptor *schema, unsigned *seed)
{
	const struct payload_rules *rules = payload_rules(schema);
	ProtobufCMessage *m = malloc(schema->sizeof_message);

	protobuf_c_message_init(schema, m);
	for (unsigned i = 0; i < schema->n_fields; i++)
		if (random_below(seed, 4))
			random_field(rules, &schema->fields[i], m, seed);
	return m;
}

#endif
