/* CSAF 2.0 and 2.1 security advisories (OASIS): what a warning takes from one. */
#ifndef CLI_CSAF_H
#define CLI_CSAF_H

#include <stddef.h>
#include <stdint.h>

#include "agents/cli/why.h"
#include "lagebus/tlp.h"

#define CSAF_PRODUCTS_MAX 64
#define CSAF_CVES_MAX 128
#define CSAF_MEASURES_MAX 16
#define CSAF_DEPTH_MAX 64     /* of the product tree's branches */
#define CSAF_NOTES_MAX 4

/* Every text belongs to the document and lives as long as it. */
struct csaf {
	void *document;
	const char *title, *tracking_id, *publisher, *version, *summary, *url, *language;
	enum lb_tlp tlp; /* UNSET: the document has no label */
	const char *products[CSAF_PRODUCTS_MAX]; /* without those that are only named as fixed or not affected */
	const char *cves[CSAF_CVES_MAX];
	const char *measures[CSAF_MEASURES_MAX]; /* fixes, mitigations and workarounds */
	unsigned products_n, cves_n, measures_n; /* what is past the bounds is left out; the advisory itself goes along whole */
	const char *notes[CSAF_NOTES_MAX];       /* what whoever sends it should know; static storage */
	unsigned notes_n;
};

/* Reads the bytes of an advisory. LB_OK, LB_INVALID, or LB_CLASSIFIED (it is marked VS-NfD or higher): why has the JSON path and what to do; nothing is to be freed then.
 * Pure. */
lb_err csaf_parse(const uint8_t *p, size_t n, struct csaf *out, struct why *why) LB_MUST_CHECK;
void csaf_fini(struct csaf *c);

#endif
