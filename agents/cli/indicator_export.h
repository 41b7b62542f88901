/* Indicators for other programs: what may leave, and in which form. */
#ifndef CLI_INDICATOR_EXPORT_H
#define CLI_INDICATOR_EXPORT_H

#include "agents/cli/indicator_rows.h"

enum export_format { EXPORT_TEXT, EXPORT_CSV, EXPORT_JSON, EXPORT_STIX };

/* What goes out, and what is counted meanwhile. */
struct exporting {
	struct cli *cli;
	enum export_format format;
	unsigned ceiling;      /* enum lb_tlp: what is stricter stays */
	bool exercises;        /* those only, else none */
	bool to_ids;           /* only what a sensor may act on */
	unsigned confidence;   /* at least */
	int64_t now_ms;
	size_t written, too_strict;
	bool failed;           /* memory was out */
};

/* What stands before the first, each row, and what stands behind the last. */
void export_begin(struct exporting *x);
bool export_row(void *exporting, const Lagebus__IndicatorRow *row);
void export_end(struct exporting *x);

#endif
