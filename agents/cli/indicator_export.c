/* Indicators for other programs. */
#include "agents/cli/indicator_export.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/indicator_stix.h"
#include "agents/cli/out.h"
#include "agents/cli/text.h"
#include "agents/cli/when.h"
#include "lagebus/indicator.h"
#include "lagebus/tlp.h"


void export_begin(struct exporting *x)
{
	FILE *f = x->cli->out;
	char now[WHEN_TEXT];

	when_iso(x->now_ms, now);
	switch (x->format) {
	case EXPORT_TEXT:
		fprintf(f, "# up to %s, exported %s%s\n", lb_tlp_name(x->ceiling), now, x->exercises ? ", " OUT_EXERCISE : "");
		break;
	case EXPORT_CSV:
		fputs("value,kind,tlp,confidence,to_ids,valid_from,valid_until,origins,exercise,title\r\n", f);
		break;
	case EXPORT_JSON:
		fprintf(f, "{\"tlp_ceiling\": \"%s\", \"exported\": \"%s\", \"indicators\": [\n", lb_tlp_name(x->ceiling), now);
		break;
	case EXPORT_STIX:
		stix_begin(x->cli);
		break;
	}
}

void export_end(struct exporting *x)
{
	if (x->format == EXPORT_JSON)
		fputs("]}\n", x->cli->out);
	else if (x->format == EXPORT_STIX)
		fputs("]}\n", x->cli->out);
}

/* A cell of RFC 4180; a text that a spreadsheet would take for a formula begins with an apostrophe. */
static void put_cell(struct exporting *x, const char *text, bool is_text)
{
	char *clean = text_clean(text, strlen(text), TEXT_LINE);

	if (!clean) {
		x->failed = true;
		return;
	}
	fputc('"', x->cli->out);
	if (is_text && strchr("=+-@", *clean) && *clean)
		fputc('\'', x->cli->out);
	for (const char *p = clean; *p; p++) {
		if (*p == '"')
			fputc('"', x->cli->out);
		fputc(*p, x->cli->out);
	}
	fputc('"', x->cli->out);
	free(clean);
}

static void put_csv(struct exporting *x, const Lagebus__IndicatorRow *row)
{
	char from[WHEN_TEXT], until[WHEN_TEXT], number[16];
	Lagebus__Indicator *texts = indicator_texts(row);

	when_iso(row->valid_from, from);
	when_iso(row->valid_until, until);
	put_cell(x, row->value, row->kind == LB_INDICATOR_FILE_NAME || row->kind == LB_INDICATOR_MUTEX || row->kind == LB_INDICATOR_USER_AGENT);
	fprintf(x->cli->out, ",%s,%s,%u,%s,%s,%s,\"", indicator_kind(row->kind, number), lb_tlp_name(lb_tlp_effective(row->tlp)), row->confidence,
		row->to_ids ? "true" : "false", from, until);
	for (size_t i = 0; i < row->n_entries; i++)
		fprintf(x->cli->out, "%s%s", i ? " " : "", row->entries[i]->origin);
	fprintf(x->cli->out, "\",%s,", row->exercise ? "true" : "false");
	put_cell(x, texts ? texts->title : "", true);
	fputs("\r\n", x->cli->out);
	if (texts)
		lagebus__indicator__free_unpacked(texts, NULL);
}

static bool is_wanted(struct exporting *x, const Lagebus__IndicatorRow *row)
{
	if (row->exercise != x->exercises || row->confidence < x->confidence || (x->to_ids && !row->to_ids) || row->valid_from > x->now_ms ||
		row->valid_until <= x->now_ms)
		return false;
	if (lb_tlp_strictest(row->tlp, x->ceiling) == (enum lb_tlp)x->ceiling)
		return true;
	x->too_strict++;
	return false;
}

bool export_row(void *exporting, const Lagebus__IndicatorRow *row)
{
	struct exporting *x = exporting;

	if (!is_wanted(x, row))
		return true;
	if (x->format >= EXPORT_JSON && x->written > 0)
		fputc(',', x->cli->out);
	x->written++;
	switch (x->format) {
	case EXPORT_TEXT:
		fprintf(x->cli->out, "%s\n", row->value);
		break;
	case EXPORT_CSV:
		put_csv(x, row);
		break;
	case EXPORT_JSON:
		x->failed |= out_json_line(x->cli, indicator_json(row)) != CLI_OK;
		break;
	case EXPORT_STIX:
		x->failed |= out_json_line(x->cli, stix_indicator(row)) != CLI_OK;
		break;
	}
	return !x->failed;
}
