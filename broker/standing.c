/* How far each partner has come with a message. */
#include "broker/standing.h"

#include <stdio.h>
#include <string.h>

#include "broker/core/deadline.h"
#include "broker/core/roster.h"
#include "broker/core/route.h"
#include "broker/cursor.h"
#include "broker/mandates.h"
#include "broker/outstanding.h"
#include "broker/remind.h"
#include "broker/worker_state.h"
#include "proto/host/policy.h"

lb_err standing_row(struct worker *w, const struct lb_uuid *id, const char *partner, struct ledger_row *row)
{
	uint8_t key[LEDGER_KEY_MAX];
	size_t n = ledger_key(id, partner, key);
	lb_err e = journal_get(w->reader, JOURNAL_LEDGER, key, n, &w->record);

	memset(row, 0, sizeof *row);
	return e == LB_OK ? ledger_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), row) : e;
}

/* The SPIFFE IDs of a partner's agents, each with its NUL. */
struct names {
	struct lb_buf buf;
	lb_err e;
};

static bool add_name(void *user, const void *key, size_t key_n, const void *value, size_t value_n)
{
	struct names *names = user;

	(void)value;
	(void)value_n;
	names->e = lb_buf_append(&names->buf, key, key_n);
	if (names->e == LB_OK)
		names->e = lb_buf_append(&names->buf, "", 1);
	return names->e == LB_OK;
}

static lb_err find_agents(struct worker *w, const struct partner *partner, struct names *out)
{
	char prefix[LB_SPIFFE_ID_MAX + 1];
	int n = snprintf(prefix, sizeof prefix, "spiffe://%s/partner/%s/agent/", federation_trust_domain(router_federation(w->router)), partner->id);
	lb_err e = journal_each(w->reader, JOURNAL_CURSORS, prefix, (size_t)n, add_name, out);

	return e == LB_OK ? out->e : e;
}

/* Did this agent's cursor pass the message because it had expired? */
static lb_err was_left_out(struct worker *w, const struct logged *m, const char *agent, bool *out)
{
	struct lapse lapse;
	lb_err e = LB_NOT_FOUND;

	if (m->expires_ms != 0)
		e = cursor_find_lapse(w, agent, m->lane, m->position, &lapse);
	*out = e == LB_OK && lapse_left_out(&lapse, m->expires_ms);
	return e == LB_NOT_FOUND ? LB_OK : e;
}

/* What an agent stored before `from` was not for the partner. */
static lb_err ask_agent(struct worker *w, const struct logged *m, const char *agent, uint64_t from, Lagebus__PartnerReceipt *out)
{
	struct cursor_row row;
	bool left_out;
	lb_err e = journal_get(w->reader, JOURNAL_CURSORS, agent, strlen(agent), &w->record);

	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	if (cursor_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &row) != LB_OK)
		return LB_OK; /* it is written again when the agent is back */
	if (row.seen_ms > out->last_seen)
		out->last_seen = row.seen_ms;
	if (row.stored[m->lane] < m->position || m->position < from || out->delivered)
		return LB_OK;
	e = was_left_out(w, m, agent, &left_out);
	out->delivered = e == LB_OK && !left_out;
	return e;
}

static lb_err ask_own_agents(struct worker *w, const struct logged *m, const struct partner *partner, Lagebus__PartnerReceipt *out)
{
	struct names names = { LB_BUF_INIT, LB_OK };
	lb_err e = find_agents(w, partner, &names);

	for (size_t at = 0; e == LB_OK && at < lb_buf_len(&names.buf);) {
		const char *agent = (const char *)lb_buf_data(&names.buf) + at;

		e = ask_agent(w, m, agent, 0, out);
		at += strlen(agent) + 1;
	}
	lb_buf_fini(&names.buf);
	return e;
}

/* Those of other partners that act for it. */
static lb_err ask_other_agents(struct worker *w, const struct logged *m, uint16_t i, Lagebus__PartnerReceipt *out)
{
	const struct federation *f = router_federation(w->router);
	const char *agent;
	lb_err e = LB_OK;

	for (size_t n = 0; e == LB_OK && (agent = federation_mandate_at(f, i, n)); n++) {
		uint64_t from;

		if (!mandates_since(w, agent, federation_at(f, i)->id, m->lane, &from))
			continue;
		out->online |= roster_agent_is_online(w->roster, agent);
		e = ask_agent(w, m, agent, from, out);
	}
	return e;
}

/* The furthest that a recipient has come. */
static Lagebus__RecipientState state_of(const Lagebus__PartnerReceipt *p, const struct ledger_row *row)
{
	switch ((enum lb_ack_policy)ledger_state(row)) {
	case LB_ACK_IMPLEMENTED:  return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_IMPLEMENTED;
	case LB_ACK_ACKNOWLEDGED: return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_ACKNOWLEDGED;
	case LB_ACK_DISPLAYED:    return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DISPLAYED;
	case LB_ACK_NONE:         break;
	}
	if (p->delivered)
		return LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DELIVERED;
	return p->expired ? LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_EXPIRED : LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_QUEUED;
}

/* As outstanding() has it. */
static bool is_overdue(struct worker *w, const struct logged *m, const char *partner, int64_t until_ms, const struct ledger_row *row)
{
	const struct lb_header *h = &m->header;
	int64_t now_ms = remind_clock_ms(w);

	return deadline_is_set(h) && until_ms <= now_ms && ledger_state(row) < h->ack_policy && (h->expires_ms == 0 || h->expires_ms > now_ms) &&
	       !lb_text_equals(h->origin, partner);
}

/* The policy's answers for a partner: when the message was accepted, and now. */
struct rules {
	lb_err then, now;
};

/* `i` is the partner's index in the federation that is in force; PARTNER_NONE: it is in none any more. */
static lb_err describe_partner(struct worker *w, const struct logged *m, const struct partner *partner, uint16_t i, struct rules rules, Lagebus__PartnerReceipt *out,
                               struct ledger_row *row)
{
	int64_t until_ms;
	lb_err e;

	out->partner = (char *)partner->id;
	out->online = roster_partner_is_online(w->roster, partner->id);
	e = ask_own_agents(w, m, partner, out);
	if (e == LB_OK && i != PARTNER_NONE)
		e = ask_other_agents(w, m, i, out);
	if (e != LB_OK)
		return e;
	if (rules.then != LB_OK)
		out->rule = (char *)lb_err_token(rules.then);
	if (rules.now != rules.then)
		out->now = (char *)lb_err_token(rules.now);
	/* An agent's cursor passes what is not for it, too. */
	out->delivered &= rules.then == LB_OK && rules.now == LB_OK;
	if (rules.then != LB_OK)
		return LB_OK;
	e = standing_row(w, &m->header.id, partner->id, row);
	if (e != LB_OK && e != LB_NOT_FOUND)
		return e;
	/* Whoever did something with it had it: an agent's cursor is saved later, and a case that was acknowledged counts as expired from then on. */
	out->delivered |= rules.now == LB_OK && ledger_state(row) != LB_ACK_NONE;
	out->expired = !out->delivered && m->expires_ms != 0 && m->expires_ms <= w->now_ms;
	out->displayed = row->displayed_ms;
	out->acknowledged = row->acknowledged_ms;
	out->implemented = row->implemented_ms;
	out->by = row->by;
	out->state = state_of(out, row);
	if (rules.now != LB_OK && ledger_state(row) == LB_ACK_NONE)
		out->state = LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_WITHHELD;
	until_ms = outstanding_until_ms(router_federation(w->router), i, &m->header);
	out->overdue_since = rules.now == LB_OK && is_overdue(w, m, partner->id, until_ms, row) ? until_ms : 0;
	return LB_OK;
}

lb_err standing_describe(struct worker *w, const struct logged *m, const struct federation *then, struct partner_rows *rows)
{
	const struct federation *f = router_federation(w->router);
	lb_err now[LB_PARTNERS_MAX], before[LB_PARTNERS_MAX], e = partner_rows_init(rows, federation_count(f) + (then == f ? 0 : federation_count(then)));
	size_t n = 0;

	if (e != LB_OK)
		return e;
	policy_rules(f, &m->header, now);
	policy_rules(then, &m->header, before);
	for (uint16_t i = 0; e == LB_OK && i < federation_count(f); i++, n++) {
		const char *partner = federation_at(f, i)->id;
		uint16_t was = then == f ? i : federation_find(then, partner, strlen(partner));

		e = describe_partner(w, m, federation_at(f, i), i, (struct rules){ was == PARTNER_NONE ? LB_NOT_A_MEMBER : before[was], now[i] },
		                     &rows->receipt[n], &rows->ledger[n]);
	}
	for (uint16_t i = 0; e == LB_OK && then != f && i < federation_count(then); i++) {
		const char *partner = federation_at(then, i)->id;

		if (federation_find(f, partner, strlen(partner)) != PARTNER_NONE)
			continue;
		e = describe_partner(w, m, federation_at(then, i), PARTNER_NONE, (struct rules){ before[i], LB_NOT_A_MEMBER }, &rows->receipt[n],
		                     &rows->ledger[n]);
		n++;
	}
	rows->n = n;
	return e;
}

/* When the last of a partner's agents said that it has deleted the message; 0: one of them has not. */
struct deletion {
	int64_t at_ms;
	bool open;
};

static lb_err ask_deletion(struct worker *w, const struct lb_uuid *id, const char *agent, struct deletion *d)
{
	uint8_t key[DELETED_KEY_MAX];
	int64_t at_ms;
	lb_err e = journal_get(w->reader, JOURNAL_DELETED, key, deleted_key(id, agent, key), &w->record);

	if (e == LB_OK)
		e = deleted_row_read(lb_buf_data(&w->record), lb_buf_len(&w->record), &at_ms);
	d->open |= e != LB_OK;
	if (e == LB_OK && at_ms > d->at_ms)
		d->at_ms = at_ms;
	return e == LB_NOT_FOUND ? LB_OK : e;
}

static lb_err describe_deletion(struct worker *w, const struct logged *m, uint16_t i, Lagebus__PartnerReceipt *out)
{
	const struct federation *f = router_federation(w->router);
	struct names names = { LB_BUF_INIT, LB_OK };
	struct deletion d = { 0 };
	lb_err e = find_agents(w, federation_at(f, i), &names);
	const char *agent;
	uint64_t from;

	for (size_t at = 0; e == LB_OK && at < lb_buf_len(&names.buf); at += strlen(agent) + 1) {
		agent = (const char *)lb_buf_data(&names.buf) + at;
		e = ask_deletion(w, &m->header.id, agent, &d);
	}
	for (size_t n = 0; e == LB_OK && (agent = federation_mandate_at(f, i, n)); n++)
		if (mandates_since(w, agent, federation_at(f, i)->id, m->lane, &from))
			e = ask_deletion(w, &m->header.id, agent, &d);
	lb_buf_fini(&names.buf);
	out->deleted = d.open ? 0 : d.at_ms;
	return e;
}

lb_err standing_deletions(struct worker *w, const struct logged *m, struct partner_rows *rows)
{
	lb_err e = LB_OK;

	for (uint16_t i = 0; e == LB_OK && i < federation_count(router_federation(w->router)); i++) {
		rows->receipt[i].expired = false;
		if (rows->receipt[i].rule[0] == '\0')
			e = describe_deletion(w, m, i, &rows->receipt[i]);
	}
	return e;
}
