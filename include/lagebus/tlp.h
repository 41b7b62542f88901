/* TLP 2.0 (FIRST): the labels, their order, their names, and what each allows. The broker and the agents ask the same table. */
#ifndef LAGEBUS_TLP_H
#define LAGEBUS_TLP_H

#include <stdbool.h>

#include "lagebus/err.h"

/* In order of strictness; the numbers are the wire's. Not given means AMBER+STRICT. */
enum lb_tlp {
	LB_TLP_UNSET = 0,
	LB_TLP_CLEAR = 1,
	LB_TLP_GREEN = 2,
	LB_TLP_AMBER = 3,
	LB_TLP_AMBER_STRICT = 4,
	LB_TLP_RED = 5,
};

/* "TLP:AMBER+STRICT"; NULL for a number outside the table. UNSET gives "TLP:AMBER+STRICT". Static storage. */
const char *lb_tlp_name(unsigned tlp);
/* Reads "TLP:AMBER", "amber", "AMBER+STRICT", "WHITE" (is CLEAR), a STIX marking-definition id of TLP 1.0 or 2.0, with or
 * without "marking-definition--". LB_TLP_UNSET if it is none of them. */
enum lb_tlp lb_tlp_from_name(const char *name);
/* The label that counts: UNSET and every unknown number are AMBER+STRICT. */
enum lb_tlp lb_tlp_effective(unsigned tlp);
/* The stricter of two, after lb_tlp_effective. */
enum lb_tlp lb_tlp_strictest(unsigned a, unsigned b);

#define LB_TLP_ANY_DEPTH (~0u)

/* What a label allows (docs/policy.md explains it). */
struct lb_tlp_rule {
	bool by_id_only; /* only the reader's own id counts as naming it: no bodies, group or all */
	bool observers;  /* observers may read it */
	bool asks_area;  /* the reader's agreement must have the area */
	unsigned depth;  /* steps that it goes below a named partner */
	lb_err stop;     /* why it goes no deeper */
};
/* The rule of a label, after lb_tlp_effective. Static storage. */
const struct lb_tlp_rule *lb_tlp_rule(unsigned tlp);

/* How someone whom the audience reaches stands to a message. */
struct lb_tlp_reader {
	bool by_id;     /* the audience has its own id */
	unsigned depth; /* steps below the nearest named partner; 0: it is named itself */
	bool observer;
	bool has_area;  /* its agreement has the message's area */
};
/* May this reader have it? LB_OK or the rule against it, the first in this order: LB_TLP_RED_NAMED_ONLY, LB_TLP_STRICT_NAMED,
 * LB_TLP_NO_FURTHER_HOP, LB_TLP_OBSERVER_GREEN, LB_AREA_NOT_AGREED. Pure. */
lb_err lb_tlp_allows(unsigned tlp, const struct lb_tlp_reader *reader) LB_MUST_CHECK;

#endif
