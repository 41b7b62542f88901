/* agents/cli/cmd_approve.c, cmd_approvals.c, approvals.c, about.c: what waits is shown, and decided on what was shown. */
#include "tests/unit/cli/fake_agent.h"

#include "lagebus/signature.h"
#include "proto/approval.pb-c.h"

#define PART 20 /* bytes of the payload in one answer */

static struct sample waiting;
static uint8_t waits[4096];
static const char *_Atomic refused;
static bool _Atomic may_approve;

/* The part of the payload from an offset on, as a broker gives it. */
static void answer_waiting(struct fake *f, const Lagebus__ApprovalsRequest *r)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__ApprovalsReply body = LAGEBUS__APPROVALS_REPLY__INIT;
	Lagebus__Waiting w = LAGEBUS__WAITING__INIT;
	Lagebus__WaitingMessage m = LAGEBUS__WAITING_MESSAGE__INIT, *one = &m;
	Lagebus__ApprovalStatus status = LAGEBUS__APPROVAL_STATUS__INIT;
	char *approvers[] = { (char *)"bund-bsi" };
	size_t left = waiting.stored.payload.len - (size_t)r->offset;

	status.state = 1;
	status.until = 1795442400000;
	status.signer = (char *)"spiffe://lagebus.example/partner/bund-bsi/agent/main";
	status.approvers = approvers;
	status.n_approvers = 1;
	m.header = waiting.stored.header;
	m.approval = &status;
	m.may_approve = may_approve;
	m.payload_size = waiting.stored.payload.len;
	if (r->id.len)
		m.payload = (ProtobufCBinaryData){ left < PART ? left : PART, waiting.stored.payload.data + r->offset };
	w.now = 1795438800000;
	w.refused = (char *)refused;
	w.messages = &one;
	w.n_messages = !*refused;
	body.waiting = (ProtobufCBinaryData){ lagebus__waiting__pack(&w, waits), waits };
	reply.body_case = LAGEBUS__REPLY__BODY_APPROVALS;
	reply.approvals = &body;
	fake_reply(f, &reply);
}

static void answer(struct fake *f, const Lagebus__Request *request)
{
	struct lb_uuid id = { { 1 } };

	if (request->body_case == LAGEBUS__REQUEST__BODY_APPROVALS) {
		answer_waiting(f, request->approvals);
		return;
	}
	fake_sent(f, &id, true);
}

static int make(void **state)
{
	struct lb_header h = sample_header(1);

	(void)state;
	h.level = 4;
	sample_init_header(&waiting, &h, "Talsperre");
	return 0;
}

static int drop(void **state)
{
	(void)state;
	sample_fini(&waiting);
	return 0;
}

static void start(struct fake *f)
{
	refused = "";
	may_approve = true;
	fake_start(f, answer);
}

static void lists_what_waits(void **state)
{
	struct ran r = { .code = 0 };
	char id[LB_UUID_TEXT];
	struct fake f;

	(void)state;
	sample_id(1, id);
	start(&f);
	assert_int_equal(run(&r, "approvals", NULL), CLI_OK);
	assert_has(r.out, "2026-11-23T14:00:00Z\t4 red\tTLP:AMBER\tbund-bsi\tde-sn de-he\tspiffe://");
	assert_has(r.out, "\tyes\t");
	assert_has(r.out, id);
	assert_int_equal(run(&r, "approvals", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"may_approve\": true");
	fake_stop(&f);
	fake_forget(&f);
	ran_free(&r);
}

/* The approval is of the bytes that the broker gave, in parts, and goes where the warning goes. */
static void approves_what_was_given(void **state)
{
	struct ran r = { .code = 0 };
	uint8_t digest[LB_DIGEST_SIZE];
	Lagebus__Header *h;
	Lagebus__Approval *a;
	struct fake f;

	(void)state;
	start(&f);
	assert_int_equal(run(&r, "approve", "ffffff", "--yes", "--by", "Leitung", "--note", "gesehen", NULL), CLI_NOT_FOUND);
	assert_int_equal(run(&r, "approve", "last", "--yes", "--by", "Leitung", "--note", "gesehen", NULL), CLI_OK);
	assert_has(r.out, "\tapproved\taccepted\n");
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	a = lagebus__approval__unpack(NULL, f.last->send->payload.len, f.last->send->payload.data);
	assert_non_null(h);
	assert_non_null(a);
	assert_int_equal(h->type, LB_TYPE_APPROVAL);
	assert_int_equal(h->n_audience, 2);
	assert_string_equal(h->audience[1], "de-he");
	assert_int_equal(h->tlp, LB_TLP_AMBER);
	assert_int_equal(h->thread.len, 16);
	assert_memory_equal(h->thread.data, a->refers_to.data, 16);
	assert_int_equal(a->decision, LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED);
	assert_string_equal(a->by, "Leitung");
	assert_int_equal(lb_message_digest((struct lb_frame){ waiting.stored.header.data, waiting.stored.header.len },
			(struct lb_frame){ waiting.stored.payload.data, waiting.stored.payload.len }, digest), LB_OK);
	assert_int_equal(a->digest.len, sizeof digest);
	assert_memory_equal(a->digest.data, digest, sizeof digest);
	lagebus__header__free_unpacked(h, NULL);
	lagebus__approval__free_unpacked(a, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void a_refusal_goes_to_the_origin(void **state)
{
	struct ran r = { .code = 0 };
	Lagebus__Header *h;
	struct fake f;

	(void)state;
	start(&f);
	assert_int_equal(run(&r, "approve", "last", "--refuse", "--yes", "--json", NULL), CLI_OK);
	assert_has(r.out, "\"decision\": \"refused\"");
	fake_stop(&f);
	h = lagebus__header__unpack(NULL, f.last->send->header.len, f.last->send->header.data);
	assert_int_equal(h->n_audience, 1);
	assert_string_equal(h->audience[0], "bund-bsi");
	lagebus__header__free_unpacked(h, NULL);
	fake_forget(&f);
	ran_free(&r);
}

static void nothing_is_decided_unasked(void **state)
{
	struct ran r = { .code = 0 };
	char long_text[1026] = "";
	struct fake f;

	(void)state;
	start(&f);
	assert_int_equal(run(&r, "approve", "last", "--json", NULL), CLI_USAGE);
	assert_has(r.err, "--yes");
	memset(long_text, 'x', 256);
	assert_int_equal(run(&r, "approve", "last", "--yes", "--by", long_text, NULL), CLI_USAGE);
	memset(long_text, 'x', 1025);
	assert_int_equal(run(&r, "approve", "last", "--yes", "--note", long_text, NULL), CLI_USAGE);
	may_approve = false;
	assert_int_equal(run(&r, "approve", "last", "--yes", NULL), CLI_REFUSED);
	assert_has(r.err, "another agent has to decide");
	refused = "not-found";
	assert_int_equal(run(&r, "approve", "last", "--yes", NULL), CLI_NOT_FOUND);
	fake_stop(&f);
	assert_int_equal(f.last->body_case, LAGEBUS__REQUEST__BODY_APPROVALS); /* nothing was sent */
	fake_forget(&f);
	ran_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_waits),
		cmocka_unit_test(approves_what_was_given),
		cmocka_unit_test(a_refusal_goes_to_the_origin),
		cmocka_unit_test(nothing_is_decided_unasked),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
