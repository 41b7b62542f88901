/* Messages on their way out: signed, into the outbox, to the broker, and out of the outbox when it has them. */
#ifndef LAGEBUS_AGENT_PUBLISH_H
#define LAGEBUS_AGENT_PUBLISH_H

#include <stddef.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

#define IN_FLIGHT_MAX 1024            /* publishes without an answer */
#define IN_FLIGHT_BYTES (1024 * 1024) /* of routine: more would be in the way of what is urgent */

struct agent;

struct in_flight {
	struct lb_uuid id;
	size_t bytes;
};

/* Signs and queues a message, whose origin is our partner where it names none; *id is the new one. LB_OK or what is wrong with it. */
lb_err publish_add(struct agent *a, struct lb_header *h, struct lb_frame payload, struct lb_uuid *id) LB_MUST_CHECK;
/* Sends from the outbox what may be sent. */
void publish_pump(struct agent *a);
void publish_accepted(struct agent *a, const struct lb_uuid *id);
void publish_refused(struct agent *a, const struct lb_uuid *id, const char *reason, const char *text);
/* The link is gone: what was not answered is sent again. */
void publish_rewind(struct agent *a);

#endif
