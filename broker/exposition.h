/* Everything that the broker tells a metrics collector: its threads' counters, the writer's, the log's and the disk's. */
#ifndef LAGEBUS_BROKER_EXPOSITION_H
#define LAGEBUS_BROKER_EXPOSITION_H

#include "lagebus/buf.h"
#include "lagebus/err.h"

/* A scrape_render over struct parts, which must have started and not have ended. Any thread. */
lb_err exposition_render(void *parts, struct lb_buf *out) LB_MUST_CHECK;

#endif
