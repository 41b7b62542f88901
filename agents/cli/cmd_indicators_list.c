/* lagebus indicators list, lagebus indicators search */
#include <string.h>

#include "agents/cli/commands.h"
#include "agents/cli/indicator_rows.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "lagebus/tlp.h"
#include "proto/host/words.h"

#define LIST_OPTIONS \
	{ "kind", "KIND", "only this kind: ipv4-addr, domain-name, url, file-sha256, ...", 0 }, \
	{ "limit", "N", "how many at most (default 100)", 0 }, \
	{ "no-exercises", NULL, "leave out what belongs to an exercise", 0 }, \
	{ NULL, NULL, NULL, 0 }

const struct option_row cmd_indicators_list_options[] = { LIST_OPTIONS };
const struct option_row cmd_indicators_search_options[] = { LIST_OPTIONS };
const char *const cmd_indicators_list_examples[] = {
	"lagebus indicators list",
	"lagebus indicators list --kind domain-name --limit 1000 --json",
	NULL,
};
const char *const cmd_indicators_search_examples[] = {
	"lagebus indicators search 192.0.2.66",
	"lagebus indicators search 192.0.2.0/24",
	"lagebus indicators search www.example.org",
	"lagebus indicators search '*.example.org' --json",
	"lagebus indicators search 'd41d8cd9*'",
	NULL,
};

static const char *const heads[] = { N_("value"), N_("kind"), N_("marking"), N_("confidence"), N_("to_ids"), N_("from"), N_("valid until"), N_("sighted"), N_("title"), NULL };

struct listing {
	struct cli *cli;
	struct table *table;
	json_t *json;
	size_t n;
};

static void add_origins(struct table *t, const Lagebus__IndicatorRow *row)
{
	size_t n = row->n_entries;

	if (n == 0)
		table_cell(t, OUT_PLAIN, "-");
	else if (n == 1)
		table_cell(t, OUT_PLAIN, "%s", row->entries[0]->origin);
	else
		table_cell(t, OUT_PLAIN, _("%s and %zu more"), row->entries[0]->origin, n - 1);
}

static void add_cells(struct listing *l, const Lagebus__IndicatorRow *row, const char *title)
{
	char until[WHEN_TEXT], number[16];

	when_iso(row->valid_until, until);
	if (l->cli->terminal)
		until[10] = 0; /* the day */
	table_cell(l->table, OUT_PLAIN, "%s%s", row->exercise ? OUT_EXERCISE " " : "", row->value);
	table_cell(l->table, OUT_PLAIN, "%s", indicator_kind(row->kind, number));
	table_cell(l->table, out_tlp_style(row->tlp), "%s", lb_tlp_name(lb_tlp_effective(row->tlp)));
	table_cell(l->table, OUT_PLAIN, "%u", row->confidence);
	table_cell(l->table, row->to_ids ? OUT_GOOD : OUT_DIM, "%s", out_word(l->cli, row->to_ids ? N_("yes") : N_("no")));
	add_origins(l->table, row);
	table_cell(l->table, OUT_PLAIN, "%s", until);
	table_cell(l->table, OUT_PLAIN, "%llu", (unsigned long long)row->sighted);
	table_cell(l->table, OUT_PLAIN, "%s", title);
}

static bool add_row(void *user, const Lagebus__IndicatorRow *row)
{
	struct listing *l = user;
	Lagebus__Indicator *texts;

	l->n++;
	if (l->json)
		return json_array_append_new(l->json, indicator_json(row)) == 0;
	texts = indicator_texts(row);
	add_cells(l, row, texts ? texts->title : "");
	if (texts)
		lagebus__indicator__free_unpacked(texts, NULL);
	return texts != NULL;
}

static enum cli_exit show(struct listing *l, bool more)
{
	enum cli_exit code;

	if (l->json)
		return out_json(l->cli, json_pack("{s:O,s:b}", "indicators", l->json, "more", (int)more));
	if (l->n == 0 && l->cli->terminal) {
		out_line(l->cli, l->cli->args.words_n > 0 || args_has(&l->cli->args, "kind") ? _("No indicators that match.") : _("No indicators yet."));
		return CLI_OK;
	}
	code = table_print(l->table, l->cli);
	if (!code && l->cli->terminal && more)
		out_styled(l->cli, OUT_DIM, "there are more: --limit N shows N, lagebus indicators export all");
	return code;
}

static enum cli_exit list(struct cli *cli, const char *pattern)
{
	Lagebus__IndicatorsRequest what = LAGEBUS__INDICATORS_REQUEST__INIT;
	struct listing l = { .cli = cli };
	struct client client;
	long limit = 100;
	bool more = false;
	struct why why;
	enum cli_exit code;

	if (args_number(&cli->args, "limit", 1, 1000000, &limit, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	code = indicator_kind_option(cli, &what.kind);
	if (code)
		return code;
	what.pattern = (char *)pattern;
	what.leave_out_exercises = args_has(&cli->args, "no-exercises");
	l.json = cli->json ? json_array() : NULL;
	l.table = table_new(heads, 8, 0);
	code = client_open(cli, &client);
	if (!code)
		code = l.table ? indicator_rows(&client, &what, (size_t)limit, add_row, &l, &more) : cli_fail(cli, CLI_IO, "out of memory");
	client_close(&client);
	if (!code)
		code = show(&l, more);
	json_decref(l.json);
	if (l.table)
		table_free(l.table);
	return code;
}

enum cli_exit cmd_indicators_list(struct cli *cli)
{
	return list(cli, "");
}

enum cli_exit cmd_indicators_search(struct cli *cli)
{
	return list(cli, cli->args.words[0]);
}
