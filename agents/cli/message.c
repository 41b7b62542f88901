/* A stored message as the agent gives it, decoded once, and shown as text or JSON. */
#include "agents/cli/message.h"

#include <stdio.h>
#include <string.h>

#include "agents/cli/out.h"
#include "lagebus/sealed.h"
#include "agents/cli/when.h"
#include "agents/cli/payload_json.h"
#include "proto/host/words.h"
#include "proto/payload_field.h"

lb_err message_init(struct message *m, const Lagebus__StoredMessage *stored)
{
	const ProtobufCBinaryData *content;
	lb_err e;

	*m = (struct message){ .stored = stored };
	e = lb_header_decode(stored->header.data, stored->header.len, &m->header);
	if (e)
		return e;
	lb_uuid_format(&m->header.id, m->id);
	content = lb_sealed_is_due(&m->header) ? &stored->opened : &stored->payload;
	if (content->len == 0 || m->header.type == LB_TYPE_DIGITAL_VIOLENCE_CASE)
		return LB_OK;
	if (m->header.schema_version > LB_PAYLOAD_SCHEMA)
		snprintf(m->unreadable, sizeof(m->unreadable), _("its schema is of version %u, this lagebus knows %d"), m->header.schema_version, LB_PAYLOAD_SCHEMA);
	else if (lb_payload_open(m->header.type, (struct lb_frame){ content->data, content->len }, &m->payload, m->unreadable,
			sizeof(m->unreadable)))
		m->payload = NULL;
	return LB_OK;
}

bool message_is_open(const struct message *m)
{
	return m->stored->acknowledged < m->header.ack_policy;
}

bool message_is_overdue(const struct message *m, int64_t now_ms)
{
	const struct lb_header *h = &m->header;

	return message_is_open(m) && h->ack_deadline_ms && h->ack_deadline_ms <= now_ms && (!h->expires_ms || h->expires_ms > now_ms);
}

void message_fini(struct message *m)
{
	if (m->payload)
		protobuf_c_message_free_unpacked(m->payload, NULL);
	m->payload = NULL;
}

const char *message_text(const struct message *m, const char *field)
{
	const ProtobufCFieldDescriptor *f = m->payload ? field_find(m->payload->descriptor, field) : NULL;

	return f && f->type == PROTOBUF_C_TYPE_STRING ? field_text(m->payload, f, 0) : "";
}

const ProtobufCBinaryData *message_file(const struct message *m, const char *field)
{
	const ProtobufCFieldDescriptor *f = m->payload ? field_find(m->payload->descriptor, field) : NULL;

	return f && f->type == PROTOBUF_C_TYPE_BYTES ? field_value(m->payload, f, 0) : NULL;
}

const char *message_type(const struct message *m)
{
	const char *name = lb_type_name(m->header.type);

	return name ? name : N_("unknown-type");
}

const char *message_area(const struct message *m)
{
	const char *name = lb_area_name(m->header.area);

	return name ? name : N_("unknown-area");
}

void message_audience(const struct lb_header *h, char *out, size_t n)
{
	size_t at = 0;

	out[0] = 0;
	for (unsigned i = 0; i < h->audience_n; i++) {
		int put = snprintf(out + at, n - at, "%s%.*s", i ? " " : "", (int)h->audience[i].n, h->audience[i].p);

		if (put < 0 || (size_t)put >= n - at)
			return;
		at += (size_t)put;
	}
}

static int show_entry(struct lb_text entry, char *out, size_t n)
{
	static const char group[] = "group:";
	const size_t prefix = sizeof(group) - 1;

	if (lb_text_equals(entry, "all"))
		return snprintf(out, n, "%s", _("all"));
	if (entry.n > 2 && memcmp(entry.p + entry.n - 2, "/*", 2) == 0)
		return snprintf(out, n, _("the bodies of %.*s"), (int)entry.n - 2, entry.p);
	if (entry.n > prefix && memcmp(entry.p, group, prefix) == 0)
		return snprintf(out, n, _("the group %.*s"), (int)(entry.n - prefix), entry.p + prefix);
	return snprintf(out, n, "%.*s", (int)entry.n, entry.p);
}

void message_audience_show(const struct cli *cli, const struct lb_header *h, char *out, size_t n)
{
	size_t at = 0;

	if (!cli->terminal) {
		message_audience(h, out, n);
		return;
	}
	out[0] = 0;
	for (unsigned i = 0; i < h->audience_n && at < n; i++) {
		at += (size_t)snprintf(out + at, n - at, "%s", i ? ", " : "");
		if (at < n)
			at += (size_t)show_entry(h->audience[i], out + at, n - at);
	}
}

json_t *message_audience_json(const struct lb_header *h)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < h->audience_n; i++)
		json_array_append_new(list, out_json_text(h->audience[i].p, h->audience[i].n));
	return list;
}

static void set(json_t *doc, const char *key, json_t *value)
{
	json_object_set_new(doc, key, value); /* a NULL value, out of memory, leaves the key out */
}

static void set_text(json_t *doc, const char *key, const char *p, size_t n)
{
	if (n > 0)
		set(doc, key, out_json_text(p, n));
}

static void set_id(json_t *doc, const char *key, bool there, const struct lb_uuid *id)
{
	char text[LB_UUID_TEXT];

	if (!there)
		return;
	lb_uuid_format(id, text);
	set(doc, key, json_string(text));
}

static void header_json(json_t *doc, const struct message *m)
{
	const struct lb_header *h = &m->header;

	set(doc, "type", json_string(message_type(m)));
	set(doc, "area", json_string(message_area(m)));
	set_text(doc, "origin", h->origin.p, h->origin.n);
	set(doc, "audience", message_audience_json(h));
	set(doc, "tlp", json_string(lb_tlp_name(lb_tlp_effective(h->tlp))));
	set(doc, "level", json_integer(h->level));
	set(doc, "lane", json_string(h->lane == LB_LANE_URGENT ? "urgent" : "routine"));
	set(doc, "created", out_json_time(h->created_ms));
	set(doc, "expires", out_json_time(h->expires_ms));
	set(doc, "ack_policy", json_string(h->ack_policy ? out_ack(h->ack_policy) : "none"));
	set(doc, "ack_deadline", out_json_time(h->ack_deadline_ms));
	set(doc, "overdue", json_boolean(message_is_overdue(m, when_now_ms())));
	set(doc, "exercise", json_boolean(h->exercise));
	set_text(doc, "exercise_name", h->exercise_name.p, h->exercise_name.n);
	set_text(doc, "language", h->language.p, h->language.n);
	set(doc, "personal_data", json_boolean(h->personal_data));
	set_id(doc, "thread", h->has_thread, &h->thread);
	set_id(doc, "supersedes", h->has_supersedes, &h->supersedes);
	set(doc, "approvals", json_integer(h->approvals_n));
}

json_t *message_json(const struct message *m)
{
	const Lagebus__StoredMessage *s = m->stored;
	json_t *doc = json_object();

	set(doc, "id", json_string(m->id));
	set_text(doc, "title", s->title, strlen(s->title));
	set_text(doc, "tracking_id", s->tracking_id, strlen(s->tracking_id));
	header_json(doc, m);
	set(doc, "received", out_json_time(s->received));
	set(doc, "position", json_integer((json_int_t)s->position));
	set(doc, "row", json_integer((json_int_t)s->row));
	set(doc, "acknowledged", json_string(s->acknowledged ? out_ack(s->acknowledged) : "no"));
	set_text(doc, "quarantine", s->quarantine, strlen(s->quarantine));
	set_text(doc, "signer", s->signer, strlen(s->signer));
	set_text(doc, "approved_by", s->approved_by, strlen(s->approved_by));
	if (m->payload)
		set(doc, "payload", payload_json(m->payload));
	if (*m->unreadable)
		set(doc, "payload_unreadable", out_json_string(m->unreadable));
	set_text(doc, "gone", s->gone, strlen(s->gone));
	set_text(doc, "gone_reason", s->gone_reason, strlen(s->gone_reason));
	if (*s->gone)
		set(doc, "gone_at", out_json_time(s->gone_at));
	else if (*s->quarantine)
		set(doc, "deleted_at", out_json_time(s->gone_at));
	if (s->superseded_by.len == sizeof(m->header.id.b)) {
		struct lb_uuid by;

		memcpy(by.b, s->superseded_by.data, sizeof(by.b));
		set_id(doc, "superseded_by", true, &by);
	}
	return doc;
}
