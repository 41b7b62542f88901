/* What a message is about: its type and its cooperation area, and patterns over both ("warning/threat-intelligence"). */
#ifndef LAGEBUS_TOPIC_H
#define LAGEBUS_TOPIC_H

#include <stdbool.h>
#include <stddef.h>

#include "lagebus/err.h"

/* The numbers are the wire's and never change. 0 is "not given". */
#define LB_TYPE_TABLE(X) \
	X(INDICATOR, 1, "indicator") \
	X(SIGHTING, 2, "sighting") \
	X(WARNING, 3, "warning") \
	X(INCIDENT_REPORT, 4, "incident-report") \
	X(ASSISTANCE_REQUEST, 5, "assistance-request") \
	X(ASSISTANCE_OFFER, 6, "assistance-offer") \
	X(SITUATION_REPORT, 7, "situation-report") \
	X(TRAINING_EVENT, 8, "training-event") \
	X(DIGITAL_VIOLENCE_CASE, 9, "digital-violence-case") \
	X(RECEIPT, 10, "receipt") \
	X(APPROVAL, 11, "approval") \
	X(RECALL, 12, "recall") \
	X(TRAINING_REGISTRATION, 13, "training-registration") \
	X(EXERCISE, 14, "exercise")

#define LB_AREA_TABLE(X) \
	X(CYBER_DEFENCE, 1, "cyber-defence") \
	X(JOINT_INCIDENT_WORK, 2, "joint-incident-work") \
	X(CITIZEN_AWARENESS, 3, "citizen-awareness") \
	X(INTERNAL_SECURITY, 4, "internal-security") \
	X(THREAT_INTELLIGENCE, 5, "threat-intelligence") \
	X(INCIDENT_RESPONSE, 6, "incident-response") \
	X(PUBLIC_SECTOR_TRAINING, 7, "public-sector-training") \
	X(FEDERAL_STATE_COLLABORATION, 8, "federal-state-collaboration") \
	X(DIGITAL_VIOLENCE, 9, "digital-violence")

enum lb_type {
#define X(name, number, text) LB_TYPE_##name = number,
	LB_TYPE_TABLE(X)
#undef X
	LB_TYPE_MAX = 14
};

enum lb_area {
#define X(name, number, text) LB_AREA_##name = number,
	LB_AREA_TABLE(X)
#undef X
	LB_AREA_MAX = 9
};

/* "type/area" with its NUL. */
#define LB_TOPIC_TEXT 64

/* The name, or NULL for a number that is not in the table. Static storage. */
const char *lb_type_name(unsigned type);
const char *lb_area_name(unsigned area);
/* The number, or 0 for a name that is not in the table. */
unsigned lb_type_from_name(const char *name);
unsigned lb_area_from_name(const char *name);

/* Writes "warning/cyber-defence". LB_OK, or LB_INVALID if either number is unknown. */
lb_err lb_topic_format(unsigned type, unsigned area, char text[LB_TOPIC_TEXT]) LB_MUST_CHECK;
/* Patterns are "<type or *>/<area or *>". */
bool lb_topic_pattern_is_valid(const char *pattern);
/* True if a valid pattern covers the topic; false for one that is not valid. */
bool lb_topic_matches(const char *pattern, unsigned type, unsigned area);

#endif
