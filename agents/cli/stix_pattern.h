/* STIX 2.1 patterns of one comparison, [ipv4-addr:value = '192.0.2.7'], and the values that they stand for. */
#ifndef CLI_STIX_PATTERN_H
#define CLI_STIX_PATTERN_H

#include "lagebus/indicator.h"

/* The kind of what it compares with, and the value in its one form; 0: it is more than that, or of another kind. */
unsigned stix_pattern_read(const char *pattern, char value[LB_INDICATOR_VALUE_MAX + 1]);

#define STIX_PATTERN_MAX (2 * LB_INDICATOR_VALUE_MAX + 64)

/* The pattern for a value; a pattern is its own. */
void stix_pattern_write(unsigned kind, const char *value, char pattern[STIX_PATTERN_MAX]);

#endif
