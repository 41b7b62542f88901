/* A conversation with the local agent: requests and their replies, and what to say when it does not answer. */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "agents/cli/cli.h"
#include "lagebus/local.h"
#include "lagebus/uuid.h"
#include "proto/local.pb-c.h"

struct client {
	struct cli *cli;
	struct lb_local *local;
	uint64_t number;
	unsigned sends; /* the type of the message that it is asked to send, for the advice where that is refused; 0: none */
	Lagebus__Reply *status; /* the agent's answer to the first question */
};

/* Connects and asks for the status, so that a missing agent is said at once. CLI_OK, or the exit code of what was said.
 * The caller closes the client in either case. Blocks. */
enum cli_exit client_open(struct cli *cli, struct client *client);
void client_close(struct client *client);
/* Asks, waits for the last reply and gives it to *out (free with lagebus__reply__free_unpacked); `waiting` labels the progress
 * bar. A refusal or silence is said and returned as exit code. Blocks, at most for the --timeout. */
enum cli_exit client_ask(struct client *client, Lagebus__Request *request, const char *waiting, Lagebus__Reply **out);
/* The same without a word about a refusal: it stands in the reply. */
enum cli_exit client_hear(struct client *client, Lagebus__Request *request, const char *waiting, Lagebus__Reply **out);
/* Gives the agent a message to send: an encoded header and the payload. With `wait` it asks until the broker has accepted it; *accepted is false
 * where it is still in the outbox. CLI_OK, or the exit code of what was said. Blocks like client_ask. */
enum cli_exit client_send(struct client *client, ProtobufCBinaryData header, ProtobufCBinaryData payload, bool wait, const char *waiting, struct lb_uuid *id,
	bool *accepted);
/* Sends without waiting: for watch, whose replies come one by one. */
enum cli_exit client_tell(struct client *client, Lagebus__Request *request);
/* The next reply to the last request. LB_OK, LB_TIMEOUT, LB_CLOSED (a signal came), LB_IO, LB_INVALID. timeout_ms -1: for ever. */
lb_err client_next(struct client *client, int timeout_ms, Lagebus__Reply **out) LB_MUST_CHECK;
/* Says what a reply's error means and what to do; CLI_OK if it has none. */
enum cli_exit client_refused(struct client *client, const Lagebus__Reply *reply);
const Lagebus__StatusReply *client_status(const struct client *client);

#endif
