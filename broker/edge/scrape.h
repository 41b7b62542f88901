/* GET /metrics over HTTP, on an address of this machine only; a thread of its own. */
#ifndef LAGEBUS_BROKER_EDGE_SCRAPE_H
#define LAGEBUS_BROKER_EDGE_SCRAPE_H

#include <stddef.h>

#include "lagebus/buf.h"
#include "lagebus/err.h"

struct scrape;

/* Appends OpenMetrics text without its last line, "# EOF". Called on the scrape's thread. */
typedef lb_err scrape_render(void *user, struct lb_buf *out);

/* Is this "<loopback address>:<port>": 127.0.0.0/8, [::1] or localhost? LB_OK or LB_CONFIG with `why`. */
lb_err scrape_check_address(const char *address, char *why, size_t why_n) LB_MUST_CHECK;
/* Listens and starts the thread; port 0 picks a free one. LB_OK, LB_CONFIG (no address, or not of this machine), LB_IO. */
lb_err scrape_start(const char *address, scrape_render *render, void *user, struct scrape **out, char *why, size_t why_n) LB_MUST_CHECK;
unsigned scrape_port(const struct scrape *s);
/* Ends the thread. */
void scrape_stop(struct scrape *s);

#endif
