/* lagebus training register, unregister */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/training_options.h"
#include "agents/cli/training_rows.h"
#include "agents/cli/when.h"
#include "lagebus/message_type.h"
#include "proto/host/words.h"

const struct option_row cmd_training_register_options[] = {
	{ "seats", "N", "for how many (default 1); a later registration replaces the one before", 0 },
	{ "note", "TEXT", "a remark for the organiser", 0 },
	TRAINING_CONTACT_OPTIONS,
	DRAFT_READDRESS_OPTIONS,
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const struct option_row cmd_training_unregister_options[] = {
	{ "note", "TEXT", "a remark for the organiser", 0 },
	DRAFT_READDRESS_OPTIONS,
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_training_register_examples[] = {
	"lagebus training register 018f3c2a-7b1e --seats 2 --contact 'IT-Sicherheit Leipzig' --contact-email it@leipzig.example",
	NULL,
};
const char *const cmd_training_unregister_examples[] = {
	"lagebus training unregister 018f3c2a-7b1e --note 'Dienstreise'",
	NULL,
};

/* Why nobody can register any more, or NULL. */
static const char *closed(const struct training *t, int64_t now_ms)
{
	const Lagebus__TrainingEvent *e = t->event;

	if (e->status == LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED)
		return _("the event is cancelled");
	if (now_ms >= e->begins)
		return _("the event has begun");
	return e->register_until && now_ms >= e->register_until ? _("the time to register is over; ask the organiser (lagebus training show)") : NULL;
}

static enum cli_exit send(struct cli *cli, const struct training *t, Lagebus__TrainingRegistration *r)
{
	struct draft_defaults defaults = { .type = LB_TYPE_TRAINING_REGISTRATION, .area = t->header.area };
	char organiser[LB_PARTNER_ID_MAX + 1], exercise[LB_TEXT_MAX + 1];
	uint8_t *payload;
	struct draft d;
	struct why why;
	enum cli_exit code;
	lb_err e;

	snprintf(organiser, sizeof(organiser), "%.*s", (int)t->header.origin.n, t->header.origin.p);
	defaults.to = organiser;
	defaults.tlp = lb_tlp_strictest(lb_message_type(LB_TYPE_TRAINING_REGISTRATION)->tlp, t->header.tlp);
	e = draft_init(&d, &cli->args, &defaults, when_now_ms(), &why);
	code = e ? draft_fail(cli, e, &why) : CLI_OK;
	payload = malloc(lagebus__training_registration__get_packed_size(r) + 1);
	if (!code && !payload)
		code = cli_fail(cli, CLI_IO, "out of memory");
	if (!code) {
		/* What belongs to an exercise stays in it. */
		if (t->header.exercise && !d.header.exercise) {
			snprintf(exercise, sizeof(exercise), "%.*s", (int)t->header.exercise_name.n, t->header.exercise_name.p);
			d.header.exercise = true;
			d.header.exercise_name = exercise;
		}
		d.header.personal_data |= r->contact && (*r->contact->name || *r->contact->email || *r->contact->phone);
		code = draft_send(cli, &d, payload, lagebus__training_registration__pack(r, payload));
	}
	free(payload);
	draft_fini(&d);
	return code;
}

static enum cli_exit find(struct cli *cli, struct trainings *all, const struct training **out)
{
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	*all = (struct trainings){ .reply = NULL };
	if (!code)
		code = trainings_ask(&client, true, false, all);
	if (!code)
		code = training_find(cli, all, cli->args.words[0], out);
	client_close(&client);
	return code;
}

static enum cli_exit registration(struct cli *cli, long seats, const char *(*refuse)(const struct training *t, int64_t now_ms))
{
	Lagebus__TrainingRegistration r = LAGEBUS__TRAINING_REGISTRATION__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	const struct training *t = NULL;
	const char *why_not = NULL;
	struct trainings all;
	uint8_t event[16];
	enum cli_exit code = find(cli, &all, &t);

	if (!code && refuse)
		why_not = refuse(t, when_now_ms());
	if (!code && why_not)
		code = cli_fail(cli, CLI_REFUSED, "%s", why_not);
	if (!code) {
		memcpy(event, t->header.id.b, sizeof(event));
		r.uid = t->event->uid;
		r.event = (ProtobufCBinaryData){ sizeof(event), event };
		r.seats = (uint32_t)seats;
		r.note = (char *)args_value(&cli->args, "note", "");
		r.contact = training_read_contact(&cli->args, &contact) ? &contact : NULL;
		code = send(cli, t, &r);
	}
	trainings_fini(&all);
	return code;
}

enum cli_exit cmd_training_register(struct cli *cli)
{
	struct why why;
	long seats = 1;

	if (args_number(&cli->args, "seats", 1, 10000, &seats, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	return registration(cli, seats, closed);
}

enum cli_exit cmd_training_unregister(struct cli *cli)
{
	return registration(cli, 0, NULL);
}
