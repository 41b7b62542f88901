/* lagebus recall */
#include <string.h>

#include "agents/cli/about.h"
#include "agents/cli/commands.h"
#include "agents/cli/ids.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "proto/approval.pb-c.h"
#include "proto/control.pb-c.h"
#include "proto/host/policy.h"

#define REASON_MAX 1024

const struct option_row cmd_recall_options[] = {
	{ "reason", "TEXT", "why: every recipient reads it; required", 0 },
	{ "as", "PARTNER", "in whose name it was sent: a partner that this agent may act for (default: its own)", 0 },
	{ "no-wait", NULL, "do not wait for the broker's acceptance", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_recall_examples[] = {
	"lagebus recall 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --reason 'falsches Produkt'",
	NULL,
};

/* The broker has the header also of what an origin has sent, which its own inbox does not. */
static enum cli_exit fetch(struct client *client, const struct lb_uuid *id, Lagebus__Receipts **out)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ReceiptsRequest body = LAGEBUS__RECEIPTS_REQUEST__INIT;
	Lagebus__Receipts *receipts = NULL;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	request.body_case = LAGEBUS__REQUEST__BODY_RECEIPTS;
	request.receipts = &body;
	code = client_ask(client, &request, "asking the broker for the message", &reply);
	if (code)
		return code;
	if (reply->body_case == LAGEBUS__REPLY__BODY_RECEIPTS)
		receipts = lagebus__receipts__unpack(NULL, reply->receipts->receipts.len, reply->receipts->receipts.data);
	lagebus__reply__free_unpacked(reply, NULL);
	*out = receipts;
	if (!receipts)
		return cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	if (strcmp(receipts->refused, lb_err_token(LB_ROLE_MAY_NOT_SEND)) == 0)
		return cli_fail(client->cli, CLI_REFUSED, "only its origin recalls a message (%s)", receipts->refused);
	if (*receipts->refused)
		return cli_fail(client->cli, CLI_NOT_FOUND, "the broker has no such message, or no longer (%s)", receipts->refused);
	return CLI_OK;
}

static enum cli_exit said(struct cli *cli, const struct lb_uuid *about, const Lagebus__Receipts *r, bool accepted)
{
	bool waited = r->approval && r->approval->state == 1;
	char text[LB_UUID_TEXT];

	lb_uuid_format(about, text);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:b,s:b}", "id", text, "withdrawn", (int)waited, "accepted", (int)accepted));
	if (!cli->terminal)
		out_line(cli, "%s\t%s\t%s", text, waited ? "withdrawn" : "recalled", accepted ? "accepted" : "outbox");
	else if (!accepted)
		out_styled(cli, OUT_WARN, "%s: the recall waits in the agent's outbox", text);
	else if (waited)
		out_styled(cli, OUT_GOOD, "%s: withdrawn; nobody has got it", text);
	else
		out_styled(cli, OUT_GOOD, "%s: recalled; who has not got it yet will not, the others' agents delete it\nwho has, and who has not: lagebus receipts %s",
			text, text);
	return CLI_OK;
}

static enum cli_exit recall(struct client *client, const struct lb_uuid *id, const Lagebus__Receipts *r)
{
	Lagebus__Recall body = LAGEBUS__RECALL__INIT;
	uint8_t payload[REASON_MAX + 128];
	struct lb_uuid sent;
	struct lb_header h;
	struct about about;
	bool accepted = false;
	enum cli_exit code;

	if (lb_header_decode(r->header.data, r->header.len, &h) != LB_OK)
		return cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	code = about_init(&about, client->cli, LB_TYPE_RECALL, &h, false);
	about.header.tlp = policy_recall_label(&h);
	body.refers_to = about.header.thread;
	body.reason = (char *)args_value(&client->cli->args, "reason", "");
	body.at = when_now_ms();
	if (!code)
		code = about_send(client, &about, payload, lagebus__recall__pack(&body, payload), &sent, &accepted);
	if (!code)
		code = said(client->cli, id, r, accepted);
	about_fini(&about);
	return code;
}

enum cli_exit cmd_recall(struct cli *cli)
{
	const char *reason = args_value(&cli->args, "reason", "");
	Lagebus__Receipts *receipts = NULL;
	struct client client;
	struct lb_uuid id;
	enum cli_exit code;

	if (!*reason)
		return cli_fail(cli, CLI_USAGE, "why? --reason 'falsches Produkt'; every recipient reads it");
	if (strlen(reason) > REASON_MAX || !lb_utf8_is_valid(reason, strlen(reason)))
		return cli_fail(cli, CLI_USAGE, "--reason takes at most %d bytes of UTF-8", REASON_MAX);
	code = client_open(cli, &client);
	if (!code)
		code = id_resolve(&client, cli->args.words[0], &id);
	if (!code)
		code = fetch(&client, &id, &receipts);
	if (!code)
		code = recall(&client, &id, receipts);
	if (receipts)
		lagebus__receipts__free_unpacked(receipts, NULL);
	client_close(&client);
	return code;
}
