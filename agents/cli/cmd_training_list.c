/* lagebus training, training list, training show, training registrations */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/file.h"
#include "agents/cli/ics.h"
#include "agents/cli/out.h"
#include "agents/cli/training_rows.h"
#include "agents/cli/when.h"
#include "lagebus/tlp.h"
#include "proto/host/words.h"

#define PAST { "past", NULL, "also what has ended", 0 }

const struct option_row cmd_training_options[] = {
	{ "ics", "FILE", "write a calendar (RFC 5545) instead; - is standard output", 0 },
	PAST,
	{ NULL, NULL, NULL, 0 },
};
const struct option_row cmd_training_list_options[] = { PAST, { NULL, NULL, NULL, 0 } };
const struct option_row cmd_training_show_options[] = { { NULL, NULL, NULL, 0 } };
const struct option_row cmd_training_registrations_options[] = { { NULL, NULL, NULL, 0 } };
const char *const cmd_training_examples[] = {
	"lagebus training",
	"lagebus training --ics termine.ics",
	NULL,
};
const char *const cmd_training_list_examples[] = {
	"lagebus training list",
	"lagebus training list --past --json",
	NULL,
};
const char *const cmd_training_show_examples[] = {
	"lagebus training show 018f3c2a-7b1e",
	NULL,
};
const char *const cmd_training_registrations_examples[] = {
	"lagebus training registrations 018f3c2a-7b1e",
	"lagebus training registrations 018f3c2a-7b1e --json",
	NULL,
};

static enum cli_exit ask(struct cli *cli, bool past, bool registrations, struct trainings *out)
{
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	*out = (struct trainings){ .reply = NULL };
	if (!code)
		code = trainings_ask(&client, past, registrations, out);
	client_close(&client);
	return code;
}

static bool is_cancelled(const struct training *t)
{
	return t->event->status == LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED;
}

static void seats_text(const struct cli *cli, const struct training *t, char text[60])
{
	if (t->event->seats == 0)
		snprintf(text, 60, "%s", out_word(cli, N_("no limit")));
	else
		snprintf(text, 60, "%u", t->event->seats);
}

static void add_row(struct table *table, struct cli *cli, const struct training *t)
{
	char begins[WHEN_TEXT], seats[60];

	out_time(cli, t->event->begins, begins);
	seats_text(cli, t, seats);
	table_cell(table, OUT_PLAIN, "%s", begins);
	table_cell(table, OUT_PLAIN, "%s", out_word(cli, training_kind(t->event->kind)));
	table_cell(table, OUT_PLAIN, "%s", out_word(cli, training_audience(t->event->audience)));
	table_cell(table, is_cancelled(t) ? OUT_BAD : OUT_PLAIN, "%s", out_word(cli, training_status(t->event->status)));
	table_cell(table, OUT_PLAIN, "%.*s", (int)t->header.origin.n, t->header.origin.p);
	table_cell(table, OUT_PLAIN, "%s%s", t->header.exercise ? OUT_EXERCISE " " : "", t->event->title);
	table_cell(table, OUT_PLAIN, "%s", t->event->place);
	table_cell(table, OUT_PLAIN, "%s", seats);
	table_cell(table, t->row->registered ? OUT_GOOD : OUT_DIM, "%u", t->row->registered);
	table_cell(table, OUT_PLAIN, "%s", t->event->uid);
}

static enum cli_exit list_json(struct cli *cli, const struct trainings *all)
{
	json_t *list = json_array();

	for (size_t i = 0; i < all->n; i++)
		json_array_append_new(list, training_json(&all->list[i]));
	return out_json(cli, json_pack("{s:o}", "training", list));
}

static enum cli_exit list(struct cli *cli, const struct trainings *all)
{
	static const char *const heads[] = { N_("begins"), N_("kind"), N_("for"), N_("status"), N_("from"), N_("title"), N_("place"), N_("seats"), N_("ours"), N_("uid"), NULL };
	struct table *t;
	enum cli_exit code;

	if (cli->json)
		return list_json(cli, all);
	if (all->n == 0 && cli->terminal) {
		out_line(cli, args_has(&cli->args, "past") ? _("No training yet.") : _("No training to come."));
		return CLI_OK;
	}
	t = table_new(heads, 5, 5);
	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < all->n; i++)
		add_row(t, cli, &all->list[i]);
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static enum cli_exit put_calendar(struct cli *cli, const struct trainings *all, const char *path, const char *text, size_t n)
{
	struct why why;
	lb_err e;

	if (strcmp(path, "-") == 0) {
		fwrite(text, 1, n, cli->out);
		return CLI_OK;
	}
	e = file_replace(path, text, n, 0644, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:I}", "file", path, "events", (json_int_t)all->n));
	if (cli->terminal)
		out_line(cli, words_n("%zu event in %s", "%zu events in %s", all->n), all->n, path);
	return CLI_OK;
}

static enum cli_exit write_calendar(struct cli *cli, const struct trainings *all, const char *path)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f;
	enum cli_exit code;
	bool failed;

	if (all->n == 0)
		return cli_fail(cli, CLI_NOT_FOUND, "there is no training to come, and a calendar of nothing is none");
	f = open_memstream(&text, &n);
	if (!f)
		return cli_fail(cli, CLI_IO, "out of memory");
	ics_write(f, all);
	failed = ferror(f) != 0;
	failed |= fclose(f) != 0;
	code = failed ? cli_fail(cli, CLI_IO, "out of memory") : put_calendar(cli, all, path, text, n);
	free(text);
	return code;
}

enum cli_exit cmd_training(struct cli *cli)
{
	const char *path = args_value(&cli->args, "ics", NULL);
	struct trainings all;
	enum cli_exit code = ask(cli, args_has(&cli->args, "past"), false, &all);

	if (!code)
		code = path ? write_calendar(cli, &all, path) : list(cli, &all);
	trainings_fini(&all);
	return code;
}

enum cli_exit cmd_training_list(struct cli *cli)
{
	return cmd_training(cli);
}

static void show_contact(struct cli *cli, const Lagebus__Contact *c)
{
	if (!c)
		return;
	out_field(cli, OUT_PLAIN, "contact", c->function);
	out_field(cli, OUT_PLAIN, "name", c->name);
	out_field(cli, OUT_PLAIN, "phone", c->phone);
	out_field(cli, OUT_PLAIN, "email", c->email);
}

static void show_seats(struct cli *cli, const struct training *t)
{
	char text[60];

	seats_text(cli, t, text);
	out_field(cli, OUT_PLAIN, "seats", text);
	if (t->row->registered) {
		snprintf(text, sizeof(text), "%u", t->row->registered);
		out_field(cli, OUT_GOOD, "ours", text);
	}
}

static void show_event(struct cli *cli, const struct training *t)
{
	const Lagebus__TrainingEvent *e = t->event;
	char text[WHEN_TEXT], origin[LB_PARTNER_ID_MAX + 1];

	if (t->header.exercise)
		out_styled(cli, OUT_WARN, OUT_EXERCISE " ");
	out_field(cli, OUT_HEAD, "title", e->title);
	out_field(cli, is_cancelled(t) ? OUT_BAD : OUT_PLAIN, "status", _(training_status(e->status)));
	out_time(cli, e->begins, text);
	out_field(cli, OUT_PLAIN, "begins", text);
	out_time(cli, e->ends, text);
	out_field(cli, OUT_PLAIN, "ends", text);
	out_field(cli, OUT_PLAIN, "place", e->place);
	out_field(cli, OUT_PLAIN, "accessibility", e->accessibility);
	out_field(cli, OUT_PLAIN, "kind", _(training_kind(e->kind)));
	out_field(cli, OUT_PLAIN, "for", _(training_audience(e->audience)));
	snprintf(origin, sizeof(origin), "%.*s", (int)t->header.origin.n, t->header.origin.p);
	out_field(cli, OUT_PLAIN, "from", origin);
	out_field(cli, out_tlp_style(t->header.tlp), "marking", lb_tlp_name(lb_tlp_effective(t->header.tlp)));
	show_seats(cli, t);
	out_time(cli, e->register_until, text);
	out_field(cli, OUT_PLAIN, "register until", text);
	out_field(cli, OUT_PLAIN, "url", e->url);
	show_contact(cli, e->organiser);
	snprintf(text, sizeof(text), "%u", e->sequence);
	out_field(cli, OUT_DIM, "sequence", text);
	out_field(cli, OUT_DIM, "uid", e->uid);
	if (*e->description)
		out_text(cli, e->description);
	if (t->header.exercise)
		out_styled(cli, OUT_WARN, OUT_EXERCISE " ");
}

enum cli_exit cmd_training_show(struct cli *cli)
{
	const struct training *t = NULL;
	struct trainings all;
	enum cli_exit code = ask(cli, true, true, &all);

	if (!code)
		code = training_find(cli, &all, cli->args.words[0], &t);
	if (!code && cli->json)
		code = out_json(cli, training_json(t));
	else if (!code)
		show_event(cli, t);
	trainings_fini(&all);
	return code;
}

static void add_registration(struct table *table, struct cli *cli, const Lagebus__RegistrationRow *row)
{
	Lagebus__TrainingRegistration *r = lagebus__training_registration__unpack(NULL, row->registration.len,
		row->registration.data ? row->registration.data : (const uint8_t *)"");
	const Lagebus__Contact *c = r ? r->contact : NULL;
	char since[WHEN_TEXT];

	out_time(cli, row->since, since);
	table_cell(table, OUT_PLAIN, "%s", row->origin);
	table_cell(table, OUT_PLAIN, "%u", r ? r->seats : 0);
	table_cell(table, row->waiting ? OUT_WARN : OUT_GOOD, "%s", out_word(cli, row->waiting ? N_("waiting list") : N_("seat")));
	table_cell(table, OUT_PLAIN, "%s", since);
	table_cell(table, OUT_PLAIN, "%s", c ? *c->function ? c->function : c->name : "");
	table_cell(table, OUT_PLAIN, "%s", c ? *c->email ? c->email : c->phone : "");
	table_cell(table, OUT_PLAIN, "%s", r ? r->note : "");
	if (r)
		lagebus__training_registration__free_unpacked(r, NULL);
}

static enum cli_exit show_registrations(struct cli *cli, const struct training *t)
{
	static const char *const heads[] = { N_("partner"), N_("seats"), N_("state"), N_("since"), N_("contact"), N_("reach"), N_("note"), NULL };
	struct table *table = table_new(heads, 6, 0);
	enum cli_exit code;
	char left[40];

	if (!table)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < t->row->n_registrations; i++)
		add_registration(table, cli, t->row->registrations[i]);
	code = t->row->n_registrations > 0 || !cli->terminal ? table_print(table, cli) : CLI_OK;
	table_free(table);
	if (code || !cli->terminal)
		return code;
	if (is_cancelled(t))
		out_styled(cli, OUT_BAD, "the event is cancelled");
	if (training_seats_left(t) < 0)
		snprintf(left, sizeof(left), "%s", _("no limit"));
	else
		snprintf(left, sizeof(left), _("%ld left"), training_seats_left(t));
	out_line(cli, words_n("%u seat taken, %s, %u on the waiting list", "%u seats taken, %s, %u on the waiting list", t->row->taken), t->row->taken, left, t->row->waiting);
	return CLI_OK;
}

enum cli_exit cmd_training_registrations(struct cli *cli)
{
	const struct training *t = NULL;
	struct trainings all;
	enum cli_exit code = ask(cli, true, true, &all);

	if (!code)
		code = training_find(cli, &all, cli->args.words[0], &t);
	if (!code)
		code = cli->json ? out_json(cli, training_json(t)) : show_registrations(cli, t);
	trainings_fini(&all);
	return code;
}
