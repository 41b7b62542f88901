/* Incidents as JSON. */
#include <string.h>

#include "agents/cli/incident_show.h"
#include "agents/cli/incident_words.h"
#include "agents/cli/out.h"
#include "lagebus/err.h"
#include "lagebus/tlp.h"
#include "lagebus/topic.h"
#include "lagebus/uuid.h"

static json_t *id_json(ProtobufCBinaryData from)
{
	char text[LB_UUID_TEXT];
	struct lb_uuid id;

	if (from.len != sizeof(id.b))
		return json_null();
	memcpy(id.b, from.data, sizeof(id.b));
	lb_uuid_format(&id, text);
	return json_string(text);
}

static void set(json_t *doc, const char *key, json_t *value)
{
	json_object_set_new(doc, key, value); /* a NULL value, out of memory, leaves the key out */
}

static void set_text(json_t *doc, const char *key, const char *text)
{
	if (*text)
		set(doc, key, out_json_string(text));
}

static json_t *texts(size_t n, char **p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, out_json_string(p[i]));
	return list;
}

static void report_json(json_t *doc, const Lagebus__IncidentReport *r)
{
	set_text(doc, "title", r->title);
	set_text(doc, "text", r->description);
	set(doc, "tier", json_string(incident_token(WORDS_TIER, (unsigned)r->tier)));
	set(doc, "category", json_string(incident_token(WORDS_CATEGORY, (unsigned)r->category)));
	set(doc, "malicious", json_string(incident_token(WORDS_ANSWER, (unsigned)r->malicious)));
	set(doc, "cross_border", json_string(incident_token(WORDS_ANSWER, (unsigned)r->cross_border)));
	set(doc, "known", out_json_time(r->known_at));
	set_text(doc, "impact", r->impact);
	set(doc, "services", texts(r->n_services, r->services));
	set(doc, "measures", texts(r->n_measures, r->measures));
	if (r->contact)
		set(doc, "contact", json_pack("{s:o,s:o,s:o,s:o}", "function", out_json_string(r->contact->function), "name", out_json_string(r->contact->name),
			"phone", out_json_string(r->contact->phone), "email", out_json_string(r->contact->email)));
}

static json_t *clocks_json(const Lagebus__Incident *i)
{
	json_t *list = json_array();

	for (size_t k = 0; k < i->n_clocks; k++) {
		const Lagebus__IncidentClock *c = i->clocks[k];

		json_array_append_new(list, json_pack("{s:s,s:o,s:o,s:s}", "report", incident_token(WORDS_STAGE, c->stage), "due", out_json_time(c->due), "met",
			out_json_time(c->met), "state", incident_token(WORDS_CLOCK, c->state)));
	}
	return list;
}

static json_t *parties_json(const Lagebus__Incident *i)
{
	json_t *list = json_array();

	for (size_t k = 0; k < i->n_parties; k++) {
		const Lagebus__IncidentParty *p = i->parties[k];

		json_array_append_new(list, json_pack("{s:o,s:s,s:o,s:o,s:o}", "partner", out_json_string(p->partner), "stage", incident_token(WORDS_STAGE, p->stage), "at",
			out_json_time(p->at), "confirmed_by", *p->confirmed_by ? out_json_string(p->confirmed_by) : json_null(), "confirmed",
			out_json_time(p->confirmed)));
	}
	return list;
}

static json_t *offers_json(const Lagebus__IncidentAssistance *a)
{
	json_t *list = json_array();

	for (size_t k = 0; k < a->n_offers; k++) {
		const Lagebus__IncidentOffer *o = a->offers[k];

		json_array_append_new(list, json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o}", "id", id_json(o->id), "partner", out_json_string(o->partner), "state",
			incident_token(WORDS_ASSISTANCE, o->state), "capability", out_json_string(o->capability), "place", out_json_string(o->place), "from",
			out_json_time(o->from), "until", out_json_time(o->until), "text", out_json_string(o->text)));
	}
	return list;
}

static json_t *assistance_json(const Lagebus__Incident *i)
{
	json_t *list = json_array();

	for (size_t k = 0; k < i->n_assistance; k++) {
		const Lagebus__IncidentAssistance *a = i->assistance[k];

		json_array_append_new(list, json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:o,s:o}", "id", id_json(a->id), "partner", out_json_string(a->partner), "state",
			incident_token(WORDS_ASSISTANCE, a->state), "capability", out_json_string(a->capability), "place", out_json_string(a->place), "until",
			out_json_time(a->until), "text", out_json_string(a->text), "offers", offers_json(a)));
	}
	return list;
}

static json_t *entry_json(const Lagebus__IncidentEntry *e)
{
	json_t *doc = json_object();
	bool report = e->type == LB_TYPE_INCIDENT_REPORT;

	set(doc, "id", id_json(e->id));
	set(doc, "type", json_string(lb_type_name(e->type) ? lb_type_name(e->type) : "?"));
	set_text(doc, "origin", e->origin);
	set(doc, "created", out_json_time(e->created));
	set(doc, report ? "stage" : "state", json_string(incident_token(report ? WORDS_STAGE : WORDS_ASSISTANCE, e->stage)));
	set_text(doc, "text", e->text);
	set(doc, "fault", *e->fault ? out_json_string(e->fault) : json_null());
	if (e->replaces.len)
		set(doc, "supersedes", id_json(e->replaces));
	set_text(doc, "original", e->original);
	set_text(doc, "verified", e->verified);
	return doc;
}

json_t *incident_json(const Lagebus__Incident *i)
{
	const Lagebus__IncidentEntry *reported = incident_reported_in(i);
	json_t *doc = json_object(), *entries = json_array();

	set(doc, "id", id_json(i->id));
	report_json(doc, i->report);
	set(doc, "stage", json_string(incident_token(WORDS_STAGE, i->stage)));
	set_text(doc, "reporter", i->reporter);
	if (reported)
		set(doc, "reported", json_pack("{s:o,s:o}", "by", *reported->original ? out_json_string(reported->original) : json_null(), "verified",
			json_string(*reported->original ? reported->verified : lb_err_token(LB_NOT_FOUND))));
	set_text(doc, "lead", i->lead);
	set(doc, "closed", json_boolean(i->closed));
	set(doc, "closed_at", out_json_time(i->closed_at));
	set(doc, "idle_since", out_json_time(i->idle_since));
	set(doc, "ends", out_json_time(i->ends));
	set(doc, "exercise", json_boolean(i->exercise));
	set_text(doc, "exercise_name", i->exercise_name);
	set(doc, "tlp", json_string(lb_tlp_name(i->tlp)));
	set(doc, "area", json_string(lb_area_name(i->area) ? lb_area_name(i->area) : "?"));
	set(doc, "created", out_json_time(i->created));
	set(doc, "changed", out_json_time(i->changed));
	set(doc, "clocks", clocks_json(i));
	set(doc, "parties", parties_json(i));
	set(doc, "assistance", assistance_json(i));
	for (size_t k = 0; k < i->n_entries; k++)
		json_array_append_new(entries, entry_json(i->entries[k]));
	if (i->n_entries)
		set(doc, "messages", entries);
	else
		json_decref(entries);
	return doc;
}
