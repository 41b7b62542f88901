/* agents/cli/cmd_receipts.c */
#include "tests/unit/cli/fake_agent.h"

static const char *_Atomic refused = "";

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
	assert_string_equal(r.out, "de-sn\tyes\t\t\t\t\tonline\n");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_the_broker_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
