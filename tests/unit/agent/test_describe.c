/* What a message is about: read from a warning, a receipt, a note; nothing from what cannot be read. */
#include "tests/kit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/agent/describe.h"
#include "proto/receipt.pb-c.h"
#include "proto/warning.pb-c.h"

static void assert_described(unsigned type, const ProtobufCMessage *message, const char *title, const char *tracking_id, const char *body)
{
	struct lb_header h = { .type = type };
	size_t n = protobuf_c_message_get_packed_size(message);
	uint8_t *exact = malloc(n ? n : 1);
	struct description d;

	assert_non_null(exact);
	protobuf_c_message_pack(message, exact);
	assert_int_equal(describe(&h, (struct lb_frame){ exact, n }, &d), LB_OK);
	free(exact); /* nothing points into it */
	assert_string_equal(description_text(&d.title), title);
	assert_string_equal(description_text(&d.tracking_id), tracking_id);
	assert_string_equal(description_text(&d.body), body);
	description_fini(&d);
}

static void a_warning_is_its_title_and_all_that_is_searched_for(void **state)
{
	char *cves[] = { (char *)"CVE-2026-0001", (char *)"CVE-2026-0002" }, *products[] = { (char *)"Exchange" }, *measures[] = { (char *)"Patch" };
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;

	(void)state;
	assert_described(LB_TYPE_WARNING, &w.base, "", "", "");
	w.title = (char *)"Lücke in Exchange";
	w.tracking_id = (char *)"LB-2026-0001";
	w.summary = (char *)"Summary";
	w.publisher = (char *)"CERT";
	w.cves = cves;
	w.n_cves = 2;
	w.products = products;
	w.n_products = 1;
	w.measures = measures;
	w.n_measures = 1;
	assert_described(LB_TYPE_WARNING, &w.base, "Lücke in Exchange", "LB-2026-0001", "Summary\nCERT\nCVE-2026-0001\nCVE-2026-0002\nExchange\nPatch");
}

static void what_is_not_utf8_is_left_out(void **state)
{
	char *cves[] = { (char *)"CVE-2026-0001", (char *)"\xff\xfe", (char *)"" };
	Lagebus__Warning w = LAGEBUS__WARNING__INIT;
	Lagebus__Note n = LAGEBUS__NOTE__INIT;

	(void)state;
	w.title = (char *)"\xc0\x80";
	w.summary = (char *)"\xed\xa0\x80";
	w.cves = cves;
	w.n_cves = 3;
	assert_described(LB_TYPE_WARNING, &w.base, "", "", "CVE-2026-0001");
	n.title = (char *)"\xff";
	n.text = (char *)"text";
	assert_described(LB_TYPE_INDICATOR, &n.base, "", "", "text");
}

static void a_receipt_is_what_was_done_and_by_whom(void **state)
{
	Lagebus__Receipt r = LAGEBUS__RECEIPT__INIT;
	char by[301], title[301];

	(void)state;
	assert_described(LB_TYPE_RECEIPT, &r.base, "", "", "");
	r.state = LB_ACK_ACKNOWLEDGED;
	r.by = (char *)"CISO";
	r.note = (char *)"a note";
	assert_described(LB_TYPE_RECEIPT, &r.base, "acknowledged by CISO", "", "a note");
	r.state = LB_ACK_IMPLEMENTED + 1;
	r.note = (char *)"";
	assert_described(LB_TYPE_RECEIPT, &r.base, " by CISO", "", "");
	r.state = LB_ACK_DISPLAYED;
	r.by = (char *)"";
	assert_described(LB_TYPE_RECEIPT, &r.base, "displayed", "", "");
	/* A name that is too long is cut, between two characters. */
	r.by = by;
	for (unsigned i = 198; i <= 201; i++) {
		snprintf(by, sizeof by, "%0*d\xc3\xa4%050d", (int)i, 0, 0);
		snprintf(title, sizeof title, "displayed by %.*s", i == 199 ? 199 : 200, by);
		assert_described(LB_TYPE_RECEIPT, &r.base, title, "", "");
	}
}

static void everything_else_is_a_note(void **state)
{
	Lagebus__Note n = LAGEBUS__NOTE__INIT;

	(void)state;
	n.title = (char *)"title";
	n.text = (char *)"text";
	assert_described(LB_TYPE_INDICATOR, &n.base, "title", "", "text");
	assert_described(LB_TYPE_SITUATION_REPORT, &n.base, "title", "", "text");
	n.text = (char *)"";
	assert_described(999, &n.base, "title", "", "");
}

static void what_cannot_be_read_is_about_nothing(void **state)
{
	static const unsigned types[] = { LB_TYPE_WARNING, LB_TYPE_RECEIPT, LB_TYPE_INDICATOR };

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct lb_header h = { .type = types[i] };
		struct description d = { LB_BUF_INIT, LB_BUF_INIT, LB_BUF_INIT };

		assert_int_equal(describe(&h, (struct lb_frame){ (const uint8_t *)"\xff\xff\xff", 3 }, &d), LB_OK);
		assert_string_equal(description_text(&d.title), "");
		assert_string_equal(description_text(&d.tracking_id), "");
		assert_string_equal(description_text(&d.body), "");
		description_fini(&d);
		assert_int_equal(describe(&h, (struct lb_frame){ NULL, 0 }, &d), LB_OK);
		assert_string_equal(description_text(&d.title), "");
		description_fini(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_warning_is_its_title_and_all_that_is_searched_for),
		cmocka_unit_test(what_is_not_utf8_is_left_out),
		cmocka_unit_test(a_receipt_is_what_was_done_and_by_whom),
		cmocka_unit_test(everything_else_is_a_note),
		cmocka_unit_test(what_cannot_be_read_is_about_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
