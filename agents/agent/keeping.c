/* For how long what is here is kept. */
#include "agents/agent/keeping.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/bind.h"
#include "agents/agent/incident_clock.h"
#include "proto/host/log.h"
#include "proto/host/retention_said.h"

#define ROWS_A_TURN 1024
#define SAID "retention"       /* as the broker said it last, packed */
#define NOTED "retention_noted" /* by which the rows are, or will be when the review is through; packed */
#define NEXT "retention_next"  /* the row with which the review goes on; 0: it is through */

static lb_err pack(const struct retention *keep, struct lb_buf *out)
{
	struct retention_said said;
	uint8_t *room;

	retention_say(keep, &said);
	room = lb_buf_reserve(out, lagebus__retention__get_packed_size(&said.message) + 1);
	if (!room)
		return LB_NO_MEMORY;
	lb_buf_added(out, lagebus__retention__pack(&said.message, room));
	return LB_OK;
}

/* How many of it are no time to keep anything, or of a type that is not known here: they are left out. */
static unsigned take(const Lagebus__Retention *said, struct retention *out)
{
	unsigned bad = 0;

	retention_init(out);
	for (size_t i = 0; i < said->n_types; i++)
		bad += retention_set_ms(out, said->types[i]->type, said->types[i]->most_ms) != LB_OK;
	return bad;
}

static lb_err get(struct store *s, const char *key, sqlite3_stmt **q)
{
	*q = store_use(s, STORE_META_GET);
	bind_text(*q, 1, key);
	return store_row(s, *q);
}

/* What was stored under the key; the defaults if nothing was. */
static void read_kept(struct store *s, const char *key, struct retention *out)
{
	sqlite3_stmt *q;
	Lagebus__Retention *said = NULL;

	retention_init(out);
	if (get(s, key, &q) == LB_OK)
		said = lagebus__retention__unpack(NULL, column_frame(q, 0).n, column_frame(q, 0).n ? column_frame(q, 0).p : (const uint8_t *)"");
	sqlite3_reset(q);
	if (said) {
		take(said, out);
		lagebus__retention__free_unpacked(said, NULL);
	}
}

static lb_err write_kept(struct store *s, const char *key, const struct retention *keep)
{
	struct lb_buf packed = LB_BUF_INIT;
	lb_err e = pack(keep, &packed);

	if (e == LB_OK) {
		sqlite3_stmt *q = store_use(s, STORE_META_SET);

		bind_text(q, 1, key);
		bind_frame(q, 2, (struct lb_frame){ lb_buf_data(&packed), lb_buf_len(&packed) });
		e = store_run(s, q);
	}
	lb_buf_fini(&packed);
	return e;
}

static lb_err write_next(struct agent *a, int64_t row)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_META_SET);

	bind_text(q, 1, NEXT);
	sqlite3_bind_int64(q, 2, row);
	a->review_row = row;
	return store_run(&a->store, q);
}

/* What was taken out of messages ends with them; what has ended sooner does not come back. */
static lb_err shorten(struct store *s)
{
	static const struct {
		enum store_statement statement;
		unsigned type;
	} tables[] = {
		{ STORE_INDICATOR_SHORTEN, LB_TYPE_INDICATOR },
		{ STORE_SIGHTING_SHORTEN, LB_TYPE_SIGHTING },
		{ STORE_REGISTRATION_SHORTEN, LB_TYPE_TRAINING_REGISTRATION },
	};
	lb_err e = LB_OK;

	for (size_t i = 0; e == LB_OK && i < sizeof tables / sizeof tables[0]; i++)
		if (s->keep.most[tables[i].type]) {
			sqlite3_stmt *q = store_use(s, tables[i].statement);

			sqlite3_bind_int64(q, 1, s->keep.keep_ms[tables[i].type]);
			e = store_run(s, q);
		}
	return e;
}

static void log_change(const struct agent *a, bool shorter)
{
	char text[600] = "", period[RETENTION_PERIOD];
	size_t n = 0;

	for (unsigned t = 1; t <= LB_TYPE_MAX && n < sizeof text - 80; t++) {
		retention_period(&a->store.keep, t, period);
		if (period[0])
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s: %s", n ? ", " : "", lb_type_name(t), period);
	}
	log_event(shorter ? LOG_WARN : LOG_INFO, "retention_changed", "keeps=%s detail=%s", text[0] ? text : "the defaults",
	          shorter ? "what is here and older is deleted now" : "nothing is deleted sooner than before");
}

/* Everything that is here gets the end that it has by what is in force. */
static lb_err begin_review(struct agent *a, const struct retention *noted)
{
	lb_err e = agent_begin(a);

	if (e == LB_OK)
		e = write_kept(&a->store, NOTED, &a->store.keep);
	if (e == LB_OK)
		e = write_next(a, 1);
	if (e == LB_OK)
		e = shorten(&a->store);
	if (e == LB_OK)
		log_change(a, retention_is_shorter(&a->store.keep, noted));
	return e;
}

void keeping_load(struct agent *a)
{
	sqlite3_stmt *q;

	retention_init(&a->store.keep);
	if (strcmp(a->settings.retention, "own") != 0)
		read_kept(&a->store, SAID, &a->store.keep);
	/* The settings have been checked. */
	if (incident_time_parse(a->settings.quarantine, &a->store.quarantine_ms) != LB_OK)
		a->store.quarantine_ms = INT64_MAX;
	a->review_row = get(&a->store, NEXT, &q) == LB_OK ? sqlite3_column_int64(q, 0) : 0;
	sqlite3_reset(q);
	a->review_due = true;
}

void keeping_learn(struct agent *a, const Lagebus__Retention *said)
{
	struct retention now, before;
	unsigned bad = take(said, &now);

	if (bad > 0)
		log_event(LOG_WARN, "retention_unknown", "number=%u detail=%s", bad, "the broker names types that this agent does not know, or no time to keep them");
	read_kept(&a->store, SAID, &before);
	if (retention_is_same(&now, &before))
		return;
	if (agent_begin(a) == LB_OK && write_kept(&a->store, SAID, &now) == LB_OK)
		keeping_load(a);
}

int64_t keeping_due_ms(const struct agent *a)
{
	return a->review_due ? a->now_ms : INT64_MAX;
}

/* Some rows, within the turn's transaction. */
static lb_err review_some(struct agent *a)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_INBOX_KEEP);
	lb_err e;

	sqlite3_bind_int64(q, 1, a->review_row);
	sqlite3_bind_int64(q, 2, a->review_row + ROWS_A_TURN);
	e = store_run(&a->store, q);
	if (e != LB_OK)
		return e;
	if (a->review_row + ROWS_A_TURN <= inbox_newest(&a->store))
		return write_next(a, a->review_row + ROWS_A_TURN);
	a->erase_ms = a->now_ms; /* what is over now goes */
	return write_next(a, 0);
}

void keeping_go_on(struct agent *a)
{
	struct retention noted;
	lb_err e = LB_OK;

	if (!a->review_due)
		return;
	read_kept(&a->store, NOTED, &noted);
	a->review_due = false;
	if (!retention_is_same(&a->store.keep, &noted))
		e = begin_review(a, &noted);
	if (e == LB_OK && a->review_row > 0 && agent_begin(a) == LB_OK)
		e = review_some(a);
	/* A store that takes nothing loses the turn, which loads this anew. */
	a->review_due |= e == LB_OK && a->review_row > 0;
}
