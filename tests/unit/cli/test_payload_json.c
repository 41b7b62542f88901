/* agents/cli/payload_json.c */
#include "agents/cli/payload_json.h"

#include "lagebus/payload.h"
#include "lagebus/topic.h"
#include "proto/indicator.pb-c.h"
#include "proto/violence.pb-c.h"
#include "tests/kit/random_payload.h"
#include "tests/unit/cli/run.h"

#define ROUNDS 300

static uint8_t *packed(const ProtobufCMessage *m, size_t *n)
{
	uint8_t *p = malloc(protobuf_c_message_get_packed_size(m) + 1);

	assert_non_null(p);
	*n = protobuf_c_message_pack(m, p);
	return p;
}

/* Through text, as a file would be. */
static void assert_round_trip(const ProtobufCMessage *m)
{
	json_t *doc = payload_json(m), *again;
	ProtobufCMessage *back = NULL;
	uint8_t *before, *after;
	size_t before_n, after_n;
	struct why why;
	char *text;

	assert_non_null(doc);
	text = json_dumps(doc, 0);
	assert_non_null(text);
	again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (!again || payload_from_json(m->descriptor, again, &back, &why) != LB_OK)
		fail_msg("%s: %s", text, why.text);
	before = packed(m, &before_n);
	after = packed(back, &after_n);
	if (before_n != after_n || memcmp(before, after, before_n) != 0)
		fail_msg("%s is not what it was", text);
	free(before);
	free(after);
	free(text);
	json_decref(doc);
	json_decref(again);
	protobuf_c_message_free_unpacked(back, NULL);
}

static void every_type_comes_back_as_it_was(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (unsigned type = 1; type <= LB_TYPE_MAX + 1; type++) {
		const ProtobufCMessageDescriptor *schema = type <= LB_TYPE_MAX ? lb_payload_schema(type) : &lagebus__digital_violence_report__descriptor;

		for (unsigned i = 0; i < ROUNDS; i++) {
			ProtobufCMessage *m = random_payload(schema, &seed);

			assert_round_trip(m);
			protobuf_c_message_free_unpacked(m, NULL);
		}
	}
}

static const char text[] = "{\"indicators\":[{\"id\":\"018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d\",\"kind\":\"ipv4-addr\",\"value\":\"192.0.2.66\",\"confidence\":80,"
			   "\"valid_from\":\"2026-11-23T09:00:00Z\",\"to_ids\":true,\"references\":[\"https://x.example\"]},"
			   "{\"kind\":99}],\"source\":\"MISP\"}";

static void it_reads_as_the_schema_has_it(void **state)
{
	json_t *doc = json_loads(text, 0, NULL), *back;
	Lagebus__Indicators *x = NULL;
	struct why why;
	char *again;

	(void)state;
	assert_int_equal(payload_from_json(&lagebus__indicators__descriptor, doc, (ProtobufCMessage **)&x, &why), LB_OK);
	assert_int_equal(x->n_indicators, 2);
	assert_int_equal(x->indicators[0]->id.data[0], 0x01);
	assert_int_equal(x->indicators[0]->kind, LAGEBUS__INDICATOR_KIND__INDICATOR_KIND_IPV4_ADDR);
	assert_int_equal(x->indicators[0]->valid_from, 1795424400000);
	assert_int_equal(x->indicators[1]->kind, 99);
	back = payload_json(&x->base);
	again = json_dumps(back, JSON_COMPACT);
	assert_string_equal(again, text);
	free(again);
	json_decref(back);
	json_decref(doc);
	protobuf_c_message_free_unpacked(&x->base, NULL);
}

static void what_is_wrong_is_named_with_its_place(void **state)
{
	static const struct {
		unsigned type;
		const char *text, *why;
	} rows[] = {
		{ LB_TYPE_INDICATOR, "[]", "an object with the fields of Indicators is expected" },
		{ LB_TYPE_INDICATOR, "{\"indicator\":[]}", "indicator: is no field of Indicators" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":{}}", "indicators: a list of at most 10000 is expected" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[1]}", "indicators[0]: an object with the fields of Indicator is expected" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{},{\"kind\":\"ip\"}]}", "indicators[1].kind: one of stix-pattern, ipv4-addr, " },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"id\":\"1\"}]}", "indicators[0].id: an id is expected" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"confidence\":-1}]}", "indicators[0].confidence: a whole number" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"confidence\":4294967296}]}", "indicators[0].confidence: a whole number" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"confidence\":1.5}]}", "indicators[0].confidence: a whole number" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"to_ids\":1}]}", "indicators[0].to_ids: true or false is expected" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"valid_from\":\"23.11.2026\"}]}", "indicators[0].valid_from: a time is expected" },
		{ LB_TYPE_INDICATOR, "{\"indicators\":[{\"references\":[1]}]}", "indicators[0].references[0]: a text is expected" },
		{ LB_TYPE_WARNING, "{\"title\":1}", "title: a text is expected" },
		{ LB_TYPE_WARNING, "{\"advisory\":\"a\"}", "advisory: bytes are expected, in base64" },
		{ LB_TYPE_INCIDENT_REPORT, "{\"contact\":{\"fax\":\"1\"}}", "contact.fax: is no field of Contact" },
		{ LB_TYPE_INCIDENT_REPORT, "{\"contact\":[]}", "contact: an object with the fields of Contact is expected" },
	};
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *doc = json_loads(rows[i].text, 0, NULL);
		ProtobufCMessage *m = NULL;

		assert_int_equal(payload_from_json(lb_payload_schema(rows[i].type), doc, &m, &why), LB_INVALID);
		assert_has(why.text, rows[i].why);
		assert_null(m);
		json_decref(doc);
	}
}

static void nothing_is_null_or_left_out(void **state)
{
	json_t *doc = json_loads("{\"title\":\"\",\"cves\":[],\"url\":null,\"products\":[\"\"]}", 0, NULL), *back;
	ProtobufCMessage *m = NULL;
	struct why why;
	char *again;

	(void)state;
	assert_int_equal(payload_from_json(lb_payload_schema(LB_TYPE_WARNING), doc, &m, &why), LB_OK);
	back = payload_json(m);
	again = json_dumps(back, JSON_COMPACT);
	assert_string_equal(again, "{\"products\":[\"\"]}");
	free(again);
	json_decref(back);
	json_decref(doc);
	protobuf_c_message_free_unpacked(m, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_comes_back_as_it_was),
		cmocka_unit_test(it_reads_as_the_schema_has_it),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
		cmocka_unit_test(nothing_is_null_or_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
