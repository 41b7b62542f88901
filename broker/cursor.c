/* Where an agent stands: taken up at Hello, saved in batches. */
#include "broker/cursor.h"

#include <string.h>

#include "proto/host/log.h"
#include "broker/audit_event.h"
#include "broker/core/ledger.h"
#include "broker/mandates.h"
#include "broker/publish.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "proto/control.pb-c.h"

#define TELL_MS 10000 /* what it stored of routine is told in the audit this often */
#define SEEN_MS 10000 /* when an agent was seen last is saved to this */

/* What an agent says of one lane: the last message that it stored. */
struct claim {
	uint64_t position;
	ProtobufCBinaryData id; /* empty: not given */
};

/* Does the message stand there that the agent stored from there? */
static bool stands(struct worker *w, unsigned lane, const struct claim *c)
{
	struct lb_uuid id;
	uint64_t position;
	unsigned found;
	lb_err e;

	if (c->position < journal_oldest(w->journal, lane))
		return true; /* past retention: whatever stood there, everything that is kept comes, and what is missing is announced as a gap */
	if (c->id.len != sizeof id.b)
		return false;
	memcpy(id.b, c->id.data, sizeof id.b);
	e = journal_find(w->reader, &id, &found, &position);
	return e == LB_OK ? found == lane && position == c->position : e != LB_NOT_FOUND;
}

/* False: this log is not the one that the agent read, though it has its id: it was restored from a backup, and what came after
 * the backup is lost here. */
static bool is_our_past(struct worker *w, const struct session *s, unsigned lane, const struct claim *c)
{
	bool ours = c->position <= journal_last(w->journal, lane) && (c->id.len == 0 || stands(w, lane, c));

	if (!ours)
		log_event(LOG_WARN, "log_restored", "agent=%s lane=%u position=%llu detail=%s", s->agent, lane, (unsigned long long)c->position,
		          "the agent has what this log has lost; it is sent everything that is kept");
	return ours;
}

lb_err cursor_find_lapse(struct worker *w, const char *agent, unsigned lane, uint64_t position, struct lapse *out)
{
	uint8_t key[LAPSE_KEY_MAX];
	size_t n = lapse_key(agent, lane, position, key);
	lb_err e = journal_seek(w->reader, JOURNAL_LAPSES, key, n, n - LAPSE_KEY_POSITION, &w->record);

	return e == LB_OK ? lapse_read(lb_buf_data(&w->record), lb_buf_len(&w->record), out) : e;
}

static void note_lapse(struct worker *w, const char *agent, unsigned lane, struct lapse lapse)
{
	uint8_t key[LAPSE_KEY_MAX], value[LAPSE_ROW_SIZE];

	lapse_write(&lapse, value);
	publish_note(w, w->routine, note_new(JOURNAL_LAPSES, key, lapse_key(agent, lane, lapse.from, key), value, sizeof value));
}

/* Removes the lapses that begin in (from, to]. */
static void clear_lapses(struct worker *w, const char *agent, unsigned lane, uint64_t from, uint64_t to)
{
	uint8_t first[LAPSE_KEY_MAX], end[LAPSE_KEY_MAX];
	size_t n = lapse_key(agent, lane, to, first);

	publish_note(w, w->routine, note_new_clear(JOURNAL_LAPSES, first, n, end, lapse_key(agent, lane, from, end)));
}

void cursor_lapsed(struct worker *w, struct session *s, enum lb_lane lane)
{
	note_lapse(w, s->agent, lane, s->feed.lane[lane].lapse);
	s->cursor_changed = true;
}

/* What lies behind what it had is judged anew, and what lies before everything that is kept is not asked about any more. */
static void tidy_lapses(struct worker *w, struct session *s, unsigned lane, uint64_t had)
{
	struct lapse l;

	if (cursor_find_lapse(w, s->agent, lane, UINT64_MAX, &l) != LB_OK)
		return;
	if (l.from > had)
		clear_lapses(w, s->agent, lane, had, UINT64_MAX);
	if (cursor_find_lapse(w, s->agent, lane, journal_oldest(w->journal, lane), &l) == LB_OK && l.from > 1)
		clear_lapses(w, s->agent, lane, 0, l.from - 1);
}

/* The agent knows what it stored; our row knows how far there was nothing more for it. */
static void seek(struct worker *w, struct session *s, unsigned lane, const struct claim *c, const struct cursor_row *row)
{
	uint64_t stored = c->position, judged = stored, had = row->stored[lane];

	if (stored == 0 || !is_our_past(w, s, lane, c))
		stored = judged = journal_oldest(w->journal, lane) - 1;
	else if (row->given[lane] == stored)
		judged = row->judged[lane];
	if (had < stored)
		had = stored;
	feed_seek(&s->feed, (enum lb_lane)lane, stored, judged, had);
	if (s->publish_only)
		return;
	tidy_lapses(w, s, lane, had);
	/* It has got further than the broker saved before it was killed. What was left out there is not known; what has expired may have been. */
	if (stored == c->position && stored > row->judged[lane])
		note_lapse(w, s->agent, lane, (struct lapse){ row->judged[lane] + 1, (uint32_t)(w->now_ms / 1000) });
}

static uint64_t furthest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static struct cursor_row row_of(const struct session *s, int64_t now_ms)
{
	struct cursor_row row = { .seen_ms = now_ms };

	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		const struct feed_lane *l = &s->feed.lane[lane];

		row.stored[lane] = furthest(l->stored, l->had);
		row.given[lane] = furthest(l->last, l->had);
		row.judged[lane] = furthest(l->next - 1, l->had);
	}
	return row;
}

/* An agent that comes and goes where nothing happens costs no commit each time. */
static bool is_news(const struct session *s, const struct cursor_row *saved)
{
	struct cursor_row row = row_of(s, saved->seen_ms);

	return saved->seen_ms == 0 || memcmp(&row, saved, sizeof row) != 0;
}

/* What an agent has stored is its receipt: the audit has it when the urgent lane moved, and of routine now and then. */
static void tell(struct worker *w, struct session *s, bool final)
{
	char *acts_for[LB_PARTNERS_MAX];
	uint64_t stored[LB_LANES];
	bool due = false;

	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		stored[lane] = s->feed.lane[lane].stored;
		if (stored[lane] != s->told[lane])
			due |= lane == LB_LANE_URGENT || final || w->now_ms - s->told_ms >= TELL_MS;
	}
	if (!due)
		return;
	memcpy(s->told, stored, sizeof s->told);
	s->told_ms = w->now_ms;
	publish_tell(w, w->routine, audit_stored(s->agent, stored, acts_for, mandates_names(w, s, acts_for)));
}

void cursor_open(struct worker *w, struct session *s, const void *said)
{
	const Lagebus__Hello *hello = said;
	struct lb_uuid log = journal_id(w->journal);
	struct claim claims[LB_LANES] = { { 0 } };
	struct cursor_row row = { .seen_ms = 0 };

	if (journal_get(w->reader, JOURNAL_CURSORS, s->agent, strlen(s->agent), &w->record) == LB_OK &&
	    cursor_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row) != LB_OK)
		log_event(LOG_ERROR, "cursor_unreadable", "agent=%s", s->agent);
	if (hello->log.len == sizeof log.b && memcmp(hello->log.data, log.b, sizeof log.b) == 0) {
		claims[LB_LANE_URGENT] = (struct claim){ hello->urgent, hello->urgent_id };
		claims[LB_LANE_ROUTINE] = (struct claim){ hello->routine, hello->routine_id };
	}
	for (unsigned lane = 0; lane < LB_LANES; lane++)
		seek(w, s, lane, &claims[lane], &row);
	if (s->publish_only)
		return;
	s->seen_saved_ms = row.seen_ms;
	s->cursor_changed = is_news(s, &row);
	/* What was saved before has been told. */
	for (unsigned lane = 0; lane < LB_LANES; lane++)
		s->told[lane] = s->feed.lane[lane].stored <= row.stored[lane] ? s->feed.lane[lane].stored : row.stored[lane];
	s->told_ms = w->now_ms;
}

void cursor_tick(struct worker *w, struct session *s)
{
	if (s->cursor_changed)
		cursor_save(w, s);
	tell(w, s, false);
}

void cursor_close(struct worker *w, struct session *s)
{
	if (s->cursor_changed || (s->seen_saved_ms > 0 && w->now_ms - s->seen_saved_ms > SEEN_MS))
		cursor_save(w, s);
	if (!s->publish_only)
		tell(w, s, true);
}

void cursor_save(struct worker *w, struct session *s)
{
	struct cursor_row row = row_of(s, w->now_ms);
	uint8_t bytes[CURSOR_ROW_SIZE];

	cursor_row_write(&row, bytes);
	publish_note(w, w->routine, note_new(JOURNAL_CURSORS, s->agent, strlen(s->agent), bytes, sizeof bytes));
	s->cursor_changed = false;
	s->seen_saved_ms = w->now_ms;
}
