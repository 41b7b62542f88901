/* Where an agent stands: taken up at Hello, saved in batches. */
#include <string.h>

#include "proto/host/log.h"
#include "broker/worker_state.h"
#include "proto/control.pb-c.h"

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

	if (c->id.len != sizeof id.b)
		return false;
	memcpy(id.b, c->id.data, sizeof id.b);
	e = journal_find(w->reader, &id, &found, &position);
	if (e == LB_NOT_FOUND)
		return c->position < journal_oldest(w->journal, lane); /* past retention: what is missing is announced as a gap */
	return e != LB_OK || (found == lane && position == c->position);
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

/* The agent knows what it stored; our row knows how far there was nothing more for it. */
static void seek(struct worker *w, struct session *s, unsigned lane, const struct claim *c, const struct cursor_row *row)
{
	uint64_t stored = c->position, scanned = stored;

	if (stored == 0 || !is_our_past(w, s, lane, c))
		stored = scanned = journal_oldest(w->journal, lane) - 1;
	else if (row && row->stored[lane] == stored)
		scanned = row->scanned[lane];
	feed_seek(&s->feed, (enum lb_lane)lane, stored, scanned);
}

void cursor_open(struct worker *w, struct session *s, const void *said)
{
	const Lagebus__Hello *hello = said;
	struct lb_uuid log = journal_id(w->journal);
	struct claim claims[LB_LANES] = { { 0 } };
	struct cursor_row row;
	bool known = journal_get(w->reader, JOURNAL_CURSORS, s->agent, strlen(s->agent), &w->record) == LB_OK &&
	             cursor_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row) == LB_OK;

	if (hello->log.len == sizeof log.b && memcmp(hello->log.data, log.b, sizeof log.b) == 0) {
		claims[LB_LANE_URGENT] = (struct claim){ hello->urgent, hello->urgent_id };
		claims[LB_LANE_ROUTINE] = (struct claim){ hello->routine, hello->routine_id };
	}
	for (unsigned lane = 0; lane < LB_LANES; lane++)
		seek(w, s, lane, &claims[lane], known ? &row : NULL);
}

void cursor_save(struct worker *w, struct session *s)
{
	struct cursor_row row = { .seen_ms = w->now_ms };
	uint8_t bytes[CURSOR_ROW_SIZE];

	for (unsigned lane = 0; lane < LB_LANES; lane++) {
		row.stored[lane] = s->feed.lane[lane].stored;
		row.scanned[lane] = feed_scanned(&s->feed, (enum lb_lane)lane);
	}
	cursor_row_write(&row, bytes);
	publish_note(w, w->routine, JOURNAL_CURSORS, s->agent, strlen(s->agent), bytes, sizeof bytes);
	s->cursor_changed = false;
}
