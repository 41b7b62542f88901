/* agents/cli/indicator_stix.c */
#include "tests/unit/cli/run.h"

#include <jansson.h>

#include "agents/cli/indicator_stix.h"
#include "lagebus/indicator.h"
#include "lagebus/tlp.h"

static Lagebus__IndicatorRow row;
static Lagebus__IndicatorEntry entry, *entries = &entry;
static uint8_t id[16] = { 0x01, 0x8f, 0x3c, 0x2a, 0x7b, 0x1e, 0x7c, 0x55, 0x9a, 0x41, 0, 0, 0, 0, 0, 7 };

static int set_up(void **state)
{
	(void)state;
	lagebus__indicator_row__init(&row);
	lagebus__indicator_entry__init(&entry);
	entry.id = (ProtobufCBinaryData){ sizeof id, id };
	row.entries = &entries;
	row.n_entries = 1;
	row.kind = LB_INDICATOR_IPV4_ADDR;
	row.value = (char *)"192.0.2.7";
	row.tlp = LB_TLP_GREEN;
	row.to_ids = true;
	row.confidence = 60;
	row.first_received = row.last_received = row.valid_from = 1795424400000;
	row.valid_until = 4102444800000;
	return 0;
}

static const char *text_of(json_t *doc, const char *key)
{
	const char *text = json_string_value(json_object_get(doc, key));

	assert_non_null(text);
	return text;
}

static const char *marking(unsigned tlp)
{
	static char text[80];
	json_t *doc;

	row.tlp = tlp;
	doc = stix_indicator(&row);
	assert_non_null(doc);
	snprintf(text, sizeof text, "%s", json_string_value(json_array_get(json_object_get(doc, "object_marking_refs"), 0)));
	json_decref(doc);
	return text;
}

static void an_indicator_is_an_object_of_its_own_id(void **state)
{
	json_t *doc = stix_indicator(&row);

	(void)state;
	assert_non_null(doc);
	assert_string_equal(text_of(doc, "type"), "indicator");
	assert_string_equal(text_of(doc, "spec_version"), "2.1");
	assert_string_equal(text_of(doc, "id"), "indicator--018f3c2a-7b1e-7c55-9a41-000000000007");
	assert_string_equal(text_of(doc, "pattern"), "[ipv4-addr:value = '192.0.2.7']");
	assert_string_equal(text_of(doc, "valid_from"), "2026-11-23T09:00:00Z");
	assert_int_equal(json_integer_value(json_object_get(doc, "confidence")), 60);
	assert_null(json_object_get(doc, "labels"));
	json_decref(doc);
}

/* The ids that STIX 2.1 fixes; what has no label is AMBER+STRICT. */
static void each_label_has_its_marking(void **state)
{
	(void)state;
	assert_string_equal(marking(LB_TLP_CLEAR), "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487");
	assert_string_equal(marking(LB_TLP_GREEN), "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb");
	assert_string_equal(marking(LB_TLP_AMBER), "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421");
	assert_string_equal(marking(LB_TLP_AMBER_STRICT), "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003");
	assert_string_equal(marking(LB_TLP_RED), "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1");
	assert_string_equal(marking(0), "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003");
}

/* A program that acts on it must see that it is not to. */
static void what_is_not_to_be_acted_on_says_so(void **state)
{
	json_t *doc, *labels;

	(void)state;
	row.exercise = true;
	row.to_ids = false;
	doc = stix_indicator(&row);
	labels = json_object_get(doc, "labels");
	assert_int_equal(json_array_size(labels), 2);
	assert_string_equal(json_string_value(json_array_get(labels, 0)), "exercise");
	assert_string_equal(json_string_value(json_array_get(labels, 1)), "to_ids=false");
	json_decref(doc);
}

static void texts_go_along(void **state)
{
	char *references[] = { (char *)"https://beispiel.example/a" };
	Lagebus__Indicator more = LAGEBUS__INDICATOR__INIT;
	uint8_t texts[300];
	json_t *doc;

	(void)state;
	more.title = (char *)"C2 'server'";
	more.description = (char *)"a description";
	more.references = references;
	more.n_references = 1;
	entry.more = (ProtobufCBinaryData){ lagebus__indicator__pack(&more, texts), texts };
	doc = stix_indicator(&row);
	assert_string_equal(text_of(doc, "name"), "C2 'server'");
	assert_string_equal(text_of(doc, "description"), "a description");
	assert_string_equal(text_of(json_array_get(json_object_get(doc, "external_references"), 0), "url"), references[0]);
	json_decref(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_indicator_is_an_object_of_its_own_id, set_up),
		cmocka_unit_test_setup(each_label_has_its_marking, set_up),
		cmocka_unit_test_setup(what_is_not_to_be_acted_on_says_so, set_up),
		cmocka_unit_test_setup(texts_go_along, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
