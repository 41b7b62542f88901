/* CSV as RFC 4180 has it: CRLF at a row's end, quotes where they are needed. */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <stdbool.h>
#include <stdio.h>

/* A row under way. */
struct csv {
	FILE *out;
	bool begun;
};

/* The row's next field, cleaned of what a terminal obeys. What a spreadsheet would take for a formula (=, +, -, @ in front) gets an apostrophe in front: the
 * texts are other people's. */
void csv_field(struct csv *c, const char *text);
void csv_end(struct csv *c);

#endif
