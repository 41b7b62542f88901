/* A retention as a message. */
#include "proto/host/retention_said.h"

void retention_say(const struct retention *r, struct retention_said *out)
{
	Lagebus__Retention *message = &out->message;

	lagebus__retention__init(message);
	message->types = out->types;
	for (unsigned t = 1; t <= LB_TYPE_MAX; t++)
		if (r->most[t]) {
			Lagebus__Keep *one = &out->keep[message->n_types];

			lagebus__keep__init(one);
			one->type = t;
			one->most_ms = r->keep_ms[t];
			out->types[message->n_types++] = one;
		}
}
