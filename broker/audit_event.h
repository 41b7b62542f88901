/* What the audit is to be told, packed by whom it happened to. Any thread. */
#ifndef LAGEBUS_BROKER_AUDIT_EVENT_H
#define LAGEBUS_BROKER_AUDIT_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"

/* Something that is to be told; packed. */
struct audit_event {
	size_t n;
	uint8_t bytes[]; /* an AuditEvent of proto/audit.proto */
};
/* Each NULL if memory is out. The caller's, until it goes to the writer (WRITER_EVENT). Any thread. */
struct audit_event *audit_refused(const char *agent, const struct lb_uuid *id, unsigned type, lb_err rule);
/* So many more were refused than are told. */
struct audit_event *audit_refused_more(uint64_t more);
/* `acts_for`: the further partners that the agent acts for. */
struct audit_event *audit_stored(const char *agent, const uint64_t stored[LB_LANES], char **acts_for, size_t acts_for_n);
struct audit_event *audit_receipt(const struct lb_uuid *id, const char *partner, unsigned state, const char *by);
/* `certificate` (DER) is the broker's whose key signs from now on; NULL: it does not change. */
struct audit_event *audit_broker(const char *what, const char *detail, const uint8_t *certificate, size_t certificate_n);

#endif
