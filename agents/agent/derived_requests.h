/* What is asked of the tables that are worked out of messages: indicators and training. Each is answered at once. */
#ifndef LAGEBUS_AGENT_DERIVED_REQUESTS_H
#define LAGEBUS_AGENT_DERIVED_REQUESTS_H

#include <stdint.h>

#include "agents/agent/local_server.h"
#include "proto/local.pb-c.h"

struct agent;

void indicators_answer(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__IndicatorsRequest *r);
void training_answer(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__TrainingRequest *r);

#endif
