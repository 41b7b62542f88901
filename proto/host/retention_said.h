/* A retention as the message that says it (proto/control.proto): of the types that the federation file names. Pure. */
#ifndef LAGEBUS_PROTO_HOST_RETENTION_SAID_H
#define LAGEBUS_PROTO_HOST_RETENTION_SAID_H

#include "lagebus/topic.h"
#include "proto/control.pb-c.h"
#include "proto/host/retention.h"

/* The message and what it points to: it is filled where it stands, and not to be copied. */
struct retention_said {
	Lagebus__Retention message;
	Lagebus__Keep keep[LB_TYPE_MAX], *types[LB_TYPE_MAX];
};

void retention_say(const struct retention *r, struct retention_said *out);

#endif
