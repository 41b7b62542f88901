/* lagebus case report, list, show, ack */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "agents/cli/advice.h"
#include "agents/cli/case_form.h"
#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/file.h"
#include "agents/cli/ids.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/sealing.h"
#include "agents/cli/when.h"
#include "lagebus/message_type.h"
#include "proto/host/words.h"

#define TOPIC "digital-violence-case/*"
#define LISTED_MAX 1000

const struct option_row cmd_case_report_options[] = {
	{ "to", "OFFICE", "the one office that gets it, by its partner id; required", 0 },
	{ "as", "PARTNER", "in whose name: a partner that this agent may act for (default: its own)", 0 },
	{ "file", "FILE", "the report as JSON; - is standard input", 0 },
	{ "attachment", "FILE", "attach this file", 0 },
	{ "media-type", "TYPE", "the attachment's media type (default application/octet-stream)", 0 },
	{ "expires", "TIME", "when it is deleted at the latest, as 3d or a date (default and most: 14d)", 0 },
	{ "exercise", NULL, "it belongs to the exercise that runs, if there is one only", 0 },
	{ "exercise-name", "NAME", "it belongs to the exercise of this name, which is encrypted as well", 0 },
	{ "dry-run", NULL, "send nothing; ask the broker who would get it", 0 },
	{ "no-wait", NULL, "do not wait for the broker's acceptance", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_case_report_examples[] = {
	"lagebus case report --to de-he",
	"lagebus case report --to de-he --file case.json --attachment screenshot.png --media-type image/png",
	NULL,
};
const struct option_row cmd_case_list_options[] = {
	{ "open", NULL, "only those that nobody has acknowledged", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_case_list_examples[] = { "lagebus case list", "lagebus case list --open --json", NULL };
const struct option_row cmd_case_show_options[] = {
	{ "attachment", "FILE", "write the attachment to a new file", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_case_show_examples[] = { "lagebus case show last", "lagebus case show 1a2b3c4d --attachment screenshot.png", NULL };
const struct option_row cmd_case_ack_options[] = {
	{ "by", "FUNCTION", "who acknowledges: a function, not a name; required", 0 },
	{ "yes", NULL, "do not ask whether the content may be deleted", 0 },
	{ "no-wait", NULL, "do not wait for the broker's acceptance", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_case_ack_examples[] = { "lagebus case ack 1a2b3c4d --by 'Fachstelle digitale Gewalt'", NULL };

static bool make_pseudonym(struct draft *d)
{
	d->has_pseudonym = getrandom(d->pseudonym, sizeof(d->pseudonym), 0) == (ssize_t)sizeof(d->pseudonym);
	return d->has_pseudonym;
}

/* Before anything is asked: without a recipient there is no use in writing it all down. Also which exercise it belongs to, "": none. */
static enum cli_exit check_office(struct cli *cli, const struct draft *d, char exercise[LB_TEXT_MAX + 1])
{
	struct sealing s = { .n = 0 };
	const char *name = "";
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	if (!code)
		code = sealing_find(&client, d->audience, d->header.n_audience, &s);
	if (!code)
		code = draft_exercise(&client, d, &name);
	snprintf(exercise, LB_TEXT_MAX + 1, "%s", code ? "" : name);
	sealing_fini(&s);
	client_close(&client);
	return code;
}

static enum cli_exit send(struct cli *cli, struct draft *d, const Lagebus__DigitalViolenceReport *r)
{
	size_t n = lagebus__digital_violence_report__get_packed_size(r);
	uint8_t *packed = malloc(n + 1);
	enum cli_exit code;

	if (!packed)
		return cli_fail(cli, CLI_IO, "out of memory");
	lagebus__digital_violence_report__pack(r, packed);
	code = draft_send(cli, d, packed, n);
	explicit_bzero(packed, n);
	free(packed);
	return code;
}

static enum cli_exit report(struct cli *cli, struct draft *d)
{
	Lagebus__DigitalViolenceReport *r = NULL;
	char exercise[LB_TEXT_MAX + 1];
	int64_t last_ms = when_now_ms() + lb_message_type(LB_TYPE_DIGITAL_VIOLENCE_CASE)->keep_ms;
	enum cli_exit code;

	if (d->header.n_audience != 1)
		return cli_fail(cli, CLI_USAGE, "a case goes to exactly one office: --to de-he");
	if (d->header.expires > last_ms)
		return cli_fail(cli, CLI_USAGE, "--expires: a case is deleted after 14 days at the latest");
	if (d->header.expires == 0)
		d->header.expires = last_ms;
	if (!make_pseudonym(d))
		return cli_fail(cli, CLI_IO, "the system gives no random numbers");
	code = check_office(cli, d, exercise);
	if (!code)
		code = case_form_read(cli, exercise, &r);
	if (!code)
		code = send(cli, d, r);
	case_form_free(r);
	return code;
}

enum cli_exit cmd_case_report(struct cli *cli)
{
	const struct lb_message_type *type = lb_message_type(LB_TYPE_DIGITAL_VIOLENCE_CASE);
	const struct draft_defaults defaults = { .type = LB_TYPE_DIGITAL_VIOLENCE_CASE, .area = LB_AREA_DIGITAL_VIOLENCE, .tlp = type->tlp,
		.ack_policy = type->ack_policy, .language = "" };
	struct draft draft;
	struct why why;
	enum cli_exit code;
	lb_err e;

	if (!args_value(&cli->args, "to", NULL))
		return cli_fail(cli, CLI_USAGE, "to which office? --to with its partner id, as de-he");
	e = draft_init(&draft, &cli->args, &defaults, when_now_ms(), &why);
	code = e ? draft_fail(cli, e, &why) : report(cli, &draft);
	draft_fini(&draft);
	return code;
}

/* The newest of the inbox's cases; the caller frees the reply. */
static enum cli_exit read_cases(struct client *client, bool open, Lagebus__Reply **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__InboxRequest body = LAGEBUS__INBOX_REQUEST__INIT;
	enum cli_exit code;

	body.topic = (char *)TOPIC;
	body.limit = LISTED_MAX;
	body.unacknowledged = open;
	request.body_case = LAGEBUS__REQUEST__BODY_INBOX;
	request.inbox = &body;
	code = client_ask(client, &request, "reading the cases", out);
	if (!code && (*out)->body_case != LAGEBUS__REPLY__BODY_INBOX) {
		lagebus__reply__free_unpacked(*out, NULL);
		*out = NULL;
		return cli_fail(client->cli, CLI_IO, "the agent's answer is not an inbox");
	}
	return code;
}

/* What has become of it; expired or acknowledged, its content is gone. */
static const char *state_of(const struct message *m, int64_t now_ms)
{
	if (m->stored->acknowledged >= LB_ACK_ACKNOWLEDGED)
		return N_("acknowledged, deleted");
	return m->header.expires_ms <= now_ms ? N_("expired, deleted") : N_("open");
}

static void add_row(struct table *t, struct cli *cli, const struct message *m)
{
	char received[WHEN_TEXT], expires[WHEN_TEXT];
	int64_t now_ms = when_now_ms();
	bool open = m->stored->acknowledged < LB_ACK_ACKNOWLEDGED && m->header.expires_ms > now_ms;

	out_time(cli, m->stored->received, received);
	out_time(cli, m->header.expires_ms, expires);
	table_cell(t, OUT_PLAIN, "%s", received);
	table_cell(t, OUT_PLAIN, "%s%.*s", m->header.exercise ? OUT_EXERCISE " " : "", cli->terminal ? 8 : 32, m->stored->tracking_id);
	table_cell(t, OUT_PLAIN, "%.*s", (int)m->header.origin.n, m->header.origin.p);
	table_cell(t, open ? OUT_WARN : OUT_GOOD, "%s", out_word(cli, state_of(m, now_ms)));
	table_cell(t, OUT_PLAIN, "%s", expires);
	table_cell(t, OUT_DIM, "%s", m->id);
}

static json_t *row_json(const struct message *m)
{
	json_t *doc = message_json(m);

	json_object_set_new(doc, "case", out_json_string(m->stored->tracking_id));
	json_object_set_new(doc, "state", json_string(state_of(m, when_now_ms())));
	return doc;
}

static enum cli_exit list(struct cli *cli, const Lagebus__InboxReply *inbox)
{
	static const char *const heads[] = { N_("received"), N_("case"), N_("from"), N_("state"), N_("deleted by"), N_("id"), NULL };
	struct table *t = table_new(heads, 3, 1);
	json_t *cases = json_array();
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < inbox->n_messages; i++) {
		struct message m;

		if (message_init(&m, inbox->messages[i]) == LB_OK) {
			add_row(t, cli, &m);
			json_array_append_new(cases, row_json(&m));
		}
		message_fini(&m);
	}
	if (cli->json) {
		code = out_json(cli, json_pack("{s:O}", "cases", cases));
	} else if (inbox->n_messages == 0 && cli->terminal) {
		out_line(cli, "No cases.");
		code = CLI_OK;
	} else {
		code = table_print(t, cli);
	}
	json_decref(cases);
	table_free(t);
	return code;
}

enum cli_exit cmd_case_list(struct cli *cli)
{
	Lagebus__Reply *reply = NULL;
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	if (!code)
		code = read_cases(&client, args_has(&cli->args, "open"), &reply);
	if (!code)
		code = list(cli, reply->inbox);
	if (reply)
		lagebus__reply__free_unpacked(reply, NULL);
	client_close(&client);
	return code;
}

static bool is_meant(const struct message *m, const char *written)
{
	size_t n = strlen(written);

	return n >= 4 && (id_matches(&m->header.id, written) || strncmp(m->stored->tracking_id, written, n) == 0);
}

/* By "last", or what the case or its message is called. */
static enum cli_exit find_case(struct client *client, const char *written, struct lb_uuid *id)
{
	Lagebus__Reply *reply = NULL;
	bool last = strcmp(written, "last") == 0;
	unsigned found = 0;
	enum cli_exit code = read_cases(client, false, &reply);

	for (size_t i = 0; !code && i < reply->inbox->n_messages && !(last && found); i++) {
		struct message m;

		if (message_init(&m, reply->inbox->messages[i]) == LB_OK && (last || is_meant(&m, written))) {
			*id = m.header.id;
			found++;
		}
		message_fini(&m);
	}
	if (reply)
		lagebus__reply__free_unpacked(reply, NULL);
	if (!code && found == 0 && last)
		code = cli_fail(client->cli, CLI_NOT_FOUND, "no case has come");
	else if (!code && found == 0)
		code = cli_fail(client->cli, CLI_NOT_FOUND, "there is no case %.60s (lagebus case list shows them)", written);
	if (!code && found > 1)
		code = cli_fail(client->cli, CLI_USAGE, "%u cases are called like %.60s; write more of it", found, written);
	return code;
}

static void print_report(struct cli *cli, const struct message *m, const Lagebus__DigitalViolenceReport *r)
{
	char origin[LB_PARTNER_ID_MAX + 1];

	snprintf(origin, sizeof(origin), "%.*s", (int)m->header.origin.n, m->header.origin.p);
	message_banner(m, cli);
	out_field(cli, OUT_HEAD, "title", r->title);
	if (r->acute)
		out_field(cli, OUT_BAD, "acute", _("somebody is in danger"));
	out_field(cli, out_tlp_style(m->header.tlp), "marking", lb_tlp_name(m->header.tlp));
	out_field(cli, OUT_PLAIN, "case", m->stored->tracking_id);
	out_field(cli, OUT_PLAIN, "from", origin);
	out_field(cli, OUT_PLAIN, "exercise", r->exercise);
	out_field(cli, OUT_PLAIN, "platform", r->platform);
	for (size_t i = 0; i < r->n_urls; i++)
		out_field(cli, OUT_PLAIN, "url", r->urls[i]);
	out_time_field(cli, OUT_PLAIN, "noticed", r->noticed_at);
	if (r->contact) {
		out_field(cli, OUT_PLAIN, "contact", r->contact->function);
		out_field(cli, OUT_PLAIN, "name", r->contact->name);
		out_field(cli, OUT_PLAIN, "phone", r->contact->phone);
		out_field(cli, OUT_PLAIN, "e-mail", r->contact->email);
	}
	out_time_field(cli, OUT_PLAIN, "deleted by", m->header.expires_ms);
	out_field(cli, OUT_DIM, "id", m->id);
	if (*r->text) {
		fputc('\n', cli->out);
		out_text(cli, r->text);
	}
	if (r->attachment.len)
		out_line(cli, "\nan attachment of %zu bytes, %s (lagebus case show ID --attachment FILE writes it)", r->attachment.len,
			*r->media_type ? r->media_type : _("of unknown type"));
	message_banner(m, cli);
}

static json_t *report_json(const struct message *m, const Lagebus__DigitalViolenceReport *r)
{
	json_t *doc = row_json(m);

	json_object_set_new(doc, "report", case_form_json(r));
	json_object_set_new(doc, "attachment_bytes", json_integer((json_int_t)r->attachment.len));
	return doc;
}

static enum cli_exit show_report(struct cli *cli, const struct message *m, const Lagebus__DigitalViolenceReport *r)
{
	const char *path = args_value(&cli->args, "attachment", NULL);
	struct why why;
	lb_err e;

	if (path && r->attachment.len == 0)
		return cli_fail(cli, CLI_NOT_FOUND, "the case has no attachment");
	e = path ? file_write_new(path, r->attachment.data, r->attachment.len, 0600, &why) : LB_OK;
	if (e)
		return cli_fail_why(cli, e, &why);
	if (cli->json)
		return out_json(cli, report_json(m, r));
	print_report(cli, m, r);
	return CLI_OK;
}

static enum cli_exit show_opened(struct cli *cli, const Lagebus__StoredMessage *stored)
{
	lb_err refused = lb_err_from_token(stored->not_opened);
	Lagebus__DigitalViolenceReport *r = NULL;
	enum cli_exit code;
	struct message m;

	if (message_init(&m, stored) != LB_OK || m.header.type != LB_TYPE_DIGITAL_VIOLENCE_CASE)
		code = cli_fail(cli, CLI_IO, "the agent's answer is not a case");
	else if (*stored->not_opened)
		code = cli_fail(cli, CLI_REFUSED, "it cannot be opened: %s (%s): %s", refused == LB_ERR_COUNT ? _("the agent says no more") : _(lb_err_text(refused)),
			stored->not_opened, advice_for(refused));
	else if (stored->opened.len == 0)
		code = cli_fail(cli, CLI_NOT_FOUND, "its content is deleted: %s", _(state_of(&m, when_now_ms())));
	else if (!(r = lagebus__digital_violence_report__unpack(NULL, stored->opened.len, stored->opened.data)))
		code = cli_fail(cli, CLI_REFUSED, "what was encrypted is no report of a case; tell the office that sent it");
	else
		code = show_report(cli, &m, r);
	case_form_free(r);
	message_fini(&m);
	return code;
}

static enum cli_exit show(struct client *client, const struct lb_uuid *id)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ShowRequest body = LAGEBUS__SHOW_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	request.body_case = LAGEBUS__REQUEST__BODY_SHOW;
	request.show = &body;
	code = client_ask(client, &request, "opening the case", &reply);
	if (code)
		return code;
	code = reply->body_case == LAGEBUS__REPLY__BODY_MESSAGE ? show_opened(client->cli, reply->message) :
		cli_fail(client->cli, CLI_IO, "the agent's answer is not a message");
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

enum cli_exit cmd_case_show(struct cli *cli)
{
	struct client client;
	struct lb_uuid id;
	enum cli_exit code = client_open(cli, &client);

	if (!code)
		code = find_case(&client, cli->args.words[0], &id);
	if (!code)
		code = show(&client, &id);
	client_close(&client);
	return code;
}

static enum cli_exit acknowledge(struct client *client, const struct lb_uuid *id)
{
	const struct args *args = &client->cli->args;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__AckRequest body = LAGEBUS__ACK_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	char text[LB_UUID_TEXT];
	enum cli_exit code;
	bool accepted;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	body.state = LB_ACK_ACKNOWLEDGED;
	body.by = (char *)args_value(args, "by", "");
	body.erase = true;
	body.wait = !args_has(args, "no-wait");
	request.body_case = LAGEBUS__REQUEST__BODY_ACK;
	request.ack = &body;
	code = client_ask(client, &request, "waiting for the broker to accept the receipt", &reply);
	if (code)
		return code;
	accepted = reply->body_case == LAGEBUS__REPLY__BODY_SEND && reply->send->accepted;
	lagebus__reply__free_unpacked(reply, NULL);
	lb_uuid_format(id, text);
	if (client->cli->json)
		return out_json(client->cli, json_pack("{s:s,s:s,s:b,s:b}", "id", text, "state", "acknowledged", "accepted", (int)accepted, "deleted", 1));
	out_line(client->cli, client->cli->terminal ? "%s: acknowledged, and its content deleted%s" : "%s\tacknowledged\t%s", text,
		client->cli->terminal ? (accepted ? _("; the broker knows") : _("; the receipt waits in the agent's outbox")) : (accepted ? "accepted" : "outbox"));
	return CLI_OK;
}

static enum cli_exit confirm(struct cli *cli)
{
	if (args_has(&cli->args, "yes"))
		return CLI_OK;
	if (!isatty(STDIN_FILENO))
		return cli_fail(cli, CLI_USAGE, "the acknowledgement deletes the content; --yes says that this is meant");
	return case_form_agrees(cli, N_("Its content is deleted here, for good. Acknowledge it? [y/N]")) ? CLI_OK :
		cli_fail(cli, CLI_REFUSED, "not acknowledged; nothing was deleted");
}

enum cli_exit cmd_case_ack(struct cli *cli)
{
	const char *by = args_value(&cli->args, "by", "");
	struct client client;
	struct lb_uuid id;
	enum cli_exit code;

	if (!*by)
		return cli_fail(cli, CLI_USAGE, "who acknowledges it? --by 'Fachstelle digitale Gewalt' (a function, not a person's name)");
	if (strlen(by) > LB_TEXT_MAX || !lb_utf8_is_valid(by, strlen(by)))
		return cli_fail(cli, CLI_USAGE, "--by takes at most %d bytes of UTF-8", LB_TEXT_MAX);
	code = client_open(cli, &client);
	if (!code)
		code = find_case(&client, cli->args.words[0], &id);
	if (!code)
		code = confirm(cli);
	if (!code)
		code = acknowledge(&client, &id);
	client_close(&client);
	return code;
}
