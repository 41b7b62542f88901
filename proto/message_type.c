/* The defaults of the message types. */
#include "lagebus/message_type.h"

#define MONTHS(n) ((n) * 365 * LB_DAY_MS / 12)
#define YEARS(n) ((n) * 365 * LB_DAY_MS)
#define HOUR_MS ((int64_t)60 * 60 * 1000)

/* An incident lasts longer than its first report: its messages are kept from their own creation on. */
static const struct lb_message_type types[LB_TYPE_MAX + 1] = {
	[0] = { LB_TLP_AMBER_STRICT, LB_ACK_NONE, 0, YEARS(5) },
	[LB_TYPE_INDICATOR] = { LB_TLP_AMBER, LB_ACK_NONE, 0, MONTHS(18) },
	[LB_TYPE_SIGHTING] = { LB_TLP_AMBER_STRICT, LB_ACK_NONE, 0, MONTHS(6) },
	[LB_TYPE_WARNING] = { LB_TLP_GREEN, LB_ACK_NONE, 0, YEARS(5) },
	[LB_TYPE_INCIDENT_REPORT] = { LB_TLP_AMBER_STRICT, LB_ACK_ACKNOWLEDGED, 24 * HOUR_MS, YEARS(3) },
	[LB_TYPE_ASSISTANCE_REQUEST] = { LB_TLP_AMBER_STRICT, LB_ACK_ACKNOWLEDGED, HOUR_MS, YEARS(3) },
	[LB_TYPE_ASSISTANCE_OFFER] = { LB_TLP_AMBER_STRICT, LB_ACK_ACKNOWLEDGED, HOUR_MS, YEARS(3) },
	[LB_TYPE_SITUATION_REPORT] = { LB_TLP_AMBER, LB_ACK_NONE, 0, YEARS(5) },
	[LB_TYPE_TRAINING_EVENT] = { LB_TLP_CLEAR, LB_ACK_NONE, 0, YEARS(1) },
	[LB_TYPE_DIGITAL_VIOLENCE_CASE] = { LB_TLP_RED, LB_ACK_ACKNOWLEDGED, 0, 14 * LB_DAY_MS },
	[LB_TYPE_RECEIPT] = { LB_TLP_AMBER_STRICT, LB_ACK_NONE, 0, YEARS(5) },
	[LB_TYPE_APPROVAL] = { LB_TLP_AMBER_STRICT, LB_ACK_NONE, 0, YEARS(5) },
	[LB_TYPE_RECALL] = { LB_TLP_AMBER_STRICT, LB_ACK_NONE, 0, YEARS(5) },
	[LB_TYPE_TRAINING_REGISTRATION] = { LB_TLP_AMBER_STRICT, LB_ACK_NONE, 0, YEARS(1) },
	[LB_TYPE_EXERCISE] = { LB_TLP_GREEN, LB_ACK_NONE, 0, YEARS(1) },
};

const struct lb_message_type *lb_message_type(unsigned type)
{
	return &types[type <= LB_TYPE_MAX ? type : 0];
}

int64_t lb_header_keep_until(const struct lb_header *h)
{
	return h->expires_ms ? h->expires_ms : h->created_ms + lb_message_type(h->type)->keep_ms;
}
