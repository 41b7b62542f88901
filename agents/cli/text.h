/* Text that came from outside, made fit for a terminal; and how wide it is there. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_lines {
	TEXT_LINE,  /* line breaks and tabs become a space */
	TEXT_LINES, /* they stay */
};

/* A character that a terminal obeys or that hides others: controls (C0, DEL, C1), direction marks and overrides, separators, tags. */
bool text_is_hostile(uint32_t code);
/* A copy in which each hostile character and each byte that is not UTF-8 is U+FFFD. NULL if memory is out; the caller frees it. */
char *text_clean(const char *p, size_t n, enum text_lines lines);
/* Columns on a terminal: wide and combining characters count as what they take. */
unsigned text_width(const char *s);
/* Bytes of s that fit into `columns`. */
size_t text_fit(const char *s, unsigned columns);
/* Bytes of the first line of s: to a line break, else to the last space that leaves it within `columns`. A word that is longer than a
 * line stays whole, so that it can be copied. */
size_t text_line(const char *s, unsigned columns);
/* Reads one character of n > 0 bytes; its length, or 0 if it is not UTF-8 (RFC 3629). */
size_t text_decode(const char *p, size_t n, uint32_t *code);

#endif
