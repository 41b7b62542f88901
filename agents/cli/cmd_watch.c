/* lagebus watch */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/incident_show.h"
#include "agents/cli/message.h"
#include "agents/cli/open_deadline.h"
#include "agents/cli/out.h"
#include "agents/cli/stop.h"
#include "agents/cli/wait_end.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

#define MOMENT_MS 250
#define GOODBYE_MS 100 /* for the agent to take that we go */

const struct option_row cmd_watch_options[] = {
	{ "topic", "PATTERN", "only this topic, as warning/* or */threat-intelligence", 0 },
	{ "from-now", NULL, "leave out what came before and is not acknowledged yet", 0 },
	{ "no-exercise", NULL, "only what is real; for programs that act on what they are shown", 0 },
	{ "count", "N", "end after N messages", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_watch_examples[] = {
	"lagebus watch",
	"lagebus watch --topic 'warning/*' --from-now",
	"lagebus watch --json | jq -r .title",
	NULL,
};

static void show_line(struct cli *cli, const struct message *m)
{
	const struct lb_header *h = &m->header;
	char received[WHEN_TEXT], title[512];

	when_iso(m->stored->received, received);
	snprintf(title, sizeof(title), "%s%s", lb_header_is_real(h) ? "" : OUT_EXERCISE " ", m->stored->title);
	for (char *p = title; *p; p++)
		if (*p == '\t' || *p == '\n')
			*p = ' ';
	out_line(cli, "%s\t%s\t%s\t%s\t%.*s\t%s\t%s", received, out_level(h->level), lb_tlp_name(lb_tlp_effective(h->tlp)),
		message_type(m), (int)h->origin.n, h->origin.p, title, m->id);
}

/* One message: a document on one line, a block on a terminal, a line in a pipe. */
static enum cli_exit show(struct cli *cli, const Lagebus__StoredMessage *stored)
{
	enum cli_exit code = CLI_OK;
	struct message m;

	if (message_init(&m, stored)) {
		message_fini(&m);
		return CLI_OK;
	}
	if (cli->json) {
		code = out_json_line(cli, message_json(&m));
	} else if (cli->terminal) {
		message_print(&m, cli);
		fputc('\n', cli->out);
	} else {
		show_line(cli, &m);
	}
	fflush(cli->out);
	message_fini(&m);
	return code;
}

/* An incident whose clock is about to run out, or has. */
static enum cli_exit show_due(struct cli *cli, const Lagebus__Incident *i)
{
	enum cli_exit code = CLI_OK;
	char now[WHEN_TEXT], due[100];

	incident_next_due(cli, i, due, sizeof(due));
	when_iso(when_now_ms(), now);
	if (cli->json)
		code = out_json_line(cli, json_pack("{s:o}", "incident_due", incident_json(i)));
	else if (cli->terminal)
		out_styled(cli, OUT_WARN, "incident \"%s\": %s (lagebus incident list)\n", i->report->title, due);
	else
		out_line(cli, "%s\t-\t%s\tincident-due\t%s\t%s: %s\t-", now, lb_tlp_name(i->tlp), i->lead, i->report->title, due);
	fflush(cli->out);
	return code;
}

/* Waits for a moment only, so that a signal that came just before is not slept through. */
static enum cli_exit one(struct client *client, bool *shown)
{
	Lagebus__Reply *reply = NULL;
	lb_err e = client_next(client, MOMENT_MS, &reply);
	enum cli_exit code;

	*shown = false;
	if (e == LB_CLOSED || e == LB_AGAIN || e == LB_TIMEOUT)
		return CLI_OK;
	if (e)
		return cli_fail(client->cli, CLI_IO, "the agent's answer cannot be read: %s", _(lb_err_text(e)));
	code = client_refused(client, reply);
	if (!code && reply->body_case == LAGEBUS__REPLY__BODY_MESSAGE) {
		code = show(client->cli, reply->message);
		*shown = true;
	} else if (!code && reply->body_case == LAGEBUS__REPLY__BODY_DEADLINE) {
		code = open_deadline_event(client->cli, reply->deadline);
	}
	for (size_t i = 0; !code && reply->body_case == LAGEBUS__REPLY__BODY_WAIT_ENDS && i < reply->wait_ends->n_ended; i++)
		code = wait_end_event(client->cli, reply->wait_ends->ended[i]);
	for (size_t i = 0; !code && reply->body_case == LAGEBUS__REPLY__BODY_INCIDENTS && i < reply->incidents->n_incidents; i++)
		code = show_due(client->cli, reply->incidents->incidents[i]);
	lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

static enum cli_exit watch(struct client *client, Lagebus__WatchRequest *body, long count)
{
	struct cli *cli = client->cli;
	int64_t quiet_ms = args_has(&cli->args, "timeout") ? cli->timeout_ms : INT64_MAX, last_ms = when_now_ms();
	Lagebus__Request request = LAGEBUS__REQUEST__INIT, end = LAGEBUS__REQUEST__INIT;
	Lagebus__UnwatchRequest unwatch = LAGEBUS__UNWATCH_REQUEST__INIT;
	Lagebus__Reply *last = NULL;
	long seen = 0;
	enum cli_exit code;

	request.body_case = LAGEBUS__REQUEST__BODY_WATCH;
	request.watch = body;
	code = client_tell(client, &request);
	while (!code && !stop_asked() && !ferror(cli->out) && (count == 0 || seen < count)) {
		bool shown;

		code = one(client, &shown);
		seen += shown;
		if (shown)
			last_ms = when_now_ms();
		else if (!code && when_now_ms() - last_ms >= quiet_ms)
			code = cli_fail(cli, CLI_NO_BROKER, "nothing came for %d s", cli->timeout_ms / 1000);
	}
	end.body_case = LAGEBUS__REQUEST__BODY_UNWATCH;
	end.unwatch = &unwatch;
	if (client_tell(client, &end) == CLI_OK && client_next(client, GOODBYE_MS, &last) == LB_OK)
		lagebus__reply__free_unpacked(last, NULL);
	return code;
}

enum cli_exit cmd_watch(struct cli *cli)
{
	Lagebus__WatchRequest body = LAGEBUS__WATCH_REQUEST__INIT;
	struct client client;
	enum cli_exit code;
	struct why why;
	long count = 0;

	if (args_number(&cli->args, "count", 1, 1000000000, &count, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	body.topic = (char *)args_value(&cli->args, "topic", "");
	body.from_now = args_has(&cli->args, "from-now");
	body.exercises = !args_has(&cli->args, "no-exercise");
	if (*body.topic && !lb_topic_pattern_is_valid(body.topic))
		return cli_fail(cli, CLI_USAGE, "--topic %s: a type, a slash and an area are expected, * for any: 'warning/*'", body.topic);
	stop_catch();
	code = client_open(cli, &client);
	if (!code)
		code = watch(&client, &body, count);
	client_close(&client);
	return code;
}
