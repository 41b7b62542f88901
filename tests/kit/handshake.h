/* Two links that shook hands in memory: for whoever needs one that is through, without a socket. */
#ifndef LAGEBUS_TESTS_KIT_HANDSHAKE_H
#define LAGEBUS_TESTS_KIT_HANDSHAKE_H

#include <stdbool.h>

#include "lagebus/link.h"

struct handshake {
	char folder[64]; /* of ca.pem, broker.pem, broker.key, agent.pem, agent.key */
	struct lb_tls *agent_tls, *broker_tls;
	struct lb_link *agent, *broker;
};

/* Makes a CA of lagebus.example, a certificate for the broker and one for the agent of this partner, and loads them. Runs openssl. */
bool handshake_begin(struct handshake *h, const char *partner);
/* New links; frees those before. */
bool handshake_shake(struct handshake *h);
void handshake_end(struct handshake *h);

#endif
