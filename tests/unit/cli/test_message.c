/* agents/cli/message.c */
#include "agents/cli/message.h"

#include "tests/unit/cli/fake_agent.h"

static const char *text_at(const json_t *doc, const char *key)
{
	return json_string_value(json_object_get(doc, key));
}

static void every_field_is_in_the_document(void **state)
{
	struct lb_header h = sample_header(1);
	struct sample s;
	struct message m;
	json_t *doc;

	(void)state;
	h.exercise = true;
	h.exercise_name = lb_text_of("LÜKEX");
	h.has_thread = true;
	h.thread = sample_header(9).id;
	sample_init_header(&s, &h, "Titel");
	s.stored.acknowledged = 2;
	assert_int_equal(message_init(&m, &s.stored), LB_OK);
	doc = message_json(&m);
	assert_string_equal(text_at(doc, "title"), "Titel");
	assert_string_equal(text_at(doc, "type"), "warning");
	assert_string_equal(text_at(doc, "area"), "cyber-defence");
	assert_string_equal(text_at(doc, "tlp"), "TLP:AMBER");
	assert_string_equal(text_at(doc, "origin"), "bund-bsi");
	assert_string_equal(text_at(doc, "created"), "2026-11-23T09:00:00Z");
	assert_string_equal(text_at(doc, "acknowledged"), "acknowledged");
	assert_string_equal(text_at(doc, "exercise_name"), "LÜKEX");
	assert_non_null(text_at(doc, "thread"));
	assert_true(json_is_true(json_object_get(doc, "exercise")));
	assert_int_equal(json_array_size(json_object_get(doc, "audience")), 2);
	assert_string_equal(text_at(json_object_get(doc, "payload"), "advisory"), "eyJhIg==");
	json_decref(doc);
	message_fini(&m);
	sample_fini(&s);
}

static void a_payload_that_breaks_its_schema_says_so(void **state)
{
	struct lb_header h = sample_header(1);
	struct sample s;
	struct message m;
	json_t *doc;

	(void)state;
	h.schema_version = 2;
	sample_init_header(&s, &h, "Titel");
	assert_int_equal(message_init(&m, &s.stored), LB_OK);
	assert_null(m.payload);
	assert_string_equal(m.unreadable, "its schema is of version 2, this lagebus knows 1");
	message_fini(&m);
	sample_fini(&s);
	sample_init(&s, 1, "");
	assert_int_equal(message_init(&m, &s.stored), LB_OK);
	doc = message_json(&m);
	assert_null(json_object_get(doc, "payload"));
	assert_string_equal(text_at(doc, "payload_unreadable"), "title: is missing");
	json_decref(doc);
	message_fini(&m);
	sample_fini(&s);
}

static void what_is_no_header_is_refused(void **state)
{
	Lagebus__StoredMessage stored = LAGEBUS__STORED_MESSAGE__INIT;
	struct message m;

	(void)state;
	stored.header = (ProtobufCBinaryData){ 3, (uint8_t *)"\xFF\xFF\xFF" };
	assert_int_not_equal(message_init(&m, &stored), LB_OK);
	message_fini(&m);
}

static void the_audience_is_cut_not_overrun(void **state)
{
	struct lb_header h = sample_header(1);
	char text[9];

	(void)state;
	message_audience(&h, text, sizeof(text));
	assert_string_equal(text, "de-sn de");
}

static void what_waits_for_us_is_overdue_past_its_deadline(void **state)
{
	struct lb_header h = sample_header(1);
	struct sample s;
	struct message m;

	(void)state;
	h.ack_policy = LB_ACK_ACKNOWLEDGED;
	h.ack_deadline_ms = h.created_ms + 1000;
	h.expires_ms = h.created_ms + 5000;
	sample_init_header(&s, &h, "Titel");
	s.stored.acknowledged = LB_ACK_DISPLAYED;
	assert_int_equal(message_init(&m, &s.stored), LB_OK);
	assert_true(message_is_open(&m));
	assert_false(message_is_overdue(&m, h.created_ms + 999));
	assert_true(message_is_overdue(&m, h.created_ms + 1000));
	assert_false(message_is_overdue(&m, h.created_ms + 5000)); /* it has expired */
	s.stored.acknowledged = LB_ACK_ACKNOWLEDGED;
	assert_false(message_is_open(&m));
	assert_false(message_is_overdue(&m, h.created_ms + 1000));
	message_fini(&m);
	sample_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_in_the_document),
		cmocka_unit_test(a_payload_that_breaks_its_schema_says_so),
		cmocka_unit_test(what_is_no_header_is_refused),
		cmocka_unit_test(the_audience_is_cut_not_overrun),
		cmocka_unit_test(what_waits_for_us_is_overdue_past_its_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
