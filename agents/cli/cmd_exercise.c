/* lagebus exercise begin, end, list */
#include <stdlib.h>
#include <string.h>

#include "agents/cli/advice.h"
#include "agents/cli/approvals.h"
#include "agents/cli/commands.h"
#include "agents/cli/draft.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/classified.h"
#include "lagebus/message_type.h"
#include "proto/exercise.pb-c.h"
#include "proto/host/words.h"

#define OTHER_OPTIONS \
	{ "ack", "STATE", "what recipients are asked for: none, displayed, acknowledged or implemented", 0 }, \
	{ "ack-deadline", "TIME", "until when, as 4h, 2d or 2026-12-01 14:00", 0 }, \
	{ "language", "TAG", "the language of the text (default de)", 0 }, \
	{ "dry-run", NULL, "send nothing; ask the broker who would get it, who not, and by which rule", 0 }, \
	{ "no-wait", NULL, "do not wait for the broker's acceptance; the agent's outbox is enough", 0 }

const struct option_row cmd_exercise_begin_options[] = {
	DRAFT_ADDRESS_OPTIONS,
	{ "title", "TEXT", "the title (default: the name)", 0 },
	{ "text", "TEXT", "what is played, and what is to be known of it", 0 },
	{ "begins", "TIME", "when it begins, as 4h, 2d or 2026-12-01 14:00 (default: at once)", 0 },
	{ "ends", "TIME", "when it ends at the latest; likewise (default: it is ended with exercise end)", 0 },
	OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_exercise_begin_examples[] = {
	"lagebus exercise begin 'LÜKEX 26' --to all --ends 2d --title 'LÜKEX 26: Ausfall der Netze'",
	"lagebus exercise begin 'Probe Sachsen' --to 'de-sn/*' --begins 2026-12-01T08:00:00Z --ends 2026-12-01T16:00:00Z",
	NULL,
};
const struct option_row cmd_exercise_end_options[] = {
	{ "to", "AUDIENCE", "to whom the end is told (default: to whom the beginning went)", 0 },
	{ "as", "PARTNER", "in whose name: a partner that this agent may act for (default: its own)", 0 },
	{ "text", "TEXT", "what is to be known of the end", 0 },
	OTHER_OPTIONS,
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_exercise_end_examples[] = { "lagebus exercise end 'LÜKEX 26'", NULL };
const struct option_row cmd_exercise_list_options[] = {
	{ "past", NULL, "also those that are over", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_exercise_list_examples[] = { "lagebus exercise list", "lagebus exercise list --past --json", NULL };

static const char *const heads[] = { N_("exercise"), N_("state"), N_("begun by"), N_("begins"), N_("ends"), N_("title"), NULL };

/* The name stands in the header; the payload's texts draft_send reads. */
static enum cli_exit check_name(struct cli *cli, const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > LB_TEXT_MAX)
		return cli_fail(cli, CLI_USAGE, "an exercise has a name, of at most %d bytes", LB_TEXT_MAX);
	if (!lb_utf8_is_valid(name, n))
		return cli_fail(cli, CLI_REFUSED, "the name must be UTF-8; convert it first (iconv -t utf-8)");
	if (lb_text_is_classified(name, n))
		return cli_fail(cli, CLI_REFUSED, "the name carries a classification marking; use a system that is approved for it");
	return CLI_OK;
}

/* Sends the Exercise under a header that is read from the command line. */
static enum cli_exit send_exercise(struct cli *cli, const struct draft_defaults *defaults, const char *name, const Lagebus__Exercise *x,
	ProtobufCBinaryData thread)
{
	struct draft draft;
	struct why why;
	uint8_t *payload;
	enum cli_exit code = check_name(cli, name);
	lb_err e;

	if (code)
		return code;
	e = draft_init(&draft, &cli->args, defaults, when_now_ms(), &why);
	if (e) {
		draft_fini(&draft);
		return draft_fail(cli, e, &why);
	}
	if (draft.header.tlp == LB_TLP_RED) {
		draft_fini(&draft);
		return cli_fail(cli, CLI_REFUSED, "%s (%s): %s", lb_err_text(LB_EXERCISE_RED), lb_err_token(LB_EXERCISE_RED), advice_for(LB_EXERCISE_RED));
	}
	draft.header.exercise = true;
	draft.header.exercise_name = (char *)name;
	draft.header.thread = thread;
	payload = malloc(lagebus__exercise__get_packed_size(x) + 1);
	code = payload ? draft_send(cli, &draft, payload, lagebus__exercise__pack(x, payload)) : cli_fail(cli, CLI_IO, "out of memory");
	free(payload);
	draft_fini(&draft);
	return code;
}

enum cli_exit cmd_exercise_begin(struct cli *cli)
{
	const char *begins = args_value(&cli->args, "begins", NULL), *ends = args_value(&cli->args, "ends", NULL);
	struct draft_defaults defaults = { .type = LB_TYPE_EXERCISE, .area = LB_AREA_CYBER_DEFENCE, .tlp = lb_message_type(LB_TYPE_EXERCISE)->tlp };
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	struct why why;

	x.phase = LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_BEGIN;
	x.title = (char *)args_value(&cli->args, "title", cli->args.words[0]);
	x.text = (char *)args_value(&cli->args, "text", "");
	if ((begins && when_deadline_ms(begins, when_now_ms(), &x.begins, &why)) || (ends && when_deadline_ms(ends, when_now_ms(), &x.ends, &why)))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	if (x.ends && x.ends <= x.begins)
		return cli_fail(cli, CLI_USAGE, "--ends %s: the exercise would end before it begins", ends);
	return send_exercise(cli, &defaults, cli->args.words[0], &x, (ProtobufCBinaryData){ 0, NULL });
}

/* The exercises that the agent knows. */
static enum cli_exit ask(struct cli *cli, bool past, Lagebus__Reply **reply, char self[LB_PARTNER_ID_MAX + 1])
{
	Lagebus__Request request = LAGEBUS__REQUEST__INIT;
	Lagebus__ExercisesRequest body = LAGEBUS__EXERCISES_REQUEST__INIT;
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	body.past = past;
	request.body_case = LAGEBUS__REQUEST__BODY_EXERCISES;
	request.exercises = &body;
	if (!code)
		snprintf(self, LB_PARTNER_ID_MAX + 1, "%s", client_status(&client)->partner);
	if (!code)
		code = client_ask(&client, &request, "asking which exercises there are", reply);
	if (!code && (*reply)->body_case != LAGEBUS__REPLY__BODY_EXERCISES)
		code = cli_fail(cli, CLI_IO, "the agent's answer is not a list of exercises");
	client_close(&client);
	return code;
}

/* What of an exercise waits for a second person at the broker: it ends with it. NULL: nothing can be known of it now. */
static Lagebus__Waiting *ask_waiting(struct cli *cli)
{
	Lagebus__Waiting *all = NULL;
	struct client client;

	if (!client_open(cli, &client) && *client_status(&client)->broker && approvals_list(&client, &all))
		all = NULL; /* why was said, and the exercise is ended all the same */
	client_close(&client);
	return all;
}

static void note_waiting(struct cli *cli, const Lagebus__Waiting *all, const char *name)
{
	for (size_t i = 0; all && i < all->n_messages; i++) {
		char id[LB_UUID_TEXT];
		struct lb_header h;

		if (lb_header_decode(all->messages[i]->header.data, all->messages[i]->header.len, &h) || lb_header_is_real(&h) || !lb_text_equals(h.exercise_name, name))
			continue;
		lb_uuid_format(&h.id, id);
		cli_note(cli, "the warning %s of %.*s waited for a second person, and ends with the exercise: it is not sent (lagebus receipts %s)", id, (int)h.origin.n,
			h.origin.p, id);
	}
}

static const Lagebus__ExerciseRow *find_own(const Lagebus__ExercisesReply *list, const char *name, const char *by)
{
	for (size_t i = 0; i < list->n_rows; i++)
		if (strcmp(list->rows[i]->name, name) == 0 && strcmp(list->rows[i]->origin, by) == 0 && list->rows[i]->ended == 0)
			return list->rows[i];
	return NULL;
}

static enum cli_exit end_it(struct cli *cli, const Lagebus__ExerciseRow *row, const struct lb_header *begun)
{
	struct draft_defaults defaults = { .type = LB_TYPE_EXERCISE, .area = begun->area, .tlp = lb_tlp_effective(begun->tlp) };
	Lagebus__Exercise x = LAGEBUS__EXERCISE__INIT;
	char audience[LB_HEADER_MAX];

	message_audience(begun, audience, sizeof(audience));
	for (char *p = audience; *p; p++)
		if (*p == ' ')
			*p = ',';
	defaults.to = audience;
	x.phase = LAGEBUS__EXERCISE_PHASE__EXERCISE_PHASE_END;
	x.title = row->title;
	x.text = (char *)args_value(&cli->args, "text", "");
	return send_exercise(cli, &defaults, row->name, &x, (ProtobufCBinaryData){ sizeof(begun->id.b), (uint8_t *)begun->id.b });
}

enum cli_exit cmd_exercise_end(struct cli *cli)
{
	Lagebus__Reply *reply = NULL;
	char self[LB_PARTNER_ID_MAX + 1];
	struct lb_header begun;
	const Lagebus__ExerciseRow *row = NULL;
	Lagebus__Waiting *waiting = NULL;
	const char *by;
	enum cli_exit code = ask(cli, true, &reply, self);

	by = args_value(&cli->args, "as", self);
	if (!code && !(row = find_own(reply->exercises, cli->args.words[0], by)))
		code = cli_fail(cli, CLI_REFUSED, "%s has begun no exercise of this name that is not ended (lagebus exercise list --past shows all)", by);
	if (!code && lb_header_decode(row->header.data, row->header.len, &begun))
		code = cli_fail(cli, CLI_IO, "the agent's answer cannot be read");
	if (!code)
		waiting = ask_waiting(cli);
	if (!code)
		code = end_it(cli, row, &begun);
	if (!code)
		note_waiting(cli, waiting, row->name);
	if (waiting)
		lagebus__waiting__free_unpacked(waiting, NULL);
	if (reply)
		lagebus__reply__free_unpacked(reply, NULL);
	return code;
}

static const char *state_of(const Lagebus__ExerciseRow *row, int64_t now_ms)
{
	if (row->runs)
		return N_("runs");
	return row->ended || (row->ends && row->ends <= now_ms) ? N_("over") : N_("to come");
}

static json_t *row_json(const Lagebus__ExerciseRow *row, int64_t now_ms)
{
	struct lb_header h = { .audience_n = 0 };

	if (lb_header_decode(row->header.data, row->header.len, &h))
		h.audience_n = 0;
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "exercise_name", out_json_string(row->name), "state", state_of(row, now_ms), "origin",
		out_json_string(row->origin), "audience", message_audience_json(&h), "begins", out_json_time(row->begins), "ends", out_json_time(row->ends),
		"ended", out_json_time(row->ended), "title", out_json_string(row->title), "text", out_json_string(row->text));
}

static void time_cell(struct table *t, struct cli *cli, int64_t ms)
{
	char text[WHEN_TEXT];

	out_time(cli, ms, text);
	table_cell(t, OUT_PLAIN, "%s", *text ? text : "-");
}

static enum cli_exit list_table(struct cli *cli, const Lagebus__ExercisesReply *list)
{
	struct table *t = table_new(heads, 5, 0);
	int64_t now_ms = when_now_ms();
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < list->n_rows; i++) {
		const Lagebus__ExerciseRow *row = list->rows[i];

		table_cell(t, OUT_PLAIN, OUT_EXERCISE " %s", row->name);
		table_cell(t, row->runs ? OUT_YELLOW : OUT_DIM, "%s", out_word(cli, state_of(row, now_ms)));
		table_cell(t, OUT_PLAIN, "%s", row->origin);
		time_cell(t, cli, row->begins);
		time_cell(t, cli, row->ended ? row->ended : row->ends);
		table_cell(t, OUT_PLAIN, "%s", row->title);
	}
	if (list->n_rows == 0 && cli->terminal) {
		out_line(cli, "No exercise runs or is to come.");
		code = CLI_OK;
	} else {
		code = table_print(t, cli);
	}
	table_free(t);
	return code;
}

static enum cli_exit list_json(struct cli *cli, const Lagebus__ExercisesReply *list)
{
	json_t *all = json_array();

	for (size_t i = 0; i < list->n_rows; i++)
		json_array_append_new(all, row_json(list->rows[i], when_now_ms()));
	return out_json(cli, json_pack("{s:o}", "exercises", all));
}

enum cli_exit cmd_exercise_list(struct cli *cli)
{
	Lagebus__Reply *reply = NULL;
	char self[LB_PARTNER_ID_MAX + 1];
	enum cli_exit code = ask(cli, args_has(&cli->args, "past"), &reply, self);

	if (!code)
		code = cli->json ? list_json(cli, reply->exercises) : list_table(cli, reply->exercises);
	if (reply)
		lagebus__reply__free_unpacked(reply, NULL);
	return code;
}
