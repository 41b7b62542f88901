/* What a check found: a line each, with what to do. */
#include "agents/cli/findings.h"

#include <stdarg.h>
#include <stdio.h>

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
