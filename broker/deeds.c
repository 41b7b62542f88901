/* What the log writer does with blocks that have a deed. */
#include "broker/deeds.h"

#include <string.h>

#include "broker/audit.h"
#include "broker/core/approval.h"
#include "broker/core/ledger.h"
#include "broker/deadlines.h"
#include "broker/purge.h"
#include "proto/host/log.h"

static lb_err put(struct append *a, enum journal_table t, const struct lb_uuid *id, const struct lb_buf *row)
{
	return journal_put(a->journal, t, id->b, sizeof id->b, lb_buf_data(row), lb_buf_len(row));
}

/* The deed is answered, and does nothing to the log. */
static lb_err answer(struct append *a, struct block *b, lb_err result)
{
	append_nothing(a, b, result);
	return LB_OK;
}

/* The block's first message was published before: the answer is whether it is the same. LB_NOT_FOUND: it was not. */
static lb_err answer_repeat(struct append *a, struct block *b)
{
	uint64_t position;
	unsigned lane;
	lb_err e = journal_peek_id(a->journal, &b->publishes[0].id, &lane, &position);

	if (e == LB_OK)
		e = append_compare(a, b, 0, lane, position);
	if (e == LB_OK || e == LB_ID_REUSED || e == LB_RECALLED || e == LB_EXPIRED)
		return answer(a, b, e);
	return e;
}

/* What waited once: the same message is accepted again, though it waits no more. */
static lb_err compare_settled(struct append *a, const struct block *b)
{
	uint8_t digest[LB_DIGEST_SIZE];
	struct lb_zmtp_message m;
	struct settled_row row;
	lb_err e = settled_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row);

	if (e == LB_OK)
		e = block_message(b, 0, &m);
	if (e == LB_OK)
		e = lb_message_digest(m.frames[0], m.frames[1], digest);
	return e == LB_OK && memcmp(digest, row.digest, sizeof digest) != 0 ? LB_ID_REUSED : e;
}

static lb_err compare_waiting(struct append *a, const struct block *b)
{
	const uint8_t *raw = b->data + b->entries[0].at + BLOCK_PREFIX;
	size_t n = b->entries[1].at - b->entries[0].at - BLOCK_PREFIX;
	struct waiting_row row;
	lb_err e = waiting_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row);

	return e == LB_OK && (row.raw.n != n || memcmp(row.raw.p, raw, n) != 0) ? LB_ID_REUSED : e;
}

struct census {
	struct lb_text origin;
	unsigned all, of_origin;
};

static bool count_one(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct census *c = user;
	struct lb_zmtp_message m;
	struct waiting_row row;
	struct lb_header h;

	(void)key;
	(void)key_n;
	c->all++;
	if (waiting_row_read(value, value_n, &row) == LB_OK && waiting_row_open(&row, &m, &h) == LB_OK && lb_text_same(h.origin, c->origin))
		c->of_origin++;
	return true;
}

static lb_err check_room(struct append *a, const struct block *b)
{
	struct census c = { .all = 0 };
	struct lb_zmtp_message m;
	struct lb_header h;
	lb_err e = block_message(b, 0, &m);

	if (e == LB_OK)
		e = lb_header_decode(m.frames[0].p, m.frames[0].n, &h);
	if (e != LB_OK)
		return e;
	c.origin = h.origin;
	e = journal_peek_each(a->journal, JOURNAL_WAITING, NULL, 0, count_one, &c);
	return e == LB_OK && (c.all >= DEEDS_WAITING_MAX || c.of_origin >= DEEDS_WAITING_OF_ORIGIN) ? LB_LIMIT : e;
}

/* The id is taken, and no message of the log stands under it: position 0. */
static lb_err take_id(struct append *a, const struct lb_uuid *id)
{
	uint64_t position = 0;
	unsigned lane = 0;

	return journal_remember(a->journal, id, &lane, &position);
}

static lb_err tell_hold(struct append *a, const struct block *b)
{
	struct lb_zmtp_message m;
	struct waiting_row row;
	lb_err e = waiting_row_read(lb_buf_data(&b->deed->row), lb_buf_len(&b->deed->row), &row);

	if (e == LB_OK)
		e = block_message(b, 0, &m);
	return e == LB_OK ? audit_wait(a->audit, &b->publishes[0].id, APPROVAL_WAITING, row.signer, &m) : e;
}

static lb_err hold(struct append *a, struct block *b)
{
	const struct lb_uuid *id = &b->publishes[0].id;
	lb_err e = append_peek(a, JOURNAL_SETTLED, id);

	if (e == LB_OK)
		return answer(a, b, compare_settled(a, b));
	e = e == LB_NOT_FOUND ? append_peek(a, JOURNAL_WAITING, id) : e;
	if (e == LB_OK)
		return answer(a, b, compare_waiting(a, b));
	e = e == LB_NOT_FOUND ? answer_repeat(a, b) : e;
	if (e != LB_NOT_FOUND)
		return e;
	e = check_room(a, b);
	if (e == LB_LIMIT)
		return answer(a, b, LB_LIMIT);
	if (e == LB_OK)
		e = put(a, JOURNAL_WAITING, id, &b->deed->row);
	if (e == LB_OK)
		e = take_id(a, id);
	if (e == LB_OK)
		e = tell_hold(a, b);
	return e == LB_OK ? answer(a, b, LB_OK) : e;
}

lb_err deeds_begin(struct append *a)
{
	struct lb_buf key = LB_BUF_INIT, id = LB_BUF_INIT;
	lb_err e = journal_first(a->journal, JOURNAL_WAIT_ENDS, &key, &id);

	if (e == LB_OK && lb_buf_len(&key) != WAIT_END_KEY_SIZE)
		e = LB_CORRUPT;
	if (e == LB_OK)
		a->wait_ends = wait_end_number(lb_buf_data(&key));
	lb_buf_fini(&key);
	lb_buf_fini(&id);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

/* A number whose transaction is aborted is not used again. */
lb_err deeds_note_end(struct append *a, const struct lb_uuid *id)
{
	uint8_t key[WAIT_END_KEY_SIZE], old[WAIT_END_KEY_SIZE];
	lb_err e;

	wait_end_key(++a->wait_ends, key);
	e = journal_put(a->journal, JOURNAL_WAIT_ENDS, key, sizeof key, id->b, sizeof id->b);
	if (e != LB_OK || a->wait_ends <= WAIT_ENDS_KEPT)
		return e;
	wait_end_key(a->wait_ends - WAIT_ENDS_KEPT, old);
	return journal_clear(a->journal, JOURNAL_WAIT_ENDS, old, sizeof old, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
}

/* LB_NOT_FOUND: it does not wait, any more or at all. */
static lb_err end_wait(struct append *a, const struct deed *d)
{
	struct settled_row settled;
	lb_err e = append_peek(a, JOURNAL_WAITING, &d->about);

	if (e == LB_OK)
		e = journal_remove(a->journal, JOURNAL_WAITING, d->about.b, sizeof d->about.b);
	if (e == LB_OK)
		e = put(a, JOURNAL_SETTLED, &d->about, &d->row);
	if (e == LB_OK)
		e = settled_row_read(lb_buf_data(&d->row), lb_buf_len(&d->row), &settled);
	if (e == LB_OK)
		e = audit_wait(a->audit, &d->about, settled.state, settled.by, NULL);
	return e == LB_OK ? deeds_note_end(a, &d->about) : e;
}

static lb_err settle(struct append *a, struct block *b, uint64_t first)
{
	lb_err e = answer_repeat(a, b);

	if (e != LB_NOT_FOUND)
		return e;
	e = end_wait(a, b->deed);
	if (e == LB_NOT_FOUND)
		return answer(a, b, LB_NOT_FOUND);
	/* The message's id is free for the message. */
	if (e == LB_OK && b->deed->kind == DEED_APPROVE)
		e = journal_forget(a->journal, &b->deed->about);
	return e == LB_OK ? append_block(a, b, first) : e;
}

static lb_err repeat(struct append *a, struct block *b)
{
	lb_err e = answer_repeat(a, b);

	return e == LB_NOT_FOUND ? answer(a, b, LB_NOT_FOUND) : e;
}

static bool was_withdrawn(struct append *a, const struct lb_uuid *id)
{
	struct settled_row row;

	return append_peek(a, JOURNAL_SETTLED, id) == LB_OK && settled_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row) == LB_OK &&
	       row.state == APPROVAL_WITHDRAWN;
}

static lb_err withdraw(struct append *a, struct block *b)
{
	lb_err e = lb_buf_len(&b->deed->row) > 0 ? end_wait(a, b->deed) : LB_NOT_FOUND;

	if (e == LB_NOT_FOUND)
		return answer(a, b, was_withdrawn(a, &b->deed->about) ? LB_OK : LB_NOT_FOUND);
	return e == LB_OK ? answer(a, b, LB_OK) : e;
}

/* Nobody has to acknowledge it any more. */
static lb_err forget_deadline(struct append *a, unsigned lane, uint64_t position)
{
	struct block *stored = NULL;
	struct lb_header h;
	lb_err e = append_read(a, lane, position, &stored);

	if (e == LB_OK)
		e = stored->first <= position && position < block_end(stored) ? block_header(stored, (uint32_t)(position - stored->first), &h) : LB_NOT_FOUND;
	if (e == LB_OK)
		e = deadlines_forget(a->journal, &h);
	if (stored)
		block_unref(stored);
	return e;
}

static lb_err recall(struct append *a, struct block *b, uint64_t first)
{
	struct deed *d = b->deed;
	unsigned lane;
	lb_err e = answer_repeat(a, b);

	if (e != LB_NOT_FOUND)
		return e;
	e = journal_peek_id(a->journal, &d->about, &lane, &d->position);
	if (e == LB_NOT_FOUND || (e == LB_OK && d->position == 0))
		return answer(a, b, LB_NOT_FOUND);
	d->lane = (enum lb_lane)lane;
	if (e == LB_OK)
		e = forget_deadline(a, lane, d->position);
	if (e == LB_OK)
		e = purge_message(a, lane, d->position, (uint32_t)(d->at_ms / 1000));
	if (e == LB_OK)
		e = put(a, JOURNAL_RECALLED, &d->about, &d->row);
	return e == LB_OK ? append_block(a, b, first) : e;
}

static lb_err has_acknowledged(struct append *a, const struct lb_uuid *id, const char *partner, bool *out)
{
	uint8_t key[LEDGER_KEY_MAX];
	struct ledger_row row;
	lb_err e = journal_peek_row(a->journal, JOURNAL_LEDGER, key, ledger_key(id, partner, key), &a->record);

	if (e == LB_OK)
		e = ledger_row_read(lb_buf_data(&a->record), lb_buf_len(&a->record), &row);
	*out = e == LB_OK && ledger_state(&row) >= LB_ACK_ACKNOWLEDGED;
	return e == LB_NOT_FOUND ? LB_OK : e;
}

/* Their rows come before the Receipts that they are of, so the last of several sees all the others'. */
static lb_err have_acknowledged(struct append *a, const struct deed *d, bool *out)
{
	lb_err e = LB_OK;

	*out = true;
	for (size_t at = 0; e == LB_OK && *out && at < lb_buf_len(&d->row);) {
		const char *partner = (const char *)lb_buf_data(&d->row) + at;

		e = has_acknowledged(a, &d->about, partner, out);
		at += strlen(partner) + 1;
	}
	return e;
}

/* LB_NOT_FOUND: its bytes are gone already. */
static lb_err find_digest(struct append *a, unsigned lane, uint64_t position, uint8_t digest[LB_DIGEST_SIZE])
{
	struct block *stored = NULL;
	struct lb_zmtp_message m;
	uint32_t i = 0;
	lb_err e = append_read(a, lane, position, &stored);

	if (e == LB_OK) {
		i = (uint32_t)(position - stored->first);
		e = stored->first <= position && position < block_end(stored) && !block_is_purged(stored, i) ? block_message(stored, i, &m) : LB_NOT_FOUND;
	}
	if (e == LB_OK)
		e = lb_message_digest(m.frames[0], m.frames[1], digest);
	if (stored)
		block_unref(stored);
	return e;
}

static lb_err erase_message(struct append *a, struct deed *d)
{
	struct erased_row row = { .at_ms = d->at_ms };
	uint8_t bytes[ERASED_ROW_SIZE];
	char text[LB_UUID_TEXT];
	uint64_t position;
	unsigned lane;
	lb_err e = journal_peek_id(a->journal, &d->about, &lane, &position);

	if (e == LB_OK)
		e = find_digest(a, lane, position, row.digest);
	if (e == LB_OK)
		e = purge_message(a, lane, position, (uint32_t)(d->at_ms / 1000));
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	d->lane = (enum lb_lane)lane;
	d->position = position;
	erased_row_write(&row, bytes);
	lb_uuid_format(&d->about, text);
	log_event(LOG_INFO, "case_erased", "id=%s", text);
	return journal_put(a->journal, JOURNAL_ERASED, d->about.b, sizeof d->about.b, bytes, sizeof bytes);
}

/* In the Receipt's own transaction: whoever is told that it was taken, or whoever starts again behind it, finds the case gone. */
static lb_err erase(struct append *a, struct block *b, uint64_t first)
{
	bool all = false;
	lb_err e = answer_repeat(a, b);

	if (e != LB_NOT_FOUND)
		return e;
	e = have_acknowledged(a, b->deed, &all);
	if (e == LB_OK && all)
		e = erase_message(a, b->deed);
	return e == LB_OK ? append_block(a, b, first) : e;
}

lb_err deeds_do(struct append *a, struct block *b, uint64_t first)
{
	switch (b->deed->kind) {
	case DEED_HOLD:
		return b->count == 1 ? hold(a, b) : LB_OK;
	case DEED_APPROVE:
		return b->count == 2 ? settle(a, b, first) : LB_OK;
	case DEED_REFUSE:
		return b->count == 1 ? settle(a, b, first) : LB_OK;
	case DEED_REPEAT:
		return b->count == 1 ? repeat(a, b) : LB_OK;
	case DEED_WITHDRAW:
		return b->count == 1 ? withdraw(a, b) : LB_OK;
	case DEED_RECALL:
		return b->count == 1 ? recall(a, b, first) : LB_OK;
	case DEED_ERASE:
		return b->count == 1 ? erase(a, b, first) : LB_OK;
	}
	return LB_OK;
}
