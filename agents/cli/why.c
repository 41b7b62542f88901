/* A failure in words: what went wrong, where, and what to do about it. */
#include "agents/cli/why.h"

#include <stdarg.h>
#include <stdio.h>

#include "proto/host/words.h"

lb_err why_set(struct why *w, lb_err e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(w->text, sizeof(w->text), _(format), ap);
	va_end(ap);
	w->usage = false;
	return e;
}

lb_err why_usage(struct why *w, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(w->text, sizeof(w->text), _(format), ap);
	va_end(ap);
	w->usage = true;
	return LB_INVALID;
}
