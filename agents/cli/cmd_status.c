/* lagebus status */
#include <string.h>

#include "agents/cli/client.h"
#include "agents/cli/commands.h"
#include "agents/cli/message.h"
#include "agents/cli/open_deadline.h"
#include "agents/cli/out.h"
#include "agents/cli/wait_end.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

#define ERROR_MAX 700
#define SOON_MS (30LL * 86400 * 1000) /* before its certificate ends, the agent's operator should hear of it */

const struct option_row cmd_status_options[] = { { NULL, NULL, NULL, 0 } };
const char *const cmd_status_examples[] = { "lagebus status", "lagebus status --json", NULL };

static json_t *lane_json(uint64_t at, uint64_t last)
{
	return json_pack("{s:I,s:I,s:I}", "position", (json_int_t)at, "newest", (json_int_t)last, "behind",
		(json_int_t)(last > at ? last - at : 0));
}

static json_t *names_json(char **names, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, out_json_string(names[i]));
	return list;
}

static json_t *open_json(const Lagebus__StatusReply *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_open; i++)
		json_array_append_new(list, open_deadline_json(s->open[i]));
	return list;
}

/* What cannot be read is left out. */
static json_t *ends_json(const Lagebus__StatusReply *s)
{
	json_t *list = json_array(), *one;

	for (size_t i = 0; i < s->n_wait_ends; i++)
		if ((one = wait_end_json(s->wait_ends[i])))
			json_array_append_new(list, one);
	return list;
}

static json_t *status_json(const Lagebus__StatusReply *s)
{
	json_t *doc = json_pack("{s:o,s:o,s:b,s:o,s:o,s:o,s:o,s:o}", "agent", out_json_string(s->agent), "partner", out_json_string(s->partner),
		"linked", *s->broker != 0, "broker", out_json_string(s->broker), "link", out_json_string(s->link), "linked_since", out_json_time(s->linked_since),
		"last_error", out_json_string(s->last_error), "last_error_text", out_json_string(s->last_error_text));

	json_object_set_new(doc, "outbox", json_pack("{s:I,s:I}", "urgent", (json_int_t)s->outbox_urgent, "routine",
		(json_int_t)s->outbox_routine));
	json_object_set_new(doc, "inbox", json_integer((json_int_t)s->inbox));
	json_object_set_new(doc, "inbox_exercises", json_integer((json_int_t)s->inbox_exercises));
	json_object_set_new(doc, "exercises", names_json(s->exercises, s->n_exercises));
	json_object_set_new(doc, "quarantined", json_integer((json_int_t)s->quarantined));
	json_object_set_new(doc, "urgent", lane_json(s->urgent, s->urgent_last));
	json_object_set_new(doc, "routine", lane_json(s->routine, s->routine_last));
	json_object_set_new(doc, "quarantine_ends", out_json_time(s->quarantine_ends));
	json_object_set_new(doc, "incidents", json_pack("{s:I,s:I,s:I,s:I}", "open", (json_int_t)s->incidents_open, "soon", (json_int_t)s->incidents_soon, "overdue",
		(json_int_t)s->incidents_overdue, "idle", (json_int_t)s->incidents_idle));
	json_object_set_new(doc, "missed", json_integer((json_int_t)s->missed));
	json_object_set_new(doc, "version", out_json_string(s->version));
	json_object_set_new(doc, "acts_for", names_json(s->acts_for, s->n_acts_for));
	json_object_set_new(doc, "open", open_json(s));
	json_object_set_new(doc, "wait_ends", ends_json(s));
	json_object_set_new(doc, "certificate_expires", out_json_time(s->certificate_expires));
	return doc;
}

static void lane_field(struct cli *cli, const char *name, uint64_t at, uint64_t last)
{
	char text[96];

	if (last > at)
		snprintf(text, sizeof(text), _("%llu of %llu, %llu behind"), (unsigned long long)at, (unsigned long long)last,
			(unsigned long long)(last - at));
	else
		snprintf(text, sizeof(text), _("%llu, up to date"), (unsigned long long)at);
	out_field(cli, last > at ? OUT_WARN : OUT_GOOD, name, text);
}

static void count_field(struct cli *cli, const char *name, uint64_t n, enum out_style if_any)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	out_field(cli, n ? if_any : OUT_PLAIN, name, text);
}

/* Of the open ones, whose clock runs out soon, or has. */
static void incidents_field(struct cli *cli, const Lagebus__StatusReply *s)
{
	char text[160];
	int n = snprintf(text, sizeof(text), _("%llu open"), (unsigned long long)s->incidents_open);

	if (s->incidents_soon)
		n += snprintf(text + n, sizeof(text) - (size_t)n, _(", %llu due soon"), (unsigned long long)s->incidents_soon);
	if (s->incidents_overdue)
		n += snprintf(text + n, sizeof(text) - (size_t)n, _(", %llu overdue"), (unsigned long long)s->incidents_overdue);
	if (s->incidents_idle)
		n += snprintf(text + n, sizeof(text) - (size_t)n, _(", %llu idle"), (unsigned long long)s->incidents_idle);
	if (s->incidents_soon || s->incidents_overdue || s->incidents_idle)
		snprintf(text + n, sizeof(text) - (size_t)n, "%s", " (lagebus incident list)");
	out_field(cli, s->incidents_overdue ? OUT_BAD : s->incidents_soon || s->incidents_idle ? OUT_WARN : OUT_PLAIN, "incidents", text);
}

static void status_fields(struct cli *cli, const Lagebus__StatusReply *s)
{
	bool linked = *s->broker != 0, soon = s->certificate_expires - when_now_ms() < SOON_MS;
	char error[ERROR_MAX];

	out_field(cli, OUT_PLAIN, "agent", s->agent);
	out_field(cli, OUT_PLAIN, "partner", s->partner);
	for (size_t i = 0; i < s->n_acts_for; i++)
		out_field(cli, OUT_PLAIN, "acts for", s->acts_for[i]);
	out_field(cli, linked ? OUT_GOOD : OUT_BAD, "broker", linked ? s->broker : _("none, it keeps trying"));
	out_field(cli, OUT_PLAIN, "link", s->link);
	out_time_field(cli, OUT_PLAIN, "linked since", s->linked_since);
	words_parts(*s->last_error_text ? s->last_error_text : s->last_error, error, sizeof(error));
	if (*s->last_error)
		out_field(cli, linked ? OUT_DIM : OUT_BAD, "last error", error);
	count_field(cli, "outbox, urgent", s->outbox_urgent, OUT_WARN);
	count_field(cli, "outbox, routine", s->outbox_routine, OUT_WARN);
	count_field(cli, "inbox", s->inbox, OUT_PLAIN);
	if (s->inbox_exercises)
		count_field(cli, "inbox, exercises", s->inbox_exercises, OUT_PLAIN);
	for (size_t i = 0; i < s->n_exercises; i++) {
		char text[400];

		snprintf(text, sizeof(text), OUT_EXERCISE " %s", s->exercises[i]);
		out_field(cli, OUT_YELLOW, "running", text);
	}
	count_field(cli, "quarantined", s->quarantined, OUT_BAD);
	out_time_field(cli, OUT_DIM, "first of it deleted", s->quarantine_ends);
	incidents_field(cli, s);
	lane_field(cli, "urgent lane", s->urgent, s->urgent_last);
	lane_field(cli, "routine lane", s->routine, s->routine_last);
	count_field(cli, "missed for ever", s->missed, OUT_BAD);
	for (size_t i = 0; i < s->n_open; i++)
		open_deadline_field(cli, s->open[i]);
	for (size_t i = 0; i < s->n_wait_ends; i++)
		wait_end_field(cli, s->wait_ends[i]);
	out_time_field(cli, soon ? OUT_BAD : OUT_PLAIN, "certificate until", s->certificate_expires);
	out_field(cli, OUT_PLAIN, "version", s->version);
}

enum cli_exit cmd_status(struct cli *cli)
{
	struct client client;
	enum cli_exit code = client_open(cli, &client);
	const Lagebus__StatusReply *s;

	if (!code) {
		s = client_status(&client);
		if (cli->json)
			code = out_json(cli, status_json(s));
		else
			status_fields(cli, s);
		if (!code && !*s->broker)
			code = CLI_NO_BROKER;
	}
	client_close(&client);
	return code;
}
