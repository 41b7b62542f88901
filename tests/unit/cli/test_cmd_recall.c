/* agents/cli/cmd_recall.c: a recall goes where the message went, with a label that reaches nobody else. */
#include "tests/unit/cli/fake_agent.h"

#include "proto/approval.pb-c.h"

static unsigned _Atomic type = LB_TYPE_WARNING;
static const char *_Atomic refused = "";

static void answer(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__SendReply sent = LAGEBUS__SEND_REPLY__INIT;
	Lagebus__ReceiptsReply body = LAGEBUS__RECEIPTS_REPLY__INIT;
	Lagebus__Receipts receipts = LAGEBUS__RECEIPTS__INIT;
	struct lb_header h = sample_header(1);
	struct lb_buf header = LB_BUF_INIT;
	uint8_t bytes[1024], id[16] = { 1 };

	if (request->body_case == LAGEBUS__REQUEST__BODY_RECEIPTS) {
		h.type = type;
		h.tlp = LB_TLP_GREEN;
		h.lane = lb_header_lane(h.type, h.level);
		assert_int_equal(lb_header_encode(&h, &header), LB_OK);
		receipts.refused = (char *)refused;
		receipts.header = (ProtobufCBinaryData){ lb_buf_len(&header), lb_buf_data(&header) };
		body.receipts = (ProtobufCBinaryData){ lagebus__receipts__pack(&receipts, bytes), bytes };
		reply.body_case = LAGEBUS__REPLY__BODY_RECEIPTS;
		reply.receipts = &body;
	} else {
		sent.id = (ProtobufCBinaryData){ sizeof id, id };
		sent.accepted = true;
		reply.body_case = LAGEBUS__REPLY__BODY_SEND;
		reply.send = &sent;
	}
	fake_reply(f, &reply);
	lb_buf_fini(&header);
}

static void assert_sent(struct fake *f, unsigned tlp)
{
	Lagebus__Header *h = lagebus__header__unpack(NULL, f->last->send->header.len, f->last->send->header.data);
	Lagebus__Recall *r = lagebus__recall__unpack(NULL, f->last->send->payload.len, f->last->send->payload.data);

	assert_int_equal(h->type, LB_TYPE_RECALL);
	assert_int_equal(h->tlp, tlp);
	assert_int_equal(h->n_audience, 2);
	assert_string_equal(h->audience[0], "de-sn");
	assert_memory_equal(h->thread.data, r->refers_to.data, 16);
	assert_string_equal(r->reason, "falsches Produkt");
	lagebus__header__free_unpacked(h, NULL);
	lagebus__recall__free_unpacked(r, NULL);
}

static void goes_where_the_message_went(void **state)
{
	static const struct {
		unsigned type, tlp;
	} cases[] = { { LB_TYPE_WARNING, LB_TLP_GREEN }, { LB_TYPE_ASSISTANCE_REQUEST, LB_TLP_AMBER_STRICT } };
	char id[LB_UUID_TEXT];
	struct fake f;

	(void)state;
	sample_id(1, id);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct ran r = { .code = 0 };

		type = cases[i].type;
		fake_start(&f, answer);
		assert_int_equal(run(&r, "recall", id, "--reason", "falsches Produkt", NULL), CLI_OK);
		assert_has(r.out, "\trecalled\taccepted\n");
		fake_stop(&f);
		assert_sent(&f, cases[i].tlp);
		fake_forget(&f);
		ran_free(&r);
	}
}

static void says_what_is_wrong(void **state)
{
	struct ran r = { .code = 0 };
	char id[LB_UUID_TEXT], long_text[1026] = "";
	struct fake f;

	(void)state;
	sample_id(1, id);
	assert_int_equal(run(&r, "recall", id, NULL), CLI_USAGE);
	assert_has(r.err, "--reason");
	memset(long_text, 'x', 1025);
	assert_int_equal(run(&r, "recall", id, "--reason", long_text, NULL), CLI_USAGE);
	fake_start(&f, answer);
	refused = "role-may-not-send";
	assert_int_equal(run(&r, "recall", id, "--reason", "x", NULL), CLI_REFUSED);
	assert_has(r.err, "only its origin");
	refused = "not-found";
	assert_int_equal(run(&r, "recall", id, "--reason", "x", NULL), CLI_NOT_FOUND);
	fake_stop(&f);
	refused = "";
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_where_the_message_went),
		cmocka_unit_test(says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
