/* A conversation with the local agent: requests and their replies, and what to say when it does not answer. */
#include "agents/cli/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agents/cli/advice.h"
#include "agents/cli/progress.h"
#include "agents/cli/when.h"
#include "proto/header.pb-c.h"
#include "proto/host/words.h"

#define PARTS_MAX 700
#define STATUS_TIMEOUT_MS 3000
#define SLICE_MS 100 /* between two looks of the progress bar */

/* libzmq connects in the background and never says that no one is there; for a socket file we can ask at once. */
static int socket_error(const char *address)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd, error = 0;

	if (strncmp(address, "ipc://", 6) != 0 || strlen(address + 6) >= sizeof(to.sun_path) || address[6] == '@')
		return 0;
	strcpy(to.sun_path, address + 6);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		error = errno;
	close(fd);
	return error;
}

static enum cli_exit no_agent(struct cli *cli, int error)
{
	const char *advice = error == EACCES ? _("your user may not use it; ask for membership in the group of the socket's folder") :
		_("start it (systemctl start lagebus-agent), or name its socket with --agent or $LAGEBUS_AGENT");

	return cli_fail(cli, CLI_NO_AGENT, "the agent at %s cannot be reached%s%s: %s", cli->agent, error ? ": " : "",
		error ? _(strerror(error)) : _("; it does not answer"), advice);
}

static uint8_t *pack(const Lagebus__Request *request, size_t *n)
{
	uint8_t *p = malloc(lagebus__request__get_packed_size(request) + 1);

	if (p)
		*n = lagebus__request__pack(request, p);
	return p;
}

enum cli_exit client_tell(struct client *client, Lagebus__Request *request)
{
	size_t n = 0;
	uint8_t *p;
	lb_err e;

	request->number = ++client->number;
	request->language = (char *)(words_are_german() ? "de" : "en");
	p = pack(request, &n);
	if (!p)
		return cli_fail(client->cli, CLI_IO, "out of memory");
	e = lb_local_send(client->local, p, n);
	free(p);
	return e ? no_agent(client->cli, 0) : CLI_OK;
}

lb_err client_next(struct client *client, int timeout_ms, Lagebus__Reply **out)
{
	struct lb_buf buf = LB_BUF_INIT;
	lb_err e = lb_local_receive(client->local, timeout_ms, &buf);
	Lagebus__Reply *reply = NULL;

	if (!e) {
		reply = lagebus__reply__unpack(NULL, lb_buf_len(&buf), lb_buf_data(&buf));
		e = reply ? LB_OK : LB_INVALID;
	}
	lb_buf_fini(&buf);
	if (!e && reply->number != client->number) { /* a late answer to an earlier question */
		lagebus__reply__free_unpacked(reply, NULL);
		return LB_AGAIN;
	}
	if (!e)
		*out = reply;
	return e;
}

/* Waits for the last reply of a request, drawing the progress bar meanwhile. */
static lb_err await(struct client *client, int timeout_ms, const char *waiting, Lagebus__Reply **out)
{
	int64_t begin = when_now_ms(), now = begin;
	struct progress progress;
	Lagebus__Reply *reply = NULL;
	lb_err e;

	progress_begin(&progress, client->cli, _(waiting), begin);
	do {
		int64_t left = begin + timeout_ms - now;

		e = client_next(client, (int)(client->cli->progress && left > SLICE_MS ? SLICE_MS : left), &reply);
		now = when_now_ms();
		progress_draw(&progress, now, (uint64_t)(now - begin), (uint64_t)timeout_ms);
		if (!e && reply->more) {
			lagebus__reply__free_unpacked(reply, NULL);
			e = LB_AGAIN;
		}
	} while ((e == LB_TIMEOUT || e == LB_AGAIN) && now < begin + timeout_ms);
	progress_end(&progress);
	if (!e)
		*out = reply;
	return e;
}

enum cli_exit client_refused(struct client *client, const Lagebus__Reply *reply)
{
	char see_help[64] = "", text[PARTS_MAX];
	const char *advice;
	lb_err e;

	if (!*reply->error)
		return CLI_OK;
	e = lb_err_from_token(reply->error);
	advice = advice_to_sender(e, client->sends);
	if (e == LB_INVALID && client->cli->command)
		snprintf(see_help, sizeof(see_help), _("see: lagebus help %s"), client->cli->command->name);
	if (*see_help)
		advice = see_help;
	words_parts(*reply->error_text ? reply->error_text : _(lb_err_text(e)), text, sizeof text);
	return cli_fail(client->cli, e == LB_ERR_COUNT ? CLI_REFUSED : exit_of(e), "%s (%s)%s%s", text, reply->error, *advice ? ": " : "", advice);
}

static enum cli_exit no_answer(struct client *client, lb_err e)
{
	const Lagebus__StatusReply *status = client_status(client);
	char error[PARTS_MAX];

	if (e == LB_CLOSED)
		return cli_fail(client->cli, CLI_NO_BROKER, "interrupted before the answer came");
	if (e != LB_TIMEOUT && e != LB_AGAIN)
		return cli_fail(client->cli, CLI_IO, "the agent's answer cannot be read: %s", _(lb_err_text(e)));
	words_parts(status->last_error_text, error, sizeof(error));
	if (!*status->broker)
		return cli_fail(client->cli, CLI_NO_BROKER,
			"no answer after %d s: the agent is linked to no broker%s%s; what was sent waits in its outbox (lagebus status)",
			client->cli->timeout_ms / 1000, *error ? ": " : "", error);
	return cli_fail(client->cli, CLI_NO_BROKER, "no answer from the broker %s after %d s: what was sent waits in the agent's "
		"outbox (lagebus status); --timeout waits longer", status->broker, client->cli->timeout_ms / 1000);
}

enum cli_exit client_hear(struct client *client, Lagebus__Request *request, const char *waiting, Lagebus__Reply **out)
{
	enum cli_exit code = client_tell(client, request);
	lb_err e;

	if (code)
		return code;
	e = await(client, client->cli->timeout_ms, waiting, out);
	return e ? no_answer(client, e) : CLI_OK;
}

enum cli_exit client_ask(struct client *client, Lagebus__Request *request, const char *waiting, Lagebus__Reply **out)
{
	Lagebus__Reply *reply = NULL;
	enum cli_exit code = client_hear(client, request, waiting, &reply);

	if (code)
		return code;
	code = client_refused(client, reply);
	if (code)
		lagebus__reply__free_unpacked(reply, NULL);
	else
		*out = reply;
	return code;
}

static enum cli_exit first_question(struct client *client)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__StatusRequest status = LAGEBUS__STATUS_REQUEST__INIT;
	int timeout_ms = client->cli->timeout_ms < STATUS_TIMEOUT_MS ? client->cli->timeout_ms : STATUS_TIMEOUT_MS;
	enum cli_exit code;

	request.body_case = LAGEBUS__REQUEST__BODY_STATUS;
	request.status = &status;
	code = client_tell(client, &request);
	if (code)
		return code;
	if (await(client, timeout_ms, _("waiting for the agent"), &client->status))
		return no_agent(client->cli, 0);
	if (client->status->body_case != LAGEBUS__REPLY__BODY_STATUS)
		return cli_fail(client->cli, CLI_NO_AGENT, "what answers at %s is not a lagebus agent of this version", client->cli->agent);
	return CLI_OK;
}

enum cli_exit client_open(struct cli *cli, struct client *client)
{
	int error = socket_error(cli->agent);

	*client = (struct client){ .cli = cli };
	if (error)
		return no_agent(cli, error);
	if (lb_local_open(cli->agent, &client->local))
		return cli_fail(cli, CLI_USAGE, "--agent %s: is not an address of a local socket (as ipc:///run/lagebus/agent/agent.sock)",
			cli->agent);
	return first_question(client);
}

void client_close(struct client *client)
{
	if (client->status)
		lagebus__reply__free_unpacked(client->status, NULL);
	if (client->local)
		lb_local_close(client->local);
}

const Lagebus__StatusReply *client_status(const struct client *client)
{
	return client->status->status;
}

/* The header is not whole yet: the agent fills in the rest. */
static unsigned type_of(ProtobufCBinaryData header)
{
	Lagebus__Header *h = lagebus__header__unpack(NULL, header.len, header.data);
	unsigned type = h ? h->type : 0;

	if (h)
		lagebus__header__free_unpacked(h, NULL);
	return type;
}

enum cli_exit client_send(struct client *client, ProtobufCBinaryData header, ProtobufCBinaryData payload, bool wait, const char *waiting, struct lb_uuid *id,
	bool *accepted)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__SendRequest body = LAGEBUS__SEND_REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	enum cli_exit code;

	body.header = header;
	body.payload = payload;
	body.wait = wait;
	request.body_case = LAGEBUS__REQUEST__BODY_SEND;
	request.send = &body;
	client->sends = type_of(header);
	code = client_ask(client, &request, waiting, &reply);
	client->sends = 0;
	if (code)
		return code;
	if (reply->body_case == LAGEBUS__REPLY__BODY_SEND && reply->send->id.len == sizeof(id->b)) {
		memcpy(id->b, reply->send->id.data, sizeof(id->b));
		*accepted = reply->send->accepted;
	} else {
		code = cli_fail(client->cli, CLI_IO, "the agent's answer is not one to a message that was sent");
	}
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}
