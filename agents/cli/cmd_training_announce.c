/* lagebus training announce, change, cancel */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/training_options.h"
#include "agents/cli/training_rows.h"
#include "agents/cli/when.h"
#include "lagebus/message_type.h"
#include "lagebus/uuid.h"

const struct option_row cmd_training_announce_options[] = {
	TRAINING_EVENT_OPTIONS,
	DRAFT_ADDRESS_OPTIONS,
	DRAFT_TEXT_OPTIONS,
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const struct option_row cmd_training_change_options[] = {
	TRAINING_EVENT_OPTIONS,
	DRAFT_READDRESS_OPTIONS,
	DRAFT_TEXT_OPTIONS,
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const struct option_row cmd_training_cancel_options[] = {
	DRAFT_READDRESS_OPTIONS,
	DRAFT_TEXT_OPTIONS,
	DRAFT_OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_training_announce_examples[] = {
	"lagebus training announce --to all --kind workshop --for staff --title 'Phishing erkennen' --begins 2026-12-01T14:00 --ends 2026-12-01T16:00 --seats 20",
	"lagebus training announce --to 'de-sn/*' --kind lecture --for citizens --title 'Sicher im Netz' --begins 2026-12-03T18:00 --place 'Leipzig, Rathaus'",
	NULL,
};
const char *const cmd_training_change_examples[] = {
	"lagebus training change 018f3c2a-7b1e --begins 2026-12-02T14:00 --place 'Raum 2'",
	"lagebus training change 018f3c2a-7b1e --seats 30",
	NULL,
};
const char *const cmd_training_cancel_examples[] = {
	"lagebus training cancel 018f3c2a-7b1e --text 'Die Referentin ist erkrankt.'",
	NULL,
};

/* What --text - read. */
static enum cli_exit read_text(struct cli *cli, Lagebus__TrainingEvent *e, uint8_t **text)
{
	const char *given = args_value(&cli->args, "text", NULL);
	struct why why;
	size_t n;
	lb_err err;

	if (!given || strcmp(given, "-") != 0)
		return CLI_OK;
	err = file_read("-", LB_PAYLOAD_MAX, text, &n, &why);
	if (err)
		return cli_fail_why(cli, err, &why);
	e->description = (char *)*text;
	return CLI_OK;
}

/* An event is kept for a year after its end. */
static int64_t kept_until(const Lagebus__TrainingEvent *e)
{
	return (e->ends > e->begins ? e->ends : e->begins) + lb_message_type(LB_TYPE_TRAINING_EVENT)->keep_ms;
}

static enum cli_exit pack_and_send(struct cli *cli, struct draft *d, const Lagebus__TrainingEvent *e)
{
	uint8_t *payload = malloc(lagebus__training_event__get_packed_size(e) + 1);
	enum cli_exit code;

	if (!payload)
		return cli_fail(cli, CLI_IO, "out of memory");
	if (!d->header.expires)
		d->header.expires = kept_until(e);
	code = draft_send(cli, d, payload, lagebus__training_event__pack(e, payload));
	free(payload);
	return code;
}

/* The uid says who made it and is never used again. */
static enum cli_exit make_uid(struct cli *cli, const struct draft *d, char uid[LB_UUID_TEXT + LB_PARTNER_ID_MAX + 1])
{
	struct lb_uuid id = lb_uuid7_now();
	struct client client;
	enum cli_exit code = client_open(cli, &client);
	const char *origin = *d->header.origin ? d->header.origin : code ? "" : client_status(&client)->partner;

	lb_uuid_format(&id, uid);
	if (strlen(origin) <= LB_PARTNER_ID_MAX) {
		strcat(uid, "@");
		strcat(uid, origin);
	}
	client_close(&client);
	return code;
}

enum cli_exit cmd_training_announce(struct cli *cli)
{
	struct draft_defaults defaults = { .type = LB_TYPE_TRAINING_EVENT, .area = LB_AREA_PUBLIC_SECTOR_TRAINING, .tlp = LB_TLP_CLEAR };
	Lagebus__TrainingEvent e = LAGEBUS__TRAINING_EVENT__INIT;
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	char uid[LB_UUID_TEXT + LB_PARTNER_ID_MAX + 1];
	uint8_t *text = NULL;
	struct draft d;
	struct why why;
	enum cli_exit code;
	lb_err err;

	if (training_read_event(&cli->args, &e, &contact, &why) || training_check_event(&e, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	err = draft_init(&d, &cli->args, &defaults, when_now_ms(), &why);
	code = err ? draft_fail(cli, err, &why) : read_text(cli, &e, &text);
	if (!code)
		code = make_uid(cli, &d, uid);
	if (!code) {
		e.uid = uid;
		code = pack_and_send(cli, &d, &e);
	}
	draft_fini(&d);
	free(text);
	return code;
}

/* The audience as --to would say it. NULL if memory is out; the caller frees it. */
static char *audience_of(const struct lb_header *h)
{
	size_t n = 1;
	char *to;

	for (unsigned i = 0; i < h->audience_n; i++)
		n += h->audience[i].n + 1;
	to = calloc(n, 1);
	for (unsigned i = 0; to && i < h->audience_n; i++) {
		strncat(to, h->audience[i].p, h->audience[i].n);
		strcat(to, ",");
	}
	return to;
}

/* The next message about an event: it has the next sequence, and replaces the one before. */
static enum cli_exit send_next(struct cli *cli, const struct training *t, Lagebus__TrainingEvent *e)
{
	struct draft_defaults defaults = { .type = LB_TYPE_TRAINING_EVENT, .area = t->header.area, .tlp = t->header.tlp };
	char *to = audience_of(&t->header);
	uint8_t *text = NULL, supersedes[16];
	struct draft d;
	struct why why;
	enum cli_exit code;
	lb_err err;

	if (!to)
		return cli_fail(cli, CLI_IO, "out of memory");
	defaults.to = to;
	e->sequence++;
	err = draft_init(&d, &cli->args, &defaults, when_now_ms(), &why);
	code = err ? draft_fail(cli, err, &why) : read_text(cli, e, &text);
	if (!code) {
		memcpy(supersedes, t->header.id.b, sizeof(supersedes));
		if (!d.header.supersedes.len)
			d.header.supersedes = (ProtobufCBinaryData){ sizeof(supersedes), supersedes };
		d.header.exercise |= t->header.exercise;
		code = pack_and_send(cli, &d, e);
	}
	draft_fini(&d);
	free(text);
	free(to);
	return code;
}

/* Finds an event that is ours to change. */
static enum cli_exit find_ours(struct cli *cli, struct trainings *all, const struct training **out)
{
	struct client client;
	const char *self;
	enum cli_exit code = client_open(cli, &client);

	*all = (struct trainings){ .reply = NULL };
	if (!code)
		code = trainings_ask(&client, true, false, all);
	if (!code)
		code = training_find(cli, all, cli->args.words[0], out);
	self = code ? "" : args_value(&cli->args, "as", client_status(&client)->partner);
	if (!code && !lb_text_equals((*out)->header.origin, self))
		code = cli_fail(cli, CLI_REFUSED, "the event is %.*s's, and only its origin may change it", (int)(*out)->header.origin.n, (*out)->header.origin.p);
	client_close(&client);
	return code;
}

enum cli_exit cmd_training_change(struct cli *cli)
{
	Lagebus__Contact contact = LAGEBUS__CONTACT__INIT;
	const struct training *t = NULL;
	struct trainings all;
	Lagebus__TrainingEvent e;
	struct why why;
	enum cli_exit code = find_ours(cli, &all, &t);

	if (!code) {
		e = *t->event;
		if (training_read_event(&cli->args, &e, &contact, &why) || training_check_event(&e, &why))
			code = cli_fail(cli, CLI_USAGE, "%s", why.text);
	}
	if (!code)
		code = send_next(cli, t, &e);
	trainings_fini(&all);
	return code;
}

enum cli_exit cmd_training_cancel(struct cli *cli)
{
	const struct training *t = NULL;
	struct trainings all;
	Lagebus__TrainingEvent e;
	enum cli_exit code = find_ours(cli, &all, &t);

	if (!code) {
		e = *t->event;
		e.status = LAGEBUS__TRAINING_STATUS__TRAINING_STATUS_CANCELLED;
		e.title = (char *)args_value(&cli->args, "title", e.title);
		e.description = (char *)args_value(&cli->args, "text", e.description);
		code = send_next(cli, t, &e);
	}
	trainings_fini(&all);
	return code;
}
