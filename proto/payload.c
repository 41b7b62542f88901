/* Payloads: from bytes to a message that keeps to its schema. */
#include "lagebus/payload.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lagebus/classified.h"
#include "lagebus/header.h"
#include "lagebus/limits.h"
#include "proto/approval.pb-c.h"
#include "proto/assistance.pb-c.h"
#include "proto/exercise.pb-c.h"
#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/payload_field.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"
#include "proto/training.pb-c.h"
#include "proto/violence.pb-c.h"
#include "proto/warning.pb-c.h"
#include "proto/wire.h"

#define UNKNOWN_MAX 16                        /* fields of later versions in one message */
#define TIME_FIRST ((int64_t)631152000000)    /* 1990 */
#define TIME_LAST ((int64_t)7258118400000)    /* 2200 */

static const ProtobufCMessageDescriptor *const schemas[LB_TYPE_MAX + 1] = {
	[LB_TYPE_INDICATOR] = &lagebus__indicators__descriptor,
	[LB_TYPE_SIGHTING] = &lagebus__sightings__descriptor,
	[LB_TYPE_WARNING] = &lagebus__warning__descriptor,
	[LB_TYPE_INCIDENT_REPORT] = &lagebus__incident_report__descriptor,
	[LB_TYPE_ASSISTANCE_REQUEST] = &lagebus__assistance_request__descriptor,
	[LB_TYPE_ASSISTANCE_OFFER] = &lagebus__assistance_offer__descriptor,
	[LB_TYPE_SITUATION_REPORT] = &lagebus__situation_report__descriptor,
	[LB_TYPE_TRAINING_EVENT] = &lagebus__training_event__descriptor,
	[LB_TYPE_DIGITAL_VIOLENCE_CASE] = &lagebus__digital_violence_case__descriptor,
	[LB_TYPE_RECEIPT] = &lagebus__receipt__descriptor,
	[LB_TYPE_APPROVAL] = &lagebus__approval__descriptor,
	[LB_TYPE_RECALL] = &lagebus__recall__descriptor,
	[LB_TYPE_TRAINING_REGISTRATION] = &lagebus__training_registration__descriptor,
	[LB_TYPE_EXERCISE] = &lagebus__exercise__descriptor,
};

const ProtobufCMessageDescriptor *lb_payload_schema(unsigned type)
{
	return type <= LB_TYPE_MAX ? schemas[type] : NULL;
}

/* Where we are, outermost first, for the reason. */
struct place {
	const struct place *outer;
	const char *field;
	size_t element; /* SIZE_MAX: the field is no list */
};

struct reason {
	char *text;
	size_t n;
};

static size_t put(struct reason *r, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

static size_t put(struct reason *r, size_t at, const char *format, ...)
{
	va_list ap;
	int n;

	if (at >= r->n)
		return at;
	va_start(ap, format);
	n = vsnprintf(r->text + at, r->n - at, format, ap);
	va_end(ap);
	return n < 0 ? at : at + (size_t)n;
}

static size_t put_place(struct reason *r, const struct place *p)
{
	size_t at = p->outer ? put_place(r, p->outer) : 0;

	at = put(r, at, "%s%s", p->outer ? "." : "", p->field);
	return p->element == SIZE_MAX ? at : put(r, at, "[%zu]", p->element);
}

static lb_err refuse(struct reason *r, const struct place *p, const char *what)
{
	put(r, p ? put_place(r, p) : 0, "%s%s", p ? ": " : "", what);
	return LB_INVALID;
}

static struct place place_of(const struct place *outer, const ProtobufCFieldDescriptor *f, size_t element)
{
	return (struct place){ outer, f->name, f->label == PROTOBUF_C_LABEL_REPEATED ? element : SIZE_MAX };
}

/* Before anything is allocated: only what the schema has, as often as it may be there. A field that is no list stands there once: of two,
 * readers could see different ones. */
static lb_err scan(const ProtobufCMessageDescriptor *schema, const uint8_t *p, size_t n, const struct place *outer, unsigned depth, struct reason *r);

static lb_err scan_value(const ProtobufCFieldDescriptor *f, enum wire_type type, struct wire *w, const struct place *here, unsigned depth,
                         struct reason *r)
{
	bool bytes = f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_BYTES || f->type == PROTOBUF_C_TYPE_MESSAGE;
	const uint8_t *p;
	uint64_t v;
	size_t n;

	if (type != (bytes ? WIRE_BYTES : WIRE_VARINT))
		return refuse(r, here, "has another wire type than its schema says");
	if (!(bytes ? wire_bytes(w, &p, &n) : wire_varint(w, &v)))
		return refuse(r, here, "is cut off");
	/* What stands behind a NUL would be there for other readers, but not for us. */
	if (f->type == PROTOBUF_C_TYPE_STRING && memchr(p, 0, n))
		return refuse(r, here, "has a NUL");
	return f->type == PROTOBUF_C_TYPE_MESSAGE ? scan(f->descriptor, p, n, here, depth + 1, r) : LB_OK;
}

#define SCHEMA_FIELDS_MAX 32 /* a test compares it with the schemas */

static lb_err scan(const ProtobufCMessageDescriptor *schema, const uint8_t *p, size_t n, const struct place *outer, unsigned depth, struct reason *r)
{
	const struct payload_rules *rules = payload_rules(schema);
	size_t seen[SCHEMA_FIELDS_MAX] = { 0 }, unknown = 0;
	struct wire w = wire_of(p, n);

	if (depth > FIELD_DEPTH_MAX || schema->n_fields > SCHEMA_FIELDS_MAX)
		return refuse(r, outer, "is nested too deep");
	while (w.at < w.end) {
		const ProtobufCFieldDescriptor *f;
		enum wire_type type;
		struct place here;
		unsigned number;
		size_t index;
		lb_err e;

		if (!wire_tag(&w, &number, &type))
			return refuse(r, outer, "is no protobuf message");
		f = protobuf_c_message_descriptor_get_field(schema, number);
		if (!f) {
			if (++unknown > UNKNOWN_MAX || !wire_skip(&w, type))
				return refuse(r, outer, unknown > UNKNOWN_MAX ? "has too many unknown fields" : "is no protobuf message");
			continue;
		}
		index = (size_t)(f - schema->fields);
		here = place_of(outer, f, seen[index]);
		if (f->label == PROTOBUF_C_LABEL_REPEATED ? seen[index] == field_rule(rules, f).most : seen[index] == 1)
			return refuse(r, &here, f->label == PROTOBUF_C_LABEL_REPEATED ? "is one more than allowed" : "is there twice");
		seen[index]++;
		e = scan_value(f, type, &w, &here, depth, r);
		if (e != LB_OK)
			return e;
	}
	return LB_OK;
}

/* C0, DEL and C1; of a text with several lines all but line breaks and tabs. */
static bool has_control(const char *text, bool lines)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if ((*p < 0x20 && !(lines && (*p == '\n' || *p == '\t' || *p == '\r'))) || *p == 0x7f)
			return true;
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			return true;
	}
	return false;
}

static lb_err check_text(const struct field_rule *rule, const char *text, const struct place *here, struct reason *r)
{
	size_t n = strlen(text);
	const char *wrong;
	char limit[64];

	if (n > rule->max) {
		snprintf(limit, sizeof limit, "has more than %u bytes", rule->max);
		return refuse(r, here, limit);
	}
	if (!lb_utf8_is_valid(text, n))
		return refuse(r, here, "is no UTF-8");
	if (has_control(text, rule->flags & FIELD_LINES))
		return refuse(r, here, rule->flags & FIELD_LINES ? "has a control character" : "has a control character or a line break");
	wrong = n > 0 && rule->wrong ? rule->wrong(text) : NULL;
	return wrong ? refuse(r, here, wrong) : LB_OK;
}

static lb_err check_bytes(const struct field_rule *rule, size_t n, const struct place *here, struct reason *r)
{
	char limit[64];

	if (rule->flags & FIELD_IS_ID)
		return n == 0 || n == 16 ? LB_OK : refuse(r, here, "is no id of 16 bytes");
	snprintf(limit, sizeof limit, "has more than %u bytes", rule->max);
	return rule->max && n > rule->max ? refuse(r, here, limit) : LB_OK;
}

static lb_err check_time(int64_t ms, const struct place *here, struct reason *r)
{
	return ms == 0 || (ms >= TIME_FIRST && ms < TIME_LAST) ? LB_OK : refuse(r, here, "is not plausible: the time lies between 1990 and 2200");
}

static lb_err check_number(const struct field_rule *rule, uint64_t v, const struct place *here, struct reason *r)
{
	char limit[64];

	snprintf(limit, sizeof limit, "is more than %u", rule->max);
	return rule->max && v > rule->max ? refuse(r, here, limit) : LB_OK;
}

static lb_err check_message(const ProtobufCMessage *m, const struct place *outer, unsigned depth, struct reason *r);

static lb_err check_value(const struct payload_rules *rules, const struct field_rule *rule, const ProtobufCMessage *m,
                          const ProtobufCFieldDescriptor *f, size_t i, const struct place *here, unsigned depth, struct reason *r)
{
	switch (field_kind(rules, f)) {
	case FIELD_TEXT:
		return check_text(rule, field_text(m, f, i), here, r);
	case FIELD_ID:
	case FIELD_BYTES:
		return check_bytes(rule, field_bytes(m, f, i).len, here, r);
	case FIELD_TIME:
		return check_time(field_number(m, f, i), here, r);
	case FIELD_NUMBER:
		return check_number(rule, field_unsigned(m, f, i), here, r);
	case FIELD_MESSAGE:
		return field_message(m, f, i) ? check_message(field_message(m, f, i), here, depth + 1, r) : LB_OK;
	case FIELD_FLAG:
	case FIELD_ENUM:
		break;
	}
	return LB_OK;
}

static lb_err check_field(const struct payload_rules *rules, const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f, const struct place *outer,
                          unsigned depth, struct reason *r)
{
	struct field_rule rule = field_rule(rules, f);
	struct place here = { outer, f->name, SIZE_MAX };
	size_t n = field_count(m, f);
	lb_err e = LB_OK;

	if (field_is_empty(m, f))
		return rule.flags & FIELD_REQUIRED ? refuse(r, &here, "is missing") : LB_OK;
	if (f->label == PROTOBUF_C_LABEL_REPEATED && n > rule.most)
		return refuse(r, &here, "has more elements than allowed");
	for (size_t i = 0; e == LB_OK && i < n; i++) {
		here = place_of(outer, f, i);
		e = check_value(rules, &rule, m, f, i, &here, depth, r);
	}
	return e;
}

static lb_err check_message(const ProtobufCMessage *m, const struct place *outer, unsigned depth, struct reason *r)
{
	const struct payload_rules *rules = payload_rules(m->descriptor);
	const char *wrong, *field = "";
	struct place here;
	lb_err e = LB_OK;

	if (depth > FIELD_DEPTH_MAX)
		return refuse(r, outer, "is nested too deep");
	for (unsigned i = 0; e == LB_OK && i < m->descriptor->n_fields; i++)
		e = check_field(rules, m, &m->descriptor->fields[i], outer, depth, r);
	if (e != LB_OK || !rules->wrong)
		return e;
	wrong = rules->wrong(m, &field);
	here = (struct place){ outer, field, SIZE_MAX };
	return wrong ? refuse(r, &here, wrong) : LB_OK;
}

lb_err lb_payload_check_message(const ProtobufCMessage *m, char *why, size_t why_n)
{
	struct reason r = { why, why_n };

	return check_message(m, NULL, 1, &r);
}

lb_err lb_payload_open_as(const ProtobufCMessageDescriptor *schema, struct lb_frame payload, ProtobufCMessage **out, char *why, size_t why_n)
{
	const uint8_t *p = payload.n ? payload.p : (const uint8_t *)"";
	struct reason r = { why, why_n };
	ProtobufCMessage *m;
	lb_err e;

	if (payload.n > LB_PAYLOAD_MAX) {
		snprintf(why, why_n, "the payload has %zu bytes, %d are allowed", payload.n, LB_PAYLOAD_MAX);
		return LB_LIMIT;
	}
	e = scan(schema, p, payload.n, NULL, 1, &r);
	if (e != LB_OK)
		return e;
	m = protobuf_c_message_unpack(schema, NULL, payload.n, p);
	if (!m)
		return refuse(&r, NULL, "is no message of its schema");
	e = check_message(m, NULL, 1, &r);
	if (e != LB_OK)
		protobuf_c_message_free_unpacked(m, NULL);
	else
		*out = m;
	return e;
}

lb_err lb_payload_open(unsigned type, struct lb_frame payload, ProtobufCMessage **out, char *why, size_t why_n)
{
	const ProtobufCMessageDescriptor *schema = lb_payload_schema(type);

	if (schema)
		return lb_payload_open_as(schema, payload, out, why, why_n);
	snprintf(why, why_n, "%s", lb_err_text(LB_UNKNOWN_TYPE));
	return LB_UNKNOWN_TYPE;
}

lb_err lb_payload_check(unsigned type, struct lb_frame payload, char *why, size_t why_n)
{
	ProtobufCMessage *m = NULL;
	lb_err e = lb_payload_open(type, payload, &m, why, why_n);

	if (e == LB_OK)
		protobuf_c_message_free_unpacked(m, NULL);
	return e;
}

static bool is_unmarked(void *user, const struct field_rule *rule, const char *text)
{
	const char **marked = user;

	if (!(rule->flags & FIELD_NAME) && lb_text_is_classified(text, strlen(text)))
		*marked = rule->name;
	return !*marked;
}

const char *lb_payload_marked(const ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f = field_find(m->descriptor, "attachment");
	ProtobufCBinaryData file = { 0, NULL };
	const char *marked = NULL;

	if (f && f->type == PROTOBUF_C_TYPE_BYTES)
		file = field_bytes(m, f, 0);
	if (file.len > 0 && lb_utf8_is_valid((const char *)file.data, file.len) && lb_text_is_classified((const char *)file.data, file.len))
		return f->name;
	payload_each_text(m, is_unmarked, &marked);
	return marked;
}
