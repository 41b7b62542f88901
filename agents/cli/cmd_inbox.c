/* lagebus inbox */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/search.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

#define SHORT_ID 8 /* last digits of an id that are shown on a terminal */

const struct option_row cmd_inbox_options[] = {
	{ "search", "WORDS", "only messages with these words; AND, OR, NOT, (), \"a phrase\" and begin* work (SQLite FTS5)", 0 },
	{ "unacknowledged", NULL, "only what still waits for our acknowledgement", 0 },
	{ "quarantine", NULL, "the messages that did not verify, instead of the others", 0 },
	{ "topic", "PATTERN", "only this topic, as warning/* or */threat-intelligence", 0 },
	{ "exercise", "NAME", "only what belongs to this exercise", 0 },
	{ "no-exercise", NULL, "only what is real", 0 },
	{ "limit", "N", "how many at most (default 50)", 0 },
	{ "before", "ROW", "only rows older than this one: the next page", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_inbox_examples[] = {
	"lagebus inbox",
	"lagebus inbox --search exchange",
	"lagebus inbox --unacknowledged",
	"lagebus inbox --topic 'warning/*' --limit 10 --json",
	"lagebus inbox --quarantine",
	NULL,
};

static const char *const heads[] = { N_("received"), N_("level"), N_("marking"), N_("type"), N_("from"), N_("title"), N_("state"), N_("id"), NULL };
static const char *const quarantine_heads[] = { N_("received"), N_("level"), N_("marking"), N_("type"), N_("from"), N_("title"), N_("reason"), N_("id"),
	NULL };

static const char *state_of(const struct message *m, int64_t now_ms)
{
	const Lagebus__StoredMessage *s = m->stored;

	if (*s->gone)
		return s->gone;
	if (s->superseded_by.len)
		return N_("superseded");
	if (message_is_overdue(m, now_ms))
		return N_("overdue");
	if (s->acknowledged)
		return out_ack(s->acknowledged);
	return message_is_open(m) ? N_("open") : "-";
}

/* Why it is there, and for a person until when. */
static void quarantine_cell(struct table *t, struct cli *cli, const Lagebus__StoredMessage *s)
{
	char ends[WHEN_TEXT];

	when_short(s->gone_at, when_now_ms(), ends);
	if (cli->terminal && *ends)
		table_cell(t, OUT_BAD, _("%s, deleted %s"), s->quarantine, ends);
	else
		table_cell(t, OUT_BAD, "%s", s->quarantine);
}

/* With the time by which people have to act. */
static void state_cell(struct table *t, struct cli *cli, const struct message *m)
{
	int64_t now_ms = when_now_ms();
	enum out_style style = message_is_overdue(m, now_ms) ? OUT_BAD : message_is_open(m) ? OUT_WARN : OUT_GOOD;
	char deadline[WHEN_TEXT];

	when_short(m->header.ack_deadline_ms, now_ms, deadline);
	if (*m->stored->quarantine)
		quarantine_cell(t, cli, m->stored);
	else if (cli->terminal && message_is_open(m) && *deadline)
		table_cell(t, style, message_is_overdue(m, now_ms) ? _("%s since %s") : _("%s until %s"), out_word(cli, state_of(m, now_ms)), deadline);
	else
		table_cell(t, style, "%s", out_word(cli, state_of(m, now_ms)));
}

static void add_row(struct table *t, struct cli *cli, const struct message *m)
{
	const struct lb_header *h = &m->header;
	const Lagebus__StoredMessage *s = m->stored;
	char received[WHEN_TEXT];

	out_time(cli, s->received, received);
	table_cell(t, OUT_PLAIN, "%s", received);
	table_cell(t, out_level_style(h->level), "%s", out_word(cli, out_level(h->level)));
	table_cell(t, out_tlp_style(h->tlp), "%s", lb_tlp_name(lb_tlp_effective(h->tlp)));
	table_cell(t, OUT_PLAIN, "%s", out_word(cli, message_type(m)));
	table_cell(t, OUT_PLAIN, "%.*s", (int)h->origin.n, h->origin.p);
	table_cell(t, OUT_PLAIN, "%s%s", lb_header_is_real(h) ? "" : OUT_EXERCISE " ", *s->gone ? s->gone_reason : s->title);
	state_cell(t, cli, m);
	table_cell(t, OUT_PLAIN, "%s", cli->terminal ? m->id + strlen(m->id) - SHORT_ID : m->id);
}

/* What did not even have a header stands in the quarantine all the same. */
static void add_unreadable(struct table *t, struct cli *cli, const Lagebus__StoredMessage *s)
{
	char received[WHEN_TEXT];

	out_time(cli, s->received, received);
	table_cell(t, OUT_PLAIN, "%s", received);
	for (unsigned i = 0; i < 4; i++)
		table_cell(t, OUT_DIM, "-");
	table_cell(t, OUT_DIM, "%s", out_word(cli, N_("its header cannot be read")));
	quarantine_cell(t, cli, s);
	table_cell(t, OUT_DIM, "-");
}

static json_t *unreadable_json(const Lagebus__StoredMessage *s)
{
	return json_pack("{s:n,s:o,s:I,s:I,s:o,s:o}", "id", "received", out_json_time(s->received), "position", (json_int_t)s->position, "row",
		(json_int_t)s->row, "quarantine", out_json_string(s->quarantine), "deleted_at", out_json_time(s->gone_at));
}

static bool is_filtered(const struct args *a)
{
	return args_has(a, "search") || args_has(a, "unacknowledged") || args_has(a, "quarantine") || args_has(a, "topic") ||
		args_has(a, "before") || args_has(a, "exercise") || args_has(a, "no-exercise");
}

static enum cli_exit list_json(struct cli *cli, const Lagebus__InboxReply *inbox)
{
	json_t *list = json_array();

	for (size_t i = 0; i < inbox->n_messages; i++) {
		struct message m;

		json_array_append_new(list, message_init(&m, inbox->messages[i]) == LB_OK ? message_json(&m) : unreadable_json(inbox->messages[i]));
		message_fini(&m);
	}
	return out_json(cli, json_pack("{s:o}", "messages", list));
}

static enum cli_exit list(struct cli *cli, const Lagebus__InboxReply *inbox)
{
	struct table *t = table_new(args_has(&cli->args, "quarantine") ? quarantine_heads : heads, 5, 5);
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < inbox->n_messages; i++) {
		struct message m;

		if (message_init(&m, inbox->messages[i]) == LB_OK)
			add_row(t, cli, &m);
		else
			add_unreadable(t, cli, inbox->messages[i]);
		message_fini(&m);
	}
	if (inbox->n_messages == 0 && cli->terminal) {
		out_line(cli, "%s", is_filtered(&cli->args) ? _("No messages that match.") : _("No messages yet."));
		code = CLI_OK;
	} else {
		code = table_print(t, cli);
	}
	table_free(t);
	return code;
}

static void hint(struct cli *cli, const Lagebus__InboxReply *inbox, long limit)
{
	if (!cli->terminal || inbox->n_messages == 0)
		return;
	if (inbox->n_messages == (size_t)limit)
		out_styled(cli, OUT_DIM, _("older ones: --before %llu"), (unsigned long long)inbox->messages[inbox->n_messages - 1]->row);
	out_styled(cli, OUT_DIM, "%s", _("lagebus show ID shows one; the id's last digits are enough"));
}

static enum cli_exit show(struct cli *cli, const Lagebus__Reply *reply, long limit)
{
	enum cli_exit code;

	if (reply->body_case != LAGEBUS__REPLY__BODY_INBOX)
		return cli_fail(cli, CLI_IO, "the agent's answer is not an inbox");
	if (cli->json)
		return list_json(cli, reply->inbox);
	code = list(cli, reply->inbox);
	if (!code)
		hint(cli, reply->inbox, limit);
	return code;
}

static enum cli_exit ask_and_show(struct cli *cli, Lagebus__InboxRequest *body)
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__Reply *reply = NULL;
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	request.body_case = LAGEBUS__REQUEST__BODY_INBOX;
	request.inbox = body;
	if (!code)
		code = client_ask(&client, &request, "reading the inbox", &reply);
	if (!code)
		code = show(cli, reply, (long)body->limit);
	if (reply)
		lagebus__reply__free_unpacked(reply, NULL);
	client_close(&client);
	return code;
}

enum cli_exit cmd_inbox(struct cli *cli)
{
	Lagebus__InboxRequest body = LAGEBUS__INBOX_REQUEST__INIT;
	long limit = 50, before = 0;
	enum cli_exit code;
	struct why why;
	char *query;

	if (args_number(&cli->args, "limit", 1, 1000, &limit, &why) || args_number(&cli->args, "before", 1, LONG_MAX, &before, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	body.topic = (char *)args_value(&cli->args, "topic", "");
	if (*body.topic && !lb_topic_pattern_is_valid(body.topic))
		return cli_fail(cli, CLI_USAGE, "--topic %s: a type, a slash and an area are expected, * for any: 'warning/*'", body.topic);
	body.exercise = (char *)args_value(&cli->args, "exercise", "");
	body.no_exercise = args_has(&cli->args, "no-exercise");
	if ((*body.exercise != 0) + body.no_exercise + args_has(&cli->args, "quarantine") > 1)
		return cli_fail(cli, CLI_USAGE, "--exercise, --no-exercise and --quarantine: one of them at once");
	query = search_query(args_value(&cli->args, "search", ""));
	if (!query)
		return cli_fail(cli, CLI_IO, "out of memory");
	body.search = query;
	body.limit = (uint32_t)limit;
	body.before = (uint64_t)before;
	body.unacknowledged = args_has(&cli->args, "unacknowledged");
	body.quarantine = args_has(&cli->args, "quarantine");
	code = ask_and_show(cli, &body);
	free(query);
	return code;
}
