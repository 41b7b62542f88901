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
	if (c)
		help_command(cli->out, c);
	else if (cli->args.words_n == 1 && command_is_group(cli->args.words[0]))
		help_group(cli->out, cli->args.words[0]);
	else
		return command_unknown(cli, (int)cli->args.words_n, cli->args.words);
	return CLI_OK;
}
