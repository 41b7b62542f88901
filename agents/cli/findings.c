/* What a check found: a line each, with what to do. */
#include "agents/cli/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agents/cli/out.h"
#include "agents/cli/text.h"
#include "proto/host/words.h"

void findings_add(struct findings *f, enum finding_kind kind, enum cli_exit code, const char *what, const char *format, ...)
{
	struct finding *one;
	va_list ap;

	if (f->n == FINDINGS_MAX)
		return;
	one = &f->list[f->n++];
	one->kind = kind;
	one->code = code;
	snprintf(one->what, sizeof(one->what), "%s", what);
	va_start(ap, format);
	vsnprintf(one->text, sizeof(one->text), _(format), ap);
	va_end(ap);
}

enum cli_exit findings_code(const struct findings *f)
{
	for (unsigned i = 0; i < f->n; i++)
		if (f->list[i].kind == FINDING_ERROR)
			return f->list[i].code;
	return CLI_OK;
}

const char *finding_kind_name(enum finding_kind kind)
{
	static const char *const names[] = { N_("ok"), N_("warning"), N_("error") };

	return names[kind];
}

static enum cli_exit show_json(struct cli *cli, const struct findings *f, json_t *retention)
{
	json_t *doc, *list = json_array();

	for (unsigned i = 0; i < f->n; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "result", finding_kind_name(f->list[i].kind), "what",
			f->list[i].what, "text", out_json_string(f->list[i].text)));
	doc = json_pack("{s:b,s:o}", "ok", findings_code(f) == CLI_OK, "checks", list);
	if (retention && json_object_set_new(doc, "retention", retention) != 0) {
		json_decref(doc);
		doc = NULL;
	}
	return out_json(cli, doc);
}

/* printf counts bytes, a column has characters. */
static int gap(const char *text, unsigned column)
{
	return text_width(text) < column ? (int)(column - text_width(text)) : 0;
}

static enum cli_exit show_lines(struct cli *cli, const struct findings *f)
{
	static const enum out_style styles[] = { OUT_GOOD, OUT_WARN, OUT_BAD };

	for (unsigned i = 0; i < f->n; i++) {
		const char *kind = out_word(cli, finding_kind_name(f->list[i].kind)), *what = out_word(cli, f->list[i].what);

		if (cli->terminal)
			out_styled(cli, styles[f->list[i].kind], "%s%*s %s%*s %s", kind, gap(kind, 8), "", what, gap(what, 14), "", f->list[i].text);
		else
			out_line(cli, "%s\t%s\t%s", kind, what, f->list[i].text);
	}
	return CLI_OK;
}

enum cli_exit findings_show(struct cli *cli, const struct findings *f, json_t *retention)
{
	if (cli->json)
		return show_json(cli, f, retention);
	json_decref(retention);
	return show_lines(cli, f);
}
