/* lagebus receipts */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/ids.h"
#include "agents/cli/receipts.h"

const struct option_row cmd_receipts_options[] = {
	{ "all", NULL, "also who is no recipient, and by which rule", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_receipts_examples[] = {
	"lagebus receipts 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d",
	"lagebus receipts 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --all",
	NULL,
};

/* The rules have other words where a message is sent. */
static const char *reason_of(lb_err e)
{
	if (e == LB_ROLE_MAY_NOT_SEND)
		return "only its origin and a coordinator may ask who has a message";
	if (e == LB_NOT_FOUND)
		return "it has no message of this id, or no longer: see what warn or send said";
	return lb_err_text(e);
}

static enum cli_exit show(struct cli *cli, const Lagebus__Receipts *receipts)
{
	lb_err e = lb_err_from_token(receipts->refused);

	if (*receipts->refused)
		return cli_fail(cli, e == LB_ERR_COUNT ? CLI_REFUSED : exit_of(e), "the broker gives no receipts: %s (%s)", reason_of(e),
			receipts->refused);
	return receipts_show(cli, receipts, args_has(&cli->args, "all"));
}

static enum cli_exit ask_and_show(struct client *client, const struct lb_uuid *id)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ReceiptsRequest body = LAGEBUS__RECEIPTS_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	Lagebus__Receipts *receipts = NULL;
	enum cli_exit code;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	request.body_case = LAGEBUS__REQUEST__BODY_RECEIPTS;
	request.receipts = &body;
	code = client_ask(client, &request, "asking the broker for the receipts", &reply);
	if (code)
		return code;
	if (reply->body_case == LAGEBUS__REPLY__BODY_RECEIPTS)
		receipts = lagebus__receipts__unpack(NULL, reply->receipts->receipts.len, reply->receipts->receipts.data);
	code = receipts ? show(client->cli, receipts) : cli_fail(client->cli, CLI_IO, "the broker's answer cannot be read");
	if (receipts)
		lagebus__receipts__free_unpacked(receipts, NULL);
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

enum cli_exit cmd_receipts(struct cli *cli)
{
	struct client client;
	struct lb_uuid id;
	enum cli_exit code = client_open(cli, &client);

	if (!code)
		code = id_resolve(&client, cli->args.words[0], &id);
	if (!code)
		code = ask_and_show(&client, &id);
	client_close(&client);
	return code;
}
