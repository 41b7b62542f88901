/* Incidents as the agent derives them. */
#include "agents/cli/incident_ask.h"

#include <string.h>

#include "agents/cli/ids.h"

#define LOOKED_THROUGH 1000 /* newest incidents, for an id that is not whole */

static enum cli_exit ask(struct client *client, const struct lb_uuid *id, bool closed, unsigned limit, struct incident_view *v)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__IncidentsRequest body = LAGEBUS__INCIDENTS_REQUEST__INIT;
	enum cli_exit code;

	if (id)
		body.id = (ProtobufCBinaryData){ sizeof(id->b), (uint8_t *)id->b };
	body.closed = closed;
	body.limit = limit;
	request.body_case = LAGEBUS__REQUEST__BODY_INCIDENTS;
	request.incidents = &body;
	code = client_ask(client, &request, "reading the incidents", &v->reply);
	if (!code && v->reply->body_case != LAGEBUS__REPLY__BODY_INCIDENTS)
		code = cli_fail(client->cli, CLI_IO, "the agent's answer is not about incidents");
	if (!code)
		v->incidents = v->reply->incidents;
	return code;
}

static void forget(struct incident_view *v)
{
	if (v->reply)
		lagebus__reply__free_unpacked(v->reply, NULL);
	v->reply = NULL;
	v->incidents = NULL;
}

static bool read_id(ProtobufCBinaryData from, struct lb_uuid *out)
{
	if (from.len != sizeof(out->b))
		return false;
	memcpy(out->b, from.data, sizeof(out->b));
	return true;
}

static enum cli_exit resolve(struct client *client, const char *written, struct lb_uuid *out)
{
	struct incident_view all = { .reply = NULL };
	bool last = strcmp(written, "last") == 0;
	enum cli_exit code;
	unsigned found = 0;

	if (lb_uuid_parse(written, out) == LB_OK)
		return CLI_OK;
	code = ask(client, NULL, true, LOOKED_THROUGH, &all);
	for (size_t i = 0; !code && i < all.incidents->n_incidents && !(last && found); i++) {
		struct lb_uuid id;

		if (read_id(all.incidents->incidents[i]->id, &id) && (last || (strlen(written) >= 4 && id_matches(&id, written)))) {
			*out = id;
			found++;
		}
	}
	forget(&all);
	if (!code && found == 0 && last)
		code = cli_fail(client->cli, CLI_NOT_FOUND, "there is no incident yet");
	else if (!code && found == 0)
		code = cli_fail(client->cli, CLI_NOT_FOUND, "there is no incident %.60s (lagebus incident list --all shows them)", written);
	if (!code && found > 1)
		code = cli_fail(client->cli, CLI_USAGE, "%u incidents have an id like %.60s; write more of it", found, written);
	return code;
}

/* In whose name, and whom that one reports to. */
static void say_who(const struct client *client, struct incident_view *v)
{
	const char *as = args_value(&client->cli->args, "as", ""), *slash;

	snprintf(v->partner, sizeof(v->partner), "%.63s", *as ? as : client_status(client)->partner);
	slash = strrchr(v->partner, '/');
	if (slash)
		snprintf(v->up, sizeof(v->up), "%.*s", (int)(slash - v->partner), v->partner);
	else if (strcmp(v->partner, v->incidents->to) != 0)
		snprintf(v->up, sizeof(v->up), "%.63s", v->incidents->to);
}

enum cli_exit incident_view_list(struct cli *cli, bool closed, unsigned limit, struct incident_view *v)
{
	struct client client;
	enum cli_exit code;

	*v = (struct incident_view){ .reply = NULL };
	code = client_open(cli, &client);
	if (!code)
		code = ask(&client, NULL, closed, limit, v);
	if (!code)
		say_who(&client, v);
	client_close(&client);
	return code;
}

enum cli_exit incident_view_one(struct cli *cli, const char *written, struct incident_view *v)
{
	struct client client;
	struct lb_uuid id;
	enum cli_exit code;

	*v = (struct incident_view){ .reply = NULL };
	code = client_open(cli, &client);
	if (!code)
		code = resolve(&client, written, &id);
	if (!code)
		code = ask(&client, &id, true, 1, v);
	if (!code && v->incidents->n_incidents != 1)
		code = cli_fail(cli, CLI_IO, "the agent's answer is not one incident");
	if (!code) {
		v->one = v->incidents->incidents[0];
		say_who(&client, v);
	}
	client_close(&client);
	return code;
}

void incident_view_fini(struct incident_view *v)
{
	forget(v);
}
