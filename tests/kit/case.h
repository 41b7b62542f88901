/* A digital-violence case as a broker sees it: its envelope opens for nobody. */
#ifndef LAGEBUS_TESTS_KIT_CASE_H
#define LAGEBUS_TESTS_KIT_CASE_H

#include "lagebus/buf.h"
#include "lagebus/header.h"
#include "tests/kit/caller.h"

/* A header that is good, from the caller's partner to another, and a payload, which is the test's to free. Memory that is out ends the program. */
void case_make(const struct caller *c, const char *to, struct lb_header *h, struct lb_buf *payload);

#endif
