/* One message through an audit. */
#include "agents/cli/audit_trace.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/audit_print.h"
#include "lagebus/audit.h"
#include "lagebus/header.h"
#include "lagebus/identity.h"
#include "lagebus/limits.h"

struct audit_trace {
	struct lb_uuid id;
	bool published;
	unsigned lane;
	uint64_t position;
	int64_t over_ms; /* nobody gets it from then on: it has expired, or was recalled */
	struct partner {
		char id[LB_PARTNER_ID_MAX + 1];
	} federation[LB_PARTNERS_MAX], waits[LB_PARTNERS_MAX]; /* those that the bits stand for; recipients that have not been told of */
	size_t federation_n, waits_n;
};

struct audit_trace *audit_trace_new(const struct lb_uuid *id)
{
	struct audit_trace *t = calloc(1, sizeof *t);

	if (t) {
		t->id = *id;
		t->over_ms = INT64_MAX;
	}
	return t;
}

void audit_trace_free(struct audit_trace *t)
{
	free(t);
}

static bool is_it(const struct audit_trace *t, const ProtobufCBinaryData *id)
{
	return id->len == sizeof t->id.b && memcmp(id->data, t->id.b, sizeof t->id.b) == 0;
}

static void take_federation(struct audit_trace *t, const Lagebus__AuditFederation *f)
{
	t->federation_n = f->n_partners < LB_PARTNERS_MAX ? f->n_partners : LB_PARTNERS_MAX;
	for (size_t i = 0; i < t->federation_n; i++)
		snprintf(t->federation[i].id, sizeof t->federation[i].id, "%s", f->partners[i]);
}

static void take_recipients(struct audit_trace *t, const ProtobufCBinaryData *bits)
{
	t->waits_n = 0;
	for (size_t i = 0; i < t->federation_n && i / 8 < bits->len; i++)
		if (bits->data[i / 8] >> (i % 8) & 1)
			t->waits[t->waits_n++] = t->federation[i];
}

/* s since 1970 of the n-th message of a run; 0: never. */
static int64_t expires_s(const Lagebus__AuditPublished *p, size_t n)
{
	const uint8_t *at = p->expires.data + 4 * n;

	return p->expires.len >= 4 * n + 4 ? (int64_t)at[0] | (int64_t)at[1] << 8 | (int64_t)at[2] << 16 | (int64_t)at[3] << 24 : 0;
}

/* Is it one of these? Then it is known where it stands. */
static bool take_published(struct audit_trace *t, const Lagebus__AuditPublished *p)
{
	for (size_t n = 0; (n + 1) * LB_AUDIT_ENTRY <= p->messages.len; n++) {
		int64_t expires = expires_s(p, n);

		if (memcmp(p->messages.data + n * LB_AUDIT_ENTRY, t->id.b, sizeof t->id.b) != 0)
			continue;
		t->published = true;
		t->lane = p->lane;
		t->position = p->first + n;
		if (expires > 0)
			t->over_ms = expires * 1000;
		take_recipients(t, &p->recipients);
		return true;
	}
	return false;
}

/* The partner is a recipient of whom nothing has been told: nothing more is to be told of it now. */
static bool take_out(struct audit_trace *t, const char *partner)
{
	for (size_t i = 0; i < t->waits_n; i++)
		if (strcmp(t->waits[i].id, partner) == 0) {
			t->waits[i] = t->waits[--t->waits_n];
			return true;
		}
	return false;
}

static enum cli_exit print_stored(struct audit_trace *t, struct cli *cli, const Lagebus__AuditRow *row, const Lagebus__AuditStored *s)
{
	bool over = t->over_ms < row->at - AUDIT_TRACE_LATE_MS;
	enum cli_exit code = CLI_OK;
	struct lb_identity who;

	if (!t->published || (t->lane == LB_LANE_URGENT ? s->urgent : s->routine) < t->position)
		return CLI_OK;
	if (lb_identity_parse(s->agent, strlen(s->agent), &who) == LB_OK && take_out(t, who.partner))
		code = audit_print_delivered(cli, row, who.partner, s->agent, over);
	for (size_t i = 0; i < s->n_acts_for && code == CLI_OK; i++)
		if (take_out(t, s->acts_for[i]))
			code = audit_print_delivered(cli, row, s->acts_for[i], s->agent, over);
	return code;
}

/* Does the event speak of the message itself? */
static bool concerns(struct audit_trace *t, const Lagebus__AuditRow *row, const Lagebus__AuditEvent *e)
{
	switch ((int)e->body_case) {
	case LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED:
		if (is_it(t, &e->published->about)) {
			if (e->published->type == LB_TYPE_RECALL && row->at < t->over_ms)
				t->over_ms = row->at;
			return true;
		}
		return take_published(t, e->published);
	case LAGEBUS__AUDIT_EVENT__BODY_REFUSED:
		return is_it(t, &e->refused->id);
	case LAGEBUS__AUDIT_EVENT__BODY_RECEIPT:
		return is_it(t, &e->receipt->id);
	case LAGEBUS__AUDIT_EVENT__BODY_WAIT:
		return is_it(t, &e->wait->id);
	default:
		return false;
	}
}

enum cli_exit audit_trace_row(struct audit_trace *t, struct cli *cli, const Lagebus__AuditRow *row)
{
	enum cli_exit code = CLI_OK;

	for (size_t i = 0; i < row->n_events && code == CLI_OK; i++) {
		const Lagebus__AuditEvent *e = row->events[i];

		if (e->body_case == LAGEBUS__AUDIT_EVENT__BODY_FEDERATION)
			take_federation(t, e->federation);
		else if (e->body_case == LAGEBUS__AUDIT_EVENT__BODY_STORED)
			code = print_stored(t, cli, row, e->stored);
		else if (concerns(t, row, e))
			code = audit_print_event(cli, row, e);
	}
	return code;
}
