/* What agents are told of how long the federation keeps what. */
#include "broker/keeping.h"

#include "broker/control.h"
#include "broker/core/route.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "proto/control.pb-c.h"

void keeping_tell(struct worker *w, struct session *s)
{
	const struct retention *keep = federation_retention(router_federation(w->router));
	Lagebus__Retention retention = LAGEBUS__RETENTION__INIT;
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	Lagebus__Keep said[LB_TYPE_MAX + 1], *types[LB_TYPE_MAX + 1];

	if (!s->retention)
		return;
	for (unsigned t = 1; t <= LB_TYPE_MAX; t++)
		if (keep->most[t]) {
			Lagebus__Keep *one = &said[retention.n_types];

			lagebus__keep__init(one);
			one->type = t;
			one->most_ms = keep->keep_ms[t];
			types[retention.n_types++] = one;
		}
	retention.types = types;
	control.body_case = LAGEBUS__CONTROL__BODY_RETENTION;
	control.retention = &retention;
	control_send(w, s, &control);
}
