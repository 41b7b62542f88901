/* lagebus incident list, show */
#include "agents/cli/commands.h"
#include "agents/cli/incident_ask.h"
#include "agents/cli/incident_show.h"
#include "agents/cli/out.h"

const struct option_row cmd_incident_list_options[] = {
	{ "all", NULL, "the closed ones as well", 0 },
	{ "limit", "N", "how many at most (default 100)", 0 },
	{ NULL, NULL, NULL, 0 },
};
const char *const cmd_incident_list_examples[] = { "lagebus incident list", "lagebus incident list --all --json", NULL };
const struct option_row cmd_incident_show_options[] = { { NULL, NULL, NULL, 0 } };
const char *const cmd_incident_show_examples[] = { "lagebus incident show last", "lagebus incident show 1a2b3c4d --json", NULL };

enum cli_exit cmd_incident_list(struct cli *cli)
{
	struct incident_view v;
	enum cli_exit code;
	struct why why;
	long limit = 100;
	json_t *list;

	if (args_number(&cli->args, "limit", 1, 1000, &limit, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	code = incident_view_list(cli, args_has(&cli->args, "all"), (unsigned)limit, &v);
	if (!code && cli->json) {
		list = json_array();
		for (size_t i = 0; i < v.incidents->n_incidents; i++)
			json_array_append_new(list, incident_json(v.incidents->incidents[i]));
		code = out_json(cli, json_pack("{s:o}", "incidents", list));
	} else if (!code) {
		code = incident_show_list(cli, v.incidents);
	}
	incident_view_fini(&v);
	return code;
}

enum cli_exit cmd_incident_show(struct cli *cli)
{
	struct incident_view v;
	enum cli_exit code = incident_view_one(cli, cli->args.words[0], &v);

	if (!code)
		code = cli->json ? out_json(cli, incident_json(v.one)) : incident_show_one(cli, v.one);
	incident_view_fini(&v);
	return code;
}
