/* lagebus incident report, update, confirm, hand-over, close */
#include <string.h>
#include <unistd.h>

#include "agents/cli/commands.h"
#include "agents/cli/incident_form.h"
#include "agents/cli/incident_reported.h"
#include "agents/cli/incident_send.h"
#include "agents/cli/incident_state.h"
#include "agents/cli/incident_words.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/header.h"
#include "lagebus/identity.h"
#include "lagebus/limits.h"
#include "lagebus/tlp.h"
#include "proto/assistance.pb-c.h"
#include "proto/host/words.h"

const struct option_row cmd_incident_report_options[] = {
	INCIDENT_FORM_OPTIONS,
	{ "file", "FILE", "take what the options do not say from a JSON object of their names and texts; - is standard input", 0 },
	{ "draft", "NAME", "go on with a draft that was kept; last is the newest", 0 },
	{ "ask", NULL, "ask for what is missing, also where the input is no terminal", 0 },
	INCIDENT_SEND_OPTIONS,
	{ "exercise", NULL, "an exercise: shown as such everywhere, and in no clock", 0 },
	{ "exercise-name", "NAME", "the exercise's name", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_report_examples[] = {
	"lagebus incident report",
	"lagebus incident report --draft last",
	"lagebus incident report --title 'Verschlüsselte Dateiserver' --text - --known 14:20 --category malicious-code --contact 'IT-Leitung, +49 341 1230'",
	"lagebus incident report --file meldung.json",
	NULL,
};
const struct option_row cmd_incident_update_options[] = {
	{ "stage", "STAGE", "update (the default), interim, progress or final; of a correction that of what it corrects", 0 },
	{ "supersedes", "ID", "correct this message of ours instead: what is not given stays as it is", 0 },
	INCIDENT_FORM_OPTIONS,
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_update_examples[] = {
	"lagebus incident update last --text 'Angreifer ausgesperrt, 40 Server betroffen' --tier severe",
	"lagebus incident update 1a2b3c4d --stage progress --text 'Wiederaufbau zu zwei Dritteln fertig'",
	"lagebus incident update last --supersedes 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --known '2026-11-23 14:20'",
	NULL,
};
const struct option_row cmd_incident_confirm_options[] = {
	INCIDENT_FORM_OPTIONS,
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_confirm_examples[] = { "lagebus incident confirm last --tier significant", NULL };
const struct option_row cmd_incident_hand_over_options[] = {
	{ "text", "TEXT", "what the next one has to know", 0 },
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_hand_over_examples[] = { "lagebus incident hand-over last bund-bsi --text 'betrifft jetzt mehrere Länder'", NULL };
const struct option_row cmd_incident_close_options[] = {
	INCIDENT_FORM_OPTIONS,
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_close_examples[] = { "lagebus incident close last --text 'Ursache: Makro in einer Rechnung; alle Systeme neu aufgesetzt'", NULL };

/* ---- a first report ---- */

struct reporting {
	struct cli *cli;
	struct incident_form form;
	struct incident_draft draft;
};

static enum cli_exit keep(void *user)
{
	struct reporting *r = user;
	struct why why;
	lb_err e = incident_draft_save(&r->draft, r->form.values, &why);

	return e ? cli_fail_why(r->cli, e, &why) : CLI_OK;
}

/* Options first, then the file, then the draft: whatever is said first counts. */
static enum cli_exit collect(struct reporting *r)
{
	const char *file = args_value(&r->cli->args, "file", NULL), *draft = args_value(&r->cli->args, "draft", NULL);
	enum cli_exit code = incident_form_init(&r->form, r->cli);
	struct why why;
	lb_err e;

	if (!code && file)
		code = incident_form_read(&r->form, r->cli, file);
	if (code)
		return code;
	e = draft ? incident_draft_find(draft, &r->draft, &why) : incident_draft_new(when_now_ms(), &r->draft, &why);
	if (e)
		return cli_fail_why(r->cli, e, &why);
	return draft ? incident_form_read(&r->form, r->cli, r->draft.path) : CLI_OK;
}

static enum cli_exit complete(struct reporting *r)
{
	struct cli *cli = r->cli;
	bool ask = args_has(&cli->args, "ask") || (isatty(STDIN_FILENO) && cli->progress);
	enum cli_exit code = CLI_OK;

	if (ask) {
		code = keep(r);
		if (!code)
			cli_note(cli, _("kept as draft %s; lagebus incident report --draft %s goes on with it"), r->draft.name, r->draft.name);
		if (!code)
			code = incident_form_ask(&r->form, cli, stdin, cli->err, keep, r);
	}
	if (!code)
		code = incident_form_check(&r->form, cli);
	/* Whatever becomes of the sending, what was typed is there. */
	return code ? code : keep(r);
}

static enum cli_exit exercise(struct cli *cli, struct incident_mail *m)
{
	const char *name = args_value(&cli->args, "exercise-name", "");

	if (strlen(name) > LB_TEXT_MAX || !lb_utf8_is_valid(name, strlen(name)))
		return cli_fail(cli, CLI_USAGE, "--exercise-name: at most %d bytes of UTF-8 are expected", LB_TEXT_MAX);
	m->draft.header.exercise = *name || args_has(&cli->args, "exercise");
	m->draft.header.exercise_name = (char *)name;
	return CLI_OK;
}

static enum cli_exit send_first(struct reporting *r)
{
	Lagebus__IncidentReport report = LAGEBUS__INCIDENT_REPORT__INIT;
	struct incident_view v;
	struct incident_mail m;
	enum cli_exit code = incident_view_list(r->cli, false, 1, &v);

	report.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FIRST;
	if (!code)
		code = incident_form_fill(&r->form, r->cli, &report);
	if (!code)
		code = incident_mail_begin(r->cli, &v, LB_TYPE_INCIDENT_REPORT, &m);
	if (!code)
		code = exercise(r->cli, &m);
	if (!code) {
		incident_mail_to_concerned(&m, r->cli, &v);
		code = incident_mail_send(r->cli, &m, &report.base);
	}
	incident_view_fini(&v);
	return code;
}

enum cli_exit cmd_incident_report(struct cli *cli)
{
	struct reporting r = { .cli = cli };
	enum cli_exit code = collect(&r);
	const char *contact;

	if (!code)
		code = complete(&r);
	if (!code) {
		contact = json_string_value(json_object_get(r.form.values, "contact"));
		if (contact)
			incident_contact_save(contact);
		code = send_first(&r);
		if (!code && !args_has(&cli->args, "dry-run"))
			incident_draft_remove(&r.draft);
		else if (code)
			cli_note(cli, _("kept as draft %s; lagebus incident report --draft %s goes on with it"), r.draft.name, r.draft.name);
	}
	incident_form_fini(&r.form);
	return code;
}

/* ---- what follows ---- */

/* A report of an incident that is known: `whole` begins with all that is known of it, otherwise with what makes it readable alone. */
static void begin_report(const Lagebus__Incident *i, bool whole, Lagebus__IncidentReport *out)
{
	if (whole) {
		*out = *i->report;
		out->indicators = NULL;
		out->n_indicators = 0;
		return;
	}
	lagebus__incident_report__init(out);
	out->title = i->report->title;
	out->category = i->report->category;
	out->tier = i->report->tier;
}

/* Into a confirmation goes what the body signed, under a label that is no looser, if it fits: that those above hear of it matters more than that it is
 * proved. */
static enum cli_exit attach(struct cli *cli, struct incident_mail *m, Lagebus__IncidentReport *report, struct incident_reported *reported)
{
	if (!reported->is_there)
		return CLI_OK;
	report->reported = &reported->report;
	if (lagebus__incident_report__get_packed_size(report) > LB_PAYLOAD_MAX) {
		cli_note(cli, "what %.*s signed is too large to go with the confirmation: those above cannot verify who reported", (int)reported->header.origin.n,
			reported->header.origin.p);
		report->reported = NULL;
		return CLI_OK;
	}
	m->draft.header.personal_data = reported->header.personal_data;
	return m->draft.header.tlp >= (unsigned)lb_tlp_effective(reported->header.tlp) ? CLI_OK :
		cli_fail(cli, CLI_REFUSED, "%.*s reported it as %s, and nobody else may loosen that", (int)reported->header.origin.n, reported->header.origin.p,
			lb_tlp_name(reported->header.tlp));
}

static enum cli_exit send_report(struct cli *cli, const struct incident_view *v, struct incident_form *form, Lagebus__IncidentReport *report,
	const struct lb_uuid *supersedes)
{
	bool confirms = report->stage == LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	struct incident_reported reported = { .is_there = false };
	struct incident_mail m;
	enum cli_exit code = form ? incident_form_fill(form, cli, report) : CLI_OK;

	if (!code)
		code = incident_mail_begin(cli, v, LB_TYPE_INCIDENT_REPORT, &m);
	if (!code && supersedes) {
		memcpy(m.draft.supersedes, supersedes->b, sizeof(m.draft.supersedes));
		m.draft.header.supersedes = (ProtobufCBinaryData){ sizeof(m.draft.supersedes), m.draft.supersedes };
	}
	/* With the confirmation it goes up. */
	if (!code && confirms)
		incident_mail_to(&m, cli, v, v->up);
	if (!code)
		incident_mail_to_concerned(&m, cli, v);
	if (!code && confirms)
		code = incident_reported_find(cli, v, &reported);
	if (!code && confirms)
		code = attach(cli, &m, report, &reported);
	if (!code)
		code = incident_mail_send(cli, &m, &report->base);
	incident_reported_fini(&reported);
	return code;
}

/* The stage that is given, or that of what is corrected. */
static enum cli_exit read_stage(struct cli *cli, const Lagebus__IncidentEntry *corrected, Lagebus__IncidentReport *report)
{
	const char *text = args_value(&cli->args, "stage", corrected ? incident_token(WORDS_STAGE, corrected->stage) : "update");
	unsigned stage;

	if (!incident_number(WORDS_STAGE, text, &stage) || stage == 0 ||
		(!corrected && (stage < LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_UPDATE || stage > LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL)))
		return cli_fail(cli, CLI_USAGE, "--stage %.40s: is none of update, interim, progress, final", text);
	report->stage = (Lagebus__IncidentStage)stage;
	return CLI_OK;
}

/* The message that is to be corrected: one of ours in this incident. */
static enum cli_exit find_corrected(struct cli *cli, const struct incident_view *v, struct lb_uuid *id, const Lagebus__IncidentEntry **out)
{
	const char *text = args_value(&cli->args, "supersedes", NULL);

	*out = NULL;
	if (!text)
		return CLI_OK;
	if (lb_uuid_parse(text, id))
		return cli_fail(cli, CLI_USAGE, "--supersedes %.60s: a whole message id is expected (lagebus incident show --json has them)", text);
	for (size_t k = 0; k < v->one->n_entries; k++)
		if (memcmp(v->one->entries[k]->id.data, id->b, sizeof(id->b)) == 0)
			*out = v->one->entries[k];
	if (!*out)
		return cli_fail(cli, CLI_NOT_FOUND, "--supersedes %.60s: is no message of this incident", text);
	if (strcmp((*out)->origin, v->partner) != 0)
		return cli_fail(cli, CLI_REFUSED, "it is of %s, and only its origin corrects it: write an update", (*out)->origin);
	return CLI_OK;
}

static bool says_something(const struct incident_form *f)
{
	return json_object_size(f->values) > 0;
}

static enum cli_exit update(struct cli *cli, const struct incident_view *v, struct incident_form *form)
{
	const Lagebus__IncidentEntry *corrected;
	Lagebus__IncidentReport report;
	struct lb_uuid id;
	enum cli_exit code = find_corrected(cli, v, &id, &corrected);

	if (code)
		return code;
	if (!says_something(form))
		return cli_fail(cli, CLI_USAGE, "what is new? --text, --impact, --tier, --measure, ...");
	begin_report(v->one, corrected != NULL, &report);
	code = read_stage(cli, corrected, &report);
	return code ? code : send_report(cli, v, form, &report, corrected ? &id : NULL);
}

static enum cli_exit close_it(struct cli *cli, const struct incident_view *v, struct incident_form *form)
{
	const Lagebus__Incident *i = v->one;
	Lagebus__IncidentReport report;

	if (i->closed)
		return cli_fail(cli, CLI_REFUSED, "it is closed already");
	if (strcmp(i->lead, v->partner) != 0)
		return cli_fail(cli, CLI_REFUSED, "%s leads, and only who leads closes it", *i->lead ? i->lead : _("nobody"));
	if (!json_object_get(form->values, "text"))
		return cli_fail(cli, CLI_USAGE, "what was it, and what was done? --text");
	for (size_t k = 0; k < i->n_assistance; k++)
		if (i->assistance[k]->state <= LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_ACCEPTED)
			cli_note(cli, _("assistance is still %s: %s"), _(incident_word(WORDS_ASSISTANCE, i->assistance[k]->state)), i->assistance[k]->capability);
	begin_report(i, false, &report);
	report.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_FINAL;
	report.closed = true;
	return send_report(cli, v, form, &report, NULL);
}

/* What all of them begin with: the options, and the incident. */
static enum cli_exit with_incident(struct cli *cli, enum cli_exit (*run)(struct cli *, const struct incident_view *, struct incident_form *))
{
	struct incident_view v = { .reply = NULL };
	struct incident_form form;
	enum cli_exit code = incident_form_init(&form, cli);

	if (!code)
		code = incident_view_one(cli, cli->args.words[0], &v);
	if (!code)
		code = run(cli, &v, &form);
	incident_view_fini(&v);
	incident_form_fini(&form);
	return code;
}

enum cli_exit cmd_incident_update(struct cli *cli)
{
	return with_incident(cli, update);
}

static enum cli_exit confirm(struct cli *cli, const struct incident_view *v, struct incident_form *form)
{
	Lagebus__IncidentReport report;

	begin_report(v->one, true, &report);
	report.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_CONFIRM;
	return send_report(cli, v, form, &report, NULL);
}

static enum cli_exit confirm_below(struct cli *cli, const struct incident_view *v, struct incident_form *form)
{
	const char *reporter = v->one->reporter;
	size_t n = strlen(v->partner);

	if (strncmp(reporter, v->partner, n) != 0 || reporter[n] != '/')
		return cli_fail(cli, CLI_REFUSED, "%s reported it, which is not below %s: there is nothing to confirm", *reporter ? reporter : _("somebody else"), v->partner);
	return confirm(cli, v, form);
}

enum cli_exit cmd_incident_confirm(struct cli *cli)
{
	return with_incident(cli, confirm_below);
}

enum cli_exit cmd_incident_close(struct cli *cli)
{
	return with_incident(cli, close_it);
}

static enum cli_exit hand_over(struct cli *cli, const struct incident_view *v, struct incident_form *form)
{
	const char *next = cli->args.words[1];
	Lagebus__IncidentReport report;
	struct incident_mail m;
	enum cli_exit code;

	if (!lb_partner_is_valid(next, strlen(next)))
		return cli_fail(cli, CLI_USAGE, "%.60s is no partner id; write bund-bsi, for example", next);
	if (strcmp(v->one->lead, v->partner) != 0)
		return cli_fail(cli, CLI_REFUSED, "%s leads, and only who leads hands over", *v->one->lead ? v->one->lead : _("nobody"));
	begin_report(v->one, true, &report);
	report.stage = LAGEBUS__INCIDENT_STAGE__INCIDENT_STAGE_HAND_OVER;
	report.lead = (char *)next;
	code = incident_form_fill(form, cli, &report);
	if (!code)
		code = incident_mail_begin(cli, v, LB_TYPE_INCIDENT_REPORT, &m);
	if (code)
		return code;
	incident_mail_to_concerned(&m, cli, v);
	incident_mail_to(&m, cli, v, next);
	return incident_mail_send(cli, &m, &report.base);
}

enum cli_exit cmd_incident_hand_over(struct cli *cli)
{
	return with_incident(cli, hand_over);
}
