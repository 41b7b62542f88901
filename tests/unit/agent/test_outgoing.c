/* What the agent does not queue. */
#include "tests/unit/agent/store_fixture.h"

#include "agents/agent/inbox.h"
#include "agents/agent/outgoing.h"
#include "lagebus/payload.h"
#include "proto/receipt.pb-c.h"
#include "proto/situation.pb-c.h"
#include "proto/warning.pb-c.h"

/* A situation report: the title "x". */
static const struct lb_frame small = { (const uint8_t *)"\n\1x", 3 };
static char why[LB_PAYLOAD_WHY];

static struct lb_header header_of(unsigned n, const char *origin, unsigned tlp)
{
	struct lb_header h = { .type = LB_TYPE_SITUATION_REPORT, .area = LB_AREA_CYBER_DEFENCE, .schema_version = 1, .created_ms = 1700000000000, .audience_n = 1 };

	h.id = store_id(n);
	h.tlp = tlp;
	h.lane = LB_LANE_ROUTINE;
	h.origin = lb_text_of(origin);
	h.audience[0] = lb_text_of("all");
	h.exercise_name = h.language = lb_text_of("");
	return h;
}

/* Puts message n of bund-bsi into the inbox, or into the quarantine. */
static void receive(unsigned n, unsigned tlp, bool verified)
{
	struct lb_header h = header_of(n, "bund-bsi", tlp);
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = n, .received_ms = 1700000001000, .signature = { (const uint8_t *)"signature", 9 } };
	struct lb_buf header = LB_BUF_INIT;
	bool stored;

	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(store_begin(&store), LB_OK);
	if (verified)
		assert_int_equal(inbox_add(&store, &m, &h, "spiffe://x/partner/bund-bsi/agent/b", &stored), LB_OK);
	else
		assert_int_equal(inbox_quarantine(&store, &m, &h.id, LB_BAD_SIGNATURE), LB_OK);
	assert_int_equal(store_commit(&store), LB_OK);
	lb_buf_fini(&header);
}

static lb_err check(const char *origin, unsigned tlp, unsigned about, bool supersedes)
{
	struct lb_header h = header_of(99, origin, tlp);

	h.has_thread = !supersedes;
	h.has_supersedes = supersedes;
	h.thread = h.supersedes = store_id(about);
	return outgoing_check(&store, &h, small, why, sizeof why);
}

static void only_the_origin_widens_a_label(void **state)
{
	(void)state;
	receive(1, LB_TLP_AMBER, true);
	receive(2, LB_TLP_UNSET, true);
	receive(3, LB_TLP_RED, false);
	for (unsigned supersedes = 0; supersedes < 2; supersedes++) {
		assert_int_equal(check("de-sn", LB_TLP_GREEN, 1, supersedes), LB_TLP_WIDENED);
		assert_int_equal(check("de-sn", LB_TLP_AMBER, 1, supersedes), LB_OK);
		assert_int_equal(check("bund-bsi", LB_TLP_GREEN, 1, supersedes), LB_OK);
		assert_int_equal(check("de-sn", LB_TLP_AMBER, 2, supersedes), LB_TLP_WIDENED);
		assert_int_equal(check("de-sn", LB_TLP_CLEAR, 3, supersedes), LB_OK); /* it did not verify */
		assert_int_equal(check("de-sn", LB_TLP_CLEAR, 4, supersedes), LB_OK); /* it is not here */
	}
}

/* A plugin that hands over something red in clear: it is not even stored. */
static void what_is_red_and_clear_is_not_queued(void **state)
{
	static const struct lb_frame nothing = { (const uint8_t *)"", 0 };
	struct lb_header h = header_of(1, "de-sn", LB_TLP_RED);
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	uint8_t packed[100];

	(void)state;
	assert_int_equal(outgoing_check(&store, &h, (struct lb_frame){ (const uint8_t *)"\x0a\x05title", 7 }, why, sizeof why), LB_RED_NOT_ENCRYPTED);
	assert_int_equal(outgoing_check(&store, &h, nothing, why, sizeof why), LB_RED_NOT_ENCRYPTED);
	h.type = LB_TYPE_DIGITAL_VIOLENCE_CASE;
	h.tlp = LB_TLP_AMBER_STRICT;
	assert_int_equal(outgoing_check(&store, &h, nothing, why, sizeof why), LB_CASE_NOT_RED);
	h = header_of(1, "de-sn", LB_TLP_RED);
	h.type = LB_TYPE_RECEIPT;
	r.refers_to = (ProtobufCBinaryData){ 16, (uint8_t *)"0123456789abcdef" };
	r.state = LB_ACK_DISPLAYED;
	assert_int_equal(outgoing_check(&store, &h, (struct lb_frame){ packed, lagebus__receipt__pack(&r, packed) }, why, sizeof why), LB_OK);
	r.note = (char *)"Wunderkerze";
	assert_int_equal(outgoing_check(&store, &h, (struct lb_frame){ packed, lagebus__receipt__pack(&r, packed) }, why, sizeof why), LB_RED_NOT_ENCRYPTED);
}

static lb_err check_warning(const char *title, const char *summary, const char *measure, const char *product)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_GREEN);
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	uint8_t packed[400];

	h.type = LB_TYPE_WARNING;
	w.title = (char *)title;
	w.summary = (char *)summary;
	w.measures = (char **)&measure;
	w.products = (char **)&product;
	w.n_measures = w.n_products = 1;
	return outgoing_check(&store, &h, (struct lb_frame){ packed, lagebus__warning__pack(&w, packed) }, why, sizeof why);
}

static lb_err check_report(const char *title, const char *text, const char *attachment)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_GREEN);
	Lagebus__SituationReport n = LAGEBUS__SITUATION_REPORT__INIT;
	uint8_t packed[400];

	n.title = (char *)title;
	n.text = (char *)text;
	n.attachment = (ProtobufCBinaryData){ strlen(attachment), (uint8_t *)attachment };
	return outgoing_check(&store, &h, (struct lb_frame){ packed, lagebus__situation_report__pack(&n, packed) }, why, sizeof why);
}

static void what_is_classified_is_not_queued(void **state)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_GREEN);
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	uint8_t packed[100];

	(void)state;
	assert_int_equal(check_warning("VS-NfD", "", "", ""), LB_CLASSIFIED);
	assert_int_equal(check_warning("x", "GEHEIM", "", ""), LB_CLASSIFIED);
	assert_int_equal(check_warning("x", "", "VS-VERTRAULICH", ""), LB_CLASSIFIED);
	assert_int_equal(check_warning("x", "", "", "VPN (VS-NfD)"), LB_OK);
	assert_int_equal(check_report("VS-NfD", "", ""), LB_CLASSIFIED);
	assert_int_equal(check_report("x", "VS-NfD", ""), LB_CLASSIFIED);
	assert_int_equal(check_report("x", "", "Text\nVS-NfD\n"), LB_CLASSIFIED);
	assert_int_equal(check_report("x", "", "\xff\nVS-NfD\n"), LB_OK);
	assert_int_equal(check_report("Titel", "Text", "Anhang"), LB_OK);
	h.exercise_name = lb_text_of("VS-NfD");
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_CLASSIFIED);
	h = header_of(99, "de-sn", LB_TLP_GREEN);
	h.type = LB_TYPE_RECEIPT;
	r.refers_to = (ProtobufCBinaryData){ 16, (uint8_t *)"0123456789abcdef" };
	r.state = LB_ACK_DISPLAYED;
	r.note = (char *)"VS-NfD";
	assert_int_equal(outgoing_check(&store, &h, (struct lb_frame){ packed, lagebus__receipt__pack(&r, packed) }, why, sizeof why), LB_CLASSIFIED);
	assert_string_equal(why, lb_err_text(LB_CLASSIFIED));
}

/* For what it is, not for that it is not encrypted: encrypted it may not be sent either. */
static void what_is_classified_is_not_to_be_encrypted(void **state)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_RED);
	Lagebus__SituationReport n = LAGEBUS__SITUATION_REPORT__INIT;
	uint8_t packed[100];

	(void)state;
	n.title = (char *)"VS-NfD";
	assert_int_equal(outgoing_check(&store, &h, (struct lb_frame){ packed, lagebus__situation_report__pack(&n, packed) }, why, sizeof why), LB_CLASSIFIED);
}

static void a_warning_has_the_clock_of_its_level(void **state)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_GREEN);
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	uint8_t packed[100];
	struct lb_frame payload = { packed, 0 };

	(void)state;
	w.title = (char *)"x";
	payload.n = lagebus__warning__pack(&w, packed);
	h.type = LB_TYPE_WARNING;
	h.level = 4;
	h.ack_policy = LB_ACK_DISPLAYED;
	h.ack_deadline_ms = h.created_ms + 60 * 60 * 1000;
	assert_int_equal(outgoing_check(&store, &h, payload, why, sizeof why), LB_ACK_TOO_WEAK);
	h.ack_policy = LB_ACK_ACKNOWLEDGED;
	assert_int_equal(outgoing_check(&store, &h, payload, why, sizeof why), LB_OK);
	h.ack_deadline_ms++;
	assert_int_equal(outgoing_check(&store, &h, payload, why, sizeof why), LB_ACK_TOO_LATE);
}

static void what_breaks_its_schema_is_not_queued(void **state)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_GREEN);

	(void)state;
	assert_int_equal(outgoing_check(&store, &h, (struct lb_frame){ (const uint8_t *)"", 0 }, why, sizeof why), LB_INVALID);
	assert_string_equal(why, "title: is missing");
	h.type = LB_TYPE_INDICATOR;
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_INVALID);
	h.type = 99;
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_UNKNOWN_TYPE);
	h = header_of(99, "de-sn", LB_TLP_GREEN);
	h.schema_version = 2;
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_INVALID);
	assert_string_equal(why, "the payload's schema is of version 2, this agent knows 1");
}

static void exercise_and_reality_do_not_refer_to_each_other(void **state)
{
	struct lb_header h = header_of(99, "de-sn", LB_TLP_AMBER);

	(void)state;
	receive(1, LB_TLP_AMBER, true);
	h.has_thread = true;
	h.thread = store_id(1);
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_OK);
	h.exercise = true;
	h.exercise_name = lb_text_of("LÜKEX");
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_EXERCISE_MIXED);
	h.has_thread = false;
	h.has_supersedes = true;
	h.supersedes = store_id(1);
	assert_int_equal(outgoing_check(&store, &h, small, why, sizeof why), LB_EXERCISE_MIXED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(only_the_origin_widens_a_label),
		STORE_TEST(exercise_and_reality_do_not_refer_to_each_other),
		STORE_TEST(what_is_red_and_clear_is_not_queued),
		STORE_TEST(what_is_classified_is_not_queued),
		STORE_TEST(what_is_classified_is_not_to_be_encrypted),
		STORE_TEST(a_warning_has_the_clock_of_its_level),
		STORE_TEST(what_breaks_its_schema_is_not_queued),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
