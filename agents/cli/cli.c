/* The program from the command line to the exit code: global options, the command, its options, its work. */
#include "agents/cli/cli.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "agents/cli/text.h"
#include "proto/host/words.h"

#define AGENT_DEFAULT "ipc:///run/lagebus/agent/agent.sock"
#define TIMEOUT_DEFAULT_S 30
#define WIDTH_DEFAULT 120
#define WIDTH_MIN 20

const struct option_row global_options[] = {
	{ "agent", "ADDRESS", "the agent's local socket (default $LAGEBUS_AGENT, else " AGENT_DEFAULT ")", 0 },
	{ "json", NULL, "write one JSON document instead of text", 0 },
	{ "table", NULL, "write tables and text as on a terminal, also in a pipe", 0 },
	{ "no-color", NULL, "no colour, also on a terminal (as with NO_COLOR set)", 0 },
	{ "timeout", "SECONDS", "how long to wait for agent and broker (default 30)", 0 },
	{ "help", NULL, "show the help of the command", 'h' },
	{ "version", NULL, "show the version", 'V' },
	{ NULL, NULL, NULL, 0 },
};

static void fail_text(struct cli *cli, enum cli_exit code, const char *text)
{
	char *clean = text_clean(text, strlen(text), TEXT_LINE);

	fprintf(cli->err, "lagebus: %s\n", clean ? clean : _("out of memory"));
	if (cli->json) {
		json_t *doc = json_pack("{s:{s:s,s:i}}", "error", "text", clean ? clean : "", "exit", (int)code);

		if (doc) {
			json_dumpf(doc, cli->out, JSON_INDENT(2));
			fputc('\n', cli->out);
		}
		json_decref(doc);
	}
	free(clean);
}

enum cli_exit cli_fail(struct cli *cli, enum cli_exit code, const char *format, ...)
{
	char text[1200];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), _(format), ap);
	va_end(ap);
	fail_text(cli, code, text);
	return code;
}

enum cli_exit cli_fail_why(struct cli *cli, lb_err e, const struct why *why)
{
	enum cli_exit code = why->usage ? CLI_USAGE : exit_of(e);

	fail_text(cli, code, why->text);
	return code;
}

void cli_note(struct cli *cli, const char *format, ...)
{
	char text[1200], *clean;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), _(format), ap);
	va_end(ap);
	clean = text_clean(text, strlen(text), TEXT_LINE);
	if (clean)
		fprintf(cli->err, _("lagebus: note: %s\n"), clean);
	free(clean);
}

static unsigned width_of(FILE *f)
{
	struct winsize size;

	if (ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col >= WIDTH_MIN)
		return size.ws_col;
	return WIDTH_DEFAULT;
}

static enum cli_exit settings(struct cli *cli)
{
	const char *environment = getenv("LAGEBUS_AGENT"), *term = getenv("TERM");
	long timeout_s = TIMEOUT_DEFAULT_S;
	struct why why;
	bool terminal;

	if (args_number(&cli->args, "timeout", 1, 86400, &timeout_s, &why))
		return cli_fail(cli, CLI_USAGE, "%s", why.text);
	cli->timeout_ms = (int)timeout_s * 1000;
	cli->agent = args_value(&cli->args, "agent", environment && *environment ? environment : AGENT_DEFAULT);
	terminal = fileno(cli->out) >= 0 && isatty(fileno(cli->out));
	cli->terminal = (terminal || args_has(&cli->args, "table")) && !cli->json;
	cli->progress = fileno(cli->err) >= 0 && isatty(fileno(cli->err)) && !cli->json;
	cli->colour = terminal && !cli->json && !getenv("NO_COLOR") && !args_has(&cli->args, "no-color") &&
		!(term && strcmp(term, "dumb") == 0);
	cli->width = terminal ? width_of(cli->out) : WIDTH_DEFAULT;
	return CLI_OK;
}

static enum cli_exit run(struct cli *cli)
{
	const struct command *c = cli->command;
	enum cli_exit code = settings(cli);

	if (code)
		return code;
	if (args_has(&cli->args, "help")) {
		help_command(cli->out, c);
		return CLI_OK;
	}
	if (cli->args.words_n < c->words_min)
		return cli_fail(cli, CLI_USAGE, "usage: lagebus %s %s (see: lagebus help %s)", c->name, c->words, c->name);
	if (cli->args.words_n > c->words_max)
		return cli_fail(cli, CLI_USAGE, "'%s' is one word too many for lagebus %s (see: lagebus help %s)",
			cli->args.words[c->words_max], c->name, c->name);
	return c->run(cli);
}

static enum cli_exit without_command(struct cli *cli)
{
	if (args_has(&cli->args, "version")) {
		fprintf(cli->out, "lagebus %s\n", LAGEBUS_VERSION);
		return CLI_OK;
	}
	if (args_has(&cli->args, "help")) {
		help_all(cli->out);
		return CLI_OK;
	}
	help_all(cli->err);
	return CLI_USAGE;
}

/* The first word of a command that has two, and no command behind it. */
static enum cli_exit group(struct cli *cli, int argc, char **argv)
{
	bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

	if (argc > 1 && !help)
		return command_unknown(cli, argc, argv);
	help_group(help ? cli->out : cli->err, argv[0]);
	return help ? CLI_OK : CLI_USAGE;
}

/* A document is for programs, which find the same words in it whoever runs them. */
static void look_for_json(struct cli *cli)
{
	cli->json = args_has(&cli->args, "json");
	if (cli->json)
		words_speak_german(false);
}

static enum cli_exit dispatch(struct cli *cli, int argc, char **argv)
{
	struct why why;
	int used = 0;

	if (options_parse(NULL, global_options, OPTIONS_UNTIL_WORD, argc, argv, &cli->args, &why))
		return cli_fail(cli, CLI_USAGE, "%s (see: lagebus help)", why.text);
	look_for_json(cli);
	argc = (int)cli->args.words_n;
	argv = cli->args.words;
	if (argc == 0)
		return without_command(cli);
	cli->command = command_find(argc, argv, &used);
	if (!cli->command)
		return command_is_group(argv[0]) ? group(cli, argc, argv) : command_unknown(cli, argc, argv);
	/* The command's last word stands where getopt expects the program's name. */
	if (options_parse(cli->command->options, global_options, OPTIONS_MIXED, argc - used + 1, argv + used - 1, &cli->args, &why))
		return cli_fail(cli, CLI_USAGE, "%s (see: lagebus help %s)", why.text, cli->command->name);
	look_for_json(cli);
	return args_has(&cli->args, "version") ? without_command(cli) : run(cli);
}

int cli_main(int argc, char **argv, FILE *out, FILE *err)
{
	struct cli *cli = calloc(1, sizeof(*cli));
	enum cli_exit code;

	if (!cli)
		return CLI_IO;
	words_init();
	cli->out = out;
	cli->err = err;
	code = dispatch(cli, argc, argv);
	if ((fflush(out) != 0 || ferror(out)) && code == CLI_OK && errno != EPIPE) {
		fprintf(err, "lagebus: %s: %s\n", _("cannot write the output"), _(strerror(errno)));
		code = CLI_IO;
	}
	free(cli);
	return (int)code;
}
