/* lagebus show */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/file.h"
#include "agents/cli/ids.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"

const struct option_row cmd_show_options[] = {
	{ "advisory", "FILE", "write the advisory's original bytes to a new file", 0 },
	{ "attachment", "FILE", "write the attachment to a new file", 0 },
	{ "payload", "FILE", "write the payload as it was sent to a new file", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_show_examples[] = {
	"lagebus show last",
	"lagebus show 1a2b3c4d",
	"lagebus show 018f3c2a-7b1e-7c55-9a41-0c3d1a2b3c4d --advisory advisory.json",
	NULL,
};

static enum cli_exit write_part(struct cli *cli, const char *option, const ProtobufCBinaryData *part)
{
	const char *path = args_value(&cli->args, option, NULL);
	struct why why;
	lb_err e;

	if (!path)
		return CLI_OK;
	if (!part || part->len == 0)
		return cli_fail(cli, CLI_NOT_FOUND, "the message has nothing of that: --%s", option);
	e = file_write_new(path, part->data, part->len, 0644, &why);
	if (e)
		return cli_fail_why(cli, e, &why);
	if (cli->terminal)
		out_line(cli, "wrote %zu bytes to %s", part->len, path);
	return CLI_OK;
}

static enum cli_exit show(struct cli *cli, const struct message *m)
{
	enum cli_exit code = write_part(cli, "payload", &m->stored->payload);

	if (!code)
		code = write_part(cli, "advisory", message_file(m, "advisory"));
	if (!code)
		code = write_part(cli, "attachment", message_file(m, "attachment"));
	if (code)
		return code;
	if (cli->json)
		return out_json(cli, message_json(m));
	message_print(m, cli);
	return CLI_OK;
}

static enum cli_exit ask_and_show(struct client *client, const struct lb_uuid *id)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ShowRequest body = LAGEBUS__SHOW_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	struct message m;
	enum cli_exit code;

	body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	request.body_case = LAGEBUS__REQUEST__BODY_SHOW;
	request.show = &body;
	code = client_ask(client, &request, "reading the message", &reply);
	if (code)
		return code;
	if (reply->body_case != LAGEBUS__REPLY__BODY_MESSAGE) {
		code = cli_fail(client->cli, CLI_IO, "the agent's answer is not a message");
	} else {
		if (message_init(&m, reply->message) == LB_OK)
			code = show(client->cli, &m);
		else
			code = cli_fail(client->cli, CLI_IO, "the stored message cannot be decoded");
		message_fini(&m);
	}
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

enum cli_exit cmd_show(struct cli *cli)
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
