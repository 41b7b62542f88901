/* lagebus check --diff: what a new federation file would change. */
#include "agents/cli/check_diff.h"

#include "agents/cli/check_federation.h"
#include "agents/cli/federation_diff.h"
#include "agents/cli/findings.h"
#include "agents/cli/out.h"
#include "proto/host/words.h"

/* The numbers that diff(1) has, whatever they mean elsewhere. */
#define DIFFERENT CLI_REFUSED
#define TROUBLE CLI_USAGE

/* A line a text, so that each can be read on a terminal and found with grep. */
static void add_texts(struct table *t, const struct cli *cli, const char *kind, const json_t *row, bool added)
{
	const json_t *texts = json_object_get(row, added ? "added" : "removed");

	for (size_t i = 0; i < json_array_size(texts); i++) {
		if (!cli->terminal)
			table_cell(t, OUT_PLAIN, "%s", kind);
		table_cell(t, OUT_PLAIN, "%s", json_string_value(json_object_get(row, "who")));
		table_cell(t, OUT_PLAIN, "%s", out_word(cli, json_string_value(json_object_get(row, "what"))));
		if (cli->terminal)
			table_cell(t, added ? OUT_GOOD : OUT_BAD, "%s", added ? _("from now on") : _("no longer"));
		else
			table_cell(t, OUT_PLAIN, "%s", added ? "added" : "removed");
		table_cell(t, OUT_PLAIN, "%s", json_string_value(json_array_get(texts, i)));
	}
}

/* On a terminal under its title; in a pipe each line begins with the kind. */
static enum cli_exit show_rows(struct cli *cli, const char *title, const char *kind, const json_t *rows)
{
	static const char *const heads[] = { N_("who"), N_("what"), N_("when"), N_("which"), NULL };
	static const char *const pipe_heads[] = { N_("kind"), N_("who"), N_("what"), N_("when"), N_("which"), NULL };
	struct table *t;
	enum cli_exit code;

	if (json_array_size(rows) == 0)
		return CLI_OK;
	t = table_new(cli->terminal ? heads : pipe_heads, 3, 0);
	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		add_texts(t, cli, kind, json_array_get(rows, i), false);
		add_texts(t, cli, kind, json_array_get(rows, i), true);
	}
	if (cli->terminal)
		out_styled(cli, OUT_HEAD, "%s", title);
	code = table_print(t, cli);
	table_free(t);
	return code;
}

static enum cli_exit show(struct cli *cli, const struct federation_diff *d)
{
	bool differ = json_array_size(d->changes) > 0;
	enum cli_exit code;

	if (cli->json) {
		code = out_json(cli, json_pack("{s:b,s:O,s:O}", "differ", (int)differ, "changes", d->changes, "effects", d->effects));
	} else {
		code = show_rows(cli, _("What changes"), "change", d->changes);
		if (!code)
			code = show_rows(cli, _("What follows"), "effect", d->effects);
		if (!code && !differ && cli->terminal)
			out_styled(cli, OUT_GOOD, "nothing changes");
	}
	return code ? code : differ ? DIFFERENT : CLI_OK;
}

enum cli_exit check_diff(struct cli *cli, const char *before, const char *after)
{
	struct federation_diff diff = { NULL, NULL };
	struct findings findings = { .n = 0 };
	struct federation *old = check_federation_read(before, TROUBLE, &findings), *new = check_federation_read(after, TROUBLE, &findings);
	enum cli_exit code;

	if (findings.n > 0) {
		code = findings_show(cli, &findings, NULL);
		code = code ? code : findings_code(&findings);
	} else if (federation_diff_make(old, new, &diff) != LB_OK) {
		code = cli_fail(cli, CLI_IO, "out of memory");
	} else {
		code = show(cli, &diff);
	}
	federation_diff_fini(&diff);
	federation_unref(old);
	federation_unref(new);
	return code;
}
