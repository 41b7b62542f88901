/* What the command line and plugins ask over the local socket. */
#ifndef LAGEBUS_AGENT_REQUESTS_H
#define LAGEBUS_AGENT_REQUESTS_H

#include <stddef.h>
#include <stdint.h>

#include "agents/agent/local_server.h"

struct agent;

/* Takes what was asked, a bounded number of requests a turn. */
void requests_take(struct agent *a);
/* Answers one encoded Request of a peer, now or when the broker has answered. */
void requests_answer(struct agent *a, const struct local_peer *peer, const uint8_t *p, size_t n);

#endif
