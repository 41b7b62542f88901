/* agents/cli/cmd_receipts.c */
#include "tests/unit/cli/fake_agent.h"

#include <stdatomic.h>

static const char *_Atomic refused = "";

static _Atomic int64_t overdue;

static void answer(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__ReceiptsReply body = LAGEBUS__RECEIPTS_REPLY__INIT;
	Lagebus__Receipts receipts = LAGEBUS__RECEIPTS__INIT;
	Lagebus__PartnerReceipt sn = LAGEBUS__PARTNER_RECEIPT__INIT, *partners[] = { &sn };
	uint8_t bytes[512];

	(void)request;
	sn.partner = (char *)"de-sn";
	sn.delivered = sn.online = true;
	sn.state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DELIVERED;
	sn.overdue_since = overdue;
	receipts.refused = (char *)refused;
	receipts.partners = partners;
	receipts.n_partners = 1;
	body.receipts = (ProtobufCBinaryData){ lagebus__receipts__pack(&receipts, bytes), bytes };
	reply.body_case = LAGEBUS__REPLY__BODY_RECEIPTS;
	reply.receipts = &body;
	fake_reply(f, &reply);
}

static void shows_what_the_broker_says(void **state)
{
	char id[LB_UUID_TEXT];
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	sample_id(1, id);
	fake_start(&f, answer);
	assert_int_equal(run(&r, "receipts", id, NULL), CLI_OK);
	assert_string_equal(r.out, "de-sn\tyes\t\t\t\t\tonline\tdelivered\n");
	refused = "not-found";
	assert_int_equal(run(&r, "receipts", id, NULL), CLI_NOT_FOUND);
	assert_has(r.err, "no receipts: it has no message of this id");
	refused = "role-may-not-send";
	assert_int_equal(run(&r, "receipts", id, NULL), CLI_REFUSED);
	assert_has(r.err, "only its origin and a coordinator");
	refused = "wrong-origin";
	assert_int_equal(run(&r, "receipts", id, NULL), CLI_REFUSED);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void who_is_overdue_shows_in_the_exit_code(void **state)
{
	char id[LB_UUID_TEXT];
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	refused = "";
	overdue = 1795442400000;
	sample_id(1, id);
	fake_start(&f, answer);
	assert_int_equal(run(&r, "receipts", id, NULL), CLI_OVERDUE);
	assert_has(r.out, "online\toverdue\n");
	assert_int_equal(run(&r, "receipts", id, "--csv", NULL), CLI_OVERDUE);
	assert_has(r.out, "\r\nde-sn,delivered,2026-11-23T14:00:00Z,yes");
	assert_int_equal(run(&r, "receipts", id, "--csv", "--json", NULL), CLI_USAGE);
	assert_int_equal(run(&r, "receipts", id, "--csv", "--watch", NULL), CLI_USAGE);
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static atomic_uint asked;

/* The broker's answer stays the same for the first questions; then its only recipient has acknowledged. */
static void answer_in_turn(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__ReceiptsReply body = LAGEBUS__RECEIPTS_REPLY__INIT;
	Lagebus__Receipts receipts = LAGEBUS__RECEIPTS__INIT;
	Lagebus__PartnerReceipt sn = LAGEBUS__PARTNER_RECEIPT__INIT, *partners[] = { &sn };
	struct lb_header h = sample_header(1);
	struct lb_buf header = LB_BUF_INIT;
	unsigned n = atomic_fetch_add(&asked, 1);
	uint8_t bytes[1024];

	(void)request;
	assert_int_equal(lb_header_encode(&h, &header), LB_OK);
	sn.partner = (char *)"de-sn";
	sn.acknowledged = n >= 2 ? 1795442400000 : 0;
	receipts.now = 1795442400000 + n;
	receipts.partners = partners;
	receipts.n_partners = 1;
	receipts.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
	body.receipts = (ProtobufCBinaryData){ lagebus__receipts__pack(&receipts, bytes), bytes };
	reply.body_case = LAGEBUS__REPLY__BODY_RECEIPTS;
	reply.receipts = &body;
	fake_reply(f, &reply);
	lb_buf_fini(&header);
}

static void a_watch_shows_changes_and_ends_when_all_is_done(void **state)
{
	char id[LB_UUID_TEXT];
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	sample_id(1, id);
	fake_start(&f, answer_in_turn);
	assert_int_equal(run(&r, "receipts", id, "--watch", NULL), CLI_OK);
	assert_int_equal(atomic_load(&asked), 3);
	assert_string_equal(r.out, "de-sn\tno\t\t\t\t\t\t\n\nde-sn\tno\t\t2026-11-23T14:00:00Z\t\t\t\t\n\n");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_the_broker_says),
		cmocka_unit_test(who_is_overdue_shows_in_the_exit_code),
		cmocka_unit_test(a_watch_shows_changes_and_ends_when_all_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
