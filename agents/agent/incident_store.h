/* Incidents in the agent's database: which messages, that came or that we sent, belong to which; and what was said of their clocks.
 * Everything is written within the caller's transaction; results are LB_OK or a store error unless said otherwise. */
#ifndef LAGEBUS_AGENT_INCIDENT_STORE_H
#define LAGEBUS_AGENT_INCIDENT_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "agents/agent/incident_clock.h"
#include "agents/agent/store.h"
#include "lagebus/header.h"
#include "lagebus/uuid.h"
#include "lagebus/zmtp.h"

/* A message of an incident's type that is in the inbox, or that we send; of another type it is none of ours. *touched: it belongs to one,
 * which is to be looked at. */
lb_err incident_store_received(struct store *s, const struct lb_header *h, bool *touched) LB_MUST_CHECK;
lb_err incident_store_sent(struct store *s, const struct lb_header *h, struct lb_frame header, struct lb_frame payload, bool *touched) LB_MUST_CHECK;
#define INCIDENT_NOTICE_MS (INT64_C(30) * 24 * 60 * 60 * 1000) /* before an open one is forgotten */
/* Forgets incidents that have not changed for as long as a report is kept (store.h): closed ones, those that were said to be idle INCIDENT_NOTICE_MS ago, and messages of
 * which none counts. *n is how many, at most `most`. Their messages in the inbox are the inbox's then. */
lb_err incident_store_end(struct store *s, int64_t now_ms, unsigned most, unsigned *n) LB_MUST_CHECK;
/* The broker would not have what we sent. */
lb_err incident_store_refused(struct store *s, const struct lb_uuid *id, bool *touched) LB_MUST_CHECK;

/* The incident that a message belongs to, by its id, or the incident's own. LB_NOT_FOUND. */
lb_err incident_store_of(struct store *s, const struct lb_uuid *id, struct lb_uuid *incident) LB_MUST_CHECK;
/* Derives an incident, its clocks and its end included; the caller frees *out. LB_NOT_FOUND: no message of it counts. */
lb_err incident_store_load(struct store *s, const struct lb_uuid *incident, const struct incident_times *t, int64_t now_ms, Lagebus__Incident **out)
	LB_MUST_CHECK;
/* When it ends, by what was said of it. */
void incident_store_set_end(const struct store *s, Lagebus__Incident *i, int64_t idle_said_ms);
/* The message by which we passed on this one last. LB_NOT_FOUND. */
lb_err incident_store_passed_on(struct store *s, const struct lb_uuid *original, struct lb_uuid *out) LB_MUST_CHECK;
/* At most `limit` ids, the one that changed last first; *n are there. */
lb_err incident_store_list(struct store *s, bool closed, uint32_t limit, struct lb_uuid *ids, uint32_t *n) LB_MUST_CHECK;
/* Without exercises: how many are open, of how many a clock is about to run out, of how many one has, and how many are idle. */
struct incident_counts {
	uint64_t open, soon, overdue, idle;
};
lb_err incident_store_counts(struct store *s, int64_t now_ms, struct incident_counts *out) LB_MUST_CHECK;

/* One to look at: that has changed, or of which something is to be said now. LB_NOT_FOUND: none. */
lb_err incident_store_changed(struct store *s, struct lb_uuid *out) LB_MUST_CHECK;
lb_err incident_store_due(struct store *s, int64_t now_ms, struct lb_uuid *out) LB_MUST_CHECK;
/* All that are open are to be looked at. Also outside a transaction. */
lb_err incident_store_touch_open(struct store *s) LB_MUST_CHECK;
/* When the next of them is due, in ms since 1970; INT64_MAX: never. */
int64_t incident_store_next_ms(struct store *s);
/* What was said of it. */
struct incident_said {
	uint32_t clocks; /* a bit each */
	int64_t idle_ms; /* that nothing comes for it any more, and when; 0: not */
};
lb_err incident_store_said(struct store *s, const struct lb_uuid *incident, struct incident_said *out) LB_MUST_CHECK;
/* It was looked at, and is again when a clock wants it, or at look_ms (INT64_MAX: never); NULL: no message of it counts. */
lb_err incident_store_save(struct store *s, const struct lb_uuid *incident, const Lagebus__Incident *i, const struct incident_times *t,
                           const struct incident_said *said, int64_t look_ms) LB_MUST_CHECK;

#endif
