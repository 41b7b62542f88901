/* Options as rows of a table: what a command takes, parsed with getopt_long, asked for by name. */
#include "agents/cli/options.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_BASE 1000 /* above every letter */

struct parser {
	const struct option_row *rows[OPTIONS_MAX];
	struct option longs[OPTIONS_MAX + 1];
	char shorts[2 * OPTIONS_MAX + 3];
	unsigned n;
};

static void parser_add(struct parser *p, const struct option_row *rows)
{
	size_t at = strlen(p->shorts);

	for (; rows && rows->name; rows++) {
		assert(p->n < OPTIONS_MAX);
		p->rows[p->n] = rows;
		p->longs[p->n] = (struct option){ rows->name, rows->value ? required_argument : no_argument, NULL,
			LONG_BASE + (int)p->n };
		if (rows->letter) {
			p->shorts[at++] = rows->letter;
			if (rows->value)
				p->shorts[at++] = ':';
		}
		p->n++;
	}
	p->shorts[at] = 0;
}

static const struct option_row *parser_row(const struct parser *p, int c)
{
	if (c >= LONG_BASE)
		return p->rows[c - LONG_BASE];
	for (unsigned i = 0; i < p->n; i++)
		if (p->rows[i]->letter == c)
			return p->rows[i];
	return NULL;
}

static lb_err bad_option(const struct parser *p, int c, char **argv, struct why *why)
{
	const struct option_row *row = optopt ? parser_row(p, optopt) : NULL;
	const char *typed = optind > 0 && argv[optind - 1] ? argv[optind - 1] : "?";

	if (c == ':' && row)
		return why_set(why, LB_INVALID, "--%s needs a value: --%s %s", row->name, row->name, row->value);
	if (row && !row->value && optopt >= LONG_BASE)
		return why_set(why, LB_INVALID, "--%s takes no value", row->name);
	if (optopt && optopt < LONG_BASE)
		return why_set(why, LB_INVALID, "there is no option -%c here", optopt);
	return why_set(why, LB_INVALID, "there is no option %.64s here, or it is short for more than one", typed);
}

lb_err options_parse(const struct option_row *own, const struct option_row *global, enum options_order order, int argc,
	char **argv, struct args *args, struct why *why)
{
	struct parser p = { .n = 0 };
	int c;

	p.shorts[0] = order == OPTIONS_UNTIL_WORD ? '+' : ':';
	if (order == OPTIONS_UNTIL_WORD)
		p.shorts[1] = ':';
	parser_add(&p, own);
	parser_add(&p, global);
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1) {
		const struct option_row *row = c == '?' || c == ':' ? NULL : parser_row(&p, c);

		if (!row)
			return bad_option(&p, c, argv, why);
		if (args->given_n == GIVEN_MAX)
			return why_set(why, LB_INVALID, "more than %d options are given", GIVEN_MAX);
		args->given[args->given_n++] = (struct given){ row->name, optarg };
	}
	args->words = argv + optind;
	args->words_n = (unsigned)(argc - optind);
	return LB_OK;
}

bool args_has(const struct args *a, const char *name)
{
	unsigned at = 0;

	while (at < a->given_n)
		if (strcmp(a->given[at++].name, name) == 0)
			return true;
	return false;
}

const char *args_next(const struct args *a, const char *name, unsigned *at)
{
	while (*at < a->given_n) {
		const struct given *g = &a->given[(*at)++];

		if (strcmp(g->name, name) == 0)
			return g->value;
	}
	return NULL;
}

const char *args_value(const struct args *a, const char *name, const char *otherwise)
{
	const char *value, *last = otherwise;
	unsigned at = 0;

	while ((value = args_next(a, name, &at)))
		last = value;
	return last;
}

lb_err args_number(const struct args *a, const char *name, long low, long high, long *out, struct why *why)
{
	const char *text = args_value(a, name, NULL);
	char *end;
	long value;

	if (!text)
		return LB_OK;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < low || value > high)
		return why_set(why, LB_INVALID, "--%s %.64s: a whole number from %ld to %ld is expected", name, text, low, high);
	*out = value;
	return LB_OK;
}
