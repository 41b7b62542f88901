/* Recalls: an origin takes back what it sent, or what still waits for a second person. */
#include "broker/recalls.h"

#include <string.h>

#include "broker/approvals.h"
#include "broker/core/ledger.h"
#include "broker/deed_publish.h"
#include "broker/lookup.h"
#include "broker/signed_by.h"
#include "broker/worker_state.h"
#include "lagebus/classified.h"
#include "proto/approval.pb-c.h"
#include "proto/host/policy.h"

#define REASON_MAX 1024 /* bytes */

static lb_err check_form(const struct lb_header *h, const Lagebus__Recall *r)
{
	if (!h->has_thread || r->refers_to.len != sizeof h->thread.b || memcmp(r->refers_to.data, h->thread.b, sizeof h->thread.b) != 0 ||
	    memcmp(h->id.b, h->thread.b, sizeof h->id.b) == 0)
		return LB_BAD_ID;
	if (strlen(r->reason) > REASON_MAX)
		return LB_INVALID;
	if (!lb_utf8_is_valid(r->reason, strlen(r->reason)))
		return LB_NOT_UTF8;
	return lb_text_is_classified(r->reason, strlen(r->reason)) ? LB_CLASSIFIED : LB_OK;
}

static bool can_be_recalled(unsigned type)
{
	return type != LB_TYPE_RECEIPT && type != LB_TYPE_APPROVAL && type != LB_TYPE_RECALL;
}

/* Its origin's own, to everyone who was to have the message and to nobody else. */
static lb_err check(const struct lb_header *h, const struct lb_header *about)
{
	struct lb_header goes = *about;

	if (h->origin.n != about->origin.n || memcmp(h->origin.p, about->origin.p, h->origin.n) != 0)
		return LB_WRONG_ORIGIN;
	if (!can_be_recalled(about->type))
		return LB_INVALID;
	goes.tlp = policy_recall_label(about);
	return header_goes_along(h, &goes) ? LB_OK : LB_BAD_AUDIENCE;
}

static struct deed *make_deed(const struct worker *w, const struct lb_header *h)
{
	struct deed *deed = deed_new(DEED_RECALL, &h->thread);
	uint8_t row[RECALLED_ROW_SIZE];

	if (!deed)
		return NULL;
	deed->at_ms = w->now_ms;
	recalled_row_write(&(struct recalled_row){ h->id, w->now_ms }, row);
	if (lb_buf_append(&deed->row, row, sizeof row) == LB_OK)
		return deed;
	deed_free(deed);
	return NULL;
}

static lb_err take(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m)
{
	struct logged about = { .frame = LB_BUF_INIT };
	uint8_t key[LB_DIGEST_SIZE];
	struct deed *deed;
	lb_err e = signed_by_session(w, s, h, m->frames, key);

	if (e != LB_OK)
		return e;
	e = lookup(w, &h->thread, &about);
	if (e == LB_NOT_FOUND) {
		e = approvals_withdraw(w, s, h, m);
	} else if (e == LB_OK && (e = check(h, &about.header)) == LB_OK) {
		deed = make_deed(w, h);
		e = deed ? deed_publish(w, s, h, m, deed, NULL) : LB_NO_MEMORY;
	}
	lb_buf_fini(&about.frame);
	return e;
}

lb_err recalls_take(struct worker *w, struct session *s, const struct lb_header *h, const struct lb_zmtp_message *m)
{
	Lagebus__Recall *r = lagebus__recall__unpack(NULL, m->frames[1].n, m->frames[1].p);
	lb_err e = r ? check_form(h, r) : LB_INVALID;

	if (e == LB_OK)
		e = take(w, s, h, m);
	if (r)
		lagebus__recall__free_unpacked(r, NULL);
	return e;
}
