/* agents/cli/draft_send.c */
#include "agents/cli/draft.h"

#include <jansson.h>

#include "lagebus/sealed.h"
#include "tests/unit/cli/fake_agent.h"
#include "tests/unit/cli/fake_directory.h"

static _Atomic bool accepted;

static void take(struct fake *f, const Lagebus__Request *request)
{
	struct lb_uuid id = sample_header(1).id;

	(void)request;
	fake_sent(f, &id, accepted);
}

#define SEND_TO(who) "send", "--type", "situation-report", "--area", "cyber-defence", "--to", who, "--title", "t", "--text", "x"
#define SEND SEND_TO("all")

static void says_accepted_or_in_the_outbox(void **state)
{
	char id[LB_UUID_TEXT], line[80];
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	sample_id(1, id);
	fake_start(&f, take);
	accepted = true;
	assert_int_equal(run(&r, SEND, NULL), CLI_OK);
	snprintf(line, sizeof(line), "%s\taccepted\n", id);
	assert_string_equal(r.out, line);
	accepted = false;
	assert_int_equal(run(&r, SEND, "--no-wait", NULL), CLI_OK);
	assert_has(r.out, "\toutbox\n");
	assert_int_equal(run(&r, SEND, "--json", NULL), CLI_OK);
	assert_has(r.out, "\"accepted\": false");
	assert_int_equal(run(&r, SEND, "--table", NULL), CLI_OK);
	assert_has(r.out, "situation-report/cyber-defence, TLP:AMBER, to all");
	fake_stop(&f);
	assert_true(f.last->send->wait);
	fake_forget(&f);
	ran_free(&r);
}

static const char *_Atomic refused;

static void route(struct fake *f, const Lagebus__Request *request)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__RouteReply body = LAGEBUS__ROUTE_REPLY__INIT;
	Lagebus__Route route = LAGEBUS__ROUTE__INIT;
	Lagebus__PartnerReceipt sn = LAGEBUS__PARTNER_RECEIPT__INIT, hb = LAGEBUS__PARTNER_RECEIPT__INIT;
	Lagebus__PartnerReceipt *partners[] = { &sn, &hb };
	uint8_t bytes[512];

	assert_int_equal(request->body_case, LAGEBUS__REQUEST__BODY_ROUTE);
	sn.partner = (char *)"de-sn";
	hb.partner = (char *)"de-hb";
	hb.rule = (char *)"area-not-agreed";
	route.partners = partners;
	route.n_partners = 2;
	route.refused = (char *)refused;
	body.route = (ProtobufCBinaryData){ lagebus__route__pack(&route, bytes), bytes };
	reply.body_case = LAGEBUS__REPLY__BODY_ROUTE;
	reply.route = &body;
	fake_reply(f, &reply);
}

static void a_dry_run_says_who_and_by_which_rule(void **state)
{
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, route);
	refused = "";
	assert_int_equal(run(&r, SEND, "--dry-run", NULL), CLI_OK);
	assert_has(r.out, "de-sn\tyes\t\t\n");
	assert_has(r.out, "de-hb\tno\tarea-not-agreed\tthe area is not part of the partner's agreement\n");
	assert_int_equal(run(&r, SEND, "--dry-run", "--table", NULL), CLI_OK);
	assert_has(r.out, "1 of 2 would get it. Nothing was sent.");
	refused = "needs-approval";
	assert_int_equal(run(&r, SEND, "--dry-run", "--json", NULL), CLI_REFUSED);
	assert_has(r.out, "\"refused\": \"needs-approval\"");
	assert_int_equal(run(&r, SEND, "--dry-run", NULL), CLI_REFUSED);
	assert_has(r.err, "the broker would refuse it");
	assert_has(r.err, "have a second person");
	assert_string_equal(r.out, "");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static _Atomic unsigned shown; /* times that it was asked for a message */

/* It has messages 1 to 4: AMBER+STRICT, RED, CLEAR, and one in quarantine that says RED; and takes all that is sent. */
static void show_or_take(struct fake *f, const Lagebus__Request *request)
{
	static const unsigned labels[] = { LB_TLP_AMBER_STRICT, LB_TLP_RED, LB_TLP_CLEAR, LB_TLP_RED };
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	if (request->body_case == LAGEBUS__REQUEST__BODY_DIRECTORY) {
		tell_certificate(f);
		return;
	}
	if (request->body_case != LAGEBUS__REQUEST__BODY_SHOW) {
		take(f, request);
		return;
	}
	shown++;
	for (uint8_t i = 0; i < 4; i++) {
		struct lb_header h = sample_header((uint8_t)(i + 1));
		struct sample s;

		if (memcmp(request->show->id.data, h.id.b, sizeof(h.id.b)) != 0)
			continue;
		h.tlp = labels[i];
		sample_init_header(&s, &h, "t");
		s.stored.quarantine = (char *)(i == 3 ? "bad-signature" : "");
		reply.body_case = LAGEBUS__REPLY__BODY_MESSAGE;
		reply.message = &s.stored;
		fake_reply(f, &reply);
		sample_fini(&s);
		return;
	}
	fake_error(f, LB_NOT_FOUND, "there is no such thing");
}

/* The label of what is sent with these options. */
static unsigned label_sent(struct ran *r, const char *option, uint8_t tail, const char *option2, const char *value2)
{
	char id[LB_UUID_TEXT];
	Lagebus__Header *sent;
	unsigned tlp;
	struct fake f;

	sample_id(tail, id);
	fake_start(&f, show_or_take);
	shown = 0;
	assert_int_equal(run(r, SEND_TO("de-sn"), option, id, option2, value2, NULL), CLI_OK);
	fake_stop(&f);
	assert_int_equal(f.last->body_case, LAGEBUS__REQUEST__BODY_SEND);
	sent = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	assert_non_null(sent);
	tlp = sent->tlp;
	lagebus__header__free_unpacked(sent, NULL);
	fake_forget(&f);
	return tlp;
}

static void an_answer_has_the_strictest_label(void **state)
{
	struct ran r = { .code = 0 };
	char id[LB_UUID_TEXT];

	(void)state;
	assert_int_equal(label_sent(&r, "--thread", 1, NULL, NULL), LB_TLP_AMBER_STRICT);
	assert_has(r.err, "it is TLP:AMBER+STRICT, like the message that it belongs to");
	assert_int_equal(label_sent(&r, "--supersedes", 2, NULL, NULL), LB_TLP_RED);
	assert_has(r.err, "it is TLP:RED, like the message that it replaces");
	sample_id(2, id);
	assert_int_equal(label_sent(&r, "--supersedes", 1, "--thread", id), LB_TLP_RED);
	assert_int_equal(shown, 2);
	/* What is looser, not there or not verified changes nothing. */
	for (uint8_t tail = 3; tail <= 5; tail++) {
		assert_int_equal(label_sent(&r, "--thread", tail, NULL, NULL), LB_TLP_AMBER);
		assert_string_equal(r.err, "");
		assert_int_equal(shown, 1);
	}
	/* Who names a label has it; the broker judges. */
	assert_int_equal(label_sent(&r, "--thread", 1, "--tlp", "green"), LB_TLP_GREEN);
	assert_int_equal(shown, 0);
	ran_free(&r);
}

#define RED "send", "--type", "situation-report", "--area", "threat-intelligence", "--tlp", "red", "--title", "Zwetschge", "--text", "Wunderkerze"

static void what_is_red_leaves_encrypted(void **state)
{
	struct lb_header h = { .type = LB_TYPE_SITUATION_REPORT, .tlp = LB_TLP_RED };
	struct ran r = { .code = 0 };
	struct lb_frame payload;
	struct fake f;

	(void)state;
	fake_start(&f, show_or_take);
	assert_int_equal(run(&r, RED, "--to", "de-sn,de-he", NULL), CLI_OK);
	fake_stop(&f);
	payload = (struct lb_frame){ f.last->send->payload.data, f.last->send->payload.len };
	assert_int_equal(lb_sealed_check(&h, payload), LB_OK);
	assert_null(memmem(payload.p, payload.n, "Zwetschge", 9));
	assert_null(memmem(payload.p, payload.n, "Wunderkerze", 11));
	fake_forget(&f);
	ran_free(&r);
}

static void refuse_to_tell(struct fake *f, const Lagebus__Request *request)
{
	assert_int_equal(request->body_case, LAGEBUS__REQUEST__BODY_DIRECTORY);
	fake_error(f, LB_NO_RECIPIENT, "de-ni: the broker knows no agent of it, one must have been connected once");
}

/* Without somebody to encrypt to nothing is sent, in clear least of all. */
static void without_a_recipient_it_does_not_go(void **state)
{
	static const char *const many[] = { "all", "group:cert", "de-sn/*" };
	struct ran r = { .code = 0 };
	struct fake f;

	(void)state;
	fake_start(&f, refuse_to_tell);
	assert_int_equal(run(&r, RED, "--to", "de-ni", NULL), CLI_REFUSED);
	assert_has(r.err, "(no-recipient)");
	assert_has(r.err, "start its agent once");
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(run(&r, RED, "--to", many[i], NULL), CLI_REFUSED);
		assert_has(r.err, "(tlp-red-named-only)");
	}
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

static void too_large_is_said_before_it_is_sent(void **state)
{
	struct ran r = { .code = 0 };
	char *text = malloc(LB_PAYLOAD_MAX + 1);

	(void)state;
	memset(text, 'x', LB_PAYLOAD_MAX);
	text[LB_PAYLOAD_MAX] = 0;
	assert_int_equal(run(&r, "--agent", "ipc:///nowhere", "send", "--type", "situation-report", "--area", "cyber-defence", "--to", "all",
		"--title", "x", "--text", text, NULL), CLI_REFUSED);
	assert_has(r.err, "too large");
	free(text);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_accepted_or_in_the_outbox),
		cmocka_unit_test(a_dry_run_says_who_and_by_which_rule),
		cmocka_unit_test(an_answer_has_the_strictest_label),
		cmocka_unit_test(what_is_red_leaves_encrypted),
		cmocka_unit_test(without_a_recipient_it_does_not_go),
		cmocka_unit_test(too_large_is_said_before_it_is_sent),
	};

	return cmocka_run_group_tests(tests, make_certificate, NULL);
}
