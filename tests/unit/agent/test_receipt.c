/* agents/agent/receipt.c: what a receipt says, and where it goes. */
#include "agents/agent/receipt.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "lagebus/payload.h"
#include "lagebus/tlp.h"
#include "proto/receipt.pb-c.h"
#include "tests/kit/unit.h"

static void it_says_who_did_what_and_when(void **state)
{
	struct lb_uuid id = lb_uuid7_now();
	struct lb_buf out = LB_BUF_INIT;
	int64_t before = agent_clock_ms();
	char why[LB_PAYLOAD_WHY] = "";
	Lagebus__Receipt *r;

	(void)state;
	assert_int_equal(lb_buf_append(&out, "before", 6), LB_OK);
	assert_int_equal(receipt_pack(&id, LB_ACK_ACKNOWLEDGED, "Leitstelle Süd", "gelesen", &out), LB_OK);
	assert_int_equal(lb_payload_check(LB_TYPE_RECEIPT, (struct lb_frame){ (const uint8_t *)lb_buf_data(&out) + 6, lb_buf_len(&out) - 6 }, why, sizeof why), LB_OK);
	r = lagebus__receipt__unpack(NULL, lb_buf_len(&out) - 6, (const uint8_t *)lb_buf_data(&out) + 6);
	assert_non_null(r);
	assert_int_equal(r->refers_to.len, sizeof id.b);
	assert_memory_equal(r->refers_to.data, id.b, sizeof id.b);
	assert_int_equal(r->state, LB_ACK_ACKNOWLEDGED);
	assert_string_equal(r->by, "Leitstelle Süd");
	assert_string_equal(r->note, "gelesen");
	assert_true(r->at >= before && r->at <= agent_clock_ms());
	lagebus__receipt__free_unpacked(r, NULL);
	lb_buf_fini(&out);
}

static struct lb_header about(void)
{
	struct lb_header h = { .id = lb_uuid7_now(), .type = LB_TYPE_WARNING, .level = 3, .area = LB_AREA_DIGITAL_VIOLENCE, .tlp = LB_TLP_AMBER, .schema_version = 7,
		               .audience_n = 2, .created_ms = 5, .expires_ms = 6, .ack_policy = LB_ACK_IMPLEMENTED, .ack_deadline_ms = 7, .has_supersedes = true };

	h.origin = lb_text_of("bund-bsi");
	h.audience[0] = lb_text_of("all");
	h.audience[1] = lb_text_of("group:cert");
	h.exercise_name = lb_text_of("");
	h.language = lb_text_of("de");
	return h;
}

/* And to nobody else of those who have the message; it asks for nothing itself. */
static void it_goes_to_the_origin_with_its_label(void **state)
{
	struct lb_header warning = about(), h;

	(void)state;
	memset(&h, 0xff, sizeof h);
	receipt_header(&warning, &warning.id, "de-sn", &h);
	assert_int_equal(h.type, LB_TYPE_RECEIPT);
	assert_int_equal(h.schema_version, 1);
	assert_true(lb_text_equals(h.origin, "de-sn"));
	assert_int_equal(h.audience_n, 1);
	assert_true(lb_text_equals(h.audience[0], "bund-bsi"));
	assert_true(h.has_thread);
	assert_memory_equal(&h.thread, &warning.id, sizeof h.thread);
	assert_false(h.has_supersedes);
	assert_int_equal(h.area, LB_AREA_DIGITAL_VIOLENCE);
	assert_int_equal(h.tlp, LB_TLP_AMBER);
	assert_int_equal(h.level, 0);
	assert_int_equal(h.ack_policy, LB_ACK_NONE);
	assert_true(h.expires_ms == 0 && h.ack_deadline_ms == 0);
	assert_int_equal(h.language.n, 0);
	assert_false(h.exercise);
	receipt_header(&warning, &warning.id, "", &h);
	assert_int_equal(h.origin.n, 0);
}

/* Of a Recall it is about the message that the Recall is about. */
static void it_is_about_the_id_that_it_is_given(void **state)
{
	struct lb_header recall = about(), h;
	struct lb_uuid id = lb_uuid7_now();

	(void)state;
	receipt_header(&recall, &id, "", &h);
	assert_memory_equal(&h.thread, &id, sizeof id);
}

static void an_unknown_label_becomes_a_strict_one(void **state)
{
	struct lb_header warning = about(), h;

	(void)state;
	warning.tlp = 77;
	receipt_header(&warning, &warning.id, "", &h);
	assert_int_equal(h.tlp, LB_TLP_AMBER_STRICT);
	warning.tlp = 0;
	receipt_header(&warning, &warning.id, "", &h);
	assert_int_equal(h.tlp, LB_TLP_AMBER_STRICT);
}

static void what_is_played_stays_played(void **state)
{
	struct lb_header warning = about(), h;

	(void)state;
	warning.exercise = true;
	warning.exercise_name = lb_text_of("LÜKEX");
	receipt_header(&warning, &warning.id, "", &h);
	assert_true(h.exercise);
	assert_true(lb_text_equals(h.exercise_name, "LÜKEX"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_who_did_what_and_when),
		cmocka_unit_test(it_goes_to_the_origin_with_its_label),
		cmocka_unit_test(it_is_about_the_id_that_it_is_given),
		cmocka_unit_test(an_unknown_label_becomes_a_strict_one),
		cmocka_unit_test(what_is_played_stays_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
