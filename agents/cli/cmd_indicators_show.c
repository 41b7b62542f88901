/* lagebus indicators show */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/indicator_find.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/tlp.h"
#include "lagebus/uuid.h"
#include "proto/host/words.h"

const struct option_row cmd_indicators_show_options[] = {
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_indicators_show_examples[] = {
	"lagebus indicators show 192.0.2.66",
	"lagebus indicators show 018f3c2a-7b1e-8c55-9a41-0c3d1a2b3c4d --json",
	NULL,
};

static void show_texts(struct cli *cli, const Lagebus__IndicatorEntry *e)
{
	Lagebus__Indicator *more = lagebus__indicator__unpack(NULL, e->more.len, e->more.data ? e->more.data : (const uint8_t *)"");

	if (!more)
		return;
	out_field(cli, OUT_PLAIN, "  title", more->title);
	out_field(cli, OUT_PLAIN, "  description", more->description);
	for (size_t i = 0; i < more->n_references; i++)
		out_field(cli, OUT_PLAIN, "  reference", more->references[i]);
	for (size_t i = 0; i < more->n_labels; i++)
		out_field(cli, OUT_PLAIN, "  label", more->labels[i]);
	out_field(cli, OUT_PLAIN, "  original id", more->original_id);
	lagebus__indicator__free_unpacked(more, NULL);
}

static void show_entry(struct cli *cli, const Lagebus__IndicatorEntry *e)
{
	char id[LB_UUID_TEXT] = "", text[40];
	struct lb_uuid uuid;

	if (e->id.len == sizeof(uuid.b)) {
		memcpy(uuid.b, e->id.data, sizeof(uuid.b));
		lb_uuid_format(&uuid, id);
	}
	out_field(cli, OUT_HEAD, "from", e->origin);
	out_field(cli, OUT_PLAIN, "  id", id);
	out_field(cli, out_tlp_style(e->tlp), "  marking", lb_tlp_name(lb_tlp_effective(e->tlp)));
	snprintf(text, sizeof(text), "%u%s", e->confidence, e->to_ids ? _(", for sensors") : "");
	out_field(cli, OUT_PLAIN, "  confidence", text);
	out_time_field(cli, OUT_PLAIN, "  valid until", e->valid_until);
	out_time_field(cli, OUT_PLAIN, "  received", e->last_received);
	out_field(cli, OUT_PLAIN, "  source", e->source);
	out_field(cli, OUT_PLAIN, "  exercise", e->exercise_name);
	show_texts(cli, e);
}

static enum cli_exit show_sightings(struct cli *cli, const Lagebus__IndicatorRow *row)
{
	static const char *const heads[] = { N_("sighted by"), N_("count"), N_("first"), N_("last"), N_("source"), NULL };
	struct table *t;
	enum cli_exit code;

	if (row->n_sightings == 0)
		return CLI_OK;
	t = table_new(heads, 4, 0);
	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < row->n_sightings; i++) {
		const Lagebus__SightingRow *s = row->sightings[i];
		char first[WHEN_TEXT], last[WHEN_TEXT];

		out_time(cli, s->first_seen, first);
		out_time(cli, s->last_seen, last);
		table_cell(t, OUT_PLAIN, "%s", s->origin);
		table_cell(t, OUT_PLAIN, "%llu", (unsigned long long)s->count);
		table_cell(t, OUT_PLAIN, "%s", first);
		table_cell(t, OUT_PLAIN, "%s", last);
		table_cell(t, OUT_PLAIN, "%s", s->source);
	}
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static enum cli_exit show(struct cli *cli, const Lagebus__IndicatorRow *row)
{
	char text[40], number[16];

	if (row->exercise)
		out_styled(cli, OUT_WARN, OUT_EXERCISE);
	out_field(cli, OUT_HEAD, "value", row->value);
	out_field(cli, OUT_PLAIN, "kind", indicator_kind(row->kind, number));
	out_field(cli, out_tlp_style(row->tlp), "marking", lb_tlp_name(lb_tlp_effective(row->tlp)));
	snprintf(text, sizeof(text), "%u", row->confidence);
	out_field(cli, OUT_PLAIN, "confidence", text);
	out_field(cli, OUT_PLAIN, "to_ids", row->to_ids ? _("yes") : _("no"));
	out_time_field(cli, OUT_PLAIN, "valid from", row->valid_from);
	out_time_field(cli, OUT_PLAIN, "valid until", row->valid_until);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)row->sighted);
	out_field(cli, row->sighted ? OUT_WARN : OUT_PLAIN, "sighted", text);
	out_time_field(cli, OUT_PLAIN, "first seen", row->first_seen);
	out_time_field(cli, OUT_PLAIN, "last seen", row->last_seen);
	for (size_t i = 0; i < row->n_entries; i++)
		show_entry(cli, row->entries[i]);
	if (row->exercise)
		out_styled(cli, OUT_WARN, OUT_EXERCISE);
	return show_sightings(cli, row);
}

static enum cli_exit show_all(struct cli *cli, const struct indicator_found *found)
{
	enum cli_exit code = CLI_OK;
	json_t *list;

	if (!cli->json) {
		for (size_t i = 0; !code && i < found->n; i++)
			code = show(cli, found->rows[i]);
		return code;
	}
	list = json_array();
	for (size_t i = 0; i < found->n; i++)
		json_array_append_new(list, indicator_json(found->rows[i]));
	return out_json(cli, json_pack("{s:o}", "indicators", list));
}

enum cli_exit cmd_indicators_show(struct cli *cli)
{
	struct indicator_found found = { .n = 0 };
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	if (!code)
		code = indicator_find(&client, cli->args.words[0], &found);
	client_close(&client);
	if (!code)
		code = show_all(cli, &found);
	indicator_found_fini(&found);
	return code;
}
