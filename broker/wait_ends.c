/* Who is told that a message does not wait any more. */
#include "broker/wait_ends.h"

#include <string.h>

#include "broker/approval_status.h"
#include "broker/control.h"
#include "broker/core/approval.h"
#include "broker/remind.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "proto/control.pb-c.h"
#include "proto/host/log.h"

/* Rows, copied: a visitor must not call the journal. The newest first. */
struct rows {
	uint64_t after; /* none of this number or below */
	unsigned n;
	struct {
		uint64_t number;
		struct lb_uuid id;
	} row[WAIT_ENDS_KEPT];
};

void wait_ends_open(struct session *s)
{
	s->ends_due = s->reminders;
}

static bool add_row(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct rows *rows = user;
	uint64_t number = key_n == WAIT_END_KEY_SIZE ? wait_end_number(key) : 0;

	if (rows->n == WAIT_ENDS_KEPT || number <= rows->after)
		return false;
	if (value_n == sizeof rows->row[0].id.b) {
		rows->row[rows->n].number = number;
		memcpy(rows->row[rows->n++].id.b, value, value_n);
	}
	return true;
}

static bool is_due(const struct worker *w)
{
	for (uint32_t i = 0; i < w->used; i++)
		if (w->sessions[i] && w->sessions[i]->ends_due)
			return true;
	return false;
}

static void say(struct worker *w, struct session *s, const struct settled_row *row, const struct lb_header *h, Lagebus__ApprovalStatus *status)
{
	Lagebus__WaitEnded ended = LAGEBUS__WAIT_ENDED__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	ended.id = (ProtobufCBinaryData){ sizeof h->id.b, (uint8_t *)h->id.b };
	ended.header = (ProtobufCBinaryData){ row->header.n, (uint8_t *)row->header.p };
	ended.approval = status;
	ended.now = w->now_ms;
	control.body_case = LAGEBUS__CONTROL__BODY_WAIT_ENDED;
	control.wait_ended = &ended;
	control_send(w, s, &control);
}

/* Tells one end to whom it is news: everyone, or whoever has just come. */
static void tell(struct worker *w, const struct lb_uuid *id, bool everyone)
{
	struct lb_buf bytes = LB_BUF_INIT;
	struct approval_said said;
	struct settled_row row;
	struct lb_header h;
	lb_err e = journal_get(w->reader, JOURNAL_SETTLED, id->b, sizeof id->b, &bytes);

	if (e == LB_OK)
		e = settled_row_read(lb_buf_data(&bytes), lb_buf_len(&bytes), &row);
	if (e == LB_OK)
		e = lb_header_decode(row.header.p, row.header.n, &h);
	if (e == LB_OK)
		approval_say_settled(&row, &said);
	else if (e != LB_NOT_FOUND) /* long ago: forgotten */
		log_event(LOG_ERROR, "wait_end_unreadable", "reason=%s", lb_err_token(e));
	for (uint32_t i = 0; e == LB_OK && i < w->used; i++) {
		struct session *s = w->sessions[i];

		if (!s || s->state != SESSION_OPEN || !s->reminders || !(everyone || s->ends_due) || !approval_may_see(w, s, &h))
			continue;
		if (remind_hears(s))
			say(w, s, &row, &h, &said.status);
		else
			s->ends_late = true;
	}
	lb_buf_fini(&bytes);
}

void wait_ends_tick(struct worker *w)
{
	struct rows rows = { .after = is_due(w) ? 0 : w->wait_ends };

	if (w->draining || journal_each(w->reader, JOURNAL_WAIT_ENDS, NULL, 0, add_row, &rows) != LB_OK)
		return;
	for (unsigned i = rows.n; i-- > 0;)
		tell(w, &rows.row[i].id, rows.row[i].number > w->wait_ends);
	if (rows.n > 0)
		w->wait_ends = rows.row[0].number;
	for (uint32_t i = 0; i < w->used; i++)
		if (w->sessions[i]) {
			w->sessions[i]->ends_due = w->sessions[i]->ends_late;
			w->sessions[i]->ends_late = false;
		}
}
