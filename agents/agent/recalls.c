/* What an origin takes back or replaces, at the recipient's. */
#include "agents/agent/recalls.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/bind.h"
#include "agents/agent/derive.h"
#include "agents/agent/erasing.h"
#include "agents/agent/receipt.h"
#include "agents/agent/reminders.h"
#include "proto/approval.pb-c.h"
#include "proto/host/log.h"

#define REASON_MAX 1024

static bool same_origin(struct lb_frame header, struct lb_text origin, struct lb_header *h)
{
	return lb_header_decode(header.p, header.n, h) == LB_OK && lb_text_same(h->origin, origin);
}

/* The message goes, if it is here and is this origin's. */
static lb_err delete_message(struct agent *a, const struct lb_uuid *id, struct lb_text origin, const char *reason, int64_t at_ms)
{
	struct inbox_row row;
	struct lb_header h;
	lb_err e = inbox_get(&a->store, id, &row);

	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	if (!same_origin(row.header, origin, &h) || row.gone[0] != '\0')
		return LB_OK;
	if (row.quarantine[0])
		e = inbox_quarantine_remove(&a->store, row.row);
	else
		e = derive_forget(a, id, origin);
	if (e == LB_OK && !row.quarantine[0])
		e = inbox_empty(&a->store, &row, &h, "recalled", reason, at_ms);
	if (e == LB_OK && !row.quarantine[0])
		e = reminders_drop(&a->store, id);
	if (e == LB_OK)
		erasing_note(a);
	return e;
}

/* As whom we may have had the message: the broker knows, and refuses the others. */
static lb_err confirm_as(struct agent *a, const struct lb_header *h, const char *as)
{
	struct lb_buf payload = LB_BUF_INIT;
	struct lb_header receipt;
	struct lb_uuid id;
	lb_err e = receipt_pack(&h->thread, LB_RECEIPT_DELETED, "", "", &payload);

	if (e == LB_OK) {
		receipt_header(h, &h->thread, as, &receipt);
		e = publish_add(a, &receipt, (struct lb_frame){ lb_buf_data(&payload), lb_buf_len(&payload) }, &id);
	}
	lb_buf_fini(&payload);
	return e;
}

/* Also where nothing was deleted: the origin then knows that nothing of it is here, nor ever will be. */
static lb_err confirm(struct agent *a, const struct lb_header *h)
{
	lb_err e = confirm_as(a, h, "");

	for (const char *as = agent_acts_for(a, NULL); as && e == LB_OK; as = agent_acts_for(a, as))
		e = confirm_as(a, h, as);
	return e;
}

static lb_err note_recall(struct agent *a, const struct lb_header *h, const char *reason)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_RECALLED_ADD);

	bind_id(q, 1, &h->thread);
	bind_slice(q, 2, h->origin);
	sqlite3_bind_text(q, 3, reason, -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 4, h->created_ms);
	return store_run(&a->store, q);
}

static lb_err take_recall(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	Lagebus__Recall *r = lagebus__recall__unpack(NULL, payload.n, payload.p);
	char text[LB_UUID_TEXT];
	const char *reason;
	lb_err e;

	if (!r || !h->has_thread || r->refers_to.len != sizeof h->thread.b || memcmp(r->refers_to.data, h->thread.b, sizeof h->thread.b) != 0) {
		if (r)
			lagebus__recall__free_unpacked(r, NULL);
		return LB_OK; /* it recalls nothing that could be told */
	}
	reason = strlen(r->reason) <= REASON_MAX && lb_utf8_is_valid(r->reason, strlen(r->reason)) ? r->reason : "";
	e = note_recall(a, h, reason);
	if (e == LB_OK)
		e = delete_message(a, &h->thread, h->origin, reason, h->created_ms);
	if (e == LB_OK)
		e = confirm(a, h);
	lb_uuid_format(&h->thread, text);
	log_event(LOG_INFO, "message_recalled", "id=%s", text);
	lagebus__recall__free_unpacked(r, NULL);
	return e;
}

static lb_err note_superseding(struct agent *a, const struct lb_header *h)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_SUPERSEDED_ADD);
	struct inbox_row row;
	struct lb_header about;
	lb_err e;

	bind_id(q, 1, &h->supersedes);
	bind_slice(q, 2, h->origin);
	bind_id(q, 3, &h->id);
	e = store_run(&a->store, q);
	if (e == LB_OK)
		e = inbox_get(&a->store, &h->supersedes, &row);
	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	return same_origin(row.header, h->origin, &about) && !row.quarantine[0] ? inbox_supersede(&a->store, &h->supersedes, &h->id) : LB_OK;
}

/* What came before the message that it speaks of: an urgent Recall overtakes a routine message. */
static lb_err apply_earlier(struct agent *a, const struct lb_header *h)
{
	sqlite3_stmt *q = store_use(&a->store, STORE_RECALLED_FIND);
	char reason[REASON_MAX + 1];
	struct lb_uuid by;
	int64_t at_ms = 0;
	lb_err e;

	bind_id(q, 1, &h->id);
	bind_slice(q, 2, h->origin);
	e = store_row(&a->store, q);
	if (e == LB_OK) {
		snprintf(reason, sizeof reason, "%s", (const char *)sqlite3_column_text(q, 0));
		at_ms = sqlite3_column_int64(q, 1);
		sqlite3_reset(q);
		return delete_message(a, &h->id, h->origin, reason, at_ms);
	}
	if (e != LB_NOT_FOUND)
		return e;
	q = store_use(&a->store, STORE_SUPERSEDED_FIND);
	bind_id(q, 1, &h->id);
	bind_slice(q, 2, h->origin);
	e = store_row(&a->store, q);
	if (e != LB_OK || sqlite3_column_bytes(q, 0) != sizeof by.b)
		return e == LB_NOT_FOUND ? LB_OK : e;
	memcpy(by.b, sqlite3_column_blob(q, 0), sizeof by.b);
	sqlite3_reset(q);
	return inbox_supersede(&a->store, &h->id, &by);
}

lb_err recalls_stored(struct agent *a, const struct lb_header *h, struct lb_frame payload)
{
	lb_err e = apply_earlier(a, h);

	if (e == LB_OK && h->has_supersedes)
		e = note_superseding(a, h);
	return e == LB_OK && h->type == LB_TYPE_RECALL ? take_recall(a, h, payload) : e;
}
