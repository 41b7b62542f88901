/* What the audit tells, for people and programs. */
#include "agents/cli/audit_print.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/approvals.h"
#include "agents/cli/out.h"
#include "agents/cli/style.h"
#include "agents/cli/text.h"
#include "agents/cli/when.h"
#include "lagebus/audit.h"
#include "lagebus/header.h"
#include "lagebus/identity.h"
#include "proto/host/words.h"

/* An event, told. */
struct line {
	const char *what;
	char who[LB_SPIFFE_ID_MAX + 1], which[LB_HEADER_MAX];
};

static const char *type_of(unsigned type)
{
	const char *name = lb_type_name(type);

	return name ? name : "message";
}

static void id_text(const uint8_t *p, size_t n, char text[LB_UUID_TEXT])
{
	struct lb_uuid id;

	text[0] = 0;
	if (n != sizeof(id.b))
		return;
	memcpy(id.b, p, sizeof(id.b));
	lb_uuid_format(&id, text);
}

static json_t *json_id(const uint8_t *p, size_t n)
{
	char text[LB_UUID_TEXT];

	id_text(p, n, text);
	return out_json_string(text);
}

static json_t *json_hex(const uint8_t *p, size_t n)
{
	char text[2 * LB_AUDIT_HASH + 1] = "";

	for (size_t i = 0; i < n && i < LB_AUDIT_HASH; i++)
		snprintf(text + 2 * i, 3, "%02x", p[i]);
	return json_string(text);
}

/* Puts words behind what is there, as far as there is room. */
static void add(struct line *l, const char *format, ...)
{
	size_t at = strlen(l->which);
	va_list args;

	va_start(args, format);
	vsnprintf(l->which + at, sizeof(l->which) - at, format, args);
	va_end(args);
}

static void describe(const struct cli *cli, const Lagebus__AuditPublished *p, struct line *l)
{
	size_t n = p->messages.len / LB_AUDIT_ENTRY;
	char id[LB_UUID_TEXT];

	id_text(p->messages.data, n ? 16 : 0, id);
	add(l, "%s %s", out_word(cli, type_of(p->type)), id);
	if (n > 1)
		add(l, out_word(cli, N_(" and %zu more")), n - 1);
	if (p->about.len > 0) {
		id_text(p->about.data, p->about.len, id);
		add(l, out_word(cli, N_(" about %s")), id);
	}
	add(l, out_word(cli, N_(", %s, to")), lb_tlp_name(lb_tlp_effective(p->tlp)));
	for (size_t i = 0; i < p->n_audience; i++)
		add(l, " %s", p->audience[i]);
}

static void tell_published(const struct cli *cli, const Lagebus__AuditPublished *p, struct line *l)
{
	l->what = N_("published");
	snprintf(l->who, sizeof(l->who), "%s", p->origin);
	describe(cli, p, l);
}

static void tell_wait(const struct cli *cli, const Lagebus__AuditWait *w, struct line *l)
{
	char id[LB_UUID_TEXT];

	l->what = N_("wait");
	snprintf(l->who, sizeof(l->who), "%s", *w->agent ? w->agent : "-");
	id_text(w->id.data, w->id.len, id);
	add(l, w->message ? "%s: " : "%s %s", out_word(cli, approvals_state(w->state)), id);
	if (w->message)
		describe(cli, w->message, l);
}

static void tell_federation(const struct cli *cli, const Lagebus__AuditFederation *f, struct line *l)
{
	l->what = N_("federation");
	snprintf(l->who, sizeof(l->who), "broker");
	add(l, out_word(cli, N_("%zu partners: ")), f->n_partners);
	for (size_t i = 0; i < f->n_partners; i++)
		add(l, "%s%s", i ? " " : "", f->partners[i]);
}

static void tell_refused(const struct cli *cli, const Lagebus__AuditRefused *r, struct line *l)
{
	char id[LB_UUID_TEXT];

	l->what = N_("refused");
	snprintf(l->who, sizeof(l->who), "%s", *r->agent ? r->agent : "-");
	id_text(r->id.data, r->id.len, id);
	if (r->more)
		snprintf(l->which, sizeof(l->which), out_word(cli, N_("%llu more")), (unsigned long long)r->more);
	else
		snprintf(l->which, sizeof(l->which), "%s %s: %s", out_word(cli, type_of(r->type)), id, r->rule);
}

static void tell_receipt(const struct cli *cli, const Lagebus__AuditReceipt *r, struct line *l)
{
	char id[LB_UUID_TEXT];

	l->what = N_("receipt");
	snprintf(l->who, sizeof(l->who), "%s", r->partner);
	id_text(r->id.data, r->id.len, id);
	snprintf(l->which, sizeof(l->which), "%s %s%s%s", out_word(cli, out_ack(r->state)), id, *r->by ? out_word(cli, N_(" by ")) : "", r->by);
}

static void tell(const struct cli *cli, const Lagebus__AuditEvent *e, struct line *l)
{
	memset(l, 0, sizeof(*l));
	switch ((int)e->body_case) {
	case LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED:
		tell_published(cli, e->published, l);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_REFUSED:
		tell_refused(cli, e->refused, l);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_STORED:
		l->what = N_("delivered");
		snprintf(l->who, sizeof(l->who), "%s", e->stored->agent);
		snprintf(l->which, sizeof(l->which), out_word(cli, N_("urgent up to %llu, routine up to %llu")), (unsigned long long)e->stored->urgent,
			(unsigned long long)e->stored->routine);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_RECEIPT:
		tell_receipt(cli, e->receipt, l);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_WAIT:
		tell_wait(cli, e->wait, l);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_FEDERATION:
		tell_federation(cli, e->federation, l);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_BROKER:
		l->what = N_("broker");
		snprintf(l->who, sizeof(l->who), "%s", e->broker->what);
		snprintf(l->which, sizeof(l->which), "%s", e->broker->detail);
		break;
	case LAGEBUS__AUDIT_EVENT__BODY_CHECKPOINT:
		l->what = N_("checkpoint");
		snprintf(l->who, sizeof(l->who), "broker");
		snprintf(l->which, sizeof(l->which), "%s", out_word(cli, N_("signs everything before this row")));
		break;
	default:
		l->what = N_("unknown");
		snprintf(l->who, sizeof(l->who), "-");
		snprintf(l->which, sizeof(l->which), "%s", out_word(cli, N_("of a later version")));
		break;
	}
}

static json_t *json_messages(const Lagebus__AuditPublished *p)
{
	json_t *list = json_array();

	for (size_t at = 0; at + LB_AUDIT_ENTRY <= p->messages.len; at += LB_AUDIT_ENTRY) {
		const uint8_t *m = p->messages.data + at;

		json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "id", json_id(m, 16), "signer", json_hex(m + 16, LB_SIGNER_SIZE), "signature_end",
			json_hex(m + LB_AUDIT_ENTRY - LB_AUDIT_SIGNATURE_END, LB_AUDIT_SIGNATURE_END)));
	}
	return list;
}

static json_t *json_names(char **names, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, out_json_string(names[i]));
	return list;
}

static json_t *json_published(const Lagebus__AuditPublished *p)
{
	return json_pack("{s:s,s:I,s:s,s:s,s:s,s:i,s:o,s:o,s:o}", "lane", p->lane == LB_LANE_URGENT ? "urgent" : "routine", "position", (json_int_t)p->first, "type", type_of(p->type), "area",
		lb_area_name(p->area) ? lb_area_name(p->area) : "", "tlp", lb_tlp_name(lb_tlp_effective(p->tlp)), "level", (int)p->level, "audience", json_names(p->audience, p->n_audience),
		"about", p->about.len ? json_id(p->about.data, p->about.len) : json_null(), "messages", json_messages(p));
}

static json_t *json_detail(const Lagebus__AuditEvent *e)
{
	switch ((int)e->body_case) {
	case LAGEBUS__AUDIT_EVENT__BODY_PUBLISHED:
		return json_published(e->published);
	case LAGEBUS__AUDIT_EVENT__BODY_REFUSED:
		return json_pack("{s:o,s:s,s:o,s:I}", "id", json_id(e->refused->id.data, e->refused->id.len), "type", type_of(e->refused->type), "rule",
			out_json_string(e->refused->rule), "more", (json_int_t)e->refused->more);
	case LAGEBUS__AUDIT_EVENT__BODY_STORED:
		return json_pack("{s:I,s:I,s:o}", "urgent", (json_int_t)e->stored->urgent, "routine", (json_int_t)e->stored->routine, "acts_for",
			json_names(e->stored->acts_for, e->stored->n_acts_for));
	case LAGEBUS__AUDIT_EVENT__BODY_RECEIPT:
		return json_pack("{s:o,s:s,s:o}", "id", json_id(e->receipt->id.data, e->receipt->id.len), "state", out_ack(e->receipt->state), "by",
			out_json_string(e->receipt->by));
	case LAGEBUS__AUDIT_EVENT__BODY_WAIT:
		return json_pack("{s:o,s:s,s:o}", "id", json_id(e->wait->id.data, e->wait->id.len), "state", approvals_state(e->wait->state), "message",
			e->wait->message ? json_published(e->wait->message) : json_null());
	case LAGEBUS__AUDIT_EVENT__BODY_FEDERATION:
		return json_pack("{s:o}", "partners", json_names(e->federation->partners, e->federation->n_partners));
	default:
		return json_null();
	}
}

static enum out_style style_of(const char *what)
{
	return strcmp(what, "refused") == 0 ? OUT_WARN : strcmp(what, "checkpoint") == 0 ? OUT_DIM : OUT_PLAIN;
}

/* Columns of a line; what comes last begins in the same one in every line, and on a narrow terminal below the others. */
#define WHAT_COLUMN 26
#define WHO_COLUMN 42
#define WHICH_COLUMN 66
#define WHICH_BELOW 8
#define WHICH_ROOM 40

/* An agent as `lagebus ca issue --agent` has it, "de-sn/main": its SPIFFE ID would fill the line. Others as they are. */
static void short_name(const char *who, char out[LB_SPIFFE_ID_MAX + 1])
{
	struct lb_identity id;

	if (lb_identity_parse(who, strlen(who), &id))
		snprintf(out, LB_SPIFFE_ID_MAX + 1, "%s", who);
	else
		snprintf(out, LB_SPIFFE_ID_MAX + 1, "%s/%s", id.partner, id.agent);
}

/* Ends a line, and goes to the column in the next. */
static unsigned next_line(struct cli *cli, unsigned column)
{
	fprintf(cli->out, "\n%*s", (int)column, "");
	return column;
}

/* Goes to the column, with at least two spaces. */
static unsigned go_to(struct cli *cli, unsigned at, unsigned column)
{
	unsigned gap = column > at + 2 ? column - at : 2;

	fprintf(cli->out, "%*s", (int)gap, "");
	return at + gap;
}

/* Row by row, as it is read: an audit has more rows than a table may hold. */
static void put_line(struct cli *cli, uint64_t row, int64_t at_ms, const struct line *l)
{
	const char *style = style_on(cli, style_of(l->what)), *what = _(l->what);
	char when[WHEN_TEXT], name[LB_SPIFFE_ID_MAX + 1], *who, *which;
	unsigned at, column = cli->width >= WHICH_COLUMN + WHICH_ROOM ? WHICH_COLUMN : WHICH_BELOW;

	short_name(l->who, name);
	who = text_clean(name, strlen(name), TEXT_LINE);
	which = text_clean(l->which, strlen(l->which), TEXT_LINE);
	when_short(at_ms, when_now_ms(), when);
	if (who && which) {
		at = (unsigned)fprintf(cli->out, "%s%6llu  %s", style, (unsigned long long)row, when) - (unsigned)strlen(style);
		at = go_to(cli, at, WHAT_COLUMN);
		fputs(what, cli->out);
		at = go_to(cli, at + text_width(what), WHO_COLUMN);
		fputs(who, cli->out);
		at += text_width(who);
		at = column == WHICH_BELOW || at + 2 > column ? next_line(cli, column) : go_to(cli, at, column);
		for (const char *rest = which; ; next_line(cli, column)) {
			size_t n = text_line(rest, cli->width > column + 10 ? cli->width - column : 10);

			fprintf(cli->out, "%.*s", (int)n, rest);
			rest += n + (rest[n] == ' ');
			if (!*rest)
				break;
		}
		fprintf(cli->out, "%s\n", style_off(cli, style_of(l->what)));
	}
	free(who);
	free(which);
}

static enum cli_exit put(struct cli *cli, uint64_t row, int64_t at_ms, const struct line *l, json_t *detail)
{
	char at[WHEN_TEXT];

	if (cli->json)
		return out_json_line(cli, json_pack("{s:I,s:o,s:s,s:o,s:o,s:o}", "row", (json_int_t)row, "at", out_json_time(at_ms), "what", l->what, "who",
			out_json_string(l->who), "which", out_json_string(l->which), "detail", detail));
	if (cli->terminal) {
		put_line(cli, row, at_ms, l);
		return CLI_OK;
	}
	when_iso(at_ms, at);
	out_line(cli, "%s\t%llu\t%s\t%s\t%s", at, (unsigned long long)row, l->what, l->who, l->which);
	return CLI_OK;
}

enum cli_exit audit_print_event(struct cli *cli, const Lagebus__AuditRow *row, const Lagebus__AuditEvent *e)
{
	struct line l;

	tell(cli, e, &l);
	return put(cli, row->number, row->at, &l, cli->json ? json_detail(e) : NULL);
}

enum cli_exit audit_print_delivered(struct cli *cli, const Lagebus__AuditRow *row, const char *partner, const char *agent, bool over)
{
	struct line l = { .what = over ? N_("passed-over") : N_("delivered") };

	snprintf(l.who, sizeof(l.who), "%s", partner);
	add(&l, out_word(cli, over ? N_("it was over when %s came by") : N_("stored by %s")), agent);
	return put(cli, row->number, row->at, &l, cli->json ? json_pack("{s:o}", "agent", out_json_string(agent)) : NULL);
}

enum cli_exit audit_print(struct cli *cli, const Lagebus__AuditRow *row)
{
	enum cli_exit code = CLI_OK;

	for (size_t i = 0; i < row->n_events && code == CLI_OK; i++)
		code = audit_print_event(cli, row, row->events[i]);
	return code;
}
