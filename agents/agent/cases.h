/* What a person of our office has done with a case at another of its agents: the Receipt of that says so. */
#ifndef LAGEBUS_AGENT_CASES_H
#define LAGEBUS_AGENT_CASES_H

#include <stdbool.h>

#include "lagebus/header.h"
#include "lagebus/zmtp.h"

struct agent;

/* Of a message that verified, within the turn's transaction. A Receipt of the partner that a case in the inbox is for is noted there, and deletes the case's content
 * if a person has acknowledged it. *told: it came for that alone, and is nothing to show. LB_OK or a store error. */
lb_err cases_receipt(struct agent *a, const struct lb_header *h, struct lb_frame payload, bool *told) LB_MUST_CHECK;

#endif
