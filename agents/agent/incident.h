/* An incident, derived from its messages alone: reports, requests for assistance and offers with its id as their thread. Pure. Whoever has
 * the same messages derives the same, whatever order they came in and however often: they are put into an order of their own, by the
 * time they were created, but none before what it refers to. A correction takes the place of what it corrects. What is out of place changes
 * nothing and is listed with the reason. docs/incidents.md says the rules. */
#ifndef LAGEBUS_AGENT_INCIDENT_H
#define LAGEBUS_AGENT_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lagebus/err.h"
#include "lagebus/header.h"
#include "lagebus/zmtp.h"
#include "proto/local.pb-c.h"

#define INCIDENT_MESSAGES_MAX 4096 /* of one incident; the oldest count */

/* Why a message does not count: X(name, token, text). */
/* clang-format off */
#define INCIDENT_FAULT_TABLE(X) \
	X(NONE,            "",                "it counts") \
	X(UNREADABLE,      "unreadable",      "its payload cannot be read") \
	X(SUPERSEDED,      "superseded",      "it was corrected by a later message") \
	X(NOT_THE_ORIGIN,  "not-the-origin",  "it would correct what somebody else said") \
	X(FORWARD,         "forward",         "it passes on what is here already") \
	X(EXERCISE,        "exercise",        "an exercise and the real thing do not mix") \
	X(AFTER_CLOSING,   "after-closing",   "the incident was closed before") \
	X(NOT_ABOVE,       "not-above",       "only who is above the reporter confirms what it reported") \
	X(NOT_LEADING,     "not-leading",     "only who leads hands over or closes") \
	X(NO_SUCH_REQUEST, "no-such-request", "there is no such request for assistance in this incident") \
	X(NO_SUCH_OFFER,   "no-such-offer",   "there is no such offer to this request") \
	X(NOT_THE_ASKER,   "not-the-asker",   "only who asked for assistance accepts, ends or withdraws the request") \
	X(NOT_THE_OFFERER, "not-the-offerer", "only who offered ends or withdraws the offer") \
	X(SETTLED,         "settled",         "the request or offer is done, withdrawn or accepted already") \
	X(UNKNOWN,         "unknown-stage",   "its stage or state is not known here")
/* clang-format on */

enum incident_fault {
#define X(name, token, text) INCIDENT_##name,
	INCIDENT_FAULT_TABLE(X)
#undef X
};

/* Is this one of the types that incidents are made of? */
bool incident_has_type(unsigned type);
/* The incident that a message is of such a type belongs to: its thread, or of a report without one its own id. False: to none. */
bool incident_of(const struct lb_header *h, struct lb_uuid *out);

struct incident_message {
	struct lb_frame header, payload;
};

/* From n <= INCIDENT_MESSAGES_MAX messages, each of this incident; what is not is left out. What its clocks are due is not set (incident_clock.h);
 * it has none where no report is.
 * LB_OK and *out, which the caller frees with lagebus__incident__free_unpacked; LB_NOT_FOUND: no message counts; LB_NO_MEMORY. */
lb_err incident_derive(const struct lb_uuid *id, const struct incident_message *m, size_t n, Lagebus__Incident **out) LB_MUST_CHECK;

#endif
