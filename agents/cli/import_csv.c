/* Indicators in CSV (RFC 4180; commas, semicolons or tabs) under a heading that names the columns. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "agents/cli/import.h"

#define COLUMNS_MAX 64
#define CELL_MAX 4096

enum column { VALUE, KIND, CONFIDENCE, TO_IDS, VALID_FROM, VALID_UNTIL, TITLE, DESCRIPTION, REFERENCE, LABELS, ORIGINAL_ID, COLUMNS };

static const struct {
	const char *name;
	enum column column;
} headings[] = {
	{ "value", VALUE }, { "indicator", VALUE }, { "ioc", VALUE }, { "indicator_value", VALUE }, { "ioc_value", VALUE },
	{ "kind", KIND }, { "type", KIND }, { "indicator_type", KIND }, { "ioc_type", KIND },
	{ "confidence", CONFIDENCE }, { "confidence_level", CONFIDENCE }, { "to_ids", TO_IDS }, { "valid_from", VALID_FROM }, { "first_seen", VALID_FROM },
	{ "valid_until", VALID_UNTIL }, { "expires", VALID_UNTIL }, { "title", TITLE }, { "name", TITLE }, { "description", DESCRIPTION },
	{ "comment", DESCRIPTION }, { "reference", REFERENCE }, { "references", REFERENCE }, { "labels", LABELS }, { "tags", LABELS },
	{ "id", ORIGINAL_ID }, { "uuid", ORIGINAL_ID }, { "original_id", ORIGINAL_ID },
};

/* Where we are. A cell that is longer than CELL_MAX is cut; its row is then nothing. */
struct reader {
	const char *p, *end;
	char separator;
	size_t line;
	char cells[COLUMNS][CELL_MAX];
	int columns[COLUMNS_MAX]; /* what stands in the column; -1: nothing of ours */
	unsigned columns_n;
};

/* Reads a cell into `out`. True if another one follows on the row. */
static bool read_cell(struct reader *r, char out[CELL_MAX])
{
	bool quoted = r->p < r->end && *r->p == '"';
	size_t n = 0;

	r->p += quoted;
	while (r->p < r->end) {
		char c = *r->p;

		if (quoted && c == '"') {
			if (r->p + 1 < r->end && r->p[1] == '"') {
				r->p++;
			} else {
				quoted = false;
				r->p++;
				continue;
			}
		} else if (!quoted && (c == r->separator || c == '\n')) {
			break;
		}
		if (c == '\n')
			r->line++;
		if (n + 1 < CELL_MAX && c != '\r' && c != 0)
			out[n++] = c;
		r->p++;
	}
	out[n] = 0;
	if (r->p == r->end)
		return false;
	return *r->p++ == r->separator;
}

static char separator_of(const char *p, size_t n)
{
	const char *end = memchr(p, '\n', n);
	size_t line = end ? (size_t)(end - p) : n;

	if (memchr(p, '\t', line))
		return '\t';
	return memchr(p, ';', line) ? ';' : ',';
}

static lb_err read_heading(struct reader *r, struct why *why)
{
	char cell[CELL_MAX];
	bool more = true, value = false;

	while (more) {
		int column = -1;

		more = read_cell(r, cell);
		for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
			if (strcasecmp(cell, headings[i].name) == 0)
				column = headings[i].column;
		if (r->columns_n == COLUMNS_MAX)
			return why_set(why, LB_INVALID, "line 1: more than %d columns", COLUMNS_MAX);
		r->columns[r->columns_n++] = column;
		value |= column == VALUE;
	}
	return value ? LB_OK : why_set(why, LB_INVALID, "line 1: no column is named value (or indicator, or ioc); the first line of CSV names the columns");
}

static int truth(const char *text)
{
	if (!*text)
		return -1;
	return strcmp(text, "1") == 0 || strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0 || strcasecmp(text, "ja") == 0;
}

static lb_err add_labels(Lagebus__Indicator *i, char *labels)
{
	char *save = NULL;
	lb_err e = LB_OK;

	for (char *label = strtok_r(labels, ",;|", &save); label && !e; label = strtok_r(NULL, ",;|", &save))
		e = indicator_set_append(&i->labels, &i->n_labels, label);
	return e;
}

static lb_err take_row(struct import *im, struct reader *r, size_t line)
{
	struct import_value more = IMPORT_VALUE_INIT;
	Lagebus__Indicator *out;
	lb_err e;

	if (!*r->cells[VALUE])
		return LB_OK;
	more.title = r->cells[TITLE];
	more.description = r->cells[DESCRIPTION];
	more.original_id = r->cells[ORIGINAL_ID];
	more.confidence = *r->cells[CONFIDENCE] ? atoi(r->cells[CONFIDENCE]) : -1;
	more.to_ids = truth(r->cells[TO_IDS]);
	more.valid_from = import_time(r->cells[VALID_FROM]);
	more.valid_until = import_time(r->cells[VALID_UNTIL]);
	e = import_add(im, import_kind(r->cells[KIND]), r->cells[VALUE], line, &more, &out);
	if (!e && out)
		e = import_reference(out, r->cells[REFERENCE]);
	return e || !out ? e : add_labels(out, r->cells[LABELS]);
}

static lb_err read_row(struct import *im, struct reader *r)
{
	char other[CELL_MAX];
	size_t line = ++r->line;
	bool more = true;

	memset(r->cells, 0, sizeof(r->cells));
	for (unsigned i = 0; more; i++)
		more = read_cell(r, i < r->columns_n && r->columns[i] >= 0 ? r->cells[r->columns[i]] : other);
	return take_row(im, r, line);
}

lb_err import_csv(struct import *im, const char *p, size_t n, struct why *why)
{
	struct reader *r = calloc(1, sizeof(*r));
	lb_err e;

	if (!r)
		return LB_NO_MEMORY;
	r->p = p;
	r->end = p + n;
	r->separator = separator_of(p, n);
	r->line = 1;
	e = read_heading(r, why);
	while (!e && r->p < r->end)
		e = read_row(im, r);
	free(r);
	return e;
}
