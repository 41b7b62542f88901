/* lagebus help */
#include "agents/cli/commands.h"

const struct option_row cmd_help_options[] = { { NULL, NULL, NULL, 0 } };
const char *const cmd_help_examples[] = { "lagebus help", "lagebus help warn", "lagebus help ca issue", NULL };

enum cli_exit cmd_help(struct cli *cli)
{
	const struct command *c;
	int used;

	if (cli->args.words_n == 0) {
		help_all(cli->out);
		return CLI_OK;
	}
	c = command_find((int)cli->args.words_n, cli->args.words, &used);
	if (!c)
		return cli_fail(cli, CLI_USAGE, "there is no command '%s' (lagebus help lists them)", cli->args.words[0]);
	help_command(cli->out, c);
	return CLI_OK;
}
