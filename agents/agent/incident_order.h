/* The messages of an incident, read, each once, corrections in the places of what they correct, and in an order that does not depend on how they
 * came in. Pure. */
#ifndef LAGEBUS_AGENT_INCIDENT_ORDER_H
#define LAGEBUS_AGENT_INCIDENT_ORDER_H

#include "agents/agent/incident.h"
#include "proto/assistance.pb-c.h"

#define INCIDENT_ORDER_NONE SIZE_MAX

/* A message, read. `rank` and `time_ms` are its place; what it refers to stands before it. */
struct incident_item {
	struct lb_header h;
	Lagebus__IncidentReport *report; /* one of these, or none if it cannot be read */
	Lagebus__AssistanceRequest *request;
	Lagebus__AssistanceOffer *offer;
	size_t root;         /* the first of its corrections that is here */
	struct lb_uuid name; /* what it is known by: the id of what it corrects, here or not */
	int64_t time_ms;
	unsigned rank;
	enum incident_fault fault; /* what is wrong with it whatever the others say */
};

struct incident_order {
	struct lb_uuid id;
	struct incident_item *items;    /* by id, each once */
	struct incident_item **ordered; /* in their places */
	size_t n;
};

/* From messages that outlive it; what is none of this incident's is left out. LB_OK or LB_NO_MEMORY; incident_order_fini in either case. */
lb_err incident_order_make(const struct lb_uuid *id, const struct incident_message *m, size_t n, struct incident_order *out) LB_MUST_CHECK;
void incident_order_fini(struct incident_order *d);
/* The index of an id in items, or INCIDENT_ORDER_NONE. */
size_t incident_order_find(const struct incident_order *d, const struct lb_uuid *id);
/* False: it is no id. */
bool incident_id_read(ProtobufCBinaryData from, struct lb_uuid *out);

#endif
