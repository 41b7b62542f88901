/* TLP 2.0 (FIRST): the labels, their order and their names. What the relay does with them is in the broker's policy. */
#ifndef LAGEBUS_TLP_H
#define LAGEBUS_TLP_H

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

#endif
