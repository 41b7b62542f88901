/* What agents are told of how long the federation keeps what. */
#include "broker/keeping.h"

#include "broker/control.h"
#include "broker/core/route.h"
#include "broker/session.h"
#include "broker/worker_state.h"
#include "proto/control.pb-c.h"
#include "proto/host/retention_said.h"

void keeping_tell(struct worker *w, struct session *s)
{
	Lagebus__Control control = LAGEBUS__CONTROL__INIT;
	struct retention_said said;

	if (!s->retention)
		return;
	retention_say(federation_retention(router_federation(w->router)), &said);
	control.body_case = LAGEBUS__CONTROL__BODY_RETENTION;
	control.retention = &said.message;
	control_send(w, s, &control);
}
