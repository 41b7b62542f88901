/* Tables: rules and colour on a terminal, cards where it is too narrow for that, tab-separated lines in a pipe. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/out.h"
#include "agents/cli/style.h"
#include "agents/cli/text.h"
#include "proto/host/words.h"

#define FLEXIBLE_MIN 20

struct cell {
	char *text;
	enum out_style style;
};

struct table {
	const char *const *heads;
	unsigned columns, flexible, title;
	struct cell *cells;
	size_t n, cap;
	bool failed; /* memory was out: said when it is printed */
};

struct table *table_new(const char *const *heads, unsigned flexible, unsigned title)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->heads = heads;
	t->flexible = flexible;
	t->title = title;
	while (heads[t->columns])
		t->columns++;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i].text);
	free(t->cells);
	free(t);
}

static bool grow(struct table *t)
{
	size_t cap = t->cap ? t->cap * 2 : 64;
	struct cell *cells;

	if (t->n < t->cap)
		return true;
	cells = reallocarray(t->cells, cap, sizeof(*cells));
	if (!cells)
		return false;
	t->cells = cells;
	t->cap = cap;
	return true;
}

void table_cell(struct table *t, enum out_style style, const char *format, ...)
{
	char *text = NULL, *clean = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n >= 0) {
		clean = text_clean(text, (size_t)n, TEXT_LINE);
		free(text);
	}
	if (!clean || !grow(t)) {
		free(clean);
		t->failed = true;
		return;
	}
	t->cells[t->n++] = (struct cell){ clean, style };
}

/* False: it does not fit. */
static bool measure(const struct table *t, unsigned total, unsigned widths[TABLE_COLUMNS])
{
	unsigned sum = 1;

	for (unsigned c = 0; c < t->columns; c++) {
		widths[c] = text_width(_(t->heads[c]));
		for (size_t i = c; i < t->n; i += t->columns) {
			unsigned w = text_width(t->cells[i].text);

			if (w > widths[c])
				widths[c] = w;
		}
		sum += widths[c] + 3;
	}
	if (sum > total) {
		unsigned over = sum - total, width = widths[t->flexible];

		if (width < over + FLEXIBLE_MIN)
			return false;
		widths[t->flexible] = width - over;
	}
	return true;
}

static void rule(const struct table *t, struct cli *cli, const unsigned *widths, const char *left, const char *middle,
	const char *right)
{
	fputs(style_on(cli, OUT_DIM), cli->out);
	for (unsigned c = 0; c < t->columns; c++) {
		fputs(c ? middle : left, cli->out);
		for (unsigned i = 0; i < widths[c] + 2; i++)
			fputs("─", cli->out);
	}
	fprintf(cli->out, "%s%s\n", right, style_off(cli, OUT_DIM));
}

/* Bytes of the text's first line of so many columns: to a space, or where one word has more, as much of that as fits. */
static size_t first_line(const char *text, unsigned width)
{
	size_t n = text_line(text, width), most = text_fit(text, width);

	return n > most ? most : n;
}

/* Puts the first line of the text, and leaves what is behind it. */
static void put_cell(struct cli *cli, const char **text, enum out_style style, unsigned width)
{
	size_t n = first_line(*text, width);
	unsigned columns = text_width(*text) - text_width(*text + n);

	fprintf(cli->out, " %s%.*s%s%*s ", style_on(cli, style), (int)n, *text, style_off(cli, style), (int)(width - columns), "");
	*text += n;
	*text += **text == ' ';
}

static void bar(struct cli *cli)
{
	fprintf(cli->out, "%s│%s", style_on(cli, OUT_DIM), style_off(cli, OUT_DIM));
}

/* A row: as many lines as its flexible cell needs, in which the others are empty below their first. */
static void print_row(struct cli *cli, const struct cell *row, unsigned columns, const unsigned *widths)
{
	const char *rest[TABLE_COLUMNS];
	bool more = true;

	for (unsigned c = 0; c < columns; c++)
		rest[c] = row[c].text;
	while (more) {
		more = false;
		for (unsigned c = 0; c < columns; c++) {
			bar(cli);
			put_cell(cli, &rest[c], *rest[c] ? row[c].style : OUT_PLAIN, widths[c]);
			more |= *rest[c] != 0;
		}
		bar(cli);
		fputc('\n', cli->out);
	}
}

static void print_boxed(const struct table *t, struct cli *cli, const unsigned *widths)
{
	rule(t, cli, widths, "┌", "┬", "┐");
	for (unsigned c = 0; c < t->columns; c++) {
		const char *head = _(t->heads[c]);

		bar(cli);
		put_cell(cli, &head, OUT_HEAD, widths[c]);
	}
	bar(cli);
	fputc('\n', cli->out);
	rule(t, cli, widths, "├", "┼", "┤");
	for (size_t i = 0; i + t->columns <= t->n; i += t->columns)
		print_row(cli, &t->cells[i], t->columns, widths);
	rule(t, cli, widths, "└", "┴", "┘");
}

/* "head value" behind what stands in the line already, or in the next one. */
static void put_pair(struct cli *cli, const char *head, const struct cell *cell, unsigned *at)
{
	unsigned columns = 2 + text_width(head) + 1 + text_width(cell->text);

	if (*at > 0 && *at + columns > cli->width) {
		fputc('\n', cli->out);
		*at = 0;
	}
	fprintf(cli->out, "  %s%s%s %s%s%s", style_on(cli, OUT_DIM), head, style_off(cli, OUT_DIM), style_on(cli, cell->style), cell->text,
		style_off(cli, cell->style));
	*at += columns;
}

/* Its title, below it what else there is to say. */
static void print_card(const struct table *t, struct cli *cli, const struct cell *row)
{
	const char *title = row[t->title].text;
	unsigned at = 0;
	size_t n;

	do {
		n = first_line(title, cli->width);
		fprintf(cli->out, "%s%.*s%s\n", style_on(cli, OUT_HEAD), (int)n, title, style_off(cli, OUT_HEAD));
		title += n + (title[n] == ' ');
	} while (*title);
	for (unsigned c = 0; c < t->columns; c++)
		if (c != t->title && *row[c].text && strcmp(row[c].text, "-") != 0)
			put_pair(cli, _(t->heads[c]), &row[c], &at);
	fputc('\n', cli->out);
}

static void print_wide(const struct table *t, struct cli *cli)
{
	unsigned widths[TABLE_COLUMNS];

	if (measure(t, cli->width, widths))
		print_boxed(t, cli, widths);
	else
		for (size_t i = 0; i + t->columns <= t->n; i += t->columns)
			print_card(t, cli, &t->cells[i]);
}

enum cli_exit table_print(struct table *t, struct cli *cli)
{
	if (t->failed)
		return cli_fail(cli, CLI_IO, "out of memory");
	if (cli->terminal) {
		print_wide(t, cli);
		return CLI_OK;
	}
	for (size_t i = 0; i < t->n; i++)
		fprintf(cli->out, "%s%c", t->cells[i].text, (i + 1) % t->columns ? '\t' : '\n');
	return CLI_OK;
}
