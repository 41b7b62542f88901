/* Walks a message by its descriptor. */
#include "proto/texts.h"

#include <string.h>

#include "lagebus/header.h"

static bool is_utf8(const ProtobufCFieldDescriptor *f, const void *value)
{
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return !value || lb_utf8_is_valid(value, strlen(value));
	return !value || texts_are_utf8(value);
}

static bool field_is_utf8(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	const char *base = (const char *)m;
	const void *field = base + f->offset, *quantifier = base + f->quantifier_offset;
	size_t n;

	if (f->type != PROTOBUF_C_TYPE_STRING && f->type != PROTOBUF_C_TYPE_MESSAGE)
		return true;
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return ((f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && *(const uint32_t *)quantifier != f->id) || is_utf8(f, *(void *const *)field);
	n = *(const size_t *)quantifier;
	for (size_t i = 0; i < n; i++)
		if (!is_utf8(f, (*(void *const *const *)field)[i]))
			return false;
	return true;
}

bool texts_are_utf8(const ProtobufCMessage *m)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++)
		if (!field_is_utf8(m, &m->descriptor->fields[i]))
			return false;
	return true;
}
