/* Receipts: what people at a partner did with a message, noted in the ledger. */
#include "broker/receipts.h"

#include <stdio.h>
#include <string.h>

#include "broker/audit_event.h"
#include "broker/core/deadline.h"
#include "broker/core/deed.h"
#include "broker/core/ledger.h"
#include "broker/core/route.h"
#include "broker/lookup.h"
#include "broker/publish.h"
#include "broker/remind.h"
#include "broker/session.h"
#include "broker/standing.h"
#include "broker/worker_state.h"
#include "broker/writer.h"
#include "lagebus/classified.h"
#include "lagebus/message_type.h"
#include "proto/host/log.h"
#include "proto/host/policy.h"
#include "proto/receipt.pb-c.h"

static void note_receipt(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *about, const Lagebus__Receipt *r)
{
	const struct lb_uuid *id = &about->id;
	const char *partner = federation_at(router_federation(w->router), sender)->id;
	uint8_t key[LEDGER_KEY_MAX], value[LEDGER_ROW_MAX];
	struct ledger_row row, done = { .displayed_ms = w->now_ms };
	lb_err e = standing_row(w, id, partner, &row);
	bool open = ledger_state(&row) < about->ack_policy;

	if (e != LB_OK && e != LB_NOT_FOUND)
		log_event(LOG_ERROR, "ledger_unreadable", "agent=%s reason=%s", s->agent, lb_err_token(e));
	/* The broker's own clock counts, and whoever implemented a thing has acknowledged and seen it. */
	if (r->state >= LB_ACK_ACKNOWLEDGED)
		done.acknowledged_ms = w->now_ms;
	if (r->state >= LB_ACK_IMPLEMENTED)
		done.implemented_ms = w->now_ms;
	snprintf(done.by, sizeof done.by, "%s", r->by);
	ledger_row_join(&row, &done);
	/* What is on its way to the ledger is not in this row; the log writer joins them (ledger_write.h). */
	publish_note(w, w->urgent, note_new(JOURNAL_LEDGER, key, ledger_key(id, partner, key), value, ledger_row_write(&done, value)));
	publish_tell(w, w->urgent, audit_receipt(id, partner, r->state, r->by));
	if (open && deadline_is_set(about) && ledger_state(&row) >= about->ack_policy)
		remind_done(w, about, partner);
}

/* An agent has deleted what was recalled: it says so for itself, since each agent has a copy of its own. */
static lb_err note_deleted(struct worker *w, struct session *s, const struct lb_uuid *id)
{
	uint8_t key[DELETED_KEY_MAX], value[DELETED_ROW_SIZE];
	lb_err e = journal_get(w->reader, JOURNAL_RECALLED, id->b, sizeof id->b, &w->record);

	if (e != LB_OK)
		return e;
	deleted_row_write(w->now_ms, value);
	publish_note(w, w->urgent, note_new(JOURNAL_DELETED, key, deleted_key(id, s->agent, key), value, sizeof value));
	return LB_OK;
}

/* Whoever else has to acknowledge the case, each with its NUL. */
static lb_err list_others(struct worker *w, uint16_t sender, const struct lb_header *about, struct lb_buf *out)
{
	const struct federation *f = router_federation(w->router);
	struct partner_set others;
	lb_err e = LB_OK;

	policy_recipients(f, about, &others);
	partner_set_remove(&others, sender);
	for (uint16_t i = 0; e == LB_OK && i < federation_count(f); i++)
		if (partner_set_has(&others, i) && !lb_text_equals(about->origin, federation_at(f, i)->id))
			e = lb_buf_append(out, federation_at(f, i)->id, strlen(federation_at(f, i)->id) + 1);
	return e;
}

/* A case goes when a person has acknowledged it: somebody who says in which function. */
static bool erases(const struct lb_header *about, const Lagebus__Receipt *r)
{
	return about->type == LB_TYPE_DIGITAL_VIOLENCE_CASE && r->state >= LB_ACK_ACKNOWLEDGED && r->by[0] != '\0';
}

static lb_err make_deed(struct worker *w, uint16_t sender, const struct lb_header *about, struct deed **out)
{
	struct deed *deed = deed_new(DEED_ERASE, &about->id);
	lb_err e = deed ? list_others(w, sender, about, &deed->row) : LB_NO_MEMORY;

	if (e != LB_OK) {
		deed_free(deed);
		return e;
	}
	deed->at_ms = w->now_ms;
	*out = deed;
	return LB_OK;
}

static lb_err take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *about, const Lagebus__Receipt *r, struct deed **deed)
{
	lb_err e;

	if (r->state == LB_RECEIPT_DELETED)
		return note_deleted(w, s, &about->id);
	e = erases(about, r) ? make_deed(w, sender, about, deed) : LB_OK;
	if (e == LB_OK)
		note_receipt(w, s, sender, about, r);
	return e;
}

static lb_err check_receipt(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, const Lagebus__Receipt *r, struct deed **deed)
{
	struct federation *f = router_federation(w->router);
	struct logged about = { .frame = LB_BUF_INIT };
	const struct lb_uuid *id = &h->thread;
	lb_err e;

	if (!h->has_thread || r->refers_to.len != sizeof id->b || memcmp(r->refers_to.data, id->b, sizeof id->b) != 0)
		return LB_BAD_ID;
	if (r->state < LB_ACK_DISPLAYED || r->state > LB_RECEIPT_DELETED || strlen(r->by) > LB_TEXT_MAX)
		return LB_INVALID;
	if (!lb_utf8_is_valid(r->by, strlen(r->by)) || !lb_utf8_is_valid(r->note, strlen(r->note)))
		return LB_NOT_UTF8;
	if (lb_text_is_classified(r->by, strlen(r->by)) || lb_text_is_classified(r->note, strlen(r->note)))
		return LB_CLASSIFIED;
	e = lookup(w, id, &about);
	if (e == LB_OK)
		e = policy_deliver(f, sender, &about.header);
	if (e == LB_OK && (h->audience_n != 1 || h->audience[0].n != about.header.origin.n ||
	                   memcmp(h->audience[0].p, about.header.origin.p, about.header.origin.n) != 0))
		e = LB_BAD_AUDIENCE;
	if (e == LB_OK)
		e = take(w, s, sender, &about.header, r, deed);
	lb_buf_fini(&about.frame);
	return e;
}

lb_err receipts_take(struct worker *w, struct session *s, uint16_t sender, const struct lb_header *h, struct lb_frame payload, struct deed **deed)
{
	Lagebus__Receipt *r = lagebus__receipt__unpack(NULL, payload.n, payload.p);
	lb_err e;

	*deed = NULL;
	e = r ? check_receipt(w, s, sender, h, r, deed) : LB_INVALID;

	if (r)
		lagebus__receipt__free_unpacked(r, NULL);
	return e;
}
