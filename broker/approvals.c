/* What needs a second person: taken in and put on hold, approved or refused by another certificate, shown to who may approve it. */
#include "broker/approvals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/approval_status.h"
#include "broker/control.h"
#include "broker/core/approval.h"
#include "broker/core/route.h"
#include "broker/deed_publish.h"
#include "broker/edge/journal.h"
#include "broker/inquiry.h"
#include "broker/session.h"
#include "broker/signed_by.h"
#include "broker/worker_state.h"
#include "lagebus/classified.h"
#include "proto/approval.pb-c.h"
#include "proto/control.pb-c.h"
#include "proto/host/log.h"
#include "proto/host/policy.h"

#define PART_BYTES (128 * 1024) /* of a payload in one answer */
#define LIST_MAX 64             /* messages in one answer, */
#define LIST_BYTES (64 * 1024)  /* and bytes of their headers */

static int64_t wait_until(const struct worker *w, const struct lb_header *h)
{
	int64_t until_ms = w->now_ms + w->settings->approval_wait_s * 1000;

	return h->expires_ms != 0 && h->expires_ms < until_ms ? h->expires_ms : until_ms;
}

lb_err approvals_hold(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m)
{
	struct waiting_row row = { .came_ms = w->now_ms, .until_ms = wait_until(w, h), .signer = lb_text_of(s->agent), .raw = { m->raw, m->raw_n } };
	struct deed *deed;
	lb_err e = signed_by_session(w, s, h, m->frames, row.key);

	if (e != LB_OK)
		return e;
	deed = deed_new(DEED_HOLD, &h->id);
	e = deed ? waiting_row_write(&row, &deed->row) : LB_NO_MEMORY;
	if (e != LB_OK) {
		deed_free(deed);
		return e;
	}
	return deed_publish(w, s, h, m, deed, NULL);
}

/* What waits under an id; bytes hold the row. LB_NOT_FOUND: nothing, or no more. */
static lb_err find_waiting(struct worker *w, const struct lb_uuid *id, struct lb_buf *bytes, struct waiting_row *row, struct lb_zmtp_message *m,
                           struct lb_header *h)
{
	lb_err e = journal_get(w->reader, JOURNAL_WAITING, id->b, sizeof id->b, bytes);

	if (e == LB_OK)
		e = waiting_row_read(lb_buf_data(bytes), lb_buf_len(bytes), row);
	if (e == LB_OK)
		e = waiting_row_open(row, m, h);
	return e == LB_OK && row->until_ms <= w->now_ms ? LB_NOT_FOUND : e;
}

bool header_goes_along(const struct lb_header *h, const struct lb_header *about)
{
	bool same = h->audience_n == about->audience_n && lb_tlp_effective(h->tlp) == lb_tlp_effective(about->tlp) && h->area == about->area &&
	            lb_header_same_exercise(h, about) && h->expires_ms == 0;

	for (unsigned i = 0; same && i < h->audience_n; i++)
		same = lb_text_same(h->audience[i], about->audience[i]);
	return same;
}

/* An approval goes with its message, a refusal to its origin alone. */
static lb_err check_way(const struct lb_header *h, const struct lb_header *about, bool approves)
{
	if (!lb_header_same_exercise(h, about))
		return LB_EXERCISE_MIXED;
	if (approves)
		return header_goes_along(h, about) ? LB_OK : LB_BAD_AUDIENCE;
	return h->audience_n == 1 && lb_text_same(h->audience[0], about->origin) && !lb_header_widens(h, about) ? LB_OK : LB_BAD_AUDIENCE;
}

static lb_err check_second_person(struct worker *w, const struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m,
                                  const struct waiting_row *row)
{
	uint8_t key[LB_DIGEST_SIZE];
	lb_err e = signed_by_session(w, s, h, m->frames, key);

	if (e != LB_OK)
		return e;
	return lb_text_equals(row->signer, s->agent) || memcmp(key, row->key, sizeof key) == 0 ? LB_SAME_PERSON : LB_OK;
}

/* The message is judged again: its origin, or the rules, may have changed while it waited. */
static lb_err check_message(const struct federation *f, const struct lb_header *about)
{
	lb_err e = policy_admit(f, federation_find(f, about->origin.p, about->origin.n), about);

	return e == LB_NEEDS_APPROVAL ? LB_OK : e == LB_OK ? LB_INVALID : e;
}

static lb_err check_texts(const Lagebus__Approval *a)
{
	if (strlen(a->by) > LB_TEXT_MAX || strlen(a->note) > APPROVAL_NOTE_MAX)
		return LB_INVALID;
	if (!lb_utf8_is_valid(a->by, strlen(a->by)) || !lb_utf8_is_valid(a->note, strlen(a->note)))
		return LB_NOT_UTF8;
	return lb_text_is_classified(a->by, strlen(a->by)) || lb_text_is_classified(a->note, strlen(a->note)) ? LB_CLASSIFIED : LB_OK;
}

/* Everything that the decision depends on; `digest` is the waiting message's. */
static lb_err check(struct worker *w, const struct session *s, uint16_t sender, const struct lb_header *h, const struct lb_zmtp_message *m,
                    const Lagebus__Approval *a, const struct waiting_row *row, const struct lb_zmtp_message *held, const struct lb_header *about,
                    uint8_t digest[LB_DIGEST_SIZE])
{
	const struct federation *f = router_federation(w->router);
	lb_err e = check_texts(a);

	if (e == LB_OK && !policy_may_approve(f, sender, about))
		e = LB_ROLE_MAY_NOT_SEND;
	if (e == LB_OK)
		e = check_message(f, about);
	if (e == LB_OK)
		e = check_way(h, about, a->decision == LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED);
	if (e == LB_OK)
		e = lb_message_digest(held->frames[0], held->frames[1], digest);
	if (e == LB_OK && (a->digest.len != LB_DIGEST_SIZE || memcmp(a->digest.data, digest, LB_DIGEST_SIZE) != 0))
		e = LB_OTHER_CONTENT;
	return e == LB_OK ? check_second_person(w, s, h, m, row) : e;
}

static lb_err settle(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m, const Lagebus__Approval *a,
                     const struct waiting_row *row, const struct lb_zmtp_message *held, const uint8_t digest[LB_DIGEST_SIZE])
{
	bool approves = a->decision == LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED;
	struct settled_row settled = {
		.state = approves ? APPROVAL_APPROVED : APPROVAL_REFUSED,
		.came_ms = row->came_ms,
		.until_ms = row->until_ms,
		.at_ms = w->now_ms,
		.signer = row->signer,
		.by = lb_text_of(s->agent),
		.function = lb_text_of(a->by),
		.note = lb_text_of(a->note),
		.header = held->frames[0],
	};
	struct deed *deed = deed_new(approves ? DEED_APPROVE : DEED_REFUSE, &h->thread);
	lb_err e = LB_NO_MEMORY;

	memcpy(settled.digest, digest, sizeof settled.digest);
	if (deed)
		e = settled_row_write(&settled, &deed->row);
	if (e != LB_OK) {
		deed_free(deed);
		return e;
	}
	return deed_publish(w, s, h, m, deed, approves ? row : NULL);
}

/* One that was accepted before, whose answer was lost. */
static bool is_repeat(struct worker *w, const struct lb_header *h)
{
	uint64_t position;
	unsigned lane;

	return journal_find(w->reader, &h->id, &lane, &position) == LB_OK;
}

static lb_err take_repeat(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m)
{
	struct deed *deed = deed_new(DEED_REPEAT, &h->thread);

	return deed ? deed_publish(w, s, h, m, deed, NULL) : LB_NO_MEMORY;
}

static lb_err check_form(const struct lb_header *h, const Lagebus__Approval *a)
{
	if (!h->has_thread || a->refers_to.len != sizeof h->thread.b || memcmp(a->refers_to.data, h->thread.b, sizeof h->thread.b) != 0 ||
	    memcmp(h->id.b, h->thread.b, sizeof h->id.b) == 0)
		return LB_BAD_ID;
	if (a->decision != LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED && a->decision != LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_REFUSED)
		return LB_INVALID;
	return LB_OK;
}

static lb_err take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, const struct lb_zmtp_message *m,
                   const Lagebus__Approval *a)
{
	struct lb_buf bytes = LB_BUF_INIT;
	uint8_t digest[LB_DIGEST_SIZE];
	struct lb_zmtp_message held;
	struct lb_header about;
	struct waiting_row row;
	lb_err e = check_form(h, a);

	if (e == LB_OK && is_repeat(w, h))
		return take_repeat(w, s, h, m);
	if (e == LB_OK)
		e = find_waiting(w, &h->thread, &bytes, &row, &held, &about);
	if (e == LB_OK)
		e = check(w, s, sender, h, m, a, &row, &held, &about, digest);
	if (e == LB_OK)
		e = settle(w, s, h, m, a, &row, &held, digest);
	lb_buf_fini(&bytes);
	return e;
}

lb_err approvals_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, const struct lb_zmtp_message *m)
{
	Lagebus__Approval *a = lagebus__approval__unpack(NULL, m->frames[1].n, m->frames[1].p);
	lb_err e = a ? take(w, s, sender, h, m, a) : LB_INVALID;

	if (a)
		lagebus__approval__free_unpacked(a, NULL);
	return e;
}

/* Withdrawn already: the answer may have been lost. */
static lb_err withdraw_again(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m, struct lb_buf *bytes)
{
	struct settled_row settled;
	struct lb_header about;
	struct deed *deed;
	lb_err e = journal_get(w->reader, JOURNAL_SETTLED, h->thread.b, sizeof h->thread.b, bytes);

	if (e == LB_OK)
		e = settled_row_read(lb_buf_data(bytes), lb_buf_len(bytes), &settled);
	if (e == LB_OK)
		e = lb_header_decode(settled.header.p, settled.header.n, &about);
	if (e == LB_OK && (settled.state != APPROVAL_WITHDRAWN || !lb_text_same(h->origin, about.origin)))
		e = LB_NOT_FOUND;
	if (e != LB_OK)
		return e;
	deed = deed_new(DEED_WITHDRAW, &h->thread);
	return deed ? deed_publish(w, s, h, m, deed, NULL) : LB_NO_MEMORY;
}

lb_err approvals_withdraw(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m)
{
	struct settled_row settled = { .state = APPROVAL_WITHDRAWN, .at_ms = w->now_ms, .by = lb_text_of(s->agent), .function = lb_text_of(""), .note = lb_text_of("") };
	struct lb_buf bytes = LB_BUF_INIT;
	struct lb_zmtp_message held;
	struct lb_header about;
	struct waiting_row row;
	struct deed *deed = NULL;
	lb_err e = find_waiting(w, &h->thread, &bytes, &row, &held, &about);

	if (e == LB_NOT_FOUND) {
		e = withdraw_again(w, s, h, m, &bytes);
		lb_buf_fini(&bytes);
		return e;
	}
	if (e == LB_OK && !lb_text_same(h->origin, about.origin))
		e = LB_NOT_FOUND; /* whose it is not does not learn that it is there */
	if (e == LB_OK && !header_goes_along(h, &about))
		e = LB_BAD_AUDIENCE;
	if (e == LB_OK) {
		settled.came_ms = row.came_ms;
		settled.until_ms = row.until_ms;
		settled.signer = row.signer;
		settled.header = held.frames[0];
		e = lb_message_digest(held.frames[0], held.frames[1], settled.digest);
	}
	if (e == LB_OK) {
		deed = deed_new(DEED_WITHDRAW, &h->thread);
		e = deed ? settled_row_write(&settled, &deed->row) : LB_NO_MEMORY;
	}
	if (e == LB_OK)
		e = deed_publish(w, s, h, m, deed, NULL);
	else
		deed_free(deed);
	lb_buf_fini(&bytes);
	return e;
}

/* What waits, or waited, under an id: its status, and its header frame, which stands in `bytes`. */
static lb_err find_status(struct worker *w, const struct lb_uuid *id, struct lb_buf *bytes, struct lb_frame *frame, struct lb_header *h, struct approval_said *said)
{
	struct settled_row settled;
	struct lb_zmtp_message m;
	struct waiting_row row;
	lb_err e = find_waiting(w, id, bytes, &row, &m, h);

	if (e == LB_OK) {
		approval_say_waiting(&row, said);
		*frame = m.frames[0];
		return LB_OK;
	}
	if (e == LB_NOT_FOUND)
		e = journal_get(w->reader, JOURNAL_SETTLED, id->b, sizeof id->b, bytes);
	if (e == LB_OK)
		e = settled_row_read(lb_buf_data(bytes), lb_buf_len(bytes), &settled);
	if (e == LB_OK)
		e = lb_header_decode(settled.header.p, settled.header.n, h);
	if (e != LB_OK)
		return e;
	approval_say_settled(&settled, said);
	*frame = settled.header;
	return LB_OK;
}

lb_err approvals_tell(struct worker *w, struct session *s, const struct lb_uuid *id, bool logged, void *receipts)
{
	Lagebus__Receipts *answer = receipts;
	struct lb_buf bytes = LB_BUF_INIT;
	char *approvers[LB_PARTNERS_MAX];
	struct lb_frame frame;
	struct lb_header h;
	struct approval_said said;
	lb_err e = find_status(w, id, &bytes, &frame, &h, &said);

	/* Who may ask for the receipts of a message in the log was asked before. */
	if (e == LB_OK && !logged && !approval_may_see(w, s, &h))
		e = LB_NOT_FOUND;
	if (e == LB_OK) {
		if (said.status.state == APPROVAL_WAITING)
			approval_name_approvers(router_federation(w->router), &h, approvers, &said.status);
		answer->approval = &said.status;
		if (!logged)
			answer->header = (ProtobufCBinaryData){ frame.n, (uint8_t *)frame.p };
		inquiry_send(w, s, answer);
	}
	lb_buf_fini(&bytes);
	return e;
}

static void send_waiting(struct worker *w, struct session *s, Lagebus__Waiting *answer)
{
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;

	answer->now = w->now_ms;
	control.body_case = LAGEBUS__CONTROL__BODY_WAITING;
	control.waiting = answer;
	control_send(w, s, &control);
}

static bool may_approve(struct worker *w, const struct session *s, const struct lb_header *h, const struct waiting_row *row)
{
	return !lb_text_equals(row->signer, s->agent) && approval_may_decide(w, s, h);
}

static lb_err answer_one(struct worker *w, struct session *s, const struct lb_uuid *id, uint64_t offset, Lagebus__Waiting *answer)
{
	Lagebus__WaitingMessage one = LAGEBUS__WAITING_MESSAGE__INIT, *pointer = &one;
	struct lb_buf bytes = LB_BUF_INIT;
	char *approvers[LB_PARTNERS_MAX];
	struct lb_zmtp_message m;
	struct waiting_row row;
	struct lb_header h;
	struct approval_said said;
	lb_err e = find_waiting(w, id, &bytes, &row, &m, &h);

	if (e == LB_OK && !approval_may_see(w, s, &h))
		e = LB_NOT_FOUND;
	if (e == LB_OK && offset > m.frames[1].n)
		e = LB_INVALID;
	if (e == LB_OK) {
		size_t left = m.frames[1].n - (size_t)offset;

		approval_say_waiting(&row, &said);
		approval_name_approvers(router_federation(w->router), &h, approvers, &said.status);
		one.header = (ProtobufCBinaryData){ m.frames[0].n, (uint8_t *)m.frames[0].p };
		one.approval = &said.status;
		one.may_approve = may_approve(w, s, &h, &row);
		one.payload_size = m.frames[1].n;
		one.payload = (ProtobufCBinaryData){ left < PART_BYTES ? left : PART_BYTES, (uint8_t *)m.frames[1].p + offset };
		answer->messages = &pointer;
		answer->n_messages = 1;
		send_waiting(w, s, answer);
	}
	lb_buf_fini(&bytes);
	return e;
}

/* All that the session may see, as much as one answer holds. */
struct list {
	struct worker *w;
	const struct session *s;
	size_t n, bytes;
	bool more, failed;
	struct {
		Lagebus__WaitingMessage message;
		struct approval_said said;
		struct lb_buf header;
	} *item;
};

static bool add_item(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct list *l = user;
	struct lb_zmtp_message m;
	struct waiting_row row;
	struct lb_header h;

	(void)key;
	(void)key_n;
	if (waiting_row_read(value, value_n, &row) != LB_OK || waiting_row_open(&row, &m, &h) != LB_OK || row.until_ms <= l->w->now_ms ||
	    !approval_may_see(l->w, l->s, &h))
		return true;
	l->more = l->n == LIST_MAX || l->bytes + m.frames[0].n > LIST_BYTES;
	if (l->more)
		return false;
	l->failed = lb_buf_append(&l->item[l->n].header, m.frames[0].p, m.frames[0].n) != LB_OK;
	if (l->failed)
		return false;
	approval_say_waiting(&row, &l->item[l->n].said);
	lagebus__waiting_message__init(&l->item[l->n].message);
	l->item[l->n].message.header = (ProtobufCBinaryData){ m.frames[0].n, lb_buf_data(&l->item[l->n].header) };
	l->item[l->n].message.approval = &l->item[l->n].said.status;
	l->item[l->n].message.may_approve = may_approve(l->w, l->s, &h, &row);
	l->item[l->n].message.payload_size = m.frames[1].n;
	l->bytes += m.frames[0].n;
	l->n++;
	return true;
}

static lb_err answer_all(struct worker *w, struct session *s, Lagebus__Waiting *answer)
{
	struct list l = { .w = w, .s = s, .item = calloc(LIST_MAX, sizeof *l.item) };
	Lagebus__WaitingMessage *pointers[LIST_MAX];
	lb_err e = l.item ? journal_each(w->reader, JOURNAL_WAITING, NULL, 0, add_item, &l) : LB_NO_MEMORY;

	if (e == LB_OK && l.failed)
		e = LB_NO_MEMORY;
	if (e == LB_OK) {
		for (size_t i = 0; i < l.n; i++)
			pointers[i] = &l.item[i].message;
		answer->messages = pointers;
		answer->n_messages = l.n;
		answer->more = l.more;
		send_waiting(w, s, answer);
	}
	for (size_t i = 0; l.item && i < l.n; i++)
		lb_buf_fini(&l.item[i].header);
	free(l.item);
	return e;
}

void approvals_answer(struct worker *w, struct session *s, const void *query)
{
	const Lagebus__WaitingQuery *q = query;
	Lagebus__Waiting answer = LAGEBUS__WAITING__INIT;
	struct lb_uuid id;
	lb_err e = LB_BAD_ID;

	answer.request = q->request;
	if (q->id.len == 0)
		e = answer_all(w, s, &answer);
	else if (q->id.len == sizeof id.b) {
		memcpy(id.b, q->id.data, sizeof id.b);
		e = answer_one(w, s, &id, q->offset, &answer);
	}
	if (e != LB_OK) {
		answer.refused = (char *)lb_err_token(e);
		send_waiting(w, s, &answer);
	}
}
