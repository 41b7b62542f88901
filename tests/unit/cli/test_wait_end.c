/* agents/cli/wait_end.c */
#include "tests/unit/cli/fake_agent.h"

#include "agents/cli/wait_end.h"
#include "proto/control.pb-c.h"

#define NOON 1000036800000 /* 2001-09-09T12:00:00Z, which is not today */

static uint8_t bytes[4096];

static int make(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	return 0;
}

/* A WaitEnded of a message with this header; bytes hold it. */
static ProtobufCBinaryData packed(const struct lb_header *h, unsigned state, const char *by)
{
	Lagebus__WaitEnded ended = LAGEBUS__WAIT_ENDED__INIT;
	Lagebus__ApprovalStatus status = LAGEBUS__APPROVAL_STATUS__INIT;
	struct lb_buf header = LB_BUF_INIT;
	ProtobufCBinaryData out = { 0, bytes };

	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	ended.id = (ProtobufCBinaryData){ sizeof h->id.b, (uint8_t *)h->id.b };
	ended.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	ended.approval = &status;
	status.state = state;
	status.came = NOON - 60000;
	status.at = status.until = NOON;
	status.signer = (char *)"spiffe://x/partner/bund-bsi/agent/main";
	status.by = (char *)by;
	status.function = (char *)(*by ? "Leitung" : "");
	out.len = lagebus__wait_ended__pack(&ended, bytes);
	lb_buf_fini(&header);
	return out;
}

static char *show(ProtobufCBinaryData one, bool terminal, bool json)
{
	char *text = NULL;
	size_t n;
	struct cli cli = { .out = open_memstream(&text, &n), .err = stderr, .terminal = terminal, .json = json, .width = 200 };

	assert_int_equal(wait_end_event(&cli, one), CLI_OK);
	fclose(cli.out);
	return text;
}

static void assert_event(ProtobufCBinaryData one, const char *for_people, const char *for_programs)
{
	char *text = show(one, true, false);

	assert_has(text, for_people);
	free(text);
	text = show(one, false, false);
	assert_has(text, for_programs);
	free(text);
}

static void each_end_has_its_words(void **state)
{
	struct lb_header h = sample_header(1);

	(void)state;
	assert_event(packed(&h, 2, "spiffe://x/a"), "approved at 2001-09-09 12:00 by spiffe://x/a (Leitung): warning 3 orange from bund-bsi, ",
	             "\twait-ended\t2001-09-09T12:00:00Z\tapproved\tbund-bsi\t");
	assert_event(packed(&h, 3, "spiffe://x/a"), "not sent: refused at ", "\trefused\t");
	assert_event(packed(&h, 4, ""), "not sent: nobody approved it until 2001-09-09 12:00: warning", "\texpired\t");
	assert_event(packed(&h, 5, "spiffe://x/a"), "not sent: withdrawn at ", "\twithdrawn\t");
	h.exercise = true;
	h.exercise_name = lb_text_of("Probe");
	assert_event(packed(&h, 4, ""), "ÜBUNG – ÜBUNG – ÜBUNG  not sent", "\texpired\t");
}

static void for_programs_it_is_a_document(void **state)
{
	struct lb_header h = sample_header(1);
	char *text = show(packed(&h, 4, ""), false, true);
	json_t *doc = json_loads(text, 0, NULL);
	char id[LB_UUID_TEXT];

	(void)state;
	assert_non_null(doc);
	lb_uuid_format(&h.id, id);
	assert_string_equal(json_string_value(json_object_get(doc, "event")), "wait-ended");
	assert_string_equal(json_string_value(json_object_get(doc, "id")), id);
	assert_string_equal(json_string_value(json_object_get(doc, "state")), "expired");
	assert_string_equal(json_string_value(json_object_get(doc, "at")), "2001-09-09T12:00:00Z");
	assert_string_equal(json_string_value(json_object_get(doc, "origin")), "bund-bsi");
	assert_true(json_is_null(json_object_get(doc, "by")) && json_is_false(json_object_get(doc, "exercise")));
	assert_int_equal(json_integer_value(json_object_get(doc, "level")), 3);
	json_decref(doc);
	free(text);
}

/* A later agent, or a damaged one: nothing is shown, and nothing breaks. */
static void what_cannot_be_read_is_left_out(void **state)
{
	Lagebus__WaitEnded none = LAGEBUS__WAIT_ENDED__INIT;
	char *text;

	(void)state;
	memset(bytes, 0xff, 16);
	text = show((ProtobufCBinaryData){ 16, bytes }, true, false);
	assert_string_equal(text, "");
	free(text);
	assert_null(wait_end_json((ProtobufCBinaryData){ lagebus__wait_ended__pack(&none, bytes), bytes }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_has_its_words),
		cmocka_unit_test(for_programs_it_is_a_document),
		cmocka_unit_test(what_cannot_be_read_is_left_out),
	};

	return cmocka_run_group_tests(tests, make, NULL);
}
