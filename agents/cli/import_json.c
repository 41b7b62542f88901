/* Indicators from MISP events (core format) and STIX 2.1 bundles: what is straightforward. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "agents/cli/import.h"
#include "agents/cli/stix_pattern.h"
#include "lagebus/tlp.h"

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* A label of the file: the strictest counts. */
static void mark(struct import *im, const char *name)
{
	enum lb_tlp tlp = name ? lb_tlp_from_name(name) : LB_TLP_UNSET;

	if (tlp != LB_TLP_UNSET)
		im->tlp = im->tlp == LB_TLP_UNSET ? tlp : lb_tlp_strictest(im->tlp, tlp);
}

static void mark_tags(struct import *im, const json_t *from)
{
	size_t i;
	json_t *tag;

	json_array_foreach(json_object_get(from, "Tag"), i, tag)
		mark(im, text_of(tag, "name"));
}

/* "filename|md5" has two values in one: the hash is the one that says something. "ip-dst|port": the address. */
static lb_err add_composite(struct import *im, const char *type, const char *value, size_t line, const struct import_value *more)
{
	const char *type_bar = strchr(type, '|'), *value_bar = strchr(value, '|');
	char first_type[40], first[LB_INDICATOR_VALUE_MAX + 1];
	Lagebus__Indicator *out;
	bool second;
	unsigned kind;

	snprintf(first_type, sizeof(first_type), "%.*s", (int)(type_bar - type), type);
	second = strncmp(type, "filename|", 9) == 0;
	kind = import_kind(second ? type_bar + 1 : first_type);
	if (!value_bar || (size_t)(value_bar - value) >= sizeof(first)) {
		import_note_nothing(im, line, value, strlen(value));
		return LB_OK;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(value_bar - value), value);
	if (kind == 0 && strncmp(first_type, "ip-", 3) != 0) {
		import_note_nothing(im, line, type, strlen(type));
		return LB_OK;
	}
	return import_add(im, kind, second ? value_bar + 1 : first, line, more, &out);
}

static lb_err add_attribute(struct import *im, const json_t *attribute, size_t line)
{
	const char *type = text_of(attribute, "type"), *value = text_of(attribute, "value");
	const json_t *to_ids = json_object_get(attribute, "to_ids");
	struct import_value more = IMPORT_VALUE_INIT;
	Lagebus__Indicator *out;
	unsigned kind;

	if (!type || !value || json_is_true(json_object_get(attribute, "deleted")))
		return LB_OK;
	more.description = text_of(attribute, "comment");
	more.original_id = text_of(attribute, "uuid");
	if (to_ids)
		more.to_ids = json_is_true(to_ids) || json_integer_value(to_ids) == 1;
	mark_tags(im, attribute);
	if (strchr(type, '|'))
		return add_composite(im, type, value, line, &more);
	kind = import_kind(type);
	if (kind == 0 && strncmp(type, "ip-", 3) != 0) {
		import_note_nothing(im, line, type, strlen(type));
		return LB_OK;
	}
	return import_add(im, kind, value, line, &more, &out);
}

static lb_err add_attributes(struct import *im, const json_t *from, size_t *line)
{
	lb_err e = LB_OK;
	json_t *attribute;
	size_t i;

	json_array_foreach(json_object_get(from, "Attribute"), i, attribute) {
		if (!e)
			e = add_attribute(im, attribute, ++*line);
	}
	return e;
}

static lb_err read_event(struct import *im, const json_t *event, size_t *line)
{
	lb_err e = add_attributes(im, event, line);
	const char *info = text_of(event, "info");
	json_t *object;
	size_t i;

	mark_tags(im, event);
	if (info && !*im->source)
		snprintf(im->source, sizeof(im->source), "%.200s", info);
	json_array_foreach(json_object_get(event, "Object"), i, object) {
		if (!e && !json_is_true(json_object_get(object, "deleted")))
			e = add_attributes(im, object, line);
	}
	return e;
}

static lb_err read_events(struct import *im, const json_t *list)
{
	lb_err e = LB_OK;
	size_t i, line = 0;
	json_t *one;

	json_array_foreach(list, i, one) {
		const json_t *event = json_object_get(one, "Event");

		if (!e)
			e = read_event(im, event ? event : one, &line);
	}
	return e;
}

static lb_err add_lists(const json_t *o, Lagebus__Indicator *i)
{
	lb_err e = LB_OK;
	json_t *one;
	size_t at;

	json_array_foreach(json_object_get(o, "indicator_types"), at, one)
		e = e ? e : indicator_set_append(&i->labels, &i->n_labels, json_string_value(one));
	json_array_foreach(json_object_get(o, "labels"), at, one)
		e = e ? e : indicator_set_append(&i->labels, &i->n_labels, json_string_value(one));
	json_array_foreach(json_object_get(o, "external_references"), at, one)
		e = e ? e : import_reference(i, text_of(one, "url"));
	return e;
}

static lb_err add_indicator(struct import *im, const json_t *o, size_t line)
{
	const char *pattern = text_of(o, "pattern"), *type = text_of(o, "pattern_type"), *from = text_of(o, "valid_from"), *until = text_of(o, "valid_until");
	const json_t *confidence = json_object_get(o, "confidence");
	struct import_value more = IMPORT_VALUE_INIT;
	char value[LB_INDICATOR_VALUE_MAX + 1];
	Lagebus__Indicator *out;
	unsigned kind;
	json_t *ref;
	size_t i;
	lb_err e;

	if (!pattern || json_is_true(json_object_get(o, "revoked")))
		return LB_OK;
	if (type && strcmp(type, "stix") != 0) {
		import_note_nothing(im, line, type, strlen(type));
		return LB_OK;
	}
	more.title = text_of(o, "name");
	more.description = text_of(o, "description");
	more.original_id = text_of(o, "id");
	more.confidence = json_is_integer(confidence) ? (int)json_integer_value(confidence) : -1;
	more.valid_from = from ? import_time(from) : 0;
	more.valid_until = until ? import_time(until) : 0;
	json_array_foreach(json_object_get(o, "object_marking_refs"), i, ref)
		mark(im, json_string_value(ref));
	kind = stix_pattern_read(pattern, value);
	e = import_add(im, kind ? kind : LB_INDICATOR_STIX_PATTERN, kind ? value : pattern, line, &more, &out);
	return e || !out ? e : add_lists(o, out);
}

static lb_err read_bundle(struct import *im, const json_t *objects)
{
	lb_err e = LB_OK;
	json_t *o;
	size_t i;

	json_array_foreach(objects, i, o) {
		const char *type = text_of(o, "type");

		if (!e && type && strcmp(type, "indicator") == 0)
			e = add_indicator(im, o, i + 1);
	}
	return e;
}

lb_err import_json(struct import *im, const char *p, size_t n, struct why *why)
{
	json_error_t error;
	json_t *doc = json_loadb(p, n, JSON_REJECT_DUPLICATES, &error), *event;
	lb_err e;

	if (!doc)
		return why_set(why, LB_INVALID, "line %d, column %d: %s", error.line, error.column, error.text);
	event = json_object_get(doc, "Event");
	if (json_is_array(json_object_get(doc, "objects")))
		e = read_bundle(im, json_object_get(doc, "objects"));
	else if (json_is_array(json_object_get(doc, "response")))
		e = read_events(im, json_object_get(doc, "response"));
	else if (event) {
		size_t line = 0;

		e = read_event(im, event, &line);
	} else if (json_is_array(doc))
		e = read_events(im, doc);
	else
		e = why_set(why, LB_INVALID, "it is JSON, but neither a STIX bundle (\"objects\") nor a MISP event (\"Event\", \"response\")");
	json_decref(doc);
	return e;
}
