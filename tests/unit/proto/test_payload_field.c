/* proto/payload_field.c: a payload's fields by their descriptors. */
#include "proto/payload_field.h"

#include <string.h>

#include "proto/incident.pb-c.h"
#include "proto/indicator.pb-c.h"
#include "proto/situation.pb-c.h"
#include "proto/warning.pb-c.h"
#include "tests/kit/unit.h"

static const ProtobufCFieldDescriptor *of(const void *message, const char *name)
{
	const ProtobufCFieldDescriptor *f = field_find(((const ProtobufCMessage *)message)->descriptor, name);

	assert_non_null(f);
	return f;
}

static enum field_kind kind(const void *message, const char *name)
{
	return field_kind(payload_rules(((const ProtobufCMessage *)message)->descriptor), of(message, name));
}

static struct field_rule rule(const void *message, const char *name)
{
	return field_rule(payload_rules(((const ProtobufCMessage *)message)->descriptor), of(message, name));
}

static void each_field_has_its_kind(void **state)
{
	const Lagebus__Indicator i = LAGEBUS__INDICATOR__INIT;
	const Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	const Lagebus__SituationReport s = LAGEBUS__SITUATION_REPORT__INIT;
	const Lagebus__Sighting seen = LAGEBUS__SIGHTING__INIT;

	(void)state;
	assert_int_equal(kind(&i, "id"), FIELD_ID);
	assert_int_equal(kind(&i, "kind"), FIELD_ENUM);
	assert_int_equal(kind(&i, "value"), FIELD_TEXT);
	assert_int_equal(kind(&i, "confidence"), FIELD_NUMBER);
	assert_int_equal(kind(&i, "valid_from"), FIELD_TIME);
	assert_int_equal(kind(&i, "to_ids"), FIELD_FLAG);
	assert_int_equal(kind(&i, "references"), FIELD_TEXT);
	assert_int_equal(kind(&seen, "count"), FIELD_NUMBER);
	assert_int_equal(kind(&s, "attachment"), FIELD_BYTES);
	assert_int_equal(kind(&r, "contact"), FIELD_MESSAGE);
	assert_null(field_find(i.base.descriptor, "no_such"));
}

static void a_rule_has_its_defaults(void **state)
{
	const Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	const Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;

	(void)state;
	assert_int_equal(rule(&r, "impact").max, FIELD_LINES_MAX); /* a row without a size */
	assert_true(rule(&r, "impact").flags & FIELD_LINES);
	assert_int_equal(rule(&r, "title").max, FIELD_TEXT_MAX); /* no row */
	assert_int_equal(rule(&r, "title").most, FIELD_MOST);
	assert_string_equal(rule(&r, "title").name, "title");
	assert_int_equal(rule(&w, "products").max, 4096); /* what the row says */
	assert_int_equal(rule(&w, "products").most, 1000);
	assert_int_equal(rule(&r, "known_at").max, 0); /* no text */
}

static void values_are_read_of_lists_and_of_single_fields(void **state)
{
	Lagebus__SituationCount first = LAGEBUS__SITUATION_COUNT__INIT, second = LAGEBUS__SITUATION_COUNT__INIT, *counts[] = { &first, &second };
	Lagebus__SituationReport s = LAGEBUS__SITUATION_REPORT__INIT;
	Lagebus__Indicator i = LAGEBUS__INDICATOR__INIT;
	char *references[] = { (char *)"https://a", (char *)"https://b" };
	uint8_t bytes[] = { 1, 2, 3 };

	(void)state;
	s.counts = counts;
	s.n_counts = 2;
	s.from = -5;
	s.attachment = (ProtobufCBinaryData){ sizeof bytes, bytes };
	second.value = UINT64_MAX;
	i.references = references;
	i.n_references = 2;
	i.kind = LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_MUTEX;
	i.confidence = UINT32_MAX;
	i.to_ids = 1;
	i.value = NULL;
	assert_int_equal(field_count(&s.base, of(&s, "counts")), 2);
	assert_int_equal(field_count(&s.base, of(&s, "from")), 1);
	assert_ptr_equal(field_message(&s.base, of(&s, "counts"), 1), &second);
	assert_string_equal(field_text(&i.base, of(&i, "references"), 1), "https://b");
	assert_string_equal(field_text(&i.base, of(&i, "value"), 0), "");
	assert_int_equal(field_bytes(&s.base, of(&s, "attachment"), 0).len, 3);
	assert_ptr_equal(field_bytes(&s.base, of(&s, "attachment"), 0).data, bytes);
	assert_true(field_number(&s.base, of(&s, "from"), 0) == -5);
	assert_true(field_number(&second.base, of(&second, "value"), 0) == INT64_MAX); /* no more fits */
	assert_true(field_unsigned(&second.base, of(&second, "value"), 0) == UINT64_MAX);
	assert_true(field_number(&i.base, of(&i, "confidence"), 0) == UINT32_MAX); /* not -1 */
	assert_true(field_unsigned(&i.base, of(&i, "confidence"), 0) == UINT32_MAX);
	assert_int_equal(field_number(&i.base, of(&i, "to_ids"), 0), 1);
	assert_int_equal(field_number(&i.base, of(&i, "kind"), 0), 12);
	assert_int_equal(field_unsigned(&i.base, of(&i, "kind"), 0), 12);
}

static void nothing_is_nothing_in_each_kind(void **state)
{
	static const char *const names[] = { "stage", "known_at", "title", "services", "indicators", "contact", "closed" };
	Lagebus__IncidentReport none = LAGEBUS__INCIDENT_REPORT__INIT, some = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__OriginalReport original = LAGEBUS__ORIGINAL_REPORT__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	Lagebus__Indicator indicator = LAGEBUS__INDICATOR__INIT, *indicators[] = { &indicator };
	char *services[] = { (char *)"" };
	uint8_t zero = 0;

	(void)state;
	some.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	some.known_at = -1;
	some.title = (char *)"x";
	some.services = services; /* an element, though it is empty */
	some.n_services = 1;
	some.indicators = indicators;
	some.n_indicators = 1;
	some.contact = &contact;
	some.closed = 1;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!field_is_empty(&none.base, of(&none, names[i])) || field_is_empty(&some.base, of(&some, names[i])))
			fail_msg("%s", names[i]);
	}
	assert_true(field_is_empty(&original.base, of(&original, "header")));
	original.header = (ProtobufCBinaryData){ 1, &zero };
	assert_false(field_is_empty(&original.base, of(&original, "header")));
}

static void an_enumeration_s_value_has_a_name_and_a_name_its_value(void **state)
{
	const ProtobufCEnumDescriptor *stage = &lagebus__incident_stage__descriptor, *kinds = &lagebus__indicator_kind__descriptor;
	char name[FIELD_WORD];
	int value = -1;

	(void)state;
	assert_true(field_enum_name(stage, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER, '-', name));
	assert_string_equal(name, "hand-over");
	assert_true(field_enum_name(stage, LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER, ' ', name));
	assert_string_equal(name, "hand over");
	assert_false(field_enum_name(stage, 77, '-', name));
	assert_string_equal(name, "77");
	assert_false(field_enum_name(stage, -3, '-', name));
	assert_string_equal(name, "-3");
	assert_false(field_enum_name(stage, INT64_C(0x100000001), '-', name)); /* not 1, which is FIRST */
	assert_string_equal(name, "4294967297");
	assert_true(field_enum_value(kinds, "x509-sha256", &value));
	assert_int_equal(value, LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_X509_SHA256);
	assert_false(field_enum_value(kinds, "x509 sha256", &value));
	assert_false(field_enum_value(kinds, "X509-SHA256", &value));
	assert_false(field_enum_value(kinds, "14", &value));
	assert_false(field_enum_value(kinds, "", &value));
	assert_int_equal(value, LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_X509_SHA256);
}

/* What does not begin with the enumeration's name stays whole. */
static void a_foreign_name_stays_whole(void **state)
{
	static const ProtobufCEnumValue values[] = { { "LONG_NAME_ONE", "", 0 }, { "LONG_NAME_", "", 1 }, { "LONG_NAMES", "", 2 }, { "LONGNAME_X", "", 3 }, { "LONG", "", 4 },
		                                     { "LONGXNAME_Y", "", 5 }, { "LONG_NAMEST", "", 6 } };
	static const ProtobufCIntRange ranges[] = { { 0, 0 }, { 0, 7 } };
	static const char *const names[] = { "one", "long-name-", "long-names", "longname-x", "long", "longxname-y", "long-namest" };
	const ProtobufCEnumDescriptor e = { .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC, .short_name = "LongName", .n_values = 7, .values = values,
		                            .n_value_ranges = 1, .value_ranges = ranges };
	char name[FIELD_WORD];

	(void)state;
	for (int i = 0; i < 7; i++) {
		assert_true(field_enum_name(&e, i, '-', name));
		assert_string_equal(name, names[i]);
	}
}

struct texts {
	char all[200];
	unsigned left;
};

static bool note_text(void *user, const struct field_rule *r, const char *text)
{
	struct texts *t = user;

	strcat(strcat(strcat(strcat(t->all, r->name), "="), text), " ");
	return --t->left > 0;
}

static void each_text_is_shown_until_it_is_enough(void **state)
{
	Lagebus__IncidentReport r = LAGEBUS__INCIDENT_REPORT__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	Lagebus__Indicator indicator = LAGEBUS__INDICATOR__INIT, *indicators[] = { &indicator };
	char *services[] = { (char *)"mail", (char *)"", (char *)"web" };
	struct texts t = { .left = 100 };

	(void)state;
	r.title = (char *)"title";
	r.services = services;
	r.n_services = 3;
	r.indicators = indicators;
	r.n_indicators = 1;
	r.contact = &contact;
	r.lead = (char *)"de-sn";
	indicator.value = (char *)"1.2.3.4";
	contact.name = (char *)"A";
	assert_true(payload_each_text(&r.base, note_text, &t));
	assert_string_equal(t.all, "title=title services=mail services=web value=1.2.3.4 name=A lead=de-sn ");
	for (unsigned enough = 1; enough <= 6; enough++) { /* in a list, and in a message within */
		t = (struct texts){ .left = enough };
		assert_false(payload_each_text(&r.base, note_text, &t));
		assert_int_equal(t.left, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_has_its_kind),
		cmocka_unit_test(a_rule_has_its_defaults),
		cmocka_unit_test(values_are_read_of_lists_and_of_single_fields),
		cmocka_unit_test(nothing_is_nothing_in_each_kind),
		cmocka_unit_test(an_enumeration_s_value_has_a_name_and_a_name_its_value),
		cmocka_unit_test(a_foreign_name_stays_whole),
		cmocka_unit_test(each_text_is_shown_until_it_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
