/* The records that are there, by another retention. */
#include "broker/review.h"

#include "broker/core/bytes.h"
#include "broker/purge.h"

#define WAIT_MS 2000 /* by then every worker has what is in force, and notes by it itself */
#define KEY "retention"
#define ROW_SIZE ((LB_TYPE_MAX + 1) * 9 + 1 + JOURNAL_LANES * 8)

static void write_row(const struct review *r, uint8_t out[ROW_SIZE])
{
	for (unsigned t = 0; t <= LB_TYPE_MAX; t++) {
		out = put_little64(out, (uint64_t)r->keep.keep_ms[t]);
		*out++ = r->keep.most[t];
	}
	*out++ = r->finished;
	for (unsigned lane = 0; lane < JOURNAL_LANES; lane++)
		out = put_little64(out, r->next[lane]);
}

/* A row of another size is of a version that knew other types: nothing is known then. */
static bool read_row(const uint8_t *p, size_t n, struct review *out)
{
	if (n != ROW_SIZE)
		return false;
	for (unsigned t = 0; t <= LB_TYPE_MAX; t++, p += 9) {
		out->keep.keep_ms[t] = (int64_t)get_little64(p);
		out->keep.most[t] = p[8] != 0;
	}
	out->finished = *p++ != 0;
	for (unsigned lane = 0; lane < JOURNAL_LANES; lane++, p += 8)
		out->next[lane] = get_little64(p);
	return true;
}

void review_change(struct review *r, const struct retention *keep, int64_t now_ms)
{
	if (retention_is_same(&r->keep, keep))
		return;
	if (!r->finished || retention_is_shorter(keep, &r->keep)) {
		r->finished = false;
		r->next[0] = r->next[1] = 0;
		r->from_ms = now_ms + WAIT_MS;
	}
	r->keep = *keep;
	r->written = false;
}

lb_err review_open(struct review *r, struct append *a, const struct retention *keep)
{
	lb_err e = journal_begin(a->journal);

	*r = (struct review){ .finished = true };
	retention_init(&r->keep); /* a log without a row is of a time when there was nothing else */
	if (e != LB_OK)
		return e;
	e = journal_peek_row(a->journal, JOURNAL_REVIEW, KEY, sizeof KEY - 1, &a->record);
	journal_abort(a->journal);
	if (e == LB_OK) {
		r->written = read_row(lb_buf_data(&a->record), lb_buf_len(&a->record), r);
		r->finished &= r->written;
	}
	review_change(r, keep, 0);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

bool review_is_due(const struct review *r, int64_t now_ms)
{
	/* A clock that was set back must not stop it. */
	return (!r->finished || !r->written) && (now_ms >= r->from_ms || r->from_ms - now_ms > WAIT_MS);
}

lb_err review_go_on(const struct review *r, struct append *a, struct review *then)
{
	uint8_t row[ROW_SIZE];
	unsigned n = 0;
	lb_err e = LB_OK;

	*then = *r;
	for (unsigned lane = 0; e == LB_OK && !then->finished && lane < JOURNAL_LANES; lane++)
		while (e == LB_OK && n < PURGE_RECORDS && then->next[lane] <= journal_last(a->journal, lane)) {
			if (then->next[lane] < journal_oldest(a->journal, lane))
				then->next[lane] = journal_oldest(a->journal, lane); /* what was before it is past retention */
			e = purge_look_at(a, &then->keep, lane, then->next[lane], &then->next[lane]);
			if (e == LB_NOT_FOUND) {
				then->next[lane] = journal_last(a->journal, lane) + 1;
				e = LB_OK;
			}
			n++;
		}
	then->finished |= e == LB_OK && n < PURGE_RECORDS;
	then->written = true;
	write_row(then, row);
	return e == LB_OK ? journal_put(a->journal, JOURNAL_REVIEW, KEY, sizeof KEY - 1, row, sizeof row) : e;
}
