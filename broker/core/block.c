/* Consecutive messages of one lane in the bytes that recipients get. */
#include "broker/core/block.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/crc32c.h"

/* Room grows in few steps, so that a block that becomes full was seldom copied. */
#define FIRST_BYTES 1024
#define FIRST_SLOTS 4
#define STEP 8
#define RECORD_HEAD 16 /* count, bytes, runs, CRC-32C over what follows: 4 bytes each */
#define RECORD_ENTRY 8 /* at, expires_s */
#define RECORD_RUN 4   /* first */
#define PURGED 0xff    /* the first byte of a purged entry, which is no ZMTP flags byte */

struct block *block_new(enum lb_lane lane, unsigned worker)
{
	struct block *b = calloc(1, sizeof *b);

	if (!b)
		return NULL;
	atomic_init(&b->refs, 1);
	b->lane = lane;
	b->worker = worker;
	return b;
}

struct block *block_ref(struct block *b)
{
	atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
	return b;
}

void block_unref(struct block *b)
{
	if (atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (uint32_t i = 0; i < b->runs_n; i++)
		route_unref(b->runs[i].route);
	free(b->memory);
	free(b->entries);
	free(b->runs);
	free(b->publishes);
	deed_free(b->deed);
	free(b);
}

bool block_fits(const struct block *b, size_t raw_n)
{
	return b->publishes_n == 0 || b->bytes + BLOCK_PREFIX + raw_n <= BLOCK_BYTES;
}

static bool resize(void *array, size_t n, size_t size)
{
	void **p = array, *grown = realloc(*p, n * size);

	if (grown)
		*p = grown;
	return grown;
}

/* For one more entry, and the one that ends the last. */
static bool make_slot(struct block *b)
{
	uint32_t slots = b->slots ? b->slots * STEP : FIRST_SLOTS;

	if (b->publishes_n < b->slots)
		return true;
	if (!resize(&b->publishes, slots, sizeof *b->publishes) || !resize(&b->entries, (size_t)slots + 1, sizeof *b->entries))
		return false;
	b->slots = slots;
	return true;
}

static bool make_room_for_bytes(struct block *b, size_t n)
{
	size_t cap = b->capacity ? b->capacity : FIRST_BYTES;
	uint8_t *grown;

	if (n <= b->capacity)
		return true;
	while (cap < n)
		cap *= cap < BLOCK_BYTES ? STEP : 2;
	grown = realloc(b->memory, cap);
	if (!grown)
		return false;
	b->memory = b->data = grown;
	b->capacity = (uint32_t)cap;
	return true;
}

static bool add_run(struct block *b, uint32_t entry, struct route *route)
{
	if (b->runs_n > 0 && b->runs[b->runs_n - 1].route == route)
		return true;
	if ((b->runs_n & (b->runs_n - 1)) == 0 && !resize(&b->runs, b->runs_n ? 2 * (size_t)b->runs_n : 1, sizeof *b->runs))
		return false;
	b->runs[b->runs_n++] = (struct block_run){ entry, route_ref(route) };
	return true;
}

static uint32_t seconds(int64_t expires_ms)
{
	int64_t s = (expires_ms + 999) / 1000;

	return expires_ms == 0 ? 0 : s < UINT32_MAX ? (uint32_t)s : UINT32_MAX;
}

lb_err block_append(struct block *b, const uint8_t *raw, size_t raw_n, int64_t expires_ms, struct route *route, const struct block_publish *publish)
{
	struct lb_delivery d = { b->lane, 0, 0 };
	uint8_t *at;

	if (!make_room_for_bytes(b, b->bytes + BLOCK_PREFIX + raw_n) || !make_slot(b) || !add_run(b, b->count, route))
		return LB_NO_MEMORY;
	at = b->data + b->bytes;
	lb_zmtp_frame_head(at, LB_DELIVERY_SIZE, true);
	lb_delivery_encode(&d, at + BLOCK_PREFIX - LB_DELIVERY_SIZE);
	memcpy(at + BLOCK_PREFIX, raw, raw_n);
	b->publishes[b->publishes_n++] = *publish;
	b->entries[b->count++] = (struct block_entry){ b->bytes, seconds(expires_ms) };
	b->bytes += (uint32_t)(BLOCK_PREFIX + raw_n);
	b->entries[b->count] = (struct block_entry){ b->bytes, 0 };
	return LB_OK;
}

/* The runs without the entries that go: before[i] is how many entries before i stay. */
static void keep_runs(struct block *b, const uint32_t *before, uint32_t count)
{
	uint32_t kept = 0;

	for (uint32_t r = 0; r < b->runs_n; r++) {
		uint32_t first = before[b->runs[r].first], end = r + 1 < b->runs_n ? before[b->runs[r + 1].first] : count;

		if (first == end)
			route_unref(b->runs[r].route);
		else
			b->runs[kept++] = (struct block_run){ first, b->runs[r].route };
	}
	b->runs_n = kept;
}

void block_keep(struct block *b, const bool *keep)
{
	/* An entry's offset is not needed once its bytes have moved: it holds how many stay before it. */
	uint32_t count = 0, bytes = 0, *before = malloc(b->count * sizeof *before + 1);

	if (!before)
		abort(); /* a block that cannot be made smaller must not be committed as it is */
	for (uint32_t i = 0; i < b->count; i++) {
		uint32_t at = b->entries[i].at, n = b->entries[i + 1].at - at;

		before[i] = count;
		if (!keep[i])
			continue;
		memmove(b->data + bytes, b->data + at, n);
		b->entries[count++] = (struct block_entry){ bytes, b->entries[i].expires_s };
		bytes += n;
	}
	keep_runs(b, before, count);
	b->entries[count] = (struct block_entry){ bytes, 0 };
	b->count = count;
	b->bytes = bytes;
	free(before);
}

bool block_is_purged(const struct block *b, uint32_t i)
{
	return b->data[b->entries[i].at] == PURGED;
}

/* Puts other bytes, not more than there are, in the place of entry i's publisher's encoding. */
static void shrink(struct block *b, uint32_t i, const uint8_t *raw, uint32_t raw_n)
{
	uint32_t at = b->entries[i].at + BLOCK_PREFIX, end = b->entries[i + 1].at, less = end - at - raw_n;

	memcpy(b->data + at, raw, raw_n);
	memmove(b->data + at + raw_n, b->data + end, b->bytes - end);
	for (uint32_t k = i + 1; k <= b->count; k++)
		b->entries[k].at -= less;
	b->bytes -= less;
}

lb_err block_purge(struct block *b, uint32_t i, uint32_t at_s)
{
	static const struct lb_frame nothing = { (const uint8_t *)"", 0 };
	struct lb_buf raw = LB_BUF_INIT;
	struct block_entry *entry = &b->entries[i];
	struct lb_zmtp_message m;
	lb_err e;

	if (block_is_purged(b, i))
		return LB_OK;
	e = block_message(b, i, &m);
	if (e == LB_OK)
		e = lb_zmtp_put_message(&raw, (const struct lb_frame[]){ m.frames[0], nothing, nothing }, 3);
	if (e == LB_OK && lb_buf_len(&raw) > m.raw_n)
		e = LB_CORRUPT;
	if (e == LB_OK) {
		shrink(b, i, lb_buf_data(&raw), (uint32_t)lb_buf_len(&raw));
		b->data[entry->at] = PURGED;
		if (entry->expires_s == 0 || entry->expires_s > at_s)
			entry->expires_s = at_s;
		if (b->purged_s < entry->expires_s)
			b->purged_s = entry->expires_s;
	}
	lb_buf_fini(&raw);
	return e;
}

static void put64(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

void block_number(struct block *b, uint64_t first)
{
	b->first = first;
	for (uint32_t i = 0; i < b->count; i++) {
		uint8_t *delivery = b->data + b->entries[i].at + BLOCK_PREFIX - LB_DELIVERY_SIZE;

		put64(delivery + LB_DELIVERY_POSITION_AT, first + i);
		put64(delivery + LB_DELIVERY_PREVIOUS_AT, first + i - 1);
	}
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Bytes of a record before its data; 64 bits, so that no count makes it small. */
static uint64_t data_at(uint32_t count, uint32_t runs)
{
	return RECORD_HEAD + (uint64_t)count * RECORD_ENTRY + (uint64_t)runs * RECORD_RUN;
}

size_t block_record_size(const struct block *b)
{
	return data_at(b->count, b->runs_n) + b->bytes;
}

void block_record_write(const struct block *b, uint8_t *out)
{
	uint8_t *p = out + RECORD_HEAD;

	for (uint32_t i = 0; i < b->count; i++)
		p = put32(put32(p, b->entries[i].at), b->entries[i].expires_s);
	for (uint32_t i = 0; i < b->runs_n; i++)
		p = put32(p, b->runs[i].first);
	memcpy(p, b->data, b->bytes);
	p = put32(put32(put32(out, b->count), b->bytes), b->runs_n);
	put32(p, crc32c(0, out + RECORD_HEAD, block_record_size(b) - RECORD_HEAD));
}

/* Each entry has its delivery frame at least. */
static lb_err read_entries(struct block *b, const uint8_t *p)
{
	uint32_t former = 0;

	for (uint32_t i = 0; i < b->count; i++, p += RECORD_ENTRY) {
		uint32_t at = get32(p);

		if ((i == 0) != (at == 0) || (i > 0 && at < former + BLOCK_PREFIX) || at + (uint64_t)BLOCK_PREFIX > b->bytes)
			return LB_CORRUPT;
		b->entries[i] = (struct block_entry){ at, get32(p + 4) };
		if (block_is_purged(b, i) && b->purged_s < b->entries[i].expires_s)
			b->purged_s = b->entries[i].expires_s;
		former = at;
	}
	b->entries[b->count] = (struct block_entry){ b->bytes, 0 };
	return LB_OK;
}

static lb_err read_runs(struct block *b, const uint8_t *p)
{
	for (uint32_t i = 0; i < b->runs_n; i++, p += RECORD_RUN) {
		uint32_t first = get32(p);

		if (first >= b->count || (i == 0 ? first != 0 : first <= b->runs[i - 1].first))
			return LB_CORRUPT;
		b->runs[i] = (struct block_run){ first, NULL };
	}
	return LB_OK;
}

static lb_err check_first(const struct block *b)
{
	struct lb_delivery d;

	if (lb_delivery_decode(b->data + BLOCK_PREFIX - LB_DELIVERY_SIZE, LB_DELIVERY_SIZE, &d) != LB_OK || d.lane != b->lane || d.position != b->first)
		return LB_CORRUPT;
	return LB_OK;
}

static lb_err read_record(struct block *b, const uint8_t *p)
{
	lb_err e;

	b->entries = malloc(((size_t)b->count + 1) * sizeof *b->entries);
	b->runs = calloc(b->runs_n, sizeof *b->runs);
	if (!b->entries || !b->runs)
		return LB_NO_MEMORY;
	b->data = (uint8_t *)p + data_at(b->count, b->runs_n);
	e = read_entries(b, p + RECORD_HEAD);
	if (e == LB_OK)
		e = read_runs(b, p + data_at(b->count, 0));
	return e == LB_OK ? check_first(b) : e;
}

lb_err block_record_read(enum lb_lane lane, uint64_t first, struct lb_buf *record, struct block **out)
{
	size_t n = lb_buf_len(record);
	const uint8_t *p = n > 0 ? lb_buf_data(record) : NULL;
	struct block *b;
	lb_err e;

	if (n < RECORD_HEAD || get32(p) == 0 || get32(p + 8) == 0 || data_at(get32(p), get32(p + 8)) + get32(p + 4) != n ||
	    get32(p + 12) != crc32c(0, p + RECORD_HEAD, n - RECORD_HEAD))
		return LB_CORRUPT;
	b = block_new(lane, UINT32_MAX);
	if (!b)
		return LB_NO_MEMORY;
	b->first = first;
	b->count = get32(p);
	b->bytes = b->capacity = get32(p + 4);
	b->runs_n = get32(p + 8);
	e = read_record(b, p);
	if (e != LB_OK) {
		b->runs_n = b->runs ? b->runs_n : 0;
		block_unref(b);
		return e;
	}
	b->memory = record->p;
	*record = (struct lb_buf)LB_BUF_INIT;
	*out = b;
	return LB_OK;
}

lb_err block_message(const struct block *b, uint32_t i, struct lb_zmtp_message *out)
{
	uint32_t at = b->entries[i].at + BLOCK_PREFIX, end = b->entries[i + 1].at;
	size_t need;

	if (at > end || lb_zmtp_parse(b->data + at, end - at, LB_MESSAGE_MAX, out, &need) != LB_OK || out->frames_n != 3 || out->raw_n != end - at)
		return LB_CORRUPT;
	return LB_OK;
}

lb_err block_route(struct block *b, struct router *router)
{
	for (uint32_t i = 0; i < b->runs_n; i++) {
		struct lb_zmtp_message m;
		struct lb_header h;
		struct route *route;

		if (block_message(b, b->runs[i].first, &m) != LB_OK || lb_header_decode(m.frames[0].p, m.frames[0].n, &h) != LB_OK)
			return LB_CORRUPT;
		route = router_route(router, PARTNER_NONE, &h);
		if (!route)
			return LB_NO_MEMORY;
		b->runs[i].route = route_ref(route);
	}
	return LB_OK;
}

lb_err block_header(const struct block *b, uint32_t i, struct lb_header *out)
{
	struct lb_zmtp_message m;
	lb_err e = block_message(b, i, &m);

	return e == LB_OK ? lb_header_decode(m.frames[0].p, m.frames[0].n, out) : e;
}
