/* lagebus ack */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/ids.h"
#include "agents/cli/out.h"
#include "lagebus/header.h"
#include "lagebus/identity.h"
#include "proto/host/words.h"

#define NOTE_MAX 1024

const struct option_row cmd_ack_options[] = {
	{ "by", "FUNCTION", "who acknowledges: a function, not a name; required but for --displayed", 0 },
	{ "displayed", NULL, "only: it was shown to a person", 0 },
	{ "implemented", NULL, "its measures are done", 0 },
	{ "note", "TEXT", "a remark for the origin", 0 },
	{ "as", "PARTNER", "whose receipt it is: a partner that this agent may act for (default: its own)", 0 },
	{ "no-wait", NULL, "do not wait for the broker's acceptance", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_ack_examples[] = {
	"lagebus ack last --by 'CISO on duty'",
	"lagebus ack 1a2b3c4d --by 'Lagezentrum' --implemented --note 'patched at 14:20'",
	"lagebus ack last --displayed",
	"lagebus ack last --as de-sn/leipzig --by 'IT-Sicherheit Leipzig'",
	NULL,
};

static enum cli_exit said(struct cli *cli, const struct lb_uuid *id, unsigned state, bool accepted)
{
	char text[LB_UUID_TEXT];

	lb_uuid_format(id, text);
	if (cli->json)
		return out_json(cli, json_pack("{s:s,s:s,s:b}", "id", text, "state", out_ack(state), "accepted", (int)accepted));
	if (cli->terminal)
		out_styled(cli, accepted ? OUT_GOOD : OUT_WARN, accepted ? "%s: %s, and the broker knows" :
			_("%s: %s; the receipt waits in the agent's outbox"), text, _(out_ack(state)));
	else
		out_line(cli, "%s\t%s\t%s", text, out_ack(state), accepted ? "accepted" : "outbox");
	return CLI_OK;
}

static enum cli_exit acknowledge(struct client *client, const struct lb_uuid *id, unsigned state)
{
	const struct args *args = &client->cli->args;
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__AckRequest body = LAGEBUS__ACK_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	body.state = state;
	body.by = (char *)args_value(args, "by", "");
	body.note = (char *)args_value(args, "note", "");
	body.as = (char *)args_value(args, "as", "");
	body.wait = !args_has(args, "no-wait");
	request.body_case = LAGEBUS__REQUEST__BODY_ACK;
	request.ack = &body;
	code = client_ask(client, &request, "waiting for the broker to accept the receipt", &reply);
	if (code)
		return code;
	code = said(client->cli, id, state, reply->body_case == LAGEBUS__REPLY__BODY_SEND ? reply->send->accepted : body.wait);
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

static bool text_is_fine(const char *s, size_t most)
{
	return strlen(s) <= most && lb_utf8_is_valid(s, strlen(s));
}

enum cli_exit cmd_ack(struct cli *cli)
{
	const struct args *args = &cli->args;
	bool displayed = args_has(args, "displayed"), implemented = args_has(args, "implemented");
	const char *as = args_value(args, "as", "");
	unsigned state = displayed ? LB_ACK_DISPLAYED : implemented ? LB_ACK_IMPLEMENTED : LB_ACK_ACKNOWLEDGED;
	struct client client;
	struct lb_uuid id;
	enum cli_exit code;

	if (displayed && implemented)
		return cli_fail(cli, CLI_USAGE, "--displayed or --implemented, not both");
	if (!displayed && !args_has(args, "by"))
		return cli_fail(cli, CLI_USAGE, "who acknowledges it? --by 'CISO on duty' (a function, not a person's name)");
	if (!text_is_fine(args_value(args, "by", ""), LB_TEXT_MAX))
		return cli_fail(cli, CLI_USAGE, "--by takes at most %d bytes of UTF-8: the function, not what it did (that is a --note)", LB_TEXT_MAX);
	if (!text_is_fine(args_value(args, "note", ""), NOTE_MAX))
		return cli_fail(cli, CLI_USAGE, "--note takes at most %d bytes of UTF-8; send a message with --thread instead", NOTE_MAX);
	if (*as && !lb_partner_is_valid(as, strlen(as)))
		return cli_fail(cli, CLI_USAGE, "--as %.80s: is no partner id; write de-sn/leipzig, for example", as);
	code = client_open(cli, &client);
	if (!code)
		code = id_resolve(&client, args->words[0], &id);
	if (!code)
		code = acknowledge(&client, &id, state);
	client_close(&client);
	return code;
}
