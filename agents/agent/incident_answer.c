/* What the command line and plugins ask about incidents. */
#include "agents/agent/incident_answer.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent/agent.h"
#include "agents/agent/answers.h"
#include "agents/agent/inbox.h"
#include "agents/agent/incident_route.h"
#include "agents/agent/incident_store.h"
#include "agents/agent/incident_watch.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000

static void forget(char **field)
{
	if (*field != protobuf_c_empty_string)
		free(*field);
	*field = (char *)protobuf_c_empty_string;
}

/* A list has what fits a line: its messages and long texts are left out. */
static void shorten(Lagebus__Incident *i)
{
	for (size_t k = 0; k < i->n_entries; k++)
		lagebus__incident_entry__free_unpacked(i->entries[k], NULL);
	free(i->entries);
	i->entries = NULL;
	i->n_entries = 0;
	forget(&i->report->description);
	forget(&i->report->impact);
}

static lb_err load_list(struct agent *a, const Lagebus__IncidentsRequest *r, Lagebus__IncidentsReply *out)
{
	uint32_t limit = r->limit == 0 ? LIMIT_DEFAULT : r->limit < LIMIT_MAX ? r->limit : LIMIT_MAX, n = 0;
	struct incident_times t = incident_watch_times(a);
	struct lb_uuid *ids = calloc(limit, sizeof *ids);
	lb_err e = LB_NO_MEMORY;

	out->incidents = calloc(limit, sizeof(Lagebus__Incident *));
	if (ids && out->incidents)
		e = incident_store_list(&a->store, r->closed, limit, ids, &n);
	for (uint32_t k = 0; e == LB_OK && k < n; k++) {
		Lagebus__Incident *i;

		e = incident_store_load(&a->store, &ids[k], &t, agent_clock_ms(), &i);
		if (e == LB_OK) {
			shorten(i);
			out->incidents[out->n_incidents++] = i;
		} else if (e == LB_NOT_FOUND) {
			e = LB_OK; /* what there was of it was recalled */
		}
	}
	free(ids);
	return e;
}

/* What we passed on or confirmed ourselves was verified when it came. */
static lb_err verify_original(struct agent *a, const struct lb_uuid *id)
{
	struct inbox_row row;
	struct lb_header h;
	lb_err e = inbox_get(&a->store, id, &row);

	if (e != LB_OK)
		return e == LB_NOT_FOUND ? LB_OK : e;
	e = lb_header_decode(row.header.p, row.header.n, &h);
	return e == LB_OK ? incident_route_verify(a, &h, row.payload) : e;
}

/* Do the reports that a Land passed on or confirmed verify? */
static void verify_originals(struct agent *a, Lagebus__Incident *i)
{
	for (size_t k = 0; k < i->n_entries; k++) {
		Lagebus__IncidentEntry *entry = i->entries[k];
		struct lb_uuid id;
		char *token;

		if (!entry->original[0])
			continue;
		memcpy(id.b, entry->id.data, sizeof id.b);
		token = strdup(lb_err_token(verify_original(a, &id)));
		if (token)
			entry->verified = token;
	}
}

static lb_err load_one(struct agent *a, const Lagebus__IncidentsRequest *r, Lagebus__IncidentsReply *out)
{
	struct incident_times t = incident_watch_times(a);
	struct lb_uuid id, incident;
	lb_err e;

	if (r->id.len != sizeof id.b)
		return LB_BAD_ID;
	memcpy(id.b, r->id.data, sizeof id.b);
	e = incident_store_of(&a->store, &id, &incident);
	out->incidents = calloc(1, sizeof(Lagebus__Incident *));
	if (!out->incidents)
		return LB_NO_MEMORY;
	if (e == LB_OK)
		e = incident_store_load(&a->store, &incident, &t, agent_clock_ms(), &out->incidents[0]);
	if (e == LB_OK) {
		out->n_incidents = 1;
		verify_originals(a, out->incidents[0]);
	}
	return e;
}

void incident_answer(struct agent *a, const struct local_peer *peer, uint64_t number, const Lagebus__IncidentsRequest *r)
{
	Lagebus__IncidentsReply incidents = LAGEBUS__INCIDENTS_REPLY__INIT;
	Lagebus__Reply reply = LAGEBUS__REPLY__INIT;
	char to[LB_PARTNER_ID_MAX + 1];
	lb_err e = r->id.len ? load_one(a, r, &incidents) : load_list(a, r, &incidents);

	if (e != LB_OK) {
		answer_error(a, peer, number, lb_err_token(e), e == LB_NOT_FOUND ? "there is no such incident" : lb_err_text(e));
	} else {
		incident_route_up(a, to, sizeof to);
		incidents.to = to;
		incidents.forwards = strcmp(a->settings.incident_route, "forward") == 0;
		reply.number = number;
		reply.body_case = LAGEBUS__REPLY__BODY_INCIDENTS;
		reply.incidents = &incidents;
		answer(a, peer, &reply);
	}
	for (size_t k = 0; k < incidents.n_incidents; k++)
		lagebus__incident__free_unpacked(incidents.incidents[k], NULL);
	free(incidents.incidents);
}
