/* A message for a reader: who says what to whom, how urgent, what to do. */
#include <string.h>

#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"

#define BANNER "ÜBUNG – ÜBUNG – ÜBUNG"
#define LISTED 12 /* of a long list, as many are shown */

static void time_field(struct cli *cli, const char *name, int64_t ms)
{
	char text[WHEN_TEXT];

	if (cli->terminal)
		when_short(ms, when_now_ms(), text);
	else
		when_iso(ms, text);
	out_field(cli, OUT_PLAIN, name, text);
}

static void id_field(struct cli *cli, const char *name, bool there, const struct lb_uuid *id)
{
	char text[LB_UUID_TEXT];

	if (!there)
		return;
	lb_uuid_format(id, text);
	out_field(cli, OUT_PLAIN, name, text);
}

static void list_field(struct cli *cli, const char *name, size_t n, char **items)
{
	char rest[64];

	for (size_t i = 0; i < n && i < LISTED; i++)
		out_field(cli, OUT_PLAIN, i && cli->terminal ? "" : name, items[i]);
	if (n <= LISTED)
		return;
	snprintf(rest, sizeof(rest), "and %zu more (--json has all)", n - LISTED);
	out_field(cli, OUT_DIM, cli->terminal ? "" : name, rest);
}

void message_banner(const struct message *m, struct cli *cli)
{
	if (m->header.exercise)
		out_styled(cli, OUT_YELLOW, "%s%s%.*s", BANNER, m->header.exercise_name.n ? "  " : "",
			(int)m->header.exercise_name.n, m->header.exercise_name.p ? m->header.exercise_name.p : "");
}

static void print_quarantine(const char *token, struct cli *cli)
{
	lb_err reason = lb_err_from_token(token);

	if (*token)
		out_styled(cli, OUT_BAD, "QUARANTINED: %s (%s). Do not act on it.", reason == LB_ERR_COUNT ? "it did not verify" : lb_err_text(reason), token);
}

/* That it is not what counts any more is said before anything else. */
static void print_gone(const struct message *m, struct cli *cli)
{
	const Lagebus__StoredMessage *s = m->stored;
	char at[WHEN_TEXT], by[LB_UUID_TEXT];
	struct lb_uuid id;

	when_short(s->gone_at, when_now_ms(), at);
	if (*s->gone)
		out_styled(cli, OUT_BAD, "RECALLED by %.*s at %s%s%s. What it said was deleted here.", (int)m->header.origin.n, m->header.origin.p, at,
			*s->gone_reason ? " because: " : "", s->gone_reason);
	if (s->superseded_by.len != sizeof(id.b))
		return;
	memcpy(id.b, s->superseded_by.data, sizeof(id.b));
	lb_uuid_format(&id, by);
	out_styled(cli, OUT_WARN, "SUPERSEDED by %s", by);
}

static void print_header(const struct message *m, struct cli *cli)
{
	const struct lb_header *h = &m->header;
	char origin[LB_PARTNER_ID_MAX + 1], audience[LB_HEADER_MAX];

	snprintf(origin, sizeof(origin), "%.*s", (int)h->origin.n, h->origin.p);
	message_audience(h, audience, sizeof(audience));
	out_field(cli, OUT_HEAD, "title", m->stored->title);
	out_field(cli, OUT_PLAIN, "tracking id", m->stored->tracking_id);
	if (h->level)
		out_field(cli, out_level_style(h->level), "level", out_level(h->level));
	out_field(cli, out_tlp_style(h->tlp), "marking", lb_tlp_name(lb_tlp_effective(h->tlp)));
	out_field(cli, OUT_PLAIN, "from", origin);
	out_field(cli, OUT_PLAIN, "to", audience);
	out_field(cli, OUT_PLAIN, "type", message_type(m));
	out_field(cli, OUT_PLAIN, "area", message_area(m));
	time_field(cli, "created", h->created_ms);
	time_field(cli, "received", m->stored->received);
	time_field(cli, "expires", h->expires_ms);
	id_field(cli, "thread", h->has_thread, &h->thread);
	id_field(cli, "supersedes", h->has_supersedes, &h->supersedes);
	if (h->personal_data)
		out_field(cli, OUT_WARN, "personal data", "yes");
}

static void print_state(const struct message *m, struct cli *cli)
{
	const Lagebus__StoredMessage *s = m->stored;

	if (m->header.ack_policy)
		out_field(cli, OUT_PLAIN, "asked for", out_ack(m->header.ack_policy));
	time_field(cli, "until", m->header.ack_deadline_ms);
	if (m->header.ack_policy || s->acknowledged)
		out_field(cli, s->acknowledged ? OUT_GOOD : OUT_PLAIN, "our state", s->acknowledged ? out_ack(s->acknowledged) : "not acknowledged");
	out_field(cli, OUT_PLAIN, "signed by", s->signer);
	out_field(cli, OUT_DIM, "id", m->id);
}

static void body(struct cli *cli, const char *text)
{
	if (!*text)
		return;
	fputc('\n', cli->out);
	out_text(cli, text);
}

static void print_warning(const Lagebus__Warning *w, struct cli *cli)
{
	out_field(cli, OUT_PLAIN, "publisher", w->publisher);
	out_field(cli, OUT_PLAIN, "BITS category", w->bits_category);
	out_field(cli, OUT_PLAIN, "WID grade", w->wid_grade);
	list_field(cli, "products", w->n_products, w->products);
	list_field(cli, "CVEs", w->n_cves, w->cves);
	list_field(cli, "measures", w->n_measures, w->measures);
	out_field(cli, OUT_PLAIN, "advisory", w->url);
	body(cli, w->summary);
}

void message_print(const struct message *m, struct cli *cli)
{
	message_banner(m, cli);
	print_quarantine(m->stored->quarantine, cli);
	print_gone(m, cli);
	print_header(m, cli);
	print_state(m, cli);
	if (m->warning)
		print_warning(m->warning, cli);
	if (m->note)
		body(cli, m->note->text);
	if (m->note && m->note->attachment.len)
		out_line(cli, "\nan attachment of %zu bytes, %s (lagebus show ID --attachment FILE writes it)", m->note->attachment.len,
			*m->note->media_type ? m->note->media_type : "of unknown type");
	message_banner(m, cli);
}
