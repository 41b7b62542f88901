/* Who is shown what comes into the inbox. */
#include "agents/agent/watchers.h"

#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"
#include "proto/host/log.h"
#include "proto/host/words.h"

#define ROWS_A_TURN 256 /* shown to one of them */
#define AGAIN_MS 250    /* until one whose queue is full is shown more */

lb_err watchers_add(struct agent *a, const struct watcher *from)
{
	for (unsigned i = 0; i < WATCHERS_MAX; i++)
		if (!a->watchers[i].here) {
			a->watchers[i] = *from;
			a->watchers[i].here = true;
			a->inbox_grew = true;
			return LB_OK;
		}
	return LB_LIMIT;
}

static bool same_peer(const struct local_peer *x, const struct local_peer *y)
{
	return x->n == y->n && memcmp(x->id, y->id, x->n) == 0;
}

void watchers_remove(struct agent *a, const struct local_peer *peer)
{
	for (unsigned i = 0; i < WATCHERS_MAX; i++)
		if (same_peer(&a->watchers[i].peer, peer))
			a->watchers[i].here = false;
}

static bool is_wanted(const struct watcher *w, const struct inbox_row *row)
{
	struct lb_header h;

	if (lb_header_decode(row->header.p, row->header.n, &h) != LB_OK)
		return false;
	if (!lb_header_is_real(&h) && !w->exercises)
		return false;
	return (w->type == 0 || w->type == h.type) && (w->area == 0 || w->area == h.area) &&
	       (!w->unacknowledged || row->acknowledged < (int)h.ack_policy || h.ack_policy == LB_ACK_NONE);
}

static bool wants_topic(const struct watcher *w, ProtobufCBinaryData header)
{
	struct lb_header h;

	if (w->type == 0 && w->area == 0)
		return true;
	return header.len > 0 && lb_header_decode(header.data, header.len, &h) == LB_OK && (w->type == 0 || w->type == h.type) && (w->area == 0 || w->area == h.area);
}

/* Whoever does not keep up is shown the rest later: it costs a place and a row's number. Whoever is gone is forgotten. */
static void stop_showing(struct agent *a, struct watcher *w, lb_err e)
{
	if (e == LB_LIMIT) {
		a->show_ms = a->now_ms + AGAIN_MS;
		return;
	}
	w->here = false;
	log_event(LOG_INFO, "watcher_dropped", "reason=%s", lb_err_token(e));
}

/* Tells them of something about a message: those who asked for its topic. A deadline's title is the first or, for who reads German, the second; NULL: there is none. */
static void tell(struct agent *a, Lagebus__Reply *reply, ProtobufCBinaryData header, bool exercise, char *const titles[2])
{
	reply->more = true;
	for (unsigned i = 0; i < WATCHERS_MAX; i++) {
		struct watcher *w = &a->watchers[i];
		lb_err e = LB_OK;

		if (!w->here || (exercise && !w->exercises) || !wants_topic(w, header))
			continue;
		reply->number = w->number;
		if (titles)
			reply->deadline->title = titles[w->german];
		e = answer_try(a, &w->peer, reply);
		if (e != LB_OK)
			stop_showing(a, w, e);
	}
}

void watchers_tell(struct agent *a, const Lagebus__OpenDeadline *open, const char *german_title)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	Lagebus__OpenDeadline said = *open;

	reply.body_case = LAGEBUS__REPLY__BODY_DEADLINE;
	reply.deadline = &said;
	tell(a, &reply, open->header, open->exercise, (char *const[2]){ open->title, (char *)german_title });
}

void watchers_tell_end(struct agent *a, const Lagebus__WaitEnds *ends, ProtobufCBinaryData header, bool exercise)
{
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;

	reply.body_case = LAGEBUS__REPLY__BODY_WAIT_ENDS;
	reply.wait_ends = (Lagebus__WaitEnds *)ends;
	tell(a, &reply, header, exercise, NULL);
}

/* True if there is more for it now. */
static bool show_rows(struct agent *a, struct watcher *w)
{
	for (unsigned i = 0; i < ROWS_A_TURN; i++) {
		struct inbox_row row;
		lb_err e = inbox_after(&a->store, w->row, &row);

		if (e != LB_OK)
			return false;
		if (is_wanted(w, &row))
			e = answer_message(a, &w->peer, w->number, &row, NULL, true);
		if (e != LB_OK) {
			stop_showing(a, w, e);
			return false;
		}
		w->row = row.row;
	}
	return true;
}

static bool show(struct agent *a, struct watcher *w)
{
	bool more;

	words_speak_german(w->german);
	more = show_rows(a, w);
	words_speak_german(false);
	return more;
}

int64_t watchers_due_ms(const struct agent *a)
{
	if (a->inbox_grew)
		return a->now_ms;
	return a->show_ms ? a->show_ms : INT64_MAX;
}

void watchers_show(struct agent *a)
{
	bool more = false;

	if (a->now_ms < watchers_due_ms(a))
		return;
	a->show_ms = 0;
	for (unsigned i = 0; i < WATCHERS_MAX; i++)
		if (a->watchers[i].here)
			more |= show(a, &a->watchers[i]);
	a->inbox_grew = more;
}
