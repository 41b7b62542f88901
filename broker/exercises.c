/* Exercises: which run, and for whom; what belongs to one stays among those who were told of it. */
#include "broker/exercises.h"

#include <string.h>

#include "broker/core/route.h"
#include "broker/lookup.h"
#include "broker/publish.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/payload.h"
#include "proto/exercise.pb-c.h"
#include "proto/host/log.h"
#include "proto/host/policy.h"

#define LOOKED_AT 32                             /* exercises that are looked at in one read of the log */
#define SWEPT 16                                 /* rows that are dropped at once */
#define KEPT_MS ((int64_t)7 * 24 * 60 * 60 * 1000) /* a row stays this long after its end: an end may be sent again */

bool exercises_concern(const struct lb_header *h)
{
	return !lb_header_is_real(h) || h->type == LB_TYPE_EXERCISE;
}

void exercises_settle(struct worker *w, const struct lb_uuid *id)
{
	struct exercises *x = &w->exercises;

	unsigned kept = 0;

	/* They stay in their order: of a key the last one counts. */
	for (unsigned i = 0; i < x->pending_n; i++)
		if (memcmp(&x->pending[i].id, id, sizeof *id) != 0)
			x->pending[kept++] = x->pending[i];
	x->pending_n = kept;
}

/* What is on its way last of a key, which counts in place of the row on disk and of what is on its way before it. NULL: nothing. */
static const struct exercise_pending *find_pending(const struct worker *w, const uint8_t *key, size_t key_n)
{
	for (unsigned i = w->exercises.pending_n; i-- > 0;)
		if (w->exercises.pending[i].key_n == key_n && memcmp(w->exercises.pending[i].key, key, key_n) == 0)
			return &w->exercises.pending[i];
	return NULL;
}

static bool is_within(const struct partner_set *part, const struct partner_set *whole)
{
	for (unsigned i = 0; i < LB_PARTNERS_MAX / 64; i++)
		if (part->word[i] & ~whole->word[i])
			return false;
	return true;
}

/* What the running exercises of a name say of a message, the best of it: LB_OK, LB_EXERCISE_OUTSIDE, LB_EXERCISE_UNKNOWN. */
static lb_err judge(const struct partner_set *told, uint16_t sender, const struct partner_set *recipients, lb_err so_far)
{
	if (!partner_set_has(told, sender))
		return so_far;
	return is_within(recipients, told) ? LB_OK : LB_EXERCISE_OUTSIDE;
}

/* Rows that run, some at once. */
struct running {
	int64_t now_ms;
	unsigned n;
	struct {
		struct exercise_row row;
		uint8_t key[EXERCISE_KEY_MAX];
		size_t key_n;
	} one[LOOKED_AT];
};

static bool add_running(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct running *r = user;

	if (exercise_row_read(value, value_n, &r->one[r->n].row) != LB_OK || !exercise_runs(&r->one[r->n].row, r->now_ms) || key_n > EXERCISE_KEY_MAX)
		return true;
	memcpy(r->one[r->n].key, key, key_n);
	r->one[r->n].key_n = key_n;
	return ++r->n < LOOKED_AT;
}

/* Who takes part: to whom the beginning goes by the rules in force now, and who began it. Of a beginning that did not make it into the log, nobody. */
static lb_err find_told(struct worker *w, const struct exercise_row *row, struct lb_text by, struct lb_text name, struct partner_set *told)
{
	const struct federation *f = router_federation(w->router);
	uint16_t beginner = federation_find(f, by.p, by.n);
	struct logged begun = { .frame = LB_BUF_INIT };
	lb_err e = beginner != PARTNER_NONE ? lookup(w, &row->begun, &begun) : LB_NOT_FOUND;

	if (e == LB_OK && (begun.header.type != LB_TYPE_EXERCISE || begun.header.exercise_name.n != name.n ||
	                   memcmp(begun.header.exercise_name.p, name.p, name.n) != 0 || begun.header.origin.n != by.n ||
	                   memcmp(begun.header.origin.p, by.p, by.n) != 0))
		e = LB_NOT_FOUND;
	if (e == LB_OK) {
		policy_recipients(f, &begun.header, told);
		partner_set_add(told, beginner);
	}
	lb_buf_fini(&begun.frame);
	return e;
}

/* What the exercises say that are on disk, whose keys begin so, and of which nothing is on its way. */
static lb_err judge_by_log(struct worker *w, const uint8_t *prefix, size_t prefix_n, uint16_t sender, const struct partner_set *recipients, lb_err *answer)
{
	uint8_t from[EXERCISE_KEY_MAX + 1];
	size_t from_n = prefix_n;
	lb_err e = LB_OK;

	memcpy(from, prefix, prefix_n);
	for (bool more = true; e == LB_OK && more;) {
		struct running r = { .now_ms = w->now_ms };

		e = journal_each_from(w->reader, JOURNAL_EXERCISES, from, from_n, prefix_n, add_running, &r);
		for (unsigned i = 0; e == LB_OK && *answer != LB_OK && i < r.n; i++) {
			struct partner_set told = { { 0 } };
			struct lb_text name, by;

			if (find_pending(w, r.one[i].key, r.one[i].key_n))
				continue;
			e = exercise_key_read(r.one[i].key, r.one[i].key_n, &name, &by);
			if (e == LB_OK)
				e = find_told(w, &r.one[i].row, by, name, &told);
			if (e == LB_OK)
				*answer = judge(&told, sender, recipients, *answer);
			else if (e == LB_NOT_FOUND)
				e = LB_OK;
		}
		more = *answer != LB_OK && r.n == LOOKED_AT;
		if (more) {
			/* Behind the last one. */
			from_n = r.one[r.n - 1].key_n;
			memcpy(from, r.one[r.n - 1].key, from_n);
			from[from_n++] = 0;
		}
	}
	return e;
}

/* Those of the name that the message has; of any, where it has none. */
lb_err exercises_check_running(struct worker *w, uint16_t sender, const struct lb_header *h, const struct partner_set *recipients)
{
	uint8_t prefix[EXERCISE_KEY_MAX];
	size_t prefix_n = h->exercise_name.n > 0 ? exercise_key(h->exercise_name, "", prefix) : strlen(EXERCISE_KEY_HEAD);
	lb_err e, answer = LB_EXERCISE_UNKNOWN;

	if (h->exercise_name.n == 0)
		memcpy(prefix, EXERCISE_KEY_HEAD, prefix_n);
	for (unsigned i = 0; answer != LB_OK && i < w->exercises.pending_n; i++) {
		const struct exercise_pending *p = &w->exercises.pending[i];

		if (p->key_n > prefix_n && memcmp(p->key, prefix, prefix_n) == 0 && find_pending(w, p->key, p->key_n) == p &&
		    exercise_runs(&p->row, w->now_ms))
			answer = judge(&p->told, sender, recipients, answer);
	}
	e = judge_by_log(w, prefix, prefix_n, sender, recipients, &answer);
	return e == LB_OK ? answer : e;
}

static bool is_in_log(struct worker *w, const struct lb_uuid *id)
{
	unsigned lane;
	uint64_t position;

	return journal_find(w->reader, id, &lane, &position) == LB_OK;
}

/* What is said of a message of the exercise may come late: whether that is of the same one is asked of every reference (lookup_label). */
static bool is_afterwards(struct worker *w, const struct lb_header *h)
{
	return (h->type == LB_TYPE_RECEIPT || h->type == LB_TYPE_APPROVAL || h->type == LB_TYPE_RECALL) && h->has_thread && is_in_log(w, &h->thread);
}

/* A digital-violence case's header has no name of an exercise, which could say what it is about: that is encrypted with the case. Its receipts and
 * its recall have none either. */
static bool may_be_unnamed(struct worker *w, const struct lb_header *h)
{
	return h->type == LB_TYPE_DIGITAL_VIOLENCE_CASE || (h->type != LB_TYPE_APPROVAL && is_afterwards(w, h));
}

lb_err exercises_check(struct worker *w, uint16_t sender, const struct lb_header *h, const struct partner_set *recipients)
{
	if (!h->exercise || (h->exercise_name.n == 0 && !may_be_unnamed(w, h)))
		return LB_EXERCISE_UNNAMED;
	if (h->type == LB_TYPE_EXERCISE || is_in_log(w, &h->id) || is_afterwards(w, h))
		return LB_OK;
	return exercises_check_running(w, sender, h, recipients);
}

/* A partner's rows: how many are not over, and which are long since, of whomever. */
struct sweep {
	const char *by;
	int64_t now_ms;
	unsigned n, old_n;
	struct {
		uint8_t key[EXERCISE_KEY_MAX + 1];
		size_t n;
	} old[SWEPT];
};

static bool is_by(const uint8_t *key, size_t key_n, const char *by)
{
	size_t n = strlen(by);

	return key_n > n && memcmp(key + key_n - n, by, n) == 0 && key[key_n - n - 1] == '\0';
}

static bool sweep_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct sweep *s = user;
	struct exercise_row row;

	if (exercise_row_read(value, value_n, &row) != LB_OK || key_n > EXERCISE_KEY_MAX)
		return true;
	s->n += is_by(key, key_n, s->by) && !exercise_is_ended(&row) && (row.ends_ms == 0 || s->now_ms < row.ends_ms);
	if (s->old_n < SWEPT && row.ends_ms != 0 && row.ends_ms + KEPT_MS < s->now_ms) {
		memcpy(s->old[s->old_n].key, key, key_n);
		s->old[s->old_n++].n = key_n;
	}
	return true;
}

/* There is room for another one of this partner's. Drops what is long over. */
static lb_err make_room(struct worker *w, const char *by)
{
	struct sweep s = { .by = by, .now_ms = w->now_ms };
	lb_err e = journal_each(w->reader, JOURNAL_EXERCISES, EXERCISE_KEY_HEAD, strlen(EXERCISE_KEY_HEAD), sweep_row, &s);

	for (unsigned i = 0; i < s.old_n; i++) {
		s.old[i].key[s.old[i].n] = '\0';
		publish_note(w, w->urgent, note_new_clear(JOURNAL_EXERCISES, s.old[i].key, s.old[i].n, s.old[i].key, s.old[i].n + 1));
	}
	return e == LB_OK && s.n >= EXERCISES_A_PARTNER ? LB_LIMIT : e;
}

/* The row as it is once everything on its way is there. */
static lb_err find_row(struct worker *w, const uint8_t *key, size_t key_n, struct exercise_row *row)
{
	const struct exercise_pending *p = find_pending(w, key, key_n);
	lb_err e = LB_OK;

	if (p) {
		*row = p->row;
		return LB_OK;
	}
	e = journal_get(w->reader, JOURNAL_EXERCISES, key, key_n, &w->record);
	return e == LB_OK ? exercise_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), row) : e;
}

/* The row after this Exercise. An end's row stays: it may be refused for a full disk yet, and then comes again. */
static lb_err change_row(struct worker *w, const struct lb_header *h, const Lagebus__Exercise *x, const char *by, const uint8_t *key, size_t key_n,
                         struct exercise_row *row)
{
	lb_err e;

	if (x->phase == LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN) {
		*row = (struct exercise_row){ .begun = h->id, .begins_ms = x->begins, .ends_ms = x->ends };
		return x->ends != 0 && x->ends <= w->now_ms ? LB_INVALID : make_room(w, by);
	}
	if (x->phase != LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END)
		return LB_INVALID;
	e = find_row(w, key, key_n, row);
	if (e == LB_OK && exercise_is_ended(row) && memcmp(&row->ended, &h->id, sizeof h->id) != 0)
		e = LB_NOT_FOUND;
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_EXERCISE_UNKNOWN : e;
	row->ended = h->id;
	row->ends_ms = w->now_ms;
	return LB_OK;
}

static lb_err note(struct worker *w, uint16_t sender, const struct lb_header *h, const Lagebus__Exercise *x, const struct partner_set *recipients)
{
	const char *by = federation_at(router_federation(w->router), sender)->id;
	uint8_t value[EXERCISE_ROW_SIZE];
	struct exercise_pending p = { .id = h->id, .told = *recipients };
	lb_err e;

	if (w->exercises.pending_n == EXERCISES_PENDING)
		return LB_LIMIT;
	p.key_n = exercise_key(h->exercise_name, by, p.key);
	e = change_row(w, h, x, by, p.key, p.key_n, &p.row);
	if (e != LB_OK)
		return e;
	partner_set_add(&p.told, sender);
	exercise_row_write(&p.row, value);
	publish_note(w, w->urgent, note_new(JOURNAL_EXERCISES, p.key, p.key_n, value, sizeof value));
	w->exercises.pending[w->exercises.pending_n++] = p;
	log_event(LOG_INFO, exercise_is_ended(&p.row) ? "exercise_ended" : "exercise_begun", "partner=%s exercise=%.*s", by, (int)h->exercise_name.n,
	          h->exercise_name.p);
	return LB_OK;
}

lb_err exercises_take(struct worker *w, uint16_t sender, const struct lb_header *h, struct lb_frame payload, const struct partner_set *recipients)
{
	ProtobufCMessage *m = NULL;
	char why[LB_PAYLOAD_WHY];
	lb_err e = exercises_check(w, sender, h, recipients);

	if (e != LB_OK || h->type != LB_TYPE_EXERCISE || is_in_log(w, &h->id))
		return e;
	e = lb_payload_open(h->type, payload, &m, why, sizeof why);
	if (e != LB_OK)
		return e;
	e = lb_payload_marked(m) ? LB_CLASSIFIED : note(w, sender, h, (const Lagebus__Exercise *)m, recipients);
	protobuf_c_message_free_unpacked(m, NULL);
	return e;
}
