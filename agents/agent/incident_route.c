/* What a body below reports, on its way up by itself. */
#include "agents/agent/incident_route.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/incident_original.h"
#include "agents/agent/incident_store.h"
#include "agents/agent/intake.h"
#include "lagebus/message_type.h"
#include "proto/host/log.h"
#include "proto/incident.pb-c.h"

void incident_route_up(const struct agent *a, char *out, size_t n)
{
	const char *partner = lb_tls_identity(a->tls)->partner, *slash = strrchr(partner, '/');

	if (slash)
		snprintf(out, n, "%.*s", (int)(slash - partner), partner);
	else
		snprintf(out, n, "%s", strcmp(partner, a->settings.incident_to) == 0 ? "" : a->settings.incident_to);
}

static bool is_directly_below(struct lb_text body, const char *partner)
{
	size_t n = strlen(partner);

	return body.n > n + 1 && memcmp(body.p, partner, n) == 0 && body.p[n] == '/' && !memchr(body.p + n + 1, '/', body.n - n - 1);
}

/* The body's words, and as it signed them; NULL: they are none, or memory is out. */
static Lagebus__IncidentReport *words_of(const struct lb_frame frames[3], Lagebus__OriginalReport *original)
{
	Lagebus__IncidentReport *r = lagebus__incident_report__unpack(NULL, frames[1].n, frames[1].n ? frames[1].p : (const uint8_t *)"");

	lagebus__original_report__init(original);
	original->header = (ProtobufCBinaryData){ frames[0].n, (uint8_t *)frames[0].p };
	original->payload = (ProtobufCBinaryData){ frames[1].n, (uint8_t *)frames[1].p };
	original->signature = (ProtobufCBinaryData){ frames[2].n, (uint8_t *)frames[2].p };
	return r;
}

static lb_err pack_words(const struct lb_frame frames[3], struct lb_buf *out)
{
	Lagebus__OriginalReport original;
	Lagebus__IncidentReport *r = words_of(frames, &original);
	uint8_t *room;
	size_t n;

	if (!r)
		return LB_INVALID;
	if (r->original) {
		/* It passed on what one below it had reported: that is inside what it signed. */
		lagebus__original_report__free_unpacked(r->original, NULL);
	}
	r->original = &original;
	n = lagebus__incident_report__get_packed_size(r);
	room = n <= LB_PAYLOAD_MAX ? lb_buf_reserve(out, n) : NULL;
	if (room)
		lb_buf_added(out, lagebus__incident_report__pack(r, room));
	r->original = NULL;
	lagebus__incident_report__free_unpacked(r, NULL);
	return n > LB_PAYLOAD_MAX ? LB_LIMIT : room ? LB_OK : LB_NO_MEMORY;
}

/* A correction of what was passed on corrects that. */
static void route_header(struct agent *a, const struct lb_header *h, const char *to, struct lb_header *out)
{
	const struct lb_message_type *type = lb_message_type(h->type);

	*out = (struct lb_header){ .type = h->type, .schema_version = h->schema_version, .area = h->area, .tlp = lb_tlp_effective(h->tlp), .level = h->level };
	out->origin = lb_text_of(lb_tls_identity(a->tls)->partner);
	out->audience_n = 1;
	out->audience[0] = lb_text_of(to);
	out->has_thread = true;
	out->thread = h->has_thread ? h->thread : h->id;
	out->has_supersedes = h->has_supersedes && incident_store_passed_on(&a->store, &h->supersedes, &out->supersedes) == LB_OK;
	out->exercise = h->exercise;
	out->exercise_name = h->exercise_name;
	out->language = h->language;
	out->personal_data = h->personal_data;
	out->ack_policy = type->ack_policy;
	out->ack_deadline_ms = agent_clock_ms() + type->ack_ms;
}

static void log_kept(const struct lb_header *h, lb_err e)
{
	char id[LB_UUID_TEXT];

	lb_uuid_format(&h->id, id);
	log_event(LOG_WARN, "incident_not_passed_on", "id=%s reason=%s detail=%s", id, lb_err_token(e), "somebody has to confirm it");
}

lb_err incident_route_pass_on(struct agent *a, const struct lb_header *h, const struct lb_frame frames[3])
{
	char to[LB_PARTNER_ID_MAX + 1], id_text[LB_UUID_TEXT];
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_header up;
	struct lb_uuid id;
	lb_err e;

	if (h->type != LB_TYPE_INCIDENT_REPORT || strcmp(a->settings.incident_route, "forward") != 0 ||
	    !is_directly_below(h->origin, lb_tls_identity(a->tls)->partner))
		return LB_OK;
	incident_route_up(a, to, sizeof to);
	/* What is for a named recipient only stays with it. */
	e = !to[0] ? LB_BAD_AUDIENCE : lb_tlp_effective(h->tlp) == LB_TLP_RED ? LB_TLP_RED_NAMED_ONLY : pack_words(frames, &payload);
	if (e == LB_OK) {
		route_header(a, h, to, &up);
		e = publish_add(a, &up, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) }, &id);
	}
	lb_buf_fini(&payload);
	if (e == LB_OK) {
		lb_uuid_format(&id, id_text);
		log_event(LOG_INFO, "incident_passed_on", "id=%s to=%s from=%.*s", id_text, to, (int)h->origin.n, h->origin.p);
	} else if (a->store.failure == LB_OK) {
		/* The store is fine: what cannot go up by itself is no reason not to have it here. */
		log_kept(h, e);
		e = LB_OK;
	}
	return e;
}

/* *h is the header of what is inside, whose texts stay the report's. */
static lb_err verify_one(struct agent *a, const struct lb_header *outer, Lagebus__IncidentReport *r, struct lb_header *h)
{
	const Lagebus__OriginalReport *o = incident_original_of(r);
	struct lb_frame header = { o->header.data, o->header.len }, payload = { o->payload.data, o->payload.len }, signature = { o->signature.data, o->signature.len };
	uint8_t hint[LB_SIGNER_SIZE];
	const char *signer;
	lb_err e = lb_header_decode(header.p, header.n, h);

	if (e == LB_OK)
		e = incident_original_fits(outer, h);
	if (e == LB_OK)
		e = signers_verify(a->signers, h, header, payload, signature, hint, &signer);
	if ((e == LB_AGAIN || e == LB_UNKNOWN_SIGNER) && signers_ask(a->signers, hint, a->now_ms)) {
		intake_ask_for_signer(a, hint);
		e = LB_AGAIN;
	}
	/* Who confirms may have other words; who passes on has none. */
	return e == LB_OK && o == r->original && !incident_original_is_said(r) ? LB_INVALID : e;
}

/* Down to who said it first. It ends: each has to be below the one that it is inside of, and ids have three segments. Where a certificate is asked for, the
 * next one's is, too: that they are all here when somebody looks. */
static lb_err verify(struct agent *a, const struct lb_header *outer, Lagebus__IncidentReport *r)
{
	Lagebus__IncidentReport *inside = NULL;
	struct lb_header h;
	lb_err e = verify_one(a, outer, r, &h), e_inside = LB_OK;

	if (e == LB_OK || e == LB_AGAIN)
		inside = incident_original_open(incident_original_of(r));
	if (inside && incident_original_of(inside))
		e_inside = verify(a, &h, inside);
	if (inside)
		lagebus__incident_report__free_unpacked(inside, NULL);
	return e == LB_OK || (e_inside != LB_OK && e_inside != LB_AGAIN) ? e_inside : e;
}

lb_err incident_route_verify(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__IncidentReport *r = lagebus__incident_report__unpack(NULL, payload.n, payload.n ? payload.p : (const uint8_t *)"");
	lb_err e = r && incident_original_of(r) ? verify(a, h, r) : LB_NOT_FOUND;

	if (r)
		lagebus__incident_report__free_unpacked(r, NULL);
	return e;
}
