/* Feeds ZMTP messages to the agent as what a broker says in an open session: controls, and deliveries, whose signature is made here where
 * it says "sign", as of now. What gets into the inbox is signed, whole and in UTF-8, and a lane's cursor only follows its chain. */
#include "agents/agent/intake.h"
#include "lagebus/delivery.h"
#include "proto/header.pb-c.h"
#include "tests/fuzz/agent/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void start_over(struct agent *a)
{
	const uint8_t *der;
	uint8_t hint[LB_SIGNER_SIZE];
	size_t der_n;

	lb_link_peer_certificate(fixture_peers.broker, &der, &der_n);
	lb_signer_hint(der, der_n, hint);
	signers_reload(a->signers, a->tls);
	signers_learn(a->signers, hint, der, der_n, a->now_ms);
	memset(a->cursor, 0, sizeof a->cursor);
	memset(a->announced, 0, sizeof a->announced);
	a->holding = a->cursors_changed = a->inbox_grew = false;
}

/* A copy of the header that says it was created now: the signer's certificate is as old as this process. */
static struct lb_frame date(struct lb_frame header, struct lb_buf *out)
{
	Lagebus__Header now = LAGEBUS__HEADER__INIT;
	uint8_t *room;
	size_t n;

	now.created = agent_clock_ms();
	n = lagebus__header__get_packed_size(&now);
	assert(lb_buf_append(out, header.p, header.n) == LB_OK);
	room = lb_buf_reserve(out, n);
	assert(room);
	lagebus__header__pack(&now, room);
	lb_buf_added(out, n);
	return (struct lb_frame){ lb_buf_data(out), lb_buf_len(out) };
}

static void take_delivery(struct agent *a, struct lb_zmtp_message *m)
{
	static const uint8_t sign[] = { 's', 'i', 'g', 'n' };
	struct lb_buf header = LB_BUF_INIT, signature = LB_BUF_INIT;
	uint64_t before[LB_LANES];
	struct lb_delivery d;

	memcpy(before, a->cursor, sizeof before);
	if (m->frames[3].n == sizeof sign && memcmp(m->frames[3].p, sign, sizeof sign) == 0) {
		m->frames[1] = date(m->frames[1], &header);
		assert(lb_sign(a->signer, m->frames[1], m->frames[2], &signature) == LB_OK);
		m->frames[3] = (struct lb_frame){ lb_buf_data(&signature), lb_buf_len(&signature) };
	}
	intake_delivery(a, m);
	if (uplink_is_open(&a->uplink)) {
		assert(lb_delivery_decode(m->frames[0].p, m->frames[0].n, &d) == LB_OK);
		assert(d.previous == before[d.lane] && a->cursor[d.lane] == d.position && a->cursor[!d.lane] == before[!d.lane]);
	}
	lb_buf_fini(&header);
	lb_buf_fini(&signature);
}

/* A gap moves one lane forward, over what it counts as missed. */
static void check_gap(const struct agent *a, const Lagebus__Gap *g, const uint64_t before[LB_LANES], uint64_t missed)
{
	assert(g->lane < LB_LANES && g->from <= g->to && g->to >= before[g->lane] && a->cursor[g->lane] == g->to);
	assert(a->cursor[!g->lane] == before[!g->lane] && a->missed == missed + (g->to - g->from) + 1);
}

static void take_control(struct agent *a, struct lb_frame frame)
{
	Lagebus__Control *c = lagebus__control__unpack(NULL, frame.n, frame.p);
	uint64_t before[LB_LANES], missed = a->missed;

	if (!c)
		return;
	memcpy(before, a->cursor, sizeof before);
	if (c->body_case != LAGEBUS__CONTROL__BODY_GOODBYE)
		intake_control(a, c);
	if (c->body_case == LAGEBUS__CONTROL__BODY_GAP && uplink_is_open(&a->uplink))
		check_gap(a, c->gap, before, missed);
	else
		assert(memcmp(before, a->cursor, sizeof before) == 0);
	lagebus__control__free_unpacked(c, NULL);
}

static void check_inbox(struct agent *a)
{
	struct inbox_row row = { .row = 0 };

	while (inbox_after(&a->store, row.row, &row) == LB_OK) {
		struct lb_header h;

		assert(lb_header_decode(row.header.p, row.header.n, &h) == LB_OK && lb_text_equals(h.origin, "de-sn"));
		assert(lb_utf8_is_valid(row.title, strlen(row.title)) && lb_utf8_is_valid(row.tracking_id, strlen(row.tracking_id)));
		assert(strcmp(row.signer, "spiffe://lagebus.example/partner/de-sn/agent/main") == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct agent *a = fixture_begin();
	struct lb_zmtp_message m;
	size_t need;

	fixture_link(a);
	start_over(a);
	while (uplink_is_open(&a->uplink) && lb_zmtp_parse(data, n, LB_MESSAGE_MAX, &m, &need) == LB_OK) {
		if (!m.command && m.frames_n == 1)
			take_control(a, m.frames[0]);
		else if (!m.command && m.frames_n == 4)
			take_delivery(a, &m);
		data += m.raw_n;
		n -= m.raw_n;
	}
	check_inbox(a);
	if (a->in_transaction)
		store_rollback(&a->store);
	a->in_transaction = false;
	return 0;
}
