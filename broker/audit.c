/* The audit's rows. */
#include "broker/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/bytes.h"
#include "lagebus/audit.h"
#include "proto/audit.pb-c.h"

#define CHECKPOINT_MS 60000 /* as long what is written last may be without a signature */
#define EVENTS_MAX (4 * 1024 * 1024) /* bytes of events that wait for a commit that succeeds */
#define TAG_NUMBER 0x09
#define TAG_AT 0x10
#define TAG_PREVIOUS 0x1a
#define TAG_EVENT 0x22

struct audit {
	struct journal *journal;
	struct lb_hasher *hasher;
	struct lb_signer *signer;
	uint64_t number; /* of the last row that is on disk */
	uint8_t previous[LB_AUDIT_HASH];
	struct lb_buf events; /* added, each with its tag and length */
	size_t telling;       /* bytes of them in the row that is being written */
	struct lb_buf row, messages;
	bool written, signs;  /* the row that is being written is there; it has a checkpoint */
	int64_t now_ms;
	uint8_t hash[LB_AUDIT_HASH]; /* of that row */
	int64_t checkpoint_ms;
	bool signed_up; /* nothing has been told since the last checkpoint but itself */
};

static struct audit_event *pack(const Lagebus__AuditEvent *event)
{
	size_t n = lagebus__audit_event__get_packed_size(event);
	struct audit_event *e = malloc(sizeof *e + n);

	if (e)
		e->n = lagebus__audit_event__pack(event, e->bytes);
	return e;
}

struct audit_event *audit_refused(const char *agent, const struct lb_uuid *id, unsigned type, lb_err rule)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditRefused refused = LAGEBUS__AUDIT_REFUSED__INIT;

	refused.agent = (char *)agent;
	refused.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	refused.type = type;
	refused.rule = (char *)lb_err_token(rule);
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_REFUSED;
	event.refused = &refused;
	return pack(&event);
}

struct audit_event *audit_refused_more(uint64_t more)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditRefused refused = LAGEBUS__AUDIT_REFUSED__INIT;

	refused.more = more;
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_REFUSED;
	event.refused = &refused;
	return pack(&event);
}

struct audit_event *audit_stored(const char *agent, const uint64_t stored[LB_LANES])
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditStored s = LAGEBUS__AUDIT_STORED__INIT;

	s.agent = (char *)agent;
	s.urgent = stored[LB_LANE_URGENT];
	s.routine = stored[LB_LANE_ROUTINE];
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_STORED;
	event.stored = &s;
	return pack(&event);
}

struct audit_event *audit_receipt(const struct lb_uuid *id, const char *partner, unsigned state, const char *by)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditReceipt r = LAGEBUS__AUDIT_RECEIPT__INIT;

	r.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	r.partner = (char *)partner;
	r.state = state;
	r.by = (char *)by;
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_RECEIPT;
	event.receipt = &r;
	return pack(&event);
}

struct audit_event *audit_broker(const char *what, const char *detail, const uint8_t *certificate, size_t certificate_n)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditBroker b = LAGEBUS__AUDIT_BROKER__INIT;

	b.what = (char *)what;
	b.detail = (char *)detail;
	b.certificate = (ProtobufCBinaryData){ certificate ? certificate_n : 0, (uint8_t *)certificate };
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_BROKER;
	event.broker = &b;
	return pack(&event);
}

static lb_err load_last(struct audit *a)
{
	struct lb_buf key = LB_BUF_INIT, row = LB_BUF_INIT;
	lb_err e = journal_newest(a->journal, JOURNAL_AUDIT, &key, &row);

	if (e == LB_OK && lb_buf_len(&key) != 8)
		e = LB_CORRUPT;
	if (e == LB_OK)
		e = lb_hasher_sum(a->hasher, lb_buf_data(&row), lb_buf_len(&row), a->previous);
	if (e == LB_OK)
		a->number = get_big(lb_buf_data(&key), 8);
	lb_buf_fini(&key);
	lb_buf_fini(&row);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

lb_err audit_open(struct journal *j, struct audit **out)
{
	struct audit *a = calloc(1, sizeof *a);
	lb_err e;

	if (!a || !(a->hasher = lb_hasher_new())) {
		free(a);
		return LB_NO_MEMORY;
	}
	a->journal = j;
	a->signed_up = true;
	e = load_last(a);
	if (e != LB_OK) {
		audit_close(a);
		return e;
	}
	*out = a;
	return LB_OK;
}

void audit_close(struct audit *a)
{
	audit_sign_with(a, NULL);
	lb_hasher_free(a->hasher);
	lb_buf_fini(&a->events);
	lb_buf_fini(&a->row);
	lb_buf_fini(&a->messages);
	free(a);
}

void audit_sign_with(struct audit *a, struct lb_signer *signer)
{
	if (a->signer)
		lb_signer_free(a->signer);
	a->signer = signer;
}

static lb_err put_varint(struct lb_buf *b, uint64_t v)
{
	uint8_t p[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	return lb_buf_append(b, p, n);
}

static lb_err put_bytes(struct lb_buf *b, uint8_t tag, const void *p, size_t n)
{
	lb_err e = lb_buf_append(b, &tag, 1);

	if (e == LB_OK)
		e = put_varint(b, n);
	return e == LB_OK ? lb_buf_append(b, p, n) : e;
}

lb_err audit_add(struct audit *a, const struct audit_event *event)
{
	/* A disk that has been full for long: the log says who was refused. */
	if (lb_buf_len(&a->events) + event->n > EVENTS_MAX)
		return LB_LIMIT;
	return put_bytes(&a->events, TAG_EVENT, event->bytes, event->n);
}

static void empty(struct lb_buf *b)
{
	lb_buf_consume(b, lb_buf_len(b));
}

/* Ours begin with the id, and need not be decoded for it. */
static lb_err read_id(struct lb_frame header, struct lb_uuid *id)
{
	struct lb_header h;
	lb_err e = LB_OK;

	if (header.n >= 2 + sizeof id->b && header.p[0] == 0x0a && header.p[1] == sizeof id->b) {
		memcpy(id->b, header.p + 2, sizeof id->b);
	} else {
		e = lb_header_decode(header.p, header.n, &h);
		*id = h.id;
	}
	return e;
}

static lb_err put_message(struct audit *a, const struct lb_zmtp_message *m)
{
	uint8_t entry[LB_AUDIT_ENTRY] = { 0 };
	struct lb_frame signature = m->frames[2];
	size_t end = signature.n < LB_AUDIT_SIGNATURE_END ? signature.n : LB_AUDIT_SIGNATURE_END;
	struct lb_uuid id;
	lb_err e = read_id(m->frames[0], &id);

	if (e != LB_OK)
		return e;
	memcpy(entry, id.b, sizeof id.b);
	/* A signature without a hint names nobody; its end stands for it all the same. */
	if (lb_signature_hint(signature, entry + 16) != LB_OK)
		memset(entry + 16, 0, LB_SIGNER_SIZE);
	memcpy(entry + sizeof entry - end, signature.p + signature.n - end, end);
	return lb_buf_append(&a->messages, entry, sizeof entry);
}

static lb_err put_event(struct audit *a, const Lagebus__AuditEvent *event)
{
	size_t n = lagebus__audit_event__get_packed_size(event);
	uint8_t tag = TAG_EVENT, *room;
	lb_err e = lb_buf_append(&a->row, &tag, 1);

	if (e == LB_OK)
		e = put_varint(&a->row, n);
	room = e == LB_OK ? lb_buf_reserve(&a->row, n) : NULL;
	if (!room)
		return LB_NO_MEMORY;
	lb_buf_added(&a->row, lagebus__audit_event__pack(event, room));
	return LB_OK;
}

/* `h` is any message's of the run: they have all of this in common. */
static lb_err put_published(struct audit *a, const struct lb_header *h, uint64_t first)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditPublished p = LAGEBUS__AUDIT_PUBLISHED__INIT;
	char texts[LB_HEADER_MAX + LB_AUDIENCE_MAX + 1], *audience[LB_AUDIENCE_MAX], *at = texts;

	p.origin = at;
	at += snprintf(at, LB_PARTNER_ID_MAX + 1, "%.*s", (int)h->origin.n, h->origin.p) + 1;
	for (unsigned i = 0; i < h->audience_n; i++) {
		audience[i] = at;
		memcpy(at, h->audience[i].p, h->audience[i].n);
		at += h->audience[i].n;
		*at++ = '\0';
	}
	p.lane = h->lane;
	p.first = first;
	p.type = h->type;
	p.area = h->area;
	p.tlp = h->tlp;
	p.level = h->level;
	p.audience = audience;
	p.n_audience = h->audience_n;
	p.messages = (ProtobufCBinaryData){ lb_buf_len(&a->messages), lb_buf_data(&a->messages) };
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED;
	event.published = &p;
	return put_event(a, &event);
}

static lb_err put_run(struct audit *a, const struct block *b, uint32_t first, uint32_t end)
{
	struct lb_zmtp_message m;
	struct lb_header h;
	lb_err e = LB_OK;

	empty(&a->messages);
	for (uint32_t i = first; e == LB_OK && i < end; i++) {
		e = block_message(b, i, &m);
		if (e == LB_OK)
			e = put_message(a, &m);
	}
	if (e == LB_OK)
		e = lb_header_decode(m.frames[0].p, m.frames[0].n, &h);
	return e == LB_OK ? put_published(a, &h, b->first + first) : e;
}

static lb_err put_block(struct audit *a, const struct block *b)
{
	lb_err e = LB_OK;

	for (uint32_t i = 0; e == LB_OK && i < b->runs_n; i++)
		e = put_run(a, b, b->runs[i].first, i + 1 < b->runs_n ? b->runs[i + 1].first : b->count);
	return e;
}

static lb_err put_checkpoint(struct audit *a)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditCheckpoint c = LAGEBUS__AUDIT_CHECKPOINT__INIT;
	struct lb_uuid log = journal_id(a->journal);
	uint8_t point[LB_AUDIT_POINT];
	lb_err e;

	lb_audit_point(&log, a->number, a->previous, point);
	empty(&a->messages);
	e = lb_sign(a->signer, (struct lb_frame){ (const uint8_t *)LB_AUDIT_SIGNED, strlen(LB_AUDIT_SIGNED) }, (struct lb_frame){ point, sizeof point },
	            &a->messages);
	if (e != LB_OK)
		return e;
	c.log = (ProtobufCBinaryData){ sizeof log.b, log.b };
	c.signature = (ProtobufCBinaryData){ lb_buf_len(&a->messages), lb_buf_data(&a->messages) };
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT;
	event.checkpoint = &c;
	return put_event(a, &event);
}

static lb_err put_head(struct audit *a, int64_t now_ms)
{
	uint8_t number[9] = { TAG_NUMBER };
	lb_err e;

	put_little64(number + 1, a->number + 1);
	empty(&a->row);
	e = lb_buf_append(&a->row, number, sizeof number);
	if (e == LB_OK)
		e = lb_buf_append(&a->row, &(uint8_t){ TAG_AT }, 1);
	if (e == LB_OK)
		e = put_varint(&a->row, (uint64_t)now_ms);
	return e == LB_OK ? put_bytes(&a->row, TAG_PREVIOUS, a->previous, sizeof a->previous) : e;
}

static lb_err put_row(struct audit *a)
{
	uint8_t key[8];
	lb_err e = lb_hasher_sum(a->hasher, lb_buf_data(&a->row), lb_buf_len(&a->row), a->hash);

	put_big(key, a->number + 1, sizeof key);
	return e == LB_OK ? journal_put(a->journal, JOURNAL_AUDIT, key, sizeof key, lb_buf_data(&a->row), lb_buf_len(&a->row)) : e;
}

static bool needs_signature(const struct audit *a, int64_t now_ms, bool final)
{
	bool old = now_ms - a->checkpoint_ms >= CHECKPOINT_MS || now_ms < a->checkpoint_ms;

	return a->signer && !a->signed_up && (final || old);
}

bool audit_is_due(const struct audit *a, int64_t now_ms, bool final)
{
	return lb_buf_len(&a->events) > 0 || needs_signature(a, now_ms, final);
}

static bool has_messages(struct block *const *blocks, unsigned blocks_n)
{
	for (unsigned i = 0; i < blocks_n; i++)
		if (blocks[i]->count > 0)
			return true;
	return false;
}

lb_err audit_write(struct audit *a, struct block *const *blocks, unsigned blocks_n, int64_t now_ms, bool final)
{
	bool tells = lb_buf_len(&a->events) > 0 || has_messages(blocks, blocks_n);
	bool signs = needs_signature(a, now_ms, final);
	lb_err e;

	a->written = false;
	if (!tells && !signs)
		return LB_OK;
	e = put_head(a, now_ms);
	for (unsigned i = 0; e == LB_OK && i < blocks_n; i++)
		e = put_block(a, blocks[i]);
	if (e == LB_OK && lb_buf_len(&a->events) > 0)
		e = lb_buf_append(&a->row, lb_buf_data(&a->events), lb_buf_len(&a->events));
	if (e == LB_OK && signs)
		e = put_checkpoint(a);
	if (e == LB_OK)
		e = put_row(a);
	a->written = e == LB_OK;
	a->telling = lb_buf_len(&a->events);
	a->signs = signs;
	a->now_ms = now_ms;
	return e;
}

/* Before everything else there is the time (put_head). */
static bool read_time(const struct lb_buf *row, int64_t *at)
{
	const uint8_t *p = lb_buf_data(row);
	size_t n = lb_buf_len(row);
	uint64_t v = 0;

	if (n < 11 || p[0] != TAG_NUMBER || p[9] != TAG_AT)
		return false;
	for (size_t i = 10; i < n && i < 20; i++) {
		v |= (uint64_t)(p[i] & 0x7f) << (7 * (i - 10));
		if (p[i] < 0x80) {
			*at = (int64_t)v;
			return true;
		}
	}
	return false;
}

lb_err audit_drop_one(struct audit *a, int64_t before_ms)
{
	struct lb_buf key = LB_BUF_INIT, row = LB_BUF_INIT;
	uint8_t end[9] = { 0 };
	int64_t at;
	lb_err e = journal_first(a->journal, JOURNAL_AUDIT, &key, &row);

	if (e == LB_OK && (lb_buf_len(&key) != 8 || !read_time(&row, &at)))
		e = LB_CORRUPT;
	if (e == LB_OK && at >= before_ms)
		e = LB_NOT_FOUND;
	if (e == LB_OK) {
		memcpy(end, lb_buf_data(&key), 8); /* the key behind this one */
		e = journal_clear(a->journal, JOURNAL_AUDIT, lb_buf_data(&key), 8, end, sizeof end);
	}
	lb_buf_fini(&key);
	lb_buf_fini(&row);
	return e;
}

void audit_committed(struct audit *a)
{
	if (!a->written)
		return;
	a->written = false;
	a->number++;
	memcpy(a->previous, a->hash, sizeof a->previous);
	lb_buf_consume(&a->events, a->telling);
	a->signed_up = a->signs;
	if (a->signs || a->checkpoint_ms == 0)
		a->checkpoint_ms = a->now_ms;
}

void audit_aborted(struct audit *a)
{
	a->written = false;
}
