/* CSV. */
#include "agents/cli/csv.h"

#include <stdlib.h>
#include <string.h>

#include "agents/cli/text.h"

void csv_field(struct csv *c, const char *text)
{
	char *clean = text_clean(text, strlen(text), TEXT_LINES);
	const char *p = clean ? clean : "";
	bool formula = *p && strchr("=+-@\t\r", *p), quotes = strpbrk(p, "\",\r\n") != NULL;

	fprintf(c->out, "%s%s%s", c->begun ? "," : "", quotes ? "\"" : "", formula ? "'" : "");
	for (; *p; p++)
		fprintf(c->out, *p == '"' ? "\"\"" : "%c", *p);
	fputs(quotes ? "\"" : "", c->out);
	c->begun = true;
	free(clean);
}

void csv_end(struct csv *c)
{
	fputs("\r\n", c->out);
	c->begun = false;
}
