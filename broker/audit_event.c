/* Events of the audit, packed. */
#include "broker/audit_event.h"

#include <stdlib.h>

#include "proto/audit.pb-c.h"

static struct audit_event *pack(const Lagebus__AuditEvent *event)
{
	size_t n = lagebus__audit_event__get_packed_size(event);
	struct audit_event *e = malloc(sizeof *e + n);

	if (e)
		e->n = lagebus__audit_event__pack(event, e->bytes);
	return e;
}

struct audit_event *audit_refused(const char *agent, const struct lb_uuid *id, unsigned type, lb_err rule)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditRefused refused = LAGEBUS__AUDIT_REFUSED__INIT;

	refused.agent = (char *)agent;
	refused.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	refused.type = type;
	refused.rule = (char *)lb_err_token(rule);
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_REFUSED;
	event.refused = &refused;
	return pack(&event);
}

struct audit_event *audit_refused_more(uint64_t more)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditRefused refused = LAGEBUS__AUDIT_REFUSED__INIT;

	refused.more = more;
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_REFUSED;
	event.refused = &refused;
	return pack(&event);
}

struct audit_event *audit_stored(const char *agent, const uint64_t stored[LB_LANES], char **acts_for, size_t acts_for_n)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditStored s = LAGEBUS__AUDIT_STORED__INIT;

	s.agent = (char *)agent;
	s.urgent = stored[LB_LANE_URGENT];
	s.routine = stored[LB_LANE_ROUTINE];
	s.acts_for = acts_for;
	s.n_acts_for = acts_for_n;
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_STORED;
	event.stored = &s;
	return pack(&event);
}

struct audit_event *audit_receipt(const struct lb_uuid *id, const char *partner, unsigned state, const char *by)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditReceipt r = LAGEBUS__AUDIT_RECEIPT__INIT;

	r.id = (ProtobufCBinaryData){ sizeof id->b, (uint8_t *)id->b };
	r.partner = (char *)partner;
	r.state = state;
	r.by = (char *)by;
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_RECEIPT;
	event.receipt = &r;
	return pack(&event);
}

struct audit_event *audit_broker(const char *what, const char *detail, const uint8_t *certificate, size_t certificate_n)
{
	Lagebus__AuditEvent event = LAGEBUS__AUDIT_EVENT__INIT;
	Lagebus__AuditBroker b = LAGEBUS__AUDIT_BROKER__INIT;

	b.what = (char *)what;
	b.detail = (char *)detail;
	b.certificate = (ProtobufCBinaryData){ certificate ? certificate_n : 0, (uint8_t *)certificate };
	event.body_case = LAGEBUS__AUDIT_EVENT__BODY_BROKER;
	event.broker = &b;
	return pack(&event);
}
