/* lagebus approve */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli/about.h"
#include "agents/cli/approvals.h"
#include "agents/cli/commands.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/signature.h"
#include "proto/approval.pb-c.h"
#include "proto/host/words.h"

#define NOTE_MAX 1024

const struct option_row cmd_approve_options[] = {
	{ "by", "FUNCTION", "who decides: a function, not a name", 0 },
	{ "note", "TEXT", "a remark for the origin", 0 },
	{ "refuse", NULL, "refuse it: it is not sent, and its origin is told", 0 },
	{ "yes", NULL, "do not ask; for scripts", 0 },
	{ "as", "PARTNER", "in whose name: a partner that this agent may act for (default: its own)", 0 },
	{ "no-wait", NULL, "do not wait for the broker's acceptance", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_approve_examples[] = {
	"lagebus approve 1a2b3c4d --by 'Leitung Lagezentrum'",
	"lagebus approve 1a2b3c4d --refuse --note 'betrifft nur Sachsen'",
	"lagebus approve 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --yes",
	NULL,
};

/* The message as it would be read by its recipients. */
static enum cli_exit show(struct cli *cli, const struct approvals_message *waiting)
{
	Lagebus__StoredMessage stored = LAGEBUS__STORED_MESSAGE__INIT;
	char sentence[600];
	struct message m;

	stored.header = waiting->said->header;
	stored.payload = (ProtobufCBinaryData){ lb_buf_len(&waiting->payload), waiting->payload.p ? lb_buf_data(&waiting->payload) : NULL };
	stored.signer = waiting->said->approval->signer;
	if (message_init(&m, &stored) != LB_OK) {
		message_fini(&m);
		return cli_fail(cli, CLI_IO, "the message cannot be decoded");
	}
	stored.title = (char *)message_text(&m, "title");
	stored.tracking_id = (char *)message_text(&m, "tracking_id");
	approvals_sentence(waiting->said->approval, waiting->first->now, sentence, sizeof(sentence));
	message_print(&m, cli);
	out_styled(cli, OUT_WARN, "\n%s", sentence);
	message_fini(&m);
	return CLI_OK;
}

/* Only a clear yes is one. */
static bool confirm(struct cli *cli, bool refuse)
{
	char answer[16] = "";

	fputs(refuse ? _("Refuse it? [y/N] ") : _("Approve and send it? [y/N] "), cli->out);
	fflush(cli->out);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y' || answer[0] == 'j' || answer[0] == 'J');
}

static enum cli_exit check(struct cli *cli)
{
	const char *by = args_value(&cli->args, "by", ""), *note = args_value(&cli->args, "note", "");

	if (strlen(by) > LB_TEXT_MAX || !lb_utf8_is_valid(by, strlen(by)))
		return cli_fail(cli, CLI_USAGE, "--by takes at most %d bytes of UTF-8: the function", LB_TEXT_MAX);
	if (strlen(note) > NOTE_MAX || !lb_utf8_is_valid(note, strlen(note)))
		return cli_fail(cli, CLI_USAGE, "--note takes at most %d bytes of UTF-8", NOTE_MAX);
	if (!args_has(&cli->args, "yes") && (cli->json || !isatty(STDIN_FILENO)))
		return cli_fail(cli, CLI_USAGE, "nobody can be asked here; give --yes where somebody has read the message");
	return CLI_OK;
}

static enum cli_exit said(struct cli *cli, const struct lb_uuid *about, bool refuse, bool accepted)
{
	char text[LB_UUID_TEXT];

	lb_uuid_format(about, text);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:s,s:b}", "id", text, "decision", refuse ? "refused" : "approved", "accepted", (int)accepted));
	if (!cli->terminal)
		out_line(cli, "%s\t%s\t%s", text, refuse ? "refused" : "approved", accepted ? "accepted" : "outbox");
	else if (!accepted)
		out_styled(cli, OUT_WARN, "%s: the decision waits in the agent's outbox", text);
	else if (refuse)
		out_styled(cli, OUT_GOOD, "%s: refused; it is not sent, and its origin is told", text);
	else
		out_styled(cli, OUT_GOOD, "%s: approved and sent\nwho has it: lagebus receipts %s", text, text);
	return CLI_OK;
}

static enum cli_exit decide(struct client *client, const struct approvals_message *waiting)
{
	const struct args *args = &client->cli->args;
	bool refuse = args_has(args, "refuse"), accepted = false;
	Lagebus__Approval body = LAGEBUS__APPROVAL__INIT;
	uint8_t digest[LB_DIGEST_SIZE], payload[LB_TEXT_MAX + NOTE_MAX + 256];
	struct about about;
	struct lb_uuid id;
	enum cli_exit code = about_init(&about, client->cli, LB_TYPE_APPROVAL, &waiting->header, refuse);

	/* Of the bytes that were shown: another message would not be approved by it. */
	if (!code && lb_message_digest((struct lb_frame){ waiting->said->header.data, waiting->said->header.len },
			(struct lb_frame){ waiting->payload.p ? lb_buf_data(&waiting->payload) : (const uint8_t *)"", lb_buf_len(&waiting->payload) }, digest))
		code = cli_fail(client->cli, CLI_IO, "out of memory");
	body.refers_to = about.header.thread;
	body.digest = (ProtobufCBinaryData){ sizeof(digest), digest };
	body.decision = refuse ? LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_REFUSED : LAGEBUS__APPROVAL_DECISION__APPROVAL_DECISION_APPROVED;
	body.by = (char *)args_value(args, "by", "");
	body.note = (char *)args_value(args, "note", "");
	body.at = when_now_ms();
	if (!code)
		code = about_send(client, &about, payload, lagebus__approval__pack(&body, payload), &id, &accepted);
	if (!code)
		code = said(client->cli, &waiting->header.id, refuse, accepted);
	about_fini(&about);
	return code;
}

enum cli_exit cmd_approve(struct cli *cli)
{
	struct approvals_message waiting = { .first = NULL };
	bool yes = args_has(&cli->args, "yes");
	struct client client;
	enum cli_exit code = check(cli);

	if (code)
		return code;
	code = client_open(cli, &client);
	if (!code)
		code = approvals_fetch(&client, cli->args.words[0], &waiting);
	if (!code && !yes)
		code = show(cli, &waiting);
	if (!code && !waiting.said->may_approve)
		code = cli_fail(cli, CLI_REFUSED, "this agent's certificate is not that of a second person for it: another agent has to decide");
	if (!code && !yes && !confirm(cli, args_has(&cli->args, "refuse")))
		code = cli_fail(cli, CLI_REFUSED, "nothing was decided");
	if (!code)
		code = decide(&client, &waiting);
	approvals_message_fini(&waiting);
	client_close(&client);
	return code;
}
