/* The table of indicators. */
#include "agents/agent/indicators.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/bind.h"
#include "lagebus/indicator.h"
#include "proto/host/log.h"
#include "proto/indicator.pb-c.h"

#define EXPIRED_A_TURN 20000

/* What all indicators of a message have in common. */
struct bringing {
	const struct lb_header *h;
	const struct retention *keep;
	int64_t row, now_ms;
	unsigned left_out;
};

static bool is_text(const char *s)
{
	return lb_utf8_is_valid(s, strlen(s));
}

/* From when until when it counts: what an indicator says, within what its message and the federation allow. */
static void period(const struct bringing *b, const Lagebus__Indicator *i, int64_t *from, int64_t *until)
{
	int64_t created = b->h->created_ms, keep_ms = b->keep->keep_ms[LB_TYPE_INDICATOR];

	*from = i->valid_from > 0 ? i->valid_from : created;
	if (*from > created + keep_ms)
		*from = created + keep_ms;
	*until = *from + keep_ms;
	if (b->keep->most[LB_TYPE_INDICATOR] && *until > created + keep_ms)
		*until = created + keep_ms;
	if (i->valid_until > 0 && i->valid_until < *until)
		*until = i->valid_until;
	if (b->h->expires_ms != 0 && b->h->expires_ms < *until)
		*until = b->h->expires_ms;
}

/* The texts of an indicator, packed; empty if it has none. What is not UTF-8 is left out. */
static lb_err pack_more(const Lagebus__Indicator *from, struct lb_buf *out)
{
	Lagebus__Indicator more = LAGEBUS__INDICATOR__INIT;
	uint8_t *room;
	size_t n;

	more.title = is_text(from->title) ? from->title : more.title;
	more.description = is_text(from->description) ? from->description : more.description;
	more.original_id = is_text(from->original_id) ? from->original_id : more.original_id;
	more.references = from->references;
	more.n_references = from->n_references;
	more.labels = from->labels;
	more.n_labels = from->n_labels;
	n = lagebus__indicator__get_packed_size(&more);
	if (n == 0)
		return LB_OK;
	room = lb_buf_reserve(out, n);
	if (!room)
		return LB_NO_MEMORY;
	lagebus__indicator__pack(&more, room);
	lb_buf_added(out, n);
	return LB_OK;
}

static void bind_indicator(sqlite3_stmt *q, const struct bringing *b, const Lagebus__Indicator *i, const char *value)
{
	sqlite3_bind_int64(q, 1, b->row);
	bind_frame(q, 2, (struct lb_frame){ i->id.data, i->id.len });
	bind_text(q, 3, value);
	sqlite3_bind_int64(q, 4, (int64_t)i->kind);
	sqlite3_bind_int(q, 5, b->h->exercise);
	bind_slice(q, 6, b->h->origin);
	sqlite3_bind_int64(q, 8, i->confidence < 100 ? i->confidence : 100);
	sqlite3_bind_int(q, 11, i->to_ids != 0);
	sqlite3_bind_int64(q, 13, b->h->created_ms);
	sqlite3_bind_int64(q, 14, b->now_ms);
}

static lb_err add(struct store *s, struct bringing *b, const Lagebus__Indicator *i)
{
	char value[LB_INDICATOR_VALUE_MAX + 1];
	uint8_t key[LB_INDICATOR_KEY_MAX];
	struct lb_buf more = LB_BUF_INIT;
	int64_t from, until;
	sqlite3_stmt *q;
	size_t key_n;
	lb_err e;

	period(b, i, &from, &until);
	if (i->id.len != sizeof b->h->id.b || i->kind == 0 || lb_indicator_normalise((unsigned)i->kind, i->value, value) != LB_OK || until <= b->now_ms) {
		b->left_out++;
		return LB_OK;
	}
	e = pack_more(i, &more);
	if (e == LB_OK) {
		key_n = lb_indicator_key((unsigned)i->kind, value, key);
		q = store_use(s, STORE_INDICATOR_ADD);
		bind_indicator(q, b, i, value);
		if (key_n > 0)
			bind_frame(q, 7, (struct lb_frame){ key, key_n });
		sqlite3_bind_int64(q, 9, from);
		sqlite3_bind_int64(q, 10, until);
		if (lb_buf_len(&more) > 0)
			bind_frame(q, 12, (struct lb_frame){ lb_buf_data(&more), lb_buf_len(&more) });
		e = store_run(s, q);
	}
	lb_buf_fini(&more);
	return e;
}

/* The last that any of them can be valid until, for the message's row. */
static int64_t last_until(const struct store *s, const struct lb_header *h)
{
	return h->created_ms + 2 * s->keep.keep_ms[LB_TYPE_INDICATOR];
}

static lb_err add_message(struct store *s, const struct lb_header *h, const char *source)
{
	sqlite3_stmt *q = store_use(s, STORE_INDICATOR_MESSAGE_ADD);

	bind_id(q, 1, &h->id);
	bind_slice(q, 2, h->origin);
	sqlite3_bind_int64(q, 3, h->created_ms);
	sqlite3_bind_int64(q, 4, h->area);
	sqlite3_bind_int64(q, 5, lb_tlp_effective(h->tlp));
	bind_slice(q, 6, h->exercise_name);
	bind_text(q, 7, is_text(source) ? source : "");
	sqlite3_bind_int64(q, 8, last_until(s, h));
	return store_run(s, q);
}

static lb_err remove_row(struct store *s, enum store_statement which, int64_t row)
{
	sqlite3_stmt *q = store_use(s, which);

	sqlite3_bind_int64(q, 1, row);
	return store_run(s, q);
}

lb_err indicators_forget(struct store *s, const struct lb_uuid *message, struct lb_text origin)
{
	sqlite3_stmt *q = store_use(s, STORE_INDICATOR_MESSAGE_FIND);
	int64_t row;
	lb_err e;

	bind_id(q, 1, message);
	bind_slice(q, 2, origin);
	e = store_row(s, q);
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	row = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	e = remove_row(s, STORE_INDICATOR_REMOVE_OF, row);
	return e == LB_OK ? remove_row(s, STORE_INDICATOR_MESSAGE_REMOVE, row) : e;
}

static lb_err take_all(struct store *s, const struct lb_header *h, const Lagebus__Indicators *all, int64_t now_ms)
{
	struct bringing b = { .h = h, .keep = &s->keep, .now_ms = now_ms };
	char id[LB_UUID_TEXT];
	lb_err e = add_message(s, h, all->source);

	/* An id that is there was taken apart before. */
	if (e != LB_OK || sqlite3_changes(s->db) == 0)
		return e;
	b.row = sqlite3_last_insert_rowid(s->db);
	for (size_t i = 0; e == LB_OK && i < all->n_indicators; i++)
		e = add(s, &b, all->indicators[i]);
	if (e == LB_OK && h->has_supersedes)
		e = indicators_forget(s, &h->supersedes, h->origin);
	if (e == LB_OK && b.left_out > 0) {
		lb_uuid_format(&h->id, id);
		log_event(LOG_WARN, "indicators_left_out", "id=%s count=%u of=%zu detail=%s", id, b.left_out, all->n_indicators,
		          "no id, no value of its kind, or ended");
	}
	return e;
}

lb_err indicators_take(struct store *s, const struct lb_header *h, struct lb_frame payload, int64_t now_ms)
{
	Lagebus__Indicators *all = lagebus__indicators__unpack(NULL, payload.n, payload.p);
	lb_err e = LB_OK;

	if (all && all->n_indicators > 0 && all->n_indicators <= LB_INDICATORS_MAX)
		e = take_all(s, h, all, now_ms);
	if (all)
		lagebus__indicators__free_unpacked(all, NULL);
	return e;
}

lb_err indicators_expire(struct store *s, int64_t now_ms, bool *more)
{
	sqlite3_stmt *q = store_use(s, STORE_INDICATOR_EXPIRE);
	lb_err e;

	sqlite3_bind_int64(q, 1, now_ms);
	sqlite3_bind_int(q, 2, EXPIRED_A_TURN);
	e = store_run(s, q);
	if (e != LB_OK)
		return e;
	*more = sqlite3_changes(s->db) == EXPIRED_A_TURN;
	q = store_use(s, STORE_INDICATOR_MESSAGE_EXPIRE);
	sqlite3_bind_int64(q, 1, now_ms);
	return store_run(s, q);
}

lb_err indicators_owner(struct store *s, const struct lb_uuid *id, char owner[LB_PARTNER_ID_MAX + 1])
{
	sqlite3_stmt *q = store_use(s, STORE_INDICATOR_OWNER);
	const char *text;
	lb_err e;

	bind_id(q, 1, id);
	e = store_row(s, q);
	if (e != LB_OK)
		return e;
	text = column_text(q, 0);
	if (strlen(text) <= LB_PARTNER_ID_MAX)
		strcpy(owner, text);
	else
		e = LB_CORRUPT;
	sqlite3_reset(q);
	return e;
}
