/* The help texts, made from the tables. */
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/text.h"

#define HELP_COLUMN 26
#define COMMAND_COLUMN 25
#define HELP_WIDTH 80

/* Writes text from the given column on, broken at spaces. */
static void wrapped(FILE *f, const char *text, unsigned column)
{
	unsigned at = column;

	while (*text) {
		size_t n = strcspn(text, " \n");
		unsigned columns = (unsigned)n; /* the tables' texts are nearly ASCII */

		if (at + 1 + columns > HELP_WIDTH && at > column) {
			fprintf(f, "\n%*s", (int)column, "");
			at = column;
		}
		fprintf(f, "%s%.*s", at > column ? " " : "", (int)n, text);
		at += columns + (at > column);
		text += n;
		if (*text == '\n') {
			fprintf(f, "\n%*s", (int)column, "");
			at = column;
		}
		if (*text)
			text++;
	}
	fputc('\n', f);
}

static void option_line(FILE *f, const struct option_row *o)
{
	char left[80];
	int n = o->letter ? snprintf(left, sizeof(left), "  -%c, --%s", o->letter, o->name) : snprintf(left, sizeof(left),
		"  --%s", o->name);

	if (o->value && n > 0 && (size_t)n < sizeof(left))
		n += snprintf(left + n, sizeof(left) - (size_t)n, " %s", o->value);
	fputs(left, f);
	if (n >= HELP_COLUMN)
		fprintf(f, "\n%*s", HELP_COLUMN, "");
	else
		fprintf(f, "%*s", HELP_COLUMN - n, "");
	wrapped(f, o->help, HELP_COLUMN);
}

static void options_of(FILE *f, const struct option_row *o)
{
	for (; o && o->name; o++)
		option_line(f, o);
}

/* A command's own option stands in front of a global one of the same name. */
static void global_options_of(FILE *f, const struct option_row *own)
{
	for (const struct option_row *o = global_options; o->name; o++) {
		const struct option_row *same = own;

		while (same->name && strcmp(same->name, o->name) != 0)
			same++;
		if (!same->name)
			option_line(f, o);
	}
}

static void command_line(FILE *f, const struct command *c)
{
	fprintf(f, "  %-22s ", c->name);
	wrapped(f, c->summary, COMMAND_COLUMN);
}

void help_all(FILE *f)
{
	fputs("lagebus: warnings, reports and receipts of the federation, by the local agent\n\n"
	      "usage: lagebus [OPTION...] COMMAND [OPTION...] [WORD...]\n\ncommands:\n", f);
	for (const struct command *c = commands; c->name; c++)
		command_line(f, c);
	fputs("\noptions of every command:\n", f);
	options_of(f, global_options);
	fputs("\nexit codes:\n", f);
	for (const struct exit_row *e = exit_rows; e->text; e++)
		fprintf(f, "  %d  %s\n", (int)e->code, e->text);
	fputs("\n'lagebus help COMMAND' shows a command's options and examples;\nlagebus(1) is the manual.\n", f);
}

void help_group(FILE *f, const char *word)
{
	size_t n = strlen(word);

	fprintf(f, "usage: lagebus %s COMMAND [OPTION...] [WORD...]\n\ncommands:\n", word);
	for (const struct command *c = commands; c->name; c++)
		if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
			command_line(f, c);
	fprintf(f, "\n'lagebus help %s COMMAND' shows a command's options and examples.\n", word);
}

void help_command(FILE *f, const struct command *c)
{
	fprintf(f, "lagebus %s: %s\n\nusage: lagebus %s [OPTION...]%s%s\n\n", c->name, c->summary, c->name,
		*c->words ? " " : "", c->words);
	wrapped(f, c->text, 0);
	if (c->options->name) {
		fputs("\noptions:\n", f);
		options_of(f, c->options);
	}
	fputs("\noptions of every command:\n", f);
	global_options_of(f, c->options);
	fputs("\nexamples:\n", f);
	for (const char *const *e = c->examples; *e; e++)
		fprintf(f, "  %s\n", *e);
}
