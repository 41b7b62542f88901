/* The broker's parts in this process, and callers. */
#include "tests/kit/stand.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "proto/host/federation_file.h"
#include "proto/host/log.h"

#define SET_MAX 12

struct stand stand;

static const struct agent {
	const char *who, *partner, *name, *acts_for;
	int days;
} agents[] = {
	{ "bsi", "bund-bsi", "main", NULL, 2 }, { "bsi2", "bund-bsi", "second", NULL, 2 }, { "sn", "de-sn", "main", NULL, 2 },
	{ "sn2", "de-sn", "second", NULL, 2 }, { "old", "de-sn", "old", NULL, -1 }, { "acting", "de-sn", "acting", "de-he", 2 },
	{ "leipzig", "de-sn/leipzig", "main", NULL, 2 }, { "he", "de-he", "main", NULL, 2 }, { "uni", "uni", "main", NULL, 2 },
	{ "by", "de-by", "main", NULL, 2 },
};
#define AGENTS (sizeof agents / sizeof agents[0])

const char stand_federation[] =
	"trust_domain = \"lagebus.example\";\n"
	"partners = (\n"
	"  { id = \"bund-bsi\"; role = \"coordinator\"; areas = [ \"all\" ]; },\n"
	"  { id = \"de-sn\"; role = \"state\"; areas = [ \"all\" ]; groups = [ \"cert\" ]; },\n"
	"  { id = \"de-sn/leipzig\"; role = \"local\"; areas = [ \"all\" ]; },\n"
	"  { id = \"de-he\"; role = \"state\"; areas = [ \"cyber-defence\", \"threat-intelligence\" ]; },\n"
	"  { id = \"uni\"; role = \"observer\"; areas = [ \"all\" ]; }\n"
	");\n";

static char folder[] = "/tmp/lagebus-stand-XXXXXX";
static struct lb_tls *tls_of[AGENTS];
static struct {
	const char *key;
	int64_t number;
} set[SET_MAX];
static unsigned set_n, data_n, turn;
static uint64_t last[LB_LANES]; /* positions given out by stand_commit */

int stand_make(void **state)
{
	char uri[LB_SPIFFE_ID_MAX + 1];

	(void)state;
	log_set_level(LOG_ERROR);
	if (!mkdtemp(folder) || !credentials_make(folder, "lagebus.example"))
		return -1;
	for (size_t i = 0; i < AGENTS; i++) {
		const struct credential c = { agents[i].who, "ca", uri, NULL, agents[i].days };

		snprintf(uri, sizeof uri, "spiffe://lagebus.example/partner/%s/agent/%s", agents[i].partner, agents[i].name);
		if (!(agents[i].acts_for ? credentials_issue_mandated(folder, &c, agents[i].acts_for) : credentials_issue(folder, &c)))
			return -1;
	}
	return 0;
}

int stand_remove(void **state)
{
	(void)state;
	for (size_t i = 0; i < AGENTS; i++)
		if (tls_of[i])
			lb_tls_unref(tls_of[i]);
	credentials_remove(folder);
	return 0;
}

int stand_set_up(void **state)
{
	(void)state;
	set_n = 0;
	data_n++;
	turn = 0;
	stand.federation = stand_federation;
	stand.tick_ms = 10;
	atomic_store(&stand.ahead_ms, 0);
	stand_set("workers", 1);
	stand_set("low_water", 0);
	stand_set("log_size", 256 << 20);
	return 0;
}

int stand_tear_down(void **state)
{
	char name[32], path[128];

	(void)state;
	stand_stop();
	snprintf(name, sizeof name, "data-%u", data_n);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	credentials_remove(path);
	return 0;
}

void stand_set(const char *key, int64_t number)
{
	assert_true(set_n < SET_MAX);
	set[set_n].key = key;
	set[set_n++].number = number;
}

static struct lb_tls *load_tls(enum lb_link_side side, const char *name, const char *crl)
{
	char certificate[128], key[128], ca[128], list[128], why[400] = "";
	struct lb_tls_files f = { .certificate = certificate, .key = key, .ca = ca, .crl = crl ? list : NULL };
	struct lb_tls *tls = NULL;

	snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, name);
	snprintf(key, sizeof key, "%s/%s.key", folder, name);
	snprintf(ca, sizeof ca, "%s/ca.pem", folder);
	snprintf(list, sizeof list, "%s/%s", folder, crl ? crl : "");
	if (lb_tls_load(side, &f, &tls, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	return tls;
}

struct lb_tls *stand_tls(const char *who)
{
	size_t i = 0;

	while (i < AGENTS && strcmp(agents[i].who, who) != 0)
		i++;
	assert_true(i < AGENTS);
	if (!tls_of[i])
		tls_of[i] = load_tls(LB_LINK_CLIENT, who, NULL);
	return tls_of[i];
}

void stand_revoke(const char *who, const char *crl)
{
	assert_true(credentials_revoke(folder, "ca", who, crl, 2));
}

static void set_text(struct settings *s, const char *key, const char *text)
{
	char why[256];

	assert_int_equal(settings_set(s, key, &(struct setting_value){ .form = SETTING_TEXT, .text = text }, why, sizeof why), LB_OK);
}

static struct configuration make_configuration(const char *federation, const char *crl)
{
	struct configuration c = { .tls = load_tls(LB_LINK_SERVER, "broker", crl) };
	struct config_problem problem;
	char why[256], data[128];

	assert_int_equal(settings_init(&c.settings), LB_OK);
	snprintf(data, sizeof data, "%s/data-%u", folder, data_n);
	set_text(&c.settings, "data", data);
	set_text(&c.settings, "listen", "127.0.0.1:0");
	for (unsigned i = 0; i < set_n; i++) {
		const struct setting_value v = { .form = SETTING_NUMBER, .number = set[i].number };

		if (settings_set(&c.settings, set[i].key, &v, why, sizeof why) != LB_OK)
			fail_msg("%s", why);
	}
	if (federation_file_parse("federation", federation, strlen(federation), &c.federation, &problem) != LB_OK)
		fail_msg("%s", problem.reason);
	return c;
}

static void make_workers(struct parts *p)
{
	struct worker_settings w = {
		.workers = (unsigned)p->configuration.settings.workers,
		.settings = &p->configuration.settings,
		.hub = p->hub,
		.journal = p->journal,
		.roster = p->roster,
		.pace = p->pace,
		.federation = p->configuration.federation,
		.tls = p->configuration.tls,
		.tick_ms = stand.tick_ms,
		.ahead_ms = &stand.ahead_ms,
	};

	for (w.index = 0; w.index < w.workers; w.index++) {
		char name[32];

		assert_int_equal(worker_new(&w, &p->workers[w.index]), LB_OK);
		snprintf(name, sizeof name, "worker-%u", w.index);
		assert_int_equal(channel_end_open(p->hub, name, &p->to_workers[w.index]), LB_OK);
		p->workers_n++;
	}
}

/* Everything but the log writer and the threads. */
static void make_parts(struct parts *p)
{
	struct journal_settings j = { .map_bytes = 256 << 20 };
	char why[512];

	*p = (struct parts){ .configuration = make_configuration(stand.federation, NULL) };
	j.folder = p->configuration.settings.data;
	j.low_water_bytes = (uint64_t)p->configuration.settings.low_water_bytes;
	if (journal_open(&j, &p->journal, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	p->roster = roster_new((uint32_t)p->configuration.settings.max_connections, (uint32_t)p->configuration.settings.max_per_partner);
	p->hub = channel_hub_new();
	p->pace = pace_new((unsigned)p->configuration.settings.workers + 1);
	assert_true(p->roster && p->pace && p->hub);
	make_workers(p);
}

static void run_workers(struct parts *p)
{
	for (; p->running_n < p->workers_n; p->running_n++)
		assert_int_equal(worker_run(p->workers[p->running_n]), LB_OK);
}

void stand_start(void)
{
	struct parts *p = &stand.parts;
	struct writer_settings w = { .commit_bytes = 512 << 10 };

	make_parts(p);
	w.hub = p->hub;
	w.journal = p->journal;
	w.workers = p->workers_n;
	w.retention_ms = p->configuration.settings.retention_s * 1000;
	assert_int_equal(writer_start(&w, &p->writer), LB_OK);
	assert_int_equal(channel_end_open(p->hub, "routine", &p->to_writer), LB_OK);
	run_workers(p);
}

void stand_start_held(void)
{
	struct parts *p = &stand.parts;

	make_parts(p);
	assert_int_equal(channel_open(p->hub, "urgent", &stand.urgent), LB_OK);
	assert_int_equal(channel_open(p->hub, "routine", &stand.routine), LB_OK);
	last[LB_LANE_URGENT] = last[LB_LANE_ROUTINE] = 0;
	run_workers(p);
}

void stand_open_door(void)
{
	struct parts *p = &stand.parts;
	const struct door_settings d = {
		.settings = &p->configuration.settings,
		.hub = p->hub,
		.tls = p->configuration.tls,
		.workers = p->workers,
		.workers_n = p->workers_n,
		.roster = p->roster,
	};
	char why[256];

	if (door_start(&d, &p->door, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
}

static void empty(struct channel *c)
{
	struct channel_item item;

	while (channel_receive(c, &item)) {
		if (item.kind == WRITER_BLOCK)
			block_unref(item.p);
		else
			free(item.p);
	}
	channel_close(c);
}

/* The workers go first: what they still give the writer ends with the channels. */
static void stop_held(struct parts *p)
{
	for (unsigned i = 0; i < p->running_n; i++) {
		assert_int_equal(channel_send(p->to_workers[i], (struct channel_item){ WORKER_STOP, NULL }), LB_OK);
		channel_end_close(p->to_workers[i]);
		worker_join(p->workers[i]);
	}
	p->workers_n = p->running_n = 0;
	empty(stand.urgent);
	empty(stand.routine);
	stand.urgent = stand.routine = NULL;
}

void stand_stop(void)
{
	for (unsigned i = 0; i < stand.callers_n; i++)
		caller_fini(&stand.callers[i]);
	stand.callers_n = 0;
	if (stand.urgent)
		stop_held(&stand.parts);
	if (stand.parts.hub)
		parts_end(&stand.parts);
	stand.parts = (struct parts){ .hub = NULL };
}

void stand_reload(const char *federation, const char *crl)
{
	struct configuration c = make_configuration(federation ? federation : stand.federation, crl), *ours = &stand.parts.configuration;

	for (unsigned i = 0; i < stand.parts.workers_n; i++) {
		struct reload *r = malloc(sizeof *r);

		assert_non_null(r);
		*r = (struct reload){ .federation = federation_ref(c.federation), .tls = lb_tls_ref(c.tls) };
		assert_int_equal(channel_send(stand.parts.to_workers[i], (struct channel_item){ WORKER_RELOAD, r }), LB_OK);
	}
	if (stand.parts.to_writer) {
		struct retention *keep = malloc(sizeof *keep);

		assert_non_null(keep);
		*keep = *federation_retention(c.federation);
		assert_int_equal(channel_send(stand.parts.to_writer, (struct channel_item){ WRITER_RETENTION, keep }), LB_OK);
	}
	if (stand.parts.door)
		door_reload(stand.parts.door, c.tls);
	federation_unref(ours->federation);
	lb_tls_unref(ours->tls);
	ours->federation = c.federation;
	ours->tls = c.tls;
	settings_fini(&c.settings);
}

static void move(struct lb_link *from, struct lb_link *to, lb_err *e)
{
	struct lb_buf *out = lb_link_output(from);

	if (lb_buf_len(out) == 0)
		return;
	lb_link_feed(to, lb_buf_data(out), lb_buf_len(out));
	*e = lb_link_handshake(to);
	lb_link_output_sent(from, lb_buf_len(out));
}

static struct lb_link *shake(struct lb_link *client)
{
	struct lb_link *server = lb_link_new(stand.parts.configuration.tls, NULL);
	lb_err at_client = lb_link_handshake(client), at_server = LB_AGAIN;

	assert_non_null(server);
	while (at_server == LB_AGAIN) {
		assert_true(at_client == LB_OK || at_client == LB_AGAIN);
		move(client, server, &at_server);
		if (at_server == LB_AGAIN)
			move(server, client, &at_client);
	}
	assert_int_equal(at_client, LB_OK);
	assert_int_equal(at_server, LB_OK);
	return server;
}

void stand_signer(const char *who, uint8_t hint[LB_SIGNER_SIZE])
{
	struct lb_link *client = lb_link_new(stand_tls(who), NULL), *server;
	const uint8_t *der;
	size_t n;

	assert_non_null(client);
	server = shake(client);
	lb_link_peer_certificate(server, &der, &n);
	lb_signer_hint(der, n, hint);
	lb_link_free(server);
	lb_link_free(client);
}

size_t stand_certificate(const char *who, uint8_t der[CREDENTIALS_DER_MAX])
{
	size_t n = credentials_der(folder, who, der);

	assert_true(n > 0);
	return n;
}

void stand_put_row(enum journal_table t, const void *key, size_t key_n, const void *value, size_t value_n)
{
	assert_non_null(stand.urgent);
	assert_int_equal(journal_begin(stand.parts.journal), LB_OK);
	assert_int_equal(journal_put(stand.parts.journal, t, key, key_n, value, value_n), LB_OK);
	assert_int_equal(journal_commit(stand.parts.journal), LB_OK);
}

struct caller *stand_call_early(const char *who, const void *early, size_t n)
{
	struct parts *p = &stand.parts;
	struct arrival *a = calloc(1, sizeof *a);
	struct caller *c = &stand.callers[stand.callers_n];
	unsigned worker = turn++ % p->workers_n;
	int fd[2];

	assert_true(a && stand.callers_n < STAND_CALLERS);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd), 0);
	caller_init(c, fd[0], stand_tls(who));
	stand.callers_n++;
	a->fd = fd[1];
	a->link = shake(c->link);
	if (n > 0)
		assert_int_equal(lb_buf_append(&a->input, early, n), LB_OK);
	strcpy(a->address, "here");
	assert_true(roster_admit(p->roster));
	worker_expect(p->workers[worker], 1);
	assert_int_equal(channel_send(p->to_workers[worker], (struct channel_item){ WORKER_ARRIVAL, a }), LB_OK);
	return c;
}

struct caller *stand_call(const char *who)
{
	return stand_call_early(who, NULL, 0);
}

struct caller *stand_agent_from(const char *who, const Lagebus__Hello *hello)
{
	struct caller *c = stand_call(who);

	assert_true(caller_open(c, hello));
	return c;
}

struct caller *stand_agent(const char *who)
{
	return stand_agent_from(who, NULL);
}

static struct lb_uuid publish_accepted(struct caller *c, const struct lb_header *h, size_t size)
{
	void *payload = calloc(1, size + 1);
	const Lagebus__Control *answer;

	assert_non_null(payload);
	caller_publish(c, h, payload, size);
	free(payload);
	answer = caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED);
	assert_non_null(answer);
	assert_int_equal(answer->accepted->n_ids, 1);
	assert_memory_equal(answer->accepted->ids[0].data, h->id.b, sizeof h->id.b);
	return h->id;
}

void stand_publish(struct caller *c, const char *who, const struct lb_header *h, const void *payload, size_t n)
{
	stand_publish_forged(c, who, h, payload, payload, n);
}

void stand_publish_forged(struct caller *c, const char *who, const struct lb_header *h, const void *payload, const void *was_signed, size_t n)
{
	struct lb_buf header = LB_BUF_INIT, signature = LB_BUF_INIT;
	char certificate[128], key[128], why[256];
	struct lb_frame frames[3] = { [1] = { payload, n } };
	struct lb_signer *signer;

	snprintf(certificate, sizeof certificate, "%s/%s.pem", folder, who);
	snprintf(key, sizeof key, "%s/%s.key", folder, who);
	if (lb_signer_load(certificate, key, &signer, why, sizeof why) != LB_OK)
		fail_msg("%s", why);
	assert_int_equal(lb_header_encode(h, &header), LB_OK);
	frames[0] = (struct lb_frame){ lb_buf_data(&header), lb_buf_len(&header) };
	assert_int_equal(lb_sign(signer, frames[0], (struct lb_frame){ was_signed, n }, &signature), LB_OK);
	frames[2] = (struct lb_frame){ lb_buf_data(&signature), lb_buf_len(&signature) };
	caller_say_frames(c, frames, 3);
	lb_buf_fini(&header);
	lb_buf_fini(&signature);
	lb_signer_free(signer);
}

struct lb_uuid stand_send(struct caller *c, const char *to, size_t size)
{
	struct lb_header h;

	caller_header(c, to, &h);
	return publish_accepted(c, &h, size);
}

struct lb_uuid stand_warn(struct caller *c, const char *to, size_t size)
{
	struct lb_header h;

	caller_warning(c, to, &h);
	return publish_accepted(c, &h, size);
}

void stand_assert_delivered(struct caller *c, const struct lb_uuid *id, uint64_t position, uint64_t previous)
{
	assert_int_equal(caller_hear(c), HEARD_DELIVERY);
	assert_memory_equal(c->header.id.b, id->b, sizeof id->b);
	assert_int_equal(c->header.lane, c->place.lane);
	assert_int_equal(c->place.position, position);
	assert_int_equal(c->place.previous, previous);
	for (size_t i = 0; i < c->payload.n; i++)
		if (c->payload.p[i] != 0)
			fail_msg("byte %zu of the payload of %zu is not what was sent", i, c->payload.n);
}

void stand_assert_accepted(struct caller *c, const struct lb_uuid *id)
{
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_ACCEPTED));
	assert_int_equal(c->control->accepted->n_ids, 1);
	assert_int_equal(c->control->accepted->ids[0].len, sizeof id->b);
	assert_memory_equal(c->control->accepted->ids[0].data, id->b, sizeof id->b);
}

void stand_assert_refused(struct caller *c, const struct lb_uuid *id, const char *reason)
{
	assert_non_null(caller_hear_control(c, LAGEBUS__CONTROL__BODY_REFUSED));
	assert_string_equal(c->control->refused->reason, reason);
	assert_true(c->control->refused->text[0] != '\0');
	assert_int_equal(c->control->refused->id.len, sizeof id->b);
	assert_memory_equal(c->control->refused->id.data, id->b, sizeof id->b);
}

const Lagebus__Receipts *stand_receipts(struct caller *c, const void *id, size_t n)
{
	static uint64_t request;
	Lagebus__ReceiptsQuery query = LAGEBUS__RECEIPTS_QUERY__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	enum heard heard;

	query.request = ++request;
	query.id = (ProtobufCBinaryData){ n, (uint8_t *)id };
	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS_QUERY;
	control.receipts_query = &query;
	caller_say_control(c, &control);
	do
		heard = caller_hear(c);
	while (heard == HEARD_DELIVERY || heard == HEARD_COMMAND);
	assert_int_equal(heard, HEARD_CONTROL);
	assert_int_equal(c->control->body_case, LAGEBUS__CONTROL__BODY_RECEIPTS);
	assert_int_equal(c->control->receipts->request, request);
	assert_int_equal(c->control->receipts->id.len, n);
	assert_memory_equal(c->control->receipts->id.data, id, n);
	return c->control->receipts;
}

void stand_wait(const atomic_ullong *number, unsigned long long least)
{
	struct timespec begin, now;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (atomic_load(number) < least) {
		poll(NULL, 0, 1);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if ((now.tv_sec - begin.tv_sec) * 1000 > CALLER_MS)
			fail_msg("it is still %llu, not %llu", atomic_load(number), least);
	}
}

const struct metrics *stand_metrics(unsigned worker)
{
	return worker_metrics(stand.parts.workers[worker]);
}

struct block *stand_next_block(enum lb_lane lane)
{
	struct channel *c = lane == LB_LANE_URGENT ? stand.urgent : stand.routine;
	struct channel_item item;

	for (;;) {
		while (!channel_receive(c, &item))
			assert_true(channel_wait(&c, 1, CALLER_MS));
		if (item.kind == WRITER_BLOCK)
			return item.p;
		free(item.p);
	}
}

static void refuse_all(struct block *b, lb_err result)
{
	bool *none = calloc(b->count, sizeof *none);

	assert_non_null(none);
	block_keep(b, none);
	for (uint32_t i = 0; i < b->publishes_n; i++)
		b->publishes[i].result = result;
	free(none);
}

void stand_commit(struct block *b, lb_err result)
{
	struct parts *p = &stand.parts;
	struct commit *c = malloc(sizeof *c + sizeof(struct block *));

	assert_non_null(c);
	if (result != LB_OK) {
		refuse_all(b, result);
	} else {
		block_number(b, last[b->lane] + 1);
		last[b->lane] += b->count;
	}
	atomic_init(&c->refs, p->workers_n);
	c->blocks_n = 1;
	c->blocks[0] = b;
	for (unsigned i = 0; i < p->workers_n; i++)
		assert_int_equal(channel_send(p->to_workers[i], (struct channel_item){ WRITER_COMMIT, c }), LB_OK);
}
