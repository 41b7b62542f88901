/* What a check found: a line each, with what to do. */
#include "agents/cli/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agents/cli/out.h"

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
	vsnprintf(one->text, sizeof(one->text), format, ap);
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
	static const char *const names[] = { "ok", "warning", "error" };

	return names[kind];
}

static enum cli_exit show_json(struct cli *cli, const struct findings *f)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < f->n; i++)
		json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "result", finding_kind_name(f->list[i].kind), "what",
			f->list[i].what, "text", out_json_string(f->list[i].text)));
	return out_json(cli, json_pack("{s:b,s:o}", "ok", findings_code(f) == CLI_OK, "checks", list));
}

static enum cli_exit show_lines(struct cli *cli, const struct findings *f)
{
	static const enum out_style styles[] = { OUT_GOOD, OUT_WARN, OUT_BAD };

	for (unsigned i = 0; i < f->n; i++)
		out_styled(cli, styles[f->list[i].kind], cli->terminal ? "%-8s %-14s %s" : "%s\t%s\t%s",
			finding_kind_name(f->list[i].kind), f->list[i].what, f->list[i].text);
	return CLI_OK;
}

enum cli_exit findings_show(struct cli *cli, const struct findings *f)
{
	return cli->json ? show_json(cli, f) : show_lines(cli, f);
}
