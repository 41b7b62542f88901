/* What somebody has to acknowledge by a time. */
#include "agents/cli/open_deadline.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/header.h"
#include "proto/host/words.h"

static bool is_others(const Lagebus__OpenDeadline *d)
{
	return !*d->partner;
}

static void format_id(const Lagebus__OpenDeadline *d, char out[LB_UUID_TEXT])
{
	struct lb_uuid id;

	out[0] = '\0';
	if (d->id.len != sizeof id.b)
		return;
	memcpy(id.b, d->id.data, sizeof id.b);
	lb_uuid_format(&id, out);
}

/* "reminder", "overdue", "others-overdue" or "settled". */
static const char *event_name(const Lagebus__OpenDeadline *d)
{
	return d->settled ? N_("settled") : is_others(d) ? N_("others-overdue") : d->overdue ? N_("overdue") : N_("reminder");
}

json_t *open_deadline_json(const Lagebus__OpenDeadline *d)
{
	char id[LB_UUID_TEXT];
	struct lb_header h;
	json_t *doc, *partners = json_array();

	format_id(d, id);
	for (size_t i = 0; i < d->n_partners; i++)
		json_array_append_new(partners, out_json_string(d->partners[i]));
	doc = json_pack("{s:s,s:s,s:o,s:s,s:o,s:b,s:b,s:b,s:o,s:I}", "event", event_name(d), "id", id, "partner", is_others(d) ? json_null() : out_json_string(d->partner),
		"asks", out_ack(d->ack_policy), "deadline", out_json_time(d->deadline), "overdue", (int)d->overdue, "settled", (int)d->settled, "exercise",
		(int)d->exercise, "partners", partners, "partners_in_all", (json_int_t)d->partners_in_all);
	if (lb_header_decode(d->header.data, d->header.len, &h) == LB_OK) {
		json_object_set_new(doc, "type", json_string(lb_type_name(h.type) ? lb_type_name(h.type) : "unknown"));
		json_object_set_new(doc, "level", json_integer(h.level));
		json_object_set_new(doc, "origin", out_json_text(h.origin.p, h.origin.n));
	}
	json_object_set_new(doc, "title", *d->title ? out_json_string(d->title) : json_null());
	return doc;
}

/* What it is about, for people. */
static void describe(FILE *f, const Lagebus__OpenDeadline *d)
{
	char id[LB_UUID_TEXT];
	struct lb_header h;

	format_id(d, id);
	if (d->exercise)
		fputs(OUT_EXERCISE "  ", f);
	if (lb_header_decode(d->header.data, d->header.len, &h) == LB_OK)
		fprintf(f, _("%s%s%s from %.*s, "), words_type(h.type), h.level ? " " : "", h.level ? _(out_level(h.level)) : "",
			(int)h.origin.n, h.origin.p);
	fprintf(f, "%s%s%s", d->title, *d->title ? ", " : "", id);
}

static void list_partners(FILE *f, const Lagebus__OpenDeadline *d, bool translated)
{
	for (size_t i = 0; i < d->n_partners; i++)
		fprintf(f, "%s%s", i ? ", " : "", d->partners[i]);
	if (d->partners_in_all > d->n_partners)
		fprintf(f, translated ? _(" and %zu more") : " and %zu more", (size_t)d->partners_in_all - d->n_partners);
}

/* NULL if memory is out. */
static char *sentence(struct cli *cli, const Lagebus__OpenDeadline *d)
{
	char at[WHEN_TEXT], *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	out_time(cli, d->deadline, at);
	if (d->settled && !is_others(d))
		fprintf(f, _("%s has it %s: "), d->partner, _(out_ack(d->ack_policy)));
	else if (d->settled)
		fputs(_("nobody is overdue any more: "), f);
	else if (is_others(d))
		fprintf(f, _("since %s: "), at);
	else
		fprintf(f, d->overdue ? _("since %s, by %s: ") : _("until %s, by %s: "), at, d->partner);
	if (is_others(d) && !d->settled) {
		list_partners(f, d, true);
		fputs(": ", f);
	}
	describe(f, d);
	return fclose(f) == 0 ? text : NULL;
}

void open_deadline_field(struct cli *cli, const Lagebus__OpenDeadline *d)
{
	char *text = sentence(cli, d);

	if (text)
		out_field(cli, d->overdue ? OUT_BAD : OUT_WARN, is_others(d) ? N_("others overdue") : d->overdue ? N_("overdue") : N_("acknowledge"), text);
	free(text);
}

static void event_line(struct cli *cli, const Lagebus__OpenDeadline *d)
{
	char now[WHEN_TEXT], deadline[WHEN_TEXT], id[LB_UUID_TEXT], *partners = NULL;
	size_t n;
	FILE *f = open_memstream(&partners, &n);

	if (!f)
		return;
	if (is_others(d))
		list_partners(f, d, false);
	else
		fputs(d->partner, f);
	when_iso(when_now_ms(), now);
	when_iso(d->deadline, deadline);
	format_id(d, id);
	if (fclose(f) == 0)
		out_line(cli, "%s\t%s\t%s\t%s\t%s", now, event_name(d), deadline, partners, id);
	free(partners);
}

enum cli_exit open_deadline_event(struct cli *cli, const Lagebus__OpenDeadline *d)
{
	enum cli_exit code = CLI_OK;
	char *text;

	if (cli->json) {
		code = out_json_line(cli, open_deadline_json(d));
	} else if (cli->terminal) {
		text = sentence(cli, d);
		if (text)
			out_styled(cli, d->settled ? OUT_GOOD : d->overdue ? OUT_BAD : OUT_WARN, "%s %s\n", _(event_name(d)), text);
		free(text);
	} else {
		event_line(cli, d);
	}
	fflush(cli->out);
	return code;
}
