/* Deadlines: who has not acknowledged is reminded before and at the deadline, the origin and the coordinators are told who is overdue, and an
 * agent that comes back hears what is still open. The rows stand in the log (core/deadline.h), so that a restart changes nothing: worker 0 takes each
 * step once it is due, and tells the others to tell their sessions. What is told and not yet noted when the broker is killed is told again. */
#include "broker/remind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/control.h"
#include "broker/core/deadline.h"
#include "broker/core/ledger.h"
#include "broker/core/route.h"
#include "broker/edge/channel.h"
#include "broker/inquiry.h"
#include "broker/lookup.h"
#include "broker/outstanding.h"
#include "broker/publish.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "proto/control.pb-c.h"
#include "proto/host/log.h"

#define STEPS_A_TICK 8     /* rows that are due: each is told to every session */
#define ROWS_A_TICK 32     /* rows that a pass looks at */
#define ROWS_A_PASS 1024   /* and in all: who comes back hears of so many, those that become overdue first, then the newest that are */
#define NAMES_MAX 64       /* partners in one Overdue */
#define NOT_NOTED_MS 5000  /* a row that has not come to the disk by then never will: its commit failed */
#define BEHIND_BYTES (1024 * 1024) /* who has so much to take is not told more */

int64_t remind_clock_ms(const struct worker *w)
{
	return w->now_ms + (w->ahead_ms ? atomic_load_explicit(w->ahead_ms, memory_order_relaxed) : 0);
}

static void put_row(struct worker *w, const uint8_t key[DEADLINE_KEY_SIZE])
{
	static const uint8_t none = 0;

	publish_note(w, w->urgent, note_new(JOURNAL_DEADLINES, key, DEADLINE_KEY_SIZE, &none, sizeof none));
}

static void clear_row(struct worker *w, const uint8_t key[DEADLINE_KEY_SIZE])
{
	uint8_t end[DEADLINE_KEY_SIZE + 1] = { 0 };

	memcpy(end, key, DEADLINE_KEY_SIZE);
	publish_note(w, w->urgent, note_new_clear(JOURNAL_DEADLINES, key, DEADLINE_KEY_SIZE, end, sizeof end));
}

static void forget(struct worker *w, const struct lb_header *h)
{
	uint8_t key[DEADLINE_KEY_SIZE];

	for (unsigned n = 0; deadline_key_at(h, n, key); n++)
		clear_row(w, key);
}

/* Of those who have not done what is asked: who is past its own deadline, and in how many days after the message's the next of the others will be; 0: none. */
static unsigned past(struct worker *w, const struct lb_header *h, const struct partner_set *open, struct partner_set *late)
{
	const struct federation *f = router_federation(w->router);
	unsigned next = 0;

	*late = *open;
	for (uint16_t i = 0; i < federation_count(f); i++) {
		int64_t deadline_ms = partner_set_has(open, i) ? outstanding_until_ms(f, i, h) : 0;
		unsigned days = deadline_days_later(h, deadline_ms);

		if (deadline_ms <= remind_clock_ms(w))
			continue;
		partner_set_remove(late, i);
		if (next == 0 || days < next)
			next = days;
	}
	return next;
}

static unsigned count_of(const struct partner_set *set)
{
	unsigned n = 0;

	for (uint16_t i = 0; i < LB_PARTNERS_MAX; i++)
		n += partner_set_has(set, i);
	return n;
}

/* The message of a row, and who has not done what it asks. LB_NOT_FOUND: nobody has anything to do any more. */
static lb_err look_up(struct worker *w, const struct lb_uuid *id, struct logged *m, struct partner_set *open)
{
	lb_err e = lookup(w, id, m);

	if (e == LB_OK && m->header.expires_ms != 0 && m->header.expires_ms <= remind_clock_ms(w))
		e = LB_NOT_FOUND;
	if (e == LB_OK)
		e = outstanding(w, m, open);
	return e == LB_OK && count_of(open) == 0 ? LB_NOT_FOUND : e;
}

static void say_reminder(struct worker *w, struct session *s, const struct lb_header *h, uint16_t partner, bool settled)
{
	const struct federation *f = router_federation(w->router);
	Lagebus__Reminder reminder = LAGEBUS__REMINDER__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	reminder.now = remind_clock_ms(w);
	if (h) {
		reminder.id = (ProtobufCBinaryData){ sizeof h->id.b, (uint8_t *)h->id.b };
		reminder.partner = (char *)federation_at(f, partner)->id;
		reminder.ack_policy = h->ack_policy;
		reminder.deadline = outstanding_until_ms(f, partner, h);
		reminder.exercise = h->exercise;
		reminder.overdue = !settled && reminder.now >= reminder.deadline;
		reminder.settled = settled;
	}
	control.body_case = LAGEBUS__CONTROL__BODY_REMINDER;
	control.reminder = &reminder;
	control_send(w, s, &control);
}

static void say_overdue(struct worker *w, struct session *s, const struct logged *m, const struct partner_set *open)
{
	const struct federation *f = router_federation(w->router);
	Lagebus__Overdue overdue = LAGEBUS__OVERDUE__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	char *names[NAMES_MAX];

	overdue.id = (ProtobufCBinaryData){ sizeof m->header.id.b, (uint8_t *)m->header.id.b };
	overdue.header = (ProtobufCBinaryData){ lb_buf_len(&m->frame), lb_buf_data(&m->frame) };
	overdue.partners = names;
	overdue.partners_in_all = count_of(open);
	for (uint16_t i = 0; i < federation_count(f) && overdue.n_partners < NAMES_MAX; i++)
		if (partner_set_has(open, i))
			names[overdue.n_partners++] = (char *)federation_at(f, i)->id;
	overdue.now = remind_clock_ms(w);
	control.body_case = LAGEBUS__CONTROL__BODY_OVERDUE;
	control.overdue = &overdue;
	control_send(w, s, &control);
}

bool remind_hears(const struct session *s)
{
	return s && s->state == SESSION_OPEN && s->reminders && lb_buf_len(lb_link_output(s->link)) + lb_buf_len(&s->later) < BEHIND_BYTES;
}

/* All that one session has to hear of a message: as who has to acknowledge it, and as who watches over that. Where a partner has just acknowledged, the others
 * who have to are not reminded once more. */
static void tell(struct worker *w, struct session *s, const struct logged *m, const struct partner_set *open, const char *settled)
{
	const struct federation *f = router_federation(w->router);
	struct partner_set late;

	for (uint16_t i = 0; i < federation_count(f); i++) {
		const char *partner = federation_at(f, i)->id;

		if (i != s->partner && !(s->mandates && partner_set_has(s->mandates, i)))
			continue;
		if (strcmp(partner, settled) == 0)
			say_reminder(w, s, &m->header, i, true);
		else if (!*settled && partner_set_has(open, i))
			say_reminder(w, s, &m->header, i, false);
	}
	past(w, &m->header, open, &late);
	/* Where all have longer nobody is overdue yet, which is no news. */
	if (remind_clock_ms(w) >= m->header.ack_deadline_ms && (*settled || count_of(&late) > 0 || count_of(open) == 0) && inquiry_may_ask(w, s, &m->header))
		say_overdue(w, s, m, &late);
}

void remind_tell(struct worker *w, struct remind_word *word)
{
	struct logged m = { .frame = LB_BUF_INIT };
	struct partner_set open = { { 0 } };
	lb_err e = look_up(w, &word->id, &m, &open);

	/* Before the first reminder nobody has been told of it. */
	if ((e == LB_OK || e == LB_NOT_FOUND) && lb_buf_len(&m.frame) > 0 && deadline_stage(&m.header, remind_clock_ms(w)) > DEADLINE_OPEN)
		for (uint32_t i = 0; i < w->used; i++)
			if (remind_hears(w->sessions[i]))
				tell(w, w->sessions[i], &m, &open, word->settled);
	if (e == LB_NOT_FOUND && w->index == 0 && lb_buf_len(&m.frame) > 0)
		forget(w, &m.header);
	lb_buf_fini(&m.frame);
	free(word);
}

static void tell_everywhere(struct worker *w, const struct lb_uuid *id, const char *settled)
{
	for (unsigned i = 0; i < w->workers; i++) {
		struct remind_word *word = calloc(1, sizeof *word);

		if (!word)
			return; /* who was not told now hears it when it comes back */
		word->id = *id;
		snprintf(word->settled, sizeof word->settled, "%s", settled);
		if (channel_send(w->peers[i], (struct channel_item){ WORKER_REMIND, word }) != LB_OK)
			free(word);
	}
}

/* Rows, copied: a visitor must not call the journal. */
struct rows {
	unsigned n, most;
	int64_t until_ms; /* not those that are due later */
	uint8_t key[ROWS_A_TICK][DEADLINE_KEY_SIZE];
};

static bool add_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct rows *rows = user;
	struct deadline d;

	(void)value;
	(void)value_n;
	if (key_n != DEADLINE_KEY_SIZE)
		return true; /* no row of ours */
	if (rows->n == rows->most || (deadline_read(key, key_n, &d) == LB_OK && d.due_ms > rows->until_ms))
		return false;
	memcpy(rows->key[rows->n++], key, DEADLINE_KEY_SIZE);
	return true;
}

static void log_step(struct worker *w, const struct logged *m, enum deadline_stage to, const struct partner_set *open)
{
	const struct federation *f = router_federation(w->router);
	char id[LB_UUID_TEXT], names[512] = "";
	size_t at = 0;

	for (uint16_t i = 0; i < federation_count(f) && at < sizeof names - LB_PARTNER_ID_MAX - 2; i++)
		if (partner_set_has(open, i))
			at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", at ? "," : "", federation_at(f, i)->id);
	lb_uuid_format(&m->header.id, id);
	log_event(to == DEADLINE_OVERDUE ? LOG_WARN : LOG_INFO, to == DEADLINE_OVERDUE ? "overdue" : "reminded",
	          "id=%s origin=%.*s level=%u partners_n=%u partners=%s exercise=%d", id, (int)m->header.origin.n, m->header.origin.p, m->header.level,
	          count_of(open), names, m->header.exercise);
	if (!m->header.exercise)
		metric_add(to == DEADLINE_OVERDUE ? &w->metrics.overdue : &w->metrics.reminded, 1);
}

/* A row is due: it goes, or on to its next stage. */
static void step(struct worker *w, const uint8_t key[DEADLINE_KEY_SIZE])
{
	struct logged m = { .frame = LB_BUF_INIT };
	struct deadline d;
	struct partner_set open;
	lb_err e = deadline_read(key, DEADLINE_KEY_SIZE, &d);

	if (e == LB_OK)
		e = look_up(w, &d.id, &m, &open);
	if (e == LB_OK) {
		enum deadline_stage to = deadline_stage(&m.header, remind_clock_ms(w));
		unsigned later = to == DEADLINE_OVERDUE ? past(w, &m.header, &open, &open) : 0;
		uint8_t next[DEADLINE_KEY_SIZE];

		if (later)
			deadline_key_later(&m.header, later, next);
		else
			deadline_key(&m.header, to, next);
		if (count_of(&open) > 0)
			log_step(w, &m, to, &open);
		tell_everywhere(w, &m.header.id, "");
		put_row(w, next);
	} else if (e != LB_NOT_FOUND) {
		log_event(LOG_ERROR, "deadline_unreadable", "reason=%s", lb_err_token(e));
	}
	/* Also what cannot be read: it would be first in line for ever. */
	clear_row(w, key);
	memcpy(w->remind.moved, key, DEADLINE_KEY_SIZE);
	w->remind.moved_ms = w->now_ms;
	w->remind.moving = true;
	lb_buf_fini(&m.frame);
}

static bool is_moved(struct worker *w)
{
	struct remind *r = &w->remind;

	if (r->moving && w->now_ms - r->moved_ms < NOT_NOTED_MS && journal_get(w->reader, JOURNAL_DEADLINES, r->moved, sizeof r->moved, &w->record) == LB_OK)
		return false;
	r->moving = false;
	return true;
}

static void take_steps(struct worker *w)
{
	struct rows rows = { .most = STEPS_A_TICK, .until_ms = remind_clock_ms(w) };

	/* A row that is still there though its step was taken would be taken for one that is due. */
	if (!is_moved(w))
		return;
	for (uint8_t stage = DEADLINE_OPEN; stage < DEADLINE_STAGES; stage++)
		if (stage != DEADLINE_OVERDUE && journal_each(w->reader, JOURNAL_DEADLINES, &stage, sizeof stage, add_row, &rows) != LB_OK)
			return;
	for (unsigned i = 0; i < rows.n; i++)
		step(w, rows.key[i]);
}

void remind_done(struct worker *w, const struct lb_header *about, const char *partner)
{
	struct remind *r = &w->remind;
	struct remind_done *d = &r->done[r->done_n];

	if (r->done_n == REMIND_DONE_MAX)
		return; /* the row goes at its next step */
	r->done_n++;
	d->id = about->id;
	d->ack_policy = about->ack_policy;
	d->since_ms = w->now_ms;
	snprintf(d->partner, sizeof d->partner, "%s", partner);
}

static bool is_on_disk(struct worker *w, const struct remind_done *d)
{
	uint8_t key[LEDGER_KEY_MAX];
	struct ledger_row row;

	return journal_get(w->reader, JOURNAL_LEDGER, key, ledger_key(&d->id, d->partner, key), &w->record) == LB_OK &&
	       ledger_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row) == LB_OK && ledger_state(&row) >= d->ack_policy;
}

/* Whoever has acknowledged is told no more, and the others may want to know. */
static void take_done(struct worker *w)
{
	struct remind *r = &w->remind;
	unsigned kept = 0;

	for (unsigned i = 0; i < r->done_n; i++) {
		const struct remind_done *d = &r->done[i];

		if (is_on_disk(w, d))
			tell_everywhere(w, &d->id, d->partner);
		else if (w->now_ms - d->since_ms < NOT_NOTED_MS)
			r->done[kept++] = *d;
	}
	r->done_n = kept;
}

void remind_open(struct session *s)
{
	s->remind = s->reminders ? REMIND_WAITS : REMIND_NOTHING;
}

static bool begin_pass(struct worker *w)
{
	struct remind *r = &w->remind;

	for (uint32_t i = 0; i < w->used; i++)
		if (w->sessions[i] && w->sessions[i]->remind == REMIND_WAITS) {
			w->sessions[i]->remind = REMIND_PASS;
			r->passing = true;
		}
	r->at[0] = DEADLINE_REMINDED;
	r->at_n = 1;
	r->left = ROWS_A_PASS;
	return r->passing;
}

static void end_pass(struct worker *w)
{
	for (uint32_t i = 0; i < w->used; i++) {
		struct session *s = w->sessions[i];

		if (!s || s->remind != REMIND_PASS)
			continue;
		s->remind = REMIND_NOTHING;
		if (remind_hears(s))
			say_reminder(w, s, NULL, PARTNER_NONE, false);
	}
	w->remind.passing = false;
}

static void pass(struct worker *w, const uint8_t key[DEADLINE_KEY_SIZE])
{
	struct logged m = { .frame = LB_BUF_INIT };
	struct deadline d;
	struct partner_set open;
	lb_err e = deadline_read(key, DEADLINE_KEY_SIZE, &d);

	if (e == LB_OK)
		e = look_up(w, &d.id, &m, &open);
	if (e == LB_NOT_FOUND)
		clear_row(w, key);
	for (uint32_t i = 0; e == LB_OK && i < w->used; i++) {
		struct session *s = w->sessions[i];

		if (!s || s->remind != REMIND_PASS)
			continue;
		if (remind_hears(s))
			tell(w, s, &m, &open, "");
		else
			s->remind = REMIND_NOTHING; /* it does not take what it is sent, and so is not told that this was all */
	}
	lb_buf_fini(&m.frame);
}

/* Behind these rows; where the stage has no more of them, at the next stage's, in the order in which rows move on. */
static void move_pass(struct worker *w, const struct rows *rows)
{
	struct remind *r = &w->remind;

	r->left -= rows->n;
	if (r->left > 0 && rows->n == rows->most) {
		memcpy(r->at, rows->key[rows->n - 1], DEADLINE_KEY_SIZE);
		r->at[DEADLINE_KEY_SIZE] = 0;
		r->at_n = sizeof r->at;
	} else if (r->left > 0 && r->at[0] != DEADLINE_OVERDUE) {
		r->at[0] = r->at[0] == DEADLINE_REMINDED ? DEADLINE_LATER : DEADLINE_OVERDUE;
		r->at_n = 1;
	} else {
		end_pass(w);
	}
}

static void go_on_with_pass(struct worker *w)
{
	struct remind *r = &w->remind;
	struct rows rows = { .until_ms = INT64_MAX };

	if (!r->passing && !begin_pass(w))
		return;
	for (unsigned room = ROWS_A_TICK; r->passing && room > 0; room -= rows.n) {
		rows.n = 0;
		rows.most = room < r->left ? room : r->left;
		if (journal_each_from(w->reader, JOURNAL_DEADLINES, r->at, r->at_n, 1, add_row, &rows) != LB_OK)
			rows.n = 0;
		for (unsigned i = 0; i < rows.n; i++)
			pass(w, rows.key[i]);
		move_pass(w, &rows);
	}
}

void remind_tick(struct worker *w)
{
	if (w->draining)
		return;
	if (w->index == 0)
		take_steps(w);
	take_done(w);
	go_on_with_pass(w);
}
