/* The agent's table of indicators, page by page. */
#include "agents/cli/indicator_rows.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/draft.h"
#include "agents/cli/import.h"
#include "agents/cli/out.h"
#include "lagebus/indicator.h"
#include "lagebus/tlp.h"
#include "lagebus/uuid.h"
#include "lagebus/topic.h"

#define PAGE 5000

/* Where the next page begins. */
struct place {
	char *value;
	uint32_t kind;
	bool exercise;
};

static bool keep_place(struct place *p, const Lagebus__IndicatorRow *row)
{
	char *value = strdup(row->value);

	if (!value)
		return false;
	free(p->value);
	*p = (struct place){ value, row->kind, row->exercise };
	return true;
}

/* Shows a page's rows; *left counts down. */
static enum cli_exit show_page(struct client *client, const Lagebus__IndicatorsReply *page, size_t *left,
	bool (*visit)(void *user, const Lagebus__IndicatorRow *row), void *user, struct place *place, bool *go_on)
{
	for (size_t i = 0; i < page->n_rows && *left > 0 && *go_on; i++) {
		Lagebus__IndicatorRow *row = lagebus__indicator_row__unpack(NULL, page->rows[i].len, page->rows[i].data);

		if (!row)
			return cli_fail(client->cli, CLI_IO, "the agent's answer has an indicator that cannot be read");
		*go_on = visit(user, row);
		--*left;
		if (!keep_place(place, row))
			*go_on = false;
		lagebus__indicator_row__free_unpacked(row, NULL);
	}
	return CLI_OK;
}

static enum cli_exit ask_page(struct client *client, const Lagebus__IndicatorsRequest *what, size_t left, const struct place *place, Lagebus__Reply **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__IndicatorsRequest body = *what;
	enum cli_exit code;

	body.limit = (uint32_t)(left < PAGE ? left : PAGE);
	if (place->value)
		body.after_value = place->value;
	body.after_kind = place->kind;
	body.after_exercise = place->exercise;
	request.body_case = LAGEBUS__REQUEST__BODY_INDICATORS;
	request.indicators = &body;
	code = client_ask(client, &request, "looking for indicators", out);
	if (!code && (*out)->body_case != LAGEBUS__REPLY__BODY_INDICATORS) {
		lagebus__reply__free_unpacked(*out, NULL);
		return cli_fail(client->cli, CLI_IO, "the agent's answer is no list of indicators");
	}
	return code;
}

enum cli_exit indicator_rows(struct client *client, const Lagebus__IndicatorsRequest *what, size_t most,
	bool (*visit)(void *user, const Lagebus__IndicatorRow *row), void *user, bool *more)
{
	struct place place = { NULL, 0, false };
	size_t left = most ? most : SIZE_MAX;
	bool go_on = true;
	enum cli_exit code = CLI_OK;

	*more = true;
	while (!code && *more && left > 0 && go_on) {
		Lagebus__Reply *reply = NULL;

		code = ask_page(client, what, left, &place, &reply);
		if (code)
			break;
		*more = reply->indicators->more;
		code = show_page(client, reply->indicators, &left, visit, user, &place, &go_on);
		lagebus__reply__free_unpacked(reply, NULL);
	}
	free(place.value);
	return code;
}

enum cli_exit indicator_kind_option(struct cli *cli, uint32_t *kind)
{
	const char *name = args_value(&cli->args, "kind", NULL);
	char names[400];

	*kind = name ? import_kind(name) : 0;
	if (!name || *kind)
		return CLI_OK;
	draft_names(lb_indicator_kind_name, LB_INDICATOR_KIND_MAX, names, sizeof(names));
	return cli_fail(cli, CLI_USAGE, "--kind %.40s: is none of %s", name, names);
}

Lagebus__Indicator *indicator_texts(const Lagebus__IndicatorRow *row)
{
	Lagebus__Indicator *texts = NULL;

	for (size_t i = 0; !texts && i < row->n_entries; i++)
		if (row->entries[i]->more.len > 0)
			texts = lagebus__indicator__unpack(NULL, row->entries[i]->more.len, row->entries[i]->more.data);
	return texts ? texts : lagebus__indicator__unpack(NULL, 0, (const uint8_t *)"");
}

const char *indicator_kind(uint32_t kind, char number[16])
{
	const char *name = kind ? lb_indicator_kind_name(kind) : NULL;

	snprintf(number, 16, "%u", kind);
	return name ? name : number;
}

static json_t *id_json(const ProtobufCBinaryData *from)
{
	char text[LB_UUID_TEXT];
	struct lb_uuid id;

	if (from->len != sizeof(id.b))
		return json_null();
	memcpy(id.b, from->data, sizeof(id.b));
	lb_uuid_format(&id, text);
	return json_string(text);
}

static json_t *list_json(char *const *texts, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, out_json_string(texts[i]));
	return list;
}

static json_t *entry_json(const Lagebus__IndicatorEntry *e)
{
	Lagebus__Indicator *more = lagebus__indicator__unpack(NULL, e->more.len, e->more.data ? e->more.data : (const uint8_t *)"");
	const char *area = lb_area_name(e->area);
	json_t *doc = json_pack("{s:o,s:o,s:o,s:s,s:s,s:I,s:b,s:o,s:o,s:o,s:o,s:o,s:o}", "id", id_json(&e->id), "origin", out_json_string(e->origin), "message",
		id_json(&e->message), "tlp", lb_tlp_name(lb_tlp_effective(e->tlp)), "area", area ? area : "", "confidence", (json_int_t)e->confidence, "to_ids",
		(int)e->to_ids, "valid_from", out_json_time(e->valid_from), "valid_until", out_json_time(e->valid_until), "first_received",
		out_json_time(e->first_received), "last_received", out_json_time(e->last_received), "source", out_json_string(e->source), "exercise_name",
		out_json_string(e->exercise_name));

	if (doc && more) {
		json_object_set_new(doc, "title", out_json_string(more->title));
		json_object_set_new(doc, "description", out_json_string(more->description));
		json_object_set_new(doc, "original_id", out_json_string(more->original_id));
		json_object_set_new(doc, "references", list_json(more->references, more->n_references));
		json_object_set_new(doc, "labels", list_json(more->labels, more->n_labels));
	}
	if (more)
		lagebus__indicator__free_unpacked(more, NULL);
	return doc;
}

static json_t *sighting_json(const Lagebus__SightingRow *s)
{
	return json_pack("{s:o,s:o,s:I,s:o,s:o,s:o}", "message", id_json(&s->message), "origin", out_json_string(s->origin), "count", (json_int_t)s->count,
		"first_seen", out_json_time(s->first_seen), "last_seen", out_json_time(s->last_seen), "source", out_json_string(s->source));
}

json_t *indicator_json(const Lagebus__IndicatorRow *row)
{
	json_t *entries = json_array(), *sightings = json_array(), *doc;
	char number[16];

	for (size_t i = 0; i < row->n_entries; i++)
		json_array_append_new(entries, entry_json(row->entries[i]));
	for (size_t i = 0; i < row->n_sightings; i++)
		json_array_append_new(sightings, sighting_json(row->sightings[i]));
	doc = json_pack("{s:s,s:o,s:b,s:s,s:I,s:b,s:o,s:o,s:o,s:o,s:o}", "kind", indicator_kind(row->kind, number), "value", out_json_string(row->value),
		"exercise", (int)row->exercise, "tlp", lb_tlp_name(lb_tlp_effective(row->tlp)), "confidence", (json_int_t)row->confidence, "to_ids",
		(int)row->to_ids, "valid_from", out_json_time(row->valid_from), "valid_until", out_json_time(row->valid_until), "first_received",
		out_json_time(row->first_received), "last_received", out_json_time(row->last_received), "entries", entries);
	if (!doc)
		return NULL;
	json_object_set_new(doc, "sighted", json_integer((json_int_t)row->sighted));
	json_object_set_new(doc, "first_seen", out_json_time(row->first_seen));
	json_object_set_new(doc, "last_seen", out_json_time(row->last_seen));
	json_object_set_new(doc, "sightings", sightings);
	return doc;
}
