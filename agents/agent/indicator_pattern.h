/* What people search indicators by, made into what the table can look up. */
#ifndef LAGEBUS_AGENT_INDICATOR_PATTERN_H
#define LAGEBUS_AGENT_INDICATOR_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/indicator.h"

/* An entry fits if its value is one of `values`, or begins with `prefix`, or its key lies within [first, last]. */
struct indicator_pattern {
	bool all;
	struct lb_buf values; /* a JSON array of texts */
	char prefix[LB_INDICATOR_VALUE_MAX + 1];
	uint8_t first[LB_INDICATOR_KEY_MAX], last[LB_INDICATOR_KEY_MAX + 1];
	size_t first_n, last_n; /* 0: no key */
};

/* Reads "" (all), a value (an address also finds the networks around it and the URLs on it, a domain what is below it and the domains above), a network (what
 * lies in it), "*.domain", or "beginning*". LB_OK, LB_INVALID, LB_NO_MEMORY; indicator_pattern_fini in either case. */
lb_err indicator_pattern_read(const char *text, struct indicator_pattern *out) LB_MUST_CHECK;
void indicator_pattern_fini(struct indicator_pattern *p);

#endif
