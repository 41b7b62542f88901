/* What each field of a payload may hold, a table for each schema, and what holds between the fields. What has no row has the defaults. */
#include <string.h>

#include "lagebus/indicator.h"
#include "lagebus/limits.h"
#include "proto/approval.pb-c.h"
#include "proto/assistance.pb-c.h"
#include "proto/contact.pb-c.h"
#include "proto/exercise.pb-c.h"
#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/payload_field.h"
#include "proto/payload_value.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"
#include "proto/training.pb-c.h"
#include "proto/violence.pb-c.h"
#include "proto/warning.pb-c.h"

#define MUST FIELD_REQUIRED
#define LINES FIELD_LINES
#define ID FIELD_IS_ID

static const char missing[] = "is missing", order[] = "lies before the beginning";

static const struct field_rule contact[] = {
	{ "function", 0, LB_TEXT_MAX, 0, NULL },
	{ "name", 0, LB_TEXT_MAX, 0, NULL },
	{ "phone", 0, LB_TEXT_MAX, 0, NULL },
	{ "email", 0, 0, 0, value_wrong_email },
};

static const struct field_rule indicator[] = {
	{ "id", MUST | ID, 0, 0, NULL },
	{ "kind", MUST, 0, 0, NULL },
	{ "value", MUST | FIELD_NAME, LB_INDICATOR_VALUE_MAX, 0, NULL },
	{ "confidence", 0, 100, 0, NULL },
	{ "references", 0, 0, 0, value_wrong_url },
	{ "description", LINES, 0, 0, NULL },
};
static const char *indicator_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__Indicator *x = (const Lagebus__Indicator *)m;

	*field = "value";
	if (value_wrong(x->kind, x->value))
		return value_wrong(x->kind, x->value);
	*field = "valid_until";
	return x->valid_until && x->valid_until < x->valid_from ? order : NULL;
}

static const struct field_rule indicators[] = {
	{ "indicators", MUST, 0, LB_INDICATORS_MAX, NULL },
};

static const struct field_rule sighting[] = {
	{ "indicator", MUST | ID, 0, 0, NULL },
};
static const char *sighting_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__Sighting *x = (const Lagebus__Sighting *)m;

	*field = "last_seen";
	return x->last_seen && x->last_seen < x->first_seen ? order : NULL;
}

static const struct field_rule sightings[] = {
	{ "sightings", MUST, 0, LB_INDICATORS_MAX, NULL },
};

static const struct field_rule warning[] = {
	{ "title", MUST, 0, 0, NULL },
	{ "summary", LINES, LB_PAYLOAD_MAX, 0, NULL },
	{ "products", LINES | FIELD_NAME, 4096, 1000, NULL },
	{ "cves", 0, 0, 1000, value_wrong_cve },
	{ "measures", LINES, 0, 0, NULL },
	{ "advisory", 0, LB_PAYLOAD_MAX, 0, NULL },
	{ "url", 0, LB_INDICATOR_VALUE_MAX, 0, value_wrong_web },
};

static const struct field_rule original[] = {
	{ "header", MUST, LB_HEADER_MAX, 0, NULL },
	{ "payload", 0, LB_PAYLOAD_MAX, 0, NULL },
	{ "signature", MUST, LB_SIGNATURE_MAX, 0, NULL },
};

static const struct field_rule incident[] = {
	{ "stage", MUST, 0, 0, NULL },
	{ "description", LINES, 0, 0, NULL },
	{ "impact", LINES, 0, 0, NULL },
	{ "measures", LINES, 0, 0, NULL },
	{ "indicators", 0, 0, 1000, NULL },
	{ "lead", 0, 0, 0, value_wrong_partner },
};
static const char *incident_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__IncidentReport *x = (const Lagebus__IncidentReport *)m;
	bool first = x->stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;

	*field = "title";
	if (first && !*x->title)
		return missing;
	*field = "known_at";
	if (first && !x->known_at)
		return missing;
	*field = "lead";
	if (x->stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER && !*x->lead)
		return missing;
	*field = "reported";
	if (x->reported && x->stage != LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM)
		return "goes with a confirmation only";
	*field = "closed";
	return x->closed && x->stage != LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL ? "goes with the final report only" : NULL;
}

static const struct field_rule request[] = {
	{ "request", ID, 0, 0, NULL },
	{ "state", MUST, 0, 0, NULL },
	{ "text", LINES, 0, 0, NULL },
	{ "offer", ID, 0, 0, NULL },
};
static const char *request_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__AssistanceRequest *x = (const Lagebus__AssistanceRequest *)m;
	bool open = x->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN;

	*field = "capability";
	if (open && !*x->capability)
		return missing;
	*field = "request";
	if (!open && x->request.len == 0)
		return missing;
	*field = "offer";
	return x->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED && x->offer.len == 0 ? missing : NULL;
}

static const struct field_rule offer[] = {
	{ "request", MUST | ID, 0, 0, NULL },
	{ "offer", ID, 0, 0, NULL },
	{ "state", MUST, 0, 0, NULL },
	{ "text", LINES, 0, 0, NULL },
};
static const char *offer_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__AssistanceOffer *x = (const Lagebus__AssistanceOffer *)m;

	*field = "capability";
	if (x->state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN && !*x->capability)
		return missing;
	*field = "until";
	return x->until && x->until < x->from ? order : NULL;
}

static const struct field_rule count[] = {
	{ "name", MUST, 0, 0, NULL },
};
static const struct field_rule situation[] = {
	{ "title", MUST, 0, 0, NULL },
	{ "counts", 0, 0, 100, NULL },
	{ "text", LINES, LB_PAYLOAD_MAX, 0, NULL },
	{ "attachment", 0, LB_PAYLOAD_MAX, 0, NULL },
};
static const char *situation_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__SituationReport *x = (const Lagebus__SituationReport *)m;

	*field = "to";
	return x->to && x->to < x->from ? order : NULL;
}

static const struct field_rule event[] = {
	{ "uid", MUST, LB_TEXT_MAX, 0, NULL },
	{ "kind", MUST, 0, 0, NULL },
	{ "title", MUST, 0, 0, NULL },
	{ "description", LINES, 0, 0, NULL },
	{ "begins", MUST, 0, 0, NULL },
	{ "accessibility", LINES, 0, 0, NULL },
	{ "url", 0, LB_INDICATOR_VALUE_MAX, 0, value_wrong_web },
};
static const char *event_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__TrainingEvent *x = (const Lagebus__TrainingEvent *)m;

	*field = "ends";
	return x->ends && x->ends < x->begins ? order : NULL;
}

static const struct field_rule registration[] = {
	{ "uid", MUST, LB_TEXT_MAX, 0, NULL },
	{ "event", MUST | ID, 0, 0, NULL },
	{ "note", LINES, 0, 0, NULL },
};

static const struct field_rule violence_case[] = {
	{ "pseudonym", MUST | ID, 0, 0, NULL },
	{ "ciphertext", MUST, LB_PAYLOAD_MAX, 0, NULL },
};
static const struct field_rule violence[] = {
	{ "text", LINES, 0, 0, NULL },
	{ "urls", 0, LB_INDICATOR_VALUE_MAX, 0, value_wrong_url },
	{ "attachment", 0, LB_PAYLOAD_MAX, 0, NULL },
	{ "exercise", 0, LB_TEXT_MAX, 0, NULL },
};

static const struct field_rule receipt[] = {
	{ "refers_to", MUST | ID, 0, 0, NULL },
	{ "state", MUST, 0, 0, NULL },
	{ "by", 0, LB_TEXT_MAX, 0, NULL },
	{ "note", LINES, 0, 0, NULL },
};
static const struct field_rule approval[] = {
	{ "refers_to", MUST | ID, 0, 0, NULL },
	{ "digest", MUST, 32, 0, NULL },
	{ "decision", MUST, 0, 0, NULL },
	{ "by", 0, LB_TEXT_MAX, 0, NULL },
	{ "note", LINES, 0, 0, NULL },
};
static const char *approval_wrong(const ProtobufCMessage *m, const char **field)
{
	*field = "digest";
	return ((const Lagebus__Approval *)m)->digest.len == 32 ? NULL : "is no SHA-256 digest of 32 bytes";
}
static const struct field_rule recall[] = {
	{ "refers_to", MUST | ID, 0, 0, NULL },
	{ "reason", LINES, 0, 0, NULL },
};

static const struct field_rule exercise[] = {
	{ "phase", MUST, 0, 0, NULL },
	{ "title", MUST, LB_TEXT_MAX, 0, NULL },
	{ "text", LINES, 0, 0, NULL },
};
static const char *exercise_wrong(const ProtobufCMessage *m, const char **field)
{
	const Lagebus__Exercise *x = (const Lagebus__Exercise *)m;

	*field = "ends";
	return x->ends && x->ends < x->begins ? order : NULL;
}

#define ROW(schema, rules, wrong) { &lagebus__##schema##__descriptor, rules, sizeof(rules) / sizeof((rules)[0]), wrong }

/* What there are most of in a message stands first. */
static const struct payload_rules all[] = {
	ROW(indicator, indicator, indicator_wrong),
	ROW(sighting, sighting, sighting_wrong),
	ROW(situation_count, count, NULL),
	ROW(contact, contact, NULL),
	ROW(indicators, indicators, NULL),
	ROW(sightings, sightings, NULL),
	ROW(warning, warning, NULL),
	ROW(incident_report, incident, incident_wrong),
	ROW(original_report, original, NULL),
	ROW(assistance_request, request, request_wrong),
	ROW(assistance_offer, offer, offer_wrong),
	ROW(situation_report, situation, situation_wrong),
	ROW(training_event, event, event_wrong),
	ROW(training_registration, registration, NULL),
	ROW(digital_violence_case, violence_case, NULL),
	ROW(digital_violence_report, violence, NULL),
	ROW(receipt, receipt, NULL),
	ROW(approval, approval, approval_wrong),
	ROW(recall, recall, NULL),
	ROW(exercise, exercise, exercise_wrong),
};

const struct payload_rules *payload_rules(const ProtobufCMessageDescriptor *schema)
{
	static const struct payload_rules none;

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i].schema == schema)
			return &all[i];
	return &none;
}
