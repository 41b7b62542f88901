/* Indicators as a STIX 2.1 bundle (OASIS). */
#ifndef CLI_INDICATOR_STIX_H
#define CLI_INDICATOR_STIX_H

#include "agents/cli/indicator_rows.h"

/* The bundle's beginning and its id. What follows are objects, each behind a comma but the first. */
void stix_begin(struct cli *cli);
/* One as an indicator object; its id is that of its first entry, so that it is the same in each export. NULL if memory is out. */
json_t *stix_indicator(const Lagebus__IndicatorRow *row);

#endif
