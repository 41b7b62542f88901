/* Indicators as a STIX 2.1 bundle. */
#include "agents/cli/indicator_stix.h"

#include <string.h>

#include "agents/cli/out.h"
#include "agents/cli/stix_pattern.h"
#include "lagebus/tlp.h"
#include "lagebus/uuid.h"

/* The definitions that STIX 2.1 fixes for TLP 2.0 (FIRST). */
static const char *const markings[LB_TLP_RED + 1] = {
	[LB_TLP_CLEAR] = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
	[LB_TLP_GREEN] = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
	[LB_TLP_AMBER] = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
	[LB_TLP_AMBER_STRICT] = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
	[LB_TLP_RED] = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
};

void stix_begin(struct cli *cli)
{
	struct lb_uuid id = lb_uuid7_now();
	char text[LB_UUID_TEXT];

	lb_uuid_format(&id, text);
	fprintf(cli->out, "{\"type\": \"bundle\", \"id\": \"bundle--%s\", \"objects\": [\n", text);
}

static json_t *labels_of(const Lagebus__IndicatorRow *row, const Lagebus__Indicator *texts)
{
	json_t *labels = json_array();

	if (row->exercise)
		json_array_append_new(labels, json_string("exercise"));
	if (!row->to_ids)
		json_array_append_new(labels, json_string("to_ids=false"));
	for (size_t i = 0; i < texts->n_labels; i++)
		json_array_append_new(labels, out_json_string(texts->labels[i]));
	return labels;
}

static void add_texts(json_t *doc, const Lagebus__IndicatorRow *row)
{
	Lagebus__Indicator *texts = indicator_texts(row);
	json_t *labels, *references = json_array();

	if (!texts) {
		json_decref(references);
		return;
	}
	if (*texts->title)
		json_object_set_new(doc, "name", out_json_string(texts->title));
	if (*texts->description)
		json_object_set_new(doc, "description", out_json_string(texts->description));
	labels = labels_of(row, texts);
	if (json_array_size(labels) > 0)
		json_object_set(doc, "labels", labels);
	json_decref(labels);
	for (size_t i = 0; i < texts->n_references; i++)
		json_array_append_new(references, json_pack("{s:s,s:o}", "source_name", "reference", "url", out_json_string(texts->references[i])));
	if (json_array_size(references) > 0)
		json_object_set(doc, "external_references", references);
	json_decref(references);
	lagebus__indicator__free_unpacked(texts, NULL);
}

json_t *stix_indicator(const Lagebus__IndicatorRow *row)
{
	char pattern[STIX_PATTERN_MAX], id[LB_UUID_TEXT + 16] = "indicator--";
	struct lb_uuid uuid = { { 0 } };
	json_t *doc;

	if (row->n_entries > 0 && row->entries[0]->id.len == sizeof(uuid.b))
		memcpy(uuid.b, row->entries[0]->id.data, sizeof(uuid.b));
	lb_uuid_format(&uuid, id + strlen(id));
	stix_pattern_write(row->kind, row->value, pattern);
	doc = json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:s,s:o,s:o,s:I,s:[s]}", "type", "indicator", "spec_version", "2.1", "id", id, "created",
		out_json_time(row->first_received), "modified", out_json_time(row->last_received), "pattern", out_json_string(pattern), "pattern_type", "stix",
		"valid_from", out_json_time(row->valid_from), "valid_until", out_json_time(row->valid_until), "confidence", (json_int_t)row->confidence,
		"object_marking_refs", markings[lb_tlp_effective(row->tlp)]);
	if (doc)
		add_texts(doc, row);
	return doc;
}
