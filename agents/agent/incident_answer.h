/* What the command line and plugins ask about incidents. */
#ifndef LAGEBUS_AGENT_INCIDENT_ANSWER_H
#define LAGEBUS_AGENT_INCIDENT_ANSWER_H

#include <stdint.h>

#include "agents/agent/local_server.h"
#include "proto/local.pb-c.h"

struct agent;

void incident_answer(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__IncidentsRequest *r);

#endif
