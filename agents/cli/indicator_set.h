/* Indicators that are collected to be sent: each value once, in the order they came. */
#ifndef CLI_INDICATOR_SET_H
#define CLI_INDICATOR_SET_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/indicator.h"
#include "proto/indicator.pb-c.h"

#define INDICATOR_SET_MAX 2000000

/* Invariant: slots are a power of two, more than twice n, and hold 1 + an index into items; 0 is free. */
struct indicator_set {
	Lagebus__Indicator **items; /* each freed with lagebus__indicator__free_unpacked */
	size_t n, cap;
	uint32_t *slots;
	size_t slots_n;
	size_t duplicates;
};

#define INDICATOR_SET_INIT { NULL, 0, 0, NULL, 0, 0 }

/* Adds a value, given in its one form (a copy). *out is the new indicator, to be filled in, or NULL if the value is there already. LB_OK, LB_NO_MEMORY,
 * LB_LIMIT. */
lb_err indicator_set_add(struct indicator_set *s, unsigned kind, const char *value, Lagebus__Indicator **out) LB_MUST_CHECK;
/* Sets a text of an indicator (a copy of what is UTF-8; nothing for NULL or ""). LB_OK or LB_NO_MEMORY. */
lb_err indicator_set_text(char **field, const char *text) LB_MUST_CHECK;
/* Adds a text to one of an indicator's lists, likewise; at most 50. */
lb_err indicator_set_append(char ***list, size_t *n, const char *text) LB_MUST_CHECK;
/* Gives each its id: made of origin, kind and value (a UUIDv8, RFC 9562), so that the same value from the same origin is the same indicator whenever it
 * is imported, and its sightings go on counting. LB_OK or LB_NO_MEMORY. */
lb_err indicator_set_identify(struct indicator_set *s, const char *origin) LB_MUST_CHECK;
/* The first n are all that is left; nothing is added any more. */
void indicator_set_cut(struct indicator_set *s, size_t n);
void indicator_set_fini(struct indicator_set *s);

#endif
