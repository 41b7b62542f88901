/* What a message is about. */
#include "agents/agent/describe.h"

#include <stdio.h>
#include <string.h>

#include "lagebus/sealed.h"
#include "lagebus/payload.h"
#include "lagebus/uuid.h"
#include "proto/approval.pb-c.h"
#include "proto/assistance.pb-c.h"
#include "proto/exercise.pb-c.h"
#include "proto/host/words.h"
#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/receipt.pb-c.h"
#include "proto/training.pb-c.h"

#define TITLE_MAX 1200 /* more than any title in a payload: only what is composed may be cut */

/* What is cut off in the middle of a character ends before it. */
static void end_at_character(char *text, size_t n)
{
	while (n > 0 && !lb_utf8_is_valid(text, n))
		n--;
	text[n] = 0;
}

/* "what: about (more)", the last two where they are not empty. */
static void compose(char out[TITLE_MAX], const char *what, const char *about, const char *more)
{
	int n = snprintf(out, TITLE_MAX, "%s%s%s%s%s%s", what, *what && *about ? ": " : "", about, *more ? " (" : "", more, *more ? ")" : "");

	if (n >= TITLE_MAX)
		end_at_character(out, TITLE_MAX - 1);
}

static void counted(char out[TITLE_MAX], const char *form, size_t n, const char *source)
{
	char number[FIELD_WORD], what[2 * FIELD_WORD];

	words_number(n, number);
	snprintf(what, sizeof what, form, number);
	compose(out, what, "", source);
}

static void title_indicators(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__Indicators *x = (const Lagebus__Indicators *)m;
	const Lagebus__Indicator *first = x->indicators[0];

	if (x->n_indicators == 1)
		compose(out, "", *first->title ? first->title : first->value, x->source);
	else
		counted(out, words_n("%s indicator", "%s indicators", x->n_indicators), x->n_indicators, x->source);
}

static void title_sightings(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__Sightings *x = (const Lagebus__Sightings *)m;

	counted(out, words_n("%s sighting", "%s sightings", x->n_sightings), x->n_sightings, x->n_sightings == 1 ? x->sightings[0]->source : "");
}

static void title_incident(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__IncidentReport *x = (const Lagebus__IncidentReport *)m;
	char stage[FIELD_WORD];

	words_enum(&lagebus__incident_stage__descriptor, x->stage, stage);
	compose(out, stage, x->title, "");
}

static void title_assistance(const char *what, int64_t state, const char *capability, char out[TITLE_MAX])
{
	char word[FIELD_WORD] = "";

	if (state != LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN)
		words_enum(&lagebus__assistance_state__descriptor, state, word);
	compose(out, what, capability, word);
}

static void title_request(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__AssistanceRequest *x = (const Lagebus__AssistanceRequest *)m;

	title_assistance(_("assistance wanted"), x->state, x->capability, out);
}

static void title_offer(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__AssistanceOffer *x = (const Lagebus__AssistanceOffer *)m;

	title_assistance(_("assistance offered"), x->state, x->capability, out);
}

static void title_event(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__TrainingEvent *x = (const Lagebus__TrainingEvent *)m;
	char status[FIELD_WORD] = "";

	if (x->status == LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED)
		words_enum(&lagebus__training_status__descriptor, x->status, status);
	compose(out, status, x->title, "");
}

static void title_registration(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__TrainingRegistration *x = (const Lagebus__TrainingRegistration *)m;
	const Lagebus__Contact *c = x->contact;
	const char *who = !c ? "" : *c->function ? c->function : c->name;

	if (x->seats == 0)
		compose(out, _("registration withdrawn"), "", who);
	else
		counted(out, words_n("registration for %s seat", "registration for %s seats", x->seats), x->seats, who);
}

static void title_violence(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const ProtobufCBinaryData pseudonym = field_bytes(m, field_find(m->descriptor, "pseudonym"), 0);
	char text[LB_UUID_TEXT];
	struct lb_uuid id;

	memcpy(id.b, pseudonym.data, sizeof id.b);
	lb_uuid_format(&id, text);
	compose(out, _("case"), text, "");
}

static void by(const char *what, const char *who, char out[TITLE_MAX])
{
	if (*who)
		snprintf(out, TITLE_MAX, _("%s by %s"), what, who);
	else
		compose(out, what, "", "");
}

static void title_receipt(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	static const char *const states[] = { "", N_("displayed"), N_("acknowledged"), N_("implemented"), N_("deleted") };
	const Lagebus__Receipt *x = (const Lagebus__Receipt *)m;

	by(x->state < sizeof states / sizeof states[0] ? _(states[x->state]) : "?", x->by, out);
}

static void title_approval(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__Approval *x = (const Lagebus__Approval *)m;
	char decision[FIELD_WORD];

	words_enum(&lagebus__approval_decision__descriptor, x->decision, decision);
	by(decision, x->by, out);
}

static void title_recall(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	compose(out, _("recall"), ((const Lagebus__Recall *)m)->reason, "");
	out[strcspn(out, "\r\n")] = 0;
}

static void title_exercise(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const Lagebus__Exercise *x = (const Lagebus__Exercise *)m;
	char phase[FIELD_WORD];

	words_enum(&lagebus__exercise_phase__descriptor, x->phase, phase);
	compose(out, phase, x->title, "");
}

static void title_plain(const ProtobufCMessage *m, char out[TITLE_MAX])
{
	const ProtobufCFieldDescriptor *f = field_find(m->descriptor, "title");

	compose(out, "", f ? field_text(m, f, 0) : "", "");
}

static void (*const titles[LB_TYPE_MAX + 1])(const ProtobufCMessage *m, char out[TITLE_MAX]) = {
	[LB_TYPE_INDICATOR] = title_indicators,
	[LB_TYPE_SIGHTING] = title_sightings,
	[LB_TYPE_WARNING] = title_plain,
	[LB_TYPE_INCIDENT_REPORT] = title_incident,
	[LB_TYPE_ASSISTANCE_REQUEST] = title_request,
	[LB_TYPE_ASSISTANCE_OFFER] = title_offer,
	[LB_TYPE_SITUATION_REPORT] = title_plain,
	[LB_TYPE_TRAINING_EVENT] = title_event,
	[LB_TYPE_DIGITAL_VIOLENCE_CASE] = title_violence,
	[LB_TYPE_RECEIPT] = title_receipt,
	[LB_TYPE_APPROVAL] = title_approval,
	[LB_TYPE_RECALL] = title_recall,
	[LB_TYPE_TRAINING_REGISTRATION] = title_registration,
	[LB_TYPE_EXERCISE] = title_exercise,
};

static lb_err add(struct lb_buf *to, const char *text)
{
	lb_err e = lb_buf_len(to) > 0 ? lb_buf_append(to, "\n", 1) : LB_OK;

	return e == LB_OK ? lb_buf_append(to, text, strlen(text)) : e;
}

static lb_err add_titles(struct description *d, const char *english, const char *german)
{
	lb_err e = *english ? add(&d->title, english) : LB_OK;

	return e == LB_OK && strcmp(english, german) != 0 ? add(&d->title_german, german) : e;
}

struct texts {
	struct description *d;
	lb_err e;
};

static bool add_text(void *user, const struct field_rule *rule, const char *text)
{
	struct texts *t = user;

	if (strcmp(rule->name, "tracking_id") == 0)
		t->e = add(&t->d->tracking_id, text);
	else
		t->e = add(&t->d->body, text);
	return t->e == LB_OK;
}

static lb_err describe_payload(unsigned type, const ProtobufCMessage *m, struct description *d)
{
	char title[TITLE_MAX] = "", german[TITLE_MAX] = "";
	struct texts t = { d, LB_OK };
	bool before = words_speak_german(false);

	titles[type](m, title);
	words_speak_german(true);
	titles[type](m, german);
	words_speak_german(before);
	t.e = add_titles(d, title, german);
	if (t.e == LB_OK)
		payload_each_text(m, add_text, &t);
	return t.e;
}

static void title_sealed(bool german, const struct lb_sealed *s, const char *pseudonym, char out[TITLE_MAX])
{
	bool before = words_speak_german(german);

	if (s->pseudonym.n)
		snprintf(out, TITLE_MAX, _("case %.8s"), pseudonym);
	else
		snprintf(out, TITLE_MAX, "%s", _("encrypted"));
	words_speak_german(before);
}

/* Of what is encrypted nothing is known here, and nothing is to be: neither title nor search show more than what a case is called. */
static lb_err describe_sealed(struct lb_frame payload, struct description *d)
{
	char pseudonym[LB_PSEUDONYM_TEXT], english[TITLE_MAX], german[TITLE_MAX];
	struct lb_sealed s;
	lb_err e;

	if (lb_sealed_read(payload, &s) != LB_OK)
		return LB_OK;
	lb_pseudonym_format(s.pseudonym, pseudonym);
	title_sealed(false, &s, pseudonym, english);
	title_sealed(true, &s, pseudonym, german);
	e = add_titles(d, english, german);
	return e == LB_OK ? add(&d->tracking_id, pseudonym) : e;
}

static lb_err describe_open(const struct lb_header *h, struct lb_frame payload, struct description *d)
{
	ProtobufCMessage *m = NULL;
	lb_err e;

	if (h->schema_version > LB_PAYLOAD_SCHEMA)
		snprintf(d->wrong, sizeof d->wrong, "its schema is of version %u, this agent knows %d", h->schema_version, LB_PAYLOAD_SCHEMA);
	else if (lb_payload_open(h->type, payload, &m, d->wrong, sizeof d->wrong) != LB_OK)
		m = NULL;
	e = m ? describe_payload(h->type, m, d) : LB_OK;
	if (m)
		protobuf_c_message_free_unpacked(m, NULL);
	return e;
}

static lb_err end_text(struct lb_buf *b)
{
	return lb_buf_len(b) > 0 ? lb_buf_append(b, "", 1) : LB_OK;
}

lb_err describe(const struct lb_header *h, struct lb_frame payload, struct description *out)
{
	struct description d = { LB_BUF_INIT, LB_BUF_INIT, LB_BUF_INIT, LB_BUF_INIT, "" };
	lb_err e;

	if (lb_sealed_is_due(h))
		e = describe_sealed(payload, &d);
	else
		e = describe_open(h, payload, &d);
	if (e == LB_OK)
		e = end_text(&d.title);
	if (e == LB_OK)
		e = end_text(&d.title_german);
	if (e == LB_OK)
		e = end_text(&d.tracking_id);
	if (e == LB_OK)
		e = end_text(&d.body);
	if (e != LB_OK)
		description_fini(&d);
	else
		*out = d;
	return e;
}

void description_fini(struct description *d)
{
	lb_buf_fini(&d->title);
	lb_buf_fini(&d->title_german);
	lb_buf_fini(&d->tracking_id);
	lb_buf_fini(&d->body);
}
