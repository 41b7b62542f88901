/* The fields of a payload by its schema's descriptor. */
#include "proto/payload_field.h"

#include <string.h>

struct field_rule field_rule(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f)
{
	struct field_rule rule = { .name = f->name };

	for (size_t i = 0; i < rules->fields_n; i++)
		if (strcmp(rules->fields[i].name, f->name) == 0)
			rule = rules->fields[i];
	if (rule.max == 0 && f->type == PROTOBUF_C_TYPE_STRING)
		rule.max = rule.flags & FIELD_LINES ? FIELD_LINES_MAX : FIELD_TEXT_MAX;
	if (rule.most == 0)
		rule.most = FIELD_MOST;
	return rule;
}

enum field_kind field_kind(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		return FIELD_TEXT;
	case PROTOBUF_C_TYPE_BYTES:
		return field_rule(rules, f).flags & FIELD_IS_ID ? FIELD_ID : FIELD_BYTES;
	case PROTOBUF_C_TYPE_INT64:
		return FIELD_TIME;
	case PROTOBUF_C_TYPE_BOOL:
		return FIELD_FLAG;
	case PROTOBUF_C_TYPE_ENUM:
		return FIELD_ENUM;
	case PROTOBUF_C_TYPE_MESSAGE:
		return FIELD_MESSAGE;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		break;
	}
	return FIELD_NUMBER;
}

static size_t size_of(const ProtobufCFieldDescriptor *f)
{
	return f->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData) : sizeof(void *); /* no payload has a list of numbers */
}

size_t field_count(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	return f->label == PROTOBUF_C_LABEL_REPEATED ? *(const size_t *)((const char *)m + f->quantifier_offset) : 1;
}

const void *field_value(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const char *at = (const char *)m + f->offset;

	return f->label == PROTOBUF_C_LABEL_REPEATED ? *(const char *const *)at + i * size_of(f) : at;
}

const char *field_text(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const char *text = *(const char *const *)field_value(m, f, i);

	return text ? text : "";
}

ProtobufCBinaryData field_bytes(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	return *(const ProtobufCBinaryData *)field_value(m, f, i);
}

const ProtobufCMessage *field_message(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	return *(const ProtobufCMessage *const *)field_value(m, f, i);
}

uint64_t field_unsigned(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const void *at = field_value(m, f, i);

	if (f->type == PROTOBUF_C_TYPE_UINT64)
		return *(const uint64_t *)at;
	if (f->type == PROTOBUF_C_TYPE_UINT32)
		return *(const uint32_t *)at;
	return (uint64_t)field_number(m, f, i);
}

int64_t field_number(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	const void *at = field_value(m, f, i);

	if (f->type == PROTOBUF_C_TYPE_UINT64)
		return *(const uint64_t *)at > INT64_MAX ? INT64_MAX : (int64_t)*(const uint64_t *)at;
	if (f->type == PROTOBUF_C_TYPE_INT64)
		return *(const int64_t *)at;
	if (f->type == PROTOBUF_C_TYPE_UINT32)
		return *(const uint32_t *)at;
	return f->type == PROTOBUF_C_TYPE_BOOL ? *(const protobuf_c_boolean *)at != 0 : *(const int32_t *)at;
}

bool field_is_empty(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return field_count(m, f) == 0;
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return *field_text(m, f, 0) == 0;
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		return field_bytes(m, f, 0).len == 0;
	return f->type == PROTOBUF_C_TYPE_MESSAGE ? !field_message(m, f, 0) : field_number(m, f, 0) == 0;
}

const ProtobufCFieldDescriptor *field_find(const ProtobufCMessageDescriptor *schema, const char *name)
{
	return protobuf_c_message_descriptor_get_field_by_name(schema, name);
}

static bool each_of(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, bool (*visit)(void *, const struct field_rule *, const char *),
                    void *user)
{
	struct field_rule rule = field_rule(payload_rules(m->descriptor), f);

	for (size_t i = 0; i < field_count(m, f); i++) {
		if (f->type == PROTOBUF_C_TYPE_STRING && *field_text(m, f, i) && !visit(user, &rule, field_text(m, f, i)))
			return false;
		if (f->type == PROTOBUF_C_TYPE_MESSAGE && field_message(m, f, i) && !payload_each_text(field_message(m, f, i), visit, user))
			return false;
	}
	return true;
}

bool payload_each_text(const ProtobufCMessage *m, bool (*visit)(void *user, const struct field_rule *rule, const char *text), void *user)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		if (!each_of(m, &m->descriptor->fields[i], visit, user))
			return false;
	return true;
}
