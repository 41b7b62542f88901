/* Who would get a message, asked before it is sent. A worker's thread. */
#ifndef LAGEBUS_BROKER_DRY_RUN_H
#define LAGEBUS_BROKER_DRY_RUN_H

#include <stdint.h>

#include "lagebus/zmtp.h"

struct session;
struct worker;

/* Answers who would get a message of this header, who would not and by which rule, and whether it would be refused. */
void dry_run_answer(struct worker *w, struct session *s, uint64_t request, struct lb_frame header);

#endif
