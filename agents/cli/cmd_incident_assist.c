/* lagebus incident assist, offer, accept, done */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/ids.h"
#include "agents/cli/incident_send.h"
#include "agents/cli/incident_words.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/header.h"
#include "proto/assistance.pb-c.h"
#include "proto/host/words.h"

#define STATE(name) LAGEBUS__ASSISTANCE_STATE__ASSISTANCE_STATE_##name
#define TEXT_MAX 4096

const struct option_row cmd_incident_assist_options[] = {
	{ "capability", "TEXT", "what is needed, as 'forensics, 2 people'; required", 0 },
	{ "place", "TEXT", "where", 0 },
	{ "until", "TIME", "until when, as 4h, 2d or 2026-12-01", 0 },
	{ "text", "TEXT", "what else to know", 0 },
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_assist_examples[] = { "lagebus incident assist last --to de-he,de-st,bund-bsi --capability 'Forensik, 2 Personen' --place Leipzig --until 5d", NULL };
const struct option_row cmd_incident_offer_options[] = {
	{ "capability", "TEXT", "what is offered; required", 0 },
	{ "place", "TEXT", "where from, or remote", 0 },
	{ "from", "TIME", "from when, as 4h or 2026-12-01; at once where it is not given", 0 },
	{ "until", "TIME", "until when", 0 },
	{ "text", "TEXT", "what else to know", 0 },
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_offer_examples[] = { "lagebus incident offer last --capability '2 Forensiker' --place 'vor Ort' --from 4h", NULL };
const struct option_row cmd_incident_accept_options[] = { { "text", "TEXT", "a word to who offered", 0 }, INCIDENT_SEND_OPTIONS, { NULL, NULL, NULL, 0 } };
const char *const cmd_incident_accept_examples[] = { "lagebus incident accept last", "lagebus incident accept last 1a2b3c4d", NULL };
const struct option_row cmd_incident_done_options[] = {
	{ "withdraw", NULL, "it is not done, but withdrawn", 0 },
	{ "text", "TEXT", "a word to the other", 0 },
	INCIDENT_SEND_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_done_examples[] = { "lagebus incident done last", "lagebus incident done last 1a2b3c4d --withdraw", NULL };

static enum cli_exit check_texts(struct cli *cli)
{
	static const char *const names[] = { "capability", "place", "text" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *text = args_value(&cli->args, names[i], "");

		if (strlen(text) > TEXT_MAX || !lb_utf8_is_valid(text, strlen(text)))
			return cli_fail(cli, CLI_USAGE, "--%s: at most %d bytes of UTF-8 are expected", names[i], TEXT_MAX);
		if (lb_text_is_classified(text, strlen(text)))
			return cli_fail(cli, CLI_REFUSED, "%s", _(lb_err_text(LB_CLASSIFIED)));
	}
	return CLI_OK;
}

static enum cli_exit read_time(struct cli *cli, const char *name, int64_t *out)
{
	const char *text = args_value(&cli->args, name, NULL);
	struct why why;

	if (text && when_deadline_ms(text, when_now_ms(), out, &why))
		return cli_fail(cli, CLI_USAGE, "--%s: %s", name, why.text);
	return CLI_OK;
}

static bool is_meant(ProtobufCBinaryData id, const char *written)
{
	struct lb_uuid uuid;

	if (id.len != sizeof(uuid.b))
		return false;
	memcpy(uuid.b, id.data, sizeof(uuid.b));
	return strlen(written) >= 4 && id_matches(&uuid, written);
}

/* What was chosen by its id, or the only one there is. */
struct choice {
	const Lagebus__IncidentAssistance *request;
	const Lagebus__IncidentOffer *offer; /* NULL: the request itself */
	unsigned n;
};

static void choose(struct choice *c, const Lagebus__IncidentAssistance *request, const Lagebus__IncidentOffer *offer, const char *written)
{
	if (*written && !is_meant(offer ? offer->id : request->id, written))
		return;
	c->request = request;
	c->offer = offer;
	c->n++;
}

static enum cli_exit check_choice(struct cli *cli, const struct choice *c, const char *what, const char *written)
{
	if (c->n == 1)
		return CLI_OK;
	if (c->n == 0)
		return cli_fail(cli, CLI_NOT_FOUND, "there is no %s%s%s in this incident (lagebus incident show lists them)", what, *written ? " " : "", written);
	return cli_fail(cli, CLI_USAGE, "there are %u: which %s? its id's last digits behind the incident's (lagebus incident show lists them)", c->n, what);
}

static const char *second_word(const struct cli *cli)
{
	return cli->args.words_n > 1 ? cli->args.words[1] : "";
}

/* Who asked, who offered, and who is above. */
static void to_everyone(struct incident_mail *m, struct cli *cli, const struct incident_view *v, const Lagebus__IncidentAssistance *a)
{
	incident_mail_to(m, cli, v, v->up);
	incident_mail_to(m, cli, v, a->partner);
	for (size_t k = 0; k < a->n_offers; k++)
		incident_mail_to(m, cli, v, a->offers[k]->partner);
}

static enum cli_exit ask(struct cli *cli, const struct incident_view *v)
{
	Lagebus__AssistanceRequest r = LAGEBUS__ASSISTANCE_REQUEST__INIT;
	struct incident_mail m;
	enum cli_exit code = read_time(cli, "until", &r.until);

	if (!code && !args_has(&cli->args, "capability"))
		code = cli_fail(cli, CLI_USAGE, "what is needed? --capability 'Forensik, 2 Personen'");
	if (!code)
		code = incident_mail_begin(cli, v, LB_TYPE_ASSISTANCE_REQUEST, &m);
	if (code)
		return code;
	r.state = STATE(OPEN);
	r.capability = (char *)args_value(&cli->args, "capability", "");
	r.place = (char *)args_value(&cli->args, "place", "");
	r.text = (char *)args_value(&cli->args, "text", "");
	incident_mail_to(&m, cli, v, v->up);
	return incident_mail_send(cli, &m, &r.base);
}

static enum cli_exit offer(struct cli *cli, const struct incident_view *v)
{
	Lagebus__AssistanceOffer o = LAGEBUS__ASSISTANCE_OFFER__INIT;
	struct choice c = { .n = 0 };
	struct incident_mail m;
	enum cli_exit code = read_time(cli, "from", &o.from);

	if (!code)
		code = read_time(cli, "until", &o.until);
	if (!code && !args_has(&cli->args, "capability"))
		code = cli_fail(cli, CLI_USAGE, "what is offered? --capability '2 Forensiker'");
	for (size_t k = 0; k < v->one->n_assistance; k++)
		if (v->one->assistance[k]->state <= STATE(ACCEPTED) && strcmp(v->one->assistance[k]->partner, v->partner) != 0)
			choose(&c, v->one->assistance[k], NULL, second_word(cli));
	if (!code)
		code = check_choice(cli, &c, _("open request"), second_word(cli));
	if (!code)
		code = incident_mail_begin(cli, v, LB_TYPE_ASSISTANCE_OFFER, &m);
	if (code)
		return code;
	o.request = c.request->id;
	o.state = STATE(OPEN);
	o.capability = (char *)args_value(&cli->args, "capability", "");
	o.place = (char *)args_value(&cli->args, "place", "");
	o.text = (char *)args_value(&cli->args, "text", "");
	incident_mail_to(&m, cli, v, c.request->partner);
	incident_mail_to(&m, cli, v, v->up);
	return incident_mail_send(cli, &m, &o.base);
}

static enum cli_exit accept_one(struct cli *cli, const struct incident_view *v)
{
	Lagebus__AssistanceRequest r = LAGEBUS__ASSISTANCE_REQUEST__INIT;
	struct choice c = { .n = 0 };
	struct incident_mail m;
	enum cli_exit code;

	for (size_t k = 0; k < v->one->n_assistance; k++) {
		const Lagebus__IncidentAssistance *a = v->one->assistance[k];

		for (size_t n = 0; strcmp(a->partner, v->partner) == 0 && a->state <= STATE(ACCEPTED) && n < a->n_offers; n++)
			if (a->offers[n]->state == STATE(OPEN))
				choose(&c, a, a->offers[n], second_word(cli));
	}
	code = check_choice(cli, &c, _("open offer to what we asked for"), second_word(cli));
	if (!code)
		code = incident_mail_begin(cli, v, LB_TYPE_ASSISTANCE_REQUEST, &m);
	if (code)
		return code;
	r.request = c.request->id;
	r.offer = c.offer->id;
	r.state = STATE(ACCEPTED);
	r.capability = c.offer->capability;
	r.text = (char *)args_value(&cli->args, "text", "");
	to_everyone(&m, cli, v, c.request);
	return incident_mail_send(cli, &m, &r.base);
}

static enum cli_exit end_request(struct cli *cli, const struct incident_view *v, const struct choice *c, unsigned state)
{
	Lagebus__AssistanceRequest r = LAGEBUS__ASSISTANCE_REQUEST__INIT;
	struct incident_mail m;
	enum cli_exit code = incident_mail_begin(cli, v, LB_TYPE_ASSISTANCE_REQUEST, &m);

	if (code)
		return code;
	r.request = c->request->id;
	r.state = (Lagebus__AssistanceState)state;
	r.capability = c->request->capability;
	r.text = (char *)args_value(&cli->args, "text", "");
	to_everyone(&m, cli, v, c->request);
	return incident_mail_send(cli, &m, &r.base);
}

static enum cli_exit end_offer(struct cli *cli, const struct incident_view *v, const struct choice *c, unsigned state)
{
	Lagebus__AssistanceOffer o = LAGEBUS__ASSISTANCE_OFFER__INIT;
	struct incident_mail m;
	enum cli_exit code = incident_mail_begin(cli, v, LB_TYPE_ASSISTANCE_OFFER, &m);

	if (code)
		return code;
	o.request = c->request->id;
	o.offer = c->offer->id;
	o.state = (Lagebus__AssistanceState)state;
	o.capability = c->offer->capability;
	o.text = (char *)args_value(&cli->args, "text", "");
	incident_mail_to(&m, cli, v, c->request->partner);
	incident_mail_to(&m, cli, v, v->up);
	return incident_mail_send(cli, &m, &o.base);
}

static enum cli_exit done(struct cli *cli, const struct incident_view *v)
{
	unsigned state = args_has(&cli->args, "withdraw") ? STATE(WITHDRAWN) : STATE(DONE);
	struct choice c = { .n = 0 };
	enum cli_exit code;

	for (size_t k = 0; k < v->one->n_assistance; k++) {
		const Lagebus__IncidentAssistance *a = v->one->assistance[k];

		if (strcmp(a->partner, v->partner) == 0 && a->state <= STATE(ACCEPTED))
			choose(&c, a, NULL, second_word(cli));
		for (size_t n = 0; n < a->n_offers; n++)
			if (strcmp(a->offers[n]->partner, v->partner) == 0 && a->offers[n]->state <= STATE(ACCEPTED))
				choose(&c, a, a->offers[n], second_word(cli));
	}
	code = check_choice(cli, &c, _("request or offer of ours that goes on"), second_word(cli));
	if (code)
		return code;
	return c.offer ? end_offer(cli, v, &c, state) : end_request(cli, v, &c, state);
}

static enum cli_exit with_incident(struct cli *cli, enum cli_exit (*run)(struct cli *, const struct incident_view *))
{
	struct incident_view v = { .reply = NULL };
	enum cli_exit code = check_texts(cli);

	if (!code)
		code = incident_view_one(cli, cli->args.words[0], &v);
	if (!code && v.one->closed)
		code = cli_fail(cli, CLI_REFUSED, "the incident is closed");
	if (!code)
		code = run(cli, &v);
	incident_view_fini(&v);
	return code;
}

enum cli_exit cmd_incident_assist(struct cli *cli)
{
	return with_incident(cli, ask);
}

enum cli_exit cmd_incident_offer(struct cli *cli)
{
	return with_incident(cli, offer);
}

enum cli_exit cmd_incident_accept(struct cli *cli)
{
	return with_incident(cli, accept_one);
}

enum cli_exit cmd_incident_done(struct cli *cli)
{
	return with_incident(cli, done);
}
