/* An envelope that nobody can open, for tests that only carry one. */
#ifndef LAGEBUS_TESTS_KIT_ENVELOPE_H
#define LAGEBUS_TESTS_KIT_ENVELOPE_H

#include "lagebus/buf.h"

/* Appends the smallest envelope there can be, by form: one recipient of no bytes, a block of content. Memory that is out ends the program. */
void envelope_put(struct lb_buf *out);

#endif
