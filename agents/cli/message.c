/* A stored message as the agent gives it, decoded once, and shown as text or JSON. */
#include "agents/cli/message.h"

#include <string.h>

#include "agents/cli/out.h"

lb_err message_init(struct message *m, const Lagebus__StoredMessage *stored)
{
	lb_err e;

	*m = (struct message){ .stored = stored };
	e = lb_header_decode(stored->header.data, stored->header.len, &m->header);
	if (e)
		return e;
	lb_uuid_format(&m->header.id, m->id);
	if (stored->payload.len == 0)
		return LB_OK;
	if (m->header.type == LB_TYPE_WARNING)
		m->warning = lagebus__warning__unpack(NULL, stored->payload.len, stored->payload.data);
	else if (m->header.type < LB_TYPE_RECEIPT)
		m->note = lagebus__note__unpack(NULL, stored->payload.len, stored->payload.data);
	return LB_OK;
}

void message_fini(struct message *m)
{
	if (m->warning)
		lagebus__warning__free_unpacked(m->warning, NULL);
	if (m->note)
		lagebus__note__free_unpacked(m->note, NULL);
	m->warning = NULL;
	m->note = NULL;
}

const char *message_type(const struct message *m)
{
	const char *name = lb_type_name(m->header.type);

	return name ? name : "unknown-type";
}

const char *message_area(const struct message *m)
{
	const char *name = lb_area_name(m->header.area);

	return name ? name : "unknown-area";
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

static json_t *texts(size_t n, char **p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, out_json_string(p[i]));
	return array;
}

static void header_json(json_t *doc, const struct message *m)
{
	const struct lb_header *h = &m->header;
	json_t *audience = json_array();

	set(doc, "type", json_string(message_type(m)));
	set(doc, "area", json_string(message_area(m)));
	set_text(doc, "origin", h->origin.p, h->origin.n);
	for (unsigned i = 0; i < h->audience_n; i++)
		json_array_append_new(audience, out_json_text(h->audience[i].p, h->audience[i].n));
	set(doc, "audience", audience);
	set(doc, "tlp", json_string(lb_tlp_name(lb_tlp_effective(h->tlp))));
	set(doc, "level", json_integer(h->level));
	set(doc, "lane", json_string(h->lane == LB_LANE_URGENT ? "urgent" : "routine"));
	set(doc, "created", out_json_time(h->created_ms));
	set(doc, "expires", out_json_time(h->expires_ms));
	set(doc, "ack_policy", json_string(h->ack_policy ? out_ack(h->ack_policy) : "none"));
	set(doc, "ack_deadline", out_json_time(h->ack_deadline_ms));
	set(doc, "exercise", json_boolean(h->exercise));
	set_text(doc, "exercise_name", h->exercise_name.p, h->exercise_name.n);
	set_text(doc, "language", h->language.p, h->language.n);
	set(doc, "personal_data", json_boolean(h->personal_data));
	set_id(doc, "thread", h->has_thread, &h->thread);
	set_id(doc, "supersedes", h->has_supersedes, &h->supersedes);
	set(doc, "approvals", json_integer(h->approvals_n));
}

static json_t *warning_json(const Lagebus__Warning *w)
{
	json_t *doc = json_object();

	set_text(doc, "publisher", w->publisher, strlen(w->publisher));
	set_text(doc, "summary", w->summary, strlen(w->summary));
	set_text(doc, "bits_category", w->bits_category, strlen(w->bits_category));
	set_text(doc, "wid_grade", w->wid_grade, strlen(w->wid_grade));
	set(doc, "products", texts(w->n_products, w->products));
	set(doc, "cves", texts(w->n_cves, w->cves));
	set(doc, "measures", texts(w->n_measures, w->measures));
	set_text(doc, "url", w->url, strlen(w->url));
	set_text(doc, "advisory_format", w->advisory_format, strlen(w->advisory_format));
	set(doc, "advisory_bytes", json_integer((json_int_t)w->advisory.len));
	return doc;
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
	set_text(doc, "gone", s->gone, strlen(s->gone));
	set_text(doc, "gone_reason", s->gone_reason, strlen(s->gone_reason));
	if (*s->gone)
		set(doc, "gone_at", out_json_time(s->gone_at));
	if (s->superseded_by.len == sizeof(m->header.id.b)) {
		struct lb_uuid by;

		memcpy(by.b, s->superseded_by.data, sizeof(by.b));
		set_id(doc, "superseded_by", true, &by);
	}
	if (m->warning)
		set(doc, "warning", warning_json(m->warning));
	if (m->note)
		set_text(doc, "text", m->note->text, strlen(m->note->text));
	if (m->note && m->note->attachment.len)
		set(doc, "attachment_bytes", json_integer((json_int_t)m->note->attachment.len));
	return doc;
}
