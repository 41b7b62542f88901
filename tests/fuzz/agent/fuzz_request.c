/* Feeds bytes to the agent as a Request on its local socket; whatever it puts into the outbox is a message that a broker can read, and a
 * receipt that it made itself one that a broker takes. */
#include "agents/agent/outbox.h"
#include "agents/agent/requests.h"
#include "lagebus/header.h"
#include "lagebus/identity.h"
#include "lagebus/zmtp.h"
#include "proto/local.pb-c.h"
#include "proto/receipt.pb-c.h"
#include "tests/fuzz/agent/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The inbox has a message, id 018bcfe5-6800-7102-8300-000000000000, and the quarantine the one of the next millisecond. */
static void fill_inbox(struct agent *a)
{
	static const uint8_t random[10] = { 1, 2, 3 };
	struct lb_header h = { .type = LB_TYPE_WARNING, .level = 2, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_GREEN, .lane = LB_LANE_ROUTINE };
	struct inbox_message m = { .lane = LB_LANE_ROUTINE, .position = 1, .received_ms = 1700000000000, .payload = { (const uint8_t *)"\n\5Title", 7 } };
	struct lb_buf header = LB_BUF_INIT;
	struct lb_uuid next = lb_uuid7(1700000000001, random);
	bool stored;

	h.id = lb_uuid7(1700000000000, random);
	h.created_ms = 1700000000000;
	h.schema_version = 1;
	h.ack_policy = LB_ACK_ACKNOWLEDGED;
	h.origin = lb_text_of("bund-bsi");
	h.audience_n = 1;
	h.audience[0] = lb_text_of("all");
	assert(lb_header_encode(&h, &header) == LB_OK);
	m.header = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert(agent_begin(a) == LB_OK && inbox_add(&a->store, &m, &h, "spiffe://lagebus.example/partner/bund-bsi/agent/main", &stored) == LB_OK && stored);
	assert(inbox_quarantine(&a->store, &m, &next, LB_BAD_SIGNATURE) == LB_OK);
	assert(agent_settle(a) == LB_OK);
	lb_buf_fini(&header);
}

/* As the broker's check_receipt has it. */
static void check_receipt(const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__Receipt *r = lagebus__receipt__unpack(NULL, payload.n, payload.p);

	assert(r && h->type == LB_TYPE_RECEIPT && h->has_thread && h->audience_n == 1);
	assert(r->refers_to.len == sizeof h->thread.b && memcmp(r->refers_to.data, h->thread.b, sizeof h->thread.b) == 0);
	assert(r->state >= LB_ACK_DISPLAYED && r->state <= LB_ACK_IMPLEMENTED && strlen(r->by) <= LB_TEXT_MAX);
	assert(lb_utf8_is_valid(r->by, strlen(r->by)) && lb_utf8_is_valid(r->note, strlen(r->note)));
	lagebus__receipt__free_unpacked(r, NULL);
}

static void check_message(const struct lb_uuid *id, const struct lb_buf *message, enum lb_lane lane, bool acknowledged)
{
	struct lb_zmtp_message m;
	uint8_t hint[LB_SIGNER_SIZE];
	struct lb_header h;
	size_t need;

	assert(lb_zmtp_parse(lb_buf_data(message), lb_buf_len(message), LB_MESSAGE_MAX, &m, &need) == LB_OK && m.frames_n == 3);
	assert(lb_header_decode(m.frames[0].p, m.frames[0].n, &h) == LB_OK && m.frames[1].n <= LB_PAYLOAD_MAX);
	assert(memcmp(&h.id, id, sizeof h.id) == 0 && lb_partner_is_valid(h.origin.p, h.origin.n) && h.lane == lane);
	assert(lb_header_lane(h.type, h.level) == lane && lb_signature_hint(m.frames[2], hint) == LB_OK);
	if (acknowledged)
		check_receipt(&h, m.frames[1]);
}

static void empty_outbox(struct agent *a, bool acknowledged)
{
	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		struct lb_buf message = LB_BUF_INIT;
		struct lb_uuid id;
		int64_t row = 0;

		while (outbox_next(&a->store, (enum lb_lane)lane, &row, &id, &message) == LB_OK) {
			check_message(&id, &message, (enum lb_lane)lane, acknowledged);
			lb_buf_consume(&message, lb_buf_len(&message));
			assert(outbox_accepted(&a->store, &id) == LB_OK);
		}
		lb_buf_fini(&message);
	}
}

static bool is_ack(const uint8_t *data, size_t n)
{
	Lagebus__Request *r = lagebus__request__unpack(NULL, n, data);
	bool is = r && r->body_case == LAGEBUS__REQUEST__BODY_ACK;

	if (r)
		lagebus__request__free_unpacked(r, NULL);
	return is;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct local_peer peer = { .id = "fuzz", .n = 4 };
	bool first = !fixture_agent.store.db;
	struct agent *a = fixture_begin();

	if (first)
		fill_inbox(a);
	fixture_link(a);
	requests_answer(a, &peer, data, n);
	assert(agent_settle(a) == LB_OK);
	watchers_show(a);
	empty_outbox(a, is_ack(data, n));
	memset(a->waiting, 0, sizeof a->waiting);
	return 0;
}
