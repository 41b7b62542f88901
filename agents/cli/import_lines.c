/* Indicators one a line; # begins a comment. */
#include <ctype.h>
#include <string.h>

#include "agents/cli/import.h"

static lb_err read_line(struct import *im, const char *p, size_t n, size_t line)
{
	static const struct import_value nothing = IMPORT_VALUE_INIT;
	char value[LB_INDICATOR_VALUE_MAX + 1];
	Lagebus__Indicator *out;

	while (n > 0 && isspace((unsigned char)*p)) {
		p++;
		n--;
	}
	/* A # within a value is a URL's. */
	for (size_t i = 1; i < n; i++)
		if (p[i] == '#' && isspace((unsigned char)p[i - 1]))
			n = i;
	while (n > 0 && isspace((unsigned char)p[n - 1]))
		n--;
	if (n == 0 || *p == '#')
		return LB_OK;
	if (n > LB_INDICATOR_VALUE_MAX || memchr(p, 0, n)) {
		import_note_nothing(im, line, p, n);
		return LB_OK;
	}
	memcpy(value, p, n);
	value[n] = 0;
	return import_add(im, 0, value, line, &nothing, &out);
}

lb_err import_lines(struct import *im, const char *p, size_t n, struct why *why)
{
	lb_err e = LB_OK;

	(void)why;
	for (size_t line = 1, length; !e && n > 0; line++) {
		const char *end = memchr(p, '\n', n);

		length = end ? (size_t)(end - p) : n;
		e = read_line(im, p, length, line);
		length += end != NULL;
		p += length;
		n -= length;
	}
	return e;
}
