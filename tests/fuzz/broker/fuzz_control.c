/* Feeds what an agent says, control by control with the length in two bytes before each, to a session of a whole worker that has no
 * thread; whatever it is, the session only moves forward, and nothing counts as stored that was not delivered. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/host/federation_file.h"
#include "broker/control.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "proto/host/log.h"
#include "tests/kit/credentials.h"
#include "tests/kit/handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char members[] = "trust_domain = \"lagebus.example\"; partners = ("
			      "{ id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },"
			      "{ id = \"de-sn\"; role = \"state\"; groups = [ \"cert\" ]; areas = [ \"all\" ]; },"
			      "{ id = \"de-sn/leipzig\"; role = \"local\"; areas = [ \"cyber-defence\" ]; } );";

static struct {
	struct handshake peers;
	struct settings settings;
	struct federation *federation;
	struct channel_hub *hub;
	struct channel *to_writer[LB_LANES];
	struct journal *journal;
	struct roster *roster;
	struct worker *worker;
	struct session session;
} t;

/* The log has one message: from de-sn to everyone, id 018bcfe5-6800-7102-8300-000000000000. */
static void fill_log(struct router *router)
{
	static const struct lb_frame trailer[] = { { (const uint8_t *)"payload", 7 }, { (const uint8_t *)"signature", 9 } };
	static const uint8_t random[10] = { 1, 2, 3 };
	struct lb_header h = { .type = LB_TYPE_INDICATOR, .area = LB_AREA_CYBER_DEFENCE, .tlp = LB_TLP_GREEN, .lane = LB_LANE_ROUTINE };
	struct lb_buf header = LB_BUF_INIT, raw = LB_BUF_INIT;
	struct block *b = block_new(LB_LANE_ROUTINE, 0);
	struct block_publish publish = { .session = 0 };
	uint8_t *room;

	h.id = publish.id = lb_uuid7(1700000000000, random);
	h.schema_version = 1;
	h.created_ms = 1700000000000;
	h.origin = lb_text_of("de-sn");
	h.audience_n = 1;
	h.audience[0] = lb_text_of("all");
	assert(lb_header_encode(&h, &header) == LB_OK);
	assert(lb_zmtp_put_message(&raw, (struct lb_frame[]){ { lb_buf_data(&header), lb_buf_len(&header) }, trailer[0], trailer[1] }, 3) == LB_OK);
	assert(block_append(b, lb_buf_data(&raw), lb_buf_len(&raw), 0, router_route(router, 1, &h), &publish) == LB_OK);
	block_number(b, 1);
	assert(journal_begin(t.journal) == LB_OK && journal_append(t.journal, LB_LANE_ROUTINE, 1, 1, block_record_size(b), &room) == LB_OK);
	block_record_write(b, room);
	assert(journal_remember(t.journal, &h.id, &(unsigned){ LB_LANE_ROUTINE }, &(uint64_t){ 1 }) == LB_OK && journal_commit(t.journal) == LB_OK);
	block_unref(b);
	lb_buf_fini(&header);
	lb_buf_fini(&raw);
}

static void open_log(void)
{
	struct router *router = router_new(t.federation);
	const struct journal_settings s = { .folder = t.peers.folder, .map_bytes = 1 << 24 };
	char why[400];

	assert(journal_open(&s, &t.journal, why, sizeof why) == LB_OK);
	fill_log(router);
	router_free(router);
}

static void remove_folder(void)
{
	credentials_remove(t.peers.folder);
}

static void begin(void)
{
	struct worker_settings w = { .workers = 1, .settings = &t.settings };
	struct config_problem problem;

	log_set_level(LOG_ERROR);
	assert(handshake_begin(&t.peers, "de-sn") && handshake_shake(&t.peers));
	atexit(remove_folder);
	assert(settings_init(&t.settings) == LB_OK);
	assert(federation_file_parse("federation.conf", members, sizeof members - 1, &t.federation, &problem) == LB_OK);
	open_log();
	t.hub = channel_hub_new();
	assert(channel_open(t.hub, "urgent", &t.to_writer[0]) == LB_OK && channel_open(t.hub, "routine", &t.to_writer[1]) == LB_OK);
	t.roster = roster_new(1, 1);
	w.hub = t.hub;
	w.journal = t.journal;
	w.roster = t.roster;
	w.federation = t.federation;
	w.tls = t.peers.broker_tls;
	assert(worker_new(&w, &t.worker) == LB_OK);
	assert(channel_end_open(t.hub, "urgent", &t.worker->urgent) == LB_OK && channel_end_open(t.hub, "routine", &t.worker->routine) == LB_OK);
}

static void begin_session(struct session *s)
{
	*s = (struct session){ .state = SESSION_HELLO, .link = t.peers.broker, .agent = "spiffe://lagebus.example/partner/de-sn/agent/main", .address = "-" };
	s->partner = federation_find(t.federation, "de-sn", 5);
	feed_init(&s->feed, s->partner);
}

static void check(const struct session *s, enum session_state before)
{
	assert(s->state >= before && s->state <= SESSION_CLOSING);
	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		const struct feed_lane *l = &s->feed.lane[lane];

		assert(l->stored <= l->last && l->last < l->next);
	}
}

/* Nobody reads what the session says and notes. */
static void throw_away(void)
{
	struct channel_item item;

	lb_link_output_sent(t.peers.broker, lb_buf_len(lb_link_output(t.peers.broker)));
	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		while (channel_receive(t.to_writer[lane], &item))
			free(item.p);
		while (line_pop(&t.worker->line[lane]))
			;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct session *s = &t.session;

	if (!t.worker)
		begin();
	begin_session(s);
	while (n >= 2 && s->state != SESSION_CLOSING) {
		size_t length = (size_t)(data[0] << 8 | data[1]);
		enum session_state before = s->state;

		length = length < n - 2 ? length : n - 2;
		control_receive(t.worker, s, (struct lb_frame){ data + 2, length });
		check(s, before);
		data += 2 + length;
		n -= 2 + length;
	}
	feed_fini(&s->feed);
	lb_buf_fini(&s->later);
	throw_away();
	return 0;
}
