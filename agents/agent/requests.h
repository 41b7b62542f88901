/* What the command line and plugins ask over the local socket. */
#ifndef LAGEBUS_AGENT_REQUESTS_H
#define LAGEBUS_AGENT_REQUESTS_H

struct agent;

/* Takes what was asked, a bounded number of requests a turn. */
void requests_take(struct agent *a);

#endif
