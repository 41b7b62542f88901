/* Events as a calendar (RFC 5545) that is published (RFC 5546): for calendar programs. */
#ifndef CLI_ICS_H
#define CLI_ICS_H

#include <stdio.h>

#include "agents/cli/training_rows.h"

/* Writes the calendar. Whether it arrived the caller asks of the stream. */
void ics_write(FILE *f, const struct trainings *t);

#endif
