/* Deliveries and controls on their way in: the chain, the signature, the inbox, the acknowledgement. */
#ifndef LAGEBUS_AGENT_INTAKE_H
#define LAGEBUS_AGENT_INTAKE_H

#include <stdint.h>

#include "lagebus/signature.h"
#include "lagebus/zmtp.h"
#include "proto/control.pb-c.h"

struct agent;

/* Reads from the store what was taken in before. */
void intake_load(struct agent *a);
/* The uplink's calls; `agent` is the agent. */
void intake_hello(void *agent, Lagebus__Hello *hello);
void intake_open(void *agent, const Lagebus__Welcome *welcome);
void intake_delivery(void *agent, const struct lb_zmtp_message *m);
void intake_control(void *agent, const Lagebus__Control *control);
void intake_down(void *agent);
/* Takes up again what is held, when it is time for it: at this time of the agent's clock, or INT64_MAX. */
int64_t intake_due_ms(const struct agent *a);
void intake_go_on(struct agent *a);
/* Asks the broker for the certificate of a signer. */
void intake_ask_for_signer(struct agent *a, uint8_t hint[LB_SIGNER_SIZE]);
/* After the commit: acknowledges what is stored. */
void intake_acknowledge(struct agent *a);

#endif
