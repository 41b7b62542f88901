/* The second person at the recipient's. */
#include "agents/agent/second_person.h"

#include <stdio.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "lagebus/identity.h"
#include "proto/approval.pb-c.h"

static void bind(sqlite3_stmt *q, const uint8_t about[16], const uint8_t digest[LB_DIGEST_SIZE], const char *signer, const uint8_t key[LB_DIGEST_SIZE])
{
	sqlite3_bind_blob(q, 1, about, 16, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, digest, LB_DIGEST_SIZE, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, signer, -1, SQLITE_STATIC);
	sqlite3_bind_blob(q, 4, key, LB_DIGEST_SIZE, SQLITE_STATIC);
}

static bool approves(const struct lb_header *h, const Lagebus__Approval *p)
{
	return p->decision == LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED && p->digest.len == LB_DIGEST_SIZE && h->has_thread &&
	       p->refers_to.len == sizeof h->thread.b && memcmp(p->refers_to.data, h->thread.b, sizeof h->thread.b) == 0;
}

static lb_err note(struct agent *a, const struct lb_header *h, struct lb_frame payload, const char *signer, const uint8_t key[LB_DIGEST_SIZE])
{
	Lagebus__Approval *p = lagebus__approval__unpack(NULL, payload.n, payload.p);
	lb_err e = LB_OK;

	if (p && approves(h, p)) {
		sqlite3_stmt *q = store_use(&a->store, STORE_APPROVED_ADD);

		bind(q, h->thread.b, p->digest.data, signer, key);
		sqlite3_bind_text(q, 5, h->origin.p, (int)h->origin.n, SQLITE_STATIC);
		e = store_run(&a->store, q);
	}
	if (p)
		lagebus__approval__free_unpacked(p, NULL);
	return e;
}

static bool is_coordinator(const struct settings *s, struct lb_text partner)
{
	for (unsigned i = 0; i < s->coordinators_n; i++)
		if (lb_text_equals(partner, s->coordinators[i]))
			return true;
	return false;
}

/* Two of the coordinators' people; of anybody else's warning, two of its own. */
static bool may_approve(const struct settings *s, struct lb_text approver, struct lb_text origin)
{
	return is_coordinator(s, origin) ? is_coordinator(s, approver) : lb_text_same(approver, origin);
}

/* Who is no coordinator warns its own bodies, whoever approves it. */
static bool may_warn(const struct settings *s, const struct lb_header *h)
{
	bool own = true;

	for (unsigned i = 0; i < h->audience_n; i++)
		own &= lb_partner_is_below(h->audience[i].p, h->audience[i].n, h->origin.p, h->origin.n);
	return own || is_coordinator(s, h->origin);
}

static lb_err find(struct agent *a, const struct lb_header *h, const struct inbox_message *m, const char *signer, const uint8_t key[LB_DIGEST_SIZE])
{
	uint8_t digest[LB_DIGEST_SIZE];
	sqlite3_stmt *q;
	bool found = false;
	lb_err e = lb_message_digest(m->header, m->payload, digest);

	if (e != LB_OK)
		return e;
	q = store_use(&a->store, STORE_APPROVED_FIND);
	bind(q, h->id.b, digest, signer, key);
	while (!found && (e = store_row(&a->store, q)) == LB_OK) {
		const char *approver = (const char *)sqlite3_column_text(q, 0);

		found = approver && may_approve(&a->settings, lb_text_of(approver), h->origin);
	}
	sqlite3_reset(q);
	return e == LB_NOT_FOUND ? LB_NEEDS_APPROVAL : e;
}

lb_err second_person_check(struct agent *a, const struct lb_header *h, const struct inbox_message *m, const uint8_t hint[LB_SIGNER_SIZE],
                           const char *signer)
{
	bool approval = h->type == LB_TYPE_APPROVAL, needs = h->type == LB_TYPE_WARNING && h->level >= 4;
	uint8_t key[LB_DIGEST_SIZE];
	lb_err e = approval || needs ? signers_key(a->signers, hint, key) : LB_OK;

	if (e == LB_OK && approval)
		e = note(a, h, m->payload, signer, key);
	if (e == LB_OK && needs)
		e = may_warn(&a->settings, h) ? find(a, h, m, signer, key) : LB_ROLE_MAY_NOT_SEND;
	return e;
}

/* The approver of the rows that count, as long as they are all of one key. */
static lb_err read_approver(struct agent *a, sqlite3_stmt *q, struct lb_text origin, char out[LB_SPIFFE_ID_MAX + 1])
{
	uint8_t key[LB_DIGEST_SIZE];
	lb_err e;

	while ((e = store_row(&a->store, q)) == LB_OK) {
		const char *approver = (const char *)sqlite3_column_text(q, 0), *signer = (const char *)sqlite3_column_text(q, 1);
		const void *its = sqlite3_column_blob(q, 2);

		if (!approver || !signer || !its || sqlite3_column_bytes(q, 2) != LB_DIGEST_SIZE || !may_approve(&a->settings, lb_text_of(approver), origin))
			continue;
		if (*out && memcmp(key, its, sizeof key) != 0) {
			*out = '\0';
			return LB_OK;
		}
		memcpy(key, its, sizeof key);
		snprintf(out, LB_SPIFFE_ID_MAX + 1, "%s", signer);
	}
	return e == LB_NOT_FOUND ? LB_OK : e;
}

lb_err second_person_of(struct agent *a, const struct inbox_row *row, char out[LB_SPIFFE_ID_MAX + 1])
{
	uint8_t digest[LB_DIGEST_SIZE];
	struct lb_header h;
	sqlite3_stmt *q;
	lb_err e;

	*out = '\0';
	if (row->quarantine[0] || row->gone[0] || lb_header_decode(row->header.p, row->header.n, &h) != LB_OK || h.type != LB_TYPE_WARNING || h.level < 4)
		return LB_OK;
	e = lb_message_digest(row->header, row->payload, digest);
	if (e != LB_OK)
		return e;
	q = store_use(&a->store, STORE_APPROVED_BY);
	sqlite3_bind_blob(q, 1, h.id.b, sizeof h.id.b, SQLITE_STATIC);
	sqlite3_bind_blob(q, 2, digest, sizeof digest, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, row->signer, -1, SQLITE_STATIC);
	e = read_approver(a, q, h.origin, out);
	sqlite3_reset(q);
	return e;
}

bool second_person_is_missing(lb_err e)
{
	return e == LB_NEEDS_APPROVAL || e == LB_ROLE_MAY_NOT_SEND;
}
