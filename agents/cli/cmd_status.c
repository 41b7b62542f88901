/* lagebus status */
#include <string.h>

#include "agents/cli/client.h"
#include "agents/cli/commands.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"

#define SOON_MS (30LL * 86400 * 1000) /* before its certificate ends, the agent's operator should hear of it */

const struct option_row cmd_status_options[] = { { NULL, NULL, NULL, 0 } };
const char *const cmd_status_examples[] = { "lagebus status", "lagebus status --json", NULL };

static json_t *lane_json(uint64_t at, uint64_t last)
{
	return json_pack("{s:I,s:I,s:I}", "position", (json_int_t)at, "newest", (json_int_t)last, "behind",
		(json_int_t)(last > at ? last - at : 0));
}

static json_t *acts_for_json(const Lagebus__StatusReply *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_acts_for; i++)
		json_array_append_new(list, out_json_text(s->acts_for[i], strlen(s->acts_for[i])));
	return list;
}

static json_t *status_json(const Lagebus__StatusReply *s)
{
	json_t *doc = json_pack("{s:s,s:s,s:b,s:s,s:s,s:o,s:s,s:s}", "agent", s->agent, "partner", s->partner,
		"linked", *s->broker != 0, "broker", s->broker, "link", s->link, "linked_since", out_json_time(s->linked_since),
		"last_error", s->last_error, "last_error_text", s->last_error_text);

	json_object_set_new(doc, "outbox", json_pack("{s:I,s:I}", "urgent", (json_int_t)s->outbox_urgent, "routine",
		(json_int_t)s->outbox_routine));
	json_object_set_new(doc, "inbox", json_integer((json_int_t)s->inbox));
	json_object_set_new(doc, "quarantined", json_integer((json_int_t)s->quarantined));
	json_object_set_new(doc, "urgent", lane_json(s->urgent, s->urgent_last));
	json_object_set_new(doc, "routine", lane_json(s->routine, s->routine_last));
	json_object_set_new(doc, "missed", json_integer((json_int_t)s->missed));
	json_object_set_new(doc, "version", json_string(s->version));
	json_object_set_new(doc, "acts_for", acts_for_json(s));
	json_object_set_new(doc, "certificate_expires", out_json_time(s->certificate_expires));
	return doc;
}

static void row(struct table *t, const char *name, enum out_style style, const char *value)
{
	table_cell(t, OUT_PLAIN, "%s", name);
	table_cell(t, style, "%s", value);
}

static void time_row(struct table *t, struct cli *cli, const char *name, enum out_style style, int64_t ms)
{
	char text[WHEN_TEXT];

	if (ms == 0)
		return;
	if (cli->terminal)
		when_short(ms, when_now_ms(), text);
	else
		when_iso(ms, text);
	row(t, name, style, text);
}

static void lane_row(struct table *t, const char *name, uint64_t at, uint64_t last)
{
	char text[96];

	if (last > at)
		snprintf(text, sizeof(text), "%llu of %llu, %llu behind", (unsigned long long)at, (unsigned long long)last,
			(unsigned long long)(last - at));
	else
		snprintf(text, sizeof(text), "%llu, up to date", (unsigned long long)at);
	row(t, name, last > at ? OUT_WARN : OUT_GOOD, text);
}

static void count_row(struct table *t, const char *name, uint64_t n, enum out_style if_any)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	row(t, name, n ? if_any : OUT_PLAIN, text);
}

static void add_rows(struct table *t, struct cli *cli, const Lagebus__StatusReply *s)
{
	row(t, "agent", OUT_PLAIN, s->agent);
	row(t, "partner", OUT_PLAIN, s->partner);
	for (size_t i = 0; i < s->n_acts_for; i++)
		row(t, "acts for", OUT_PLAIN, s->acts_for[i]);
	row(t, "broker", *s->broker ? OUT_GOOD : OUT_BAD, *s->broker ? s->broker : "none, it keeps trying");
	if (*s->link)
		row(t, "link", OUT_PLAIN, s->link);
	time_row(t, cli, "linked since", OUT_PLAIN, s->linked_since);
	if (*s->last_error)
		row(t, "last error", *s->broker ? OUT_DIM : OUT_BAD, *s->last_error_text ? s->last_error_text : s->last_error);
	count_row(t, "outbox, urgent", s->outbox_urgent, OUT_WARN);
	count_row(t, "outbox, routine", s->outbox_routine, OUT_WARN);
	count_row(t, "inbox", s->inbox, OUT_PLAIN);
	count_row(t, "quarantined", s->quarantined, OUT_BAD);
	lane_row(t, "urgent lane", s->urgent, s->urgent_last);
	lane_row(t, "routine lane", s->routine, s->routine_last);
	count_row(t, "missed for ever", s->missed, OUT_BAD);
	time_row(t, cli, "certificate until", s->certificate_expires - when_now_ms() < SOON_MS ? OUT_BAD : OUT_PLAIN,
		s->certificate_expires);
	row(t, "version", OUT_PLAIN, s->version);
}

static enum cli_exit status_table(struct cli *cli, const Lagebus__StatusReply *s)
{
	static const char *const heads[] = { "what", "now", NULL };
	struct table *t = table_new(heads, 1);
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	add_rows(t, cli, s);
	code = table_print(t, cli);
	table_free(t);
	return code;
}

enum cli_exit cmd_status(struct cli *cli)
{
	struct client client;
	enum cli_exit code = client_open(cli, &client);
	const Lagebus__StatusReply *s;

	if (!code) {
		s = client_status(&client);
		code = cli->json ? out_json(cli, status_json(s)) : status_table(cli, s);
		if (!code && !*s->broker)
			code = CLI_NO_BROKER;
	}
	client_close(&client);
	return code;
}
