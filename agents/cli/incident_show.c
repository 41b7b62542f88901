/* Incidents for a reader. */
#include "agents/cli/incident_show.h"

#include <string.h>

#include "agents/cli/incident_words.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/err.h"
#include "lagebus/tlp.h"
#include "lagebus/topic.h"
#include "lagebus/uuid.h"
#include "proto/assistance.pb-c.h"
#include "proto/host/words.h"

#define SHORT_ID 8 /* last digits of an id that are shown on a terminal */
#define CLOCK(name) LAGEBUS__INCIDENT_CLOCK_STATE__INCIDENT_CLOCK_STATE_##name

static const char *id_text(const struct cli *cli, ProtobufCBinaryData from, char text[LB_UUID_TEXT])
{
	struct lb_uuid id;

	if (from.len != sizeof(id.b))
		return "-";
	memcpy(id.b, from.data, sizeof(id.b));
	lb_uuid_format(&id, text);
	return cli->terminal ? text + LB_UUID_TEXT - 1 - SHORT_ID : text;
}

/* The clock that runs out first, or NULL. */
static const Lagebus__IncidentClock *next_clock(const Lagebus__Incident *i)
{
	const Lagebus__IncidentClock *next = NULL;

	for (size_t k = 0; k < i->n_clocks; k++) {
		const Lagebus__IncidentClock *c = i->clocks[k];

		if (c->state >= CLOCK(RUNS) && c->state <= CLOCK(OVERDUE) && (!next || c->due < next->due))
			next = c;
	}
	return next;
}

static enum out_style clock_style(unsigned state)
{
	if (state == CLOCK(OVERDUE))
		return OUT_BAD;
	return state == CLOCK(SOON) || state == CLOCK(LATE) ? OUT_WARN : state == CLOCK(MET) ? OUT_GOOD : OUT_PLAIN;
}

void incident_next_due(const struct cli *cli, const Lagebus__Incident *i, char *out, size_t n)
{
	const Lagebus__IncidentClock *c = next_clock(i);
	char due[WHEN_TEXT];

	out[0] = 0;
	/* What nobody has touched for so long is not reported any more. */
	if (i->idle_since) {
		out_time(cli, i->ends, due);
		snprintf(out, n, cli->terminal ? _("idle, deleted %s") : "idle, deleted %s", due);
		return;
	}
	if (!c)
		return;
	out_time(cli, c->due, due);
	snprintf(out, n, out_word(cli, N_("%s by %s%s")), out_word(cli, incident_word(WORDS_STAGE, c->stage)), due,
		c->state == CLOCK(OVERDUE) ? out_word(cli, N_(", OVERDUE")) : c->state == CLOCK(SOON) ? out_word(cli, N_(", soon")) : "");
}

static const char *stage_word(const Lagebus__Incident *i)
{
	return i->closed ? N_("closed") : incident_word(WORDS_STAGE, i->stage);
}

/* Whoever was only asked for help has no title. */
static const char *title_of(const Lagebus__Incident *i)
{
	return *i->report->title || i->n_assistance == 0 ? i->report->title : i->assistance[0]->capability;
}

enum cli_exit incident_show_list(struct cli *cli, const Lagebus__IncidentsReply *incidents)
{
	static const char *const heads[] = { N_("changed"), N_("stage"), N_("tier"), N_("title"), N_("lead"), N_("due next"), N_("id"), NULL };
	struct table *t = table_new(heads, 3, 3);
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t k = 0; k < incidents->n_incidents; k++) {
		const Lagebus__Incident *i = incidents->incidents[k];
		const Lagebus__IncidentClock *c = next_clock(i);
		char changed[WHEN_TEXT], due[100], id[LB_UUID_TEXT];

		out_time(cli, i->changed, changed);
		incident_next_due(cli, i, due, sizeof(due));
		table_cell(t, OUT_PLAIN, "%s", changed);
		table_cell(t, i->closed ? OUT_DIM : OUT_PLAIN, "%s", out_word(cli, stage_word(i)));
		table_cell(t, OUT_PLAIN, "%s", out_word(cli, incident_word(WORDS_TIER, (unsigned)i->report->tier)));
		table_cell(t, OUT_PLAIN, "%s%s", i->exercise ? OUT_EXERCISE " " : "", title_of(i));
		table_cell(t, OUT_PLAIN, "%s", *i->lead ? i->lead : "-");
		table_cell(t, i->idle_since ? OUT_WARN : c ? clock_style(c->state) : OUT_DIM, "%s", *due ? due : "-");
		table_cell(t, OUT_PLAIN, "%s", id_text(cli, i->id, id));
	}
	if (incidents->n_incidents == 0 && cli->terminal) {
		out_line(cli, "%s", args_has(&cli->args, "all") ? _("No incidents.") : _("No incidents that are open."));
		code = CLI_OK;
	} else {
		code = table_print(t, cli);
	}
	table_free(t);
	return code;
}

static void list_field(struct cli *cli, const char *name, size_t n, char **items)
{
	const char *again = cli->terminal ? "" : name; /* in a pipe every line says what it is */

	for (size_t i = 0; i < n; i++)
		out_field(cli, OUT_PLAIN, i ? again : name, items[i]);
}

static void contact_field(struct cli *cli, const Lagebus__Contact *c)
{
	char text[600];

	if (!c)
		return;
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", c->function, *c->name ? ", " : "", c->name, *c->phone ? ", " : "", c->phone, *c->email ? ", " : "",
		c->email);
	out_field(cli, OUT_PLAIN, "contact", text);
}

const Lagebus__IncidentEntry *incident_reported_in(const Lagebus__Incident *i)
{
	for (size_t k = 0; k < i->n_entries && !*i->reporter; k++) {
		const Lagebus__IncidentEntry *e = i->entries[k];

		if (!*e->fault && (*e->original || (e->type == LB_TYPE_INCIDENT_REPORT && e->stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM)))
			return e;
	}
	return NULL;
}

/* What is here of the reporter itself did verify, or it would be in quarantine. */
static void reporter_field(struct cli *cli, const Lagebus__Incident *i)
{
	const Lagebus__IncidentEntry *e = incident_reported_in(i);
	const char *proof, *why;
	char text[500];

	if (!e) {
		out_field(cli, OUT_PLAIN, "reported by", i->reporter);
		return;
	}
	proof = incident_verified_word(*e->original ? e->verified : lb_err_token(LB_NOT_FOUND), &why);
	snprintf(text, sizeof(text), "%s%s%s%s%s", e->original, *e->original ? ", " : "", _(proof), *why ? ": " : "", _(why));
	out_field(cli, strcmp(e->verified, lb_err_token(LB_OK)) == 0 ? OUT_PLAIN : OUT_BAD, "reported by", text);
}

static void print_fields(struct cli *cli, const Lagebus__Incident *i)
{
	const Lagebus__IncidentReport *r = i->report;
	char id[LB_UUID_TEXT];
	struct lb_uuid uuid;

	memcpy(uuid.b, i->id.data, sizeof(uuid.b));
	lb_uuid_format(&uuid, id);
	out_field(cli, OUT_HEAD, "title", title_of(i));
	out_field(cli, OUT_PLAIN, "stage", i->closed || i->stage ? _(stage_word(i)) : "");
	out_field(cli, OUT_PLAIN, "tier", r->tier ? _(incident_word(WORDS_TIER, (unsigned)r->tier)) : "");
	out_field(cli, OUT_PLAIN, "category", r->category ? _(incident_word(WORDS_CATEGORY, (unsigned)r->category)) : "");
	out_field(cli, OUT_PLAIN, "malicious", i->stage ? _(incident_word(WORDS_ANSWER, (unsigned)r->malicious)) : "");
	out_field(cli, OUT_PLAIN, "cross-border", i->stage ? _(incident_word(WORDS_ANSWER, (unsigned)r->cross_border)) : "");
	out_field(cli, out_tlp_style(i->tlp), "marking", lb_tlp_name(i->tlp));
	reporter_field(cli, i);
	out_field(cli, OUT_PLAIN, "lead", i->lead);
	out_time_field(cli, OUT_PLAIN, "known since", r->known_at);
	out_time_field(cli, OUT_PLAIN, "closed", i->closed_at);
	out_time_field(cli, OUT_WARN, "idle since", i->idle_since);
	out_time_field(cli, i->idle_since ? OUT_WARN : OUT_DIM, "deleted", i->ends);
	out_field(cli, OUT_PLAIN, "impact", r->impact);
	list_field(cli, N_("services"), r->n_services, r->services);
	list_field(cli, N_("measures"), r->n_measures, r->measures);
	contact_field(cli, r->contact);
	out_field(cli, OUT_DIM, "id", id);
	if (*r->description) {
		fputc('\n', cli->out);
		out_text(cli, r->description);
	}
}

static enum cli_exit print_clocks(struct cli *cli, const Lagebus__Incident *i)
{
	static const char *const heads[] = { N_("clock"), N_("due"), N_("met"), N_("state"), NULL };
	struct table *t = i->n_clocks ? table_new(heads, 3, 0) : NULL;
	enum cli_exit code;

	if (i->n_clocks == 0)
		return CLI_OK;
	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t k = 0; k < i->n_clocks; k++) {
		const Lagebus__IncidentClock *c = i->clocks[k];
		char due[WHEN_TEXT], met[WHEN_TEXT];

		out_time(cli, c->due, due);
		out_time(cli, c->met, met);
		table_cell(t, OUT_PLAIN, "%s", out_word(cli, incident_word(WORDS_STAGE, c->stage)));
		table_cell(t, OUT_PLAIN, "%s", due);
		table_cell(t, OUT_PLAIN, "%s", *met ? met : "-");
		table_cell(t, i->exercise ? OUT_DIM : clock_style(c->state), "%s%s", out_word(cli, incident_word(WORDS_CLOCK, c->state)),
			i->exercise ? out_word(cli, N_(", an exercise: not counted")) : "");
	}
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static enum cli_exit print_parties(struct cli *cli, const Lagebus__Incident *i)
{
	static const char *const heads[] = { N_("partner"), N_("last word"), N_("at"), N_("confirmed by"), NULL };
	struct table *t = i->n_parties ? table_new(heads, 1, 0) : NULL;
	enum cli_exit code;

	if (i->n_parties == 0)
		return CLI_OK;
	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t k = 0; k < i->n_parties; k++) {
		const Lagebus__IncidentParty *p = i->parties[k];
		char at[WHEN_TEXT];

		out_time(cli, p->at, at);
		table_cell(t, OUT_PLAIN, "%s", p->partner);
		table_cell(t, OUT_PLAIN, "%s", out_word(cli, incident_word(WORDS_STAGE, p->stage)));
		table_cell(t, OUT_PLAIN, "%s", at);
		table_cell(t, *p->confirmed_by ? OUT_GOOD : OUT_DIM, "%s", *p->confirmed_by ? p->confirmed_by : "-");
	}
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static void assistance_row(struct table *t, struct cli *cli, const char *what, const char *partner, const char *capability, const char *place, unsigned state,
	ProtobufCBinaryData from)
{
	char id[LB_UUID_TEXT];

	table_cell(t, OUT_PLAIN, "%s", out_word(cli, what));
	table_cell(t, OUT_PLAIN, "%s", partner);
	table_cell(t, OUT_PLAIN, "%s", capability);
	table_cell(t, OUT_PLAIN, "%s", *place ? place : "-");
	table_cell(t, state == LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_OPEN ? OUT_WARN : OUT_GOOD, "%s", out_word(cli, incident_word(WORDS_ASSISTANCE, state)));
	table_cell(t, OUT_PLAIN, "%s", id_text(cli, from, id));
}

static enum cli_exit print_assistance(struct cli *cli, const Lagebus__Incident *i)
{
	static const char *const heads[] = { N_("assistance"), N_("partner"), N_("what"), N_("where"), N_("state"), N_("id"), NULL };
	struct table *t = i->n_assistance ? table_new(heads, 2, 2) : NULL;
	enum cli_exit code;

	if (!i->n_assistance)
		return CLI_OK;
	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t k = 0; k < i->n_assistance; k++) {
		const Lagebus__IncidentAssistance *a = i->assistance[k];

		assistance_row(t, cli, N_("asked"), a->partner, a->capability, a->place, a->state, a->id);
		for (size_t o = 0; o < a->n_offers; o++)
			assistance_row(t, cli, N_("offered"), a->offers[o]->partner, a->offers[o]->capability, a->offers[o]->place, a->offers[o]->state, a->offers[o]->id);
	}
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static const char *what_it_is(const Lagebus__IncidentEntry *e)
{
	if (e->type == LB_TYPE_INCIDENT_REPORT)
		return incident_word(WORDS_STAGE, e->stage);
	return e->type == LB_TYPE_ASSISTANCE_REQUEST ? N_("assistance") : N_("offer");
}

/* What there is to say of a message besides. */
static void remark(const struct cli *cli, const Lagebus__IncidentEntry *e, char *out, size_t n)
{
	const char *proof, *why;

	out[0] = 0;
	if (*e->fault)
		snprintf(out, n, "%s", out_word(cli, incident_fault_word(e->fault)));
	else if (e->replaces.len)
		snprintf(out, n, "%s", out_word(cli, N_("a correction")));
	if (*e->original) {
		proof = incident_verified_word(e->verified, &why);
		snprintf(out + strlen(out), n - strlen(out), out_word(cli, N_("%sof %s, %s")), *out ? "; " : "", e->original, out_word(cli, proof));
		snprintf(out + strlen(out), n - strlen(out), "%s%s", *why ? ": " : "", out_word(cli, why));
	}
}

static enum cli_exit print_entries(struct cli *cli, const Lagebus__Incident *i)
{
	static const char *const heads[] = { N_("at"), N_("from"), N_("message"), N_("text"), N_("remark"), N_("id"), NULL };
	struct table *t = table_new(heads, 3, 3);
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t k = 0; k < i->n_entries; k++) {
		const Lagebus__IncidentEntry *e = i->entries[k];
		char at[WHEN_TEXT], id[LB_UUID_TEXT], text[400];
		bool assistance = e->type != LB_TYPE_INCIDENT_REPORT;

		out_time(cli, e->created, at);
		remark(cli, e, text, sizeof(text));
		table_cell(t, OUT_PLAIN, "%s", at);
		table_cell(t, OUT_PLAIN, "%s", e->origin);
		table_cell(t, OUT_PLAIN, "%s%s%s", out_word(cli, what_it_is(e)), assistance ? " " : "",
			assistance ? out_word(cli, incident_word(WORDS_ASSISTANCE, e->stage)) : "");
		table_cell(t, *e->fault ? OUT_DIM : OUT_PLAIN, "%s", e->text);
		table_cell(t, *e->fault ? OUT_WARN : OUT_PLAIN, "%s", *text ? text : "-");
		table_cell(t, OUT_PLAIN, "%s", id_text(cli, e->id, id));
	}
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static void banner(struct cli *cli, const Lagebus__Incident *i)
{
	if (i->exercise)
		out_styled(cli, OUT_YELLOW, "%s%s%s", OUT_EXERCISE, *i->exercise_name ? "  " : "", i->exercise_name);
}

static void gap(struct cli *cli)
{
	if (cli->terminal)
		fputc('\n', cli->out);
}

enum cli_exit incident_show_one(struct cli *cli, const Lagebus__Incident *i)
{
	enum cli_exit code;

	banner(cli, i);
	print_fields(cli, i);
	gap(cli);
	code = print_clocks(cli, i);
	if (!code)
		code = print_parties(cli, i);
	if (!code)
		code = print_assistance(cli, i);
	if (!code)
		code = print_entries(cli, i);
	if (i->more && cli->terminal)
		out_styled(cli, OUT_WARN, "%s", _("it has more messages, which do not count"));
	banner(cli, i);
	return code;
}
