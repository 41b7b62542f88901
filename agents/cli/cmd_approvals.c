/* lagebus approvals */
#include "agents/cli/approvals.h"
#include "agents/cli/commands.h"
#include "agents/cli/message.h"
#include "agents/cli/out.h"
#include "agents/cli/when.h"
#include "proto/host/words.h"

const struct option_row cmd_approvals_options[] = {
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_approvals_examples[] = {
	"lagebus approvals",
	"lagebus approvals --json",
	NULL,
};

static void add_row(struct table *t, struct cli *cli, const Lagebus__WaitingMessage *m, const struct lb_header *h)
{
	char id[LB_UUID_TEXT], until[WHEN_TEXT], audience[MESSAGE_AUDIENCE_SHOWN];

	lb_uuid_format(&h->id, id);
	out_time(cli, m->approval->until, until);
	message_audience_show(cli, h, audience, sizeof(audience));
	table_cell(t, OUT_WARN, "%s", until);
	table_cell(t, out_level_style(h->level), "%s%s", h->exercise ? OUT_EXERCISE " " : "", out_word(cli, out_level(h->level)));
	table_cell(t, out_tlp_style(h->tlp), "%s", lb_tlp_name(lb_tlp_effective(h->tlp)));
	table_cell(t, OUT_PLAIN, "%.*s", (int)h->origin.n, h->origin.p);
	table_cell(t, OUT_PLAIN, "%s", audience);
	table_cell(t, OUT_PLAIN, "%s", m->approval->signer);
	table_cell(t, m->may_approve ? OUT_GOOD : OUT_DIM, "%s", out_word(cli, m->may_approve ? N_("yes") : N_("no")));
	table_cell(t, OUT_DIM, "%s", id);
}

static enum cli_exit show_table(struct cli *cli, const Lagebus__Waiting *all)
{
	static const char *const heads[] = { N_("waits until"), N_("level"), N_("marking"), N_("from"), N_("to"), N_("signed by"), N_("may approve"), N_("id"), NULL };
	struct table *t = table_new(heads, 5, 7);
	enum cli_exit code;

	if (!t)
		return cli_fail(cli, CLI_IO, "out of memory");
	for (size_t i = 0; i < all->n_messages; i++) {
		struct lb_header h;

		if (all->messages[i]->approval && lb_header_decode(all->messages[i]->header.data, all->messages[i]->header.len, &h) == LB_OK)
			add_row(t, cli, all->messages[i], &h);
	}
	code = all->n_messages || !cli->terminal ? table_print(t, cli) : CLI_OK;
	table_free(t);
	if (cli->terminal && all->n_messages == 0)
		out_line(cli, "nothing waits for a second person");
	else if (cli->terminal)
		out_line(cli, "lagebus approve ID shows one and asks");
	if (all->more)
		cli_note(cli, "more waits than is listed");
	return code;
}

static enum cli_exit show_json(struct cli *cli, const Lagebus__Waiting *all)
{
	json_t *doc = json_array();

	for (size_t i = 0; i < all->n_messages; i++) {
		const Lagebus__WaitingMessage *m = all->messages[i];
		char id[LB_UUID_TEXT];
		struct lb_header h;

		if (!m->approval || lb_header_decode(m->header.data, m->header.len, &h) != LB_OK)
			continue;
		lb_uuid_format(&h.id, id);
		json_array_append_new(doc, json_pack("{s:s,s:o,s:o,s:i,s:s,s:b,s:o,s:o,s:o,s:b}", "id", id, "origin", out_json_text(h.origin.p, h.origin.n),
			"audience", message_audience_json(&h), "level", (int)h.level, "tlp", lb_tlp_name(lb_tlp_effective(h.tlp)), "exercise", (int)h.exercise,
			"signer", out_json_string(m->approval->signer), "came", out_json_time(m->approval->came),
			"until", out_json_time(m->approval->until), "may_approve", (int)m->may_approve));
	}
	return out_json(cli, doc);
}

enum cli_exit cmd_approvals(struct cli *cli)
{
	Lagebus__Waiting *all = NULL;
	struct client client;
	enum cli_exit code = client_open(cli, &client);

	if (!code)
		code = approvals_list(&client, &all);
	if (!code)
		code = cli->json ? show_json(cli, all) : show_table(cli, all);
	if (all)
		lagebus__waiting__free_unpacked(all, NULL);
	client_close(&client);
	return code;
}
