/* A message in the log by its id; and whether what refers to one may. A worker's thread. */
#ifndef LAGEBUS_BROKER_LOOKUP_H
#define LAGEBUS_BROKER_LOOKUP_H

#include <stdint.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"

struct worker;

/* A message in the log: a copy of its header frame, and where it stands. */
struct logged {
	struct lb_buf frame;
	struct lb_header header;
	unsigned lane;
	uint64_t position;
	int64_t expires_ms; /* after which it is not given out: its own, or that of a purge; 0: none */
};
/* LB_OK, LB_NOT_FOUND, or the log's error; out->frame is the caller's to free in any case. Asks the router. */
lb_err lookup(struct worker *w, const struct lb_uuid *id, struct logged *out) LB_MUST_CHECK;
/* LB_TLP_WIDENED: a message that it belongs to or replaces is another's and stricter. LB_OK, or the log's error. Asks the router. */
lb_err lookup_label(struct worker *w, const struct lb_header *h) LB_MUST_CHECK;

#endif
