/* Payloads as JSON and back. */
#include "agents/cli/payload_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/base64.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/limits.h"
#include "lagebus/uuid.h"
#include "proto/payload_field.h"

#define PLACE_MAX 200

static json_t *id_json(ProtobufCBinaryData bytes)
{
	char text[LB_UUID_TEXT];
	struct lb_uuid id;

	if (bytes.len != sizeof id.b)
		return json_null();
	memcpy(id.b, bytes.data, sizeof id.b);
	lb_uuid_format(&id, text);
	return json_string(text);
}

static json_t *bytes_json(ProtobufCBinaryData bytes)
{
	char *text = base64_encode(bytes.data, bytes.len);
	json_t *value = text ? json_string_nocheck(text) : NULL;

	free(text);
	return value;
}

static json_t *time_json(int64_t ms)
{
	char text[WHEN_TEXT];

	when_iso_ms(ms, text);
	return json_string(text);
}

/* JSON's integers end where ours go on. */
static json_t *number_json(uint64_t v)
{
	char text[24];

	if (v <= INT64_MAX)
		return json_integer((json_int_t)v);
	snprintf(text, sizeof text, "%" PRIu64, v);
	return json_string(text);
}

static json_t *enum_json(const ProtobufCEnumDescriptor *e, int64_t value)
{
	char name[FIELD_WORD];

	return field_enum_name(e, value, '-', name) ? json_string(name) : json_integer(value);
}

static json_t *value_json(const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, size_t i)
{
	switch (field_kind(rules, f)) {
	case FIELD_TEXT:
		return out_json_string(field_text(m, f, i));
	case FIELD_ID:
		return id_json(field_bytes(m, f, i));
	case FIELD_BYTES:
		return bytes_json(field_bytes(m, f, i));
	case FIELD_TIME:
		return time_json(field_number(m, f, i));
	case FIELD_NUMBER:
		return number_json(field_unsigned(m, f, i));
	case FIELD_FLAG:
		return json_boolean(field_number(m, f, i) != 0);
	case FIELD_ENUM:
		return enum_json(f->descriptor, field_number(m, f, i));
	case FIELD_MESSAGE:
		break;
	}
	return payload_json(field_message(m, f, i));
}

static json_t *field_json(const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	json_t *list;

	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return value_json(rules, m, f, 0);
	list = json_array();
	for (size_t i = 0; list && i < field_count(m, f); i++)
		if (json_array_append_new(list, value_json(rules, m, f, i)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *payload_json(const ProtobufCMessage *m)
{
	const struct payload_rules *rules = payload_rules(m->descriptor);
	json_t *doc = json_object();

	for (unsigned i = 0; doc && i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];

		if (!field_is_empty(m, f) && json_object_set_new(doc, f->name, field_json(rules, m, f)) != 0) {
			json_decref(doc);
			return NULL;
		}
	}
	return doc;
}

/* The way back: `place` is where the document's value stands. */
static lb_err read_message(const ProtobufCMessageDescriptor *schema, const json_t *doc, const char *place, unsigned depth, ProtobufCMessage **out,
                           struct why *why);

static lb_err read_text(const json_t *v, const char *place, char **to, struct why *why)
{
	const char *text = json_string_value(v);

	if (!text)
		return why_set(why, LB_INVALID, "%s: a text is expected", place);
	if (!*text)
		return LB_OK;
	*to = strdup(text);
	return *to ? LB_OK : why_set(why, LB_NO_MEMORY, "out of memory");
}

static lb_err read_id(const json_t *v, const char *place, ProtobufCBinaryData *to, struct why *why)
{
	const char *text = json_string_value(v);
	struct lb_uuid id;

	if (!text || lb_uuid_parse(text, &id) != LB_OK)
		return why_set(why, LB_INVALID, "%s: an id is expected, as 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d", place);
	to->data = malloc(sizeof id.b);
	if (!to->data)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	memcpy(to->data, id.b, sizeof id.b);
	to->len = sizeof id.b;
	return LB_OK;
}

static lb_err read_bytes(const json_t *v, const char *place, ProtobufCBinaryData *to, struct why *why)
{
	const char *text = json_string_value(v);

	return text && base64_decode(text, &to->data, &to->len) ? LB_OK : why_set(why, LB_INVALID, "%s: bytes are expected, in base64", place);
}

static lb_err read_time(const json_t *v, const char *place, int64_t *to, struct why *why)
{
	const char *text = json_string_value(v);

	return text && when_from_iso(text, to) ? LB_OK : why_set(why, LB_INVALID, "%s: a time is expected, as 2026-12-01T14:00:00Z", place);
}

static bool read_unsigned(const json_t *v, uint64_t *to)
{
	const char *text = json_string_value(v);
	char *end;

	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*to = (uint64_t)json_integer_value(v);
		return true;
	}
	if (!text || strspn(text, "0123456789") != strlen(text) || !*text)
		return false;
	errno = 0;
	*to = strtoull(text, &end, 10);
	return errno == 0;
}

static lb_err read_number(const ProtobufCFieldDescriptor *f, const json_t *v, const char *place, void *to, struct why *why)
{
	bool wide = f->type == PROTOBUF_C_TYPE_UINT64;
	uint64_t number;

	if (!read_unsigned(v, &number) || (!wide && number > UINT32_MAX))
		return why_set(why, LB_INVALID, "%s: a whole number from 0 to %s is expected", place, wide ? "2^64-1" : "2^32-1");
	if (wide)
		*(uint64_t *)to = number;
	else
		*(uint32_t *)to = (uint32_t)number;
	return LB_OK;
}

static lb_err read_enum(const ProtobufCEnumDescriptor *e, const json_t *v, const char *place, int *to, struct why *why)
{
	const char *text = json_string_value(v);
	json_int_t number = json_integer_value(v);
	char names[300] = "", name[FIELD_WORD];
	size_t at = 0;

	if (json_is_integer(v) && number >= INT32_MIN && number <= INT32_MAX) {
		*to = (int)number;
		return LB_OK;
	}
	if (text && field_enum_value(e, text, to))
		return LB_OK;
	for (unsigned i = 0; i < e->n_values && at < sizeof names; i++)
		if (e->values[i].value != 0 && field_enum_name(e, e->values[i].value, '-', name))
			at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? ", " : "", name);
	return why_set(why, LB_INVALID, "%s: one of %s is expected", place, names);
}

static lb_err read_flag(const json_t *v, const char *place, protobuf_c_boolean *to, struct why *why)
{
	*to = json_is_true(v);
	return json_is_boolean(v) ? LB_OK : why_set(why, LB_INVALID, "%s: true or false is expected", place);
}

static lb_err read_value(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f, const json_t *v, const char *place, unsigned depth,
                         void *to, struct why *why)
{
	switch (field_kind(rules, f)) {
	case FIELD_TEXT:
		return read_text(v, place, to, why);
	case FIELD_ID:
		return read_id(v, place, to, why);
	case FIELD_BYTES:
		return read_bytes(v, place, to, why);
	case FIELD_TIME:
		return read_time(v, place, to, why);
	case FIELD_NUMBER:
		return read_number(f, v, place, to, why);
	case FIELD_FLAG:
		return read_flag(v, place, to, why);
	case FIELD_ENUM:
		return read_enum(f->descriptor, v, place, to, why);
	case FIELD_MESSAGE:
		break;
	}
	return read_message(f->descriptor, v, place, depth + 1, to, why);
}

/* A list of texts or messages. Its count is that of what is there, so that freeing takes what was read. */
static lb_err read_list(const struct payload_rules *rules, const ProtobufCFieldDescriptor *f, const json_t *v, const char *place, unsigned depth,
                        ProtobufCMessage *m, struct why *why)
{
	size_t n = json_array_size(v), most = field_rule(rules, f).most, *count = (size_t *)((char *)m + f->quantifier_offset);
	void ***list = (void ***)((char *)m + f->offset);
	lb_err e = LB_OK;

	if (!json_is_array(v) || n > most)
		return why_set(why, LB_INVALID, "%s: a list of at most %zu is expected", place, most);
	if (n == 0)
		return LB_OK;
	*list = calloc(n, sizeof **list);
	if (!*list)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	for (size_t i = 0; e == LB_OK && i < n; i++) {
		char element[PLACE_MAX + 24];

		snprintf(element, sizeof element, "%s[%zu]", place, i);
		e = read_value(rules, f, json_array_get(v, i), element, depth, &(*list)[i], why);
		if (e == LB_OK && !(*list)[i] && !((*list)[i] = strdup("")))
			e = why_set(why, LB_NO_MEMORY, "out of memory");
		if (e == LB_OK)
			++*count;
	}
	return e;
}

static lb_err read_field(ProtobufCMessage *m, const char *key, const json_t *v, const char *outer, unsigned depth, struct why *why)
{
	const struct payload_rules *rules = payload_rules(m->descriptor);
	const ProtobufCFieldDescriptor *f = field_find(m->descriptor, key);
	char place[PLACE_MAX];

	snprintf(place, sizeof place, "%.140s%s%.40s", outer, *outer ? "." : "", key);
	if (!f)
		return why_set(why, LB_INVALID, "%s: is no field of %s", place, m->descriptor->short_name);
	if (json_is_null(v))
		return LB_OK;
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return read_list(rules, f, v, place, depth, m, why);
	return read_value(rules, f, v, place, depth, (char *)m + f->offset, why);
}

static lb_err read_message(const ProtobufCMessageDescriptor *schema, const json_t *doc, const char *place, unsigned depth, ProtobufCMessage **out,
                           struct why *why)
{
	ProtobufCMessage *m;
	lb_err e = LB_OK;
	const char *key;
	json_t *v;

	if (!json_is_object(doc) || depth > FIELD_DEPTH_MAX)
		return why_set(why, LB_INVALID, "%s%san object with the fields of %s is expected", place, *place ? ": " : "", schema->short_name);
	m = malloc(schema->sizeof_message);
	if (!m)
		return why_set(why, LB_NO_MEMORY, "out of memory");
	protobuf_c_message_init(schema, m);
	json_object_foreach((json_t *)doc, key, v)
		if (e == LB_OK)
			e = read_field(m, key, v, place, depth, why);
	if (e != LB_OK)
		protobuf_c_message_free_unpacked(m, NULL);
	else
		*out = m;
	return e;
}

lb_err payload_from_json(const ProtobufCMessageDescriptor *schema, const json_t *doc, ProtobufCMessage **out, struct why *why)
{
	return read_message(schema, doc, "", 1, out, why);
}
