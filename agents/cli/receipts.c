/* The receipts of a message: who has it, who did what, who is silent. */
#include "agents/cli/receipts.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/approvals.h"
#include "agents/cli/csv.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/header.h"
#include "proto/host/words.h"

static bool is_recipient(const Lagebus__PartnerReceipt *p)
{
	return *p->rule == 0;
}

/* The furthest thing that people there did. */
static unsigned state_of(const Lagebus__PartnerReceipt *p)
{
	return p->implemented ? LB_ACK_IMPLEMENTED : p->acknowledged ? LB_ACK_ACKNOWLEDGED : p->displayed ? LB_ACK_DISPLAYED :
		LB_ACK_NONE;
}

unsigned receipts_overdue(const Lagebus__Receipts *r)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->n_partners; i++)
		n += r->partners[i]->overdue_since != 0;
	return n;
}

/* "" of who is no recipient, and of a broker that does not say it. */
static const char *state_name(const Lagebus__PartnerReceipt *p)
{
	switch (p->state) {
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_QUEUED:       return N_("queued");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DELIVERED:    return N_("delivered");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_DISPLAYED:    return N_("displayed");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_ACKNOWLEDGED: return N_("acknowledged");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_IMPLEMENTED:  return N_("implemented");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_EXPIRED:      return N_("expired");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_WITHHELD:     return N_("withheld");
	case LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_UNSPECIFIED:
	case _LAGEBUS__RECIPIENT_STATE_IS_INT_SIZE:                  break;
	}
	return "";
}

/* Is there nothing more to come from this recipient? */
static bool is_done(const Lagebus__PartnerReceipt *p, unsigned ack_policy)
{
	if (p->expired || p->state == LAGEBUS__RECIPIENT_STATE__RECIPIENT_STATE_WITHHELD)
		return true;
	return ack_policy == LB_ACK_NONE ? p->delivered : state_of(p) >= ack_policy;
}

bool receipts_are_complete(const Lagebus__Receipts *r)
{
	struct lb_header h;

	if (lb_header_decode(r->header.data, r->header.len, &h))
		return false;
	for (size_t i = 0; i < r->n_partners; i++)
		if (is_recipient(r->partners[i]) && !lb_text_equals(h.origin, r->partners[i]->partner) && !is_done(r->partners[i], h.ack_policy))
			return false;
	return true;
}

static void presence(const Lagebus__PartnerReceipt *p, int64_t now_ms, char out[64])
{
	char seen[WHEN_TEXT];

	when_short(p->last_seen, now_ms, seen);
	if (p->online)
		snprintf(out, 64, "%s", _("online"));
	else if (p->last_seen)
		snprintf(out, 64, _("offline since %s"), seen);
	else
		snprintf(out, 64, "%s", _("never seen"));
}

static void list_expired(FILE *f, const Lagebus__Receipts *r)
{
	const char *between = _(", expired before they had it: ");

	for (size_t i = 0; i < r->n_partners; i++)
		if (is_recipient(r->partners[i]) && r->partners[i]->expired) {
			fprintf(f, "%s%s", between, r->partners[i]->partner);
			between = ", ";
		}
}

static void list_silent(FILE *f, const Lagebus__Receipts *r)
{
	const char *between = _(", silent: ");

	for (size_t i = 0; i < r->n_partners; i++) {
		const Lagebus__PartnerReceipt *p = r->partners[i];
		char where[64];

		if (!is_recipient(p) || p->delivered || p->expired)
			continue;
		presence(p, r->now, where);
		fprintf(f, "%s%s (%s)", between, p->partner, where);
		between = ", ";
	}
}

char *receipts_summary(const Lagebus__Receipts *r)
{
	unsigned recipients = 0, have = 0, acknowledged = 0;
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	for (size_t i = 0; i < r->n_partners; i++) {
		const Lagebus__PartnerReceipt *p = r->partners[i];

		recipients += is_recipient(p);
		have += is_recipient(p) && p->delivered;
		acknowledged += is_recipient(p) && state_of(p) >= LB_ACK_ACKNOWLEDGED;
	}
	fprintf(f, _("%u of %u have it, %u acknowledged"), have, recipients, acknowledged);
	if (receipts_overdue(r))
		fprintf(f, _(", %u overdue"), receipts_overdue(r));
	list_expired(f, r);
	list_silent(f, r);
	return fclose(f) == 0 ? text : NULL;
}

static void time_cell(struct table *t, struct cli *cli, int64_t ms, int64_t now_ms, const char *otherwise)
{
	char text[WHEN_TEXT];

	if (cli->terminal)
		when_short(ms, now_ms, text);
	else
		when_iso(ms, text);
	table_cell(t, ms ? OUT_GOOD : OUT_DIM, "%s", *text ? text : otherwise);
}

/* For programs. */
static const char *delivery(const Lagebus__PartnerReceipt *p)
{
	return !is_recipient(p) ? "" : p->delivered ? "yes" : p->expired ? "expired" : "no";
}

/* For people. */
static void state_cell(struct table *t, struct cli *cli, const Lagebus__Receipts *r, const Lagebus__PartnerReceipt *p)
{
	enum out_style style = !is_recipient(p) ? OUT_DIM : p->delivered || state_of(p) ? OUT_GOOD : OUT_WARN;
	char since[WHEN_TEXT];

	when_short(p->overdue_since, r->now, since);
	if (p->overdue_since)
		table_cell(t, OUT_BAD, p->delivered || state_of(p) ? _("overdue since %s") : _("queued, overdue since %s"), since);
	else
		table_cell(t, style, "%s", is_recipient(p) ? out_word(cli, state_name(p)) : "-");
}

static void rule_cell(struct table *t, struct cli *cli, const Lagebus__PartnerReceipt *p)
{
	const char *rule = is_recipient(p) ? out_word(cli, N_("recipient")) : p->rule;

	if (*p->now)
		table_cell(t, OUT_WARN, out_word(cli, N_("%s; now: %s")), rule, strcmp(p->now, "ok") == 0 ? out_word(cli, N_("recipient")) : p->now);
	else
		table_cell(t, OUT_DIM, "%s", rule);
}

static void add_row(struct table *t, struct cli *cli, const Lagebus__Receipts *r, const Lagebus__PartnerReceipt *p, bool all)
{
	const char *none = cli->terminal ? "-" : "";
	char where[64], seen[WHEN_TEXT];

	table_cell(t, OUT_PLAIN, "%s", p->partner);
	if (cli->terminal)
		state_cell(t, cli, r, p);
	else
		table_cell(t, OUT_PLAIN, "%s", delivery(p));
	time_cell(t, cli, p->displayed, r->now, none);
	time_cell(t, cli, p->acknowledged, r->now, none);
	table_cell(t, OUT_PLAIN, "%s", *p->by ? p->by : none);
	time_cell(t, cli, p->implemented, r->now, none);
	if (cli->terminal) {
		presence(p, r->now, where);
		table_cell(t, p->online ? OUT_PLAIN : OUT_WARN, "%s", where);
	} else {
		when_iso(p->last_seen, seen);
		table_cell(t, OUT_PLAIN, "%s", p->online ? "online" : seen);
		table_cell(t, OUT_PLAIN, "%s", p->overdue_since ? "overdue" : state_name(p));
	}
	if (r->recalled)
		time_cell(t, cli, p->deleted, r->now, is_recipient(p) && cli->terminal ? out_word(cli, N_("not yet")) : none);
	if (all)
		rule_cell(t, cli, p);
}

static void title(struct cli *cli, const Lagebus__Receipts *r)
{
	char id[LB_UUID_TEXT], created[WHEN_TEXT];
	struct lb_header h;

	if (lb_header_decode(r->header.data, r->header.len, &h))
		return;
	lb_uuid_format(&h.id, id);
	when_short(h.created_ms, r->now, created);
	out_styled(cli, OUT_HEAD, "%s%s from %.*s, %s%s%s, sent %s, %s", lb_header_is_real(&h) ? "" : OUT_EXERCISE "  ",
		words_type(h.type), (int)h.origin.n, h.origin.p, h.level ? _(out_level(h.level)) : "", h.level ? ", " : "",
		lb_tlp_name(lb_tlp_effective(h.tlp)), created, id);
}

/* Who can still do what the message asks for, and has not. */
static void still_open(struct cli *cli, const Lagebus__Receipts *r)
{
	struct lb_header h;
	char *text = NULL, until[WHEN_TEXT];
	unsigned open = 0;
	size_t n;
	FILE *f;

	if (lb_header_decode(r->header.data, r->header.len, &h) || h.ack_policy == LB_ACK_NONE)
		return;
	f = open_memstream(&text, &n);
	if (!f)
		return;
	for (size_t i = 0; i < r->n_partners; i++)
		if (is_recipient(r->partners[i]) && !r->partners[i]->expired && state_of(r->partners[i]) < h.ack_policy)
			fprintf(f, "%s%s", open++ ? ", " : "", r->partners[i]->partner);
	when_short(h.ack_deadline_ms, r->now, until);
	if (fclose(f) == 0 && open)
		out_styled(cli, h.ack_deadline_ms && r->now > h.ack_deadline_ms ? OUT_BAD : OUT_PLAIN, "not yet %s%s%s%s: %s",
			_(out_ack(h.ack_policy)), *until ? (r->now > h.ack_deadline_ms ? _(" (was due ") : _(" (due ")) : "", until,
			*until ? ")" : "", text);
	free(text);
}

/* What was never sent has no recipients. */
static bool was_sent(const Lagebus__Receipts *r)
{
	return !r->approval || r->approval->state == 2;
}

static void list_undeleted(FILE *f, const Lagebus__Receipts *r)
{
	const char *between = _("; not yet: ");

	for (size_t i = 0; i < r->n_partners; i++) {
		const Lagebus__PartnerReceipt *p = r->partners[i];
		char where[64];

		if (!is_recipient(p) || p->deleted || (!p->delivered && !p->last_seen))
			continue;
		presence(p, r->now, where);
		fprintf(f, "%s%s (%s, %s)", between, p->partner, p->delivered ? _("has it") : _("has not got it"), where);
		between = ", ";
	}
}

/* Who has deleted what was recalled, and who has not; the caller frees it. NULL: it was not recalled, or memory is out. */
static char *recall_summary(const Lagebus__Receipts *r)
{
	unsigned recipients = 0, deleted = 0;
	char *text = NULL, at[WHEN_TEXT];
	size_t n;
	FILE *f = r->recalled ? open_memstream(&text, &n) : NULL;

	if (!f)
		return NULL;
	for (size_t i = 0; i < r->n_partners; i++) {
		recipients += is_recipient(r->partners[i]);
		deleted += is_recipient(r->partners[i]) && r->partners[i]->deleted;
	}
	when_short(r->recalled, r->now, at);
	fprintf(f, _("recalled at %s: %u of %u have deleted it"), at, deleted, recipients);
	list_undeleted(f, r);
	return fclose(f) == 0 ? text : NULL;
}

static void show_erasing(struct cli *cli, const Lagebus__Receipts *r)
{
	char at[WHEN_TEXT];

	when_short(r->erased, r->now, at);
	if (r->erased)
		out_styled(cli, OUT_GOOD, "its content was deleted at the broker at %s, when it was acknowledged", at);
}

static void show_approval(struct cli *cli, const Lagebus__Receipts *r)
{
	char text[1700];

	if (!r->approval)
		return;
	approvals_sentence(r->approval, r->now, text, sizeof(text));
	if (cli->terminal)
		out_styled(cli, was_sent(r) ? OUT_GOOD : OUT_WARN, "%s", text);
	else if (!was_sent(r))
		out_line(cli, "%s", approvals_state(r->approval->state));
}

static enum cli_exit show_table(struct cli *cli, const Lagebus__Receipts *r, bool all)
{
	static const char *const heads[] = { N_("partner"), N_("state"), N_("displayed"), N_("acknowledged"), N_("by"), N_("implemented"), N_("last seen"), NULL };
	static const char *const all_heads[] = { N_("partner"), N_("state"), N_("displayed"), N_("acknowledged"), N_("by"), N_("implemented"), N_("last seen"), N_("rule"), NULL };
	static const char *const recalled_heads[] = { N_("partner"), N_("state"), N_("displayed"), N_("acknowledged"), N_("by"), N_("implemented"), N_("last seen"),
		N_("deleted"), NULL };
	static const char *const all_recalled_heads[] = { N_("partner"), N_("state"), N_("displayed"), N_("acknowledged"), N_("by"), N_("implemented"), N_("last seen"),
		N_("deleted"), N_("rule"), NULL };
	/* In a pipe the state comes behind them: there are no heads, but they count the fields. */
	static const char *const fields[] = { "partner", "delivered", "displayed", "acknowledged", "by", "implemented", "last seen", "state", NULL };
	static const char *const all_fields[] = { "partner", "delivered", "displayed", "acknowledged", "by", "implemented", "last seen", "state", "rule", NULL };
	static const char *const recalled_fields[] = { "partner", "delivered", "displayed", "acknowledged", "by", "implemented", "last seen", "state", "deleted", NULL };
	static const char *const all_recalled_fields[] = { "partner", "delivered", "displayed", "acknowledged", "by", "implemented", "last seen", "state", "deleted", "rule",
		NULL };
	const char *const *shown = r->recalled ? (all ? all_recalled_heads : recalled_heads) : all ? all_heads : heads;
	const char *const *piped = r->recalled ? (all ? all_recalled_fields : recalled_fields) : all ? all_fields : fields;
	struct table *t = table_new(cli->terminal ? shown : piped, 4, 0);
	char *summary = receipts_summary(r), *recall = recall_summary(r);
	enum cli_exit code = CLI_OK;

	if (!t || !summary)
		code = cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; !code && i < r->n_partners; i++)
		if (all || is_recipient(r->partners[i]))
			add_row(t, cli, r, r->partners[i], all);
	if (!code && cli->terminal)
		title(cli, r);
	if (!code)
		show_approval(cli, r);
	if (!code && was_sent(r))
		code = table_print(t, cli);
	if (!code && cli->terminal && was_sent(r)) {
		out_styled(cli, recall ? OUT_WARN : OUT_HEAD, "%s", recall ? recall : summary);
		if (!recall)
			still_open(cli, r);
		show_erasing(cli, r);
	}
	free(recall);
	free(summary);
	table_free(t);
	return code;
}

static json_t *partner_json(const Lagebus__PartnerReceipt *p)
{
	json_t *doc = json_pack("{s:o,s:b,s:b,s:b,s:o,s:o,s:o,s:o}", "partner", out_json_string(p->partner), "delivered", (int)p->delivered,
		"expired", (int)p->expired, "online", (int)p->online, "last_seen", out_json_time(p->last_seen), "displayed", out_json_time(p->displayed),
		"acknowledged", out_json_time(p->acknowledged), "implemented", out_json_time(p->implemented));

	json_object_set_new(doc, "by", *p->by ? out_json_string(p->by) : json_null());
	json_object_set_new(doc, "state", out_json_string(state_name(p)));
	json_object_set_new(doc, "overdue_since", out_json_time(p->overdue_since));
	json_object_set_new(doc, "rule_now", *p->now ? out_json_string(p->now) : json_null());
	json_object_set_new(doc, "deleted", out_json_time(p->deleted));
	return doc;
}

static json_t *other_json(const Lagebus__PartnerReceipt *p)
{
	lb_err rule = lb_err_from_token(p->rule);

	return json_pack("{s:o,s:o,s:s,s:o}", "partner", out_json_string(p->partner), "rule", out_json_string(p->rule), "text",
		rule == LB_ERR_COUNT ? "" : lb_err_text(rule), "rule_now", *p->now ? out_json_string(p->now) : json_null());
}

static json_t *approval_json(const Lagebus__ApprovalStatus *a)
{
	json_t *approvers = json_array();

	for (size_t i = 0; i < a->n_approvers; i++)
		json_array_append_new(approvers, out_json_string(a->approvers[i]));
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "state", approvals_state(a->state), "signer", out_json_string(a->signer), "approvers",
		approvers, "came", out_json_time(a->came), "until", out_json_time(a->until), "at", out_json_time(a->at), "by",
		*a->by ? out_json_string(a->by) : json_null(), "function", out_json_string(a->function), "note", out_json_string(a->note));
}

static enum cli_exit show_json(struct cli *cli, const Lagebus__Receipts *r, bool line)
{
	json_t *recipients = json_array(), *others = json_array(), *doc;
	char *summary = receipts_summary(r), id[LB_UUID_TEXT] = "";
	struct lb_uuid uuid;

	if (r->id.len == sizeof(uuid.b)) {
		memcpy(uuid.b, r->id.data, sizeof(uuid.b));
		lb_uuid_format(&uuid, id);
	}
	for (size_t i = 0; i < r->n_partners; i++)
		json_array_append_new(is_recipient(r->partners[i]) ? recipients : others,
			is_recipient(r->partners[i]) ? partner_json(r->partners[i]) : other_json(r->partners[i]));
	doc = json_pack("{s:s,s:s,s:I,s:o,s:o,s:o,s:o}", "id", id, "lane", r->lane == LB_LANE_URGENT ? "urgent" : "routine",
		"position", (json_int_t)r->position, "now", out_json_time(r->now), "summary", out_json_string(summary ? summary : ""),
		"recipients", recipients, "others", others);
	json_object_set_new(doc, "overdue", json_integer(receipts_overdue(r)));
	json_object_set_new(doc, "complete", json_boolean(receipts_are_complete(r)));
	free(summary);
	if (doc && r->erased)
		json_object_set_new(doc, "erased", out_json_time(r->erased));
	if (doc && r->recalled) {
		char recall[LB_UUID_TEXT] = "";

		if (r->recall.len == sizeof(uuid.b)) {
			memcpy(uuid.b, r->recall.data, sizeof(uuid.b));
			lb_uuid_format(&uuid, recall);
		}
		json_object_set_new(doc, "recalled", out_json_time(r->recalled));
		json_object_set_new(doc, "recall", json_string(recall));
	}
	if (doc && r->approval)
		json_object_set_new(doc, "approval", approval_json(r->approval));
	return (line ? out_json_line : out_json)(cli, doc);
}

static void csv_time(struct csv *c, int64_t ms)
{
	char text[WHEN_TEXT];

	when_iso(ms, text);
	csv_field(c, text);
}

enum cli_exit receipts_csv(struct cli *cli, const Lagebus__Receipts *r, bool all)
{
	static const char *const heads[] = { "partner", "state", "overdue_since", "delivered", "displayed", "acknowledged", "by", "implemented", "online", "last_seen",
		"rule", "rule_now", NULL };
	struct csv c = { .out = cli->out };

	for (size_t i = 0; heads[i]; i++)
		csv_field(&c, heads[i]);
	csv_end(&c);
	for (size_t i = 0; i < r->n_partners; i++) {
		const Lagebus__PartnerReceipt *p = r->partners[i];

		if (!all && !is_recipient(p))
			continue;
		csv_field(&c, p->partner);
		csv_field(&c, state_name(p));
		csv_time(&c, p->overdue_since);
		csv_field(&c, delivery(p));
		csv_time(&c, p->displayed);
		csv_time(&c, p->acknowledged);
		csv_field(&c, p->by);
		csv_time(&c, p->implemented);
		csv_field(&c, p->online ? "yes" : "no");
		csv_time(&c, p->last_seen);
		csv_field(&c, p->rule);
		csv_field(&c, p->now);
		csv_end(&c);
	}
	return CLI_OK;
}

enum cli_exit receipts_show(struct cli *cli, const Lagebus__Receipts *r, bool all)
{
	return cli->json ? show_json(cli, r, false) : show_table(cli, r, all);
}

enum cli_exit receipts_redraw(struct cli *cli, const Lagebus__Receipts *r, bool all)
{
	enum cli_exit code;

	if (cli->terminal && !cli->json)
		fputs("\033[H\033[2J", cli->out);
	code = cli->json ? show_json(cli, r, true) : show_table(cli, r, all);
	if (!cli->terminal && !cli->json)
		fputc('\n', cli->out); /* an empty line ends what belongs together */
	fflush(cli->out);
	return code;
}
