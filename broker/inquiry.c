/* What an origin or a coordinator asks of a message: who has it, who acted, who is silent. */
#include "broker/inquiry.h"

#include <string.h>

#include "broker/approvals.h"
#include "broker/control.h"
#include "broker/core/route.h"
#include "broker/explain.h"
#include "broker/lookup.h"
#include "broker/session.h"
#include "broker/standing.h"
#include "broker/worker_state.h"
#include "proto/control.pb-c.h"

static bool is_id(size_t n, const uint8_t *p, struct lb_uuid *out)
{
	if (n != sizeof out->b)
		return false;
	memcpy(out->b, p, sizeof out->b);
	return lb_uuid7_is_valid(out);
}

void inquiry_send(struct worker *w, struct session *s, void *what)
{
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	Lagebus__Receipts *receipts = what;

	control.body_case = LAGEBUS__CONTROL__BODY_RECEIPTS;
	control.receipts = receipts;
	/* The functions of a thousand partners may be longer than a control can be. */
	if (lagebus__control__get_packed_size(&control) > LB_CONTROL_MAX)
		for (size_t i = 0; i < receipts->n_partners; i++)
			receipts->partners[i]->by = (char *)"";
	if (lagebus__control__get_packed_size(&control) > LB_CONTROL_MAX) {
		receipts->n_partners = 0;
		receipts->refused = (char *)lb_err_token(LB_LIMIT);
	}
	control_send(w, s, &control);
}

static bool is_entitled(const struct federation *f, uint16_t partner, const struct lb_header *h)
{
	const struct partner *p = federation_at(f, partner);

	return p->role == ROLE_COORDINATOR || lb_text_equals(h->origin, p->id);
}

bool inquiry_may_ask(struct worker *w, const struct session *s, const struct lb_header *h)
{
	const struct federation *f = router_federation(w->router);
	bool may = is_entitled(f, s->partner, h);

	for (uint16_t i = 0; !may && s->mandates && i < federation_count(f); i++)
		may = partner_set_has(s->mandates, i) && is_entitled(f, i, h);
	return may;
}

/* *then is the federation that the message was accepted under, a reference; NULL on error. */
static lb_err fill_receipts(struct worker *w, struct session *s, struct lb_frame id, struct logged *m, struct partner_rows *rows, struct federation **then)
{
	struct lb_uuid u;
	lb_err e;

	if (!is_id(id.n, id.p, &u))
		return LB_BAD_ID;
	e = lookup(w, &u, m);
	if (e == LB_OK && !inquiry_may_ask(w, s, &m->header))
		e = LB_ROLE_MAY_NOT_SEND;
	if (e != LB_OK)
		return e;
	*then = explain(w, m->lane, m->position);
	*then = federation_ref(*then ? *then : router_federation(w->router));
	return standing_describe(w, m, *then, rows);
}

/* Of a message that was recalled: when, and who has deleted it. */
static lb_err describe_recall(struct worker *w, const struct logged *m, struct partner_rows *rows, struct recalled_row *recalled, Lagebus__Receipts *answer)
{
	lb_err e = journal_get(w->reader, JOURNAL_RECALLED, m->header.id.b, sizeof m->header.id.b, &w->record);

	if (e == LB_OK)
		e = recalled_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), recalled);
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	answer->recall = (ProtobufCBinaryData){ sizeof recalled->recall.b, recalled->recall.b };
	answer->recalled = recalled->at_ms;
	return standing_deletions(w, m, rows);
}

/* True: the message waits for a second person, or did, and the answer is sent. */
static bool tell_approval(struct worker *w, struct session *s, lb_err found, struct lb_frame id, Lagebus__Receipts *answer)
{
	struct lb_uuid u;

	return (found == LB_OK || found == LB_NOT_FOUND) && is_id(id.n, id.p, &u) && approvals_tell(w, s, &u, found == LB_OK, answer) == LB_OK;
}

/* Of a case whose content went when it was acknowledged: when. */
static lb_err describe_erasing(struct worker *w, const struct logged *m, Lagebus__Receipts *answer)
{
	struct erased_row row;
	lb_err e = journal_get(w->reader, JOURNAL_ERASED, m->header.id.b, sizeof m->header.id.b, &w->record);

	if (e == LB_OK)
		e = erased_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row);
	if (e == LB_OK)
		answer->erased = row.at_ms;
	return e == LB_NOT_FOUND ? LB_OK : e;
}

void inquiry_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame id)
{
	Lagebus__Receipts answer = LAGEBUS__RECEIPTS__INIT;
	struct logged m = { .frame = LB_BUF_INIT };
	struct federation *then = NULL;
	struct recalled_row recalled;
	struct partner_rows rows = { 0 };
	lb_err e = fill_receipts(w, s, id, &m, &rows, &then);

	answer.request = request;
	answer.id = (ProtobufCBinaryData){ id.n, (uint8_t *)id.p };
	answer.now = w->now_ms;
	if (e == LB_OK) {
		answer.lane = m.lane;
		answer.position = m.position;
		answer.header = (ProtobufCBinaryData){ lb_buf_len(&m.frame), lb_buf_data(&m.frame) };
		answer.partners = rows.pointer;
		answer.n_partners = rows.n;
		e = describe_recall(w, &m, &rows, &recalled, &answer);
		if (e == LB_OK)
			e = describe_erasing(w, &m, &answer);
	}
	if (!tell_approval(w, s, e, id, &answer)) {
		if (e != LB_OK)
			answer.refused = (char *)lb_err_token(e);
		inquiry_send(w, s, &answer);
	}
	federation_unref(then);
	partner_rows_fini(&rows);
	lb_buf_fini(&m.frame);
}
